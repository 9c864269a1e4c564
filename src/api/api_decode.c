/* api_decode.c — see api_decode.h. JSON text becomes a Jansson tree, the tree a struct.
 *
 * Before Jansson sees a body, a scan bounds its depth (Jansson recurses) and the number of its
 * values (each costs tens of bytes in the tree, so eight megabytes of "0,0,0" would cost hundreds).
 * How deep this file itself recurses is bounded by the tables, not by the input. */
#include "api/api.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "core/ids.h"
#include "core/money.h"
#include "core/str.h"

#define DEPTH_MAX            16
#define VALUES_MAX           ((size_t)512 * 1024)
#define NEW_ID_AHEAD_US      (INT64_C(24) * 3600 * 1000000)
#define MONEY_KEY_LENGTH_MAX 64
#define MONEY_KEY_LENGTH_MIN 8
#define BATCH_ITEMS_MIN      1000 /* a list that may be this long is a batch */

/* Where in a document we are; only written out when something is wrong. */
struct place {
    const struct place *up;
    const char *name; /* NULL: an item */
    size_t index;
};

struct decoder {
    struct arena *arena;
    struct api_fault *fault;
};

const struct api_op *api_op_of(const struct http_request *request)
{
    const struct api_op *op = request->route->data;
    OBJ_CHECK(op, API_OP_MAGIC);
    return op;
}

const char *api_name_of(const struct api_names *names, int64_t value)
{
    for (size_t i = 0; i < names->count; i++) {
        if ((int64_t)names->names[i].value == value) {
            return names->names[i].text;
        }
    }
    return NULL;
}

/* ---- faults ---- */

/* JSON pointer (RFC 6901) of the place: names are escaped, and cut when they are too long. */
static void write_pointer(const struct place *place, char *ret, size_t bytes)
{
    const struct place *chain[DEPTH_MAX];
    size_t depth = 0;
    for (; place != NULL && depth < DEPTH_MAX; place = place->up) {
        chain[depth++] = place;
    }
    size_t at = 0;
    while (depth > 0 && at + 24 < bytes) {
        const struct place *step = chain[--depth];
        ret[at++] = '/';
        if (step->name == NULL) {
            at += (size_t)snprintf(ret + at, bytes - at, "%zu", step->index);
            continue;
        }
        for (const char *c = step->name; *c != 0 && at + 3 < bytes; c++) {
            if (*c == '~' || *c == '/') {
                ret[at++] = '~';
                ret[at++] = *c == '~' ? '0' : '1';
            } else {
                ret[at++] = *c;
            }
        }
    }
    ret[at] = 0;
}

static bool fail_at(const struct decoder *decoder, const struct place *place, enum err err)
{
    decoder->fault->err = err;
    decoder->fault->detail = NULL;
    write_pointer(place, decoder->fault->field, sizeof(decoder->fault->field));
    return false;
}

/* ---- one value as text ---- */

static bool charset_allows(const uint32_t *charset, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 128 || (charset[c / 32] >> (c % 32) & 1) == 0) {
            return false;
        }
    }
    return true;
}

static enum err decode_text(const struct api_field *field, struct http_text text, void *member)
{
    if ((int64_t)text.length < field->min || (int64_t)text.length > field->max) {
        return ERR_FIELD_OUT_OF_RANGE;
    }
    if (field->charset != NULL && !charset_allows(field->charset, text.data, text.length)) {
        return ERR_FIELD_FORMAT_INVALID;
    }
    memcpy(member, &text, sizeof(text));
    return ERR_OK;
}

static enum err decode_id(const struct api_field *field, struct http_text text, void *member)
{
    int64_t id;
    enum err err = id_parse(field->table, text.data, text.length, &id);
    if (err != ERR_OK) {
        return err;
    }
    if (field->is_new_id) {
        /* An id far ahead of time would push every id that the server draws ahead as well. */
        struct clock clock;
        clock_init_real(&clock);
        if (id_time_ms(id) > (clock_now_us(&clock) + NEW_ID_AHEAD_US) / 1000) {
            return ERR_FIELD_OUT_OF_RANGE;
        }
    }
    memcpy(member, &id, sizeof(id));
    return ERR_OK;
}

static enum err decode_hash(struct http_text text, void *member)
{
    struct sha256_hash hash;
    if (!hex_decode(text.data, text.length, hash.bytes, SHA256_BYTES)) {
        return ERR_FIELD_FORMAT_INVALID;
    }
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] >= 'A' && text.data[i] <= 'F') {
            return ERR_FIELD_FORMAT_INVALID; /* one way to write a hash */
        }
    }
    memcpy(member, &hash, sizeof(hash));
    return ERR_OK;
}

static enum err decode_digits(struct http_text text, void *member)
{
    bool is_plain = text.length > 0 && (text.data[0] != '0' || text.length == 1);
    for (size_t i = 0; i < text.length; i++) {
        is_plain = is_plain && text.data[i] >= '0' && text.data[i] <= '9';
    }
    int64_t value;
    if (!is_plain) {
        return ERR_FIELD_FORMAT_INVALID;
    }
    if (!str_parse_i64(text.data, text.length, &value)) {
        return ERR_FIELD_OUT_OF_RANGE;
    }
    memcpy(member, &value, sizeof(value));
    return ERR_OK;
}

static bool find_name(const struct api_names *names, struct http_text text, uint32_t *ret)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct api_name *name = &names->names[i];
        if (name->length == text.length && memcmp(name->text, text.data, text.length) == 0) {
            *ret = name->value;
            return true;
        }
    }
    return false;
}

static enum err decode_enum(const struct api_field *field, struct http_text text, void *member)
{
    uint32_t value;
    if (!find_name(field->table, text, &value)) {
        return ERR_FIELD_VALUE_INVALID;
    }
    memcpy(member, &value, sizeof(value));
    return ERR_OK;
}

static enum err decode_currency(struct http_text text, void *member)
{
    enum currency currency = currency_from_code(text.data, text.length);
    if (currency == CURRENCY_NONE) {
        return ERR_CURRENCY_UNKNOWN;
    }
    memcpy(member, &currency, sizeof(currency));
    return ERR_OK;
}

static enum err decode_time(struct http_text text, void *member)
{
    int64_t at_us;
    if (!clock_parse_rfc3339(text.data, text.length, &at_us)) {
        return ERR_FIELD_FORMAT_INVALID;
    }
    memcpy(member, &at_us, sizeof(at_us));
    return ERR_OK;
}

static enum err decode_cursor(struct http_text text, void *member)
{
    int64_t at;
    if (id_parse(API_CURSOR_PREFIX, text.data, text.length, &at) != ERR_OK) {
        return ERR_CURSOR_INVALID;
    }
    memcpy(member, &at, sizeof(at));
    return ERR_OK;
}

static enum err decode_money_key(const struct api_field *field, struct http_text text, void *member)
{
    if (text.length < MONEY_KEY_LENGTH_MIN || text.length > MONEY_KEY_LENGTH_MAX ||
        !charset_allows(field->charset, text.data, text.length)) {
        return ERR_IDEMPOTENCY_KEY_INVALID;
    }
    memcpy(member, &text, sizeof(text));
    return ERR_OK;
}

/* The types that are text in JSON as well as in a parameter. */
static enum err decode_string(const struct api_field *field, struct http_text text, void *member)
{
    switch ((enum api_type)field->type) {
    case API_TEXT:
        return decode_text(field, text, member);
    case API_ID:
        return decode_id(field, text, member);
    case API_CURSOR:
        return decode_cursor(text, member);
    case API_TIME:
        return decode_time(text, member);
    case API_CURRENCY:
        return decode_currency(text, member);
    case API_HASH:
        return decode_hash(text, member);
    case API_DIGITS:
        return decode_digits(text, member);
    case API_ENUM:
        return decode_enum(field, text, member);
    case API_MONEY_KEY:
        return decode_money_key(field, text, member);
    case API_I64:
    case API_BOOL:
    case API_FLAGS:
    case API_OBJECT:
    case API_LIST:
        break;
    }
    BUG_IF(true);
    return ERR_INTERNAL;
}

static enum err store_i64(const struct api_field *field, int64_t value, void *member)
{
    if (value < field->min || value > field->max) {
        return ERR_FIELD_OUT_OF_RANGE;
    }
    memcpy(member, &value, sizeof(value));
    return ERR_OK;
}

/* ---- JSON values ---- */

static bool decode_object(const struct decoder *decoder, const struct api_fields *fields,
                          json_t *json, const struct place *place, uint8_t *base);

static bool decode_flags(const struct decoder *decoder, const struct api_field *field, json_t *json,
                         const struct place *place, void *member)
{
    if (!json_is_array(json)) {
        return fail_at(decoder, place, ERR_FIELD_TYPE_INVALID);
    }
    uint32_t bits = 0;
    for (size_t i = 0; i < json_array_size(json); i++) {
        struct place item = {.up = place, .index = i};
        json_t *value = json_array_get(json, i);
        uint32_t bit;
        if (!json_is_string(value)) {
            return fail_at(decoder, &item, ERR_FIELD_TYPE_INVALID);
        }
        struct http_text text = {json_string_value(value), json_string_length(value)};
        if (!find_name(field->table, text, &bit)) {
            return fail_at(decoder, &item, ERR_FIELD_VALUE_INVALID);
        }
        if ((bits & bit) != 0) {
            return fail_at(decoder, &item, ERR_FIELD_DUPLICATE);
        }
        bits |= bit;
    }
    int64_t count = __builtin_popcount(bits);
    if (count < field->min || count > field->max) {
        return fail_at(decoder, place, ERR_FIELD_OUT_OF_RANGE);
    }
    memcpy(member, &bits, sizeof(bits));
    return true;
}

static enum err check_count(const struct api_field *field, size_t count)
{
    bool is_batch = field->max >= BATCH_ITEMS_MIN;
    if ((int64_t)count < field->min) {
        return is_batch ? ERR_BATCH_EMPTY : ERR_FIELD_OUT_OF_RANGE;
    }
    if ((int64_t)count > field->max) {
        return is_batch ? ERR_BATCH_TOO_LARGE : ERR_FIELD_OUT_OF_RANGE;
    }
    return ERR_OK;
}

static void store_list(const struct api_field *field, uint8_t *base, void *items, size_t count)
{
    memcpy(base + field->offset, &items, sizeof(items));
    memcpy(base + field->count_offset, &count, sizeof(count));
}

static bool decode_list(const struct decoder *decoder, const struct api_field *field, json_t *json,
                        const struct place *place, uint8_t *base)
{
    if (!json_is_array(json)) {
        return fail_at(decoder, place, ERR_FIELD_TYPE_INVALID);
    }
    size_t count = json_array_size(json);
    enum err err = check_count(field, count);
    if (err != ERR_OK) {
        return fail_at(decoder, place, err);
    }
    const struct api_fields *fields = field->table;
    uint8_t *items = arena_alloc_array(decoder->arena, count, fields->struct_bytes);
    for (size_t i = 0; i < count; i++) {
        struct place item = {.up = place, .index = i};
        if (!decode_object(decoder, fields, json_array_get(json, i), &item,
                           items + i * fields->struct_bytes)) {
            return false;
        }
    }
    store_list(field, base, items, count);
    return true;
}

static bool decode_member(const struct decoder *decoder, const struct api_field *field,
                          json_t *json, const struct place *place, uint8_t *base)
{
    void *member = base + field->offset;
    enum err err = ERR_OK;
    switch ((enum api_type)field->type) {
    case API_OBJECT:
        return decode_object(decoder, field->table, json, place, member);
    case API_LIST:
        return decode_list(decoder, field, json, place, base);
    case API_FLAGS:
        return decode_flags(decoder, field, json, place, member);
    case API_I64:
        err = json_is_integer(json) ? store_i64(field, json_integer_value(json), member)
                                    : ERR_FIELD_TYPE_INVALID;
        break;
    case API_BOOL: {
        bool value = json_is_true(json);
        err = json_is_boolean(json) ? ERR_OK : ERR_FIELD_TYPE_INVALID;
        memcpy(member, &value, sizeof(value));
        break;
    }
    case API_TEXT:
    case API_ID:
    case API_CURSOR:
    case API_TIME:
    case API_CURRENCY:
    case API_HASH:
    case API_DIGITS:
    case API_ENUM:
    case API_MONEY_KEY:
        if (!json_is_string(json)) {
            err = ERR_FIELD_TYPE_INVALID;
        } else {
            struct http_text text = {json_string_value(json), json_string_length(json)};
            if (field->type == API_TEXT) { /* outlives the tree */
                text.data = arena_strndup(decoder->arena, text.data, text.length);
            }
            err = decode_string(field, text, member);
        }
        break;
    }
    return err == ERR_OK || fail_at(decoder, place, err);
}

/* Members mostly come in the order of the description: look there first. */
static size_t find_field(const struct api_fields *fields, const char *name, size_t length,
                         size_t hint)
{
    for (size_t i = 0; i < fields->count; i++) {
        size_t at = hint + i < fields->count ? hint + i : hint + i - fields->count;
        const struct api_field *field = &fields->fields[at];
        if (field->name_length == length && memcmp(field->name, name, length) == 0) {
            return at;
        }
    }
    return fields->count;
}

static bool decode_object(const struct decoder *decoder, const struct api_fields *fields,
                          json_t *json, const struct place *place, uint8_t *base)
{
    if (!json_is_object(json)) {
        return fail_at(decoder, place, ERR_FIELD_TYPE_INVALID);
    }
    static const bool present = true;
    uint64_t seen = 0;
    size_t hint = 0;
    for (void *at = json_object_iter(json); at != NULL; at = json_object_iter_next(json, at)) {
        const char *name = json_object_iter_key(at);
        struct place member = {.up = place, .name = name};
        size_t index = find_field(fields, name, strlen(name), hint);
        if (index == fields->count) {
            return fail_at(decoder, &member, ERR_FIELD_UNKNOWN);
        }
        const struct api_field *field = &fields->fields[index];
        if (!decode_member(decoder, field, json_object_iter_value(at), &member, base)) {
            return false;
        }
        if (field->has_offset != API_NO_OFFSET) {
            memcpy(base + field->has_offset, &present, sizeof(present));
        }
        seen |= UINT64_C(1) << index;
        hint = index + 1 < fields->count ? index + 1 : 0;
    }
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->fields[i].is_required && (seen >> i & 1) == 0) {
            struct place missing = {.up = place, .name = fields->fields[i].name};
            return fail_at(decoder, &missing, ERR_FIELD_REQUIRED);
        }
    }
    return true;
}

/* ---- JSON text ---- */

/* Bounds depth and number of values; says nothing about whether it is JSON. */
static enum err scan(const char *text, size_t length)
{
    size_t depth = 0, values = 0;
    bool in_text = false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (in_text) {
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                in_text = false;
            }
            continue;
        }
        if (c == '"') {
            in_text = true;
        } else if (c == '{' || c == '[') {
            values++;
            if (++depth > DEPTH_MAX) {
                return ERR_JSON_TOO_DEEP;
            }
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        } else if (c == ',') {
            values++;
        }
    }
    return values > VALUES_MAX ? ERR_BATCH_TOO_LARGE : ERR_OK;
}

static enum err err_of_json(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_invalid_utf8:
        return ERR_TEXT_NOT_UTF8;
    case json_error_duplicate_key:
        return ERR_FIELD_DUPLICATE;
    case json_error_numeric_overflow:
        return ERR_FIELD_OUT_OF_RANGE;
    case json_error_stack_overflow:
        return ERR_JSON_TOO_DEEP;
    case json_error_unknown:
    case json_error_out_of_memory:
    case json_error_cannot_open_file:
    case json_error_invalid_argument:
    case json_error_premature_end_of_input:
    case json_error_end_of_input_expected:
    case json_error_invalid_syntax:
    case json_error_invalid_format:
    case json_error_wrong_type:
    case json_error_null_character:
    case json_error_null_value:
    case json_error_null_byte_in_key:
    case json_error_item_not_found:
    case json_error_index_out_of_range:
        return ERR_MALFORMED_JSON;
    }
    return ERR_MALFORMED_JSON;
}

/* The tree, or NULL and the fault. `line_offset` bytes came before in the same body. */
static json_t *parse(const struct decoder *decoder, const char *text, size_t length,
                     const struct place *place, size_t offset)
{
    enum err err = scan(text, length);
    if (err != ERR_OK) {
        (void)fail_at(decoder, place, err);
        return NULL;
    }
    json_error_t error;
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (json == NULL) {
        (void)fail_at(decoder, place, err_of_json(&error));
        decoder->fault->detail = arena_printf(decoder->arena, "at byte %zu of the body",
                                              offset + (size_t)error.position);
    }
    return json;
}

bool api_decode_json(struct arena *arena, const struct api_fields *fields, const char *text,
                     size_t length, void *ret, struct api_fault *ret_fault)
{
    struct decoder decoder = {.arena = arena, .fault = ret_fault};
    json_t *json = parse(&decoder, text, length, NULL, 0);
    if (json == NULL) {
        return false;
    }
    uint8_t *fresh = arena_alloc(arena, fields->struct_bytes);
    bool ok = decode_object(&decoder, fields, json, NULL, fresh);
    json_decref(json);
    if (ok) {
        memcpy(ret, fresh, fields->struct_bytes);
    }
    return ok;
}

/* Lines that are not empty. A last line may end without a newline. */
static size_t count_lines(const char *text, size_t length)
{
    size_t count = 0;
    const char *end = text + length;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *stop = newline == NULL ? end : newline;
        count += stop > text ? 1 : 0;
        text = stop + 1;
    }
    return count;
}

bool api_decode_lines(struct arena *arena, const struct api_field *list, const char *text,
                      size_t length, void *ret, struct api_fault *ret_fault)
{
    struct decoder decoder = {.arena = arena, .fault = ret_fault};
    const struct api_fields *fields = list->table;
    struct place whole = {.name = list->name};
    size_t count = count_lines(text, length);
    enum err err = check_count(list, count);
    if (err != ERR_OK) {
        return fail_at(&decoder, &whole, err);
    }
    uint8_t *items = arena_alloc_array(arena, count, fields->struct_bytes);
    const char *at = text, *end = text + length;
    for (size_t i = 0; i < count;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline == NULL ? end : newline;
        if (stop > at) {
            struct place item = {.up = &whole, .index = i};
            json_t *json = parse(&decoder, at, (size_t)(stop - at), &item, (size_t)(at - text));
            bool ok = json != NULL && decode_object(&decoder, fields, json, &item,
                                                    items + i * fields->struct_bytes);
            json_decref(json);
            if (!ok) {
                return false;
            }
            i++;
        }
        at = stop + 1;
    }
    store_list(list, ret, items, count);
    return true;
}

/* ---- parameters ---- */

bool api_decode_param(const struct api_field *field, struct http_text value, void *ret,
                      struct api_fault *ret_fault)
{
    static const bool present = true;
    uint8_t *base = ret;
    enum err err;
    if (value.data == NULL) {
        if (field->is_required) {
            err = field->type == API_MONEY_KEY ? ERR_IDEMPOTENCY_KEY_REQUIRED : ERR_FIELD_REQUIRED;
        } else {
            if (field->type == API_I64) {
                memcpy(base + field->offset, &field->fallback, sizeof(field->fallback));
            } else if (field->type == API_ENUM) {
                uint32_t fallback = (uint32_t)field->fallback;
                memcpy(base + field->offset, &fallback, sizeof(fallback));
            }
            return true;
        }
    } else if (field->type == API_I64) {
        int64_t number;
        err = str_parse_i64(value.data, value.length, &number)
                  ? store_i64(field, number, base + field->offset)
                  : ERR_FIELD_TYPE_INVALID;
    } else if (field->type == API_BOOL) {
        bool is_true = value.length == 4 && memcmp(value.data, "true", 4) == 0;
        bool is_false = value.length == 5 && memcmp(value.data, "false", 5) == 0;
        memcpy(base + field->offset, &is_true, sizeof(is_true));
        err = is_true || is_false ? ERR_OK : ERR_FIELD_TYPE_INVALID;
    } else {
        err = decode_string(field, value, base + field->offset);
    }
    if (err != ERR_OK) {
        ret_fault->err = err;
        ret_fault->detail = NULL;
        (void)snprintf(ret_fault->field, sizeof(ret_fault->field), "%s", field->name);
        return false;
    }
    if (field->has_offset != API_NO_OFFSET) {
        memcpy(base + field->has_offset, &present, sizeof(present));
    }
    return true;
}

static struct http_text param_value(const struct http_request *request,
                                    const struct api_param *param)
{
    switch ((enum api_place)param->place) {
    case API_IN_PATH:
        return request->params[param->index];
    case API_IN_QUERY:
        return http_query_get(request, param->field.name);
    case API_IN_HEADER:
        return request->headers[param->index];
    }
    BUG_IF(true);
    return (struct http_text){0};
}

/* Every query argument is a parameter of the operation, and comes once. */
static bool check_query(const struct http_request *request, const struct api_op *op,
                        struct api_fault *fault)
{
    for (size_t i = 0; i < request->query_count; i++) {
        const char *name = request->query[i].name.data;
        bool is_known = false;
        for (size_t j = 0; j < op->param_count && !is_known; j++) {
            is_known =
                op->params[j].place == API_IN_QUERY && strcmp(op->params[j].field.name, name) == 0;
        }
        bool is_double = false;
        for (size_t j = 0; j < i && !is_double; j++) {
            is_double = strcmp(request->query[j].name.data, name) == 0;
        }
        if (!is_known || is_double) {
            fault->err = is_known ? ERR_FIELD_DUPLICATE : ERR_FIELD_UNKNOWN;
            fault->detail = NULL;
            (void)snprintf(fault->field, sizeof(fault->field), "%s", name);
            return false;
        }
    }
    return true;
}

/* ---- requests ---- */

/* The body type of a Content-Type header: parameters such as charset are not looked at. */
static uint32_t body_of_type(struct http_text type)
{
    static const struct {
        const char *name;
        uint32_t body;
    } rows[] = {{"application/json", API_BODY_JSON},
                {"application/x-ndjson", API_BODY_LINES},
                {"text/plain", API_BODY_TEXT}};
    for (size_t i = 0; type.data != NULL && i < ARRAY_COUNT(rows); i++) {
        size_t length = strlen(rows[i].name);
        if (strncasecmp(type.data, rows[i].name, length) == 0 &&
            (type.data[length] == 0 || type.data[length] == ';' || type.data[length] == ' ')) {
            return rows[i].body;
        }
    }
    return API_BODY_NONE;
}

static bool answer_fault(struct http_request *request, const struct api_fault *fault)
{
    (void)api_answer_problem(
        request,
        (struct api_problem){.err = fault->err, .field = fault->field, .detail = fault->detail});
    return false;
}

bool api_check_head(struct http_request *request, const struct api_op *op)
{
    struct api_fault fault = {.err = ERR_OK};
    if (op->bodies != 0 && (body_of_type(request->headers[HTTP_CONTENT_TYPE]) & op->bodies) == 0) {
        fault.err = ERR_UNSUPPORTED_MEDIA_TYPE;
        return answer_fault(request, &fault);
    }
    for (size_t i = 0; i < op->param_count; i++) {
        const struct api_param *param = &op->params[i];
        struct http_text ignored;
        struct api_field alone = param->field;
        alone.offset = 0;
        alone.has_offset = API_NO_OFFSET;
        if (alone.type == API_MONEY_KEY &&
            !api_decode_param(&alone, param_value(request, param), &ignored, &fault)) {
            return answer_fault(request, &fault);
        }
    }
    return true;
}

static bool decode_body(struct http_request *request, const struct api_op *op, uint8_t *base,
                        struct api_fault *fault)
{
    /* http reads bodies of routes that take one only; an absent one is an empty text */
    const char *text = request->body.data == NULL ? "" : request->body.data;
    size_t length = request->body.length;
    switch ((enum api_body)body_of_type(request->headers[HTTP_CONTENT_TYPE])) {
    case API_BODY_JSON:
        return api_decode_json(request->arena, op->body, text, length, base + op->body_offset,
                               fault);
    case API_BODY_LINES:
        return api_decode_lines(request->arena, op->lines, text, length, base + op->body_offset,
                                fault);
    case API_BODY_TEXT: {
        struct http_text body = {text, length};
        if (!str_is_utf8(text, length)) {
            fault->err = ERR_TEXT_NOT_UTF8;
            return false;
        }
        memcpy(base + op->body_offset, &body, sizeof(body));
        return true;
    }
    case API_BODY_NONE:
        break;
    }
    BUG_IF(true); /* api_check_head let it through */
    return false;
}

bool api_decode(struct http_request *request, const struct api_op *op, void *ret)
{
    struct api_fault fault = {.err = ERR_OK};
    uint8_t *fresh = arena_alloc(request->arena, op->struct_bytes);
    if (!check_query(request, op, &fault)) {
        return answer_fault(request, &fault);
    }
    for (size_t i = 0; i < op->param_count; i++) {
        const struct api_param *param = &op->params[i];
        if (!api_decode_param(&param->field, param_value(request, param), fresh, &fault)) {
            return answer_fault(request, &fault);
        }
    }
    if (op->bodies != 0) {
        if (!api_check_head(request, op)) {
            return false;
        }
        if (!decode_body(request, op, fresh, &fault)) {
            return answer_fault(request, &fault);
        }
    }
    memcpy(ret, fresh, op->struct_bytes);
    return true;
}

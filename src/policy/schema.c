/* schema.c — see schema.h. Recursion is bounded by the tables, which are ours, and not by input. */
#include "policy/schema.h"

#include <stdio.h>
#include <string.h>

#include "core/str.h"

#define TEXT_BYTES_DEFAULT 400
#define ITEMS_MAX          4096

struct walk {
    const struct schema_context *context;
    char path[256];
};

static bool fail(const struct walk *walk, uint32_t line, const char *what, const char *which)
{
    struct policy_fault *fault = walk->context->fault;

    fault->line = line;
    snprintf(fault->where, sizeof(fault->where), "%s", walk->path);
    snprintf(fault->what, sizeof(fault->what), "%s%s", what, which == NULL ? "" : which);
    return false;
}

static size_t path_add(struct walk *walk, const char *name)
{
    size_t length = strlen(walk->path);

    snprintf(walk->path + length, sizeof(walk->path) - length, "%s%s", length == 0 ? "" : ".",
             name);
    return length;
}

static size_t path_add_index(struct walk *walk, size_t index)
{
    size_t length = strlen(walk->path);

    snprintf(walk->path + length, sizeof(walk->path) - length, "[%zu]", index);
    return length;
}

/* ---- dates ---- */

/* Days from civil and back, proleptic Gregorian; see H. Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms". */
int32_t date_days(int32_t year, int32_t month, int32_t day)
{
    int32_t y = month <= 2 ? year - 1 : year;
    int32_t era = y / 400, of_era = y - era * 400;
    int32_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct date date_of_days(int32_t days)
{
    int32_t z = days + 719468;
    int32_t era = z / 146097, of_era = z - era * 146097;
    int32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int32_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int32_t shifted = (5 * of_year + 2) / 153;
    struct date date = {.month = shifted < 10 ? shifted + 3 : shifted - 9,
                        .day = of_year - (153 * shifted + 2) / 5 + 1};

    BUG_IF(z < 0);
    date.year = year + era * 400 + (date.month <= 2 ? 1 : 0);
    return date;
}

bool date_parse(const char *text, size_t length, int32_t *ret_days)
{
    uint32_t year, month, day;
    struct date back;
    int32_t days;

    if (length != 10 || text[4] != '-' || text[7] != '-' || !str_parse_u32(text, 4, &year) ||
        !str_parse_u32(text + 5, 2, &month) || !str_parse_u32(text + 8, 2, &day) || year < 1900 ||
        year > 2999 || month < 1 || month > 12 || day < 1 || day > 31) {
        return false;
    }
    days = date_days((int32_t)year, (int32_t)month, (int32_t)day);
    back = date_of_days(days);
    if (back.month != (int32_t)month || back.day != (int32_t)day) {
        return false;
    }
    *ret_days = days;
    return true;
}

/* ---- values ---- */

static bool read_map(struct walk *walk, const struct yaml_node *node,
                     const struct schema_field *fields, void *ret);

static bool read_text(struct walk *walk, const struct yaml_node *node,
                      const struct schema_field *field, void *ret)
{
    size_t max = field->max > 0 ? (size_t)field->max : TEXT_BYTES_DEFAULT;

    if (node->length == 0) {
        return fail(walk, node->line, "must not be empty", NULL);
    }
    if (node->length > max) {
        return fail(walk, node->line, "is too long", NULL);
    }
    *(const char **)ret = node->text;
    return true;
}

static bool read_number(struct walk *walk, const struct yaml_node *node,
                        const struct schema_field *field, void *ret)
{
    char range[96];
    int64_t value;

    if (!node->is_plain || !str_parse_i64(node->text, node->length, &value)) {
        return fail(walk, node->line, "must be a whole number", NULL);
    }
    if (value < field->min || value > field->max) {
        snprintf(range, sizeof(range), "must be %lld to %lld", (long long)field->min,
                 (long long)field->max);
        return fail(walk, node->line, range, NULL);
    }
    *(int64_t *)ret = value;
    return true;
}

static bool read_bool(struct walk *walk, const struct yaml_node *node, void *ret)
{
    bool is_true = strcmp(node->text, "true") == 0;

    if (!node->is_plain || (!is_true && strcmp(node->text, "false") != 0)) {
        return fail(walk, node->line, "must be true or false", NULL);
    }
    *(bool *)ret = is_true;
    return true;
}

static bool find_word(struct walk *walk, const struct yaml_node *node,
                      const struct schema_field *field, int *ret)
{
    if (node->kind != YAML_TEXT) {
        return fail(walk, node->line, "must be a word", NULL);
    }
    for (const struct schema_word *word = field->words; word->name != NULL; word++) {
        if (strcmp(word->name, node->text) == 0) {
            *ret = word->value;
            return true;
        }
    }
    return fail(walk, node->line, "unknown word: ", node->text);
}

static bool read_words(struct walk *walk, const struct yaml_node *node,
                       const struct schema_field *field, void *ret)
{
    uint32_t bits = 0;

    if (field->min > 0 && node->count < (size_t)field->min) {
        return fail(walk, node->line, "must not be empty", NULL);
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        int value;

        if (!find_word(walk, item, field, &value)) {
            return false;
        }
        BUG_IF(value < 0 || value > 31);
        if ((bits & (UINT32_C(1) << value)) != 0) {
            return fail(walk, item->line, "stands twice: ", item->text);
        }
        bits |= UINT32_C(1) << value;
    }
    *(uint32_t *)ret = bits;
    return true;
}

static bool read_amount(struct walk *walk, const struct yaml_node *node, void *ret)
{
    struct money money;

    if (money_parse(node->text, node->length, walk->context->currency, &money) != ERR_OK ||
        money.minor < 0) {
        return fail(walk, node->line, "must be an amount such as \"100.00\"", NULL);
    }
    *(int64_t *)ret = money.minor;
    return true;
}

static bool read_list(struct walk *walk, const struct yaml_node *node,
                      const struct schema_field *field, struct schema_list *ret)
{
    size_t max = field->max > 0 ? (size_t)field->max : ITEMS_MAX;
    size_t size = field->type == SCHEMA_TEXTS ? sizeof(const char *) : field->item_size;
    size_t index = 0;
    char *items;

    if (node->count < (size_t)field->min) {
        return fail(walk, node->line, "has too few items", NULL);
    }
    if (node->count > max) {
        return fail(walk, node->line, "has too many items", NULL);
    }
    if (node->count == 0) {
        return true;
    }
    items = arena_alloc_array(walk->context->arena, node->count, size);
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        size_t length = path_add_index(walk, index);
        const struct schema_field text = {.type = SCHEMA_TEXT};
        bool ok = field->type == SCHEMA_LIST
                      ? read_map(walk, item, field->fields, items + index * size)
                  : item->kind == YAML_TEXT ? read_text(walk, item, &text, items + index * size)
                                            : fail(walk, item->line, "must be a text", NULL);

        if (!ok) {
            return false;
        }
        walk->path[length] = '\0';
        index++;
    }
    ret->items = items;
    ret->count = node->count;
    return true;
}

static bool check_kind(struct walk *walk, const struct yaml_node *node, enum schema_type type)
{
    bool is_map = type == SCHEMA_MAP;
    bool is_list = type == SCHEMA_LIST || type == SCHEMA_TEXTS || type == SCHEMA_WORDS;
    enum yaml_node_kind wanted = is_map ? YAML_MAP : is_list ? YAML_LIST : YAML_TEXT;

    if (node->kind == wanted) {
        return true;
    }
    return fail(walk, node->line,
                is_map    ? "must be a map"
                : is_list ? "must be a list"
                          : "must be a single value",
                NULL);
}

static bool read_value(struct walk *walk, const struct yaml_node *node,
                       const struct schema_field *field, void *ret)
{
    if (!check_kind(walk, node, field->type)) {
        return false;
    }
    switch (field->type) {
    case SCHEMA_TEXT:
        return read_text(walk, node, field, ret);
    case SCHEMA_NUMBER:
        return read_number(walk, node, field, ret);
    case SCHEMA_BOOL:
        return read_bool(walk, node, ret);
    case SCHEMA_WORD:
        return find_word(walk, node, field, ret);
    case SCHEMA_WORDS:
        return read_words(walk, node, field, ret);
    case SCHEMA_AMOUNT:
        return read_amount(walk, node, ret);
    case SCHEMA_DATE:
        return date_parse(node->text, node->length, ret) ||
               fail(walk, node->line, "must be a date such as 2026-01-31", NULL);
    case SCHEMA_MAP:
        return read_map(walk, node, field->fields, ret);
    case SCHEMA_LIST:
    case SCHEMA_TEXTS:
        return read_list(walk, node, field, ret);
    }
    BUG_IF(true);
}

static const struct schema_field *find_field(const struct schema_field *fields, const char *name)
{
    for (const struct schema_field *field = fields; field->name != NULL; field++) {
        if (strcmp(field->name, name) == 0) {
            return field;
        }
    }
    return NULL;
}

static bool read_map(struct walk *walk, const struct yaml_node *node,
                     const struct schema_field *fields, void *ret)
{
    if (node->kind != YAML_MAP) {
        return fail(walk, node->line, "must be a map", NULL);
    }
    for (const struct yaml_node *member = node->first; member != NULL; member = member->next) {
        const struct schema_field *field = find_field(fields, member->key);
        size_t length = path_add(walk, member->key);

        if (field == NULL) {
            return fail(walk, member->key_line, "unknown key", NULL);
        }
        if (!read_value(walk, member, field, (char *)ret + field->offset)) {
            return false;
        }
        walk->path[length] = '\0';
    }
    for (const struct schema_field *field = fields; field->name != NULL; field++) {
        if (!field->optional && schema_member(node, field->name) == NULL) {
            (void)path_add(walk, field->name);
            return fail(walk, node->line, "is missing", NULL);
        }
    }
    return true;
}

const struct yaml_node *schema_member(const struct yaml_node *map, const char *name)
{
    if (map->kind != YAML_MAP) {
        return NULL;
    }
    for (const struct yaml_node *node = map->first; node != NULL; node = node->next) {
        if (strcmp(node->key, name) == 0) {
            return node;
        }
    }
    return NULL;
}

bool schema_read(const struct schema_context *context, const struct yaml_node *node,
                 const struct schema_field *fields, void *ret, size_t size)
{
    struct walk walk = {.context = context};

    memset(ret, 0, size);
    return read_map(&walk, node, fields, ret);
}

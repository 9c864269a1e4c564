/* json_out.c — see json_out.h. */
#include "api/json_out.h"

#include <string.h>

#include "core/clock.h"
#include "core/ids.h"
#include "core/str.h"

#define DIGITS_MAX 24

void json_out_begin(struct json_out *out, struct buf *buf)
{
    *out = (struct json_out){.buf = buf};
}

void json_out_end(struct json_out *out)
{
    BUG_IF(out->depth != 0);
}

/* The comma before, and the key. */
static void lead(struct json_out *out, const char *key)
{
    bool in_list = out->depth == 0 || (out->is_list >> (out->depth - 1) & 1) != 0;
    BUG_IF(in_list != (key == NULL));
    if (out->needs_comma) {
        buf_add(out->buf, ",", 1);
    }
    out->needs_comma = true;
    if (key != NULL) {
        char quoted[64];
        size_t length = strlen(key);
        BUG_IF(length > sizeof(quoted) - 3);
        quoted[0] = '"';
        memcpy(quoted + 1, key, length);
        memcpy(quoted + 1 + length, "\":", 2);
        buf_add(out->buf, quoted, length + 3);
    }
}

static void open_level(struct json_out *out, const char *key, bool is_list)
{
    BUG_IF(out->depth == JSON_OUT_DEPTH_MAX);
    lead(out, key);
    buf_add(out->buf, is_list ? "[" : "{", 1);
    uint32_t bit = UINT32_C(1) << out->depth;
    out->is_list = is_list ? out->is_list | bit : out->is_list & ~bit;
    out->depth++;
    out->needs_comma = false;
}

static void close_level(struct json_out *out, bool is_list)
{
    BUG_IF(out->depth == 0 || ((out->is_list >> (out->depth - 1) & 1) != 0) != is_list);
    out->depth--;
    buf_add(out->buf, is_list ? "]" : "}", 1);
    out->needs_comma = true;
}

void json_out_open(struct json_out *out, const char *key)
{
    open_level(out, key, false);
}

void json_out_close(struct json_out *out)
{
    close_level(out, false);
}

void json_out_open_list(struct json_out *out, const char *key)
{
    open_level(out, key, true);
}

void json_out_close_list(struct json_out *out)
{
    close_level(out, true);
}

void json_out_bytes(struct json_out *out, const char *key, const char *text, size_t length)
{
    lead(out, key);
    http_json_string(out->buf, text, length);
}

void json_out_text(struct json_out *out, const char *key, const char *text)
{
    json_out_bytes(out, key, text, strlen(text));
}

/* Decimal digits into the end of `ret`; returns where they begin. Faster than printf, which a batch
 * of 8,190 results notices. */
static char *format_i64(int64_t value, char ret[DIGITS_MAX])
{
    char *at = ret + DIGITS_MAX;
    uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude > 0);
    if (value < 0) {
        *--at = '-';
    }
    return at;
}

void json_out_i64(struct json_out *out, const char *key, int64_t value)
{
    char digits[DIGITS_MAX];
    const char *at = format_i64(value, digits);
    lead(out, key);
    buf_add(out->buf, at, (size_t)(digits + DIGITS_MAX - at));
}

void json_out_bool(struct json_out *out, const char *key, bool value)
{
    lead(out, key);
    buf_add_str(out->buf, value ? "true" : "false");
}

void json_out_null(struct json_out *out, const char *key)
{
    lead(out, key);
    buf_add(out->buf, "null", 4);
}

/* Text that is known to need no escapes. */
static void plain(struct json_out *out, const char *key, const char *text, size_t length)
{
    char quoted[80];
    BUG_IF(length > sizeof(quoted) - 2);
    quoted[0] = '"';
    memcpy(quoted + 1, text, length);
    quoted[length + 1] = '"';
    lead(out, key);
    buf_add(out->buf, quoted, length + 2);
}

void json_out_id(struct json_out *out, const char *key, const char *prefix, int64_t id)
{
    if (id == 0) {
        json_out_null(out, key);
        return;
    }
    char text[ID_TEXT_MAX];
    plain(out, key, text, id_format(prefix, id, text));
}

void json_out_time(struct json_out *out, const char *key, int64_t at_us)
{
    if (at_us == 0) {
        json_out_null(out, key);
        return;
    }
    char text[CLOCK_TEXT_MAX];
    plain(out, key, text, clock_format_rfc3339(at_us, text));
}

void json_out_digits(struct json_out *out, const char *key, int64_t value)
{
    if (value == 0) {
        json_out_null(out, key);
        return;
    }
    char digits[DIGITS_MAX];
    const char *at = format_i64(value, digits);
    plain(out, key, at, (size_t)(digits + DIGITS_MAX - at));
}

void json_out_currency(struct json_out *out, const char *key, enum currency currency)
{
    const char *code = currency_code(currency);
    BUG_IF(code == NULL);
    plain(out, key, code, 3);
}

void json_out_hash(struct json_out *out, const char *key, const struct sha256_hash *hash)
{
    if (hash == NULL) {
        json_out_null(out, key);
        return;
    }
    char text[2 * SHA256_BYTES + 1];
    hex_encode(hash->bytes, SHA256_BYTES, text);
    plain(out, key, text, 2 * SHA256_BYTES);
}

void json_out_cursor(struct json_out *out, const char *key, int64_t at)
{
    json_out_id(out, key, "cur", at);
}

void json_out_name(struct json_out *out, const char *key, const struct api_names *names,
                   int64_t value)
{
    const char *name = api_name_of(names, value);
    BUG_IF(name == NULL);
    plain(out, key, name, strlen(name));
}

void json_out_flags(struct json_out *out, const char *key, const struct api_names *names,
                    uint32_t bits)
{
    json_out_open_list(out, key);
    for (size_t i = 0; i < names->count; i++) {
        if ((bits & names->names[i].value) != 0) {
            plain(out, NULL, names->names[i].text, names->names[i].length);
            bits &= ~names->names[i].value;
        }
    }
    BUG_IF(bits != 0); /* a bit without a name would be lost */
    json_out_close_list(out);
}

/* kv.c — see kv.h. */
#include "core/kv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/str.h"

static bool name_char_ok(char c, bool is_first)
{
    return (c >= 'a' && c <= 'z') || (!is_first && ((c >= '0' && c <= '9') || c == '_'));
}

static bool name_ok(const char *name, size_t length)
{
    if (length == 0 || length > KV_NAME_MAX) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (!name_char_ok(name[i], i == 0)) {
            return false;
        }
    }
    return true;
}

static bool is_control(uint8_t byte)
{
    return byte < 0x20 || byte == 0x7f;
}

void kv_add(struct buf *buf, const char *name, const char *value, size_t length)
{
    BUG_IF(!name_ok(name, strlen(name)));
    buf_add_str(buf, name);
    buf_add_u8(buf, '=');
    if (length <= KV_VALUE_MAX && str_is_utf8(value, length)) {
        for (size_t i = 0; i < length; i++) {
            uint8_t byte = (uint8_t)value[i];

            buf_add_u8(buf, is_control(byte) ? ' ' : byte);
        }
    }
    buf_add_u8(buf, '\n');
}

void kv_add_str(struct buf *buf, const char *name, const char *value)
{
    kv_add(buf, name, value, strlen(value));
}

void kv_add_i64(struct buf *buf, const char *name, int64_t value)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, value);
    kv_add_str(buf, name, text);
}

/* One entry from *at on; moves *at behind it. False if it is malformed or there is none. */
static bool next_entry(const char *data, size_t length, size_t *at, struct kv_text *ret_name,
                       struct kv_text *ret_value)
{
    const char *start = data + *at;
    const char *end = memchr(start, '\n', length - *at);

    if (end == NULL) {
        return false;
    }
    const char *equals = memchr(start, '=', (size_t)(end - start));
    if (equals == NULL || !name_ok(start, (size_t)(equals - start))) {
        return false;
    }
    *ret_name = (struct kv_text){start, (size_t)(equals - start)};
    *ret_value = (struct kv_text){equals + 1, (size_t)(end - equals - 1)};
    *at = (size_t)(end - data) + 1;
    return true;
}

static bool value_ok(struct kv_text value)
{
    for (size_t i = 0; i < value.length; i++) {
        if (is_control((uint8_t)value.data[i])) {
            return false;
        }
    }
    return value.length <= KV_VALUE_MAX && str_is_utf8(value.data, value.length);
}

static bool same_text(struct kv_text a, struct kv_text b)
{
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

bool kv_is_valid(const void *data, size_t length)
{
    struct kv_text names[KV_ENTRIES_MAX];
    size_t count = 0, at = 0;

    while (at < length) {
        struct kv_text name, value;

        if (count == KV_ENTRIES_MAX || !next_entry(data, length, &at, &name, &value) ||
            !value_ok(value)) {
            return false;
        }
        for (size_t i = 0; i < count; i++) {
            if (same_text(names[i], name)) {
                return false;
            }
        }
        names[count++] = name;
    }
    return true;
}

bool kv_get(const void *data, size_t length, const char *name, struct kv_text *ret)
{
    const struct kv_text wanted = {name, strlen(name)};
    struct kv_text found, value;
    size_t at = 0;

    while (at < length && next_entry(data, length, &at, &found, &value)) {
        if (same_text(found, wanted)) {
            *ret = value;
            return true;
        }
    }
    return false;
}

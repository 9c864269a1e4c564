/* str.c — see str.h. */
#include "core/str.h"

#include <string.h>

bool str_parse_i64(const char *text, size_t length, int64_t *ret)
{
    size_t at = length > 0 && text[0] == '-' ? 1 : 0;
    if (at == length) {
        return false;
    }
    int64_t value = 0; /* counted downwards: INT64_MIN has no positive twin */
    for (size_t i = at; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, text[i] - '0', &value)) {
            return false;
        }
    }
    if (at == 0 && __builtin_sub_overflow(0, value, &value)) {
        return false;
    }
    *ret = value;
    return true;
}

bool str_parse_u32(const char *text, size_t length, uint32_t *ret)
{
    int64_t value;
    if (length == 0 || text[0] == '-' || !str_parse_i64(text, length, &value) ||
        value > UINT32_MAX) {
        return false;
    }
    *ret = (uint32_t)value;
    return true;
}

/* Length of the well-formed sequence at `at`, 0 if there is none: Unicode, Table 3-7. */
static size_t sequence_length(const uint8_t *at, size_t left)
{
    uint8_t first = at[0];
    uint8_t low = 0x80, high = 0xbf; /* of the second byte */
    size_t length;
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xc2 && first <= 0xdf) {
        length = 2;
    } else if (first >= 0xe0 && first <= 0xef) {
        length = 3;
        low = first == 0xe0 ? 0xa0 : low;   /* no overlong forms */
        high = first == 0xed ? 0x9f : high; /* no surrogates */
    } else if (first >= 0xf0 && first <= 0xf4) {
        length = 4;
        low = first == 0xf0 ? 0x90 : low;
        high = first == 0xf4 ? 0x8f : high; /* nothing above U+10FFFF */
    } else {
        return 0;
    }
    if (left < length || at[1] < low || at[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < length; i++) {
        if (at[i] < 0x80 || at[i] > 0xbf) {
            return 0;
        }
    }
    return length;
}

bool str_is_utf8(const void *data, size_t length)
{
    const uint8_t *at = data;
    const uint8_t *end = at + length;
    while (at < end) {
        uint64_t eight;
        if ((size_t)(end - at) >= sizeof(eight)) { /* most text is ASCII: eight bytes a step */
            memcpy(&eight, at, sizeof(eight));
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                at += sizeof(eight);
                continue;
            }
        }
        size_t step = sequence_length(at, (size_t)(end - at));
        if (step == 0) {
            return false;
        }
        at += step;
    }
    return true;
}

bool str_equal(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

bool str_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

void hex_encode(const void *data, size_t length, char *ret)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *bytes = data;
    for (size_t i = 0; i < length; i++) {
        ret[2 * i] = digits[bytes[i] >> 4];
        ret[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret[2 * length] = 0;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_decode(const char *text, size_t length, void *ret, size_t bytes)
{
    if (length % 2 != 0 || length / 2 != bytes) {
        return false;
    }
    for (size_t i = 0; i < length; i++) { /* first look, then write: *ret stays as it was */
        if (hex_value(text[i]) < 0) {
            return false;
        }
    }
    uint8_t *out = ret;
    for (size_t i = 0; i < bytes; i++) {
        out[i] = (uint8_t)(hex_value(text[2 * i]) << 4 | hex_value(text[2 * i + 1]));
    }
    return true;
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_encode(const void *data, size_t length, char *ret)
{
    const uint8_t *bytes = data;
    char *at = ret;
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t group = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (left > 2 ? bytes[i + 2] : 0);
        *at++ = base64_digits[group >> 18];
        *at++ = base64_digits[group >> 12 & 63];
        *at++ = left > 1 ? base64_digits[group >> 6 & 63] : '=';
        *at++ = left > 2 ? base64_digits[group & 63] : '=';
    }
    *at = 0;
    return (size_t)(at - ret);
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(const char *text, size_t length, void *ret, size_t ret_max, size_t *ret_length)
{
    if (length % 4 != 0) {
        return false;
    }
    size_t padding = 0;
    if (length > 0 && text[length - 1] == '=') {
        padding = text[length - 2] == '=' ? 2 : 1;
    }
    size_t digits = length - padding;
    size_t bytes = length / 4 * 3 - padding;
    if (bytes > ret_max) {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        if (base64_value(text[i]) < 0) {
            return false;
        }
    }
    int spare_mask = padding == 2 ? 15 : padding == 1 ? 3 : 0;
    if (digits > 0 && (base64_value(text[digits - 1]) & spare_mask) != 0) {
        return false; /* spare bits: two texts must not mean the same bytes */
    }
    uint8_t *out = ret;
    uint32_t group = 0;
    size_t written = 0;
    for (size_t i = 0; i < digits; i++) {
        group = group << 6 | (uint32_t)base64_value(text[i]);
        if (i % 4 != 0) {
            unsigned shift = 6 - 2 * (unsigned)(i % 4);
            out[written++] = (uint8_t)(group >> shift);
        }
    }
    BUG_IF(written != bytes);
    *ret_length = bytes;
    return true;
}

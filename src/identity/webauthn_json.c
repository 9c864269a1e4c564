/* webauthn_json.c — the client data, a JSON object that the browser wrote (section 5.8.1); and
 * base64url.
 *
 * A reader for this one document: no tree, no memory, depth bounded. Texts that we compare are
 * plain ASCII in every conforming client; an escape in one of them is refused but for \" \\ \/. */
#include "identity/webauthn_int.h"

#include <string.h>

#include "core/str.h"

#define DEPTH_MAX 8

struct scan {
    const char *at, *end;
};

static void skip_space(struct scan *scan)
{
    while (scan->at < scan->end && memchr(" \t\r\n", *scan->at, 4) != NULL) {
        scan->at++;
    }
}

static bool take(struct scan *scan, char c)
{
    skip_space(scan);
    if (scan->at == scan->end || *scan->at != c) {
        return false;
    }
    scan->at++;
    return true;
}

static bool take_word(struct scan *scan, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0) {
        return false;
    }
    scan->at += length;
    return true;
}

/* After the backslash. *ret_plain: the character, or 0 where the text becomes one we cannot
 * compare. */
static bool read_escape(struct scan *scan, char *ret_plain)
{
    char c;

    if (scan->at == scan->end) {
        return false;
    }
    c = *scan->at++;
    *ret_plain = c == '"' || c == '\\' || c == '/' ? c : '\0';
    if (c == 'u') {
        uint8_t unused[2];

        if (scan->end - scan->at < 4 || !hex_decode(scan->at, 4, unused, 2)) {
            return false;
        }
        scan->at += 4;
        return true;
    }
    return *ret_plain != '\0' || (c != '\0' && strchr("bfnrt", c) != NULL);
}

/* A text. ret may be NULL: passed over. Otherwise *ret_length is SIZE_MAX when the text is longer
 * than ret_max or not plain ASCII. */
static bool read_text(struct scan *scan, char *ret, size_t ret_max, size_t *ret_length)
{
    size_t length = 0;
    bool is_plain = true;

    if (!take(scan, '"')) {
        return false;
    }
    while (scan->at < scan->end && *scan->at != '"') {
        char c = *scan->at++;

        if ((unsigned char)c < 0x20 || (c == '\\' && !read_escape(scan, &c))) {
            return false;
        }
        is_plain = is_plain && c >= 0x20 && c < 0x7f;
        if (ret != NULL && length < ret_max) {
            ret[length] = c;
        }
        length++;
    }
    if (!take(scan, '"')) {
        return false;
    }
    if (ret_length != NULL) {
        *ret_length = is_plain && length <= ret_max ? length : SIZE_MAX;
    }
    return true;
}

static bool skip_number(struct scan *scan)
{
    const char *begin = scan->at;

    while (scan->at < scan->end && memchr("+-.0123456789eE", *scan->at, 15) != NULL) {
        scan->at++;
    }
    return scan->at > begin;
}

static bool skip_scalar(struct scan *scan)
{
    skip_space(scan);
    if (scan->at == scan->end) {
        return false;
    }
    if (*scan->at == '"') {
        return read_text(scan, NULL, 0, NULL);
    }
    return take_word(scan, "true") || take_word(scan, "false") || take_word(scan, "null") ||
           skip_number(scan);
}

/* After a value inside: closes what ends here, or takes the comma. True with *depth 0 at the end.
 */
static bool after_value(struct scan *scan, const char *closers, size_t *depth)
{
    while (*depth > 0 && take(scan, closers[*depth - 1])) {
        (*depth)--;
    }
    return *depth == 0 || take(scan, ',');
}

/* Over one value. */
static bool skip_value(struct scan *scan)
{
    char closers[DEPTH_MAX];
    size_t depth = 0;

    do {
        bool opens = false;

        if (depth > 0 && closers[depth - 1] == '}' &&
            (!read_text(scan, NULL, 0, NULL) || !take(scan, ':'))) {
            return false;
        }
        skip_space(scan);
        if (scan->at < scan->end && (*scan->at == '{' || *scan->at == '[')) {
            if (depth == DEPTH_MAX) {
                return false;
            }
            closers[depth++] = *scan->at++ == '{' ? '}' : ']';
            skip_space(scan);
            opens = scan->at < scan->end && *scan->at != closers[depth - 1];
        } else if (!skip_scalar(scan)) {
            return false;
        }
        if (!opens && !after_value(scan, closers, &depth)) {
            return false;
        }
    } while (depth > 0);
    return true;
}

/* ---- the members ---- */

enum member { TYPE = 1 << 0, CHALLENGE = 1 << 1, ORIGIN = 1 << 2, CROSS = 1 << 3, TOP = 1 << 4 };

static unsigned member_of(const char *key, size_t length)
{
    static const struct {
        const char *name;
        enum member member;
    } known[] = {{"type", TYPE},
                 {"challenge", CHALLENGE},
                 {"origin", ORIGIN},
                 {"crossOrigin", CROSS},
                 {"topOrigin", TOP}};

    for (size_t i = 0; i < ARRAY_COUNT(known); i++) {
        if (length == strlen(known[i].name) && memcmp(key, known[i].name, length) == 0) {
            return known[i].member;
        }
    }
    return 0;
}

static bool read_plain(struct scan *scan, char *ret, size_t ret_size)
{
    size_t length;

    if (!read_text(scan, ret, ret_size - 1, &length) || length == SIZE_MAX) {
        return false;
    }
    ret[length] = '\0';
    return true;
}

static bool read_challenge(struct scan *scan, struct webauthn_client_data *data)
{
    char text[96] = {0};

    return read_plain(scan, text, sizeof(text)) &&
           base64url_decode(text, strlen(text), data->challenge, sizeof(data->challenge),
                            &data->challenge_length);
}

static bool read_member(struct scan *scan, struct webauthn_client_data *data, unsigned *seen)
{
    char key[16];
    size_t key_length;
    unsigned member;

    if (!read_text(scan, key, sizeof(key), &key_length) || !take(scan, ':')) {
        return false;
    }
    member = key_length == SIZE_MAX ? 0 : member_of(key, key_length);
    if ((*seen & member) != 0) {
        return false;
    }
    *seen |= member;
    switch (member) {
    case TYPE:
        return read_plain(scan, data->type, sizeof(data->type));
    case CHALLENGE:
        return read_challenge(scan, data);
    case ORIGIN:
        return read_plain(scan, data->origin, sizeof(data->origin));
    case CROSS:
        skip_space(scan);
        data->cross_origin = take_word(scan, "true");
        return data->cross_origin || take_word(scan, "false");
    case TOP:
        data->has_top_origin = true;
        return skip_value(scan);
    default: /* not ours */
        return skip_value(scan);
    }
}

enum err webauthn_read_client_data(struct webauthn_bytes json, struct webauthn_client_data *ret)
{
    struct scan scan = {(const char *)json.data, (const char *)json.data + json.length};
    struct webauthn_client_data data = {0};
    unsigned seen = 0;
    bool more;

    if (json.length == 0 || json.length > WEBAUTHN_CLIENT_DATA_MAX ||
        !str_is_utf8(json.data, json.length) || !take(&scan, '{')) {
        return ERR_PASSKEY_MALFORMED;
    }
    do {
        if (!read_member(&scan, &data, &seen)) {
            return ERR_PASSKEY_MALFORMED;
        }
        more = take(&scan, ',');
    } while (more);
    if (!take(&scan, '}') || scan.at != scan.end || (~seen & (TYPE | CHALLENGE | ORIGIN)) != 0) {
        return ERR_PASSKEY_MALFORMED;
    }
    *ret = data;
    return ERR_OK;
}

/* ---- base64url ---- */

static int sextet(char c)
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
    if (c == '-') {
        return 62;
    }
    return c == '_' ? 63 : -1;
}

bool base64url_decode(const char *text, size_t length, void *ret, size_t ret_max,
                      size_t *ret_length)
{
    uint8_t *out = ret;
    size_t count = length / 4 * 3 + (length % 4 == 0 ? 0 : length % 4 - 1);
    uint32_t bits = 0;
    unsigned bit_count = 0;
    size_t at = 0;

    if (length % 4 == 1 || count > ret_max) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        int value = sextet(text[i]);

        if (value < 0) {
            return false;
        }
        bits = bits << 6 | (uint32_t)value;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            out[at++] = (uint8_t)(bits >> bit_count);
        }
    }
    if ((bits & ((1u << bit_count) - 1)) != 0) {
        return false; /* spare bits */
    }
    *ret_length = at;
    return true;
}

size_t base64url_encode(const void *data, size_t length, char *ret)
{
    size_t count = base64_encode(data, length, ret);

    while (count > 0 && ret[count - 1] == '=') {
        count--;
    }
    ret[count] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (ret[i] == '+') {
            ret[i] = '-';
        } else if (ret[i] == '/') {
            ret[i] = '_';
        }
    }
    return count;
}

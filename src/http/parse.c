/* parse.c — strict reading of methods, header names, percent-encoding, language and trace headers.
 * Everything here sees bytes from strangers; nothing allocates beyond what the arena is told. */
#include "http/http_int.h"

#include <string.h>
#include <strings.h>

#include "core/str.h"

static const char *const method_names[HTTP_METHOD_COUNT] = {
    [HTTP_GET] = "GET",         [HTTP_HEAD] = "HEAD",          [HTTP_POST] = "POST",
    [HTTP_PUT] = "PUT",         [HTTP_PATCH] = "PATCH",        [HTTP_DELETE] = "DELETE",
    [HTTP_OPTIONS] = "OPTIONS", [HTTP_METHOD_OTHER] = "OTHER",
};

enum http_method parse_method(const char *text)
{
    for (unsigned i = 0; i < HTTP_METHOD_OTHER; i++) {
        if (strcmp(text, method_names[i]) == 0) {
            return (enum http_method)i;
        }
    }
    return HTTP_METHOD_OTHER;
}

const char *method_name(enum http_method method)
{
    return method_names[method];
}

static const struct {
    const char *name;
    size_t length;
} header_names[HTTP_HEADER_COUNT] = {
#define NAME(h, text) [h] = {text, sizeof(text) - 1}
    NAME(HTTP_ACCEPT, "Accept"),
    NAME(HTTP_ACCEPT_ENCODING, "Accept-Encoding"),
    NAME(HTTP_ACCEPT_LANGUAGE, "Accept-Language"),
    NAME(HTTP_AUTHORIZATION, "Authorization"),
    NAME(HTTP_CONTENT_LENGTH, "Content-Length"),
    NAME(HTTP_CONTENT_TYPE, "Content-Type"),
    NAME(HTTP_HOST, "Host"),
    NAME(HTTP_IDEMPOTENCY_KEY, "Idempotency-Key"),
    NAME(HTTP_IF_NONE_MATCH, "If-None-Match"),
    NAME(HTTP_LAST_EVENT_ID, "Last-Event-ID"),
    NAME(HTTP_PREFER, "Prefer"),
    NAME(HTTP_TRACEPARENT, "traceparent"),
    NAME(HTTP_TRANSFER_ENCODING, "Transfer-Encoding"),
    NAME(HTTP_COOKIE, "Cookie"),
    NAME(HTTP_ORIGIN, "Origin"),
    NAME(HTTP_SEC_FETCH_SITE, "Sec-Fetch-Site"),
    NAME(HTTP_USER_AGENT, "User-Agent"),
    NAME(HTTP_CONFIRMATION, "Confirmation"),
    NAME(HTTP_ACCESS_REASON, "X-Access-Reason"),
    NAME(HTTP_APP_VERSION, "X-App-Version"),
    NAME(HTTP_SIGNATURE, "X-Signature"),
    NAME(HTTP_SIGNATURE_TIME, "X-Signature-Time"),
    NAME(HTTP_SURFACE, "X-Surface"),
#undef NAME
};

unsigned parse_header_name(const char *name, size_t length)
{
    for (unsigned i = 0; i < HTTP_HEADER_COUNT; i++) {
        if (header_names[i].length == length &&
            strncasecmp(header_names[i].name, name, length) == 0) {
            return i;
        }
    }
    return HTTP_HEADER_COUNT;
}

bool parse_percent(struct arena *arena, const char *text, size_t length, struct http_text *ret)
{
    char *out = arena_alloc(arena, length + 1);
    size_t used = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '%') {
            if (length - i < 3 || !hex_decode(text + i + 1, 2, &c, 1)) {
                return false;
            }
            i += 2;
        }
        if (c < 0x20 || c == 0x7f) {
            return false;
        }
        out[used++] = (char)c;
    }
    if (!str_is_utf8(out, used)) {
        return false;
    }
    *ret = (struct http_text){out, used};
    return true;
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    return at;
}

/* The q parameter in [at, end), which begins behind the token: ";q=0.5". 1000 if there is none. */
static int quality_of(const char *at, const char *end)
{
    while (at < end) {
        int quality = 0, scale = 1000;

        at = skip_space(at, end);
        if (end - at >= 3 && (*at == 'q' || *at == 'Q') && at[1] == '=') {
            if (at[2] == '1') {
                return 1000;
            }
            if (at[2] != '0') {
                return 0;
            }
            at += 3;
            if (at < end && *at == '.') {
                at++;
            }
            while (at < end && *at >= '0' && *at <= '9' && scale > 1) {
                scale /= 10;
                quality += (*at - '0') * scale;
                at++;
            }
            return quality;
        }
        while (at < end && *at != ';') {
            at++;
        }
        at += at < end ? 1 : 0;
    }
    return 1000;
}

/* The next item of a comma-separated list: its token in [*ret_token, *ret_token_end) and its end.
 */
static const char *list_next(const char *at, const char *end, const char **ret_token,
                             const char **ret_token_end, const char **ret_item_end)
{
    at = skip_space(at, end);
    *ret_token = at;
    while (at < end && *at != ',' && *at != ';' && *at != ' ' && *at != '\t') {
        at++;
    }
    *ret_token_end = at;
    while (at < end && *at != ',') {
        at++;
    }
    *ret_item_end = at;
    return at < end ? at + 1 : at;
}

static int item_quality(const char *token_end, const char *item_end)
{
    const char *at = skip_space(token_end, item_end);

    return at < item_end && *at == ';' ? quality_of(at + 1, item_end) : 1000;
}

int parse_quality(const char *text, size_t length, const char *token)
{
    const char *at = text, *end = text + length, *start, *stop, *item_end;
    size_t token_length = strlen(token);

    while (at < end) {
        at = list_next(at, end, &start, &stop, &item_end);
        if ((size_t)(stop - start) == token_length &&
            strncasecmp(start, token, token_length) == 0) {
            return item_quality(stop, item_end);
        }
    }
    return -1;
}

enum http_language parse_language(const char *text, size_t length)
{
    const char *at = text, *end = text + length, *start, *stop, *item_end;
    int best = 0;
    enum http_language language = HTTP_EN;

    while (at < end) {
        size_t tag_length;
        int quality;
        bool zh, en;

        at = list_next(at, end, &start, &stop, &item_end);
        tag_length = (size_t)(stop - start);
        zh = tag_length >= 2 && strncasecmp(start, "zh", 2) == 0 &&
             (tag_length == 2 || start[2] == '-');
        en = tag_length >= 2 && strncasecmp(start, "en", 2) == 0 &&
             (tag_length == 2 || start[2] == '-');
        quality = item_quality(stop, item_end);
        if ((zh || en) && quality > best) {
            best = quality;
            language = zh ? HTTP_ZH : HTTP_EN;
        }
    }
    return language;
}

static bool is_lower_hex(const char *text, size_t length, bool *ret_all_zero)
{
    *ret_all_zero = true;
    for (size_t i = 0; i < length; i++) {
        if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f'))) {
            return false;
        }
        *ret_all_zero = *ret_all_zero && text[i] == '0';
    }
    return true;
}

bool parse_traceparent(const char *text, size_t length, char ret_trace[HTTP_TRACE_TEXT_MAX])
{
    bool zero_trace, zero_parent, zero_flags;

    if (length != 55 || memcmp(text, "00-", 3) != 0 || text[35] != '-' || text[52] != '-' ||
        !is_lower_hex(text + 3, 32, &zero_trace) || !is_lower_hex(text + 36, 16, &zero_parent) ||
        !is_lower_hex(text + 53, 2, &zero_flags) || zero_trace || zero_parent) {
        return false;
    }
    memcpy(ret_trace, text + 3, 32);
    ret_trace[32] = '\0';
    return true;
}

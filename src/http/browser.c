/* browser.c — what only browsers send: cookies, and where the page came from. */
#include "http/http_int.h"

#include <string.h>
#include <strings.h>

/* One "name=value" of the list that begins at *at; moves behind it. */
static bool next_cookie(const char **at, const char *end, struct http_text *ret_name,
                        struct http_text *ret_value)
{
    const char *start = *at, *stop, *equals;

    while (start < end && (*start == ' ' || *start == ';' || *start == '\t')) {
        start++;
    }
    if (start == end) {
        return false;
    }
    stop = memchr(start, ';', (size_t)(end - start));
    stop = stop == NULL ? end : stop;
    *at = stop;
    equals = memchr(start, '=', (size_t)(stop - start));
    if (equals == NULL) {
        equals = stop;
    }
    *ret_name = (struct http_text){start, (size_t)(equals - start)};
    start = equals < stop ? equals + 1 : stop;
    *ret_value = (struct http_text){start, (size_t)(stop - start)};
    return true;
}

bool http_cookie(const struct http_request *request, const char *name, struct http_text *ret)
{
    const struct http_text *header = &request->headers[HTTP_COOKIE];
    struct http_text found = {0}, key, value;
    const char *at = header->data, *end = header->data + header->length;

    if (header->data == NULL) {
        return false;
    }
    while (next_cookie(&at, end, &key, &value)) {
        if (key.length != strlen(name) || memcmp(key.data, name, key.length) != 0) {
            continue;
        }
        if (found.data != NULL &&
            (found.length != value.length || memcmp(found.data, value.data, value.length) != 0)) {
            return false;
        }
        found = value;
    }
    if (found.data == NULL) {
        return false;
    }
    *ret = found;
    return true;
}

/* Behind a proxy that speaks TLS for us both schemes may be meant; under our own TLS one. */
static bool origin_is_ours(const struct http_request *request, const struct http_text *origin)
{
    static const char secure[] = "https://", plain[] = "http://";
    const struct http_text *host = &request->headers[HTTP_HOST];
    size_t skip = 0;

    if (origin->length > sizeof(secure) - 1 &&
        memcmp(origin->data, secure, sizeof(secure) - 1) == 0) {
        skip = sizeof(secure) - 1;
    } else if (!request->is_secure && origin->length > sizeof(plain) - 1 &&
               memcmp(origin->data, plain, sizeof(plain) - 1) == 0) {
        skip = sizeof(plain) - 1;
    }
    return skip != 0 && host->data != NULL && origin->length - skip == host->length &&
           strncasecmp(origin->data + skip, host->data, host->length) == 0;
}

bool http_is_same_origin(const struct http_request *request)
{
    static const char same[] = "same-origin";
    const struct http_text *origin = &request->headers[HTTP_ORIGIN];
    const struct http_text *site = &request->headers[HTTP_SEC_FETCH_SITE];

    if (origin->data != NULL && !origin_is_ours(request, origin)) {
        return false;
    }
    if (site->data != NULL &&
        (site->length != sizeof(same) - 1 || memcmp(site->data, same, site->length) != 0)) {
        return false;
    }
    return origin->data != NULL || site->data != NULL;
}

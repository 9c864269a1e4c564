/* What stands in the head of a request, before anybody knows who sent it. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "http/http_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create(4 << 20);
    char *text = arena_strndup(arena, (const char *)data, size);
    struct http_text decoded = {0};
    if (parse_percent(arena, text, size, &decoded)) {
        BUG_IF(decoded.length > size || !str_is_utf8(decoded.data, decoded.length));
        BUG_IF(memchr(decoded.data, 0, decoded.length) != NULL);
    }
    char trace[HTTP_TRACE_TEXT_MAX];
    if (parse_traceparent(text, size, trace)) {
        BUG_IF(strlen(trace) != HTTP_TRACE_TEXT_MAX - 1);
    }
    int quality = parse_quality(text, size, "gzip");
    BUG_IF(quality < -1 || quality > 1000);
    enum http_language language = parse_language(text, size);
    BUG_IF(language != HTTP_EN && language != HTTP_ZH);
    BUG_IF(parse_header_name(text, size) > HTTP_HEADER_COUNT);
    (void)parse_method(text);
    struct buf out;
    buf_init(&out, 8 << 20);
    http_json_string(&out, text, size);
    BUG_IF(!buf_ok(&out) || !str_is_utf8(out.data, out.length));
    buf_done(&out);
    arena_free(arena);
    return 0;
}

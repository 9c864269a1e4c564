/* answer.c — what goes back: bodies, problems, headers that protect browsers.
 *
 * Every answer carries traceparent, nosniff and a cache rule. Documents (text/html) carry the full
 * set: a strict content security policy, frame-ancestors 'none', COOP and CORP, Permissions-Policy,
 * Referrer-Policy; under TLS every answer carries HSTS. An answer that is not a document carries a
 * policy that allows nothing, for the day somebody opens it in a tab. */
#include "http/http_int.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"

/* %s: a source of styles more, where the document carries a nonce. */
static const char document_csp[] =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'%s; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types default";

static void put_header(struct http_request *request, size_t at, const char *name, const char *value)
{
    struct exchange *exchange = exchange_of(request);

    for (const char *c = value; *c != '\0'; c++) {
        BUG_IF((unsigned char)*c < 0x20 || *c == 0x7f);
    }
    BUG_IF(at == HTTP_HEADERS_OUT_MAX);
    exchange->headers[at].name = name;
    exchange->headers[at].value = arena_strdup(request->arena, value);
    exchange->header_count = at == exchange->header_count ? at + 1 : exchange->header_count;
}

void http_set_header(struct http_request *request, const char *name, const char *value)
{
    struct exchange *exchange = exchange_of(request);
    size_t at = 0;

    while (at < exchange->header_count && strcmp(exchange->headers[at].name, name) != 0) {
        at++;
    }
    put_header(request, at, name, value);
}

void http_add_header(struct http_request *request, const char *name, const char *value)
{
    put_header(request, exchange_of(request)->header_count, name, value);
}

void http_answer(struct http_request *request, int status, const char *content_type)
{
    struct exchange *exchange = exchange_of(request);

    BUG_IF(exchange->answered);
    BUG_IF(status < 200 || status > 599);
    exchange->answered = true;
    exchange->status = status;
    exchange->content_type = content_type;
}

/* Length of the well-formed UTF-8 sequence at the start; 0 if there is none. */
static size_t utf8_length(const char *text, size_t length)
{
    unsigned char c = (unsigned char)text[0];
    size_t want = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

    return want <= length && str_is_utf8(text, want) ? want : 0;
}

void http_json_string(struct buf *out, const char *text, size_t length)
{
    size_t i = 0;

    buf_add_u8(out, '"');
    while (i < length) {
        size_t run = i, step;

        while (run < length && (unsigned char)text[run] >= 0x20 &&
               (unsigned char)text[run] < 0x7f && text[run] != '"' && text[run] != '\\') {
            run++;
        }
        buf_add(out, text + i, run - i);
        i = run;
        if (i == length) {
            break;
        }
        step = utf8_length(text + i, length - i);
        if (step > 1) {
            buf_add(out, text + i, step);
            i += step;
        } else if (step == 0) {
            buf_add_str(out, "\xef\xbf\xbd");
            i++;
        } else {
            buf_printf(out, "\\u%04x", (unsigned)(unsigned char)text[i]);
            i++;
        }
    }
    buf_add_u8(out, '"');
}

void http_answer_problem(struct http_request *request, enum err err, const char *members)
{
    const struct err_info *info = err_info(err);
    bool zh = request->language == HTTP_ZH;
    const char *title = zh ? info->title_zh : info->title_en;
    const char *fix = zh ? info->fix_zh : info->fix_en;
    struct buf *out = request->out;
    int status = info->http_status == 0 ? 500 : info->http_status;

    buf_clear(out);
    buf_printf(out, "{\"type\":\"/docs/errors#%s\",\"title\":", info->code);
    http_json_string(out, title, strlen(title));
    buf_printf(out, ",\"status\":%d,\"code\":\"%s\",\"fix\":", status, info->code);
    http_json_string(out, fix, strlen(fix));
    buf_printf(out, ",\"trace_id\":\"%s\"", request->trace_id);
    if (members != NULL) {
        buf_add_str(out, members);
    }
    buf_add_u8(out, '}');
    request->log_code = info->code;
    http_set_header(request, "Content-Language", zh ? "zh-CN" : "en");
    http_answer(request, status, "application/problem+json");
}

bool http_rate_take(struct http_request *request, uint64_t key, struct http_rate rate,
                    uint32_t cost)
{
    struct exchange *exchange = exchange_of(request);
    struct http_rate_state state;

    if (rate.per_second == 0) {
        return true;
    }
    limiter_take(exchange->server->limiter, key, rate, cost, request->started_us, &state);
    http_set_header(
        request, "RateLimit",
        arena_printf(request->arena, "\"key\";r=%u;t=%u", state.remaining, state.reset_s));
    if (state.allowed) {
        return true;
    }
    atomic_fetch_add_explicit(&exchange->server->rate_limited, 1, memory_order_relaxed);
    http_set_header(request, "RateLimit-Policy",
                    arena_printf(request->arena, "\"key\";q=%u;w=%u", rate.burst,
                                 (rate.burst + rate.per_second - 1) / rate.per_second));
    http_set_header(request, "Retry-After",
                    arena_printf(request->arena, "%u", state.retry_after_s));
    http_answer_problem(request, ERR_RATE_LIMITED, NULL);
    return false;
}

bool http_rate_allows(struct http_server *server, uint64_t key, struct http_rate rate,
                      uint32_t cost, uint32_t *ret_retry_after_s)
{
    struct http_rate_state state;

    if (rate.per_second == 0) {
        return true;
    }
    limiter_take(server->limiter, key, rate, cost, clock_monotonic_us(), &state);
    *ret_retry_after_s = state.retry_after_s;
    return state.allowed;
}

static void add(struct MHD_Response *response, const char *name, const char *value)
{
    BUG_IF(MHD_add_response_header(response, name, value) != MHD_YES);
}

static bool is_document(const char *content_type)
{
    return content_type != NULL && strncmp(content_type, "text/html", 9) == 0;
}

static bool is_script(const char *content_type)
{
    return content_type != NULL && strncmp(content_type, "text/javascript", 15) == 0;
}

static void add_document_csp(const struct exchange *exchange, struct MHD_Response *response)
{
    struct arena *arena = exchange->request.arena;
    const char *nonce =
        exchange->nonce[0] == '\0' ? "" : arena_printf(arena, " 'nonce-%s'", exchange->nonce);

    add(response, "Content-Security-Policy", arena_printf(arena, document_csp, nonce));
}

static void add_protection(struct exchange *exchange, struct MHD_Response *response)
{
    add(response, "X-Content-Type-Options", "nosniff");
    if (is_document(exchange->content_type)) {
        add_document_csp(exchange, response);
        add(response, "Cross-Origin-Opener-Policy", "same-origin");
        add(response, "Permissions-Policy",
            "camera=(self), geolocation=(), microphone=(), payment=(), usb=()");
        add(response, "Referrer-Policy", "no-referrer");
        add(response, "X-Frame-Options", "DENY");
    } else if (is_script(exchange->content_type)) {
        /* A service worker lives under the policy of its own script: it may fetch from us. */
        add(response, "Content-Security-Policy",
            "default-src 'none'; connect-src 'self'; frame-ancestors 'none'");
    } else {
        add(response, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    }
    add(response, "Cross-Origin-Resource-Policy", "same-origin");
    if (exchange->request.is_secure) {
        add(response, "Strict-Transport-Security", "max-age=63072000; includeSubDomains");
    }
}

static void add_headers(struct exchange *exchange, struct MHD_Response *response)
{
    struct http_server *server = exchange->server;
    char traceparent[HTTP_TRACEPARENT_TEXT_MAX];
    uint64_t span = rng_next(&exchange->rng) | 1;
    bool cached = false;

    memcpy(traceparent, "00-", 3);
    memcpy(traceparent + 3, exchange->request.trace_id, 32);
    traceparent[35] = '-';
    hex_encode(&span, sizeof(span), traceparent + 36);
    memcpy(traceparent + 52, "-01", 4);
    add(response, "traceparent", traceparent);
    if (exchange->content_type != NULL) {
        add(response, "Content-Type", exchange->content_type);
    }
    for (size_t i = 0; i < exchange->header_count; i++) {
        add(response, exchange->headers[i].name, exchange->headers[i].value);
        cached = cached || strcmp(exchange->headers[i].name, "Cache-Control") == 0;
    }
    if (!cached) {
        add(response, "Cache-Control", "no-store");
    }
    add_protection(exchange, response);
    if (exchange->must_close || atomic_load_explicit(&server->draining, memory_order_acquire)) {
        add(response, "Connection", "close");
    }
}

enum MHD_Result exchange_send(struct exchange *exchange)
{
    struct MHD_Response *response;
    enum MHD_Result result;

    BUG_IF(!exchange->answered);
    if (!exchange->is_fixed && !buf_ok(&exchange->out)) {
        /* The handler wrote more than an answer may hold; the status was not sent yet. */
        exchange->answered = false;
        exchange->header_count = 0;
        http_answer_problem(&exchange->request, ERR_INTERNAL, NULL);
    }
    if (exchange->stream != NULL) {
        response = stream_response(exchange);
    } else if (exchange->is_fixed) {
        /* The memory is never written by libmicrohttpd, which only lacks the const. */
        response = MHD_create_response_from_buffer(exchange->fixed_length,
                                                   (void *)(uintptr_t)exchange->fixed_data,
                                                   MHD_RESPMEM_PERSISTENT);
    } else {
        response = MHD_create_response_from_buffer(exchange->out.length, exchange->out.data,
                                                   MHD_RESPMEM_PERSISTENT);
    }
    BUG_IF(response == NULL);
    add_headers(exchange, response);
    conn_set_phase(exchange->conn, exchange->stream != NULL ? CONN_STREAM : CONN_SEND);
    atomic_store_explicit(&exchange->state, EXCHANGE_ANSWERED, memory_order_relaxed);
    result = MHD_queue_response(exchange->connection, (unsigned)exchange->status, response);
    MHD_destroy_response(response);
    return result;
}

/* exchange.c — one request from its head to its answer; see http.h for the contract.
 *
 * Everything checkable in the head is checked before the body is read. A request that is refused
 * early and whose body is small has the body swallowed, so that the connection can be kept; a large
 * one is answered at once and the connection closed.
 *
 * Exchanges are pooled: the arena keeps its first block, the buffers keep up to
 * HTTP_POOL_KEEP_BYTES, so a steady load allocates nothing per request but what libmicrohttpd does.
 */
#include "http/http_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/sha256.h"
#include "core/str.h"

#define BODY_SWALLOW_EARLY 65536

struct exchange *exchange_of(struct http_request *request)
{
    OBJ_CHECK(request, HTTP_REQUEST_MAGIC);
    return (struct exchange *)request;
}

struct exchange *exchange_take(struct http_server *server)
{
    struct exchange *exchange;

    pthread_mutex_lock(&server->pool_lock);
    exchange = server->pool;
    if (exchange != NULL) {
        server->pool = exchange->pool_next;
        server->pool_count--;
    }
    pthread_mutex_unlock(&server->pool_lock);
    if (exchange == NULL) {
        uint64_t seed;

        exchange = calloc(1, sizeof(*exchange));
        BUG_IF(exchange == NULL);
        exchange->request.arena = arena_create(HTTP_ARENA_BYTES_MAX);
        buf_init(&exchange->body, HTTP_OUT_BYTES_MAX);
        buf_init(&exchange->out, HTTP_OUT_BYTES_MAX);
        rng_secure(&seed, sizeof(seed));
        rng_init(&exchange->rng, seed);
    }
    exchange->request.magic = HTTP_REQUEST_MAGIC;
    exchange->request.out = &exchange->out;
    exchange->server = server;
    return exchange;
}

/* Wipes what the last caller left (bodies may hold secrets) and keeps the memory. */
static void buf_recycle(struct buf *buf)
{
    if (buf->capacity > HTTP_POOL_KEEP_BYTES) {
        buf_done(buf);
        buf_init(buf, HTTP_OUT_BYTES_MAX);
        return;
    }
    if (buf->length > 0) {
        secret_wipe(buf->data, buf->length);
    }
    buf_clear(buf);
}

void exchange_give_back(struct exchange *exchange)
{
    struct http_server *server = exchange->server;
    struct arena *arena = exchange->request.arena;
    struct buf body, out;
    struct rng rng = exchange->rng;

    buf_recycle(&exchange->body);
    buf_recycle(&exchange->out);
    if (arena_bytes_used(arena) > 4 * HTTP_POOL_KEEP_BYTES) {
        arena_free(arena);
        arena = arena_create(HTTP_ARENA_BYTES_MAX);
    } else {
        arena_reset(arena);
    }
    body = exchange->body;
    out = exchange->out;
    memset(exchange, 0, sizeof(*exchange));
    exchange->body = body;
    exchange->out = out;
    exchange->rng = rng;
    exchange->request.arena = arena;
    pthread_mutex_lock(&server->pool_lock);
    exchange->pool_next = server->pool;
    server->pool = exchange;
    server->pool_count++;
    pthread_mutex_unlock(&server->pool_lock);
}

void exchange_free_pool(struct http_server *server)
{
    while (server->pool != NULL) {
        struct exchange *exchange = server->pool;

        server->pool = exchange->pool_next;
        arena_free(exchange->request.arena);
        buf_done(&exchange->body);
        buf_done(&exchange->out);
        free(exchange);
    }
}

/* ---- the head ---- */

static void fault(struct exchange *exchange, enum err err)
{
    if (exchange->head_fault == ERR_OK) {
        exchange->head_fault = err;
    }
}

/* Headers where a second line could make two readers disagree about the request. */
static bool is_single(unsigned header)
{
    return header == HTTP_AUTHORIZATION || header == HTTP_CONTENT_LENGTH ||
           header == HTTP_CONTENT_TYPE || header == HTTP_HOST || header == HTTP_IDEMPOTENCY_KEY ||
           header == HTTP_TRANSFER_ENCODING || header == HTTP_LAST_EVENT_ID ||
           header == HTTP_COOKIE || header == HTTP_ORIGIN || header == HTTP_SEC_FETCH_SITE ||
           header == HTTP_CONFIRMATION || header == HTTP_ACCESS_REASON || header == HTTP_SURFACE;
}

static void take_header(struct exchange *exchange, const char *name, size_t name_length,
                        const char *value, size_t length)
{
    unsigned header = parse_header_name(name, name_length);

    exchange->head_lines++;
    if (header == HTTP_HEADER_COUNT) {
        if (name_length == 16 && strncasecmp(name, "Content-Encoding", 16) == 0 &&
            !(length == 8 && strncasecmp(value, "identity", 8) == 0)) {
            fault(exchange, ERR_ENCODING_NOT_SUPPORTED);
        }
        return;
    }
    if (exchange->request.headers[header].data == NULL) {
        exchange->request.headers[header] = (struct http_text){value, length};
    } else if (is_single(header)) {
        fault(exchange, header == HTTP_HOST ? ERR_HOST_INVALID : ERR_REQUEST_MALFORMED);
    }
}

static void take_query(struct exchange *exchange, const char *name, size_t name_length,
                       const char *value, size_t length)
{
    struct http_request *request = &exchange->request;
    struct http_query_arg arg = {0};

    if (request->query_count == HTTP_QUERY_MAX) {
        fault(exchange, ERR_URI_TOO_LONG);
        return;
    }
    if (!parse_percent(request->arena, name, name_length, &arg.name) ||
        !parse_percent(request->arena, value == NULL ? "" : value, length, &arg.value)) {
        fault(exchange, ERR_REQUEST_MALFORMED);
        return;
    }
    if (http_query_get(request, arg.name.data).data != NULL) {
        exchange->fault_field = arg.name.data;
        fault(exchange, ERR_FIELD_DUPLICATE);
        return;
    }
    request->query[request->query_count++] = arg;
}

static enum MHD_Result on_head_value(void *arg, enum MHD_ValueKind kind, const char *name,
                                     size_t name_length, const char *value, size_t length)
{
    struct exchange *exchange = arg;

    if (kind == MHD_HEADER_KIND) {
        take_header(exchange, name, name_length, value == NULL ? "" : value, length);
    } else {
        take_query(exchange, name, name_length, value, length);
    }
    return exchange->head_lines > 10000 ? MHD_NO : MHD_YES;
}

static void set_trace(struct exchange *exchange)
{
    struct http_request *request = &exchange->request;
    const struct http_text *given = &request->headers[HTTP_TRACEPARENT];
    uint64_t words[2];

    if (given->data != NULL && parse_traceparent(given->data, given->length, request->trace_id)) {
        return;
    }
    words[0] = rng_next(&exchange->rng);
    words[1] = rng_next(&exchange->rng) | 1; /* never all zero */
    hex_encode(words, sizeof(words), request->trace_id);
}

/* Both framings at once, or an unknown one, is how requests are smuggled past proxies. */
static void check_framing(struct exchange *exchange, const char *version)
{
    const struct http_text *length = &exchange->request.headers[HTTP_CONTENT_LENGTH];
    const struct http_text *coding = &exchange->request.headers[HTTP_TRANSFER_ENCODING];
    int64_t bytes;

    if (coding->data != NULL &&
        (length->data != NULL || coding->length != 7 ||
         strncasecmp(coding->data, "chunked", 7) != 0 || strcmp(version, "HTTP/1.1") != 0)) {
        fault(exchange, ERR_REQUEST_MALFORMED);
    }
    if (length->data != NULL &&
        (!str_parse_i64(length->data, length->length, &bytes) || bytes < 0)) {
        fault(exchange, ERR_REQUEST_MALFORMED);
    }
}

static void check_head(struct exchange *exchange, const char *url, const char *version)
{
    const struct http_limits *limits = &exchange->server->limits;
    const struct http_text *host = &exchange->request.headers[HTTP_HOST];
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    size_t url_bytes = strlen(url);

    for (size_t i = 0; i < exchange->request.query_count; i++) {
        url_bytes +=
            exchange->request.query[i].name.length + exchange->request.query[i].value.length + 2;
    }
    if (url_bytes > limits->url_bytes_max) {
        fault(exchange, ERR_URI_TOO_LONG);
    }
    if (exchange->head_lines > limits->header_count_max ||
        (info != NULL && info->header_size > limits->header_bytes_max + url_bytes)) {
        fault(exchange, ERR_HEADERS_TOO_LARGE);
    }
    if (strcmp(version, "HTTP/1.1") == 0 && (host->data == NULL || host->length == 0)) {
        fault(exchange, ERR_HOST_INVALID);
    }
    check_framing(exchange, version);
}

/* ---- routing ---- */

static void answer_methods(struct exchange *exchange, unsigned allowed)
{
    struct http_request *request = &exchange->request;
    struct buf list;

    buf_init(&list, 256);
    for (unsigned i = 0; i < HTTP_METHOD_OTHER; i++) {
        if ((allowed & (1u << i)) != 0) {
            buf_printf(&list, "%s%s", list.length == 0 ? "" : ", ",
                       method_name((enum http_method)i));
        }
    }
    buf_printf(&list, "%sOPTIONS", list.length == 0 ? "" : ", ");
    if (request->method == HTTP_OPTIONS) {
        http_answer(request, 204, NULL);
    } else {
        http_answer_problem(request, ERR_METHOD_NOT_ALLOWED, NULL);
    }
    http_set_header(request, "Allow", (const char *)list.data);
    buf_done(&list);
}

/* True if a route was found and its parameters read; answered otherwise. */
static bool find_route(struct exchange *exchange)
{
    struct http_request *request = &exchange->request;
    struct http_server *server = exchange->server;
    struct http_match match;

    router_match(server->router, request->method, request->path, &match);
    if (match.route == NULL && match.methods_allowed != 0) {
        answer_methods(exchange, match.methods_allowed);
        return false;
    }
    if (match.route == NULL) {
        if (server->config.fallback == NULL ||
            server->config.fallback(request, server->config.app) != HTTP_ANSWERED) {
            http_answer_problem(request, ERR_NOT_FOUND, NULL);
        }
        return false;
    }
    for (size_t i = 0; i < match.param_count; i++) {
        if (!parse_percent(request->arena, match.params[i], match.param_lengths[i],
                           &request->params[i])) {
            http_answer_problem(request, ERR_NOT_FOUND, NULL);
            return false;
        }
    }
    request->route = match.route;
    request->route_index = match.route_index;
    return true;
}

/* Bytes announced; 0 if none or unknown (chunked). */
static uint64_t announced(const struct exchange *exchange)
{
    const struct http_text *length = &exchange->request.headers[HTTP_CONTENT_LENGTH];
    int64_t bytes = 0;

    if (length->data == NULL || !str_parse_i64(length->data, length->length, &bytes)) {
        return 0;
    }
    return (uint64_t)bytes;
}

static void answer_body_too_large(struct exchange *exchange, size_t bytes_max)
{
    http_answer_problem(
        &exchange->request, ERR_BODY_TOO_LARGE,
        arena_printf(exchange->request.arena, ",\"detail\":\"<= %zu bytes\"", bytes_max));
}

static const char *fault_members(struct exchange *exchange)
{
    struct buf members;
    const char *text;

    if (exchange->head_fault != ERR_FIELD_DUPLICATE) {
        return NULL;
    }
    buf_init(&members, HTTP_OUT_BYTES_MAX);
    buf_add_str(&members, ",\"field\":");
    http_json_string(&members, exchange->fault_field, strlen(exchange->fault_field));
    text = arena_strdup(exchange->request.arena, (const char *)members.data);
    buf_done(&members);
    return text;
}

static void refuse_or_begin(struct exchange *exchange)
{
    struct http_request *request = &exchange->request;
    struct http_server *server = exchange->server;
    enum http_verdict verdict;

    if (exchange->head_fault != ERR_OK) {
        /* Where such a request ends is a matter of opinion: nothing after it is read. */
        exchange->must_close = true;
        http_answer_problem(request, exchange->head_fault, fault_members(exchange));
        return;
    }
    if (!find_route(exchange)) {
        return;
    }
    if (atomic_load_explicit(&server->draining, memory_order_acquire) &&
        !request->route->is_ungated) {
        atomic_fetch_add_explicit(&server->refused_draining, 1, memory_order_relaxed);
        http_answer_problem(request, ERR_STORE_STOPPING, NULL);
        http_set_header(request, "Retry-After", "2");
        return;
    }
    if (announced(exchange) > request->route->body_bytes_max) {
        answer_body_too_large(exchange, request->route->body_bytes_max);
        return;
    }
    if (server->config.begin != NULL) {
        verdict = server->config.begin(request, server->config.app);
        BUG_IF(verdict == HTTP_SUSPENDED);
        BUG_IF((verdict == HTTP_ANSWERED) != exchange->answered);
    }
}

void exchange_begin(struct exchange *exchange, const char *url, const char *method,
                    const char *version)
{
    struct http_request *request = &exchange->request;
    const struct http_text *language;

    request->method = parse_method(method);
    request->path = url;
    request->started_us = clock_monotonic_us();
    request->client_hash = exchange->conn->client_hash;
    memcpy(request->client_address, exchange->conn->address, sizeof(request->client_address));
    request->is_secure = exchange->server->config.tls_cert_file != NULL;
    MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND | MHD_GET_ARGUMENT_KIND,
                                on_head_value, exchange);
    language = &request->headers[HTTP_ACCEPT_LANGUAGE];
    if (language->data != NULL) {
        request->language = parse_language(language->data, language->length);
    }
    set_trace(exchange);
    check_head(exchange, url, version);
    refuse_or_begin(exchange);
    if (exchange->answered) {
        bool chunked = request->headers[HTTP_TRANSFER_ENCODING].data != NULL;

        atomic_store_explicit(&exchange->state, EXCHANGE_EARLY, memory_order_relaxed);
        if (chunked || announced(exchange) > BODY_SWALLOW_EARLY) {
            exchange->must_close = true;
        }
    }
}

/* ---- body and handler ---- */

void exchange_body_add(struct exchange *exchange, const char *data, size_t length)
{
    exchange->body_received += length;
    if (exchange->answered || exchange->body_too_large) {
        return;
    }
    if (exchange->body_received > exchange->request.route->body_bytes_max) {
        exchange->body_too_large = true;
        return;
    }
    buf_add(&exchange->body, data, length);
}

enum http_verdict exchange_handle(struct exchange *exchange)
{
    struct http_request *request = &exchange->request;
    enum http_verdict verdict;

    if (exchange->body_too_large) {
        answer_body_too_large(exchange, request->route->body_bytes_max);
        return HTTP_ANSWERED;
    }
    if (exchange->body.length > 0) {
        BUG_IF(!buf_ok(&exchange->body));
        request->body =
            (struct http_text){(const char *)exchange->body.data, exchange->body.length};
    }
    verdict = request->route->handle(request, exchange->server->config.app);
    if (verdict != HTTP_SUSPENDED) {
        BUG_IF(verdict != HTTP_ANSWERED || !exchange->answered);
    }
    return verdict;
}

void http_request_suspend(struct http_request *request, http_finish_fn finish)
{
    struct exchange *exchange = exchange_of(request);

    BUG_IF(exchange->answered || finish == NULL);
    BUG_IF(request->route->is_ungated);
    BUG_IF(atomic_load_explicit(&exchange->state, memory_order_relaxed) != EXCHANGE_BODY);
    exchange->finish = finish;
    atomic_fetch_add_explicit(&exchange->server->suspended, 1, memory_order_acq_rel);
    atomic_store_explicit(&exchange->state, EXCHANGE_SUSPENDED, memory_order_release);
    MHD_suspend_connection(exchange->connection);
}

void http_request_resume(struct http_request *request)
{
    struct exchange *exchange = exchange_of(request);
    struct http_server *server = exchange->server;
    int expected = EXCHANGE_SUSPENDED;

    BUG_IF(!atomic_compare_exchange_strong_explicit(&exchange->state, &expected, EXCHANGE_RESUMED,
                                                    memory_order_acq_rel, memory_order_relaxed));
    MHD_resume_connection(exchange->connection);
    /* Last: a stop may go on once nothing is suspended. */
    atomic_fetch_sub_explicit(&server->suspended, 1, memory_order_acq_rel);
}

struct http_server *http_request_server(struct http_request *request)
{
    return exchange_of(request)->server;
}

struct http_text http_query_get(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->query_count; i++) {
        if (strcmp(request->query[i].name.data, name) == 0) {
            return request->query[i].value;
        }
    }
    return (struct http_text){0};
}

bool http_accepts(const struct http_request *request, const char *media_type)
{
    const struct http_text *accept = &request->headers[HTTP_ACCEPT];
    const char *slash = strchr(media_type, '/');
    char range[64];
    int quality;

    BUG_IF(slash == NULL || (size_t)(slash - media_type) + 3 > sizeof(range));
    if (accept->data == NULL || accept->length == 0) {
        return true;
    }
    quality = parse_quality(accept->data, accept->length, media_type);
    if (quality < 0) {
        memcpy(range, media_type, (size_t)(slash - media_type));
        memcpy(range + (slash - media_type), "/*", 3);
        quality = parse_quality(accept->data, accept->length, range);
    }
    if (quality < 0) {
        quality = parse_quality(accept->data, accept->length, "*/*");
    }
    return quality > 0;
}

/* http_int.h — what the files of http/ share; private to the module. */
#ifndef JN_HTTP_HTTP_INT_H
#define JN_HTTP_HTTP_INT_H

#include <microhttpd.h>
#include <pthread.h>

#include "core/rng.h"
#include "http/http.h"

#define HTTP_REQUEST_MAGIC 0x52455131u
#define HTTP_SERVER_MAGIC  0x53525631u

#define HTTP_HEADERS_OUT_MAX   12
#define HTTP_NONCE_MARK        "CSP_NONCE_OF_THIS_ANSWER"
#define HTTP_NONCE_BYTES       18
#define HTTP_NONCE_TEXT_MAX    (HTTP_NONCE_BYTES / 3 * 4 + 1)
#define HTTP_ARENA_BYTES_MAX   (256u << 20)
#define HTTP_OUT_BYTES_MAX     (128u << 20)
#define HTTP_POOL_KEEP_BYTES   65536
#define HTTP_SWALLOW_BYTES_MAX (4u << 20)
#define HTTP_SEGMENTS_MAX      16

/* ---- router.c ---- */

struct http_router;
struct http_match {
    const struct http_route *route; /* NULL: none for this method */
    uint32_t route_index;
    unsigned methods_allowed; /* bit per enum http_method; 0: no such path */
    size_t param_count;
    const char *params[HTTP_PARAMS_MAX]; /* raw, into the path */
    size_t param_lengths[HTTP_PARAMS_MAX];
};
/* The routes must outlive the router. Conflicts and malformed templates are bugs. */
struct http_router *router_create(const struct http_route *routes, size_t count);
void router_free(struct http_router *router);
void router_match(const struct http_router *router, enum http_method method, const char *path,
                  struct http_match *ret);

/* ---- parse.c: strict reading of what strangers send ---- */

enum http_method parse_method(const char *text);
const char *method_name(enum http_method method);
/* HTTP_HEADER_COUNT if it is not one that is kept. */
unsigned parse_header_name(const char *name, size_t length);
/* Percent-decodes into the arena; false unless well-formed UTF-8 without control characters. */
JN_MUST_USE bool parse_percent(struct arena *arena, const char *text, size_t length,
                               struct http_text *ret);
enum http_language parse_language(const char *text, size_t length);
/* W3C trace context, version 00. */
JN_MUST_USE bool parse_traceparent(const char *text, size_t length,
                                   char ret_trace[HTTP_TRACE_TEXT_MAX]);
/* Quality in thousandths (0..1000) that a header like Accept or Accept-Encoding gives to `token`;
 * -1 if it is not named. `*` is not looked at. */
int parse_quality(const char *text, size_t length, const char *token);

/* ---- rate.c ---- */

struct http_limiter;
struct http_limiter *limiter_create(void);
void limiter_free(struct http_limiter *limiter);
struct http_rate_state {
    bool allowed;
    uint32_t remaining;     /* whole tokens left */
    uint32_t retry_after_s; /* 0 if allowed */
    uint32_t reset_s;       /* until the bucket is full */
};
void limiter_take(struct http_limiter *limiter, uint64_t key, struct http_rate rate, uint32_t cost,
                  int64_t now_us, struct http_rate_state *ret);

/* ---- access_log.c ---- */

struct access_log;
struct access_log *access_log_create(int fd);
void access_log_free(struct access_log *log); /* flushes; NULL is fine */
void access_log_add(struct access_log *log, const struct http_request *request, int status,
                    int64_t took_us, int64_t at_us);
void access_log_flush(struct access_log *log);

/* ---- connection.c: deadlines that libmicrohttpd does not keep ---- */

enum conn_phase {
    CONN_HEAD = 0, /* idle, handshaking or sending a head */
    CONN_BODY = 1,
    CONN_WORK = 2,
    CONN_SEND = 3,
    CONN_STREAM = 4,
};
struct conn {
    struct conn *next, **at; /* under conns->lock */
    int fd;
    uint64_t client_hash;
    char address[HTTP_ADDRESS_TEXT_MAX];
    _Atomic int phase;
    _Atomic int64_t since_us;
    bool cut; /* shut down already; under the lock */
};
struct conns {
    pthread_mutex_t lock;
    struct conn *first;
    uint32_t count;
    uint8_t address_secret[16];
};
void conns_init(struct conns *conns);
void conns_done(struct conns *conns);
struct conn *conns_add(struct conns *conns, int fd, const struct sockaddr *address);
void conns_remove(struct conns *conns, struct conn *conn);
void conn_set_phase(struct conn *conn, enum conn_phase phase);
/* Shuts down every connection that is past its deadline; returns how many. */
uint32_t conns_cut_late(struct conns *conns, const struct http_limits *limits, int64_t now_us);

/* ---- one exchange: a request with what http itself knows about it ---- */

enum exchange_state {
    EXCHANGE_BODY = 0,      /* reading the body */
    EXCHANGE_EARLY = 1,     /* answered before the body; the body is swallowed */
    EXCHANGE_SUSPENDED = 2, /* waiting for resume */
    EXCHANGE_RESUMED = 3,
    EXCHANGE_ANSWERED = 4,
};

struct stream;

struct exchange {
    struct http_request request; /* first: the public face */
    struct http_server *server;
    struct exchange *pool_next;
    struct MHD_Connection *connection;
    struct conn *conn;
    _Atomic int state;
    http_finish_fn finish;
    struct buf body, out;
    uint64_t body_received;
    bool body_too_large;
    bool must_close;
    bool answered;
    int status;
    const char *content_type;
    struct {
        const char *name, *value;
    } headers[HTTP_HEADERS_OUT_MAX];
    size_t header_count;
    /* while the head is read */
    enum err head_fault;
    const char *fault_field; /* with ERR_FIELD_DUPLICATE */
    uint32_t head_lines;
    struct stream *stream;
    /* a static file's bytes instead of `out`; lives as long as the server */
    const void *fixed_data;
    size_t fixed_length;
    bool is_fixed;
    char nonce[HTTP_NONCE_TEXT_MAX]; /* "": the document has none */
    struct rng rng;
};

struct route_metrics {
    struct metric *classes[6]; /* [1]..[5]: 1xx..5xx */
    struct metric_histogram *latency;
};

struct http_server {
    uint32_t magic;
    struct MHD_Daemon *daemon;
    struct http_config config;
    struct http_limits limits;
    struct http_route *routes;
    struct http_router *router;
    struct http_limiter *limiter;
    struct access_log *access_log;
    struct conns conns;
    char address[80];
    uint16_t port;
    int listen_fd;
    char *tls_cert, *tls_key;
    /* request pool */
    pthread_mutex_t pool_lock;
    struct exchange *pool;
    uint32_t pool_count;
    /* streams */
    pthread_mutex_t streams_lock;
    struct stream *streams;
    uint32_t stream_count;
    _Atomic bool news;
    /* the ticker */
    pthread_t ticker;
    bool ticker_runs;
    _Atomic bool ticker_stop;
    _Atomic bool draining;
    _Atomic uint32_t active, suspended;
    _Atomic uint64_t timed_out, rate_limited, refused_draining;
    /* route_count + 1; the last is for what matched nothing */
    struct route_metrics *route_metrics;
};

/* exchange.c */
struct exchange *exchange_take(struct http_server *server);
void exchange_give_back(struct exchange *exchange);
void exchange_free_pool(struct http_server *server);
struct exchange *exchange_of(struct http_request *request);
/* Reads head, finds the route, asks `begin`. */
void exchange_begin(struct exchange *exchange, const char *url, const char *method,
                    const char *version);
void exchange_body_add(struct exchange *exchange, const char *data, size_t length);
/* After HTTP_SUSPENDED the exchange may belong to another thread already. */
enum http_verdict exchange_handle(struct exchange *exchange);
JN_MUST_USE enum MHD_Result exchange_send(struct exchange *exchange);

/* stream.c */
JN_MUST_USE struct MHD_Response *stream_response(struct exchange *exchange);
void stream_gone(struct exchange *exchange);
/* Wakes what must be woken: news, heartbeats, or everything. */
void streams_tick(struct http_server *server, bool everything, int64_t now_us);

#endif

/* http.h — listener, router, limits, server-sent events, static files, TLS; on libmicrohttpd.
 *
 * Purpose: turn bytes from strangers into a bounded, validated struct http_request, hand it to a
 * route's handler on an I/O thread, and send back what the handler wrote. A handler that has to
 * wait for a durable write suspends the request and is finished, on an I/O thread again, after
 * http_request_resume(). No domain word appears here.
 *
 * Non-goals: HTTP/2 and 3 (a proxy's business), request bodies on disk, WebSockets.
 *
 * Invariants: every limit below is enforced before memory is spent on what it limits. A request is
 * suspended before its write is queued, so a resume can never come too early. The daemon is stopped
 * only when no request is suspended (libmicrohttpd aborts otherwise).
 *
 * Threads: handlers run on the I/O threads; one request is touched by one thread at a time.
 * http_request_resume(), http_server_wake_streams() and the metrics may be used from any thread. */
#ifndef JN_HTTP_HTTP_H
#define JN_HTTP_HTTP_H

#include <stdatomic.h>

#include "core/arena.h"
#include "core/base.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/err.h"
#include "core/metrics.h"

struct http_server;
struct http_request;
struct http_files;

enum http_method {
    HTTP_GET = 0,
    HTTP_HEAD = 1,
    HTTP_POST = 2,
    HTTP_PUT = 3,
    HTTP_PATCH = 4,
    HTTP_DELETE = 5,
    HTTP_OPTIONS = 6,
    HTTP_METHOD_OTHER = 7,
};
#define HTTP_METHOD_COUNT 8

/* Request headers that are kept; all others are counted against the limits and dropped. */
enum http_header {
    HTTP_ACCEPT = 0,
    HTTP_ACCEPT_ENCODING = 1,
    HTTP_ACCEPT_LANGUAGE = 2,
    HTTP_AUTHORIZATION = 3,
    HTTP_CONTENT_LENGTH = 4,
    HTTP_CONTENT_TYPE = 5,
    HTTP_HOST = 6,
    HTTP_IDEMPOTENCY_KEY = 7,
    HTTP_IF_NONE_MATCH = 8,
    HTTP_LAST_EVENT_ID = 9,
    HTTP_PREFER = 10,
    HTTP_TRACEPARENT = 11,
    HTTP_TRANSFER_ENCODING = 12,
    HTTP_COOKIE = 13,
    HTTP_ORIGIN = 14,
    HTTP_SEC_FETCH_SITE = 15,
    HTTP_USER_AGENT = 16,
    HTTP_CONFIRMATION = 17,
    HTTP_ACCESS_REASON = 18,  /* X-Access-Reason */
    HTTP_APP_VERSION = 19,    /* X-App-Version */
    HTTP_SIGNATURE = 20,      /* X-Signature */
    HTTP_SIGNATURE_TIME = 21, /* X-Signature-Time */
    HTTP_SURFACE = 22,        /* X-Surface */
};
#define HTTP_HEADER_COUNT 23

enum http_language { HTTP_EN = 0, HTTP_ZH = 1 };

enum http_verdict {
    HTTP_CONTINUE = 0,  /* `begin` only: read the body, then call the handler */
    HTTP_ANSWERED = 1,  /* the answer is complete */
    HTTP_SUSPENDED = 2, /* http_request_suspend() was called */
};

typedef enum http_verdict (*http_handler_fn)(struct http_request *request, void *app);
/* After http_request_resume(), on an I/O thread; must complete the answer. */
typedef void (*http_finish_fn)(struct http_request *request, void *app);

struct http_route {
    enum http_method method; /* a GET route also answers HEAD */
    const char *path;        /* "/v1/accounts/{account_id}/entries"; a parameter is one segment; a
                                last segment "{name...}" takes the rest of the path */
    http_handler_fn handle;
    size_t body_bytes_max; /* 0: no body is accepted */
    bool is_ungated;       /* answered also while draining; never suspended */
    const void *data;      /* the caller's */
};

#define HTTP_PARAMS_MAX 6
#define HTTP_QUERY_MAX  24

struct http_text {
    const char *data; /* NULL: absent. NUL-terminated. */
    size_t length;
};
struct http_query_arg {
    struct http_text name, value; /* percent-decoded, UTF-8, no NUL */
};

#define HTTP_TRACE_TEXT_MAX       33
#define HTTP_ADDRESS_TEXT_MAX     46
#define HTTP_TRACEPARENT_TEXT_MAX 56

/* What a handler sees. Everything lives until the answer has been sent. */
struct http_request {
    uint32_t magic;
    enum http_method method;
    const struct http_route *route; /* NULL only inside http itself */
    uint32_t route_index;
    const char *path; /* as received, not decoded */
    struct http_text params[HTTP_PARAMS_MAX];
    struct http_query_arg query[HTTP_QUERY_MAX];
    size_t query_count;
    struct http_text headers[HTTP_HEADER_COUNT];
    struct http_text body;
    enum http_language language;
    bool is_secure; /* came over TLS */
    char trace_id[HTTP_TRACE_TEXT_MAX];
    uint64_t client_hash; /* of the peer's address, keyed per process; for rate limits only */
    /* The peer's address as text, "192.0.2.1" or "2001:db8::1"; "" when it has none. Never logged,
     * never stored in the clear. */
    char client_address[HTTP_ADDRESS_TEXT_MAX];
    int64_t started_us; /* monotonic */
    struct arena *arena;
    struct buf *out;      /* the answer's body; write here */
    int64_t log_key_id;   /* set by the application for the access log; 0: none */
    const char *log_code; /* static; the problem's code for the access log; NULL: none */
    void *user;           /* the application's, e.g. from `begin` to the handler */
};

/* ---- answering ---- */

/* The body is what request->out holds. content_type is static or lives as long as the request; NULL
 * with an empty body. Exactly once per request. */
void http_answer(struct http_request *request, int status, const char *content_type);
/* An additional header of the answer, in place of one of the same name; name static, value copied.
 * At most 12; more is a bug. The value must be free of control characters (a bug otherwise). */
void http_set_header(struct http_request *request, const char *name, const char *value);
/* The same without replacing one of the same name: for Set-Cookie. */
void http_add_header(struct http_request *request, const char *name, const char *value);
/* The value of a cookie of the request, as sent; false if there is none, or if it was sent twice
 * with different values (then no reader could know which one is meant). */
JN_MUST_USE bool http_cookie(const struct http_request *request, const char *name,
                             struct http_text *ret);
/* True if the browser says that a page of this very site sent the request: Origin names the host
 * that was asked (and https where we speak TLS), Sec-Fetch-Site is same-origin; at least one of
 * them is there and none contradicts. A program that is no browser sends neither: false. */
JN_MUST_USE bool http_is_same_origin(const struct http_request *request);
/* Clears what was written and answers RFC 9457 problem+json for `err`, in the caller's language.
 * `members` is NULL or further members, beginning with a comma: `,"charged":"unknown"`. */
void http_answer_problem(struct http_request *request, enum err err, const char *members);
/* Writes a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD. */
void http_json_string(struct buf *out, const char *text, size_t length);

/* Before anything is queued that may lead to http_request_resume(). */
void http_request_suspend(struct http_request *request, http_finish_fn finish);
/* Any thread, cheap. Exactly once per suspend. The request must not be touched afterwards. */
void http_request_resume(struct http_request *request);

/* The server that received it: a handler runs before http_server_start() has returned. */
struct http_server *http_request_server(struct http_request *request);

/* NULL data if absent. */
struct http_text http_query_get(const struct http_request *request, const char *name);
/* True if the Accept header allows the media type (absent: everything is accepted). */
bool http_accepts(const struct http_request *request, const char *media_type);

/* ---- event streams ---- */

enum http_fill {
    HTTP_FILL_MORE = 0, /* wrote events and has more at once */
    HTTP_FILL_IDLE = 1, /* wrote what there is (perhaps nothing): wait for a wake-up */
    HTTP_FILL_END = 2,  /* the stream is over */
};
/* On an I/O thread: appends whole events to `out` (at most what it holds: HTTP_STREAM_CHUNK_MAX);
 * must not block for long. Nothing is buffered beyond one chunk: a slow reader is asked less often,
 * and dropped when it takes nothing for the server's send time-out. */
typedef enum http_fill (*http_fill_fn)(struct http_request *request, struct buf *out, void *user);
typedef void (*http_free_fn)(void *user);
#define HTTP_STREAM_CHUNK_MAX 65536
/* Answers 200 text/event-stream, fed by `fill`; a heartbeat comment keeps it alive. user_free (may
 * be NULL) runs when the stream is gone. Problem stream_limit when there are too many:
 * then user_free has run. Always HTTP_ANSWERED. */
enum http_verdict http_stream_start(struct http_request *request, http_fill_fn fill, void *user,
                                    http_free_fn user_free);
/* Appends "id: …\nevent: …\ndata: …\n\n"; data holds no newline. id or event may be NULL. */
void http_stream_event(struct buf *out, const char *id, const char *event, const char *data);

/* ---- rates ---- */

struct http_rate {
    uint32_t per_second; /* 0: unlimited */
    uint32_t burst;      /* >= 1 */
};
/* Takes `cost` tokens from the bucket of `key`. True if they were there; otherwise answers 429 with
 * Retry-After and returns false. Sets the RateLimit headers either way. */
JN_MUST_USE bool http_rate_take(struct http_request *request, uint64_t key, struct http_rate rate,
                                uint32_t cost);
/* The same without a request's answer, for failed attempts by address. */
JN_MUST_USE bool http_rate_allows(struct http_server *server, uint64_t key, struct http_rate rate,
                                  uint32_t cost, uint32_t *ret_retry_after_s);

/* ---- static files ---- */

/* Reads a directory into memory once: no file name from the network ever reaches the file system.
 * x.gz and x.br beside x are its precompressed forms. ERR_IO_FAILED. bytes_max bounds
 * the sum. */
JN_MUST_USE enum err http_files_load(const char *directory, size_t bytes_max,
                                     struct http_files **ret);
void http_files_free(struct http_files *files); /* NULL is fine */
/* Answers GET or HEAD for a path from the files: ETag, 304, gzip and br by Accept-Encoding,
 * immutable caching for names that carry a hash. A path without a file name extension that matches
 * nothing gets the nearest index.html above it when the client accepts HTML. False when there is
 * nothing to serve (and nothing was answered). */
JN_MUST_USE bool http_files_answer(const struct http_files *files, struct http_request *request,
                                   const char *path);

/* ---- server ---- */

struct http_limits {
    uint32_t connections_max;             /* 0: 2048 */
    uint32_t connections_per_address_max; /* 0: 1024 */
    uint32_t streams_max;                 /* 0: 256 */
    uint32_t url_bytes_max;               /* 0: 4096 */
    uint32_t header_count_max;            /* 0: 64 */
    uint32_t header_bytes_max;            /* 0: 8192 */
    uint32_t head_timeout_s;              /* idle time plus reading a request's head; 0: 30 */
    uint32_t body_timeout_s;              /* reading a request's body; 0: 60 */
    uint32_t send_timeout_s;              /* a reader that takes nothing; 0: 30 */
    uint32_t answer_timeout_s; /* sending an answer that is not a stream, all in all; 0: 120 */
    uint32_t heartbeat_s;      /* event streams; 0: 15 */
    uint32_t drain_timeout_s;  /* how long a stop waits for answers to be read; 0: 10 */
};

struct http_config {
    const char *listen; /* "127.0.0.1:8080", "[::1]:8080", ":8080" (all addresses); port 0: any */
    uint32_t thread_count;     /* I/O threads; 0: 2 */
    const char *tls_cert_file; /* PEM chain; NULL: plain HTTP */
    const char *tls_key_file;  /* PEM; with tls_cert_file */
    struct http_limits limits;
    const struct http_route *routes; /* copied */
    size_t route_count;
    http_handler_fn begin;    /* headers read and route found, body not yet; NULL: continue */
    http_handler_fn fallback; /* no route matches; NULL or HTTP_CONTINUE: 404 */
    void *app;
    struct metrics *metrics; /* outlives the server */
    const struct clock *clock;
    bool access_log;
    int access_log_fd; /* with access_log */
};

/* Compiles the routes, binds, starts. ERR_LISTEN_FAILED, ERR_TLS_INVALID,
 * ERR_CONFIG_INVALID (the address). A conflict between two routes is a bug. */
JN_MUST_USE enum err http_server_start(const struct http_config *config, struct http_server **ret);
/* "127.0.0.1:8080" as bound. */
const char *http_server_address(const struct http_server *server);
uint16_t http_server_port(const struct http_server *server);
/* Some data changed: streams ask their source again within 50 ms (unasked they do so twice a
 * second). One atomic store. */
void http_server_wake_streams(struct http_server *server);
/* First step of a stop: takes no connection, answers every new request 503, ends event streams.
 * Requests that are being worked on go on. Idempotent. */
void http_server_drain(struct http_server *server);
bool http_server_is_draining(const struct http_server *server);
/* Drains, waits until every suspended request was resumed (the store must go on working until then)
 * and every answer was sent or timed out, stops, frees. NULL is fine. */
void http_server_stop(struct http_server *server);

struct http_server_stats {
    uint32_t connections, requests_active, requests_suspended, streams;
    uint64_t rate_limited, timed_out, refused_draining;
};
void http_server_stats(struct http_server *server, struct http_server_stats *ret);

#endif

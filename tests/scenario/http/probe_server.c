/* probe_server.c — a server without a domain, to test http/ from outside: echo, suspended answers
 * from a worker thread, streams, files, problems.
 *
 *   probe_server [--tls CERT KEY] [--files DIR] [--slow-ms N]
 *
 * Prints the port, then serves until SIGTERM, stops in order, and prints {"done":N}: how many
 * suspended requests its worker carried out. Small limits, so that tests reach them quickly. */
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/str.h"
#include "http/http.h"

struct probe {
    struct http_server *server;
    struct http_files *files;
    struct metrics *metrics;
    struct http_rate rate;
    uint32_t slow_ms;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct job *first, **last;
    bool stop;
    uint64_t done;
    _Atomic int64_t events;
};

struct job {
    struct job *next;
    struct http_request *request;
    uint64_t number;
};

static enum http_verdict on_echo(struct http_request *request, void *app)
{
    (void)app;
    buf_printf(request->out, "{\"length\":%zu,\"param\":", request->body.length);
    http_json_string(request->out, request->params[0].data == NULL ? "" : request->params[0].data,
                     request->params[0].length);
    buf_add_str(request->out, ",\"query\":{");
    for (size_t i = 0; i < request->query_count; i++) {
        buf_add_str(request->out, i == 0 ? "" : ",");
        http_json_string(request->out, request->query[i].name.data, request->query[i].name.length);
        buf_add_str(request->out, ":");
        http_json_string(request->out, request->query[i].value.data,
                         request->query[i].value.length);
    }
    buf_add_str(request->out, "},\"body\":");
    http_json_string(request->out, request->body.data,
                     request->body.length > 100 ? 100 : request->body.length);
    buf_add_str(request->out, "}");
    http_answer(request, 200, "application/json");
    return HTTP_ANSWERED;
}

static void finish_slow(struct http_request *request, void *app)
{
    const struct job *job = request->user;

    (void)app;
    buf_printf(request->out, "{\"number\":%" PRIu64 "}", job->number);
    http_answer(request, 201, "application/json");
}

static enum http_verdict on_slow(struct http_request *request, void *app)
{
    struct probe *probe = app;
    struct job *job = arena_alloc(request->arena, sizeof(*job));

    job->request = request;
    request->user = job;
    http_request_suspend(request, finish_slow);
    pthread_mutex_lock(&probe->lock);
    *probe->last = job;
    probe->last = &job->next;
    pthread_cond_signal(&probe->filled);
    pthread_mutex_unlock(&probe->lock);
    return HTTP_SUSPENDED;
}

/* Takes all that waits, "commits" for slow_ms, answers all: the shape of a lane. */
static void *worker_main(void *arg)
{
    struct probe *probe = arg;

    for (;;) {
        struct job *job;

        pthread_mutex_lock(&probe->lock);
        while (probe->first == NULL && !probe->stop) {
            pthread_cond_wait(&probe->filled, &probe->lock);
        }
        job = TAKE_PTR(probe->first);
        probe->last = &probe->first;
        pthread_mutex_unlock(&probe->lock);
        if (job == NULL) {
            return NULL;
        }
        usleep(probe->slow_ms * 1000);
        while (job != NULL) {
            struct job *next = job->next;

            job->number = ++probe->done;
            http_request_resume(job->request);
            job = next;
        }
    }
}

struct cursor {
    int64_t next;
    bool large;
};

static enum http_fill fill_events(struct http_request *request, struct buf *out, void *user)
{
    struct probe *probe = request->user;
    struct cursor *cursor = user;
    int64_t end = atomic_load(&probe->events);
    char id[24], data[1024];

    for (int sent = 0; cursor->next < end; sent++) {
        if (sent == 40) {
            return HTTP_FILL_MORE;
        }
        snprintf(id, sizeof(id), "%" PRId64, cursor->next);
        memset(data, 'x', sizeof(data));
        data[cursor->large ? sizeof(data) - 1 : 1] = '\0';
        http_stream_event(out, id, "tick", data);
        cursor->next++;
    }
    return cursor->next == 13 ? HTTP_FILL_END : HTTP_FILL_IDLE;
}

static enum http_verdict on_events(struct http_request *request, void *app)
{
    struct cursor *cursor = calloc(1, sizeof(*cursor));
    const struct http_text *last = &request->headers[HTTP_LAST_EVENT_ID];

    BUG_IF(cursor == NULL);
    if (last->data != NULL && str_parse_i64(last->data, last->length, &cursor->next)) {
        cursor->next++;
    }
    cursor->large = http_query_get(request, "large").data != NULL;
    request->user = app;
    return http_stream_start(request, fill_events, cursor, free);
}

static enum http_verdict on_add_events(struct http_request *request, void *app)
{
    struct probe *probe = app;
    int64_t count = 0;

    if (!str_parse_i64(request->params[0].data, request->params[0].length, &count)) {
        http_answer_problem(request, ERR_FIELD_TYPE_INVALID, ",\"field\":\"count\"");
        return HTTP_ANSWERED;
    }
    atomic_fetch_add(&probe->events, count);
    http_server_wake_streams(http_request_server(request));
    http_answer(request, 204, NULL);
    return HTTP_ANSWERED;
}

static enum http_verdict on_limited(struct http_request *request, void *app)
{
    struct probe *probe = app;

    if (http_rate_take(request, 7, probe->rate, 1)) {
        http_answer(request, 204, NULL);
    }
    return HTTP_ANSWERED;
}

static enum http_verdict on_stats(struct http_request *request, void *app)
{
    struct http_server_stats stats;

    (void)app;
    http_server_stats(http_request_server(request), &stats);
    buf_printf(request->out,
               "{\"connections\":%u,\"active\":%u,\"suspended\":%u,\"streams\":%u,\"timed_out\":"
               "%" PRIu64 "}",
               stats.connections, stats.requests_active, stats.requests_suspended, stats.streams,
               stats.timed_out);
    http_answer(request, 200, "application/json");
    return HTTP_ANSWERED;
}

static enum http_verdict on_metrics(struct http_request *request, void *app)
{
    struct probe *probe = app;

    metrics_write(probe->metrics, request->out);
    http_answer(request, 200, "text/plain; version=0.0.4");
    return HTTP_ANSWERED;
}

/* Refuses before the body is read, as authentication does. */
static enum http_verdict on_begin(struct http_request *request, void *app)
{
    const struct http_text *authorization = &request->headers[HTTP_AUTHORIZATION];

    (void)app;
    if (authorization->data != NULL && strcmp(authorization->data, "deny") == 0) {
        http_answer_problem(request, ERR_UNAUTHORIZED, NULL);
        return HTTP_ANSWERED;
    }
    return HTTP_CONTINUE;
}

static enum http_verdict on_fallback(struct http_request *request, void *app)
{
    struct probe *probe = app;

    return probe->files != NULL && http_files_answer(probe->files, request, request->path)
               ? HTTP_ANSWERED
               : HTTP_CONTINUE;
}

static const struct http_route routes[] = {
    {.method = HTTP_POST, .path = "/echo/{name}", .handle = on_echo, .body_bytes_max = 65536},
    {.method = HTTP_GET, .path = "/echo/{name}", .handle = on_echo},
    {.method = HTTP_POST, .path = "/large", .handle = on_echo, .body_bytes_max = 16u << 20},
    {.method = HTTP_POST, .path = "/slow", .handle = on_slow, .body_bytes_max = 65536},
    {.method = HTTP_GET, .path = "/events", .handle = on_events},
    {.method = HTTP_POST, .path = "/events/{count}", .handle = on_add_events},
    {.method = HTTP_GET, .path = "/limited", .handle = on_limited},
    {.method = HTTP_GET, .path = "/stats", .handle = on_stats, .is_ungated = true},
    {.method = HTTP_GET, .path = "/metrics", .handle = on_metrics, .is_ungated = true},
};

static void serve(struct probe *probe, struct http_config *config)
{
    sigset_t signals;
    pthread_t worker;
    int signal_number;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    BUG_IF(pthread_create(&worker, NULL, worker_main, probe) != 0);
    if (http_server_start(config, &probe->server) != ERR_OK) {
        fputs("could not start\n", stderr);
        exit(2);
    }
    printf("%u\n", http_server_port(probe->server));
    fflush(stdout);
    BUG_IF(sigwait(&signals, &signal_number) != 0);
    http_server_stop(probe->server);
    pthread_mutex_lock(&probe->lock);
    probe->stop = true;
    pthread_cond_signal(&probe->filled);
    pthread_mutex_unlock(&probe->lock);
    pthread_join(worker, NULL);
    printf("{\"done\":%" PRIu64 "}\n", probe->done);
}

int main(int argc, char **argv)
{
    struct probe probe = {.rate = {.per_second = 5, .burst = 5}, .slow_ms = 5};
    struct clock clock;
    struct http_config config = {
        .listen = "127.0.0.1:0",
        .limits = {.head_timeout_s = 1,
                   .body_timeout_s = 1,
                   .send_timeout_s = 2,
                   .heartbeat_s = 1,
                   .streams_max = 8,
                   .drain_timeout_s = 3,
                   .connections_max = 600,
                   .connections_per_address_max = 400},
        .routes = routes,
        .route_count = ARRAY_COUNT(routes),
        .begin = on_begin,
        .fallback = on_fallback,
        .app = &probe,
        .clock = &clock,
        .access_log = true,
        .access_log_fd = STDERR_FILENO,
    };

    probe.last = &probe.first;
    pthread_mutex_init(&probe.lock, NULL);
    pthread_cond_init(&probe.filled, NULL);
    clock_init_real(&clock);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--tls") == 0 && i + 2 < argc) {
            config.tls_cert_file = argv[++i];
            config.tls_key_file = argv[++i];
        } else if (strcmp(argv[i], "--files") == 0 && i + 1 < argc) {
            BUG_IF(http_files_load(argv[++i], 64u << 20, &probe.files) != ERR_OK);
        } else if (strcmp(argv[i], "--slow-ms") == 0 && i + 1 < argc) {
            BUG_IF(!str_parse_u32(argv[i + 1], strlen(argv[i + 1]), &probe.slow_ms));
            i++;
        } else {
            fputs("usage: probe_server [--tls CERT KEY] [--files DIR] [--slow-ms N]\n", stderr);
            return 2;
        }
    }
    probe.metrics = metrics_create();
    config.metrics = probe.metrics;
    serve(&probe, &config);
    metrics_free(probe.metrics);
    http_files_free(probe.files);
    pthread_mutex_destroy(&probe.lock);
    pthread_cond_destroy(&probe.filled);
    return 0;
}

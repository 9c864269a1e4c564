/* server.c — the daemon: binding, libmicrohttpd's callbacks, the ticker, and an orderly stop.
 *
 * Stop, in this order, because libmicrohttpd aborts when stopped with a suspended connection:
 * take no connection (quiesce) · refuse new requests, end streams · wait until every suspended
 * request was resumed and every answer sent or timed out · stop the daemon. */
#include "http/http_int.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"
#include "core/sha256.h"
#include "core/str.h"

#define CONNECTION_POOL_BYTES 32768
#define LISTEN_BACKLOG        1024
#define TICK_US               25000
#define STREAMS_ASK_US        500000
#define PEM_BYTES_MAX         1048576

/* ---- libmicrohttpd's callbacks ---- */

/* Leaves everything percent-encoded: parse.c decodes strictly, part by part. */
static size_t on_unescape(void *arg, struct MHD_Connection *connection, char *text)
{
    (void)arg;
    (void)connection;
    return strlen(text);
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = arg;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *fd =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        const union MHD_ConnectionInfo *address =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

        *context = conns_add(&server->conns, fd->connect_fd, address->client_addr);
    } else if (*context != NULL) {
        conns_remove(&server->conns, *context);
        *context = NULL;
    }
}

static enum MHD_Result on_first_call(struct http_server *server, struct MHD_Connection *connection,
                                     const char *url, const char *method, const char *version,
                                     void **state)
{
    struct exchange *exchange = exchange_take(server);
    const union MHD_ConnectionInfo *context =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    atomic_fetch_add_explicit(&server->active, 1, memory_order_acq_rel);
    exchange->connection = connection;
    exchange->conn = context->socket_context;
    *state = exchange;
    conn_set_phase(exchange->conn, CONN_BODY);
    exchange_begin(exchange, url, method, version);
    return exchange->answered && exchange->must_close ? exchange_send(exchange) : MHD_YES;
}

static enum MHD_Result on_access(void *arg, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *data,
                                 size_t *data_size, void **state)
{
    struct http_server *server = arg;
    struct exchange *exchange = *state;

    if (exchange == NULL) {
        return on_first_call(server, connection, url, method, version, state);
    }
    if (*data_size > 0) {
        exchange_body_add(exchange, data, *data_size);
        *data_size = 0;
        /* A body without end is not read to its end for courtesy. */
        return exchange->body_too_large &&
                       exchange->body_received >
                           exchange->request.route->body_bytes_max + HTTP_SWALLOW_BYTES_MAX
                   ? MHD_NO
                   : MHD_YES;
    }
    switch ((enum exchange_state)atomic_load_explicit(&exchange->state, memory_order_acquire)) {
    case EXCHANGE_BODY:
        conn_set_phase(exchange->conn, CONN_WORK);
        /* Suspended: another thread may own it by now, and nothing of it may be touched. */
        return exchange_handle(exchange) == HTTP_SUSPENDED ? MHD_YES : exchange_send(exchange);
    case EXCHANGE_RESUMED:
        exchange->finish(&exchange->request, server->config.app);
        return exchange_send(exchange);
    case EXCHANGE_EARLY:
        return exchange_send(exchange);
    case EXCHANGE_SUSPENDED:
    case EXCHANGE_ANSWERED:
        break;
    }
    BUG_IF(true); /* called while suspended or after the answer */
    return MHD_NO;
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct http_server *server = arg;
    struct exchange *exchange = *state;
    const struct route_metrics *metrics;
    int64_t took_us;

    (void)connection;
    (void)code;
    if (exchange == NULL) {
        return;
    }
    took_us = clock_monotonic_us() - exchange->request.started_us;
    metrics =
        &server->route_metrics[exchange->request.route == NULL ? server->config.route_count
                                                               : exchange->request.route_index];
    if (exchange->status != 0) {
        metric_add(metrics->classes[exchange->status / 100], 1);
    }
    if (exchange->stream == NULL) {
        metric_observe_us(metrics->latency, took_us);
    }
    if (server->access_log != NULL) {
        access_log_add(server->access_log, &exchange->request, exchange->status, took_us,
                       clock_now_us(server->config.clock));
    }
    conn_set_phase(exchange->conn, CONN_HEAD);
    stream_gone(exchange);
    exchange_give_back(exchange);
    *state = NULL;
    atomic_fetch_sub_explicit(&server->active, 1, memory_order_acq_rel);
}

static void on_mhd_message(void *arg, const char *format, va_list arguments)
{
    char text[256];

    (void)arg;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    vsnprintf(text, sizeof(text), format, arguments);
#pragma GCC diagnostic pop
    text[strcspn(text, "\n")] = '\0';
    LOG(LOG_DEBUG, "http_library", LOG_TEXT("message", text));
}

/* ---- the ticker ---- */

static void *ticker_main(void *arg)
{
    struct http_server *server = arg;
    int64_t late_checked_us = 0, asked_us = 0;

    while (!atomic_load_explicit(&server->ticker_stop, memory_order_acquire)) {
        bool draining = atomic_load_explicit(&server->draining, memory_order_acquire);
        int64_t now_us;

        usleep(TICK_US);
        now_us = clock_monotonic_us();
        if (now_us - asked_us > STREAMS_ASK_US) {
            /* News that nobody announced here: another process's, or a worker's. */
            asked_us = now_us;
            http_server_wake_streams(server);
        }
        streams_tick(server, draining, now_us);
        if (server->access_log != NULL) {
            access_log_flush(server->access_log);
        }
        if (now_us - late_checked_us > 250000) {
            late_checked_us = now_us;
            atomic_fetch_add_explicit(&server->timed_out,
                                      conns_cut_late(&server->conns, &server->limits, now_us),
                                      memory_order_relaxed);
        }
    }
    return NULL;
}

/* ---- start ---- */

static void limits_fill(struct http_limits *limits)
{
    const struct {
        uint32_t *field, value;
    } defaults[] = {
        {&limits->connections_max, 2048}, {&limits->connections_per_address_max, 1024},
        {&limits->streams_max, 256},      {&limits->url_bytes_max, 4096},
        {&limits->header_count_max, 64},  {&limits->header_bytes_max, 8192},
        {&limits->head_timeout_s, 30},    {&limits->body_timeout_s, 60},
        {&limits->send_timeout_s, 30},    {&limits->answer_timeout_s, 120},
        {&limits->heartbeat_s, 15},       {&limits->drain_timeout_s, 10},
    };

    for (size_t i = 0; i < ARRAY_COUNT(defaults); i++) {
        if (*defaults[i].field == 0) {
            *defaults[i].field = defaults[i].value;
        }
    }
}

/* Splits "host:port"; an IPv6 host stands in brackets. */
static enum err split_address(const char *text, char *ret_host, size_t host_max, char ret_port[6])
{
    const char *colon = strrchr(text, ':'), *host = text;
    size_t length;
    uint32_t port;

    if (colon == NULL || !str_parse_u32(colon + 1, strlen(colon + 1), &port) || port > 65535) {
        return ERR_CONFIG_INVALID;
    }
    length = (size_t)(colon - text);
    if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
        host++;
        length -= 2;
    } else if (memchr(host, ':', length) != NULL) {
        return ERR_CONFIG_INVALID;
    }
    if (length >= host_max) {
        return ERR_CONFIG_INVALID;
    }
    memcpy(ret_host, host, length);
    ret_host[length] = '\0';
    snprintf(ret_port, 6, "%u", port);
    return ERR_OK;
}

static enum err bind_one(const struct addrinfo *info, int *ret_fd)
{
    int one = 1, zero = 0;
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0) {
        return ERR_LISTEN_FAILED;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (info->ai_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
    }
    if (bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, LISTEN_BACKLOG) != 0) {
        LOG(LOG_ERROR, "listen_failed", LOG_TEXT("cause", strerrorname_np(errno)));
        close(fd);
        return ERR_LISTEN_FAILED;
    }
    *ret_fd = fd;
    return ERR_OK;
}

static void note_address(struct http_server *server)
{
    struct sockaddr_storage bound = {0};
    socklen_t length = sizeof(bound);
    char host[INET6_ADDRSTRLEN] = "", port[8] = "";

    BUG_IF(getsockname(server->listen_fd, (struct sockaddr *)&bound, &length) != 0);
    BUG_IF(getnameinfo((struct sockaddr *)&bound, length, host, sizeof(host), port, sizeof(port),
                       NI_NUMERICHOST | NI_NUMERICSERV) != 0);
    snprintf(server->address, sizeof(server->address),
             bound.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
    server->port = (uint16_t)strtoul(port, NULL, 10);
}

static enum err listen_on(struct http_server *server)
{
    char host[256], port[6];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    enum err err = split_address(server->config.listen, host, sizeof(host), port);

    if (err != ERR_OK) {
        return err;
    }
    if (getaddrinfo(host[0] == '\0' ? NULL : host, port, &hints, &found) != 0) {
        return ERR_CONFIG_INVALID;
    }
    /* Without a host, the IPv6 wildcard takes IPv4 as well, so it is tried first. */
    err = ERR_LISTEN_FAILED;
    for (int pass = 0; pass < 2 && err != ERR_OK; pass++) {
        for (struct addrinfo *at = found; at != NULL && err != ERR_OK; at = at->ai_next) {
            if ((at->ai_family == AF_INET6) == (pass == 0)) {
                err = bind_one(at, &server->listen_fd);
            }
        }
    }
    freeaddrinfo(found);
    if (err == ERR_OK) {
        note_address(server);
    }
    return err;
}

static char *read_pem(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    char *text = NULL;
    size_t used = 0;

    if (fd < 0) {
        return NULL;
    }
    if (fstat(fd, &status) == 0 && status.st_size > 0 && status.st_size < PEM_BYTES_MAX) {
        text = calloc(1, (size_t)status.st_size + 1);
        BUG_IF(text == NULL);
        while (used < (size_t)status.st_size) {
            ssize_t n = read(fd, text + used, (size_t)status.st_size - used);

            if (n <= 0) {
                free(text);
                text = NULL;
                break;
            }
            used += (size_t)n;
        }
    }
    close(fd);
    return text;
}

static void metrics_register(struct http_server *server)
{
    struct metrics *metrics = server->config.metrics;
    size_t count = server->config.route_count + 1;
    char labels[256];

    server->route_metrics = calloc(count, sizeof(*server->route_metrics));
    BUG_IF(server->route_metrics == NULL);
    for (size_t i = 0; i < count; i++) {
        const struct http_route *route = i + 1 == count ? NULL : &server->routes[i];

        for (unsigned class = 1; class <= 5; class ++) {
            snprintf(labels, sizeof(labels), "method=\"%s\",route=\"%s\",class=\"%uxx\"",
                     route == NULL ? "" : method_name(route->method),
                     route == NULL ? "none" : route->path, class);
            server->route_metrics[i].classes[class] =
                metrics_add(metrics, METRIC_COUNTER, "jinnang_http_requests_total",
                            "Requests answered, by route and class of status", labels);
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct http_route *route = i + 1 == count ? NULL : &server->routes[i];

        snprintf(labels, sizeof(labels), "method=\"%s\",route=\"%s\"",
                 route == NULL ? "" : method_name(route->method),
                 route == NULL ? "none" : route->path);
        server->route_metrics[i].latency =
            metrics_add_histogram(metrics, "jinnang_http_request_seconds",
                                  "From the head's end to the answer's end", labels);
    }
}

static enum err daemon_start(struct http_server *server)
{
    const struct http_limits *limits = &server->limits;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO |
                     MHD_USE_ERROR_LOG;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, server->tls_cert},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, server->tls_key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0,
         (void *)(uintptr_t)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    bool secure = server->tls_cert != NULL;

    server->daemon = MHD_start_daemon(
        flags | (secure ? MHD_USE_TLS : 0), 0, NULL, NULL, on_access, server,
        /* The logger comes first, or what follows it is reported to standard error. */
        MHD_OPTION_EXTERNAL_LOGGER, on_mhd_message, server, MHD_OPTION_LISTEN_SOCKET,
        (MHD_socket)server->listen_fd, MHD_OPTION_THREAD_POOL_SIZE,
        server->config.thread_count == 0 ? 2u : (unsigned)server->config.thread_count,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)limits->connections_max,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)limits->connections_per_address_max,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)limits->send_timeout_s,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_POOL_BYTES,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, server, MHD_OPTION_UNESCAPE_CALLBACK, on_unescape, server,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, secure ? tls : none, MHD_OPTION_END);
    return server->daemon != NULL ? ERR_OK : secure ? ERR_TLS_INVALID : ERR_LISTEN_FAILED;
}

static void server_free(struct http_server *server)
{
    exchange_free_pool(server);
    router_free(server->router);
    limiter_free(server->limiter);
    access_log_free(server->access_log);
    conns_done(&server->conns);
    pthread_mutex_destroy(&server->pool_lock);
    pthread_mutex_destroy(&server->streams_lock);
    if (server->listen_fd >= 0) {
        close(server->listen_fd);
    }
    if (server->tls_key != NULL) {
        secret_wipe(server->tls_key, strlen(server->tls_key));
    }
    free(server->tls_key);
    free(server->tls_cert);
    free(server->routes);
    free(server->route_metrics);
    server->magic = 0;
    free(server);
}

static struct http_server *server_create(const struct http_config *config)
{
    struct http_server *server = calloc(1, sizeof(*server));

    BUG_IF(server == NULL);
    BUG_IF(config->metrics == NULL || config->clock == NULL);
    server->magic = HTTP_SERVER_MAGIC;
    server->config = *config;
    server->listen_fd = -1;
    server->limits = config->limits;
    limits_fill(&server->limits);
    server->routes = calloc(config->route_count + 1, sizeof(*server->routes));
    BUG_IF(server->routes == NULL);
    if (config->route_count > 0) {
        memcpy(server->routes, config->routes, config->route_count * sizeof(*server->routes));
    }
    server->config.routes = server->routes;
    server->router = router_create(server->routes, config->route_count);
    server->limiter = limiter_create();
    server->access_log = config->access_log ? access_log_create(config->access_log_fd) : NULL;
    conns_init(&server->conns);
    BUG_IF(pthread_mutex_init(&server->pool_lock, NULL) != 0);
    BUG_IF(pthread_mutex_init(&server->streams_lock, NULL) != 0);
    return server;
}

enum err http_server_start(const struct http_config *config, struct http_server **ret)
{
    struct http_server *server = server_create(config);
    enum err err;

    if ((config->tls_cert_file == NULL) != (config->tls_key_file == NULL)) {
        err = ERR_TLS_INVALID;
        goto out;
    }
    if (config->tls_cert_file != NULL) {
        server->tls_cert = read_pem(config->tls_cert_file);
        server->tls_key = read_pem(config->tls_key_file);
        if (server->tls_cert == NULL || server->tls_key == NULL ||
            MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES) {
            err = ERR_TLS_INVALID;
            goto out;
        }
    }
    err = listen_on(server);
    if (err != ERR_OK) {
        goto out;
    }
    metrics_register(server);
    err = daemon_start(server);
    if (err != ERR_OK) {
        goto out;
    }
    BUG_IF(pthread_create(&server->ticker, NULL, ticker_main, server) != 0);
    server->ticker_runs = true;
    *ret = TAKE_PTR(server);
out:
    if (server != NULL) {
        server_free(server);
    }
    return err;
}

/* ---- running and stopping ---- */

const char *http_server_address(const struct http_server *server)
{
    return server->address;
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->port;
}

void http_server_drain(struct http_server *server)
{
    MHD_socket fd;

    OBJ_CHECK(server, HTTP_SERVER_MAGIC);
    if (atomic_exchange_explicit(&server->draining, true, memory_order_acq_rel)) {
        return;
    }
    fd = MHD_quiesce_daemon(server->daemon);
    if (fd != MHD_INVALID_SOCKET) {
        /* Refuses new connections now. It is closed after the daemon's end: its threads may still
         * be taking it out of their epoll sets, and the number could be somebody else's by then. */
        BUG_IF(fd != server->listen_fd);
        shutdown(fd, SHUT_RDWR);
    }
}

bool http_server_is_draining(const struct http_server *server)
{
    return atomic_load_explicit(&server->draining, memory_order_acquire);
}

void http_server_stop(struct http_server *server)
{
    int64_t deadline_us = 0;

    if (server == NULL) {
        return;
    }
    http_server_drain(server);
    for (;;) {
        bool owed = atomic_load_explicit(&server->suspended, memory_order_acquire) > 0;
        int64_t now_us = clock_monotonic_us();

        /* Suspended requests are owed an answer however long it takes; readers are not waited for
         * without end. */
        if (!owed && atomic_load_explicit(&server->active, memory_order_acquire) == 0) {
            break;
        }
        if (owed || deadline_us == 0) {
            deadline_us = now_us + (int64_t)server->limits.drain_timeout_s * 1000000;
        } else if (now_us > deadline_us) {
            break;
        }
        usleep(1000);
    }
    /* Sleeping streams would make the daemon abort: the ticker stays until they are awake. */
    atomic_store_explicit(&server->ticker_stop, true, memory_order_release);
    pthread_join(server->ticker, NULL);
    streams_tick(server, true, clock_monotonic_us());
    MHD_stop_daemon(server->daemon);
    server_free(server);
}

void http_server_stats(struct http_server *server, struct http_server_stats *ret)
{
    memset(ret, 0, sizeof(*ret));
    pthread_mutex_lock(&server->conns.lock);
    ret->connections = server->conns.count;
    pthread_mutex_unlock(&server->conns.lock);
    pthread_mutex_lock(&server->streams_lock);
    ret->streams = server->stream_count;
    pthread_mutex_unlock(&server->streams_lock);
    ret->requests_active = atomic_load_explicit(&server->active, memory_order_relaxed);
    ret->requests_suspended = atomic_load_explicit(&server->suspended, memory_order_relaxed);
    ret->rate_limited = atomic_load_explicit(&server->rate_limited, memory_order_relaxed);
    ret->timed_out = atomic_load_explicit(&server->timed_out, memory_order_relaxed);
    ret->refused_draining = atomic_load_explicit(&server->refused_draining, memory_order_relaxed);
}

/* pg_proxy.c — see pg_proxy.h. One thread, one poll(2) over all connections. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fault/pg_proxy.h"

#define PAIRS_MAX   64
#define CHUNK_BYTES 65536
#define COMMIT_NAME "jn_commit" /* with its NUL */

struct pair {
    int client, server; /* -1: free */
    bool swallow_reply; /* the next one; then the end */
    bool stalled;       /* every one */
};

struct pg_proxy {
    pthread_t thread;
    int listener, wake[2];
    uint16_t port, server_port;
    _Atomic int mode; /* enum pg_proxy_mode */
    _Atomic bool stopping, cut_all;
    _Atomic uint32_t accepted;
    struct pair pairs[PAIRS_MAX];
};

static void die(const char *what)
{
    perror(what);
    abort();
}

static void close_pair(struct pair *pair)
{
    if (pair->client >= 0) {
        close(pair->client);
        close(pair->server);
    }
    *pair = (struct pair){.client = -1, .server = -1};
}

static bool write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = send(fd, data, length, MSG_NOSIGNAL);
        if (written <= 0) {
            return false;
        }
        data += written;
        length -= (size_t)written;
    }
    return true;
}

/* False: the pair is to be closed. */
static bool from_client(struct pg_proxy *proxy, struct pair *pair, char *chunk)
{
    ssize_t length = recv(pair->client, chunk, CHUNK_BYTES, 0);
    if (length <= 0) {
        return false;
    }
    int mode = atomic_load(&proxy->mode);
    bool commits = memmem(chunk, (size_t)length, COMMIT_NAME, sizeof(COMMIT_NAME)) != NULL;
    if (commits && mode == PROXY_CUT_COMMIT) {
        atomic_store(&proxy->mode, PROXY_REFUSE);
        return false;
    }
    if (commits && mode == PROXY_CUT_COMMIT_REPLY) {
        atomic_store(&proxy->mode, PROXY_REFUSE);
        pair->swallow_reply = true;
    }
    if (commits && mode == PROXY_STALL_COMMIT) {
        atomic_store(&proxy->mode, PROXY_PASS);
        pair->stalled = true;
    }
    return write_all(pair->server, chunk, (size_t)length);
}

static bool from_server(struct pair *pair, char *chunk)
{
    ssize_t length = recv(pair->server, chunk, CHUNK_BYTES, 0);
    if (length <= 0 || pair->swallow_reply) {
        return false; /* the server has answered, so it has committed; nobody hears of it */
    }
    return pair->stalled || write_all(pair->client, chunk, (size_t)length);
}

static void accept_one(struct pg_proxy *proxy)
{
    int client = accept(proxy->listener, NULL, NULL);
    if (client < 0) {
        return;
    }
    atomic_fetch_add(&proxy->accepted, 1);
    struct pair *pair = NULL;
    for (int i = 0; i < PAIRS_MAX && pair == NULL; i++) {
        pair = proxy->pairs[i].client < 0 ? &proxy->pairs[i] : NULL;
    }
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(proxy->server_port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int server = -1;
    if (pair != NULL && atomic_load(&proxy->mode) != PROXY_REFUSE) {
        server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (server >= 0 && connect(server, (const struct sockaddr *)&to, sizeof(to)) != 0) {
            close(server);
            server = -1;
        }
    }
    if (server < 0) {
        close(client);
        return;
    }
    *pair = (struct pair){.client = client, .server = server};
}

static void *proxy_main(void *arg)
{
    struct pg_proxy *proxy = arg;
    char *chunk = malloc(CHUNK_BYTES);
    struct pollfd fds[2 + 2 * PAIRS_MAX];
    while (chunk != NULL && !atomic_load(&proxy->stopping)) {
        fds[0] = (struct pollfd){.fd = proxy->listener, .events = POLLIN};
        fds[1] = (struct pollfd){.fd = proxy->wake[0], .events = POLLIN};
        for (int i = 0; i < PAIRS_MAX; i++) { /* poll skips negative descriptors */
            fds[2 + 2 * i] = (struct pollfd){.fd = proxy->pairs[i].client, .events = POLLIN};
            fds[3 + 2 * i] = (struct pollfd){.fd = proxy->pairs[i].server, .events = POLLIN};
        }
        if (poll(fds, 2 + 2 * PAIRS_MAX, -1) < 0 && errno != EINTR) {
            die("poll");
        }
        if (fds[1].revents != 0 && read(proxy->wake[0], chunk, 64) < 0) {
            die("read");
        }
        bool cut_all = atomic_exchange(&proxy->cut_all, false);
        for (int i = 0; i < PAIRS_MAX; i++) {
            struct pair *pair = &proxy->pairs[i];
            if (pair->client < 0) {
                continue;
            }
            if (cut_all || (fds[2 + 2 * i].revents != 0 && !from_client(proxy, pair, chunk)) ||
                (fds[3 + 2 * i].revents != 0 && !from_server(pair, chunk))) {
                close_pair(pair);
            }
        }
        if (fds[0].revents != 0) {
            accept_one(proxy);
        }
    }
    free(chunk);
    return NULL;
}

/* The host and port between '@' and the last '/'. */
static const char *address_of(const char *url, size_t *ret_length)
{
    const char *at = strrchr(url, '@'), *slash = strrchr(url, '/');
    if (at == NULL || slash == NULL || slash < at) {
        fprintf(stderr, "pg_proxy: no host in the server's address\n");
        abort();
    }
    *ret_length = (size_t)(slash - at - 1);
    return at + 1;
}

struct pg_proxy *pg_proxy_start(const char *url)
{
    struct pg_proxy *proxy = calloc(1, sizeof(*proxy));
    if (proxy == NULL) {
        die("calloc");
    }
    size_t length = 0;
    const char *address = address_of(url, &length);
    const char *colon = memchr(address, ':', length);
    proxy->server_port = colon != NULL ? (uint16_t)strtol(colon + 1, NULL, 10) : 5432;
    for (int i = 0; i < PAIRS_MAX; i++) {
        proxy->pairs[i] = (struct pair){.client = -1, .server = -1};
    }
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t here_bytes = sizeof(here);
    proxy->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(proxy->listener, (const struct sockaddr *)&here, sizeof(here)) != 0 ||
        listen(proxy->listener, 64) != 0 ||
        getsockname(proxy->listener, (struct sockaddr *)&here, &here_bytes) != 0 ||
        pipe(proxy->wake) != 0) {
        die("pg_proxy");
    }
    proxy->port = ntohs(here.sin_port);
    if (pthread_create(&proxy->thread, NULL, proxy_main, proxy) != 0) {
        die("pthread_create");
    }
    return proxy;
}

static void wake_up(struct pg_proxy *proxy)
{
    if (write(proxy->wake[1], "", 1) != 1) {
        die("write");
    }
}

void pg_proxy_stop(struct pg_proxy *proxy)
{
    atomic_store(&proxy->stopping, true);
    wake_up(proxy);
    pthread_join(proxy->thread, NULL);
    for (int i = 0; i < PAIRS_MAX; i++) {
        close_pair(&proxy->pairs[i]);
    }
    close(proxy->listener);
    close(proxy->wake[0]);
    close(proxy->wake[1]);
    free(proxy);
}

void pg_proxy_url(const struct pg_proxy *proxy, const char *url, char *ret, size_t ret_bytes)
{
    size_t length = 0;
    const char *address = address_of(url, &length);
    snprintf(ret, ret_bytes, "%.*s127.0.0.1:%u%s", (int)(address - url), url, proxy->port,
             address + length);
}

void pg_proxy_set(struct pg_proxy *proxy, enum pg_proxy_mode mode)
{
    atomic_store(&proxy->mode, (int)mode);
}

enum pg_proxy_mode pg_proxy_get(const struct pg_proxy *proxy)
{
    return (enum pg_proxy_mode)atomic_load(&proxy->mode);
}

void pg_proxy_cut_all(struct pg_proxy *proxy)
{
    atomic_store(&proxy->cut_all, true);
    wake_up(proxy);
}

uint32_t pg_proxy_accepted(struct pg_proxy *proxy)
{
    return atomic_load(&proxy->accepted);
}

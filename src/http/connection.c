/* connection.c — deadlines for peers that trickle.
 *
 * libmicrohttpd closes a connection that is silent, but a peer that sends a byte now and then may
 * stay for ever. So each connection has a phase and the time it began, and a ticker shuts down the
 * socket of those that are late; the I/O thread then sees the end of the stream and cleans up.
 * A suspended request is never cut: its answer is owed.
 *
 * Locks: conns->lock protects the list. libmicrohttpd announces the end of a connection before it
 * closes the socket, and conns_remove() takes the lock, so a descriptor is never shut down after it
 * was given to somebody else. */
#include "http/http_int.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/sha256.h"

void conns_init(struct conns *conns)
{
    memset(conns, 0, sizeof(*conns));
    BUG_IF(pthread_mutex_init(&conns->lock, NULL) != 0);
    rng_secure(conns->address_secret, sizeof(conns->address_secret));
}

void conns_done(struct conns *conns)
{
    BUG_IF(conns->first != NULL);
    pthread_mutex_destroy(&conns->lock);
}

/* An IPv6 subscriber has a /64, so only that half counts. */
static uint64_t address_hash(const struct conns *conns, const struct sockaddr *address)
{
    uint8_t text[16 + 1 + 8] = {0};
    struct sha256_hash hash;
    uint64_t ret;

    memcpy(text, conns->address_secret, 16);
    if (address != NULL && address->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, address, sizeof(in));
        text[16] = 4;
        memcpy(text + 17, &in.sin_addr, 4);
    } else if (address != NULL && address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;

        memcpy(&in6, address, sizeof(in6));
        text[16] = 6;
        memcpy(text + 17, &in6.sin6_addr, 8);
    }
    sha256(text, sizeof(text), &hash);
    memcpy(&ret, hash.bytes, sizeof(ret));
    return ret;
}

/* An IPv4 peer of an IPv6 socket is written as IPv4. */
static void address_text(const struct sockaddr *address, char ret[HTTP_ADDRESS_TEXT_MAX])
{
    ret[0] = '\0';
    if (address != NULL && address->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, address, sizeof(in));
        BUG_IF(inet_ntop(AF_INET, &in.sin_addr, ret, HTTP_ADDRESS_TEXT_MAX) == NULL);
    } else if (address != NULL && address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        bool mapped;

        memcpy(&in6, address, sizeof(in6));
        mapped = IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr);
        BUG_IF(inet_ntop(mapped ? AF_INET : AF_INET6,
                         mapped ? in6.sin6_addr.s6_addr + 12 : in6.sin6_addr.s6_addr, ret,
                         HTTP_ADDRESS_TEXT_MAX) == NULL);
    }
}

struct conn *conns_add(struct conns *conns, int fd, const struct sockaddr *address)
{
    struct conn *conn = calloc(1, sizeof(*conn));

    BUG_IF(conn == NULL);
    conn->fd = fd;
    conn->client_hash = address_hash(conns, address);
    address_text(address, conn->address);
    atomic_init(&conn->phase, CONN_HEAD);
    atomic_init(&conn->since_us, clock_monotonic_us());
    pthread_mutex_lock(&conns->lock);
    conn->next = conns->first;
    conn->at = &conns->first;
    if (conn->next != NULL) {
        conn->next->at = &conn->next;
    }
    conns->first = conn;
    conns->count++;
    pthread_mutex_unlock(&conns->lock);
    return conn;
}

void conns_remove(struct conns *conns, struct conn *conn)
{
    pthread_mutex_lock(&conns->lock);
    *conn->at = conn->next;
    if (conn->next != NULL) {
        conn->next->at = conn->at;
    }
    conns->count--;
    pthread_mutex_unlock(&conns->lock);
    free(conn);
}

void conn_set_phase(struct conn *conn, enum conn_phase phase)
{
    atomic_store_explicit(&conn->since_us, clock_monotonic_us(), memory_order_relaxed);
    atomic_store_explicit(&conn->phase, phase, memory_order_relaxed);
}

static int64_t allowed_s(int phase, const struct http_limits *limits)
{
    switch ((enum conn_phase)phase) {
    case CONN_HEAD:
        return limits->head_timeout_s;
    case CONN_BODY:
        return limits->body_timeout_s;
    case CONN_SEND:
        return limits->answer_timeout_s;
    case CONN_WORK:
    case CONN_STREAM:
        break;
    }
    return INT32_MAX;
}

uint32_t conns_cut_late(struct conns *conns, const struct http_limits *limits, int64_t now_us)
{
    uint32_t cut = 0;

    pthread_mutex_lock(&conns->lock);
    for (struct conn *conn = conns->first; conn != NULL; conn = conn->next) {
        int phase = atomic_load_explicit(&conn->phase, memory_order_relaxed);
        int64_t since_us = atomic_load_explicit(&conn->since_us, memory_order_relaxed);

        if (!conn->cut && now_us - since_us > allowed_s(phase, limits) * 1000000) {
            shutdown(conn->fd, SHUT_RDWR);
            conn->cut = true;
            cut++;
        }
    }
    pthread_mutex_unlock(&conns->lock);
    return cut;
}

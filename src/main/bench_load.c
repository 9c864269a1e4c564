/* bench_load.c — see bench_load.h. */
#include "main/bench_load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/str.h"

#define ANSWER_BYTES_MAX 8192
#define EVENTS_MAX       512
#define SAMPLES_FIRST    (1u << 16)

struct peer {
    int fd; /* -1: lost */
    int64_t sent_at_us;
    size_t request_length, sent;
    size_t received;
    char request[BENCH_REQUEST_BYTES_MAX];
    char answer[ANSWER_BYTES_MAX + 1];
};

struct load {
    const struct bench_load_config *config;
    struct bench_load_result result;
    struct peer *peers;
    uint32_t waiting; /* peers with a request under way */
    uint64_t begun;
    int epoll_fd;
    int64_t end_us;
    uint32_t *samples_us;
    size_t sample_count, sample_capacity;
};

static void sample_add(struct load *load, int64_t us)
{
    if (load->sample_count == load->sample_capacity) {
        load->sample_capacity =
            load->sample_capacity == 0 ? SAMPLES_FIRST : 2 * load->sample_capacity;
        load->samples_us =
            realloc(load->samples_us, load->sample_capacity * sizeof(*load->samples_us));
        BUG_IF(load->samples_us == NULL);
    }
    load->samples_us[load->sample_count++] = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

static void peer_lost(struct load *load, struct peer *peer)
{
    close(peer->fd);
    peer->fd = -1;
    load->waiting--;
    load->result.errors++;
}

/* Sends what is left of the request; what the socket does not take waits for EPOLLOUT. */
static void peer_send(struct load *load, struct peer *peer)
{
    while (peer->sent < peer->request_length) {
        ssize_t n = send(peer->fd, peer->request + peer->sent, peer->request_length - peer->sent,
                         MSG_NOSIGNAL);

        if (n < 0 && errno == EAGAIN) {
            return;
        }
        if (n <= 0) {
            peer_lost(load, peer);
            return;
        }
        peer->sent += (size_t)n;
    }
}

static bool may_begin(const struct load *load)
{
    return load->config->request_max == 0 || load->begun < load->config->request_max;
}

static void peer_next(struct load *load, struct peer *peer, int64_t now_us)
{
    peer->request_length = load->config->next(load->config->arg, peer->request);
    BUG_IF(peer->request_length > BENCH_REQUEST_BYTES_MAX);
    peer->sent = 0;
    peer->received = 0;
    peer->sent_at_us = now_us;
    load->waiting++;
    load->begun++;
    peer_send(load, peer);
}

/* The answer's length with its head once it is complete, 0 before, SIZE_MAX if it is not one. */
static size_t answer_length(const struct peer *peer, int *ret_status)
{
    static const char marker[] = "Content-Length: ";
    const char *head_end = memmem(peer->answer, peer->received, "\r\n\r\n", 4);
    const char *length_at;
    size_t digits = 0, head;
    int64_t status, length;

    if (head_end == NULL) {
        return peer->received == ANSWER_BYTES_MAX ? SIZE_MAX : 0;
    }
    head = (size_t)(head_end - peer->answer) + 4;
    length_at = memmem(peer->answer, head, marker, sizeof(marker) - 1);
    if (length_at == NULL || head < 15 || !str_parse_i64(peer->answer + 9, 3, &status)) {
        return SIZE_MAX;
    }
    length_at += sizeof(marker) - 1;
    digits = strspn(length_at, "0123456789");
    if (!str_parse_i64(length_at, digits, &length) || length < 0 ||
        head + (size_t)length > ANSWER_BYTES_MAX) {
        return SIZE_MAX;
    }
    *ret_status = (int)status;
    return peer->received >= head + (size_t)length ? head + (size_t)length : 0;
}

static void answer_done(struct load *load, struct peer *peer, int status, int64_t now_us)
{
    load->waiting--;
    if (status == load->config->expected_status) {
        load->result.requests++;
        sample_add(load, now_us - peer->sent_at_us);
    } else {
        load->result.errors++;
        if (load->result.first_error_status == 0) {
            load->result.first_error_status = status;
        }
    }
    if (now_us < load->end_us && may_begin(load)) {
        peer_next(load, peer, now_us);
    }
}

static void peer_receive(struct load *load, struct peer *peer)
{
    int status = 0;
    size_t length;
    ssize_t n = recv(peer->fd, peer->answer + peer->received, ANSWER_BYTES_MAX - peer->received, 0);

    if (n < 0 && errno == EAGAIN) {
        return;
    }
    if (n <= 0) {
        peer_lost(load, peer);
        return;
    }
    peer->received += (size_t)n;
    peer->answer[peer->received] = '\0';
    length = answer_length(peer, &status);
    if (length == SIZE_MAX || (length > 0 && length != peer->received)) {
        peer_lost(load, peer); /* not an answer, or more than one request asked for */
    } else if (length > 0) {
        answer_done(load, peer, status, clock_monotonic_us());
    }
}

static enum err peer_connect(struct load *load, struct peer *peer)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(load->config->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = peer};
    int one = 1;

    peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (peer->fd < 0) {
        return ERR_IO_FAILED;
    }
    if (connect(peer->fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
        setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0) {
        return ERR_IO_FAILED;
    }
    /* Non-blocking from here on; connecting is not what is measured. */
    if (ioctl(peer->fd, FIONBIO, &one) != 0 ||
        epoll_ctl(load->epoll_fd, EPOLL_CTL_ADD, peer->fd, &event) != 0) {
        return ERR_IO_FAILED;
    }
    return ERR_OK;
}

static int compare_samples(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

    return (left > right) - (left < right);
}

static void summarize(struct load *load, int64_t took_us)
{
    struct bench_load_result *result = &load->result;

    result->took_us = took_us;
    result->per_second = took_us == 0 ? 0 : result->requests * 1000000 / (uint64_t)took_us;
    if (load->sample_count > 0) {
        qsort(load->samples_us, load->sample_count, sizeof(*load->samples_us), compare_samples);
        result->p50_us = load->samples_us[load->sample_count / 2];
        result->p99_us = load->samples_us[load->sample_count * 99 / 100];
        result->max_us = load->samples_us[load->sample_count - 1];
    }
}

static void drive(struct load *load)
{
    struct epoll_event events[EVENTS_MAX];
    int64_t start_us = clock_monotonic_us();

    load->end_us = start_us + load->config->duration_us;
    for (uint32_t i = 0; i < load->config->connections && may_begin(load); i++) {
        peer_next(load, &load->peers[i], clock_monotonic_us());
    }
    while (load->waiting > 0) {
        int count = epoll_wait(load->epoll_fd, events, EVENTS_MAX, 60000);

        if (count <= 0) {
            load->result.errors += load->waiting; /* a minute without an answer */
            break;
        }
        for (int i = 0; i < count; i++) {
            struct peer *peer = events[i].data.ptr;

            if (peer->fd >= 0 && peer->sent < peer->request_length) {
                peer_send(load, peer);
            }
            if (peer->fd >= 0 && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
                peer_receive(load, peer);
            }
        }
    }
    summarize(load, clock_monotonic_us() - start_us);
}

enum err bench_load_run(const struct bench_load_config *config, struct bench_load_result *ret)
{
    struct load load = {.config = config};
    enum err err = ERR_OK;

    BUG_IF(config->connections < 1 || config->connections > 4096);
    load.peers = calloc(config->connections, sizeof(*load.peers));
    BUG_IF(load.peers == NULL);
    load.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    BUG_IF(load.epoll_fd < 0);
    for (uint32_t i = 0; i < config->connections; i++) {
        load.peers[i].fd = -1;
    }
    for (uint32_t i = 0; i < config->connections && err == ERR_OK; i++) {
        err = peer_connect(&load, &load.peers[i]);
    }
    if (err == ERR_OK) {
        drive(&load);
        *ret = load.result;
    }
    for (uint32_t i = 0; i < config->connections; i++) {
        if (load.peers[i].fd >= 0) {
            close(load.peers[i].fd);
        }
    }
    close(load.epoll_fd);
    free(load.samples_us);
    free(load.peers);
    return err;
}

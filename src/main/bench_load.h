/* bench_load.h — a load generator: many keep-alive connections on one thread, each with one request
 * under way.
 *
 * Purpose: measure a server on the same machine with as little of the machine as possible. The
 * caller writes requests into a buffer; answers are read, their status is looked at, and the time
 * from the first byte sent to the last byte read is kept.
 * Non-goals: TLS, pipelining, answers without Content-Length. */
#ifndef JN_MAIN_BENCH_LOAD_H
#define JN_MAIN_BENCH_LOAD_H

#include "core/base.h"
#include "core/err.h"

#define BENCH_REQUEST_BYTES_MAX 2048

/* Writes the next request; returns its length, at most BENCH_REQUEST_BYTES_MAX. */
typedef size_t (*bench_request_fn)(void *arg, char ret[BENCH_REQUEST_BYTES_MAX]);

struct bench_load_config {
    uint16_t port;        /* on 127.0.0.1 */
    uint32_t connections; /* 1..4096 */
    int64_t duration_us;  /* requests under way at its end are still waited for, and count */
    uint64_t request_max; /* stop after so many; 0: no such limit */
    int expected_status;
    bench_request_fn next;
    void *arg;
};
struct bench_load_result {
    uint64_t requests;      /* answered as expected */
    uint64_t errors;        /* another status, or a lost connection */
    int first_error_status; /* 0: none, or the connection was lost */
    int64_t took_us;
    uint64_t per_second;
    int64_t p50_us, p99_us, max_us;
};
/* ERR_IO_FAILED when connections cannot be made. */
JN_MUST_USE enum err bench_load_run(const struct bench_load_config *config,
                                    struct bench_load_result *ret);

#endif

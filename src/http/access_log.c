/* access_log.c — one JSON object a request, gathered and written in large pieces.
 *
 * What a line holds: time, method, route template (never the path), status, microseconds, trace,
 * key number, problem code. No address, no body, no query: no personal data.
 * Lines reach the file within a ticker's beat, or at once when the buffer is full. A crash may lose
 * the last beat of them; what must not be lost is in the database.
 * Locks: one mutex around the buffer; the write(2) happens under it, a full disk loses lines. */
#include "http/http_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define LINES_BYTES_MAX 65536
#define FLUSH_BYTES     49152

struct access_log {
    pthread_mutex_t lock;
    struct buf lines;
    int fd;
};

struct access_log *access_log_create(int fd)
{
    struct access_log *log = calloc(1, sizeof(*log));

    BUG_IF(log == NULL);
    BUG_IF(pthread_mutex_init(&log->lock, NULL) != 0);
    buf_init(&log->lines, LINES_BYTES_MAX);
    log->fd = fd;
    return log;
}

static void flush_locked(struct access_log *log)
{
    size_t written = 0;

    while (written < log->lines.length) {
        ssize_t n = write(log->fd, log->lines.data + written, log->lines.length - written);

        if (n <= 0) {
            break;
        }
        written += (size_t)n;
    }
    buf_clear(&log->lines);
}

void access_log_flush(struct access_log *log)
{
    pthread_mutex_lock(&log->lock);
    flush_locked(log);
    pthread_mutex_unlock(&log->lock);
}

void access_log_free(struct access_log *log)
{
    if (log == NULL) {
        return;
    }
    access_log_flush(log);
    buf_done(&log->lines);
    pthread_mutex_destroy(&log->lock);
    free(log);
}

void access_log_add(struct access_log *log, const struct http_request *request, int status,
                    int64_t took_us, int64_t at_us)
{
    char at[CLOCK_TEXT_MAX];

    clock_format_rfc3339(at_us, at);
    pthread_mutex_lock(&log->lock);
    buf_printf(&log->lines,
               "{\"at\":\"%s\",\"level\":\"info\",\"event\":\"request\",\"method\":\"%s\","
               "\"route\":\"%s\",\"status\":%d,\"took_us\":%" PRId64 ",\"trace_id\":\"%s\"",
               at, method_name(request->method), request->route == NULL ? "" : request->route->path,
               status, took_us, request->trace_id);
    if (request->log_key_id != 0) {
        buf_printf(&log->lines, ",\"key_id\":%" PRId64, request->log_key_id);
    }
    if (request->log_code != NULL) {
        buf_printf(&log->lines, ",\"code\":\"%s\"", request->log_code);
    }
    buf_add_str(&log->lines, "}\n");
    if (log->lines.length > FLUSH_BYTES) {
        flush_locked(log);
    }
    pthread_mutex_unlock(&log->lock);
}

/* stream.c — server-sent events on suspended connections.
 *
 * A stream pulls: whenever the peer has taken what it was given, `fill` is asked for the next
 * chunk; when there is nothing the connection is suspended until the ticker wakes it, because
 * somebody said http_server_wake_streams(), because a heartbeat is due, or because the server
 * stops. So a stream holds one chunk at most, however slow its reader; a reader that takes nothing
 * at all is closed by libmicrohttpd's time-out, since its connection is not suspended then.
 *
 * Locks: server->streams_lock protects the list and each stream's `asleep` and `wake`. It is held
 * while suspending and resuming, so that a wake-up cannot fall between the two. libmicrohttpd calls
 * the reader under the response's own lock, which nobody takes under ours. */
#include "http/http_int.h"

#include <stdlib.h>
#include <string.h>

struct stream {
    struct stream *next, **at;
    struct exchange *exchange;
    http_fill_fn fill;
    void *user;
    http_free_fn user_free;
    struct buf chunk;
    size_t taken;
    int64_t beat_us; /* when the peer was last given something */
    bool asleep, wake;
    bool ended;
    bool greeted;
};

enum http_verdict http_stream_start(struct http_request *request, http_fill_fn fill, void *user,
                                    http_free_fn user_free)
{
    struct exchange *exchange = exchange_of(request);
    struct http_server *server = exchange->server;
    struct stream *stream;
    bool full;

    pthread_mutex_lock(&server->streams_lock);
    full = server->stream_count >= server->limits.streams_max;
    server->stream_count += full ? 0 : 1;
    pthread_mutex_unlock(&server->streams_lock);
    if (full) {
        if (user_free != NULL) {
            user_free(user);
        }
        http_set_header(request, "Retry-After", "5");
        http_answer_problem(request, ERR_STREAM_LIMIT, NULL);
        return HTTP_ANSWERED;
    }
    stream = calloc(1, sizeof(*stream));
    BUG_IF(stream == NULL);
    stream->exchange = exchange;
    stream->fill = fill;
    stream->user = user;
    stream->user_free = user_free;
    stream->beat_us = clock_monotonic_us();
    buf_init(&stream->chunk, HTTP_STREAM_CHUNK_MAX);
    exchange->stream = stream;
    pthread_mutex_lock(&server->streams_lock);
    stream->next = server->streams;
    stream->at = &server->streams;
    if (stream->next != NULL) {
        stream->next->at = &stream->next;
    }
    server->streams = stream;
    pthread_mutex_unlock(&server->streams_lock);
    http_set_header(request, "X-Accel-Buffering", "no");
    http_answer(request, 200, "text/event-stream");
    return HTTP_ANSWERED;
}

void http_stream_event(struct buf *out, const char *id, const char *event, const char *data)
{
    BUG_IF(strchr(data, '\n') != NULL);
    if (id != NULL) {
        buf_printf(out, "id: %s\n", id);
    }
    if (event != NULL) {
        buf_printf(out, "event: %s\n", event);
    }
    buf_add_str(out, "data: ");
    buf_add_str(out, data);
    buf_add_str(out, "\n\n");
}

static bool heartbeat_due(const struct stream *stream, int64_t now_us)
{
    return now_us - stream->beat_us >=
           (int64_t)stream->exchange->server->limits.heartbeat_s * 1000000;
}

/* Suspends unless a wake-up came in between; true if suspended. */
static bool fall_asleep(struct stream *stream)
{
    struct http_server *server = stream->exchange->server;
    bool asleep;

    pthread_mutex_lock(&server->streams_lock);
    asleep = !stream->wake;
    stream->wake = false;
    stream->asleep = asleep;
    if (asleep) {
        MHD_suspend_connection(stream->exchange->connection);
    }
    pthread_mutex_unlock(&server->streams_lock);
    return asleep;
}

/* Makes the next chunk. False: nothing now, and the connection sleeps. */
static bool next_chunk(struct stream *stream)
{
    struct exchange *exchange = stream->exchange;

    for (;;) {
        enum http_fill verdict = HTTP_FILL_END;

        buf_clear(&stream->chunk);
        stream->taken = 0;
        if (!atomic_load_explicit(&exchange->server->draining, memory_order_acquire)) {
            if (!stream->greeted) {
                stream->greeted = true;
                buf_add_str(&stream->chunk, "retry: 2000\n\n");
            }
            verdict = stream->fill(&exchange->request, &stream->chunk, stream->user);
        }
        BUG_IF(!buf_ok(&stream->chunk));
        stream->ended = verdict == HTTP_FILL_END;
        if (stream->chunk.length == 0 && verdict == HTTP_FILL_IDLE &&
            heartbeat_due(stream, clock_monotonic_us())) {
            buf_add_str(&stream->chunk, ":\n\n");
        }
        if (stream->chunk.length > 0 || stream->ended) {
            stream->beat_us = clock_monotonic_us();
            return true;
        }
        if (verdict == HTTP_FILL_IDLE && fall_asleep(stream)) {
            return false;
        }
    }
}

static ssize_t on_read(void *arg, uint64_t at, char *ret, size_t ret_max)
{
    struct stream *stream = arg;
    size_t length;

    (void)at;
    if (stream->taken == stream->chunk.length) {
        if (stream->ended) {
            return MHD_CONTENT_READER_END_OF_STREAM;
        }
        if (!next_chunk(stream)) {
            return 0;
        }
        if (stream->chunk.length == 0) {
            return MHD_CONTENT_READER_END_OF_STREAM;
        }
    }
    length = stream->chunk.length - stream->taken;
    length = length < ret_max ? length : ret_max;
    memcpy(ret, stream->chunk.data + stream->taken, length);
    stream->taken += length;
    return (ssize_t)length;
}

struct MHD_Response *stream_response(struct exchange *exchange)
{
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16384, on_read, exchange->stream,
                                             NULL);
}

void stream_gone(struct exchange *exchange)
{
    struct http_server *server = exchange->server;
    struct stream *stream = exchange->stream;

    if (stream == NULL) {
        return;
    }
    pthread_mutex_lock(&server->streams_lock);
    *stream->at = stream->next;
    if (stream->next != NULL) {
        stream->next->at = stream->at;
    }
    server->stream_count--;
    pthread_mutex_unlock(&server->streams_lock);
    exchange->stream = NULL;
    if (stream->user_free != NULL) {
        stream->user_free(stream->user);
    }
    buf_done(&stream->chunk);
    free(stream);
}

void streams_tick(struct http_server *server, bool everything, int64_t now_us)
{
    bool news = atomic_exchange_explicit(&server->news, false, memory_order_acq_rel);

    pthread_mutex_lock(&server->streams_lock);
    for (struct stream *stream = server->streams; stream != NULL; stream = stream->next) {
        if (!everything && !news && !(stream->asleep && heartbeat_due(stream, now_us))) {
            continue;
        }
        if (stream->asleep) {
            stream->asleep = false;
            MHD_resume_connection(stream->exchange->connection);
        } else {
            stream->wake = true;
        }
    }
    pthread_mutex_unlock(&server->streams_lock);
}

void http_server_wake_streams(struct http_server *server)
{
    atomic_store_explicit(&server->news, true, memory_order_release);
}

/* GET /v1/me/messages/events — the caller's new messages as server-sent events. An event's id is
 * the message's place in the order of this person. A stream ends by itself after STREAM_MAX_US, and
 * the client comes back: so a session that was ended reads on for no longer than that. */
#include "api/messages_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PAGE_MAX        8
#define EVENT_BYTES_MAX 8000
#define ARENA_BYTES     ((size_t)2 << 20)
#define STREAM_MAX_US   (INT64_C(60) * 1000000)

_Static_assert(PAGE_MAX *EVENT_BYTES_MAX <= HTTP_STREAM_CHUNK_MAX, "a page fits a chunk");

struct reader {
    struct api_app *app;
    int64_t until_us; /* monotonic */
    struct notify_page page;
    struct arena *arena;
    size_t count;
    struct notify_message messages[PAGE_MAX];
};

static void reader_free(void *user)
{
    struct reader *reader = user;

    arena_free(reader->arena);
    free(reader);
}

static enum err read_page(struct store_tx *tx, void *arg)
{
    struct reader *reader = arg;

    return notify_list(tx, reader->app->notify, &reader->page, reader->arena, reader->messages,
                       &reader->count);
}

static void event_out(struct buf *out, const struct notify_message *message)
{
    struct buf data;
    struct json_out json;
    char id[24];

    buf_init(&data, EVENT_BYTES_MAX);
    json_out_begin(&json, &data);
    messages_json_message(&json, NULL, message);
    json_out_end(&json);
    if (buf_ok(&data)) { /* else the client finds it in the list */
        snprintf(id, sizeof(id), "%" PRId64, message->seq);
        http_stream_event(out, id, "message", (const char *)data.data);
    }
    buf_done(&data);
}

static enum http_fill fill(struct http_request *request, struct buf *out, void *user)
{
    struct reader *reader = user;

    (void)request;
    if (clock_monotonic_us() >= reader->until_us) {
        return HTTP_FILL_END;
    }
    arena_reset(reader->arena);
    reader->count = 0;
    if (store_read(reader->app->store, read_page, reader) != ERR_OK) {
        return HTTP_FILL_END; /* the reader comes back with the last id it saw */
    }
    for (size_t i = 0; i < reader->count; i++) {
        reader->page.after_seq = reader->messages[i].seq;
        if (reader->messages[i].topic != NULL) {
            event_out(out, &reader->messages[i]);
        }
    }
    return reader->count == PAGE_MAX ? HTTP_FILL_MORE : HTTP_FILL_IDLE;
}

struct counting {
    int64_t person_id, unread, last_seq;
};

static enum err read_last(struct store_tx *tx, void *arg)
{
    struct counting *counting = arg;

    return notify_counts(tx, counting->person_id, &counting->unread, &counting->last_seq);
}

enum http_verdict api_me_messages_events_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_messages_events_get_in in;
    struct counting counting = {.person_id = api_caller_of(request)->person.v};
    struct reader *reader;

    if (!api_me_messages_events_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    if (!in.has_last_event_id && !api_read(request, app, read_last, &counting)) {
        return HTTP_ANSWERED;
    }
    reader = calloc(1, sizeof(*reader));
    BUG_IF(reader == NULL);
    reader->app = app;
    reader->until_us = clock_monotonic_us() + STREAM_MAX_US;
    reader->arena = arena_create(ARENA_BYTES);
    reader->page = (struct notify_page){.person_id = counting.person_id,
                                        .language = api_message_language(request),
                                        .after_seq = in.has_last_event_id ? in.last_event_id
                                                                          : counting.last_seq,
                                        .count_max = PAGE_MAX};
    return http_stream_start(request, fill, reader, reader_free);
}

/* GET /v1/ledger/events — transfers in the order of the log (docs/decisions/0005). An event's id is
 * its log index, so a reader that was away continues with Last-Event-ID and misses nothing. */
#include "api/api_app.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/ledger_json.h"

#define PAGE_MAX        32
#define EVENT_BYTES_MAX 2000 /* a transfer with its head lines; PAGE_MAX of them fit one chunk */

_Static_assert(PAGE_MAX *EVENT_BYTES_MAX <= HTTP_STREAM_CHUNK_MAX, "a page fits a chunk");

struct reader {
    struct api_app *app;
    int64_t next_index;
    size_t count;
    struct ledger_posted posted[PAGE_MAX];
    int64_t indexes[PAGE_MAX];
};

static enum err read_page(struct store_tx *tx, void *arg)
{
    struct reader *reader = arg;

    return ledger_list_log(tx, reader->next_index, PAGE_MAX, reader->posted, reader->indexes,
                           &reader->count, &reader->next_index);
}

static void event_out(struct buf *out, int64_t index, const struct ledger_posted *posted)
{
    struct buf data;
    struct json_out json;
    char id[24];

    buf_init(&data, EVENT_BYTES_MAX);
    json_out_begin(&json, &data);
    ledger_json_transfer(&json, NULL, posted);
    json_out_end(&json);
    BUG_IF(!buf_ok(&data));
    snprintf(id, sizeof(id), "%" PRId64, index);
    http_stream_event(out, id, "transfer", (const char *)data.data);
    buf_done(&data);
}

static enum http_fill fill(struct http_request *request, struct buf *out, void *user)
{
    struct reader *reader = user;
    int64_t from = reader->next_index;

    (void)request;
    reader->count = 0;
    if (store_read(reader->app->store, read_page, reader) != ERR_OK) {
        return HTTP_FILL_END; /* the reader comes back with the last id it saw */
    }
    for (size_t i = 0; i < reader->count; i++) {
        event_out(out, reader->indexes[i], &reader->posted[i]);
    }
    return reader->next_index > from ? HTTP_FILL_MORE : HTTP_FILL_IDLE;
}

enum http_verdict api_ledger_events_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_ledger_events_get_in in;
    struct ledger_log_head head;
    struct reader *reader;
    int64_t from;
    enum err err;

    if (!api_ledger_events_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    if (in.has_last_event_id) {
        from = in.last_event_id + 1;
    } else if (in.has_from) {
        from = in.from;
    } else {
        err = ledger_log_head(app->ledger, &head);
        if (err != ERR_OK) {
            return api_answer_error(request, err, false);
        }
        from = head.size;
    }
    reader = calloc(1, sizeof(*reader));
    BUG_IF(reader == NULL);
    reader->app = app;
    reader->next_index = from;
    return http_stream_start(request, fill, reader, free);
}

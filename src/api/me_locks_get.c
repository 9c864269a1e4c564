/* GET /v1/me/locks — what the caller may not do, why, until when, and what still works. */
#include "api/api_app.h"
#include "api/locks_json.h"

struct reading {
    struct api_app *app;
    struct arena *arena;
    struct person_id person;
    bool history;
    int64_t now_us;
    struct lock_view *views;
    size_t count;
};

static enum err read_locks(struct store_tx *tx, void *arg)
{
    struct reading *reading = arg;

    reading->now_us = store_tx_now_us(tx);
    return lock_views_read(tx, reading->app, reading->person, reading->history,
                           &(struct lock_opening){.arena = reading->arena}, reading->views,
                           &reading->count);
}

enum http_verdict api_me_locks_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_locks_get_in in;
    struct reading reading;
    struct json_out out;

    if (!api_me_locks_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    reading = (struct reading){
        .app = app,
        .arena = request->arena,
        .person = api_caller_of(request)->person,
        .history = in.has_history && in.history == API_ME_LOCKS_GET_HISTORY_ALL,
        .views = arena_alloc_array(request->arena, LOCKS_MAX, sizeof(*reading.views)),
    };
    if (!api_read(request, app, read_locks, &reading)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    locks_json_list(&out, reading.views, reading.count, reading.now_us);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

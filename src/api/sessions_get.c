/* GET /v1/sessions — where the caller is signed in. */
#include "api/api_people.h"

struct reading {
    struct person_id person;
    int64_t now_us;
    struct session sessions[SESSIONS_LISTED_MAX];
    size_t count;
};

static enum err read_sessions(struct store_tx *tx, void *arg)
{
    struct reading *reading = arg;

    return sessions_list(tx, reading->person, reading->now_us, reading->sessions, &reading->count);
}

enum http_verdict api_sessions_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    const struct api_caller *caller = api_caller_of(request);
    struct reading *reading;
    struct json_out out;

    if (!api_sessions_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    reading = arena_alloc(request->arena, sizeof(*reading));
    reading->person = caller->person;
    reading->now_us = clock_now_us(app->clock);
    if (!api_read(request, app, read_sessions, reading)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "sessions");
    for (size_t i = 0; i < reading->count; i++) {
        api_session_json(&out, NULL, &reading->sessions[i],
                         reading->sessions[i].id.v == caller->session.id.v);
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

/* DELETE /v1/me/recovery — stops whatever recovery goes on for the person who is signed in. */
#include "api/recovery_json.h"

struct stopping {
    struct person_id person;
    int64_t notice_id;
    int64_t count;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct stopping *stopping = arg;

    return recovery_stop(tx, app->vault, stopping->person, stopping->notice_id, &stopping->count);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct stopping *stopping = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_i64(&out, "stopped", stopping->count);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_me_recovery_delete(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct stopping *stopping;

    if (!api_me_recovery_delete_decode(request)) {
        return HTTP_ANSWERED;
    }
    stopping = arena_alloc(request->arena, sizeof(*stopping));
    stopping->person = api_caller_of(request)->person;
    stopping->notice_id = id_draw_one(app->ids);
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){
            .run = run, .answer = answer, .arg = stopping, .affinity = stopping->person.v});
}

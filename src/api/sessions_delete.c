/* DELETE /v1/sessions — signs out everywhere but here. */
#include "api/api_people.h"

struct ending {
    const struct api_caller *caller;

    int64_t ended;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct ending *ending = arg;

    (void)app;
    return sessions_end_others(tx, ending->caller->person, ending->caller->session.id,
                               SESSION_REVOKED, &ending->ended);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct ending *ending = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_i64(&out, "ended", ending->ended);
    json_out_close(&out);
    json_out_end(&out);

    api_answer_json(request, 200);
}

enum http_verdict api_sessions_delete(struct http_request *request, void *arg)
{

    struct ending *ending;

    if (!api_sessions_delete_decode(request)) {
        return HTTP_ANSWERED;
    }
    ending = arena_alloc(request->arena, sizeof(*ending));
    ending->caller = api_caller_of(request);

    return api_write_plain(
        request, arg,
        &(struct api_plain_spec){
            .run = run, .answer = answer, .arg = ending, .affinity = ending->caller->person.v});
}

/* POST /v1/signup/skip — a step is left out for now. */
#include "api/api_people.h"

struct skipping {
    struct person_id person;
    uint32_t step;
    struct signup_progress progress;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct skipping *skipping = arg;
    enum err err = signup_skip(tx, skipping->person, skipping->step);

    return err == ERR_OK ? signup_get(tx, app->vault, skipping->person, &skipping->progress) : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct skipping *skipping = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    api_signup_json(&out, NULL, &skipping->progress);
    json_out_end(&out);
    api_answer_json(request, 200);
    secret_wipe(&skipping->progress.value, sizeof(skipping->progress.value));
}

enum http_verdict api_signup_skip_post(struct http_request *request, void *arg)
{
    struct api_signup_skip_post_in in;
    struct skipping *skipping;

    if (!api_signup_skip_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    skipping = arena_alloc(request->arena, sizeof(*skipping));
    skipping->person = api_caller_of(request)->person;
    skipping->step = in.body.step;
    return api_write_plain(
        request, arg,
        &(struct api_plain_spec){
            .run = run, .answer = answer, .arg = skipping, .affinity = skipping->person.v});
}

/* POST /v1/signup/code — the code that was sent comes back: the contact is the person's. A wrong
 * try is committed too, or it would not count. */
#include "api/api_people.h"

#include <string.h>

struct confirming {
    struct signup_confirm confirm;
    enum err verdict;
    uint32_t tries_left;
    struct api_opened opened;
    struct signup_progress progress;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct confirming *confirming = arg;
    const struct signup_confirm *confirm = &confirming->confirm;
    enum err err =
        signup_confirm(tx, app->vault, confirm, &confirming->verdict, &confirming->tries_left);

    if (err != ERR_OK || confirming->verdict != ERR_OK) {
        return err;
    }
    err = signup_get(tx, app->vault, confirm->person, &confirming->progress);
    return err == ERR_OK
               ? session_get(tx, confirm->person, confirm->change.id, &confirming->opened.session)
               : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct confirming *confirming = arg;
    struct json_out out;

    (void)app;
    if (confirming->verdict != ERR_OK) {
        api_answer_problem(
            request, (struct api_problem){.err = confirming->verdict,
                                          .field = "/code",
                                          .tries_left = confirming->tries_left,
                                          .has_tries_left = confirming->verdict == ERR_CODE_WRONG});
        return;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    api_signup_json(&out, "signup", &confirming->progress);
    api_opened_json(&out, "opened", &confirming->opened);
    json_out_close(&out);
    json_out_end(&out);
    api_opened_cookies(request, &confirming->opened);
    api_answer_json(request, 200);
    api_opened_wipe(&confirming->opened);
    secret_wipe(&confirming->progress.value, sizeof(confirming->progress.value));
}

enum http_verdict api_signup_code_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_caller *caller = api_caller_of(request);
    struct api_signup_code_post_in in;
    struct confirming *confirming;

    if (!api_signup_code_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    confirming = arena_alloc(request->arena, sizeof(*confirming));
    api_opened_begin(caller, &confirming->opened, &confirming->confirm.change);
    confirming->confirm.person = caller->person;
    confirming->confirm.digits = in.body.code.data;
    confirming->confirm.length = in.body.code.length;
    confirming->confirm.change.methods = AUTH_CODE;
    confirming->confirm.token = confirming->opened.token;
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){
            .run = run, .answer = answer, .arg = confirming, .affinity = caller->person.v});
}

/* POST /v1/signup/code/again — another code to the contact that the sign-up began with. */
#include "api/api_people.h"

struct sending {
    struct person_id person;
    struct code_draft code;
    struct api_origin origin;
    struct code_sent sent;
    struct signup_progress progress;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct sending *sending = arg;
    enum err err =
        signup_send_again(tx, app->vault, sending->person, &sending->code,
                          &sending->origin.address_index, app->is_sandbox, &sending->sent);

    return err == ERR_OK ? signup_get(tx, app->vault, sending->person, &sending->progress) : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct sending *sending = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    api_signup_json(&out, "signup", &sending->progress);
    api_code_sent_json(&out, "code", &sending->sent);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
    secret_wipe(&sending->code, sizeof(sending->code));
    secret_wipe(&sending->progress.value, sizeof(sending->progress.value));
}

static bool refuse(struct http_request *request, struct api_app *app, void *arg, enum err outcome)
{
    struct sending *sending = arg;

    secret_wipe(&sending->code, sizeof(sending->code));
    return api_refuse_pause(request, app, outcome, sending->sent.again_at_us);
}

enum http_verdict api_signup_code_again_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_caller *caller = api_caller_of(request);
    struct api_signup_code_again_post_in in;
    struct sending *sending;

    if (!api_signup_code_again_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    sending = arena_alloc(request->arena, sizeof(*sending));
    sending->person = caller->person;
    api_origin_of(request, app, &sending->origin);
    api_code_of(app, NULL, &sending->code, NULL);
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.stages = {.refuse = refuse},
                                                    .run = run,
                                                    .answer = answer,
                                                    .arg = sending,
                                                    .affinity = caller->person.v});
}

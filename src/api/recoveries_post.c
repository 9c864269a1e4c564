/* POST /v1/recoveries — somebody lost a password; answered the same when nobody has that contact.
 */
#include "api/recovery_json.h"

struct beginning {
    struct recovery_begin begin;
    struct contact_value value;
    char secret[RECOVERY_SECRET_MAX];
    struct api_origin origin;
    struct recovery recovery;
    struct code_sent sent;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct beginning *beginning = arg;

    return recovery_begin(tx, app->vault, &beginning->begin, &beginning->recovery,
                          &beginning->sent);
}

static void wipe(struct beginning *beginning)
{
    secret_wipe(&beginning->value, sizeof(beginning->value));
    secret_wipe(beginning->secret, sizeof(beginning->secret));
    secret_wipe(&beginning->begin.code, sizeof(beginning->begin.code));
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct beginning *beginning = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    recovery_json_members(&out, &beginning->recovery);
    json_out_text(&out, "secret", beginning->secret);
    api_code_sent_json(&out, "code", &beginning->sent);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 201);
    wipe(beginning);
}

static bool refuse(struct http_request *request, struct api_app *app, void *arg, enum err outcome)
{
    struct beginning *beginning = arg;

    wipe(beginning);
    return api_refuse_pause(request, app, outcome, beginning->sent.again_at_us);
}

enum http_verdict api_recoveries_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_recoveries_post_in in;
    struct beginning *beginning;

    if (!api_recoveries_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    beginning = arena_alloc(request->arena, sizeof(*beginning));
    if (!api_contact_of(request, &in.body.contact, &beginning->value)) {
        return HTTP_ANSWERED;
    }
    api_origin_of(request, app, &beginning->origin);
    beginning->begin.id.v = id_draw_one(app->ids);
    beginning->begin.value = &beginning->value;
    beginning->begin.address_index = beginning->origin.address_index;
    recovery_secret_draw(beginning->secret, &beginning->begin.secret_hash);
    api_code_of(app, &beginning->value, &beginning->begin.code, &beginning->begin.is_test);
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.stages = {.refuse = refuse},
                                                    .run = run,
                                                    .answer = answer,
                                                    .arg = beginning,
                                                    .affinity = beginning->begin.id.v});
}

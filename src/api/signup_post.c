/* POST /v1/signup — a pending person with a claimed contact, a code on its way, and a limited
 * session. Answered the same when the contact has an account. */
#include "api/api_people.h"

#include <string.h>

struct signing_up {
    struct signup_begin begin;
    struct contact_value value;
    struct api_origin origin;
    struct code_sent sent;
    struct api_opened opened;
    struct signup_progress progress;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct signing_up *signing = arg;
    struct person_id person = signing->begin.person.id;
    enum err err = signup_begin(tx, app->vault, &signing->begin, &signing->sent);

    if (err == ERR_OK) {
        err = signup_get(tx, app->vault, person, &signing->progress);
    }
    return err == ERR_OK
               ? session_get(tx, person, signing->begin.session.id, &signing->opened.session)
               : err;
}

static void wipe(struct signing_up *signing)
{
    secret_wipe(&signing->value, sizeof(signing->value));
    secret_wipe(&signing->progress.value, sizeof(signing->progress.value));
    secret_wipe(&signing->begin.code, sizeof(signing->begin.code));
    secret_wipe(&signing->begin.token, sizeof(signing->begin.token));
    api_opened_wipe(&signing->opened);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct signing_up *signing = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    api_signup_json(&out, "signup", &signing->progress);
    api_opened_json(&out, "opened", &signing->opened);
    api_code_sent_json(&out, "code", &signing->sent);
    json_out_close(&out);
    json_out_end(&out);
    api_opened_cookies(request, &signing->opened);
    api_answer_json(request, 201);
    wipe(signing);
}

static bool refuse(struct http_request *request, struct api_app *app, void *arg, enum err outcome)
{
    struct signing_up *signing = arg;

    wipe(signing);
    return api_refuse_pause(request, app, outcome, signing->sent.again_at_us);
}

static void draw(struct http_request *request, struct api_app *app, struct signing_up *signing)
{
    struct signup_begin *begin = &signing->begin;

    api_origin_of(request, app, &signing->origin);
    begin->person.id.v = id_draw_one(app->ids);
    begin->person.kind = PERSON_CONSUMER;
    begin->contact = (struct contact_new){.id = {id_draw_one(app->ids)},
                                          .person = begin->person.id,
                                          .kind = PERSON_CONSUMER,
                                          .value = &signing->value};
    begin->session = (struct session_new){.id = {id_draw_one(app->ids)},
                                          .person = begin->person.id,
                                          .kind = PERSON_CONSUMER,
                                          .level = SESSION_SIGNING_UP,
                                          .place = signing->origin.place};
    begin->notice_id = id_draw_one(app->ids);
    begin->address_index = signing->origin.address_index;
    session_token_draw(&begin->token);
    signing->opened.token = begin->token;
    api_code_of(app, &signing->value, &begin->code, &begin->is_test);
}

enum http_verdict api_signup_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_signup_post_in in;
    struct signing_up *signing;

    if (!api_signup_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    signing = arena_alloc(request->arena, sizeof(*signing));
    if (!api_contact_of(request, &in.body.contact, &signing->value)) {
        return HTTP_ANSWERED;
    }
    draw(request, app, signing);
    signing->begin.person.language = in.body.has_language
                                         ? (enum person_language)in.body.language
                                         : (request->language == HTTP_ZH ? PERSON_ZH : PERSON_EN);
    signing->opened.to_cookie = in.body.deliver != API_SESSION_DELIVERY_TOKEN;
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.stages = {.refuse = refuse},
                                                    .run = run,
                                                    .answer = answer,
                                                    .arg = signing,
                                                    .affinity = signing->begin.person.id.v});
}

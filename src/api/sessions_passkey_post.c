/* POST /v1/sessions/passkey — signs in with a passkey alone: it is something one has, unlocked by
 * something one is or knows. */
#include "api/api_factors.h"
#include "api/api_people.h"

#include <string.h>

#include "identity/signin.h"

struct entering {
    struct api_assertion assertion;
    struct webauthn_party party;
    struct sha256_hash challenge;
    struct api_origin origin;
    struct api_opened opened;
    struct signin_by_factor by;
    struct signin_result result;
    int64_t outbox_id;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct entering *entering = arg;
    const struct api_proof proof = {.party = &entering->party,
                                    .challenge = entering->challenge,
                                    .assertion = &entering->assertion,
                                    .outbox_id = entering->outbox_id};
    enum err err =
        passkey_challenge_take(tx, PASSKEY_TO_SIGN_IN, (struct person_id){0}, &entering->challenge);

    if (err == ERR_OK) {
        err = api_prove(tx, app, &proof, &entering->result.verdict, &entering->by.person);
    }
    if (err == ERR_OK && entering->result.verdict == ERR_OK) {
        err = signin_by_factor(tx, app->vault, &entering->by, &entering->result);
    }
    return err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct entering *entering = arg;
    struct api_opened *opened = &entering->opened;
    struct json_out out;

    (void)app;
    if (entering->result.verdict != ERR_OK) {
        api_answer_problem(request, (struct api_problem){.err = entering->result.verdict});
    } else {
        opened->session = entering->result.session;
        opened->is_new_device = entering->result.is_new_device;
        opened->token = entering->by.token;
        memcpy(opened->device_token, entering->by.device.fresh, TOKEN_BYTES);
        json_out_begin(&out, request->out);
        api_opened_json(&out, NULL, opened);
        json_out_end(&out);
        api_opened_cookies(request, opened);
        api_answer_json(request, 201);
    }
    secret_wipe(&entering->by.token, sizeof(entering->by.token));
    api_opened_wipe(opened);
}

static void fill(struct http_request *request, struct api_app *app,
                 const struct api_sessions_passkey_post_in *in, struct entering *entering)
{
    struct signin_by_factor *by = &entering->by;
    struct http_text old;

    api_origin_of(request, app, &entering->origin);
    api_device_of(request, app, &entering->origin, &in->body.device_token, &by->device);
    by->kind = PERSON_CONSUMER;
    by->method = AUTH_PASSKEY;
    by->place = entering->origin.place;
    by->session_id.v = id_draw_one(app->ids);
    by->notice_id = id_draw_one(app->ids);
    session_token_draw(&by->token);
    if (!http_cookie(request, API_COOKIE_SESSION, &old) ||
        !session_token_hash(old.data, old.length, &by->old_token)) {
        memset(&by->old_token, 0, sizeof(by->old_token));
    }
    entering->party = api_party_of(request, app);
    entering->outbox_id = id_draw_one(app->ids);
    entering->opened.to_cookie = in->body.deliver != API_SESSION_DELIVERY_TOKEN;
}

enum http_verdict api_sessions_passkey_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_sessions_passkey_post_in in;
    struct entering *entering;
    enum err err;

    if (!api_sessions_passkey_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    entering = arena_alloc(request->arena, sizeof(*entering));
    if (!api_assertion_of(
            request,
            &(struct api_assertion_texts){&in.body.credential_id, &in.body.client_data,
                                          &in.body.authenticator_data, &in.body.signature},
            &entering->assertion)) {
        return HTTP_ANSWERED;
    }
    err =
        webauthn_challenge_of(entering->assertion.assertion.client_data, entering->challenge.bytes);
    if (err != ERR_OK) {
        return api_answer_error(request, err, false);
    }
    fill(request, app, &in, entering);
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.run = run, .answer = answer, .arg = entering});
}

/* POST /v1/session/passkey — a passkey as the second factor of a sign-in: answers the challenge of
 * POST /v1/sessions/passkey/options. */
#include "api/api_factors.h"
#include "api/api_people.h"

#include "identity/signin.h"

struct showing {
    const struct api_caller *caller;
    struct api_assertion assertion;
    struct webauthn_party party;
    struct sha256_hash challenge;
    struct api_opened opened;
    int64_t outbox_id;
    enum err verdict;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct showing *showing = arg;
    const struct session *session = &showing->caller->session;
    const struct api_proof proof = {.party = &showing->party,
                                    .challenge = showing->challenge,
                                    .person = session->person,
                                    .assertion = &showing->assertion,
                                    .outbox_id = showing->outbox_id};
    struct person_id whose;
    enum err err =
        passkey_challenge_take(tx, PASSKEY_TO_SIGN_IN, (struct person_id){0}, &showing->challenge);

    if (err == ERR_OK) {
        err = api_prove(tx, app, &proof, &showing->verdict, &whose);
    }
    if (err != ERR_OK || showing->verdict != ERR_OK) {
        return err;
    }
    err = signin_raise(tx, session, AUTH_PASSKEY, &showing->opened.token);
    return err == ERR_OK ? session_get(tx, session->person, session->id, &showing->opened.session)
                         : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct showing *showing = arg;
    struct json_out out;

    (void)app;
    if (showing->verdict != ERR_OK) {
        api_answer_problem(request, (struct api_problem){.err = showing->verdict});
    } else {
        json_out_begin(&out, request->out);
        api_opened_json(&out, NULL, &showing->opened);
        json_out_end(&out);
        api_opened_cookies(request, &showing->opened);
        api_answer_json(request, 200);
    }
    api_opened_wipe(&showing->opened);
}

enum http_verdict api_session_passkey_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_session_passkey_post_in in;
    struct session_change change;
    struct showing *showing;
    enum err err;

    if (!api_session_passkey_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    showing = arena_alloc(request->arena, sizeof(*showing));
    if (!api_assertion_of(
            request,
            &(struct api_assertion_texts){&in.body.credential_id, &in.body.client_data,
                                          &in.body.authenticator_data, &in.body.signature},
            &showing->assertion)) {
        return HTTP_ANSWERED;
    }
    err = webauthn_challenge_of(showing->assertion.assertion.client_data, showing->challenge.bytes);
    if (err != ERR_OK) {
        return api_answer_error(request, err, false);
    }
    showing->caller = api_caller_of(request);
    api_opened_begin(showing->caller, &showing->opened, &change);
    showing->party = api_party_of(request, app);
    showing->outbox_id = id_draw_one(app->ids);
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.run = run, .answer = answer, .arg = showing});
}

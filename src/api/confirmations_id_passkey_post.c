/* POST /v1/confirmations/{confirmation_id}/passkey — gives a passkey's signature over the
 * operation. Each answer counts once. */
#include "api/api_confirm.h"

struct giving {
    struct api_confirm confirm; /* first */
    struct api_assertion assertion;
    struct webauthn_party party;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct giving *giving = arg;
    struct api_confirm *confirm = &giving->confirm;
    struct api_proof proof = {.party = &giving->party,
                              .person = confirm->key.person,
                              .assertion = &giving->assertion,
                              .outbox_id = confirm->outbox_id};
    struct person_id whose;
    enum err err = api_confirm_open(tx, app, confirm);

    if (err == ERR_OK && (confirm->confirmation.given & FACTOR_BIT(FACTOR_PASSKEY)) != 0) {
        err = ERR_PASSKEY_CHALLENGE_WRONG; /* it was answered */
    }
    if (err == ERR_OK) {
        confirmation_challenge(&confirm->confirmation, &proof.challenge);
        err = api_prove(tx, app, &proof, &confirm->verdict, &whose);
    }
    return err == ERR_OK ? api_confirm_settle(tx, app, confirm) : err;
}

enum http_verdict api_confirmations_id_passkey_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_confirmations_id_passkey_post_in in;
    struct giving *giving;

    if (!api_confirmations_id_passkey_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    giving = arena_alloc(request->arena, sizeof(*giving));
    if (!api_assertion_of(
            request,
            &(struct api_assertion_texts){&in.body.credential_id, &in.body.client_data,
                                          &in.body.authenticator_data, &in.body.signature},
            &giving->assertion)) {
        return HTTP_ANSWERED;
    }
    api_confirm_begin(request, app, in.confirmation_id, FACTOR_PASSKEY, &giving->confirm);
    giving->party = api_party_of(request, app);
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){.run = run, .answer = api_confirm_answer, .arg = giving});
}

/* POST /v1/confirmations/{confirmation_id}/passkey/options — what a browser needs to confirm with a
 * passkey (navigator.credentials.get). The challenge is derived from the operation: payee, amount,
 * expiry; asking again gives the same. */
#include "api/api_confirm.h"

struct asking {
    struct api_app *app;
    struct api_confirm confirm;
    struct passkey passkeys[PASSKEYS_MAX];
    size_t count;
};

static enum err read_all(struct store_tx *tx, void *arg)
{
    struct asking *asking = arg;
    enum err err = api_confirm_open(tx, asking->app, &asking->confirm);

    if (err == ERR_OK) {
        err = passkeys_list(tx, NULL, asking->confirm.key.person, asking->passkeys, &asking->count);
    }
    return err == ERR_OK && asking->count == 0 ? ERR_FACTOR_NOT_ENROLLED : err;
}

enum http_verdict api_confirmations_id_passkey_options_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    const struct webauthn_party party = api_party_of(request, app);
    struct api_confirmations_id_passkey_options_post_in in;
    struct sha256_hash challenge;
    struct asking *asking;
    struct json_out out;

    if (!api_confirmations_id_passkey_options_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    asking = arena_alloc(request->arena, sizeof(*asking));
    asking->app = app;
    api_confirm_begin(request, app, in.confirmation_id, FACTOR_PASSKEY, &asking->confirm);
    if (!api_read(request, app, read_all, asking)) {
        return HTTP_ANSWERED;
    }
    confirmation_challenge(&asking->confirm.confirmation, &challenge);
    json_out_begin(&out, request->out);
    api_passkey_ask_json(&out, &party, &challenge, asking->passkeys, asking->count);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

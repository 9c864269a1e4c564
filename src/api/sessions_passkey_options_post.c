/* POST /v1/sessions/passkey/options — a challenge for signing in with a passkey. No account is
 * named: the browser offers those it has, and nobody learns which accounts exist. */
#include "api/api_factors.h"
#include "core/rng.h"

struct asking {
    struct sha256_hash challenge;
    struct webauthn_party party;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    const struct asking *asking = arg;

    (void)app;
    return passkey_challenge_put(tx, PASSKEY_TO_SIGN_IN, (struct person_id){0}, &asking->challenge);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct asking *asking = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    api_passkey_ask_json(&out, &asking->party, &asking->challenge, NULL, 0);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_sessions_passkey_options_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct asking *asking;

    struct api_sessions_passkey_options_post_in in;
    if (!api_sessions_passkey_options_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    asking = arena_alloc(request->arena, sizeof(*asking));
    rng_secure(asking->challenge.bytes, sizeof(asking->challenge.bytes));
    asking->party = api_party_of(request, app);
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.run = run, .answer = answer, .arg = asking});
}

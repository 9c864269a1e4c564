/* POST /v1/me/passkeys/options — what a browser needs to make a passkey (navigator.credentials
 * .create): a fresh challenge, who we are, and which passkeys are there already. */
#include "api/api_factors.h"

#include <string.h>

#include "core/rng.h"

struct asking {
    struct person_id person;
    struct sha256_hash challenge, handle;
    struct passkey passkeys[PASSKEYS_MAX];
    size_t count;
    struct webauthn_party party;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct asking *asking = arg;
    enum err err = passkeys_list(tx, NULL, asking->person, asking->passkeys, &asking->count);

    (void)app;
    return err == ERR_OK
               ? passkey_challenge_put(tx, PASSKEY_TO_ADD, asking->person, &asking->challenge)
               : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct asking *asking = arg;
    char account[ID_TEXT_MAX];
    struct json_out out;

    (void)app;
    id_format(ID_PERSON_PREFIX, asking->person.v, account);
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    api_base64url_json(&out, "challenge", asking->challenge.bytes, SHA256_BYTES);
    json_out_text(&out, "rp_id", asking->party.rp_id);
    json_out_text(&out, "rp_name", "Jinnang");
    api_base64url_json(&out, "user_handle", asking->handle.bytes, SHA256_BYTES);
    json_out_text(&out, "user_name", account);
    json_out_open_list(&out, "algorithms");
    json_out_i64(&out, NULL, WEBAUTHN_ES256);
    json_out_i64(&out, NULL, WEBAUTHN_EDDSA);
    json_out_i64(&out, NULL, WEBAUTHN_RS256);
    json_out_close_list(&out);
    json_out_open_list(&out, "exclude_ids");
    for (size_t i = 0; i < asking->count; i++) {
        api_base64url_json(&out, NULL, asking->passkeys[i].credential.id,
                           asking->passkeys[i].credential.id_length);
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_me_passkeys_options_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct asking *asking;

    struct api_me_passkeys_options_post_in in;
    if (!api_me_passkeys_options_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    asking = arena_alloc(request->arena, sizeof(*asking));
    asking->person = api_caller_of(request)->person;
    asking->party = api_party_of(request, app);
    passkey_user_handle(app->vault, asking->person, &asking->handle);
    rng_secure(asking->challenge.bytes, sizeof(asking->challenge.bytes));
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.run = run, .answer = answer, .arg = asking});
}

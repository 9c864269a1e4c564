/* POST /v1/me/passkeys — a passkey that the browser has just made: its answer is checked here, its
 * challenge taken and the key stored when another factor has confirmed it. */
#include "api/api_factors.h"

#include <string.h>

struct adding {
    struct api_stepup stepup;
    struct passkey_id id;
    struct store_text name;
    struct sha256_hash challenge;
    struct webauthn_credential credential;
    int64_t outbox_id;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct adding *adding = arg;
    const struct person_id person = adding->stepup.need.person;
    const struct factor_news news = {adding->outbox_id, person, FACTOR_PASSKEY};
    enum err err = api_stepup_check(tx, app, &adding->stepup);

    if (err == ERR_OK) {
        err = passkey_challenge_take(tx, PASSKEY_TO_ADD, person, &adding->challenge);
    }
    if (err == ERR_OK) {
        err = passkey_add(tx, app->vault,
                          &(struct passkey_new){.id = adding->id,
                                                .person = person,
                                                .name = adding->name,
                                                .credential = &adding->credential});
    }
    return err == ERR_OK ? factor_tell(tx, app->vault, &news, FACTOR_ADDED) : err;
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct adding *adding = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, body);
    json_out_open(&out, NULL);
    json_out_id(&out, "id", ID_PASSKEY_PREFIX, adding->id.v);
    json_out_close(&out);
    json_out_end(&out);
    return 201;
}

/* Everything about the answer but whether its challenge is ours, which `run` finds out. */
static enum err verify(struct http_request *request, struct api_app *app,
                       struct webauthn_bytes client_data, struct webauthn_bytes attestation,
                       struct adding *adding)
{
    const struct webauthn_party party = api_party_of(request, app);
    const struct webauthn_expected expected = {.party = &party,
                                               .challenge = {adding->challenge.bytes, SHA256_BYTES},
                                               .needs_verification = true};
    enum err err = webauthn_challenge_of(client_data, adding->challenge.bytes);

    return err == ERR_OK ? webauthn_verify_registration(&expected, client_data, attestation,
                                                        &adding->credential)
                         : err;
}

enum http_verdict api_me_passkeys_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_passkeys_post_in in;
    struct webauthn_bytes client_data, attestation;
    struct adding *adding;
    enum err err;

    if (!api_me_passkeys_post_decode(request, &in) ||
        !api_base64url(request, &in.body.client_data, "/client_data", &client_data) ||
        !api_base64url(request, &in.body.attestation, "/attestation", &attestation)) {
        return HTTP_ANSWERED;
    }
    adding = arena_alloc(request->arena, sizeof(*adding));
    if (!api_stepup_begin(request, app, STEPUP_CREDENTIAL, &adding->stepup)) {
        return HTTP_ANSWERED;
    }
    err = verify(request, app, client_data, attestation, adding);
    if (err != ERR_OK) {
        return api_answer_error(request, err, false);
    }
    adding->id.v = id_draw_one(app->ids);
    adding->outbox_id = id_draw_one(app->ids);
    adding->name = (struct store_text){in.body.name.data, (uint32_t)in.body.name.length};
    return api_write_once(
        request, app,
        &(struct api_write_spec){
            .stages = {.stepup = &adding->stepup}, .run = run, .encode = encode, .arg = adding});
}

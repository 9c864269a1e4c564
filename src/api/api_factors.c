/* api_factors.c — see api_factors.h. */
#include "api/api_factors.h"

#include <string.h>

#define TIMEOUT_MS 300000

void api_answer_factor(struct http_request *request, struct api_app *app, enum err verdict,
                       const struct factor_pause *pause)
{
    struct api_problem problem = {.err = verdict};

    if (verdict == ERR_FACTOR_PAUSED) {
        problem.retry_at_us = pause->until_us;
        problem.now_us = clock_now_us(app->clock);
    }
    if (verdict == ERR_PIN_WRONG || verdict == ERR_TOTP_WRONG || verdict == ERR_TOTP_USED ||
        verdict == ERR_RECOVERY_CODE_WRONG) {
        problem.has_tries_left = true;
        problem.tries_left = pause->left;
    }
    api_answer_problem(request, problem);
}

bool api_factor_paused_now(enum err verdict, const struct factor_pause *pause)
{
    return (verdict == ERR_PIN_WRONG || verdict == ERR_TOTP_WRONG || verdict == ERR_TOTP_USED ||
            verdict == ERR_RECOVERY_CODE_WRONG) &&
           pause->failed > 0 && pause->failed % FACTOR_TRIES == 0;
}

/* ---- passkeys ---- */

struct webauthn_party api_party_of(struct http_request *request, const struct api_app *app)
{
    const char **origins = arena_alloc_array(request->arena, 1, sizeof(*origins));
    const char *origin = app->origin;
    const char *host;

    if (origin == NULL) {
        origin =
            arena_printf(request->arena, "http%s://localhost:%u", request->is_secure ? "s" : "",
                         http_server_port(http_request_server(request)));
    }
    host = strstr(origin, "://");
    BUG_IF(host == NULL); /* checked at the start */
    host += 3;
    origins[0] = origin;
    return (struct webauthn_party){.rp_id =
                                       arena_strndup(request->arena, host, strcspn(host, ":/")),
                                   .origins = origins,
                                   .origin_count = 1};
}

bool api_base64url(struct http_request *request, const struct http_text *text, const char *field,
                   struct webauthn_bytes *ret)
{
    uint8_t *bytes = arena_alloc(request->arena, text->length + 1);
    size_t length;

    if (!base64url_decode(text->data, text->length, bytes, text->length, &length)) {
        api_answer_problem(request,
                           (struct api_problem){.err = ERR_FIELD_VALUE_INVALID, .field = field});
        return false;
    }
    *ret = (struct webauthn_bytes){bytes, length};
    return true;
}

void api_base64url_json(struct json_out *out, const char *key, const void *data, size_t length)
{
    char text[4 * ((WEBAUTHN_CREDENTIAL_ID_MAX + 2) / 3) + 1];

    BUG_IF(length > WEBAUTHN_CREDENTIAL_ID_MAX);
    base64url_encode(data, length, text);
    json_out_text(out, key, text);
}

bool api_assertion_of(struct http_request *request, const struct api_assertion_texts *texts,
                      struct api_assertion *ret)
{
    return api_base64url(request, texts->credential_id, "/credential_id", &ret->credential_id) &&
           api_base64url(request, texts->client_data, "/client_data",
                         &ret->assertion.client_data) &&
           api_base64url(request, texts->authenticator_data, "/authenticator_data",
                         &ret->assertion.auth_data) &&
           api_base64url(request, texts->signature, "/signature", &ret->assertion.signature);
}

/* A copy is told once, and counts no more. */
static enum err refuse_copy(struct store_tx *tx, struct api_app *app, const struct passkey *passkey,
                            int64_t outbox_id)
{
    const struct factor_news news = {outbox_id, passkey->person, FACTOR_PASSKEY};
    bool now = false;
    enum err err = passkey_mark_copied(tx, passkey->id, &now);

    return err == ERR_OK && now ? factor_tell(tx, app->vault, &news, FACTOR_COPIED) : err;
}

/* What a passkey's answer may be told; everything else is the store's or the vault's. */
static bool is_verdict(enum err err)
{
    return err == ERR_PASSKEY_UNKNOWN || err == ERR_PASSKEY_MALFORMED ||
           err == ERR_PASSKEY_ORIGIN_WRONG || err == ERR_PASSKEY_CHALLENGE_WRONG ||
           err == ERR_PASSKEY_SIGNATURE_WRONG || err == ERR_PASSKEY_UNVERIFIED;
}

enum err api_prove(struct store_tx *tx, struct api_app *app, const struct api_proof *proof,
                   enum err *ret_verdict, struct person_id *ret_person)
{
    const struct webauthn_expected expected = {
        .party = proof->party,
        .challenge = {proof->challenge.bytes, sizeof(proof->challenge.bytes)},
        .needs_verification = true};
    struct passkey passkey;
    struct webauthn_seen seen;
    enum err err = passkey_find(tx, proof->assertion->credential_id, &passkey);

    if (err == ERR_OK && proof->person.v != 0 && passkey.person.v != proof->person.v) {
        err = ERR_PASSKEY_UNKNOWN; /* another person's is answered like none */
    }
    if (err == ERR_OK) {
        err = webauthn_verify_assertion(&expected, &passkey.credential,
                                        &proof->assertion->assertion, &seen);
    }
    if (err == ERR_OK) {
        err = passkey_used(tx, passkey.id, &seen);
        if (err == ERR_PASSKEY_COUNTER_BACK) { /* this very answer was sent twice at once */
            err = ERR_PASSKEY_CHALLENGE_WRONG;
        }
    }
    if (err == ERR_PASSKEY_COUNTER_BACK) {
        *ret_verdict = err;
        return refuse_copy(tx, app, &passkey, proof->outbox_id);
    }
    if (err == ERR_OK) {
        *ret_person = passkey.person;
    } else if (!is_verdict(err)) {
        return err;
    }
    *ret_verdict = err;
    return ERR_OK;
}

void api_passkey_ask_json(struct json_out *out, const struct webauthn_party *party,
                          const struct sha256_hash *challenge, const struct passkey *passkeys,
                          size_t count)
{
    json_out_open(out, NULL);
    api_base64url_json(out, "challenge", challenge->bytes, sizeof(challenge->bytes));
    json_out_text(out, "rp_id", party->rp_id);
    json_out_i64(out, "timeout_ms", TIMEOUT_MS);
    json_out_text(out, "user_verification", "required");
    json_out_open_list(out, "credential_ids");
    for (size_t i = 0; i < count; i++) {
        if (passkeys[i].copied_at_us == 0) {
            api_base64url_json(out, NULL, passkeys[i].credential.id,
                               passkeys[i].credential.id_length);
        }
    }
    json_out_close_list(out);
    json_out_close(out);
}

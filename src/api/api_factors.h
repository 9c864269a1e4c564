/* api_factors.h — what the endpoints of factors share: how a wrong one is answered, who the
 * passkeys' party is, and texts of the body as bytes. */
#ifndef JN_API_API_FACTORS_H
#define JN_API_API_FACTORS_H

#include "api/api_app.h"
#include "api/api_stepup.h"
#include "identity/factor_news.h"
#include "identity/factors.h"
#include "identity/passkeys.h"

/* Answers a verdict about a factor: with tries_left when it was wrong, with retry_at in a pause. */
void api_answer_factor(struct http_request *request, struct api_app *app, enum err verdict,
                       const struct factor_pause *pause);
/* True if the guess that was just counted began a pause: the person is told. */
bool api_factor_paused_now(enum err verdict, const struct factor_pause *pause);

/* Who passkeys are for: app->origin, or http://localhost with our own port. Lives as long as the
 * request. */
struct webauthn_party api_party_of(struct http_request *request, const struct api_app *app);
/* base64url of the body. False: field_value_invalid was answered for `field`. */
JN_MUST_USE bool api_base64url(struct http_request *request, const struct http_text *text,
                               const char *field, struct webauthn_bytes *ret);
void api_base64url_json(struct json_out *out, const char *key, const void *data, size_t length);

struct api_assertion {
    struct webauthn_bytes credential_id;
    struct webauthn_assertion assertion;
};
/* The four texts that every answer of a passkey has. */
struct api_assertion_texts {
    const struct http_text *credential_id, *client_data, *authenticator_data, *signature;
};
JN_MUST_USE bool api_assertion_of(struct http_request *request,
                                  const struct api_assertion_texts *texts,
                                  struct api_assertion *ret);
/* Checks an answer against a challenge and lets it count: the passkey must be `person`'s (0: any;
 * *ret_person says whose). Returns ERR_OK or a store error, and must then be committed: a copied
 * passkey is marked and told. The verdict: ERR_OK or an ERR_PASSKEY_. */
struct api_proof {
    const struct webauthn_party *party;
    struct sha256_hash challenge;
    struct person_id person;
    const struct api_assertion *assertion;
    int64_t outbox_id; /* drawn */
};
JN_MUST_USE enum err api_prove(struct store_tx *tx, struct api_app *app,
                               const struct api_proof *proof, enum err *ret_verdict,
                               struct person_id *ret_person);
/* {challenge, rp_id, timeout_ms, user_verification, credentials} */
void api_passkey_ask_json(struct json_out *out, const struct webauthn_party *party,
                          const struct sha256_hash *challenge, const struct passkey *passkeys,
                          size_t count);

#endif

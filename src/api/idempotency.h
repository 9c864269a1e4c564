/* idempotency.h — the Idempotency-Key of a POST: the same key and request get the same answer for
 * ever; the same key with another request is an error that names what differs.
 *
 * The key is claimed, the work done, and the answer kept in one transaction, so a key is burnt
 * exactly when its work was committed: not by a request that failed validation, nor by 429 or 503.
 * On PostgreSQL a racing claim waits in the unique index until the first has committed, then
 * replays. Keys belong to the API key that used them; nobody else's key is ever looked at.
 *
 * An answer is kept as it is, deflated where that is shorter, or sealed: for an API key, where it
 * shows a secret, under a key made from the caller's own credential, which is not stored, so that
 * only the caller can have it again; for a person always, in the vault, so that they have it again
 * from whatever device, and nobody once they are erased. A person's request is known by a keyed
 * hash: a PIN has so few values that whoever had a plain hash could find it.
 *
 * Non-goals: expiry (keys for money never expire), answers that are not JSON. */
#ifndef JN_API_IDEMPOTENCY_H
#define JN_API_IDEMPOTENCY_H

#include "core/arena.h"
#include "core/base.h"
#include "core/err.h"
#include "core/sha256.h"
#include "store/store.h"

struct vault; /* identity/vault.h */

#define IDEMPOTENCY_KEY_MIN     8
#define IDEMPOTENCY_KEY_MAX     64
#define IDEMPOTENCY_NONCE_BYTES 24

struct idempotency {
    int64_t owner; /* id of the API key */
    char key[IDEMPOTENCY_KEY_MAX + 1];
    const char *method;
    struct sha256_hash path_hash, body_hash; /* the path with its query; the body as sent */
    struct vault *vault;                     /* NULL: not a person's */
    bool is_sealed;
    struct sha256_hash seal_key;                 /* with is_sealed */
    uint8_t seal_nonce[IDEMPOTENCY_NONCE_BYTES]; /* with is_sealed; drawn by idempotency_seal */
};

/* ERR_IDEMPOTENCY_KEY_INVALID: 8 to 64 of letters, digits, hyphen, underscore, dot, colon. *ret is
 * filled but for the seal. `path` with its query as sent. */
JN_MUST_USE enum err idempotency_init(struct idempotency *ret, int64_t owner, const char *key,
                                      size_t key_length, const char *method);
void idempotency_set_request(struct idempotency *idempotency, const char *path, size_t path_length,
                             const void *body, size_t body_length);
/* The answer shows a secret: keep it sealed under `credential` (any length, not stored). */
void idempotency_seal(struct idempotency *idempotency, const void *credential, size_t length);
/* The owner is a person, who has a key in the vault. Before idempotency_set_request(). */
void idempotency_of_person(struct idempotency *idempotency, struct vault *vault);
void idempotency_done(struct idempotency *idempotency); /* wipes */

struct idempotency_answer {
    int status; /* 0: the key was free and is ours now; do the work, then idempotency_keep() */
    const char *body;
    size_t length;
    const char *differs; /* with ERR_IDEMPOTENCY_KEY_REUSED: "method", "path" or "body" */
};
/* In the transaction that does the work, first. A kept answer is put into the arena.
 * ERR_IDEMPOTENCY_KEY_REUSED; ERR_INTERNAL when a kept answer cannot be read;
 * errors of the vault. */
JN_MUST_USE enum err idempotency_claim(struct store_tx *tx, const struct idempotency *idempotency,
                                       int64_t now_us, struct arena *arena,
                                       struct idempotency_answer *ret);
/* In the transaction of a claim, instead of keeping an answer: the key is free again, because
 * nothing was done yet. */
JN_MUST_USE enum err idempotency_release(struct store_tx *tx,
                                         const struct idempotency *idempotency);
/* Last in the same transaction: keeps the answer. */
JN_MUST_USE enum err idempotency_keep(struct store_tx *tx, const struct idempotency *idempotency,
                                      int status, const void *body, size_t length);

#endif

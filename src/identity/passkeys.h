/* passkeys.h — passkeys of a person, and the challenges that they answer.
 *
 * A challenge is 256 random bits, a row, and answered once: taking it deletes it. What confirms an
 * operation has a challenge of its own, derived from the operation (stepup.h), and no row here.
 *
 * A counter that goes back marks the passkey as copied: it counts no more, and the person is told.
 * Counters grow in one statement, so that of two answers with one count only one counts.
 *
 * The user handle that authenticators store is a keyed hash of the person's id: it tells nothing.
 *
 * Threads: everything runs inside the caller's transaction. */
#ifndef JN_IDENTITY_PASSKEYS_H
#define JN_IDENTITY_PASSKEYS_H

#include "core/arena.h"
#include "core/ids.h"
#include "identity/factors.h"
#include "identity/vault.h"
#include "identity/webauthn.h"
#include "store/store.h"

#define PASSKEYS_MAX              20 /* of one person */
#define PASSKEY_CHALLENGE_LIFE_US (INT64_C(5) * 60 * 1000000)

struct passkey {
    struct passkey_id id;
    struct person_id person;
    struct webauthn_credential credential;
    char name[FACTOR_NAME_BYTES + 1]; /* of passkeys_list() only */
    int64_t created_at_us;
    int64_t last_used_at_us; /* 0: never */
    int64_t copied_at_us;    /* its counter went back; 0: not */
};

void passkey_user_handle(const struct vault *vault, struct person_id person,
                         struct sha256_hash *ret);

/* ---- challenges ---- */

enum passkey_challenge_kind { PASSKEY_TO_ADD = 1, PASSKEY_TO_SIGN_IN = 2 };
/* Stores a challenge that was drawn; forgets those that nobody answered. */
JN_MUST_USE enum err passkey_challenge_put(struct store_tx *tx, enum passkey_challenge_kind kind,
                                           struct person_id person,
                                           const struct sha256_hash *challenge);
/* ERR_PASSKEY_CHALLENGE_WRONG: never asked, of somebody else, too old, or answered already. */
JN_MUST_USE enum err passkey_challenge_take(struct store_tx *tx, enum passkey_challenge_kind kind,
                                            struct person_id person,
                                            const struct sha256_hash *challenge);

/* ---- passkeys ---- */

struct passkey_new {
    struct passkey_id id;
    struct person_id person;
    struct store_text name;
    const struct webauthn_credential *credential;
};
/* ERR_FACTOR_LIMIT, ERR_PASSKEY_EXISTS (also when another person has it). */
JN_MUST_USE enum err passkey_add(struct store_tx *tx, struct vault *vault,
                                 const struct passkey_new *new);
/* By the id of its credential. ERR_PASSKEY_UNKNOWN: also one that was copied. */
JN_MUST_USE enum err passkey_find(struct store_tx *tx, struct webauthn_bytes credential_id,
                                  struct passkey *ret);
/* After a verified answer. ERR_PASSKEY_COUNTER_BACK when another answer with this count was first:
 * nothing was changed. */
JN_MUST_USE enum err passkey_used(struct store_tx *tx, struct passkey_id id,
                                  const struct webauthn_seen *seen);
/* It counts no more. *ret_now: it did until now. */
JN_MUST_USE enum err passkey_mark_copied(struct store_tx *tx, struct passkey_id id, bool *ret_now);
/* ERR_FACTOR_NOT_FOUND. */
JN_MUST_USE enum err passkey_remove(struct store_tx *tx, struct person_id person,
                                    struct passkey_id id);
/* Oldest first; ret holds PASSKEYS_MAX. vault NULL: without names. */
JN_MUST_USE enum err passkeys_list(struct store_tx *tx, struct vault *vault,
                                   struct person_id person, struct passkey *ret, size_t *ret_count);

#endif

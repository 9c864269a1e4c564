/* pins.h — the payment PIN: six digits, stored as argon2id over a peppered hash.
 *
 * The pepper is a key of the vault (vault_mac), so that the database alone does not let anybody try
 * a million PINs; argon2id keeps it slow for whoever has both. Checking has three steps, because
 * argon2id must run neither on a lane nor on an I/O thread:
 *
 *   pin_begin         in a transaction: counts the guess, gives the stored hash
 *   password_matches  on the hash pool
 *   pin_end           in a transaction: what came out
 *
 * Threads: pin_pepper anywhere, the rest inside the caller's transaction. */
#ifndef JN_IDENTITY_PINS_H
#define JN_IDENTITY_PINS_H

#include "core/base.h"
#include "core/err.h"
#include "core/ids.h"
#include "core/sha256.h"
#include "identity/factors.h"
#include "identity/password.h"
#include "identity/pin_rules.h"
#include "identity/vault.h"
#include "store/store.h"

struct pin_info {
    int64_t created_at_us, changed_at_us; /* 0: there is no PIN */
    int64_t last_used_at_us;              /* 0: never */
};

/* What is hashed, by password_hash() and password_matches() on the pool: the peppered PIN. The
 * caller wipes it. */
void pin_pepper(const struct vault *vault, struct person_id person, const char *pin,
                struct sha256_hash *ret);

/* Stores a PIN whose rules were checked; clears the count of guesses. */
JN_MUST_USE enum err pin_set(struct store_tx *tx, struct person_id person,
                             const struct password_hash *hash);
JN_MUST_USE enum err pin_get(struct store_tx *tx, struct person_id person, struct pin_info *ret);
/* Counts a guess. ERR_FACTOR_NOT_ENROLLED, ERR_FACTOR_PAUSED, ERR_FACTOR_LOCKED (*ret_pause is
 * filled with the latter two). */
JN_MUST_USE enum err pin_begin(struct store_tx *tx, struct person_id person,
                               struct password_hash *ret_hash, struct factor_pause *ret_pause);
/* After password_matches said yes to `hash`. ERR_PIN_WRONG when the PIN was changed meanwhile. */
JN_MUST_USE enum err pin_end(struct store_tx *tx, struct person_id person,
                             const struct password_hash *hash);

#endif

/* totps.h — authenticator apps of a person: secrets in the vault, each step once.
 *
 * An app is added in two steps: the secret is shown (it does not count yet), and the first right
 * code puts it in use. Codes are guesses like any other (factors.h). The step that counted is
 * stored and only grows, in one statement: a code that two requests send at once counts for one of
 * them.
 *
 * Threads: everything runs inside the caller's transaction. */
#ifndef JN_IDENTITY_TOTPS_H
#define JN_IDENTITY_TOTPS_H

#include "core/arena.h"
#include "core/ids.h"
#include "identity/factors.h"
#include "identity/totp.h"
#include "identity/vault.h"
#include "store/store.h"

#define TOTPS_MAX 5 /* of one person */

enum totp_state { TOTP_SHOWN = 1, TOTP_IN_USE = 2 };

struct totp_info {
    struct totp_id id;
    enum totp_state state;
    char name[FACTOR_NAME_BYTES + 1];
    int64_t created_at_us;
    int64_t last_used_at_us; /* 0: never */
};

struct totp_new {
    struct totp_id id;
    struct person_id person;
    struct store_text name;
    const struct totp_secret *secret;
};
/* Stores a secret that was shown; others that never came to use are forgotten. ERR_FACTOR_LIMIT. */
JN_MUST_USE enum err totp_show(struct store_tx *tx, struct vault *vault,
                               const struct totp_new *new);
/* The first code: the app is in use. ERR_FACTOR_NOT_FOUND, ERR_TOTP_WRONG, ERR_TOTP_USED. No guess
 * is counted: whoever sees the secret needs none. */
JN_MUST_USE enum err totp_confirm(struct store_tx *tx, struct vault *vault, struct person_id person,
                                  struct totp_id id, const char *code);
/* Counts a guess and checks it against every app in use. Returns ERR_OK or a store error, and must
 * then be committed; *ret_verdict: ERR_OK, ERR_TOTP_WRONG, ERR_TOTP_USED, ERR_FACTOR_NOT_ENROLLED,
 * ERR_FACTOR_PAUSED, ERR_FACTOR_LOCKED. */
JN_MUST_USE enum err totp_use(struct store_tx *tx, struct vault *vault, struct person_id person,
                              const char *code, enum err *ret_verdict,
                              struct factor_pause *ret_pause);
/* ERR_FACTOR_NOT_FOUND. */
JN_MUST_USE enum err totp_remove(struct store_tx *tx, struct person_id person, struct totp_id id);
/* Oldest first; ret holds TOTPS_MAX. */
JN_MUST_USE enum err totps_list(struct store_tx *tx, struct vault *vault, struct person_id person,
                                struct totp_info *ret, size_t *ret_count);

#endif

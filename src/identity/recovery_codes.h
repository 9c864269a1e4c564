/* recovery_codes.h — ten codes for the day when the phone is gone: shown once, each good once.
 *
 * Stored is a keyed hash of each (vault_mac). New codes end the old ones. A code is a guess like
 * any other (factors.h).
 *
 * Threads: everything runs inside the caller's transaction. */
#ifndef JN_IDENTITY_RECOVERY_CODES_H
#define JN_IDENTITY_RECOVERY_CODES_H

#include "core/ids.h"
#include "identity/factors.h"
#include "identity/recovery_code_text.h"
#include "identity/vault.h"
#include "store/store.h"

struct recovery_codes_info {
    uint32_t left;
    int64_t created_at_us;   /* 0: there are none */
    int64_t last_used_at_us; /* 0: never */
};

/* Puts RECOVERY_CODE_COUNT codes, drawn before, in the place of those of before. */
JN_MUST_USE enum err recovery_codes_put(struct store_tx *tx, const struct vault *vault,
                                        struct person_id person, const struct recovery_code *codes);
/* Counts a guess and uses the code up. Returns ERR_OK or a store error, and must then be committed;
 * *ret_verdict: ERR_OK, ERR_RECOVERY_CODE_WRONG, ERR_FACTOR_NOT_ENROLLED, ERR_FACTOR_PAUSED,
 * ERR_FACTOR_LOCKED. `text` as typed. */
JN_MUST_USE enum err recovery_code_use(struct store_tx *tx, const struct vault *vault,
                                       struct person_id person, struct store_text text,
                                       enum err *ret_verdict, struct factor_pause *ret_pause);
JN_MUST_USE enum err recovery_codes_get(struct store_tx *tx, struct person_id person,
                                        struct recovery_codes_info *ret);

#endif

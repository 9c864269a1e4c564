/* attempts.h — how often something was tried: the strict counters behind pauses and caps.
 *
 * A counter belongs to a kind and a subject (a keyed hash: of a person's id, a contact, an
 * address). An attempt is counted before it is made, in one statement, so that any number of
 * parallel ones in any number of processes cannot exceed the limit. Success may clear the counter.
 *
 * Non-goals: rates of requests (http), what follows from a full counter (the caller's). */
#ifndef JN_IDENTITY_ATTEMPTS_H
#define JN_IDENTITY_ATTEMPTS_H

#include "core/base.h"
#include "core/err.h"
#include "core/sha256.h"
#include "store/store.h"

/* Numbers are in the database. */
enum attempt_kind {
    ATTEMPT_SIGN_IN_PERSON = 1,
    ATTEMPT_SIGN_IN_ADDRESS = 2,
    ATTEMPT_CODE_CONTACT_HOUR = 3,
    ATTEMPT_CODE_CONTACT_DAY = 4,
    ATTEMPT_CODE_ADDRESS_HOUR = 5,
    ATTEMPT_SIGN_UP_ADDRESS = 6,
    ATTEMPT_RECOVERY_ADDRESS = 7,
    ATTEMPT_FACTOR_PERSON = 8,
};

struct attempt_rule {
    enum attempt_kind kind;
    int64_t window_us;  /* the count begins anew so long after its first */
    int64_t free_count; /* so many without a pause */
    int64_t count_max;  /* more in one window are refused; 0: no such limit */
    int64_t pause_us;   /* after each one beyond the free ones, times how many that are */
    int64_t pause_max_us;
};
/* Counts one. ERR_OK: it may be made, *ret_count (may be NULL) is how many there are in the window
 * with it. ERR_TOO_MANY_ATTEMPTS: it may not, nothing was counted; *ret_until_us (may be NULL) is
 * when to come back. The caller must return that error, or undo the savepoint in another way. */
JN_MUST_USE enum err attempt_count(struct store_tx *tx, const struct attempt_rule *rule,
                                   const struct sha256_hash *subject, int64_t *ret_count,
                                   int64_t *ret_until_us);
/* Forgets what was counted. */
JN_MUST_USE enum err attempt_clear(struct store_tx *tx, enum attempt_kind kind,
                                   const struct sha256_hash *subject);
/* Removes at most count_max counters that were last touched before before_us. */
JN_MUST_USE enum err attempts_prune(struct store_tx *tx, int64_t before_us, int64_t count_max,
                                    int64_t *ret_count);

#endif

/* lock_tell.h — tells a person about a lock of theirs, in the transaction that changed it. */
#ifndef JN_IDENTITY_LOCK_TELL_H
#define JN_IDENTITY_LOCK_TELL_H

#include "identity/locks.h"
#include "identity/vault.h"

struct lock_news {
    const char *topic;   /* "account_locked", "account_unlocked", "lock_contested" (with at_name
                          * "by"),   "lock_contest_answered" */
    int64_t outbox_id;   /* drawn before the transaction */
    const char *at_name; /* parameter that carries at_us; NULL: "at", the transaction's time */
    int64_t at_us;
};
/* Each topic once per lock. Vault and store errors. */
JN_MUST_USE enum err lock_tell(struct store_tx *tx, struct vault *vault, const struct lock *lock,
                               const struct lock_news *news);

#endif

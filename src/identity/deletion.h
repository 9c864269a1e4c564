/* deletion.h — how an account ends, and how a person is erased.
 *
 * The person asks; for some days they may change their mind. When it is due, everything of theirs
 * goes but what the law keeps; when that time is over, and at once if nothing is kept, the data key
 * is destroyed, so that what is still sealed anywhere opens no more. Ledger, receipts and proofs
 * hold no personal data and stay as they are.
 *
 * Non-goals: what stands against an end (money left, locks): main and api look, and postpone; the
 * words for people (privacy.h).
 * Invariants: each step happens once, in one transaction; a person who was closed cannot come back.
 * Threads: everything runs inside the caller's transaction. */
#ifndef JN_IDENTITY_DELETION_H
#define JN_IDENTITY_DELETION_H

#include "core/base.h"
#include "core/err.h"
#include "core/ids.h"
#include "identity/vault.h"
#include "store/store.h"

struct deletion {
    int64_t requested_at_us; /* 0: the account is not ending */
    int64_t due_at_us;       /* of the next step */
    int64_t closed_at_us;    /* 0: the person may still change their mind */
    int64_t keep_until_us;   /* with closed_at_us: what the law keeps goes then */
    int64_t erased_at_us;    /* 0: the data key is there */
};
JN_MUST_USE enum err deletion_get(struct store_tx *tx, struct person_id person,
                                  struct deletion *ret);

struct deletion_ask {
    struct person_id person;
    int64_t outbox_id;  /* drawn by the caller: the notice to every contact */
    int64_t cooling_us; /* how long the person may change their mind */
};
/* Asking again changes nothing. ERR_PERSON_NOT_FOUND. */
JN_MUST_USE enum err deletion_request(struct store_tx *tx, struct vault *vault,
                                      const struct deletion_ask *ask, struct deletion *ret);
/* ERR_DELETION_NOT_FOUND: nothing is under way, or it is too late. */
JN_MUST_USE enum err deletion_cancel(struct store_tx *tx, struct vault *vault,
                                     struct person_id person, int64_t outbox_id);

/* How long who somebody was is kept after the end, if it was ever confirmed. */
#define DELETION_IDENTITY_DAYS 3653
#define DELETION_IDENTITY_US   (DELETION_IDENTITY_DAYS * INT64_C(86400000000))

/* ---- the worker's steps ---- */

#define DELETIONS_AT_ONCE 50
struct deletion_due {
    struct person_id person;
    bool is_closed; /* what is due is the erasing */
};
JN_MUST_USE enum err deletions_due(struct store_tx *tx, int64_t now_us, struct deletion_due *ret,
                                   size_t *ret_count);
/* Something stands against it: look again at until_us. */
JN_MUST_USE enum err deletion_postpone(struct store_tx *tx, struct person_id person,
                                       int64_t until_us);
/* Everything goes but what is kept until keep_until_us (0: nothing is kept, the key goes too). */
JN_MUST_USE enum err deletion_close(struct store_tx *tx, struct vault *vault,
                                    struct person_id person, int64_t keep_until_us);
/* What was kept goes: the data key is destroyed. vault_forget() after the commit. */
JN_MUST_USE enum err deletion_erase(struct store_tx *tx, struct vault *vault,
                                    struct person_id person);

#endif

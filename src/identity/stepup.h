/* stepup.h — asking for more: an operation states what it is about to do, and is told to go on, or
 * that a confirmation is needed, by which factors, until when.
 *
 * A CONFIRMATION belongs to one person, session, action, amount, payee and request (a hash over
 * method, path and body). Factors are given to it one by one; when a WAY (a set of factors that the
 * pack accepts) is complete, the same request, repeated with the confirmation's id, consumes it in
 * the transaction of the operation: once, whatever races. It lives for five minutes.
 *
 * What is needed is not decided here: a callback answers from the jurisdiction pack, given what was
 * confirmed today by how well and whether the person turned quick pay on (small payments without a
 * factor). Both are counted here, in the operation's transaction, so that limits hold for parallel
 * operations too.
 *
 * Signing in a moment ago counts for actions that move no money: methods shown less than
 * STEPUP_FRESH_US ago are given from the start.
 *
 * The challenge of a passkey is a hash over the confirmation with everything it is for and 256
 * random bits: the signature is one over payee, amount and expiry.
 *
 * Non-goals: checking factors (pins.h, totps.h, passkeys.h, codes.h), HTTP (api/api_stepup.h).
 * Invariants: a consumed confirmation was complete, unexpired, and of this very request; consuming
 * and counting happen in one transaction with the operation.
 * Threads: everything runs inside the caller's transaction. */
#ifndef JN_IDENTITY_STEPUP_H
#define JN_IDENTITY_STEPUP_H

#include "core/arena.h"
#include "core/ids.h"
#include "core/money.h"
#include "core/sha256.h"
#include "identity/factors.h"
#include "identity/sessions.h"
#include "identity/vault.h"
#include "store/store.h"

#define STEPUP_LIFE_US      (INT64_C(5) * 60 * 1000000)
#define STEPUP_FRESH_US     (INT64_C(10) * 60 * 1000000)
#define STEPUP_WAYS_MAX     6
#define STEPUP_STRENGTH_MAX 4
#define STEPUP_PAYEE_MAX    128 /* bytes of a name as it is shown */

/* The numbers are those of the pack's actions (policy/pack.h) and of the database. */
enum stepup_action {
    STEPUP_PAYMENT = 1,
    STEPUP_TRANSFER = 2,
    STEPUP_WITHDRAWAL = 3,
    STEPUP_TOP_UP = 4,
    STEPUP_CARD_BIND = 5,
    STEPUP_CARD_UNBIND = 6,
    STEPUP_LIMITS_RAISE = 7,
    STEPUP_QUICK_PAY = 8,
    STEPUP_CREDENTIAL = 9,
    STEPUP_CONTACT = 10,
    STEPUP_EXPORT = 11,
    STEPUP_CLOSE = 12,
    STEPUP_UNFREEZE = 13,
};
#define STEPUP_ACTION_MAX 13

/* ---- what the pack says ---- */

struct stepup_use {
    enum stepup_action action;
    struct money amount; /* minor 0 where no money moves */
    /* Confirmed today already, by strength, without this one. */
    int64_t day_minor[STEPUP_STRENGTH_MAX + 1];
    bool quick_pay_on; /* and this payment is within the person's own limits */
};
struct stepup_demand {
    bool is_free;
    uint8_t strength; /* 1..STEPUP_STRENGTH_MAX: what it counts for */
    size_t way_count;
    uint32_t ways[STEPUP_WAYS_MAX]; /* FACTOR_BIT sets; any of them will do */
};
/* Pure and re-runnable. Errors end the operation. */
typedef enum err (*stepup_demand_fn)(const void *arg, const struct stepup_use *use,
                                     struct stepup_demand *ret);
struct stepup_policy {
    stepup_demand_fn demand;
    const void *arg;
    int32_t utc_offset_s; /* of the days that limits are counted by */
};

/* ---- an operation ---- */

struct stepup_need {
    struct person_id person;
    const struct session *session;
    enum stepup_action action;
    struct money amount; /* currency NONE where no money moves */
    int64_t payee_id;    /* 0: none */
    const char *payee;   /* masked as it is shown, at most STEPUP_PAYEE_MAX bytes; NULL: none */
    struct sha256_hash request_hash;
    struct confirmation_id given; /* what the request brought; 0: nothing */
    /* Drawn before the transaction, for a confirmation that may have to be made. */
    struct confirmation_id fresh;
    struct sha256_hash nonce;
};

struct confirmation {
    struct confirmation_id id;
    struct person_id person;
    struct session_id session;
    enum stepup_action action;
    struct money amount;
    int64_t payee_id;
    char payee[STEPUP_PAYEE_MAX + 1]; /* "" without a vault to open it, or none */
    struct sha256_hash request_hash, nonce;
    size_t way_count;
    uint32_t ways[STEPUP_WAYS_MAX];
    uint32_t given; /* FACTOR_BIT of those that were right */
    uint8_t strength;
    int64_t created_at_us, expires_at_us;
    int64_t consumed_at_us; /* 0: not */
};

/* ERR_OK: go on, in this transaction; what had to be consumed and counted was.
 * ERR_CONFIRMATION_REQUIRED: *ret is the confirmation that is open now, made just now or brought
 * and not complete yet. Nothing else was written: the transaction must be committed without the
 * operation.
 * ERR_CONFIRMATION_NOT_FOUND, _EXPIRED, _USED, _MISMATCH: what was brought does not count.
 * Errors of the policy, the vault and the store. */
JN_MUST_USE enum err stepup_check(struct store_tx *tx, struct vault *vault,
                                  const struct stepup_policy *policy,
                                  const struct stepup_need *need, struct confirmation *ret);

/* ---- giving factors ---- */

/* Whose and which: another person's is not found; another session's is not this one's to use. */
struct confirmation_key {
    struct person_id person;
    struct session_id session;
    struct confirmation_id id;
};
/* For whoever shows it. ERR_CONFIRMATION_NOT_FOUND, ERR_CONFIRMATION_MISMATCH (session). */
JN_MUST_USE enum err confirmation_get(struct store_tx *tx, struct vault *vault,
                                      const struct confirmation_key *key, struct confirmation *ret);
/* Before a factor is checked. Also ERR_CONFIRMATION_EXPIRED, ERR_CONFIRMATION_USED,
 * ERR_FACTOR_NOT_ACCEPTED (no way holds it). A factor that was given already is fine. */
JN_MUST_USE enum err confirmation_open(struct store_tx *tx, struct vault *vault,
                                       const struct confirmation_key *key, enum factor factor,
                                       struct confirmation *ret);
/* The factor was right; *confirmation is brought up to date. ERR_CONFIRMATION_EXPIRED when it ended
 * meanwhile. ERR_PASSKEY_CHALLENGE_WRONG for a passkey that had been given: each answer counts
 * once.
 */
JN_MUST_USE enum err confirmation_give(struct store_tx *tx, struct confirmation *confirmation,
                                       enum factor factor);

bool confirmation_is_complete(const struct confirmation *confirmation);
/* FACTOR_BITs that would help: of ways that `held` can complete, without those given. 0 when it is
 * complete, or when no way can be completed. */
uint32_t confirmation_helpful(const struct confirmation *confirmation, uint32_t held);
/* FACTOR_BITs to set up first: of the way that lacks the fewest. 0 when some way can be completed.
 */
uint32_t confirmation_missing(const struct confirmation *confirmation, uint32_t held);
/* What a passkey must sign. The payee must have been opened. */
void confirmation_challenge(const struct confirmation *confirmation, struct sha256_hash *ret);

/* ---- quick pay ---- */

struct quick_pay {
    bool is_on;
    enum currency currency;
    int64_t each_max_minor, day_max_minor;
    int64_t used_today_minor;
    int64_t changed_at_us;
};
JN_MUST_USE enum err quick_pay_get(struct store_tx *tx, const struct stepup_policy *policy,
                                   struct person_id person, struct quick_pay *ret);
/* Limits that the caller has checked against the pack's. */
JN_MUST_USE enum err quick_pay_turn_on(struct store_tx *tx, struct person_id person,
                                       const struct quick_pay *limits);
JN_MUST_USE enum err quick_pay_turn_off(struct store_tx *tx, struct person_id person);

#endif

/* sim_model.h — the naive reference model that the simulation compares the ledger with.
 *
 * Purpose: a second opinion. It is written from docs/ledger-results.md and the contracts in
 * ledger.h alone, as plain arrays searched from one end to the other, and shares no code with
 * src/ledger (only its public types). Slow on purpose: whatever could be clever is not.
 *
 * Non-goals: hashes, the log, storage, speed. Ids of expiry transfers are not predicted, because
 * the engine draws them: the caller says which id resolved which hold. */
#ifndef JN_MAIN_SIM_MODEL_H
#define JN_MAIN_SIM_MODEL_H

#include "core/base.h"
#include "core/err.h"
#include "ledger/ledger.h"

/* One side of a transfer as it stood afterwards. */
struct sim_side {
    int64_t seq;
    int64_t prev_transfer;
    int64_t posted_minor; /* credits - debits */
    int64_t held_debits_minor, held_credits_minor;
};

struct sim_account {
    struct ledger_account_spec spec;
    int64_t created_at_us;
    int64_t debits_posted, credits_posted, debits_pending, credits_pending;
    int64_t seq;
    int64_t last_transfer;
    bool closed;
};

struct sim_transfer {
    struct ledger_transfer t; /* accounts, amount and currency as resolved, not as asked */
    int64_t created_at_us, expires_at_us;
    struct sim_side debit, credit;
    enum ledger_hold_state state; /* of a hold */
    int64_t resolved_by, captured_minor;
};

struct sim_failure {
    struct ledger_transfer asked;
    enum err code;
};

struct sim_model {
    struct sim_account *accounts;
    size_t account_count;
    struct sim_transfer *transfers; /* in the order they happened */
    size_t transfer_count;
    struct sim_failure *failures;
    size_t failure_count;
};

struct sim_model *sim_model_create(void);
void sim_model_free(struct sim_model *model); /* NULL is fine */

enum err sim_model_open(struct sim_model *model, const struct ledger_account_spec *spec,
                        int64_t now_us);
/* ret_replayed may be NULL. */
void sim_model_post(struct sim_model *model, const struct ledger_transfer *batch, size_t count,
                    int64_t now_us, enum err *ret_codes, bool *ret_replayed);
/* The hold that would expire next at now_us: earliest expiry, then lowest id. NULL: none is due. */
const struct sim_transfer *sim_model_next_due(const struct sim_model *model, int64_t now_us);
/* Expires a due hold by the transfer `by` that the engine drew. */
void sim_model_expire(struct sim_model *model, int64_t hold_id, int64_t by, int64_t now_us);

const struct sim_account *sim_model_account(const struct sim_model *model, int64_t id);
const struct sim_transfer *sim_model_transfer(const struct sim_model *model, int64_t id);
/* The account's side of one of its own transfers. */
const struct sim_side *sim_model_side(const struct sim_transfer *transfer, int64_t account_id);
/* Replays amounts from the first transfer; prev_transfer is the last one counted. False when the
 * account was not open yet. */
JN_MUST_USE bool sim_model_balance_at(const struct sim_model *model, int64_t account_id,
                                      int64_t at_us, struct sim_side *ret);

#endif

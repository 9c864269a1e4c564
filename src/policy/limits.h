/* limits.h — how much of each limit was used, and check-and-use in one transaction.
 *
 * Purpose: before money moves, limits_use() looks at the person's level, at what was used in the
 * running day, month, year and ever, and at the lower limits that the person set, and counts the
 * operation in, all in the caller's transaction; the same transaction moves the money. A refusal
 * names the limit, what is left, when it renews, and whether a higher level would help.
 * limits_release() gives back what a void or refund undid.
 *
 * What is counted is kept by person, currency and operation in one row with its four periods (table
 * limit_counters), so that an operation costs one look and one write. A row says which day, month
 * and year it speaks of; older ones count as nothing. How strongly operations were confirmed
 * (pack.h) is counted by day in the same way.
 *
 * Non-goals: which level a person has (identity), moving money (pay).
 * Invariants: used never exceeds a limit that held when it was used, under any interleaving: on
 * PostgreSQL the person's row 0 is locked first. Amounts are in the pack's currency.
 * Threads: everything runs inside the caller's transaction, or is pure. */
#ifndef JN_POLICY_LIMITS_H
#define JN_POLICY_LIMITS_H

#include "policy/period.h"
#include "store/store.h"

/* Of one period of one operation. */
struct limit_count {
    int64_t start_us; /* of the period that is spoken of; of a lifetime 0 */
    int64_t minor, count;
};
#define LIMIT_ROWS_MAX (POLICY_OPERATION_MAX + POLICY_STRENGTH_MAX)
/* One row of limit_counters. */
struct limit_counter {
    struct limit_count by_period[POLICY_PERIOD_MAX + 1]; /* POLICY_EACH is not used */
};
/* A person's, by operation. Zeroed: nothing was used. */
struct limit_counters {
    struct limit_counter by_operation[POLICY_OPERATION_MAX + 1];
    struct limit_counter by_strength[POLICY_STRENGTH_MAX + 1];
};

/* A lower limit that the person set, for one operation. */
struct own_limit {
    bool is_set;
    int64_t minor;
    int64_t next_minor;   /* what it becomes; -1: no limit of one's own any more */
    int64_t next_from_us; /* when; 0: nothing is to change */
};
/* By operation and period; only POLICY_EACH and POLICY_DAY are used. */
struct own_limits {
    struct own_limit at[POLICY_OPERATION_MAX + 1][POLICY_DAY + 1];
};
/* What holds at that moment; false: none. */
JN_MUST_USE bool own_limit_at(const struct own_limit *own, int64_t at_us, int64_t *ret_minor);

struct limit_request {
    int64_t person_id;
    uint32_t level; /* 1-based, of the pack; 0: not verified */
    enum policy_operation operation;
    struct money amount;         /* minor > 0 */
    int64_t balance_after_minor; /* of the wallet that money comes into; 0: none does */
    int strength;                /* enum policy_strength that it was confirmed with */
    int64_t at_us;
};

/* ERR_OK, or which limit forbids it and what the person can do. Nothing was used then:
 *   ERR_CURRENCY_UNSUPPORTED          the pack has another currency
 *   ERR_IDENTITY_NOT_VERIFIED         level 0
 *   ERR_LEVEL_OPERATION_NOT_OFFERED   not at this level
 *   ERR_LIMIT_EACH_EXCEEDED, _DAY_, _MONTH_, _YEAR_, _LIFETIME_, _COUNT_, _BALANCE_
 *   ERR_OWN_LIMIT_EXCEEDED            the person's own */
struct limit_verdict {
    enum err err;
    const char *code; /* of the pack's limit; "own_each", "own_day", "balance"; NULL: none */
    int period;       /* enum policy_period; 0: none */
    int64_t limit_minor, used_minor, left_minor;
    int64_t renews_at_us;    /* 0: never */
    uint32_t level_needed;   /* the lowest level whose limits would allow it now; 0: none */
    uint32_t operation_bits; /* what counts together */
};

/* Pure: whether the request is within every limit. */
void limits_evaluate(const struct pack *pack, const struct limit_counters *counters,
                     const struct own_limits *own, const struct limit_request *request,
                     struct limit_verdict *ret);
/* Pure: what one limit has used at that moment, over its operations. */
struct limit_count limit_used(const struct pack *pack, const struct limit_counters *counters,
                              const struct pack_limit *limit, int64_t at_us);

/* In a read or a write. */
JN_MUST_USE enum err limits_read(struct store_tx *tx, int64_t person_id, enum currency currency,
                                 struct limit_counters *ret_counters, struct own_limits *ret_own);
/* In a write: evaluates, and when it is ERR_OK counts the operation in. Store errors only; the
 * refusal is in *ret. */
JN_MUST_USE enum err limits_use(struct store_tx *tx, const struct pack *pack,
                                const struct limit_request *request, struct limit_verdict *ret);
/* What is given back, in whole or in part, and when and how it was used. */
struct limit_release {
    int64_t person_id;
    enum policy_operation operation;
    struct money amount;
    int strength;
    int64_t used_at_us;
    bool is_whole; /* the operation itself counts no more */
};
/* In a write. Periods that are over have forgotten it already; the others get it back. */
JN_MUST_USE enum err limits_release(struct store_tx *tx, const struct pack *pack,
                                    const struct limit_release *release);
/* What was confirmed today, by strength, as step_up_use wants it. */
void limits_day_by_strength(const struct pack *pack, const struct limit_counters *counters,
                            int64_t at_us, int64_t ret_minor[POLICY_STRENGTH_MAX + 1]);

/* ---- limits of one's own ---- */

struct own_limit_change {
    int64_t person_id;
    uint32_t level;
    enum policy_operation operation;
    enum policy_period period; /* POLICY_EACH or POLICY_DAY */
    enum currency currency;
    int64_t minor; /* -1: none of one's own any more */
    int64_t at_us;
};
/* In a write: lowering holds at once, raising or removing after the pack's cooling period. *ret is
 * what holds then. ERR_OWN_LIMIT_ABOVE_LEVEL when the level allows less than that;
 * ERR_CURRENCY_UNSUPPORTED. */
JN_MUST_USE enum err own_limit_set(struct store_tx *tx, const struct pack *pack,
                                   const struct own_limit_change *change, struct own_limit *ret);
/* The lowest limit of the level for this operation and period; false: none. */
JN_MUST_USE bool limit_of_level(const struct pack *pack, uint32_t level,
                                enum policy_operation operation, enum policy_period period,
                                int64_t *ret_minor);

#endif

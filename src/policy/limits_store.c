/* limits_store.c — the counters of limits.h in the database. */
#include "policy/limits.h"

#include <string.h>

#include "q_policy.h"

#define STRENGTH_ROWS 10 /* strength n is counted in row 10 + n */
#define HOUR_US       INT64_C(3600000000)

struct rows {
    struct limit_counters *counters;
    struct own_limits *own;
};

static struct limit_counter *row_of(struct limit_counters *counters, int64_t operation)
{
    if (operation >= 1 && operation <= POLICY_OPERATION_MAX) {
        return &counters->by_operation[operation];
    }
    if (operation > STRENGTH_ROWS && operation <= STRENGTH_ROWS + POLICY_STRENGTH_MAX) {
        return &counters->by_strength[operation - STRENGTH_ROWS];
    }
    return NULL; /* row 0 only locks */
}

static bool take_counter(const struct q_policy_limit_counters_get_row *row, void *arg)
{
    struct rows *rows = arg;
    struct limit_counter *counter = row_of(rows->counters, row->operation);

    if (counter != NULL) {
        counter->by_period[POLICY_DAY] =
            (struct limit_count){row->day_start_us, row->day_minor, row->day_count};
        counter->by_period[POLICY_MONTH] =
            (struct limit_count){row->month_start_us, row->month_minor, row->month_count};
        counter->by_period[POLICY_YEAR] =
            (struct limit_count){row->year_start_us, row->year_minor, row->year_count};
        counter->by_period[POLICY_LIFETIME] =
            (struct limit_count){0, row->lifetime_minor, row->lifetime_count};
    }
    return true;
}

static bool take_own(const struct q_policy_own_limits_get_row *row, void *arg)
{
    struct rows *rows = arg;

    if (row->operation >= 1 && row->operation <= POLICY_OPERATION_MAX &&
        row->period >= POLICY_EACH && row->period <= POLICY_DAY) {
        rows->own->at[row->operation][row->period] =
            (struct own_limit){.is_set = row->amount_minor >= 0,
                               .minor = row->amount_minor,
                               .next_minor = row->next_minor,
                               .next_from_us = row->next_from_us};
    }
    return true;
}

enum err limits_read(struct store_tx *tx, int64_t person_id, enum currency currency,
                     struct limit_counters *ret_counters, struct own_limits *ret_own)
{
    struct limit_counters counters = {0};
    struct own_limits own = {0};
    struct rows rows = {&counters, &own};
    enum err err = q_policy_limit_counters_get_each(
        tx, &(struct q_policy_limit_counters_get_in){.person_id = person_id, .currency = currency},
        take_counter, &rows);

    if (err == ERR_OK) {
        err = q_policy_own_limits_get_each(
            tx, &(struct q_policy_own_limits_get_in){.person_id = person_id, .currency = currency},
            take_own, &rows);
    }
    if (err == ERR_OK) {
        *ret_counters = counters;
        *ret_own = own;
    }
    return err;
}

/* Two lanes of PostgreSQL must not look at the same person's counters at once. The later statements
 * see what the holder before committed. SQLite has one lane. */
static enum err lock_person(struct store_tx *tx, int64_t person_id, enum currency currency)
{
    if (store_backend(store_tx_store(tx)) == STORE_SQLITE) {
        return ERR_OK;
    }
    return q_policy_limit_lock(
        tx, &(struct q_policy_limit_lock_in){.person_id = person_id, .currency = currency}, NULL);
}

struct key {
    int64_t person_id, operation;
    enum currency currency;
};

static enum err write_counter(struct store_tx *tx, const struct key *key,
                              const struct limit_counter *counter)
{
    const struct limit_count *day = &counter->by_period[POLICY_DAY];
    const struct limit_count *month = &counter->by_period[POLICY_MONTH];
    const struct limit_count *year = &counter->by_period[POLICY_YEAR];
    const struct limit_count *lifetime = &counter->by_period[POLICY_LIFETIME];

    return q_policy_limit_counter_put(tx,
                                      &(struct q_policy_limit_counter_put_in){
                                          .person_id = key->person_id,
                                          .currency = key->currency,
                                          .operation = key->operation,
                                          .day_start_us = day->start_us,
                                          .day_minor = day->minor,
                                          .day_count = day->count,
                                          .month_start_us = month->start_us,
                                          .month_minor = month->minor,
                                          .month_count = month->count,
                                          .year_start_us = year->start_us,
                                          .year_minor = year->minor,
                                          .year_count = year->count,
                                          .lifetime_minor = lifetime->minor,
                                          .lifetime_count = lifetime->count,
                                      },
                                      NULL);
}

/* Moves every period on to the one that holds at_us, then adds. */
static void count_in(const struct pack *pack, struct limit_counter *counter, int64_t minor,
                     int64_t at_us)
{
    for (int period = POLICY_DAY; period <= POLICY_LIFETIME; period++) {
        struct limit_count *count = &counter->by_period[period];
        int64_t start_us = policy_period_start_us(pack, (enum policy_period)period, at_us);

        if (count->start_us < start_us) {
            *count = (struct limit_count){.start_us = start_us};
        }
        if (!minor_add(count->minor, minor, &count->minor)) {
            count->minor = MONEY_MINOR_MAX;
        }
        count->count++;
    }
}

enum err limits_use(struct store_tx *tx, const struct pack *pack,
                    const struct limit_request *request, struct limit_verdict *ret)
{
    struct limit_counters counters;
    struct limit_verdict verdict;
    struct own_limits own;
    struct key key = {request->person_id, request->operation, pack->currency};
    enum err err = lock_person(tx, request->person_id, pack->currency);

    BUG_IF(request->strength < 1 || request->strength > POLICY_STRENGTH_MAX);
    if (err == ERR_OK) {
        err = limits_read(tx, request->person_id, pack->currency, &counters, &own);
    }
    if (err != ERR_OK) {
        return err;
    }
    limits_evaluate(pack, &counters, &own, request, &verdict);
    if (verdict.err == ERR_OK) {
        struct limit_counter *operation = &counters.by_operation[request->operation];
        struct limit_counter *strength = &counters.by_strength[request->strength];

        count_in(pack, operation, request->amount.minor, request->at_us);
        err = write_counter(tx, &key, operation);
        if (err == ERR_OK) {
            count_in(pack, strength, request->amount.minor, request->at_us);
            key.operation = STRENGTH_ROWS + request->strength;
            err = write_counter(tx, &key, strength);
        }
    }
    if (err == ERR_OK) {
        *ret = verdict;
    }
    return err;
}

static void count_out(const struct pack *pack, struct limit_counter *counter,
                      const struct limit_release *release)
{
    for (int period = POLICY_DAY; period <= POLICY_LIFETIME; period++) {
        struct limit_count *count = &counter->by_period[period];

        if (count->start_us ==
            policy_period_start_us(pack, (enum policy_period)period, release->used_at_us)) {
            count->minor -=
                release->amount.minor < count->minor ? release->amount.minor : count->minor;
            count->count -= release->is_whole && count->count > 0 ? 1 : 0;
        }
    }
}

enum err limits_release(struct store_tx *tx, const struct pack *pack,
                        const struct limit_release *release)
{
    struct key key = {release->person_id, release->operation, pack->currency};
    struct limit_counters counters;
    struct own_limits own;
    enum err err = lock_person(tx, release->person_id, pack->currency);

    BUG_IF(release->amount.minor <= 0 || release->amount.currency != pack->currency);
    if (err == ERR_OK) {
        err = limits_read(tx, release->person_id, pack->currency, &counters, &own);
    }
    if (err != ERR_OK) {
        return err;
    }
    count_out(pack, &counters.by_operation[release->operation], release);
    err = write_counter(tx, &key, &counters.by_operation[release->operation]);
    if (err == ERR_OK) {
        count_out(pack, &counters.by_strength[release->strength], release);
        key.operation = STRENGTH_ROWS + release->strength;
        err = write_counter(tx, &key, &counters.by_strength[release->strength]);
    }
    return err;
}

/* ---- limits of one's own ---- */

static struct own_limit changed(const struct pack *pack, const struct own_limit *old,
                                const struct own_limit_change *change)
{
    struct own_limit next = {.next_minor = -1};
    int64_t now_minor;
    bool holds = own_limit_at(old, change->at_us, &now_minor);

    if (holds && (change->minor < 0 || change->minor > now_minor)) {
        next.is_set = true; /* raising waits */
        next.minor = now_minor;
        next.next_minor = change->minor;
        next.next_from_us = change->at_us + pack->cooling_hours.limits_raise * HOUR_US;
    } else {
        next.is_set = change->minor >= 0;
        next.minor = change->minor;
    }
    return next;
}

enum err own_limit_set(struct store_tx *tx, const struct pack *pack,
                       const struct own_limit_change *change, struct own_limit *ret)
{
    struct limit_counters counters;
    struct own_limits own;
    struct own_limit next;
    int64_t level_minor;
    enum err err;

    BUG_IF(change->period != POLICY_EACH && change->period != POLICY_DAY);
    if (change->currency != pack->currency) {
        return ERR_CURRENCY_UNSUPPORTED;
    }
    if (change->level > 0 &&
        limit_of_level(pack, change->level, change->operation, change->period, &level_minor) &&
        change->minor > level_minor) {
        return ERR_OWN_LIMIT_ABOVE_LEVEL;
    }
    err = lock_person(tx, change->person_id, change->currency);
    if (err == ERR_OK) {
        err = limits_read(tx, change->person_id, change->currency, &counters, &own);
    }
    if (err != ERR_OK) {
        return err;
    }
    next = changed(pack, &own.at[change->operation][change->period], change);
    err = q_policy_own_limit_put(
        tx,
        &(struct q_policy_own_limit_put_in){.person_id = change->person_id,
                                            .currency = change->currency,
                                            .operation = change->operation,
                                            .period = change->period,
                                            .amount_minor = next.is_set ? next.minor : -1,
                                            .next_minor = next.next_minor,
                                            .next_from_us = next.next_from_us},
        NULL);
    if (err == ERR_OK) {
        *ret = next;
    }
    return err;
}

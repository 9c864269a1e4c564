/* limits.c — the pure part of limits.h: what was used, what is left, which limit forbids. */
#include "policy/limits.h"

#include <string.h>

bool own_limit_at(const struct own_limit *own, int64_t at_us, int64_t *ret_minor)
{
    if (own->next_from_us != 0 && at_us >= own->next_from_us) {
        if (own->next_minor < 0) {
            return false;
        }
        *ret_minor = own->next_minor;
        return true;
    }
    if (!own->is_set) {
        return false;
    }
    *ret_minor = own->minor;
    return true;
}

/* What a counter says of the period that holds at_us: nothing when it speaks of an older one. */
static struct limit_count count_at(const struct pack *pack, const struct limit_counter *counter,
                                   enum policy_period period, int64_t at_us)
{
    const struct limit_count *count = &counter->by_period[period];

    if (count->start_us == policy_period_start_us(pack, period, at_us)) {
        return *count;
    }
    return (struct limit_count){.start_us = policy_period_start_us(pack, period, at_us)};
}

struct limit_count limit_used(const struct pack *pack, const struct limit_counters *counters,
                              const struct pack_limit *limit, int64_t at_us)
{
    struct limit_count sum = {0};

    if (limit->period == POLICY_EACH) {
        return sum;
    }
    for (int operation = 1; operation <= POLICY_OPERATION_MAX; operation++) {
        struct limit_count one;

        if ((limit->operations & (UINT32_C(1) << operation)) == 0) {
            continue;
        }
        one = count_at(pack, &counters->by_operation[operation], (enum policy_period)limit->period,
                       at_us);
        sum.start_us = one.start_us;
        sum.count += one.count;
        if (!minor_add(sum.minor, one.minor, &sum.minor)) {
            sum.minor = MONEY_MINOR_MAX; /* beyond any limit */
        }
    }
    return sum;
}

static enum err error_of(int period)
{
    static const enum err errors[] = {
        [POLICY_EACH] = ERR_LIMIT_EACH_EXCEEDED,         [POLICY_DAY] = ERR_LIMIT_DAY_EXCEEDED,
        [POLICY_MONTH] = ERR_LIMIT_MONTH_EXCEEDED,       [POLICY_YEAR] = ERR_LIMIT_YEAR_EXCEEDED,
        [POLICY_LIFETIME] = ERR_LIMIT_LIFETIME_EXCEEDED,
    };

    BUG_IF(period < POLICY_EACH || period > POLICY_LIFETIME);
    return errors[period];
}

/* False, with the verdict, when this one limit forbids it. */
static bool within(const struct pack *pack, const struct limit_counters *counters,
                   const struct pack_limit *limit, const struct limit_request *request,
                   struct limit_verdict *ret)
{
    struct limit_count used = limit_used(pack, counters, limit, request->at_us);
    int64_t left_minor = limit->amount_minor - used.minor;
    bool too_many = limit->count_max != 0 && used.count >= limit->count_max;

    if (request->amount.minor <= left_minor && !too_many) {
        return true;
    }
    *ret = (struct limit_verdict){
        .err = too_many ? ERR_LIMIT_COUNT_EXCEEDED : error_of(limit->period),
        .code = limit->code,
        .period = limit->period,
        .limit_minor = limit->amount_minor,
        .used_minor = used.minor,
        .left_minor = too_many || left_minor < 0 ? 0 : left_minor,
        .renews_at_us =
            policy_period_end_us(pack, (enum policy_period)limit->period, request->at_us),
        .operation_bits = limit->operations,
    };
    return false;
}

static bool within_own(const struct pack *pack, const struct limit_counters *counters,
                       const struct own_limits *own, const struct limit_request *request,
                       struct limit_verdict *ret)
{
    static const char *const codes[] = {[POLICY_EACH] = "own_each", [POLICY_DAY] = "own_day"};

    for (int period = POLICY_EACH; period <= POLICY_DAY; period++) {
        struct pack_limit limit = {.code = codes[period],
                                   .operations = UINT32_C(1) << request->operation,
                                   .period = period};

        if (own_limit_at(&own->at[request->operation][period], request->at_us,
                         &limit.amount_minor) &&
            !within(pack, counters, &limit, request, ret)) {
            ret->err = ERR_OWN_LIMIT_EXCEEDED;
            return false;
        }
    }
    return true;
}

/* The pack's limits of one level, the narrowest period first. */
static bool within_level(const struct pack *pack, const struct limit_counters *counters,
                         uint32_t level_number, const struct limit_request *request,
                         struct limit_verdict *ret)
{
    const struct pack_level *level = pack_level_at(pack, level_number - 1);
    const struct pack_limit *limits = level->limits.items;
    uint32_t bit = UINT32_C(1) << request->operation;

    if ((level->operations & bit) == 0) {
        *ret = (struct limit_verdict){.err = ERR_LEVEL_OPERATION_NOT_OFFERED};
        return false;
    }
    for (int period = POLICY_EACH; period <= POLICY_LIFETIME; period++) {
        for (size_t i = 0; i < level->limits.count; i++) {
            if (limits[i].period == period && (limits[i].operations & bit) != 0 &&
                !within(pack, counters, &limits[i], request, ret)) {
                return false;
            }
        }
    }
    if (level->balance_max_minor != 0 && request->balance_after_minor > level->balance_max_minor) {
        int64_t before_minor = request->balance_after_minor - request->amount.minor;
        int64_t left_minor = level->balance_max_minor - before_minor;

        *ret = (struct limit_verdict){.err = ERR_LIMIT_BALANCE_EXCEEDED,
                                      .code = "balance",
                                      .limit_minor = level->balance_max_minor,
                                      .used_minor = before_minor,
                                      .left_minor = left_minor < 0 ? 0 : left_minor,
                                      .operation_bits = bit};
        return false;
    }
    return true;
}

static uint32_t level_that_allows(const struct pack *pack, const struct limit_counters *counters,
                                  const struct limit_request *request)
{
    struct limit_verdict ignored;

    for (uint32_t level = request->level + 1; level <= pack->levels.count; level++) {
        if (within_level(pack, counters, level, request, &ignored)) {
            return level;
        }
    }
    return 0;
}

void limits_evaluate(const struct pack *pack, const struct limit_counters *counters,
                     const struct own_limits *own, const struct limit_request *request,
                     struct limit_verdict *ret)
{
    BUG_IF(request->operation < 1 || request->operation > POLICY_OPERATION_MAX);
    BUG_IF(request->amount.minor <= 0 || request->level > pack->levels.count);
    *ret = (struct limit_verdict){.err = ERR_OK};
    if (request->amount.currency != pack->currency) {
        ret->err = ERR_CURRENCY_UNSUPPORTED;
        return;
    }
    if (request->level == 0) {
        ret->err = ERR_IDENTITY_NOT_VERIFIED;
        ret->level_needed = level_that_allows(pack, counters, request);
        return;
    }
    if (!within_level(pack, counters, request->level, request, ret)) {
        ret->level_needed = level_that_allows(pack, counters, request);
        return;
    }
    if (within_own(pack, counters, own, request, ret)) {
        *ret = (struct limit_verdict){.err = ERR_OK};
    }
}

bool limit_of_level(const struct pack *pack, uint32_t level, enum policy_operation operation,
                    enum policy_period period, int64_t *ret_minor)
{
    const struct pack_level *of = pack_level_at(pack, level - 1);
    const struct pack_limit *limits = of->limits.items;
    bool found = false;

    for (size_t i = 0; i < of->limits.count; i++) {
        if (limits[i].period == (int)period &&
            (limits[i].operations & (UINT32_C(1) << operation)) != 0 &&
            (!found || limits[i].amount_minor < *ret_minor)) {
            *ret_minor = limits[i].amount_minor;
            found = true;
        }
    }
    return found;
}

void limits_day_by_strength(const struct pack *pack, const struct limit_counters *counters,
                            int64_t at_us, int64_t ret_minor[POLICY_STRENGTH_MAX + 1])
{
    ret_minor[0] = 0;
    for (int strength = 1; strength <= POLICY_STRENGTH_MAX; strength++) {
        ret_minor[strength] =
            count_at(pack, &counters->by_strength[strength], POLICY_DAY, at_us).minor;
    }
}

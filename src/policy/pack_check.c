/* pack_check.c — the rules between the values of a pack that a table of types cannot say. */
#include "policy/pack_int.h"

#include <stdio.h>
#include <string.h>

static bool fail(struct policy_fault *fault, const char *where, size_t index, const char *what)
{
    fault->line = 1;
    if (index == SIZE_MAX) {
        snprintf(fault->where, sizeof(fault->where), "%s", where);
    } else {
        snprintf(fault->where, sizeof(fault->where), "%s[%zu]", where, index);
    }
    snprintf(fault->what, sizeof(fault->what), "%s", what);
    return false;
}

static const struct pack_limit *limit_at(const struct pack_level *level, size_t index)
{
    return (const struct pack_limit *)level->limits.items + index;
}

/* The same limit of a higher level, by its code, is not lower. */
static bool rises(const struct pack_level *low, const struct pack_level *high)
{
    for (size_t i = 0; i < low->limits.count; i++) {
        for (size_t j = 0; j < high->limits.count; j++) {
            if (strcmp(limit_at(low, i)->code, limit_at(high, j)->code) == 0 &&
                limit_at(high, j)->amount_minor < limit_at(low, i)->amount_minor) {
                return false;
            }
        }
    }
    return high->balance_max_minor == 0 ||
           (low->balance_max_minor != 0 && high->balance_max_minor >= low->balance_max_minor);
}

static bool check_limits(const struct pack_level *level, size_t at, struct policy_fault *fault)
{
    for (size_t i = 0; i < level->limits.count; i++) {
        const struct pack_limit *limit = limit_at(level, i);

        if ((limit->operations & ~level->operations) != 0) {
            return fail(fault, "levels", at, "limits an operation that the level does not offer");
        }
        if (limit->period == POLICY_EACH && limit->count_max != 0) {
            return fail(fault, "levels", at, "a limit for each operation has no count");
        }
        for (size_t j = 0; j < i; j++) {
            if (strcmp(limit->code, limit_at(level, j)->code) == 0) {
                return fail(fault, "levels", at, "two limits have the same code");
            }
        }
    }
    return true;
}

static bool check_levels(const struct pack *pack, struct policy_fault *fault)
{
    for (size_t i = 0; i < pack->levels.count; i++) {
        const struct pack_level *level = pack_level_at(pack, i);

        if (!check_limits(level, i, fault)) {
            return false;
        }
        if (i > 0 && level->channels_min < pack_level_at(pack, i - 1)->channels_min) {
            return fail(fault, "levels", i, "asks for less than the level below");
        }
        if (i > 0 && !rises(pack_level_at(pack, i - 1), level)) {
            return fail(fault, "levels", i, "allows less than the level below");
        }
    }
    return true;
}

static bool check_band(const struct pack_band *band, bool is_last, size_t at,
                       struct policy_fault *fault)
{
    bool is_free = band->strength == POLICY_STRENGTH_NONE;

    for (size_t i = 0; i < band->ways.count; i++) {
        const struct pack_way *way = (const struct pack_way *)band->ways.items + i;

        if ((way->factors == 0) != is_free) {
            return fail(fault, "step_up", at, "strength none and no factors go together");
        }
    }
    if (band->is_quick_pay && !is_free) {
        return fail(fault, "step_up", at, "quick pay asks for no factor");
    }
    if (is_last && (band->each_max_minor != 0 || band->day_max_minor != 0 || band->is_quick_pay)) {
        return fail(fault, "step_up", at, "the last band must have no bounds");
    }
    if (!is_last && band->each_max_minor == 0 && band->day_max_minor == 0 && !band->is_quick_pay) {
        return fail(fault, "step_up", at, "only the last band may be without bounds");
    }
    return true;
}

static bool check_step_up(const struct pack *pack, struct policy_fault *fault)
{
    uint32_t seen = 0;

    for (size_t i = 0; i < pack->step_up.count; i++) {
        const struct pack_step_up *rule = (const struct pack_step_up *)pack->step_up.items + i;

        if ((seen & (UINT32_C(1) << rule->action)) != 0) {
            return fail(fault, "step_up", i, "the action stands twice");
        }
        seen |= UINT32_C(1) << rule->action;
        for (size_t j = 0; j < rule->bands.count; j++) {
            const struct pack_band *band = (const struct pack_band *)rule->bands.items + j;

            if (!check_band(band, j + 1 == rule->bands.count, i, fault)) {
                return false;
            }
        }
    }
    for (int action = 1; action <= POLICY_ACTION_MAX; action++) {
        if ((seen & (UINT32_C(1) << action)) == 0) {
            char what[96];

            snprintf(what, sizeof(what), "the action %s is missing",
                     policy_action_name((enum policy_action)action));
            return fail(fault, "step_up", SIZE_MAX, what);
        }
    }
    return true;
}

static bool check_days(const struct schema_list *days, const char *where, int32_t known_until,
                       struct policy_fault *fault)
{
    const struct pack_day *items = days->items;

    for (size_t i = 0; i < days->count; i++) {
        if (i > 0 && items[i].date <= items[i - 1].date) {
            return fail(fault, where, i, "dates must rise");
        }
        if (items[i].date > known_until) {
            return fail(fault, where, i, "lies after known_until");
        }
    }
    return true;
}

static bool check_rest(const struct pack *pack, struct policy_fault *fault)
{
    const struct pack_quick_pay *quick = &pack->quick_pay;
    uint32_t kinds = 0;

    if (quick->each_default_minor > quick->each_max_minor ||
        quick->day_default_minor > quick->day_max_minor ||
        quick->each_max_minor > quick->day_max_minor) {
        return fail(fault, "quick_pay", SIZE_MAX, "a proposal or a single payment above its bound");
    }
    if (pack->phone.digits_min > pack->phone.digits_max) {
        return fail(fault, "phone", SIZE_MAX, "digits_min is above digits_max");
    }
    for (size_t i = 0; i < pack->locks.count; i++) {
        const struct pack_lock *lock = (const struct pack_lock *)pack->locks.items + i;

        if ((kinds & (UINT32_C(1) << lock->kind)) != 0) {
            return fail(fault, "locks", i, "the kind stands twice");
        }
        kinds |= UINT32_C(1) << lock->kind;
    }
    return kinds == (UINT32_C(1) << (POLICY_LOCK_LAW + 1)) - 2 ||
           fail(fault, "locks", SIZE_MAX, "a kind of lock is missing");
}

bool pack_check(struct pack *pack, struct policy_fault *ret_fault)
{
    const struct pack_calendar *calendar = &pack->calendar;

    return check_levels(pack, ret_fault) && check_step_up(pack, ret_fault) &&
           check_days(&calendar->holidays, "calendar.holidays", calendar->known_until, ret_fault) &&
           check_days(&calendar->work_days, "calendar.work_days", calendar->known_until,
                      ret_fault) &&
           check_rest(pack, ret_fault);
}

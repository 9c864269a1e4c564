/* locks.c — see locks.h. */
#include "identity/locks.h"

#include <string.h>

#include "q_identity.h"

bool lock_holds(const struct lock *lock, int64_t now_us)
{
    return lock->lifted_at_us == 0 && (lock->until_us == 0 || now_us < lock->until_us);
}

/* ---- rows ---- */

static uint32_t copy_sealed(struct store_blob from, uint8_t ret[LOCK_SEALED_MAX])
{
    if (from.data == NULL) {
        return 0;
    }
    BUG_IF(from.length > LOCK_SEALED_MAX); /* locks_put checks */
    memcpy(ret, from.data, from.length);
    return from.length;
}

static void from_row(const struct q_identity_locks_list_row *row, struct lock *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->id.v = row->lock_id;
    ret->person.v = row->person_id;
    ret->reason = (enum lock_reason)row->reason;
    ret->why = lock_why_of(row->why.data, row->why.length);
    BUG_IF(ret->why == NULL || lock_rule_of(ret->reason) == NULL);
    ret->effects = (uint32_t)row->effects & LOCK_EFFECTS_ALL;
    ret->put_by = (enum lock_actor)row->put_by;
    ret->put_by_staff.v = row->put_by_staff;
    ret->since_us = row->since_us;
    ret->until_us = row->until_us;
    ret->review_at_us = row->review_at_us;
    ret->lifted_at_us = row->lifted_at_us;
    ret->lifted_by = (enum lock_actor)row->lifted_by;
    ret->lifted_by_staff.v = row->lifted_by_staff;
    ret->contested_at_us = row->contested_at_us;
    ret->told_length = copy_sealed(row->told_sealed, ret->told_sealed);
    ret->note_length = copy_sealed(row->note_sealed, ret->note_sealed);
}

/* ---- reading ---- */

struct list {
    struct lock *locks;
    size_t count, count_max;
};

static bool list_take(const struct q_identity_locks_list_row *row, void *arg)
{
    struct list *list = arg;

    if (list->count < list->count_max) {
        from_row(row, &list->locks[list->count++]);
    }
    return list->count < list->count_max;
}

enum err locks_list(struct store_tx *tx, struct person_id person, bool history, struct lock *ret,
                    size_t *ret_count)
{
    struct list list = {.locks = ret, .count_max = LOCKS_MAX};
    struct q_identity_locks_list_in in = {.person_id = person.v,
                                          .first_id = 1,
                                          .last_id = INT64_MAX,
                                          .only_holding = history ? 0 : 1,
                                          .now_us = store_tx_now_us(tx),
                                          .row_max = LOCKS_MAX};
    enum err err = q_identity_locks_list_each(tx, &in, list_take, &list);

    if (err == ERR_OK) {
        *ret_count = list.count;
    }
    return err;
}

enum err locks_get(struct store_tx *tx, struct lock_id id, struct person_id person,
                   struct lock *ret)
{
    struct q_identity_lock_owner_row owner = {0};
    struct list list = {.locks = ret, .count_max = 1};
    bool found = false;
    enum err err = q_identity_lock_owner(tx, &(struct q_identity_lock_owner_in){.lock_id = id.v},
                                         &owner, &found);

    if (err != ERR_OK) {
        return err;
    }
    if (!found || (person.v != 0 && person.v != owner.person_id)) {
        return ERR_LOCK_NOT_FOUND;
    }
    err = q_identity_locks_list_each(
        tx,
        &(struct q_identity_locks_list_in){
            .person_id = owner.person_id, .first_id = id.v, .last_id = id.v, .row_max = 1},
        list_take, &list);
    BUG_IF(err == ERR_OK && list.count != 1); /* rows are never deleted nor given away */
    return err;
}

struct holding {
    uint32_t effects; /* union of all */
    uint32_t wanted;  /* look for a lock with this effect */
    int64_t longest;  /* the first that has it; 0: none */
};

static bool holding_take(const struct q_identity_locks_holding_row *row, void *arg)
{
    struct holding *holding = arg;
    uint32_t effects = (uint32_t)row->effects & LOCK_EFFECTS_ALL;

    holding->effects |= effects;
    if (holding->longest == 0 && (effects & holding->wanted) != 0) {
        holding->longest = row->lock_id;
    }
    return true;
}

static enum err read_holding(struct store_tx *tx, struct person_id person, struct holding *holding)
{
    return q_identity_locks_holding_each(
        tx,
        &(struct q_identity_locks_holding_in){.person_id = person.v, .now_us = store_tx_now_us(tx)},
        holding_take, holding);
}

enum err locks_effects(struct store_tx *tx, struct person_id person, uint32_t *ret_effects)
{
    struct holding holding = {0};
    enum err err = read_holding(tx, person, &holding);

    if (err == ERR_OK) {
        *ret_effects = holding.effects;
    }
    return err;
}

enum err locks_check(struct store_tx *tx, struct person_id person, enum lock_effect effect,
                     struct lock *ret)
{
    struct holding holding = {.wanted = effect};
    enum err err = read_holding(tx, person, &holding);

    if (err != ERR_OK || holding.longest == 0) {
        return err;
    }
    if (ret != NULL) {
        err = locks_get(tx, (struct lock_id){holding.longest}, person, ret);
    }
    return err == ERR_OK ? ERR_PERSON_LOCKED : err;
}

/* ---- putting ---- */

/* The ladder of a new lock; *ret_effects: what it will take away. */
static enum err judge(const struct lock_new *new, int64_t now_us, const struct lock_why **ret_why,
                      uint32_t *ret_effects)
{
    const struct lock_why *why = lock_why_of(new->why, strlen(new->why));
    const struct lock_rule *rule = why == NULL ? NULL : lock_rule_of(why->reason);
    uint32_t effects;

    if (rule == NULL) {
        return ERR_LOCK_WHY_UNKNOWN;
    }
    if ((rule->put_by & new->by) == 0) {
        return ERR_LOCK_NOT_YOURS;
    }
    effects = new->effects == 0 ? rule->effects : new->effects;
    if ((effects & ~LOCK_EFFECTS_ALL) != 0 ||
        (effects & rule->effects_least) != rule->effects_least) {
        return ERR_LOCK_EFFECTS_INVALID;
    }
    if ((new->until_us != 0 && new->until_us <= now_us) ||
        (new->review_at_us != 0 && new->review_at_us <= now_us) ||
        (rule->needs_date && new->until_us == 0 && new->review_at_us == 0)) {
        return ERR_LOCK_DATE_INVALID;
    }
    *ret_why = why;
    *ret_effects = effects;
    return ERR_OK;
}

struct freeze {
    int64_t id;
};

static bool freeze_take(const struct q_identity_locks_list_row *row, void *arg)
{
    struct freeze *freeze = arg;

    if (row->reason == LOCK_USER) {
        freeze->id = row->lock_id;
    }
    return freeze->id == 0;
}

/* *ret: the person's own freeze that holds, 0 if none; one that ended by itself is written down as
 * ended, for the unique index. */
static enum err find_freeze(struct store_tx *tx, struct person_id person, int64_t now_us,
                            int64_t *ret)
{
    struct freeze freeze = {0};
    enum err err = q_identity_lock_end_freeze(
        tx, &(struct q_identity_lock_end_freeze_in){.person_id = person.v, .now_us = now_us}, NULL);

    if (err == ERR_OK) {
        err = q_identity_locks_list_each(tx,
                                         &(struct q_identity_locks_list_in){.person_id = person.v,
                                                                            .first_id = 1,
                                                                            .last_id = INT64_MAX,
                                                                            .only_holding = 1,
                                                                            .now_us = now_us,
                                                                            .row_max = INT32_MAX},
                                         freeze_take, &freeze);
    }
    if (err == ERR_OK) {
        *ret = freeze.id;
    }
    return err;
}

enum err locks_put(struct store_tx *tx, const struct lock_new *new, struct lock_id *ret_id)
{
    int64_t now_us = store_tx_now_us(tx), freeze = 0;
    struct q_identity_lock_insert_in in;
    const struct lock_why *why = NULL;
    uint32_t effects = 0;
    enum err err;

    BUG_IF(new->id.v <= 0 || new->person.v <= 0);
    BUG_IF((new->by == LOCK_BY_STAFF) != (new->staff.v != 0));
    BUG_IF(new->told_sealed.length > LOCK_SEALED_MAX || new->note_sealed.length > LOCK_SEALED_MAX);
    err = judge(new, now_us, &why, &effects);
    if (err == ERR_OK && why->reason == LOCK_USER) {
        err = find_freeze(tx, new->person, now_us, &freeze);
    }
    if (err != ERR_OK) {
        return err;
    }
    if (freeze != 0) {
        ret_id->v = freeze;
        return ERR_OK;
    }
    in = (struct q_identity_lock_insert_in){
        .lock_id = new->id.v,
        .person_id = new->person.v,
        .reason = why->reason,
        .why = {why->code, (uint32_t)strlen(why->code)},
        .effects = effects,
        .put_by = new->by,
        .put_by_staff = new->staff.v,
        .since_us = now_us,
        .until_us = new->until_us,
        .review_at_us = new->review_at_us,
        .told_sealed = new->told_sealed,
        .note_sealed = new->note_sealed,
    };
    /* Two freezes at once on PostgreSQL: the second meets the unique index, runs again, and finds
     * the first. */
    err = q_identity_lock_insert(tx, &in, NULL);
    if (err == ERR_OK) {
        *ret_id = new->id;
    }
    return err;
}

/* ---- lifting and contesting ---- */

enum err locks_lift(struct store_tx *tx, const struct lock_lift *lift, struct lock *ret)
{
    struct lock lock;
    const struct lock_rule *rule;
    enum err err = locks_get(tx, lift->id, lift->person, &lock);

    BUG_IF((lift->by == LOCK_BY_STAFF) != (lift->staff.v != 0));
    BUG_IF(lift->by == LOCK_BY_PERSON && lift->person.v == 0);
    if (err != ERR_OK) {
        return err;
    }
    rule = lock_rule_of(lock.reason);
    if ((rule->lift_by & lift->by) == 0) {
        return ERR_LOCK_NOT_YOURS;
    }
    if (lock_holds(&lock, store_tx_now_us(tx))) {
        if (rule->lift_needs_two && !lift->approved) {
            return ERR_APPROVAL_REQUIRED;
        }
        /* Whoever comes second changes no row; what is read below is what the first wrote. */
        err = q_identity_lock_lift(
            tx,
            &(struct q_identity_lock_lift_in){.lock_id = lift->id.v,
                                              .lifted_at_us = store_tx_now_us(tx),
                                              .lifted_by = lift->by,
                                              .lifted_by_staff = lift->staff.v},
            NULL);
    }
    return err != ERR_OK || ret == NULL ? err : locks_get(tx, lift->id, lift->person, ret);
}

enum err locks_contest(struct store_tx *tx, struct lock_id id, struct person_id person,
                       struct store_blob text_sealed)
{
    int64_t now_us = store_tx_now_us(tx), changed = 0;
    struct lock lock;
    enum err err = locks_get(tx, id, person, &lock);

    BUG_IF(person.v == 0 || text_sealed.length > LOCK_SEALED_MAX);
    if (err != ERR_OK) {
        return err;
    }
    if (!lock_holds(&lock, now_us)) {
        return ERR_LOCK_NOT_FOUND;
    }
    if (!lock_rule_of(lock.reason)->contestable) {
        return ERR_LOCK_NOT_CONTESTABLE;
    }
    err = q_identity_lock_contest(
        tx, &(struct q_identity_lock_contest_in){.lock_id = id.v, .contested_at_us = now_us},
        &changed);
    if (err == ERR_OK && changed == 0) {
        return ERR_LOCK_CONTESTED;
    }
    if (err != ERR_OK) {
        return err;
    }
    return q_identity_lock_contest_insert(
        tx,
        &(struct q_identity_lock_contest_insert_in){.lock_id = id.v,
                                                    .person_id = person.v,
                                                    .text_sealed = text_sealed,
                                                    .contested_at_us = now_us,
                                                    .due_at_us = now_us + LOCK_ANSWER_US},
        NULL);
}

struct contest_list {
    struct lock_contest *contests;
    size_t count, count_max;
};

static bool contest_take(const struct q_identity_lock_contests_list_row *row, void *arg)
{
    struct contest_list *list = arg;
    struct lock_contest *contest;

    if (list->count == list->count_max) {
        return false;
    }
    contest = &list->contests[list->count++];
    memset(contest, 0, sizeof(*contest));
    contest->lock.v = row->lock_id;
    contest->person.v = row->person_id;
    contest->at_us = row->contested_at_us;
    contest->due_at_us = row->due_at_us;
    contest->answered_at_us = row->answered_at_us;
    contest->answered_by.v = row->answered_by;
    contest->text_length = copy_sealed(row->text_sealed, contest->text_sealed);
    contest->answer_length = copy_sealed(row->answer_sealed, contest->answer_sealed);
    return true;
}

static enum err read_contests(struct store_tx *tx,
                              const struct q_identity_lock_contests_list_in *in,
                              struct lock_contest *ret, size_t *ret_count)
{
    struct contest_list list = {.contests = ret, .count_max = (size_t)in->row_max};
    enum err err = q_identity_lock_contests_list_each(tx, in, contest_take, &list);

    if (err == ERR_OK) {
        *ret_count = list.count;
    }
    return err;
}

enum err locks_contest_get(struct store_tx *tx, struct lock_id id, struct lock_contest *ret)
{
    size_t count = 0;
    enum err err = read_contests(
        tx,
        &(struct q_identity_lock_contests_list_in){.first_id = id.v, .last_id = id.v, .row_max = 1},
        ret, &count);

    return err == ERR_OK && count == 0 ? ERR_LOCK_NOT_FOUND : err;
}

enum err locks_contests_open(struct store_tx *tx, size_t count_max, struct lock_contest *ret,
                             size_t *ret_count)
{
    return read_contests(
        tx,
        &(struct q_identity_lock_contests_list_in){
            .first_id = 1, .last_id = INT64_MAX, .open_only = 1, .row_max = (int64_t)count_max},
        ret, ret_count);
}

enum err locks_answer(struct store_tx *tx, struct lock_id id, struct person_id staff,
                      struct store_blob answer_sealed, struct lock *ret)
{
    struct lock_contest contest;
    int64_t changed = 0;
    enum err err = locks_contest_get(tx, id, &contest);

    BUG_IF(staff.v == 0 || answer_sealed.length > LOCK_SEALED_MAX);
    if (err == ERR_OK) {
        err = q_identity_lock_contest_answer(
            tx,
            &(struct q_identity_lock_contest_answer_in){.lock_id = id.v,
                                                        .answered_at_us = store_tx_now_us(tx),
                                                        .answered_by = staff.v,
                                                        .answer_sealed = answer_sealed},
            &changed);
    }
    if (err == ERR_OK && changed == 0) {
        err = ERR_LOCK_ANSWERED;
    }
    return err == ERR_OK ? locks_get(tx, id, (struct person_id){0}, ret) : err;
}

/* test_locks.c — locks: what holds, until when to the microsecond, who may put and lift which, and
 * that one never stands for another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "identity/locks.h"
#include "support/test_db.h"

#define NOW_US  INT64_C(1763785282000000)
#define HOUR_US (3600 * INT64_C(1000000))
#define ALICE   ((struct person_id){1000})
#define BOB     ((struct person_id){2000})
#define CLERK   ((struct person_id){9000})
#define RACERS  16

struct fixture {
    struct test_db db;
    struct clock clock;
    struct id_source ids;
    struct store *store;
};

static enum store_backend backend;

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    uint32_t applied;

    clock_init_virtual(&fixture->clock, NOW_US);
    id_source_init(&fixture->ids, &fixture->clock, 0, 0);
    test_db_create(&fixture->db, backend);
    assert_int_equal(store_open(&(struct store_config){.url = fixture->db.url,
                                                       .clock = &fixture->clock,
                                                       .lane_count = 4,
                                                       .create = true},
                                &fixture->store),
                     ERR_OK);
    assert_int_equal(store_migrate(fixture->store, &applied), ERR_OK);
    assert_int_equal(store_start(fixture->store), ERR_OK);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    store_close(fixture->store);
    test_db_drop(&fixture->db);
    free(fixture);
    return 0;
}

/* ---- one call, one transaction ---- */

struct put {
    struct lock_new new;
    struct lock_id id;
};

static enum err run_put(struct store_tx *tx, void *arg)
{
    struct put *put = arg;

    return locks_put(tx, &put->new, &put->id);
}

static enum err put(struct fixture *fixture, struct lock_new new, struct lock_id *ret)
{
    struct put put = {.new = new};
    enum err err;

    put.new.id.v = id_draw_one(&fixture->ids);
    err = store_write_sync(fixture->store, run_put, &put, put.new.id.v);
    if (ret != NULL) {
        *ret = put.id;
    }
    return err;
}

struct lift {
    struct lock_lift lift;
    struct lock lock;
};

static enum err run_lift(struct store_tx *tx, void *arg)
{
    struct lift *lift = arg;

    return locks_lift(tx, &lift->lift, &lift->lock);
}

static enum err lift(struct fixture *fixture, struct lock_lift how, struct lock *ret)
{
    struct lift lift = {.lift = how};
    enum err err = store_write_sync(fixture->store, run_lift, &lift, 0);

    if (ret != NULL) {
        *ret = lift.lock;
    }
    return err;
}

struct look {
    struct person_id person;
    enum lock_effect effect;
    bool history;
    uint32_t effects;
    enum err verdict;
    struct lock named;
    struct lock locks[LOCKS_MAX];
    size_t count;
};

static enum err run_look(struct store_tx *tx, void *arg)
{
    struct look *look = arg;
    enum err err = locks_effects(tx, look->person, &look->effects);

    if (err == ERR_OK) {
        err = locks_list(tx, look->person, look->history, look->locks, &look->count);
    }
    look->verdict = locks_check(tx, look->person, look->effect, &look->named);
    return err;
}

/* The caller frees. */
static struct look *look_at(struct fixture *fixture, struct person_id person,
                            enum lock_effect effect, bool history)
{
    struct look *look = calloc(1, sizeof(*look));

    look->person = person;
    look->effect = effect;
    look->history = history;
    assert_int_equal(store_read(fixture->store, run_look, look), ERR_OK);
    return look;
}

static uint32_t effects_of(struct fixture *fixture, struct person_id person)
{
    struct look *look = look_at(fixture, person, LOCK_PAY, false);
    uint32_t effects = look->effects;

    free(look);
    return effects;
}

static enum err verdict_of(struct fixture *fixture, struct person_id person,
                           enum lock_effect effect)
{
    struct look *look = look_at(fixture, person, effect, false);
    enum err verdict = look->verdict;

    free(look);
    return verdict;
}

static struct lock_new freeze_of(struct person_id person)
{
    return (struct lock_new){.person = person, .why = "frozen_by_you", .by = LOCK_BY_PERSON};
}

static struct lock_new law_of(struct person_id person)
{
    return (struct lock_new){.person = person,
                             .why = "court_order",
                             .by = LOCK_BY_STAFF,
                             .staff = CLERK,
                             .review_at_us = NOW_US + 30 * 24 * HOUR_US,
                             .told_sealed = {"told", 4},
                             .note_sealed = {"note", 4}};
}

/* ---- tests ---- */

static void test_effects_are_the_union(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(effects_of(fixture, ALICE), 0);
    assert_int_equal(verdict_of(fixture, ALICE, LOCK_PAY), ERR_OK);
    assert_int_equal(put(fixture, freeze_of(ALICE), NULL), ERR_OK);
    assert_int_equal(effects_of(fixture, ALICE), LOCK_PAY | LOCK_WITHDRAW | LOCK_CREDENTIALS);
    assert_int_equal(verdict_of(fixture, ALICE, LOCK_PAY), ERR_PERSON_LOCKED);
    assert_int_equal(verdict_of(fixture, ALICE, LOCK_SIGN_IN), ERR_OK);
    assert_int_equal(put(fixture,
                         (struct lock_new){.person = ALICE,
                                           .why = "too_many_attempts",
                                           .by = LOCK_BY_SYSTEM,
                                           .until_us = NOW_US + HOUR_US},
                         NULL),
                     ERR_OK);
    assert_int_equal(effects_of(fixture, ALICE),
                     LOCK_PAY | LOCK_WITHDRAW | LOCK_CREDENTIALS | LOCK_SIGN_IN);
    assert_int_equal(verdict_of(fixture, ALICE, LOCK_RECEIVE), ERR_OK);
    assert_int_equal(effects_of(fixture, BOB), 0);
}

static void test_lifting_one_never_lifts_another(void **state)
{
    struct fixture *fixture = *state;
    struct lock_id freeze, law;
    struct look *look;

    assert_int_equal(put(fixture, freeze_of(ALICE), &freeze), ERR_OK);
    assert_int_equal(put(fixture, law_of(ALICE), &law), ERR_OK);
    assert_int_equal(lift(fixture,
                          (struct lock_lift){.id = freeze, .person = ALICE, .by = LOCK_BY_PERSON},
                          NULL),
                     ERR_OK);
    look = look_at(fixture, ALICE, LOCK_PAY, false);
    assert_int_equal(look->count, 1);
    assert_int_equal(look->locks[0].id.v, law.v);
    assert_int_equal(look->verdict, ERR_PERSON_LOCKED);
    assert_int_equal(look->named.id.v, law.v);
    assert_string_equal(look->named.why->code, "court_order");
    assert_int_equal(look->named.told_length, 4);
    assert_memory_equal(look->named.note_sealed, "note", 4);
    free(look);
    look = look_at(fixture, ALICE, LOCK_PAY, true);
    assert_int_equal(look->count, 2);
    assert_int_equal(look->locks[1].id.v, freeze.v);
    assert_int_equal(look->locks[1].lifted_at_us, NOW_US);
    assert_int_equal(look->locks[1].lifted_by, LOCK_BY_PERSON);
    free(look);
}

static void test_it_ends_to_the_microsecond(void **state)
{
    struct fixture *fixture = *state;
    struct lock_new freeze = freeze_of(ALICE);
    struct lock_id first, second;

    freeze.until_us = NOW_US + HOUR_US;
    assert_int_equal(put(fixture, freeze, &first), ERR_OK);
    clock_advance(&fixture->clock, HOUR_US - 1);
    assert_int_equal(verdict_of(fixture, ALICE, LOCK_WITHDRAW), ERR_PERSON_LOCKED);
    clock_advance(&fixture->clock, 1);
    assert_int_equal(verdict_of(fixture, ALICE, LOCK_WITHDRAW), ERR_OK);
    assert_int_equal(effects_of(fixture, ALICE), 0);
    /* A freeze that ended by itself stands in nobody's way, and keeps its end. */
    assert_int_equal(put(fixture, freeze_of(ALICE), &second), ERR_OK);
    assert_int_not_equal(first.v, second.v);
    struct look *look = look_at(fixture, ALICE, LOCK_PAY, true);
    assert_int_equal(look->count, 2);
    assert_int_equal(look->locks[1].lifted_at_us, NOW_US + HOUR_US);
    assert_int_equal(look->locks[1].lifted_by, LOCK_BY_SYSTEM);
    free(look);
}

static void test_the_longest_is_named(void **state)
{
    struct fixture *fixture = *state;
    struct lock_new risk = {.person = ALICE,
                            .why = "unusual_activity",
                            .by = LOCK_BY_SYSTEM,
                            .until_us = NOW_US + HOUR_US};
    struct lock_id open;
    struct look *look;

    assert_int_equal(put(fixture, risk, NULL), ERR_OK);
    risk.until_us = 0;
    risk.review_at_us = NOW_US + HOUR_US;
    assert_int_equal(put(fixture, risk, &open), ERR_OK);
    risk.until_us = NOW_US + 2 * HOUR_US;
    assert_int_equal(put(fixture, risk, NULL), ERR_OK);
    look = look_at(fixture, ALICE, LOCK_PAY, false);
    assert_int_equal(look->count, 3);
    assert_int_equal(look->named.id.v, open.v);
    free(look);
}

static void test_who_may_lift(void **state)
{
    struct fixture *fixture = *state;
    struct lock_id freeze, law, force;
    struct lock lock;

    assert_int_equal(put(fixture, freeze_of(ALICE), &freeze), ERR_OK);
    assert_int_equal(put(fixture, law_of(ALICE), &law), ERR_OK);
    assert_int_equal(put(fixture,
                         (struct lock_new){.person = ALICE,
                                           .why = "too_many_attempts",
                                           .by = LOCK_BY_SYSTEM,
                                           .until_us = NOW_US + HOUR_US},
                         &force),
                     ERR_OK);
    const struct {
        struct lock_lift lift;
        enum err expected;
    } cases[] = {
        {{.id = freeze, .person = BOB, .by = LOCK_BY_PERSON}, ERR_LOCK_NOT_FOUND},
        {{.id = {77}, .person = ALICE, .by = LOCK_BY_PERSON}, ERR_LOCK_NOT_FOUND},
        {{.id = freeze, .by = LOCK_BY_STAFF, .staff = CLERK}, ERR_LOCK_NOT_YOURS},
        {{.id = law, .person = ALICE, .by = LOCK_BY_PERSON}, ERR_LOCK_NOT_YOURS},
        {{.id = law, .by = LOCK_BY_SYSTEM}, ERR_LOCK_NOT_YOURS},
        {{.id = law, .by = LOCK_BY_STAFF, .staff = CLERK}, ERR_APPROVAL_REQUIRED},
        {{.id = force, .person = ALICE, .by = LOCK_BY_PERSON}, ERR_LOCK_NOT_YOURS},
        {{.id = force, .by = LOCK_BY_STAFF, .staff = CLERK}, ERR_OK},
        {{.id = law, .by = LOCK_BY_STAFF, .staff = CLERK, .approved = true}, ERR_OK},
        {{.id = freeze, .person = ALICE, .by = LOCK_BY_PERSON}, ERR_OK},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_int_equal(lift(fixture, cases[i].lift, NULL), cases[i].expected);
    }
    assert_int_equal(effects_of(fixture, ALICE), 0);
    /* Once more: nothing changes, also not who did it first. */
    clock_advance(&fixture->clock, HOUR_US);
    assert_int_equal(
        lift(fixture, (struct lock_lift){.id = law, .by = LOCK_BY_STAFF, .staff = {9001}}, &lock),
        ERR_OK);
    assert_int_equal(lock.lifted_at_us, NOW_US);
    assert_int_equal(lock.lifted_by_staff.v, CLERK.v);
}

static void test_what_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct lock_new base = law_of(ALICE);

    const struct {
        const char *why;
        enum lock_actor by;
        uint32_t effects;
        int64_t until_us, review_at_us;
        enum err expected;
    } cases[] = {
        {"because", LOCK_BY_STAFF, 0, 0, NOW_US + 1, ERR_LOCK_WHY_UNKNOWN},
        {"frozen_by_you", LOCK_BY_STAFF, 0, 0, 0, ERR_LOCK_NOT_YOURS},
        {"court_order", LOCK_BY_SYSTEM, 0, 0, NOW_US + 1, ERR_LOCK_NOT_YOURS},
        {"court_order", LOCK_BY_PERSON, 0, 0, NOW_US + 1, ERR_LOCK_NOT_YOURS},
        {"court_order", LOCK_BY_STAFF, 64, 0, NOW_US + 1, ERR_LOCK_EFFECTS_INVALID},
        {"frozen_by_you", LOCK_BY_PERSON, LOCK_PAY, 0, 0, ERR_LOCK_EFFECTS_INVALID},
        {"court_order", LOCK_BY_STAFF, 0, 0, 0, ERR_LOCK_DATE_INVALID},
        {"court_order", LOCK_BY_STAFF, 0, NOW_US, 0, ERR_LOCK_DATE_INVALID},
        {"court_order", LOCK_BY_STAFF, 0, 0, NOW_US, ERR_LOCK_DATE_INVALID},
        {"court_order", LOCK_BY_STAFF, LOCK_RECEIVE, NOW_US + 1, 0, ERR_OK},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct lock_new new = base;

        new.why = cases[i].why;
        new.by = cases[i].by;
        new.staff.v = cases[i].by == LOCK_BY_STAFF ? CLERK.v : 0;
        new.effects = cases[i].effects;
        new.until_us = cases[i].until_us;
        new.review_at_us = cases[i].review_at_us;
        assert_int_equal(put(fixture, new, NULL), cases[i].expected);
    }
    assert_int_equal(effects_of(fixture, ALICE), LOCK_RECEIVE);
}

struct contest {
    struct lock_id id;
    struct person_id person;
    struct lock_contest got;
    struct lock lock;
    size_t open;
};

static enum err run_contest(struct store_tx *tx, void *arg)
{
    struct contest *contest = arg;

    return locks_contest(tx, contest->id, contest->person, (struct store_blob){"wrong", 5});
}

static enum err run_answer(struct store_tx *tx, void *arg)
{
    struct contest *contest = arg;

    return locks_answer(tx, contest->id, CLERK, (struct store_blob){"right", 5}, &contest->lock);
}

static enum err run_contest_get(struct store_tx *tx, void *arg)
{
    struct contest *contest = arg;
    struct lock_contest waiting[4];
    enum err err = locks_contests_open(tx, ARRAY_COUNT(waiting), waiting, &contest->open);

    return err == ERR_OK ? locks_contest_get(tx, contest->id, &contest->got) : err;
}

static void test_contesting(void **state)
{
    struct fixture *fixture = *state;
    struct contest contest = {.person = ALICE};
    struct lock_id freeze;

    assert_int_equal(put(fixture, law_of(ALICE), &contest.id), ERR_OK);
    assert_int_equal(store_write_sync(fixture->store, run_answer, &contest, 0), ERR_LOCK_NOT_FOUND);
    assert_int_equal(store_write_sync(fixture->store, run_contest, &contest, 0), ERR_OK);
    assert_int_equal(store_write_sync(fixture->store, run_contest, &contest, 0),
                     ERR_LOCK_CONTESTED);
    assert_int_equal(store_read(fixture->store, run_contest_get, &contest), ERR_OK);
    assert_int_equal(contest.open, 1);
    assert_int_equal(contest.got.due_at_us, NOW_US + LOCK_ANSWER_US);
    assert_memory_equal(contest.got.text_sealed, "wrong", 5);
    contest.person = BOB;
    assert_int_equal(store_write_sync(fixture->store, run_contest, &contest, 0),
                     ERR_LOCK_NOT_FOUND);
    assert_int_equal(store_write_sync(fixture->store, run_answer, &contest, 0), ERR_OK);
    assert_int_equal(contest.lock.person.v, ALICE.v);
    assert_int_equal(store_write_sync(fixture->store, run_answer, &contest, 0), ERR_LOCK_ANSWERED);
    assert_int_equal(store_read(fixture->store, run_contest_get, &contest), ERR_OK);
    assert_int_equal(contest.open, 0);
    assert_int_equal(contest.got.answered_by.v, CLERK.v);
    assert_memory_equal(contest.got.answer_sealed, "right", 5);
    assert_int_equal(effects_of(fixture, ALICE), LOCK_PAY | LOCK_WITHDRAW | LOCK_CREDENTIALS);
    assert_int_equal(put(fixture, freeze_of(ALICE), &freeze), ERR_OK);
    contest = (struct contest){.person = ALICE, .id = freeze};
    assert_int_equal(store_write_sync(fixture->store, run_contest, &contest, 0),
                     ERR_LOCK_NOT_CONTESTABLE);
    assert_int_equal(lift(fixture,
                          (struct lock_lift){.id = freeze, .person = ALICE, .by = LOCK_BY_PERSON},
                          NULL),
                     ERR_OK);
    assert_int_equal(store_write_sync(fixture->store, run_contest, &contest, 0),
                     ERR_LOCK_NOT_FOUND);
}

struct racer {
    struct fixture *fixture;
    pthread_t thread;
    enum err err;
    struct lock_id id;
};

static void *race_freeze(void *arg)
{
    struct racer *racer = arg;

    racer->err = put(racer->fixture, freeze_of(ALICE), &racer->id);
    return NULL;
}

static void test_freezing_at_once_makes_one(void **state)
{
    struct racer racers[RACERS];
    struct look *look;

    for (size_t i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){.fixture = *state};
        assert_int_equal(pthread_create(&racers[i].thread, NULL, race_freeze, &racers[i]), 0);
    }
    for (size_t i = 0; i < RACERS; i++) {
        pthread_join(racers[i].thread, NULL);
    }
    look = look_at(*state, ALICE, LOCK_PAY, true);
    assert_int_equal(look->count, 1);
    for (size_t i = 0; i < RACERS; i++) {
        assert_int_equal(racers[i].err, ERR_OK);
        assert_int_equal(racers[i].id.v, look->locks[0].id.v);
    }
    free(look);
}

static void test_the_tables_agree(void **state)
{
    size_t count;
    const struct lock_why *whys = lock_whys(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        const struct lock_rule *rule = lock_rule_of(whys[i].reason);

        assert_non_null(rule);
        assert_true(strlen(whys[i].code) <= LOCK_CODE_MAX);
        assert_ptr_equal(lock_why_of(whys[i].code, strlen(whys[i].code)), &whys[i]);
        assert_int_equal(rule->effects & rule->effects_least, rule->effects_least);
        assert_int_not_equal(rule->effects, 0);
        /* What others put has a date; what a person cannot lift can be contested. */
        assert_true(rule->needs_date || rule->put_by == LOCK_BY_PERSON);
        assert_true(rule->contestable || (rule->lift_by & LOCK_BY_PERSON) != 0);
    }
    for (int reason = LOCK_USER; reason <= LOCK_OTHER; reason++) {
        assert_non_null(lock_rule_of((enum lock_reason)reason));
    }
    assert_null(lock_rule_of((enum lock_reason)(LOCK_OTHER + 1)));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_effects_are_the_union, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lifting_one_never_lifts_another, setup, teardown),
        cmocka_unit_test_setup_teardown(test_it_ends_to_the_microsecond, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_longest_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(test_who_may_lift, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_contesting, setup, teardown),
        cmocka_unit_test_setup_teardown(test_freezing_at_once_makes_one, setup, teardown),
        cmocka_unit_test(test_the_tables_agree),
    };

    backend = argc > 1 && strcmp(argv[1], "postgres") == 0 ? STORE_POSTGRES : STORE_SQLITE;
    return cmocka_run_group_tests_name("locks", tests, NULL, NULL);
}

/* test_staff.c — members of staff: when their roles count, who stays, and that two changes at once
 * never leave nobody who can manage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "staff_world.h"

#define ADA    INT64_C(100)
#define BEN    INT64_C(200)
#define CAI    INT64_C(300)
#define MANAGE STAFF_STAFF_MANAGE

static enum store_backend backend;

static int setup(void **state)
{
    struct staff_world *world = calloc(1, sizeof(*world));

    staff_world_open(world, backend);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    staff_world_close(*state);
    free(*state);
    return 0;
}

static void test_roles_count_from_the_second_factor(void **state)
{
    struct staff_world *world = *state;

    assert_int_equal(staff_world_capabilities(world, ADA), 0);
    assert_int_equal(staff_world_invite(world, ADA, 1), ERR_OK);
    assert_int_equal(staff_world_roles(world, ADA, "admin,agent"), ERR_OK);
    assert_int_equal(staff_world_capabilities(world, ADA), 0);
    assert_int_equal(staff_world_enrol(world, ADA), ERR_OK);
    assert_int_equal(staff_world_capabilities(world, ADA),
                     MANAGE | STAFF_STAFF_READ | STAFF_APPROVALS_DECIDE | STAFF_PEOPLE_SEARCH |
                         STAFF_PEOPLE_READ | STAFF_REVIEWS_READ);
    staff_world_member(world, BEN, 2, "admin");
    assert_int_equal(staff_world_disable(world, ADA, BEN), ERR_OK);
    assert_int_equal(staff_world_capabilities(world, ADA), 0);
}

static void test_sets_of_roles(void **state)
{
    static const char *const bad[] = {",", "a,",  ",a", "a,,b",
                                      "A", "a b", "a1", "abcdefghijklmnopqrstuvwxy"};
    struct staff_role_set set;
    char text[STAFF_ROLE_SET_TEXT_MAX];

    (void)state;
    assert_true(staff_role_set_parse("risk,agent,risk", 15, &set));
    staff_role_set_format(&set, text);
    assert_string_equal(text, "agent,risk");
    assert_true(staff_role_set_parse("", 0, &set));
    assert_int_equal(set.count, 0);
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        assert_false(staff_role_set_parse(bad[i], strlen(bad[i]), &set));
    }
}

static void test_what_is_refused(void **state)
{
    struct staff_world *world = *state;

    staff_world_member(world, ADA, 1, "admin");
    assert_int_equal(staff_world_invite(world, BEN, 1), ERR_STAFF_EXISTS);
    assert_int_equal(staff_world_roles(world, BEN, "agent"), ERR_STAFF_NOT_FOUND);
    assert_int_equal(staff_world_roles(world, ADA, "admin,wizard"), ERR_ROLE_UNKNOWN);
    assert_int_equal(staff_world_roles(world, ADA, "agent"), ERR_STAFF_LAST_MANAGER);
    assert_int_equal(staff_world_disable(world, ADA, ADA), ERR_STAFF_SELF);
    assert_int_equal(staff_world_disable(world, ADA, BEN), ERR_STAFF_LAST_MANAGER);
    /* Nothing of it left a trace. */
    assert_int_equal(staff_world_capabilities(world, ADA),
                     MANAGE | STAFF_STAFF_READ | STAFF_APPROVALS_DECIDE);
    staff_world_member(world, BEN, 2, "admin");
    assert_int_equal(staff_world_disable(world, ADA, BEN), ERR_OK);
    assert_int_equal(staff_world_invite(world, CAI, 1), ERR_OK); /* the first is disabled */
}

struct enrolment {
    struct sha256_hash secret;
    struct person_id person;
};

static enum err run_enrolment_of(struct store_tx *tx, void *arg)
{
    struct enrolment *enrolment = arg;

    return staff_enrolment_of(tx, &enrolment->secret, &enrolment->person);
}

static enum err enrolment_of(struct staff_world *world, struct sha256_hash secret, int64_t *ret)
{
    struct enrolment enrolment = {.secret = secret};
    enum err err = store_read(world->store, run_enrolment_of, &enrolment);

    *ret = enrolment.person.v;
    return err;
}

static enum err run_reinvite(struct store_tx *tx, void *arg)
{
    const struct enrolment *enrolment = arg;

    return staff_reinvite(tx, enrolment->person, &enrolment->secret, STAFF_ENROL_US);
}

static void test_an_invitation_holds_once_and_not_for_ever(void **state)
{
    struct staff_world *world = *state;
    struct enrolment again = {.secret = staff_world_secret(77), .person = {ADA}};
    int64_t person;

    staff_world_member(world, CAI, 3, "admin");
    assert_int_equal(staff_world_invite(world, ADA, 1), ERR_OK);
    assert_int_equal(enrolment_of(world, staff_world_secret(ADA), &person), ERR_OK);
    assert_int_equal(person, ADA);
    assert_int_equal(enrolment_of(world, staff_world_secret(BEN), &person), ERR_ENROLMENT_INVALID);
    clock_advance(&world->clock, STAFF_ENROL_US - 1);
    assert_int_equal(enrolment_of(world, staff_world_secret(ADA), &person), ERR_OK);
    clock_advance(&world->clock, 1);
    assert_int_equal(enrolment_of(world, staff_world_secret(ADA), &person), ERR_ENROLMENT_INVALID);
    assert_int_equal(store_write_sync(world->store, run_reinvite, &again, 0), ERR_OK);
    assert_int_equal(enrolment_of(world, staff_world_secret(ADA), &person), ERR_ENROLMENT_INVALID);
    assert_int_equal(enrolment_of(world, again.secret, &person), ERR_OK);
    assert_int_equal(staff_world_enrol(world, ADA), ERR_OK);
    assert_int_equal(enrolment_of(world, again.secret, &person), ERR_ENROLMENT_INVALID);
    /* Invited anew, the member enrols anew: until then they can do nothing. */
    assert_int_equal(staff_world_roles(world, ADA, "agent"), ERR_OK);
    assert_int_equal(store_write_sync(world->store, run_reinvite, &again, 0), ERR_OK);
    assert_int_equal(staff_world_capabilities(world, ADA), 0);
    again.person.v = CAI;
    again.secret = staff_world_secret(78);
    assert_int_equal(store_write_sync(world->store, run_reinvite, &again, 0),
                     ERR_STAFF_LAST_MANAGER);
    assert_int_equal(staff_world_disable(world, ADA, CAI), ERR_OK);
    again.person.v = ADA;
    assert_int_equal(store_write_sync(world->store, run_reinvite, &again, 0), ERR_STAFF_DISABLED);
}

struct racer {
    struct staff_world *world;
    pthread_t thread;
    int64_t person, by;
    enum err err;
};

static void *race_disable(void *arg)
{
    struct racer *racer = arg;

    racer->err = staff_world_disable(racer->world, racer->person, racer->by);
    return NULL;
}

/* Every administrator is disabled by the next, all at once: one of them must stay. */
static void test_disabling_each_other(void **state)
{
    struct staff_world *world = *state;

    for (int64_t count = 2; count <= 64; count *= 2) {
        struct racer racers[64];
        int64_t refused = 0, able = 0, base = 1000 * count;

        for (int64_t i = 0; i < count; i++) {
            staff_world_member(world, base + i, (uint8_t)(count + i), "admin");
        }
        if (count > 2) { /* who stayed in the round before */
            for (int64_t i = 0; i < count / 2; i++) {
                assert_int_equal(staff_world_disable(world, base / 2 + i, base), ERR_OK);
            }
        }
        for (int64_t i = 0; i < count; i++) {
            racers[i] =
                (struct racer){.world = world, .person = base + i, .by = base + (i + 1) % count};
            assert_int_equal(pthread_create(&racers[i].thread, NULL, race_disable, &racers[i]), 0);
        }
        for (int64_t i = 0; i < count; i++) {
            pthread_join(racers[i].thread, NULL);
            assert_true(racers[i].err == ERR_OK || racers[i].err == ERR_STAFF_LAST_MANAGER);
            refused += racers[i].err != ERR_OK;
            able += staff_world_capabilities(world, base + i) != 0;
        }
        assert_int_equal(refused, 1);
        assert_int_equal(able, 1);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_roles_count_from_the_second_factor, setup, teardown),
        cmocka_unit_test(test_sets_of_roles),
        cmocka_unit_test_setup_teardown(test_what_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_invitation_holds_once_and_not_for_ever, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_disabling_each_other, setup, teardown),
    };

    backend = argc > 1 && strcmp(argv[1], "postgres") == 0 ? STORE_POSTGRES : STORE_SQLITE;
    return cmocka_run_group_tests_name("staff", tests, NULL, NULL);
}

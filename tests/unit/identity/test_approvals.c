/* test_approvals.c — four eyes: what a proposal says is what is done, once, by another human, while
 * it stands; whatever comes at the same moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "identity/approval_kinds.h"
#include "staff_world.h"

/* Ada and Ben may propose and decide; Cai may propose only; Dan was the same human as Ada. */
#define ADA    INT64_C(100)
#define BEN    INT64_C(200)
#define CAI    INT64_C(300)
#define DAN    INT64_C(400)
#define PERSON INT64_C(5000)

struct fixture {
    struct staff_world world;
    struct vault *vault;
    struct approvals approvals;
};

static enum store_backend backend;

/* An executor of a feature to come: writes down that it ran, as a lock of person 6000. */
static enum err count_run(struct store_tx *tx, const struct approval *approval,
                          const struct approval_run *run, void *context)
{
    struct lock_id id;

    (void)context;
    return locks_put(tx,
                     &(struct lock_new){.id = {run->ids[0]},
                                        .person = {approval->subject_id},
                                        .why = "unusual_activity",
                                        .by = LOCK_BY_STAFF,
                                        .staff = run->decider,
                                        .until_us = INT64_MAX},
                     &id);
}

static enum err run_create_key(struct store_tx *tx, void *arg)
{
    return vault_person_create(tx, arg, (struct person_id){PERSON});
}

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct staff_world *world = &fixture->world;

    staff_world_open(world, backend);
    staff_world_member(world, ADA, 1, "compliance,admin");
    staff_world_member(world, BEN, 2, "compliance,admin");
    staff_world_member(world, CAI, 3, "risk");
    assert_int_equal(vault_open(&(struct vault_config){.store = world->store,
                                                       .clock = &world->clock,
                                                       .data_dir = world->db.directory},
                                &fixture->vault),
                     ERR_OK);
    assert_int_equal(store_write_sync(world->store, run_create_key, fixture->vault, 0), ERR_OK);
    approval_kinds_register(&fixture->approvals, fixture->vault);
    approvals_register(&fixture->approvals,
                       &(struct approval_kind){.name = "count",
                                               .propose = STAFF_LOCKS_PUT,
                                               .decide = STAFF_APPROVALS_DECIDE,
                                               .lasts_us = INT64_C(3600000000),
                                               .execute = count_run});
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    vault_close(fixture->vault);
    staff_world_close(&fixture->world);
    free(fixture);
    return 0;
}

/* ---- one call, one transaction ---- */

struct proposal {
    struct fixture *fixture;
    struct approval_new new;
};

static enum err run_propose(struct store_tx *tx, void *arg)
{
    const struct proposal *proposal = arg;

    return approvals_propose(tx, &proposal->fixture->approvals, &proposal->new);
}

static enum err propose(struct fixture *fixture, const char *kind, int64_t subject, int64_t maker,
                        const struct approval_payload *payload, int64_t *ret_id)
{
    struct approval_payload none = {.length = 0};
    struct proposal proposal = {.fixture = fixture,
                                .new = {.id = {id_draw_one(&fixture->world.ids)},
                                        .kind = kind,
                                        .subject_id = subject,
                                        .payload = payload == NULL ? &none : payload,
                                        .maker = {maker},
                                        .reason_sealed = {"why", 3}}};

    *ret_id = proposal.new.id.v;
    return store_write_sync(fixture->world.store, run_propose, &proposal, *ret_id);
}

struct verdict {
    struct fixture *fixture;
    struct approval_decision decision;
    struct approval approval;
};

static enum err run_decide(struct store_tx *tx, void *arg)
{
    struct verdict *verdict = arg;

    return approvals_decide(tx, &verdict->fixture->approvals, &verdict->decision,
                            &verdict->approval);
}

static enum err decide(struct fixture *fixture, int64_t id, int64_t decider, bool approve)
{
    struct verdict verdict = {
        .fixture = fixture, .decision = {.id = {id}, .approve = approve, .run.decider = {decider}}};
    enum err err;

    verdict.decision.run.ids[0] = id_draw_one(&fixture->world.ids);
    err = store_write_sync(fixture->world.store, run_decide, &verdict, decider);
    if (err == ERR_OK) {
        assert_int_equal(verdict.approval.state, approve ? APPROVAL_APPROVED : APPROVAL_REJECTED);
        assert_int_equal(verdict.approval.decider.v, decider);
    }
    return err;
}

static enum err run_withdraw(struct store_tx *tx, void *arg)
{
    struct verdict *verdict = arg;

    return approvals_withdraw(tx, verdict->decision.id, verdict->decision.run.decider,
                              &verdict->approval);
}

static enum err withdraw(struct fixture *fixture, int64_t id, int64_t maker)
{
    struct verdict verdict = {.decision = {.id = {id}, .run.decider = {maker}}};

    return store_write_sync(fixture->world.store, run_withdraw, &verdict, maker);
}

static enum err run_get(struct store_tx *tx, void *arg)
{
    struct verdict *verdict = arg;

    return approvals_get(tx, verdict->decision.id, &verdict->approval);
}

static struct approval get(struct fixture *fixture, int64_t id)
{
    struct verdict verdict = {.decision = {.id = {id}}};

    assert_int_equal(store_read(fixture->world.store, run_get, &verdict), ERR_OK);
    return verdict.approval;
}

struct counting {
    int64_t person;
    size_t count;
    struct lock locks[LOCKS_MAX];
};

static enum err run_count(struct store_tx *tx, void *arg)
{
    struct counting *counting = arg;

    return locks_list(tx, (struct person_id){counting->person}, false, counting->locks,
                      &counting->count);
}

/* How often the executor of the kind "count" ran about a subject; locks that hold. */
static size_t holding(struct fixture *fixture, int64_t person)
{
    struct counting *counting = calloc(1, sizeof(*counting));
    size_t count;

    counting->person = person;
    assert_int_equal(store_read(fixture->world.store, run_count, counting), ERR_OK);
    count = counting->count;
    free(counting);
    return count;
}

struct putting {
    struct lock_new new;
    struct lock lock;
};

static enum err run_put(struct store_tx *tx, void *arg)
{
    struct putting *putting = arg;
    struct lock_id id;
    enum err err = locks_put(tx, &putting->new, &id);

    return err == ERR_OK ? locks_get(tx, id, (struct person_id){0}, &putting->lock) : err;
}

/* ---- tests ---- */

static void test_the_ladder(void **state)
{
    struct fixture *fixture = *state;
    int64_t id, other;

    assert_int_equal(propose(fixture, "count", 6000, 999, NULL, &id), ERR_CAPABILITY_MISSING);
    assert_int_equal(propose(fixture, "count", 6000, ADA, NULL, &id), ERR_OK);
    assert_int_equal(propose(fixture, "count", 6000, BEN, NULL, &other), ERR_APPROVAL_PENDING);
    assert_int_equal(propose(fixture, "count", 6001, CAI, NULL, &other), ERR_OK);
    assert_int_equal(decide(fixture, 12345, BEN, true), ERR_APPROVAL_NOT_FOUND);
    assert_int_equal(decide(fixture, id, CAI, true), ERR_CAPABILITY_MISSING);
    assert_int_equal(decide(fixture, id, ADA, true), ERR_APPROVAL_OWN);
    assert_int_equal(decide(fixture, id, ADA, false), ERR_APPROVAL_OWN);
    assert_int_equal(withdraw(fixture, id, BEN), ERR_APPROVAL_NOT_FOUND);
    assert_int_equal(holding(fixture, 6000), 0);
    assert_int_equal(decide(fixture, id, BEN, true), ERR_OK);
    assert_int_equal(holding(fixture, 6000), 1);
    assert_int_equal(decide(fixture, id, BEN, true), ERR_APPROVAL_DECIDED);
    assert_int_equal(withdraw(fixture, id, ADA), ERR_APPROVAL_DECIDED);
    assert_int_equal(decide(fixture, other, BEN, false), ERR_OK);
    assert_int_equal(holding(fixture, 6001), 0);
    assert_int_equal(propose(fixture, "count", 6000, BEN, NULL, &id), ERR_OK);
    assert_int_equal(withdraw(fixture, id, BEN), ERR_OK);
    assert_int_equal(withdraw(fixture, id, BEN), ERR_OK);
    assert_int_equal(decide(fixture, id, ADA, true), ERR_APPROVAL_DECIDED);
    assert_int_equal(get(fixture, id).state, APPROVAL_WITHDRAWN);
}

static void test_one_human_has_two_eyes_only(void **state)
{
    struct fixture *fixture = *state;
    int64_t id;

    assert_int_equal(propose(fixture, "count", 6000, ADA, NULL, &id), ERR_OK);
    assert_int_equal(staff_world_disable(&fixture->world, ADA, BEN), ERR_OK);
    staff_world_member(&fixture->world, DAN, 1, "compliance");
    assert_int_equal(decide(fixture, id, DAN, false), ERR_APPROVAL_OWN);
    assert_int_equal(decide(fixture, id, BEN, true), ERR_APPROVAL_MAKER_GONE);
    assert_int_equal(decide(fixture, id, BEN, false), ERR_OK);
    assert_int_equal(holding(fixture, 6000), 0);
}

static void test_it_expires_to_the_microsecond(void **state)
{
    struct fixture *fixture = *state;
    int64_t id, again;

    assert_int_equal(propose(fixture, "count", 6000, ADA, NULL, &id), ERR_OK);
    clock_advance(&fixture->world.clock, INT64_C(3600000000) - 1);
    assert_int_equal(get(fixture, id).state, APPROVAL_OPEN);
    clock_advance(&fixture->world.clock, 1);
    assert_int_equal(get(fixture, id).state, APPROVAL_EXPIRED);
    assert_int_equal(decide(fixture, id, BEN, true), ERR_APPROVAL_DECIDED);
    assert_int_equal(withdraw(fixture, id, ADA), ERR_APPROVAL_DECIDED);
    assert_int_equal(propose(fixture, "count", 6000, ADA, NULL, &again), ERR_OK);
    assert_int_equal(get(fixture, id).state, APPROVAL_EXPIRED);
    assert_int_equal(decide(fixture, again, BEN, true), ERR_OK);
    assert_int_equal(holding(fixture, 6000), 1);
}

static void test_lifting_a_lock_of_law(void **state)
{
    struct fixture *fixture = *state;
    struct putting putting = {.new = {.id = {id_draw_one(&fixture->world.ids)},
                                      .person = {PERSON},
                                      .why = "court_order",
                                      .by = LOCK_BY_STAFF,
                                      .staff = {ADA},
                                      .review_at_us = INT64_MAX}};
    struct approval_payload payload;
    struct approval_field field;
    int64_t id;

    assert_int_equal(store_write_sync(fixture->world.store, run_put, &putting, 0), ERR_OK);
    approval_lock_lift_payload(&putting.lock, &payload);
    assert_true(approval_payload_get(&payload, "why", &field));
    assert_memory_equal(field.value, "court_order", field.value_length);
    assert_int_equal(propose(fixture, APPROVAL_LOCK_LIFT, putting.lock.id.v, CAI, &payload, &id),
                     ERR_OK);
    assert_int_equal(holding(fixture, PERSON), 1);
    assert_int_equal(decide(fixture, id, BEN, true), ERR_OK);
    assert_int_equal(holding(fixture, PERSON), 0);
}

static enum err propose_roles(struct fixture *fixture, int64_t person, const char *from,
                              const char *to, int64_t *ret_id)
{
    struct staff_role_set before, after;
    struct approval_payload payload;

    assert_true(staff_role_set_parse(from, strlen(from), &before));
    assert_true(staff_role_set_parse(to, strlen(to), &after));
    approval_staff_roles_payload((struct person_id){person}, &before, &after, &payload);
    return propose(fixture, APPROVAL_STAFF_ROLES, person, ADA, &payload, ret_id);
}

static void test_changing_roles(void **state)
{
    struct fixture *fixture = *state;
    int64_t id;

    assert_int_equal(propose_roles(fixture, CAI, "risk", "agent,risk", &id), ERR_OK);
    assert_int_equal(decide(fixture, id, BEN, true), ERR_OK);
    assert_int_equal(staff_world_capabilities(&fixture->world, CAI),
                     STAFF_PEOPLE_SEARCH | STAFF_PEOPLE_READ | STAFF_PEOPLE_UNMASK |
                         STAFF_REVIEWS_READ | STAFF_LOCKS_PUT | STAFF_LOCKS_LIFT);
    /* From what they do not have any more. */
    assert_int_equal(propose_roles(fixture, CAI, "risk", "admin", &id), ERR_OK);
    assert_int_equal(decide(fixture, id, BEN, true), ERR_APPROVAL_OUTDATED);
    assert_int_equal(get(fixture, id).state, APPROVAL_OPEN); /* the refusal undid the decision */
    assert_int_equal(decide(fixture, id, BEN, false), ERR_OK);
    /* Nobody decides about themselves. */
    assert_int_equal(propose_roles(fixture, BEN, "admin,compliance", "admin", &id), ERR_OK);
    assert_int_equal(decide(fixture, id, BEN, true), ERR_STAFF_SELF);
    assert_int_equal(withdraw(fixture, id, ADA), ERR_OK);
}

static void test_enabling_again(void **state)
{
    struct fixture *fixture = *state;
    struct approval_payload payload;
    int64_t id;

    assert_int_equal(staff_world_disable(&fixture->world, CAI, ADA), ERR_OK);
    approval_staff_enable_payload((struct person_id){CAI}, &payload);
    assert_int_equal(propose(fixture, APPROVAL_STAFF_ENABLE, CAI, ADA, &payload, &id), ERR_OK);
    assert_int_equal(staff_world_capabilities(&fixture->world, CAI), 0);
    assert_int_equal(decide(fixture, id, BEN, true), ERR_OK);
    assert_int_not_equal(staff_world_capabilities(&fixture->world, CAI), 0);
}

static void test_payloads(void **state)
{
    struct approval_payload payload = {.length = 0};
    struct approval_field fields[APPROVAL_FIELDS_MAX];
    int64_t number;

    (void)state;
    assert_int_equal(approval_payload_fields(&payload, fields), 0);
    approval_payload_add(&payload, "a", "");
    approval_payload_add(&payload, "aa", "x=y");
    approval_payload_add_i64(&payload, "b", INT64_MIN);
    assert_string_equal(payload.text, "a=\naa=x=y\nb=-9223372036854775808\n");
    assert_int_equal(approval_payload_fields(&payload, fields), 3);
    assert_int_equal(fields[0].value_length, 0);
    assert_memory_equal(fields[1].value, "x=y", 3);
    assert_true(approval_payload_get_i64(&payload, "b", &number));
    assert_true(number == INT64_MIN);
    assert_false(approval_payload_get(&payload, "c", &fields[0]));
    assert_false(approval_payload_get_i64(&payload, "a", &number));
}

static void test_listing(void **state)
{
    struct fixture *fixture = *state;
    struct approval approval;
    int64_t id;

    assert_int_equal(propose(fixture, "count", 6000, CAI, NULL, &id), ERR_OK);
    approval = get(fixture, id);
    assert_true(approval_visible(&fixture->approvals, &approval, (struct person_id){CAI}, 0));
    assert_false(approval_visible(&fixture->approvals, &approval, (struct person_id){ADA},
                                  STAFF_LOCKS_LIFT));
    assert_true(approval_visible(&fixture->approvals, &approval, (struct person_id){ADA},
                                 STAFF_APPROVALS_DECIDE));
}

/* ---- races ---- */

enum act { ACT_APPROVE, ACT_REJECT, ACT_WITHDRAW, ACT_EXPIRE };

struct racer {
    struct fixture *fixture;
    pthread_t thread;
    pthread_barrier_t *start;
    enum act act;
    int64_t id;
    enum err err;
};

static void *race(void *arg)
{
    struct racer *racer = arg;

    pthread_barrier_wait(racer->start);
    switch (racer->act) {
    case ACT_APPROVE:
        racer->err = decide(racer->fixture, racer->id, BEN, true);
        break;
    case ACT_REJECT:
        racer->err = decide(racer->fixture, racer->id, BEN, false);
        break;
    case ACT_WITHDRAW:
        racer->err = withdraw(racer->fixture, racer->id, ADA);
        break;
    case ACT_EXPIRE:
        clock_advance(&racer->fixture->world.clock, INT64_C(3600000000));
        racer->err = ERR_OK;
        break;
    }
    return NULL;
}

/* All at once about one proposal, whose subject is `subject`. */
static void run_race(struct fixture *fixture, int count, const enum act *acts, int act_count,
                     int64_t subject)
{
    struct racer racers[64];
    int done[4] = {0}; /* by act */
    pthread_barrier_t start;
    struct approval approval;
    int64_t id;

    assert_int_equal(propose(fixture, "count", subject, ADA, NULL, &id), ERR_OK);
    assert_int_equal(pthread_barrier_init(&start, NULL, (unsigned)count), 0);
    for (int i = 0; i < count; i++) {
        racers[i] = (struct racer){
            .fixture = fixture, .start = &start, .act = acts[i % act_count], .id = id};
        assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(racers[i].thread, NULL);
        assert_true(racers[i].err == ERR_OK || racers[i].err == ERR_APPROVAL_DECIDED);
        done[racers[i].act] += racers[i].err == ERR_OK;
    }
    pthread_barrier_destroy(&start);
    approval = get(fixture, id);
    /* One outcome; withdrawing again is OK, everything else is done once. */
    assert_int_equal(done[ACT_APPROVE] + done[ACT_REJECT] + (done[ACT_WITHDRAW] > 0),
                     approval.state == APPROVAL_EXPIRED ? 0 : 1);
    assert_int_equal(done[ACT_APPROVE], approval.state == APPROVAL_APPROVED);
    assert_int_equal(done[ACT_REJECT], approval.state == APPROVAL_REJECTED);
    assert_int_equal(done[ACT_WITHDRAW] > 0, approval.state == APPROVAL_WITHDRAWN);
    assert_int_equal(holding(fixture, subject), done[ACT_APPROVE]);
}

static void test_races(void **state)
{
    static const enum act approvers[] = {ACT_APPROVE};
    static const enum act both[] = {ACT_APPROVE, ACT_REJECT};
    static const enum act three[] = {ACT_WITHDRAW, ACT_APPROVE, ACT_REJECT};
    static const enum act late[] = {ACT_EXPIRE, ACT_APPROVE, ACT_WITHDRAW};
    static const struct {
        const enum act *acts;
        int count;
    } mixes[] = {{approvers, 1}, {both, 2}, {three, 3}, {late, 3}};
    int64_t subject = 7000;

    for (int ways = 2; ways <= 64; ways *= 2) {
        for (size_t i = 0; i < ARRAY_COUNT(mixes); i++) {
            run_race(*state, ways, mixes[i].acts, mixes[i].count, subject++);
        }
    }
}

struct proposing {
    struct fixture *fixture;
    pthread_t thread;
    enum err err;
};

static void *race_propose(void *arg)
{
    struct proposing *proposing = arg;
    int64_t id;

    proposing->err = propose(proposing->fixture, "count", 6000, ADA, NULL, &id);
    return NULL;
}

static void test_proposing_at_once(void **state)
{
    struct proposing racers[32];
    int made = 0;

    for (size_t i = 0; i < ARRAY_COUNT(racers); i++) {
        racers[i].fixture = *state;
        assert_int_equal(pthread_create(&racers[i].thread, NULL, race_propose, &racers[i]), 0);
    }
    for (size_t i = 0; i < ARRAY_COUNT(racers); i++) {
        pthread_join(racers[i].thread, NULL);
        assert_true(racers[i].err == ERR_OK || racers[i].err == ERR_APPROVAL_PENDING);
        made += racers[i].err == ERR_OK;
    }
    assert_int_equal(made, 1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_ladder, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_human_has_two_eyes_only, setup, teardown),
        cmocka_unit_test_setup_teardown(test_it_expires_to_the_microsecond, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lifting_a_lock_of_law, setup, teardown),
        cmocka_unit_test_setup_teardown(test_changing_roles, setup, teardown),
        cmocka_unit_test_setup_teardown(test_enabling_again, setup, teardown),
        cmocka_unit_test(test_payloads),
        cmocka_unit_test_setup_teardown(test_listing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_races, setup, teardown),
        cmocka_unit_test_setup_teardown(test_proposing_at_once, setup, teardown),
    };

    backend = argc > 1 && strcmp(argv[1], "postgres") == 0 ? STORE_POSTGRES : STORE_SQLITE;
    return cmocka_run_group_tests_name("approvals", tests, NULL, NULL);
}

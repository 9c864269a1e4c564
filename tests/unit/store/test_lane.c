/* Lanes and group commit: who is told what, in which order, and what is left in the database. */
#include "store_test.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/* ---- a callback whose group is decided by the test ---- */

struct job {
    struct store_write write;
    int64_t id;         /* inserted, unless 0 */
    enum err verdict;   /* returned after that */
    int conflicts_left; /* returned first, that many times */
    int runs;
    enum err outcome;
    _Atomic int done_count;
    sem_t *done;
    bool ends_group;
    uint32_t lane;
    int64_t now_us;
};

static enum err run_job(struct store_tx *tx, void *arg)
{
    struct job *job = arg;
    job->runs++;
    job->lane = store_tx_lane(tx);
    job->now_us = store_tx_now_us(tx);
    if (job->id != 0) {
        enum err err = insert_thing(tx, &job->id);
        if (err != ERR_OK) {
            return err;
        }
    }
    if (job->ends_group) {
        store_tx_end_group(tx);
    }
    if (job->conflicts_left > 0) {
        job->conflicts_left--;
        return ERR_STORE_CONFLICT;
    }
    return job->verdict;
}

static void job_done(void *arg, enum err outcome)
{
    struct job *job = arg;
    job->outcome = outcome;
    atomic_fetch_add(&job->done_count, 1);
    sem_post(job->done);
}

/* Holds the lane in a group of its own until the test lets it go. */
struct blocker {
    struct store_write write;
    sem_t entered, go, done;
};

static enum err run_blocker(struct store_tx *tx, void *arg)
{
    (void)tx;
    struct blocker *blocker = arg;
    sem_post(&blocker->entered);
    sem_wait(&blocker->go);
    return ERR_OK;
}

static void blocker_done(void *arg, enum err outcome)
{
    assert_int_equal(outcome, ERR_OK);
    sem_post(&((struct blocker *)arg)->done);
}

static void block(struct store *store, struct blocker *blocker)
{
    sem_init(&blocker->entered, 0, 0);
    sem_init(&blocker->go, 0, 0);
    sem_init(&blocker->done, 0, 0);
    blocker->write = (struct store_write){.run = run_blocker, .done = blocker_done, .arg = blocker};
    assert_int_equal(store_submit(store, &blocker->write), ERR_OK);
    sem_wait(&blocker->entered);
}

static void unblock(struct blocker *blocker)
{
    sem_post(&blocker->go);
    sem_wait(&blocker->done);
}

/* Runs the jobs as one group. */
static void run_group_of(struct store *store, struct job *jobs, size_t count)
{
    struct blocker blocker;
    sem_t done;
    sem_init(&done, 0, 0);
    block(store, &blocker);
    for (size_t i = 0; i < count; i++) {
        jobs[i].done = &done;
        jobs[i].write = (struct store_write){.run = run_job, .done = job_done, .arg = &jobs[i]};
        assert_int_equal(store_submit(store, &jobs[i].write), ERR_OK);
    }
    unblock(&blocker);
    for (size_t i = 0; i < count; i++) {
        sem_wait(&done);
    }
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(jobs[i].done_count, 1);
    }
}

/* ---- a participant that writes down what it hears ---- */

struct witness {
    char heard[512];
    size_t length;
    int flush_fails_at_id; /* while this thing is in the transaction, flush fails */
    int conflicts_left;    /* flush asks for another run that many times */
};

static void hear(struct witness *witness, char what)
{
    if (witness->length + 1 < sizeof(witness->heard)) {
        witness->heard[witness->length++] = what;
    }
}
#define HEAR(name, letter)                                                                         \
    static void hear_##name(void *state, struct store_tx *tx)                                      \
    {                                                                                              \
        (void)tx;                                                                                  \
        hear(state, letter);                                                                       \
    }
HEAR(begin, 'b')
HEAR(savepoint, 's')
HEAR(release, 'r')
HEAR(rollback, 'x')
HEAR(committed, 'C')

static bool note_row(const struct q_test_thing_list_row *row, void *arg)
{
    int64_t *first = arg;
    *first = row->id;
    return false;
}

static enum err hear_flush(void *state, struct store_tx *tx)
{
    struct witness *witness = state;
    hear(witness, 'f');
    if (witness->conflicts_left > 0) {
        witness->conflicts_left--;
        return ERR_STORE_CONFLICT;
    }
    if (witness->flush_fails_at_id != 0) {
        int64_t first = 0;
        enum err err = q_test_thing_list_each(
            tx, &(struct q_test_thing_list_in){witness->flush_fails_at_id}, note_row, &first);
        if (err != ERR_OK || first == witness->flush_fails_at_id) {
            return ERR_STORE_FAILED;
        }
    }
    return ERR_OK;
}

static void hear_aborted(void *state, struct store_tx *tx, bool outcome_unknown)
{
    (void)tx;
    hear(state, outcome_unknown ? 'U' : 'A');
}

static void register_witness(struct store *store, struct witness *witness)
{
    store_register(store, &(struct store_participant){.state = witness,
                                                      .group_begin = hear_begin,
                                                      .savepoint = hear_savepoint,
                                                      .release = hear_release,
                                                      .rollback = hear_rollback,
                                                      .flush = hear_flush,
                                                      .committed = hear_committed,
                                                      .aborted = hear_aborted});
}

/* ---- tests ---- */

static void participants_hear_the_documented_order(void **state)
{
    struct fixture *f = *state;
    struct witness witness = {0};
    register_witness(f->store, &witness);
    assert_int_equal(store_start(f->store), ERR_OK);
    struct job jobs[] = {{.id = 1}, {.id = 2, .verdict = ERR_STORE_ROW_NOT_FOUND}, {.id = 3}};
    run_group_of(f->store, jobs, 3);
    /* The blocker's group first. */
    assert_string_equal(witness.heard, "bsrfC"
                                       "bsrsxsrfC");
    assert_int_equal(jobs[0].outcome, ERR_OK);
    assert_int_equal(jobs[1].outcome, ERR_STORE_ROW_NOT_FOUND);
    assert_int_equal(jobs[2].outcome, ERR_OK);
    assert_true(has_thing(f->store, 1));
    assert_false(has_thing(f->store, 2));
    assert_true(has_thing(f->store, 3));
}

static void a_callback_may_end_its_group(void **state)
{
    struct fixture *f = *state;
    struct witness witness = {0};
    register_witness(f->store, &witness);
    assert_int_equal(store_start(f->store), ERR_OK);
    struct job jobs[] = {{.id = 1}, {.id = 2, .ends_group = true}, {.id = 3}, {.id = 4}};
    run_group_of(f->store, jobs, 4);
    assert_string_equal(witness.heard, "bsrfC"
                                       "bsrsrfC"
                                       "bsrsrfC");
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(jobs[i].outcome, ERR_OK);
        assert_int_equal(jobs[i].runs, 1);
    }
    assert_int_equal(count_things(f->store), 4);
}

static void a_group_of_failures_commits_nothing(void **state)
{
    struct fixture *f = *state;
    struct witness witness = {0};
    register_witness(f->store, &witness);
    assert_int_equal(store_start(f->store), ERR_OK);
    struct job jobs[] = {{.id = 1, .verdict = ERR_STORE_ROW_NOT_FOUND},
                         {.id = 2, .verdict = ERR_STORE_ROW_NOT_FOUND}};
    run_group_of(f->store, jobs, 2);
    assert_string_equal(witness.heard, "bsrfC"
                                       "bsxsxA");
    struct job alone = {.id = 3, .verdict = ERR_STORE_ROW_NOT_FOUND};
    witness.length = 0;
    memset(witness.heard, 0, sizeof(witness.heard));
    run_group_of(f->store, &alone, 1);
    assert_string_equal(witness.heard, "bsrfC"
                                       "bsxA");
    assert_int_equal(count_things(f->store), 0);
}

static void a_conflict_runs_the_whole_group_again(void **state)
{
    struct fixture *f = *state;
    struct witness witness = {0};
    register_witness(f->store, &witness);
    assert_int_equal(store_start(f->store), ERR_OK);
    struct job jobs[] = {{.id = 1}, {.id = 2, .conflicts_left = 1}, {.id = 3}};
    run_group_of(f->store, jobs, 3);
    assert_string_equal(witness.heard, "bsrfC"
                                       "bsrsxA"
                                       "bsrsrsrfC");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(jobs[i].outcome, ERR_OK);
    }
    assert_int_equal(jobs[0].runs, 2);
    assert_int_equal(jobs[1].runs, 2);
    assert_int_equal(jobs[2].runs, 1);
    assert_int_equal(count_things(f->store), 3);
}

static void a_conflict_at_flush_runs_it_again(void **state)
{
    struct fixture *f = *state;
    struct witness witness = {.conflicts_left = 1};
    register_witness(f->store, &witness);
    assert_int_equal(store_start(f->store), ERR_OK);
    int64_t id = 5;
    assert_int_equal(store_write_sync(f->store, insert_thing, &id, 0), ERR_OK);
    assert_string_equal(witness.heard, "bsrfA"
                                       "bsrfC");
    assert_int_equal(count_things(f->store), 1);
}

static void what_always_conflicts_fails_alone(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(store_start(f->store), ERR_OK);
    struct job jobs[] = {{.id = 1}, {.id = 2, .conflicts_left = 1000}, {.id = 3}};
    run_group_of(f->store, jobs, 3);
    assert_int_equal(jobs[0].outcome, ERR_OK);
    assert_int_equal(jobs[1].outcome, ERR_STORE_CONFLICT);
    assert_int_equal(jobs[2].outcome, ERR_OK);
    assert_true(jobs[1].runs < 20);
    assert_int_equal(count_things(f->store), 2);
    struct store_stats stats;
    store_stats(f->store, &stats);
    assert_true(stats.retries > 0);
}

static void what_poisons_the_flush_fails_alone(void **state)
{
    struct fixture *f = *state;
    struct witness witness = {.flush_fails_at_id = 2};
    register_witness(f->store, &witness);
    assert_int_equal(store_start(f->store), ERR_OK);
    struct job jobs[] = {{.id = 3}, {.id = 2}, {.id = 4}};
    run_group_of(f->store, jobs, 3);
    assert_int_equal(jobs[0].outcome, ERR_OK);
    assert_int_equal(jobs[1].outcome, ERR_STORE_FAILED);
    assert_int_equal(jobs[2].outcome, ERR_OK);
    assert_int_equal(count_things(f->store), 2);
}

static void a_duplicate_fails_alone(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(store_start(f->store), ERR_OK);
    struct job jobs[] = {{.id = 1}, {.id = 1}, {.id = 3}};
    run_group_of(f->store, jobs, 3);
    assert_int_equal(jobs[0].outcome, ERR_OK);
    assert_int_equal(jobs[1].outcome, ERR_STORE_DUPLICATE);
    assert_int_equal(jobs[2].outcome, ERR_OK);
    assert_int_equal(count_things(f->store), 2);
}

static void a_full_queue_refuses_before_it_queues(void **state)
{
    struct fixture *f = *state;
    store_close(f->store);
    struct store_config config = fixture_config(f);
    config.queue_max = 3;
    config.lane_count = 1;
    assert_int_equal(store_open(&config, &f->store), ERR_OK);
    assert_int_equal(store_start(f->store), ERR_OK);
    struct blocker blocker;
    sem_t done;
    sem_init(&done, 0, 0);
    block(f->store, &blocker);
    struct job jobs[4];
    memset(jobs, 0, sizeof(jobs));
    for (int i = 0; i < 4; i++) {
        jobs[i].id = i + 1;
        jobs[i].done = &done;
        jobs[i].write = (struct store_write){.run = run_job, .done = job_done, .arg = &jobs[i]};
    }
    /* The blocker itself still counts until it is answered. */
    assert_int_equal(store_submit(f->store, &jobs[0].write), ERR_OK);
    assert_int_equal(store_submit(f->store, &jobs[1].write), ERR_OK);
    assert_int_equal(store_submit(f->store, &jobs[2].write), ERR_STORE_BUSY);
    unblock(&blocker);
    sem_wait(&done);
    sem_wait(&done);
    assert_int_equal(jobs[2].done_count, 0);
    struct store_stats stats;
    store_stats(f->store, &stats);
    assert_int_equal(stats.rejected_busy, 1);
    assert_int_equal(count_things(f->store), 2);
}

#define DRAINED 200

static void closing_drains_what_waits(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(store_start(f->store), ERR_OK);
    struct job *jobs = test_calloc(DRAINED, sizeof(*jobs));
    sem_t done;
    sem_init(&done, 0, 0);
    struct blocker blocker;
    block(f->store, &blocker);
    for (int i = 0; i < DRAINED; i++) {
        jobs[i].id = i + 1;
        jobs[i].done = &done;
        jobs[i].write =
            (struct store_write){.run = run_job, .done = job_done, .arg = &jobs[i], .affinity = i};
        assert_int_equal(store_submit(f->store, &jobs[i].write), ERR_OK);
    }
    sem_post(&blocker.go);
    store_close(f->store);
    f->store = NULL;
    for (int i = 0; i < DRAINED; i++) {
        assert_int_equal(jobs[i].done_count, 1);
        assert_int_equal(jobs[i].outcome, ERR_OK);
    }
    fixture_reopen(f);
    assert_int_equal(count_things(f->store), DRAINED);
    test_free(jobs);
}

static void time_never_goes_back(void **state)
{
    struct fixture *f = *state;
    store_close(f->store);
    struct clock clock;
    clock_init_virtual(&clock, 5000000);
    struct store_config config = fixture_config(f);
    config.clock = &clock;
    config.lane_count = 1;
    assert_int_equal(store_open(&config, &f->store), ERR_OK);
    assert_int_equal(store_start(f->store), ERR_OK);
    struct job first = {.id = 1}, second = {.id = 2};
    run_group_of(f->store, &first, 1);
    atomic_store(&clock.virtual_us, 4000000);
    run_group_of(f->store, &second, 1);
    assert_int_equal(first.now_us, 5000000);
    assert_int_equal(second.now_us, 5000000);
}

static void one_affinity_one_lane(void **state)
{
    struct fixture *f = *state;
    store_close(f->store);
    struct store_config config = fixture_config(f);
    config.lane_count = 4;
    assert_int_equal(store_open(&config, &f->store), ERR_OK);
    assert_int_equal(store_start(f->store), ERR_OK);
    uint32_t lanes_seen = 0;
    for (int64_t affinity = 1; affinity <= 64; affinity++) {
        uint32_t lanes[2];
        for (int i = 0; i < 2; i++) {
            struct job job = {0};
            sem_t done;
            sem_init(&done, 0, 0);
            job.done = &done;
            job.write = (struct store_write){
                .run = run_job, .done = job_done, .arg = &job, .affinity = affinity};
            assert_int_equal(store_submit(f->store, &job.write), ERR_OK);
            sem_wait(&done);
            lanes[i] = job.lane;
        }
        assert_int_equal(lanes[0], lanes[1]);
        lanes_seen |= 1u << lanes[0];
    }
    assert_int_equal(lanes_seen, test_backend() == STORE_SQLITE ? 1 : 15);
}

struct snapshot {
    struct store *store;
    int64_t before, after;
    sem_t counted, written;
};

static enum err count_twice(struct store_tx *tx, void *arg)
{
    struct snapshot *snapshot = arg;
    struct q_test_thing_count_row row = {0};
    bool found = false;
    enum err err = q_test_thing_count(tx, &row, &found);
    snapshot->before = row.count;
    sem_post(&snapshot->counted);
    sem_wait(&snapshot->written);
    if (err == ERR_OK) {
        err = q_test_thing_count(tx, &row, &found);
    }
    snapshot->after = row.count;
    return err;
}

static void *read_twice(void *arg)
{
    struct snapshot *snapshot = arg;
    return (void *)(intptr_t)store_read(snapshot->store, count_twice, snapshot);
}

static void a_read_sees_one_snapshot(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(store_start(f->store), ERR_OK);
    struct snapshot snapshot = {.store = f->store};
    sem_init(&snapshot.counted, 0, 0);
    sem_init(&snapshot.written, 0, 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, read_twice, &snapshot), 0);
    sem_wait(&snapshot.counted);
    int64_t id = 1;
    assert_int_equal(store_write_sync(f->store, insert_thing, &id, 0), ERR_OK);
    sem_post(&snapshot.written);
    void *outcome = NULL;
    pthread_join(thread, &outcome);
    assert_int_equal((intptr_t)outcome, ERR_OK);
    assert_int_equal(snapshot.before, 0);
    assert_int_equal(snapshot.after, 0);
    assert_int_equal(count_things(f->store), 1);
}

/* ---- many submitters ---- */

#define SUBMITTERS 16
#define EACH       60

struct submitter {
    struct store *store;
    int index;
    int accepted;
};

static enum err insert_or_fail(struct store_tx *tx, void *arg)
{
    int64_t id = *(const int64_t *)arg;
    enum err err = insert_thing(tx, arg);
    return err == ERR_OK && id % 7 == 0 ? ERR_STORE_ROW_NOT_FOUND : err;
}

static void *submit_many(void *arg)
{
    struct submitter *me = arg;
    for (int i = 0; i < EACH; i++) {
        int64_t id = (int64_t)me->index * EACH + i + 1;
        enum err err = store_write_sync(me->store, insert_or_fail, &id, id);
        if (err == ERR_OK && id % 7 != 0) {
            me->accepted++;
        } else if (err != ERR_STORE_ROW_NOT_FOUND || id % 7 != 0) {
            return (void *)1;
        }
    }
    return NULL;
}

static void *read_along(void *arg)
{
    struct submitter *me = arg;
    int64_t last = 0;
    for (int i = 0; i < EACH; i++) {
        int64_t count = count_things(me->store);
        if (count < last) {
            return (void *)1;
        }
        last = count;
    }
    return NULL;
}

static void many_submitters_each_get_their_own_answer(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(store_start(f->store), ERR_OK);
    struct submitter submitters[SUBMITTERS + 2];
    pthread_t threads[SUBMITTERS + 2];
    for (int i = 0; i < SUBMITTERS + 2; i++) {
        submitters[i] = (struct submitter){.store = f->store, .index = i};
        assert_int_equal(pthread_create(&threads[i], NULL,
                                        i < SUBMITTERS ? submit_many : read_along, &submitters[i]),
                         0);
    }
    int accepted = 0;
    for (int i = 0; i < SUBMITTERS + 2; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        assert_null(failed);
        accepted += submitters[i].accepted;
    }
    assert_int_equal(accepted, SUBMITTERS * EACH - SUBMITTERS * EACH / 7);
    assert_int_equal(count_things(f->store), accepted);
    struct store_stats stats;
    store_stats(f->store, &stats);
    assert_true(stats.groups < stats.callbacks); /* they were grouped */
}

/* ---- two writers of the same rows ---- */

struct crossing {
    struct store *store;
    int64_t first, second;
    int done;
};

static enum err add_to_both(struct store_tx *tx, void *arg)
{
    const struct crossing *crossing = arg;
    const int64_t ids[] = {crossing->first, crossing->second};
    for (int i = 0; i < 2; i++) {
        struct q_test_thing_add_row row = {0};
        bool found = false;
        enum err err = q_test_thing_add(tx, &(struct q_test_thing_add_in){ids[i], 1}, &row, &found);
        if (err != ERR_OK) {
            return err;
        }
        struct timespec pause = {.tv_nsec = 300000};
        nanosleep(&pause, NULL);
    }
    return ERR_OK;
}

static void *cross(void *arg)
{
    struct crossing *crossing = arg;
    for (int i = 0; i < 6; i++) {
        /* Affinities that fall on different lanes where there are several. */
        if (store_write_sync(crossing->store, add_to_both, crossing, crossing->first) != ERR_OK) {
            return (void *)1;
        }
        crossing->done++;
    }
    return NULL;
}

static enum err read_amount(struct store_tx *tx, void *arg)
{
    struct q_test_thing_add_row row = {0};
    bool found = false;
    enum err err = q_test_thing_add(tx, &(struct q_test_thing_add_in){1, 0}, &row, &found);
    *(int64_t *)arg = row.amount.v;
    return err;
}

static void deadlocks_are_run_again(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(store_start(f->store), ERR_OK);
    for (int64_t id = 1; id <= 2; id++) {
        assert_int_equal(store_write_sync(f->store, insert_thing, &id, 0), ERR_OK);
    }
    struct crossing crossings[2] = {{.store = f->store, .first = 1, .second = 2},
                                    {.store = f->store, .first = 2, .second = 1}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, cross, &crossings[i]), 0);
    }
    for (int i = 0; i < 2; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    int64_t amount = 0;
    assert_int_equal(store_write_sync(f->store, read_amount, &amount, 0), ERR_OK);
    assert_int_equal(amount, 10 + 12);
}

static void a_write_before_the_start_runs_at_once(void **state)
{
    struct fixture *f = *state;
    struct witness witness = {0};
    register_witness(f->store, &witness);
    int64_t id = 1;
    assert_int_equal(store_write_sync(f->store, insert_thing, &id, 0), ERR_OK);
    assert_int_equal(store_write_sync(f->store, insert_thing, &id, 0), ERR_STORE_DUPLICATE);
    assert_true(has_thing(f->store, 1));
    assert_memory_equal(witness.heard, "bsrfC", 5);
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)
        T(participants_hear_the_documented_order),
        T(a_callback_may_end_its_group),
        T(a_group_of_failures_commits_nothing),
        T(a_conflict_runs_the_whole_group_again),
        T(a_conflict_at_flush_runs_it_again),
        T(what_always_conflicts_fails_alone),
        T(what_poisons_the_flush_fails_alone),
        T(a_duplicate_fails_alone),
        T(a_full_queue_refuses_before_it_queues),
        T(closing_drains_what_waits),
        T(time_never_goes_back),
        T(one_affinity_one_lane),
        T(a_read_sees_one_snapshot),
        T(many_submitters_each_get_their_own_answer),
        T(deadlocks_are_run_again),
        T(a_write_before_the_start_runs_at_once),
#undef T
    };
    return cmocka_run_group_tests_name("store_lane", tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return test_main(argc, argv, run);
}

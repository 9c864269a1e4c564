/* The lines O-P-nn of docs/outcomes.md: what a lost connection or a refusing server means for the
 * money. The store talks to the server through a proxy that cuts at chosen moments. */
#include "store_test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "core/arena.h"
#include "fault/pg_proxy.h"
#include "store/pg_int.h"

struct under_test {
    struct fixture f; /* its store goes through the proxy */
    struct pg_proxy *proxy;
    struct store *direct; /* another process's view */
    char direct_url[512];
    _Atomic int committed, aborted, unknown;
};

static void on_committed(void *state, struct store_tx *tx)
{
    (void)tx;
    atomic_fetch_add(&((struct under_test *)state)->committed, 1);
}

static void on_aborted(void *state, struct store_tx *tx, bool outcome_unknown)
{
    (void)tx;
    struct under_test *t = state;
    atomic_fetch_add(outcome_unknown ? &t->unknown : &t->aborted, 1);
}

static struct store *open_store(struct fixture *f, const char *url, struct under_test *listener)
{
    struct store_config config = fixture_config(f);
    struct store *store = NULL;
    config.url = url;
    config.lane_count = 1;
    config.reader_count = 2;
    assert_int_equal(store_open(&config, &store), ERR_OK);
    if (listener != NULL) {
        store_register(store, &(struct store_participant){.state = listener,
                                                          .committed = on_committed,
                                                          .aborted = on_aborted});
    }
    assert_int_equal(store_start(store), ERR_OK);
    return store;
}

static int setup(void **state)
{
    void *made = NULL;
    fixture_setup(&made);
    struct under_test *t = test_calloc(1, sizeof(*t));
    t->f = *(struct fixture *)made;
    free(made);
    store_close(t->f.store);
    snprintf(t->direct_url, sizeof(t->direct_url), "%s", t->f.db.url);
    t->proxy = pg_proxy_start(t->direct_url);
    pg_proxy_url(t->proxy, t->direct_url, t->f.db.url, sizeof(t->f.db.url));
    clock_init_real(&t->f.clock);
    t->f.store = open_store(&t->f, t->f.db.url, t);
    t->direct = open_store(&t->f, t->direct_url, NULL);
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    struct under_test *t = *state;
    store_close(t->f.store);
    store_close(t->direct);
    pg_proxy_stop(t->proxy);
    test_db_drop(&t->f.db);
    test_free(t);
    return 0;
}

static void sleep_ms(int64_t ms)
{
    struct timespec pause = {.tv_nsec = ms * 1000000};
    nanosleep(&pause, NULL);
}

static enum err put(struct under_test *t, int64_t id)
{
    return store_write_sync(t->f.store, insert_thing, &id, 0);
}

static bool is_available(struct under_test *t)
{
    struct store_stats stats;
    store_stats(t->f.store, &stats);
    return stats.available;
}

/* Waits up to ten seconds. */
static void wait_available(struct under_test *t, bool wanted)
{
    for (int i = 0; i < 1000 && is_available(t) != wanted; i++) {
        sleep_ms(10);
    }
    assert_int_equal(is_available(t), wanted);
}

/* As a client would: a definite refusal is asked again, for at most ten seconds. The circuit may
 * open after the answer that told of the lost connection, when connecting anew fails. */
static enum err put_until_served(struct under_test *t, int64_t id)
{
    enum err err = put(t, id);
    for (int i = 0; i < 1000 && err == ERR_STORE_UNAVAILABLE; i++) {
        sleep_ms(10);
        err = put(t, id);
    }
    return err;
}

/* The server is back: the circuit closes by itself, and the same key gives a definite answer. */
static void key_decides(struct under_test *t, int64_t id, bool was_carried_out)
{
    assert_int_equal(has_thing(t->direct, id), was_carried_out);
    pg_proxy_set(t->proxy, PROXY_PASS);
    assert_int_equal(put_until_served(t, id), was_carried_out ? ERR_STORE_DUPLICATE : ERR_OK);
    assert_true(is_available(t));
    assert_true(has_thing(t->direct, id));
}

static enum err raise_once(struct store_tx *tx, void *arg)
{
    int *runs = arg;
    if ((*runs)++ == 0) {
        return q_test_raise_serialization(tx, NULL);
    }
    int64_t id = 1;
    return insert_thing(tx, &id);
}

static void o_p_06_serialization_failure(void **state)
{
    struct under_test *t = *state;
    int runs = 0;
    assert_int_equal(store_write_sync(t->f.store, raise_once, &runs, 0), ERR_OK);
    assert_int_equal(runs, 2);
    assert_int_equal(t->aborted, 1);
    assert_int_equal(count_things(t->direct), 1);
}

static enum err always_raise(struct store_tx *tx, void *arg)
{
    (*(int *)arg)++;
    return q_test_raise_serialization(tx, NULL);
}

static void o_p_07_serialization_failure_that_stays(void **state)
{
    struct under_test *t = *state;
    int runs = 0;
    assert_int_equal(store_write_sync(t->f.store, always_raise, &runs, 0), ERR_STORE_CONFLICT);
    assert_in_range(runs, 2, 50);
}

/* Cuts the connection from inside the callback, the first time only. */
struct cutter {
    struct under_test *t;
    int runs;
    int64_t id;
    bool refuse_after;
};

static enum err cut_in_the_middle(struct store_tx *tx, void *arg)
{
    struct cutter *cutter = arg;
    enum err err = insert_thing(tx, &cutter->id);
    if (err == ERR_OK && cutter->runs++ == 0) {
        if (cutter->refuse_after) {
            pg_proxy_set(cutter->t->proxy, PROXY_REFUSE);
        }
        pg_proxy_cut_all(cutter->t->proxy);
        sleep_ms(50);
        int64_t other = cutter->id + 1000;
        err = insert_thing(tx, &other);
        assert_int_equal(err, ERR_STORE_UNAVAILABLE);
        return ERR_OK; /* its own answer does not count */
    }
    return err;
}

static void o_p_09_connection_lost_before_commit(void **state)
{
    struct under_test *t = *state;
    struct cutter cutter = {.t = t, .id = 1};
    assert_int_equal(store_write_sync(t->f.store, cut_in_the_middle, &cutter, 0), ERR_OK);
    assert_int_equal(cutter.runs, 2);
    assert_int_equal(t->aborted, 1);
    assert_int_equal(t->unknown, 0);
    assert_int_equal(count_things(t->direct), 1);
}

static void o_p_10_connection_lost_before_commit_and_no_other(void **state)
{
    struct under_test *t = *state;
    struct cutter cutter = {.t = t, .id = 1, .refuse_after = true};
    assert_int_equal(store_write_sync(t->f.store, cut_in_the_middle, &cutter, 0),
                     ERR_STORE_UNAVAILABLE);
    assert_int_equal(t->unknown, 0);
    assert_int_equal(cutter.runs, 1);
    key_decides(t, 1, false);
}

#define LONG_BATCH 1000

/* A batch so long that it goes by COPY, into a connection that was just cut. */
static enum err cut_before_a_long_batch(struct store_tx *tx, void *arg)
{
    struct cutter *cutter = arg;
    enum err err = insert_thing(tx, &cutter->id);
    if (err != ERR_OK) {
        return err;
    }
    if (cutter->runs++ == 0) {
        pg_proxy_cut_all(cutter->t->proxy);
    }
    struct q_test_thing_insert_all_in *rows = test_calloc(LONG_BATCH, sizeof(*rows));
    int64_t changed = 0;
    for (int64_t i = 0; i < LONG_BATCH; i++) {
        rows[i].id = cutter->id + 1 + i;
    }
    err = q_test_thing_insert_all_batch(tx, rows, LONG_BATCH, &changed);
    assert_int_equal(err, cutter->runs == 1 ? ERR_STORE_UNAVAILABLE : ERR_OK);
    assert_int_equal(changed, cutter->runs == 1 ? 0 : LONG_BATCH);
    test_free(rows);
    return err;
}

static void a_connection_lost_in_a_long_batch(void **state)
{
    struct under_test *t = *state;
    struct cutter cutter = {.t = t, .id = 1};
    assert_int_equal(store_write_sync(t->f.store, cut_before_a_long_batch, &cutter, 0), ERR_OK);
    assert_int_equal(cutter.runs, 2);
    assert_int_equal(t->unknown, 0);
    assert_int_equal(count_things(t->direct), 1 + LONG_BATCH);
}

static void o_p_11_commit_does_not_arrive(void **state)
{
    struct under_test *t = *state;
    pg_proxy_set(t->proxy, PROXY_CUT_COMMIT);
    assert_int_equal(put(t, 1), ERR_OUTCOME_UNKNOWN);
    assert_int_equal(t->unknown, 1);
    assert_int_equal(t->committed, 0);
    key_decides(t, 1, false);
    assert_int_equal(count_things(t->direct), 1);
}

static void o_p_12_reply_to_commit_is_lost(void **state)
{
    struct under_test *t = *state;
    pg_proxy_set(t->proxy, PROXY_CUT_COMMIT_REPLY);
    assert_int_equal(put(t, 1), ERR_OUTCOME_UNKNOWN);
    assert_int_equal(t->unknown, 1);
    assert_int_equal(t->committed, 0);
    key_decides(t, 1, true);
    assert_int_equal(count_things(t->direct), 1);
}

struct sender {
    struct under_test *t;
    int64_t next;
    _Atomic bool *stop;
    _Atomic int ok;
    int unavailable, unknown, other;
};

static void *send_on(void *arg)
{
    struct sender *sender = arg;
    while (!atomic_load(sender->stop)) {
        switch ((int)put(sender->t, sender->next++)) {
        case ERR_OK:
            atomic_fetch_add(&sender->ok, 1);
            break;
        case ERR_STORE_UNAVAILABLE:
            sender->unavailable++;
            break;
        case ERR_OUTCOME_UNKNOWN:
            sender->unknown++;
            break;
        default:
            sender->other++;
        }
        sleep_ms(1);
    }
    return NULL;
}

#define SENDERS 8

static void o_p_13_database_down_refuses_at_once(void **state)
{
    struct under_test *t = *state;
    struct sender senders[SENDERS];
    pthread_t threads[SENDERS];
    _Atomic bool stop = false;
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){.t = t, .next = i * 1000000 + 1, .stop = &stop};
        assert_int_equal(pthread_create(&threads[i], NULL, send_on, &senders[i]), 0);
    }
    for (int i = 0; i < 1000 && atomic_load(&senders[0].ok) < 5; i++) {
        sleep_ms(1);
    }
    pg_proxy_set(t->proxy, PROXY_REFUSE);
    pg_proxy_cut_all(t->proxy);
    wait_available(t, false);
    sleep_ms(30); /* some arrive while it is down */
    atomic_store(&stop, true);
    int ok = 0, unavailable = 0, unknown = 0;
    for (int i = 0; i < SENDERS; i++) {
        pthread_join(threads[i], NULL);
        ok += senders[i].ok;
        unavailable += senders[i].unavailable;
        unknown += senders[i].unknown;
        assert_int_equal(senders[i].other, 0);
    }
    assert_true(ok > 0);
    assert_true(unavailable > 0);
    assert_int_equal(put(t, 999999999), ERR_STORE_UNAVAILABLE);
    /* Nothing lost, nothing doubled: what was acknowledged is there, and what was refused is not;
     * the unknown ones may be either. */
    int64_t count = count_things(t->direct);
    assert_in_range(count, ok, ok + unknown);
    pg_proxy_set(t->proxy, PROXY_PASS);
    wait_available(t, true);
    assert_int_equal(put(t, 999999999), ERR_OK);
    assert_int_equal(count_things(t->direct), count + 1);
}

static enum err end_others(struct store_tx *tx, void *arg)
{
    (void)arg;
    struct q_test_kill_other_backends_row row = {0};
    bool found = false;
    enum err err = q_test_kill_other_backends(tx, &row, &found);
    return err == ERR_OK && row.ended == 0 ? ERR_STORE_ROW_NOT_FOUND : err;
}

static void o_p_14_idle_connection_is_replaced(void **state)
{
    struct under_test *t = *state;
    assert_int_equal(put(t, 1), ERR_OK);
    assert_int_equal(count_things(t->f.store), 1);
    assert_int_equal(store_write_sync(t->direct, end_others, NULL, 0), ERR_OK);
    sleep_ms(50);
    assert_int_equal(put(t, 2), ERR_OK);
    assert_int_equal(t->unknown, 0);
    assert_int_equal(count_things(t->direct), 2);
}

static enum err count_only(struct store_tx *tx, void *arg)
{
    struct q_test_thing_count_row row = {0};
    bool found = false;
    enum err err = q_test_thing_count(tx, &row, &found);
    *(int64_t *)arg = row.count;
    return err;
}

static void o_p_15_a_read_says_when_the_database_is_gone(void **state)
{
    struct under_test *t = *state;
    assert_int_equal(put(t, 1), ERR_OK);
    int64_t count = -1;
    pg_proxy_set(t->proxy, PROXY_REFUSE);
    pg_proxy_cut_all(t->proxy);
    sleep_ms(50);
    assert_int_equal(store_read(t->f.store, count_only, &count), ERR_STORE_UNAVAILABLE);
    assert_int_equal(store_read(t->f.store, count_only, &count), ERR_STORE_UNAVAILABLE);
    pg_proxy_set(t->proxy, PROXY_PASS);
    enum err err = ERR_STORE_UNAVAILABLE;
    for (int i = 0; i < 300 && err != ERR_OK; i++) {
        sleep_ms(10);
        err = store_read(t->f.store, count_only, &count);
    }
    assert_int_equal(err, ERR_OK);
    assert_int_equal(count, 1);
}

static enum err raise_disk_full(struct store_tx *tx, void *arg)
{
    int64_t id = 1;
    (void)arg;
    enum err err = insert_thing(tx, &id);
    return err == ERR_OK ? q_test_raise_disk_full(tx, NULL) : err;
}

static void o_p_16_disk_full(void **state)
{
    struct under_test *t = *state;
    assert_int_equal(store_write_sync(t->f.store, raise_disk_full, NULL, 0), ERR_STORE_READ_ONLY);
    assert_int_equal(t->unknown, 0);
    assert_int_equal(count_things(t->direct), 0);
    assert_int_equal(put(t, 1), ERR_OK);
}

static enum err create_deferred(struct store_tx *tx, void *arg)
{
    (void)arg;
    return q_test_deferred_create(tx, NULL);
}

static enum err insert_deferred(struct store_tx *tx, void *arg)
{
    (void)arg;
    return q_test_deferred_insert(tx, &(struct q_test_deferred_insert_in){1}, NULL);
}

static void o_p_17_the_server_refuses_the_commit(void **state)
{
    struct under_test *t = *state;
    assert_int_equal(store_write_sync(t->f.store, create_deferred, NULL, 0), ERR_OK);
    assert_int_equal(store_write_sync(t->f.store, insert_deferred, NULL, 0), ERR_OK);
    t->aborted = 0;
    assert_int_equal(store_write_sync(t->f.store, insert_deferred, NULL, 0), ERR_STORE_DUPLICATE);
    assert_int_equal(t->unknown, 0);
    assert_true(t->aborted > 0);
    assert_int_equal(put(t, 1), ERR_OK);
}

static enum err read_setting(struct store_tx *tx, void *arg)
{
    struct arena *arena = arena_create(4096);
    struct q_test_synchronous_commit_row row = {0};
    bool found = false;
    enum err err = q_test_synchronous_commit(tx, arena, &row, &found);
    if (err == ERR_OK) {
        snprintf(arg, 16, "%.*s", (int)row.setting.length, row.setting.data);
    }
    arena_free(arena);
    return err;
}

static void o_p_18_commit_is_durable_whatever_the_address_says(void **state)
{
    struct under_test *t = *state;
    char url[600];
    snprintf(url, sizeof(url), "%s?options=-csynchronous_commit%%3Doff", t->direct_url);
    struct store *store = open_store(&t->f, url, NULL);
    char setting[16] = "";
    assert_int_equal(store_write_sync(store, read_setting, setting, 0), ERR_OK);
    assert_string_equal(setting, "on");
    store_close(store);
}

static enum err shorten_patience(struct store_tx *tx, void *arg)
{
    (void)arg;
    pg_conn_of(tx->conn)->reply_timeout_ms = 300;
    return ERR_OK;
}

static void o_p_19_the_server_hangs_at_commit(void **state)
{
    struct under_test *t = *state;
    assert_int_equal(store_write_sync(t->f.store, shorten_patience, NULL, 0), ERR_OK);
    pg_proxy_set(t->proxy, PROXY_STALL_COMMIT);
    assert_int_equal(put(t, 1), ERR_OUTCOME_UNKNOWN);
    assert_int_equal(t->unknown, 1);
    key_decides(t, 1, true);
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
        T(o_p_06_serialization_failure),
        T(o_p_07_serialization_failure_that_stays),
        T(o_p_09_connection_lost_before_commit),
        T(a_connection_lost_in_a_long_batch),
        T(o_p_10_connection_lost_before_commit_and_no_other),
        T(o_p_11_commit_does_not_arrive),
        T(o_p_12_reply_to_commit_is_lost),
        T(o_p_13_database_down_refuses_at_once),
        T(o_p_14_idle_connection_is_replaced),
        T(o_p_15_a_read_says_when_the_database_is_gone),
        T(o_p_16_disk_full),
        T(o_p_17_the_server_refuses_the_commit),
        T(o_p_18_commit_is_durable_whatever_the_address_says),
        T(o_p_19_the_server_hangs_at_commit),
#undef T
    };
    return cmocka_run_group_tests_name("store_outcome_postgres", tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return test_main(argc, argv, run);
}

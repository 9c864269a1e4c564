/* The lines O-S-nn of docs/outcomes.md: what each failure below SQLite means for the money. The
 * plainer lines (a callback's own error, duplicates, conflicts, a full queue, draining) are in
 * test_lane.c, which runs on both databases. */
#include "store_test.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fault/vfs_fault.h"
#include "store/store_int.h"
#include "store/sqlite_int.h"

/* What a participant heard last about a group. */
struct ear {
    _Atomic int committed, aborted, unknown;
};

static void on_committed(void *state, struct store_tx *tx)
{
    (void)tx;
    atomic_fetch_add(&((struct ear *)state)->committed, 1);
}

static void on_aborted(void *state, struct store_tx *tx, bool outcome_unknown)
{
    (void)tx;
    struct ear *ear = state;
    atomic_fetch_add(outcome_unknown ? &ear->unknown : &ear->aborted, 1);
}

struct under_test {
    struct fixture f;
    struct ear ear;
};

static void open_with_faults(struct under_test *t)
{
    struct store_config config = fixture_config(&t->f);
    config.vfs = FAULT_VFS;
    assert_int_equal(store_open(&config, &t->f.store), ERR_OK);
    store_register(t->f.store, &(struct store_participant){.state = &t->ear,
                                                           .committed = on_committed,
                                                           .aborted = on_aborted});
    assert_int_equal(store_start(t->f.store), ERR_OK);
}

static int setup(void **state)
{
    fault_vfs_register();
    fault_disarm_all();
    void *made = NULL;
    fixture_setup(&made);
    struct under_test *t = test_calloc(1, sizeof(*t));
    t->f = *(struct fixture *)made;
    free(made);
    store_close(t->f.store);
    clock_init_real(&t->f.clock);
    open_with_faults(t);
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    struct under_test *t = *state;
    fault_disarm_all();
    store_close(t->f.store);
    test_db_drop(&t->f.db);
    test_free(t);
    return 0;
}

static void sleep_ms(int64_t ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

static enum err put(struct under_test *t, int64_t id)
{
    return store_write_sync(t->f.store, insert_thing, &id, 0);
}

/* Waits up to five seconds for the store to take writes again. */
static void wait_until_writable(struct under_test *t)
{
    struct store_stats stats;
    for (int i = 0; i < 500; i++) {
        store_stats(t->f.store, &stats);
        if (!stats.read_only && stats.available) {
            return;
        }
        sleep_ms(10);
    }
    fail_msg("the store did not become writable again");
}

/* After an unknown outcome the key decides: sent again, it is there once. And what is there now
 * is there for good. */
static void key_decides(struct under_test *t, int64_t id)
{
    wait_until_writable(t);
    bool there = has_thing(t->f.store, id);
    assert_int_equal(put(t, id), there ? ERR_STORE_DUPLICATE : ERR_OK);
    store_close(t->f.store);
    t->f.store = NULL;
    fixture_reopen(&t->f);
    assert_true(has_thing(t->f.store, id));
}

#define BIG_BYTES 8192
#define BIG_ROWS                                                                                   \
    6000 /* more than the writer's cache holds: pages spill into the log before COMMIT */

static enum err insert_big(struct store_tx *tx, void *arg)
{
    const uint8_t *payload = arg;
    for (int64_t id = 1; id <= BIG_ROWS; id++) {
        struct q_test_thing_insert_in in = thing_of(id);
        in.payload = (struct store_blob){payload, BIG_BYTES};
        enum err err = q_test_thing_insert(tx, &in, NULL);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

static void o_s_06_disk_full_in_the_middle_of_a_group(void **state)
{
    struct under_test *t = *state;
    uint8_t *payload = test_calloc(1, BIG_BYTES);
    fault_arm(&(struct fault){.file = FAULT_LOG,
                              .operation = FAULT_WRITE,
                              .effect = FAULT_DISK_FULL,
                              .skip = 10,
                              .times = 1});
    assert_int_equal(store_write_sync(t->f.store, insert_big, payload, 0), ERR_STORE_READ_ONLY);
    assert_int_equal(fault_hits(), 1);
    assert_int_equal(t->ear.aborted, 1);
    assert_int_equal(t->ear.unknown, 0);
    assert_int_equal(count_things(t->f.store), 0);
    /* Nothing more is taken until there is room. */
    assert_int_equal(put(t, 1), ERR_STORE_READ_ONLY);
    wait_until_writable(t);
    assert_int_equal(put(t, 1), ERR_OK);
    test_free(payload);
}

static void o_s_07_disk_full_at_commit(void **state)
{
    struct under_test *t = *state;
    assert_int_equal(put(t, 1), ERR_OK);
    fault_arm(&(struct fault){
        .file = FAULT_LOG, .operation = FAULT_WRITE, .effect = FAULT_DISK_FULL, .times = 1});
    assert_int_equal(put(t, 2), ERR_OUTCOME_UNKNOWN);
    assert_int_equal(fault_hits(), 1);
    assert_int_equal(t->ear.unknown, 1);
    key_decides(t, 2);
    assert_int_equal(count_things(t->f.store), 2);
}

static void o_s_08_sync_fails_at_commit(void **state)
{
    struct under_test *t = *state;
    assert_int_equal(put(t, 1), ERR_OK);
    fault_arm(&(struct fault){
        .file = FAULT_LOG, .operation = FAULT_SYNC, .effect = FAULT_IO_ERROR, .times = 1});
    assert_int_equal(put(t, 2), ERR_OUTCOME_UNKNOWN);
    assert_int_equal(fault_hits(), 1);
    assert_int_equal(t->ear.unknown, 1);
    assert_int_equal(t->ear.committed, 1);
    key_decides(t, 2);
    assert_int_equal(count_things(t->f.store), 2);
}

static void o_s_09_error_before_commit_is_run_again(void **state)
{
    struct under_test *t = *state;
    uint8_t *payload = test_calloc(1, BIG_BYTES);
    fault_arm(&(struct fault){.file = FAULT_LOG,
                              .operation = FAULT_WRITE,
                              .effect = FAULT_IO_ERROR,
                              .skip = 10,
                              .times = 1});
    assert_int_equal(store_write_sync(t->f.store, insert_big, payload, 0), ERR_OK);
    assert_int_equal(fault_hits(), 1);
    assert_int_equal(t->ear.aborted, 1);
    assert_int_equal(t->ear.committed, 1);
    assert_int_equal(count_things(t->f.store), BIG_ROWS);
    test_free(payload);
}

static void o_s_10_error_before_commit_that_stays(void **state)
{
    struct under_test *t = *state;
    uint8_t *payload = test_calloc(1, BIG_BYTES);
    fault_arm(&(struct fault){
        .file = FAULT_LOG, .operation = FAULT_WRITE, .effect = FAULT_IO_ERROR, .times = INT64_MAX});
    assert_int_equal(store_write_sync(t->f.store, insert_big, payload, 0), ERR_STORE_FAILED);
    assert_int_equal(t->ear.unknown, 0);
    fault_disarm_all();
    wait_until_writable(t);
    assert_int_equal(count_things(t->f.store), 0);
    assert_int_equal(put(t, 1), ERR_OK);
    test_free(payload);
}

/* ---- crashes: a child writes, says what was acknowledged, and dies where it was told to ---- */

#define THINGS_A_WRITE 5

static enum err insert_five(struct store_tx *tx, void *arg)
{
    int64_t first = *(const int64_t *)arg;
    for (int64_t i = 0; i < THINGS_A_WRITE; i++) {
        int64_t id = first + i;
        enum err err = insert_thing(tx, &id);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

/* Never returns: exits with FAULT_CRASH_STATUS when the fault struck, else with 0. */
static void be_the_child(struct fixture *f, const struct fault *fault, int writes, int tell)
{
    struct store_config config = fixture_config(f);
    config.vfs = FAULT_VFS;
    if (store_open(&config, &f->store) != ERR_OK || store_start(f->store) != ERR_OK) {
        _exit(1);
    }
    fault_arm(fault);
    for (int64_t i = 0; i < writes; i++) {
        int64_t first = i * THINGS_A_WRITE + 1;
        if (store_write_sync(f->store, insert_five, &first, 0) != ERR_OK) {
            _exit(2);
        }
        if (write(tell, &first, sizeof(first)) != sizeof(first)) {
            _exit(3);
        }
    }
    sleep_ms(fault->file == FAULT_DB ? 5000 : 0); /* the checkpointer is to be hit */
    _exit(0);
}

/* Returns how many writes were acknowledged. */
static int64_t crash_a_child(struct under_test *t, const struct fault *fault, int writes)
{
    store_close(t->f.store);
    t->f.store = NULL;
    fault_disarm_all();
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        be_the_child(&t->f, fault, writes, ends[1]);
    }
    close(ends[1]);
    int64_t acknowledged = 0, first = 0;
    while (read(ends[0], &first, sizeof(first)) == sizeof(first)) {
        assert_int_equal(first, acknowledged * THINGS_A_WRITE + 1);
        acknowledged++;
    }
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), FAULT_CRASH_STATUS);
    return acknowledged;
}

/* Everything acknowledged is there; at most the one write under way besides; none in part. */
static void check_after_crash(struct under_test *t, int64_t acknowledged)
{
    open_with_faults(t);
    int64_t count = count_things(t->f.store);
    assert_int_equal(count % THINGS_A_WRITE, 0);
    assert_in_range(count / THINGS_A_WRITE, acknowledged, acknowledged + 1);
    if (count > 0) {
        assert_true(has_thing(t->f.store, count));
    }
    /* And life goes on. */
    assert_int_equal(put(t, 1000000), ERR_OK);
}

static void forget_things(struct under_test *t)
{
    store_close(t->f.store);
    test_db_drop(&t->f.db);
    void *made = NULL;
    fixture_setup(&made);
    store_close(((struct fixture *)made)->store);
    t->f.db = ((struct fixture *)made)->db;
    t->f.store = NULL;
    free(made);
}

static void crash_at_each(struct under_test *t, struct fault fault, const int64_t *skips,
                          size_t count, int writes)
{
    for (size_t i = 0; i < count; i++) {
        fault.skip = skips[i];
        fault.times = 1;
        check_after_crash(t, crash_a_child(t, &fault, writes));
        forget_things(t);
    }
}

static const int64_t log_skips[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 22, 31};

static void o_s_11_killed_before_a_log_write(void **state)
{
    crash_at_each(*state, (struct fault){FAULT_LOG, FAULT_WRITE, FAULT_CRASH, 0, 1, 0}, log_skips,
                  ARRAY_COUNT(log_skips), 20);
}

static void o_s_12_killed_after_a_log_write_or_sync(void **state)
{
    crash_at_each(*state, (struct fault){FAULT_LOG, FAULT_WRITE, FAULT_CRASH_AFTER, 0, 1, 0},
                  log_skips, ARRAY_COUNT(log_skips), 20);
    crash_at_each(*state, (struct fault){FAULT_LOG, FAULT_SYNC, FAULT_CRASH, 0, 1, 0}, log_skips, 4,
                  20);
    crash_at_each(*state, (struct fault){FAULT_LOG, FAULT_SYNC, FAULT_CRASH_AFTER, 0, 1, 0},
                  log_skips, 4, 20);
}

static void o_s_13_torn_log_write(void **state)
{
    crash_at_each(*state, (struct fault){FAULT_LOG, FAULT_WRITE, FAULT_TEAR, 0, 1, 0}, log_skips,
                  ARRAY_COUNT(log_skips), 20);
}

static void o_s_14_torn_write_of_a_checkpoint(void **state)
{
    static const int64_t skips[] = {0, 3, 9};
    crash_at_each(*state, (struct fault){FAULT_DB, FAULT_WRITE, FAULT_TEAR, 0, 1, 0}, skips, 3,
                  200);
    crash_at_each(*state, (struct fault){FAULT_DB, FAULT_SYNC, FAULT_CRASH, 0, 1, 0}, skips, 1, 10);
}

static void o_s_15_checkpoint_fails(void **state)
{
    struct under_test *t = *state;
    fault_arm(&(struct fault){FAULT_DB, FAULT_WRITE, FAULT_IO_ERROR, 0, 1, 0});
    for (int64_t id = 1; id <= 10; id++) {
        assert_int_equal(put(t, id), ERR_OK);
    }
    for (int i = 0; i < 500 && fault_hits() == 0; i++) {
        sleep_ms(10);
    }
    assert_int_equal(fault_hits(), 1);
    assert_int_equal(put(t, 11), ERR_OK);
    assert_int_equal(t->ear.unknown, 0);
    store_close(t->f.store);
    t->f.store = NULL;
    fixture_reopen(&t->f);
    assert_int_equal(count_things(t->f.store), 11);
}

static enum err find_root(struct store_tx *tx, void *arg)
{
    struct q_test_things_root_row row = {0};
    bool found = false;
    enum err err = q_test_things_root(tx, &row, &found);
    *(int64_t *)arg = row.page;
    return err;
}

static enum err count_only(struct store_tx *tx, void *arg)
{
    (void)arg;
    struct q_test_thing_count_row row;
    bool found = false;
    return q_test_thing_count(tx, &row, &found);
}

static void o_s_16_flipped_bit_in_a_page(void **state)
{
    struct under_test *t = *state;
    assert_int_equal(put(t, 1), ERR_OK);
    int64_t page = 0;
    assert_int_equal(store_read(t->f.store, find_root, &page), ERR_OK);
    assert_true(page > 1);
    store_close(t->f.store);
    open_with_faults(t);
    fault_arm(&(struct fault){FAULT_DB, FAULT_READ, FAULT_FLIP, 0, INT64_MAX,
                              (page - 1) * SQLITE_PAGE_BYTES});
    assert_int_equal(store_read(t->f.store, count_only, NULL), ERR_STORE_CORRUPT);
    assert_int_equal(put(t, 2), ERR_STORE_CORRUPT);
    /* The medium gives the right bytes again: nothing was made worse. */
    fault_disarm_all();
    store_close(t->f.store);
    t->f.store = NULL;
    fixture_reopen(&t->f);
    assert_int_equal(count_things(t->f.store), 1);
}

static void flip_in_file(const char *path, const char *suffix, double where)
{
    char name[128];
    snprintf(name, sizeof(name), "%s%s", path, suffix);
    int fd = open(name, O_RDWR);
    assert_true(fd >= 0);
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    off_t at = (off_t)((double)status.st_size * where);
    uint8_t byte = 0;
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 0x04;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

static void o_s_17_flipped_bit_in_the_log(void **state)
{
    struct under_test *t = *state;
    struct fault fault = {FAULT_LOG, FAULT_SYNC, FAULT_CRASH, 15, 1, 0};
    int64_t acknowledged = crash_a_child(t, &fault, 40);
    assert_true(acknowledged > 4);
    flip_in_file(t->f.db.path, "-wal", 0.5);
    open_with_faults(t);
    /* The log's checksums end the replay there: a state that once was, never a mixture. */
    int64_t count = count_things(t->f.store);
    assert_true(count < acknowledged * THINGS_A_WRITE);
    assert_int_equal(count % THINGS_A_WRITE, 0);
    assert_true(count == 0 || has_thing(t->f.store, count));
}

static void o_s_18_low_disk_refuses_before_it_queues(void **state)
{
    struct under_test *t = *state;
    struct sqlite_state *sqlite = t->f.store->state;
    assert_int_equal(put(t, 1), ERR_OK);
    atomic_store(&sqlite->disk_reserve_bytes, UINT64_MAX / 2);
    struct store_stats stats = {0};
    for (int i = 0; i < 500 && !stats.read_only; i++) {
        sleep_ms(10);
        store_stats(t->f.store, &stats);
    }
    assert_int_equal(put(t, 2), ERR_STORE_READ_ONLY);
    assert_int_equal(count_things(t->f.store), 1); /* reading goes on */
    atomic_store(&sqlite->disk_reserve_bytes, 1);
    wait_until_writable(t);
    assert_int_equal(put(t, 2), ERR_OK);
}

static void o_s_19_one_process_owns_the_file(void **state)
{
    struct under_test *t = *state;
    struct store_config config = fixture_config(&t->f);
    struct store *second = NULL;
    assert_int_equal(store_open(&config, &second), ERR_STORE_IN_USE);
    assert_null(second);
    assert_int_equal(store_restore(t->f.db.url, "/nonexistent", NULL, NULL), ERR_STORE_IN_USE);
    /* Not by another name either. */
    char link[128], url[160];
    snprintf(link, sizeof(link), "%s/link.db", t->f.db.directory);
    snprintf(url, sizeof(url), "sqlite:%s", link);
    assert_int_equal(symlink(t->f.db.path, link), 0);
    config.url = url;
    assert_int_equal(store_open(&config, &second), ERR_STORE_IN_USE);
    assert_int_equal(put(t, 1), ERR_OK);
}

static void o_s_20_recovery_that_fails_opens_the_circuit(void **state)
{
    struct under_test *t = *state;
    assert_int_equal(put(t, 1), ERR_OK);
    fault_arm(&(struct fault){FAULT_LOG, FAULT_SYNC, FAULT_IO_ERROR, 0, INT64_MAX, 0});
    fault_arm(&(struct fault){FAULT_DB, FAULT_SYNC, FAULT_IO_ERROR, 0, INT64_MAX, 0});
    fault_arm(&(struct fault){FAULT_DB, FAULT_READ, FAULT_IO_ERROR, 0, INT64_MAX, 0});
    assert_int_equal(put(t, 2), ERR_OUTCOME_UNKNOWN);
    struct store_stats stats = {.available = true};
    for (int i = 0; i < 500 && stats.available; i++) {
        sleep_ms(10);
        store_stats(t->f.store, &stats);
    }
    assert_false(stats.available);
    assert_int_equal(put(t, 3), ERR_STORE_UNAVAILABLE);
    assert_int_equal(store_read(t->f.store, count_only, NULL), ERR_STORE_UNAVAILABLE);
    fault_disarm_all();
    key_decides(t, 2);
    assert_false(has_thing(t->f.store, 3));
}

static void o_s_21_a_read_that_fails_harms_nobody(void **state)
{
    struct under_test *t = *state;
    assert_int_equal(put(t, 1), ERR_OK);
    store_close(t->f.store);
    open_with_faults(t);
    fault_arm(&(struct fault){FAULT_DB, FAULT_READ, FAULT_IO_ERROR, 0, 1, 0});
    assert_int_equal(store_read(t->f.store, count_only, NULL), ERR_STORE_FAILED);
    assert_int_equal(fault_hits(), 1);
    assert_int_equal(count_things(t->f.store), 1);
    assert_int_equal(put(t, 2), ERR_OK);
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
        T(o_s_06_disk_full_in_the_middle_of_a_group),
        T(o_s_07_disk_full_at_commit),
        T(o_s_08_sync_fails_at_commit),
        T(o_s_09_error_before_commit_is_run_again),
        T(o_s_10_error_before_commit_that_stays),
        T(o_s_11_killed_before_a_log_write),
        T(o_s_12_killed_after_a_log_write_or_sync),
        T(o_s_13_torn_log_write),
        T(o_s_14_torn_write_of_a_checkpoint),
        T(o_s_15_checkpoint_fails),
        T(o_s_16_flipped_bit_in_a_page),
        T(o_s_17_flipped_bit_in_the_log),
        T(o_s_18_low_disk_refuses_before_it_queues),
        T(o_s_19_one_process_owns_the_file),
        T(o_s_20_recovery_that_fails_opens_the_circuit),
        T(o_s_21_a_read_that_fails_harms_nobody),
#undef T
    };
    return cmocka_run_group_tests_name("store_outcome_sqlite", tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return test_main(argc, argv, run);
}

/* What only SQLite has: the log's size under load, copies of a running database, restoring. */
#include "store_test.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fault/vfs_fault.h"
#include "store/store_int.h"

static int64_t file_bytes(const struct fixture *f, const char *suffix)
{
    char name[128];
    snprintf(name, sizeof(name), "%s%s", f->db.path, suffix);
    struct stat status;
    return stat(name, &status) == 0 ? status.st_size : -1;
}

static void sleep_ms(int64_t ms)
{
    struct timespec pause = {.tv_nsec = ms * 1000000};
    nanosleep(&pause, NULL);
}

#define PAYLOAD_BYTES 3000

struct load {
    struct store *store;
    _Atomic int64_t next;
    _Atomic bool stop;
    int64_t worst_us;
};

static enum err insert_hundred(struct store_tx *tx, void *arg)
{
    static const uint8_t payload[PAYLOAD_BYTES];
    int64_t first = *(const int64_t *)arg;
    for (int64_t id = first; id < first + 100; id++) {
        struct q_test_thing_insert_in in = thing_of(id);
        in.payload = (struct store_blob){payload, PAYLOAD_BYTES};
        enum err err = q_test_thing_insert(tx, &in, NULL);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

static void write_hundred(struct load *load)
{
    int64_t first = atomic_fetch_add(&load->next, 100);
    int64_t before_us = clock_monotonic_us();
    assert_int_equal(store_write_sync(load->store, insert_hundred, &first, 0), ERR_OK);
    int64_t took_us = clock_monotonic_us() - before_us;
    load->worst_us = took_us > load->worst_us ? took_us : load->worst_us;
}

static void *read_on(void *arg)
{
    struct load *load = arg;
    while (!atomic_load(&load->stop)) {
        (void)has_thing(load->store, 1);
    }
    return NULL;
}

/* 200 MB through the log, with readers coming all the time: it starts over and does not grow. */
static void the_log_starts_over_under_load(void **state)
{
    struct fixture *f = *state;
    struct load load = {.store = f->store, .next = 1};
    pthread_t reader;
    assert_int_equal(pthread_create(&reader, NULL, read_on, &load), 0);
    int64_t log_max = 0;
    for (int i = 0; i < 500; i++) {
        write_hundred(&load);
        int64_t bytes = file_bytes(f, "-wal");
        log_max = bytes > log_max ? bytes : log_max;
    }
    atomic_store(&load.stop, true);
    pthread_join(reader, NULL);
    assert_in_range(log_max, 1 << 20, 160 << 20);
    assert_int_equal(count_things(f->store), 50000);
    struct store_stats stats;
    store_stats(f->store, &stats);
    assert_true(stats.checkpoints > 0);
    print_message("log at most %lld MB, slowest write %lld ms, %llu checkpoints\n",
                  (long long)(log_max >> 20), (long long)(load.worst_us / 1000),
                  (unsigned long long)stats.checkpoints);
}

static void an_idle_log_is_moved_into_the_file(void **state)
{
    struct fixture *f = *state;
    struct load load = {.store = f->store, .next = 1};
    write_hundred(&load);
    for (int i = 0; i < 300 && file_bytes(f, "") < 100 * PAYLOAD_BYTES; i++) {
        sleep_ms(10);
    }
    assert_true(file_bytes(f, "") >= 100 * PAYLOAD_BYTES);
}

static void *write_on(void *arg)
{
    struct load *load = arg;
    while (!atomic_load(&load->stop)) {
        write_hundred(load);
    }
    return NULL;
}

struct progress {
    uint64_t calls, done, total;
};

static void note_progress(void *arg, uint64_t done, uint64_t total)
{
    struct progress *progress = arg;
    *progress = (struct progress){progress->calls + 1, done, total};
}

static void backup_path(const struct fixture *f, char *ret, size_t bytes)
{
    snprintf(ret, bytes, "%s/backup.db", f->db.directory);
}

static void a_running_database_can_be_copied_and_put_back(void **state)
{
    struct fixture *f = *state;
    struct load load = {.store = f->store, .next = 1};
    for (int i = 0; i < 30; i++) {
        write_hundred(&load);
    }
    char path[128];
    backup_path(f, path, sizeof(path));
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, write_on, &load), 0);
    struct progress progress = {0};
    assert_int_equal(store_backup(f->store, path, note_progress, &progress), ERR_OK);
    atomic_store(&load.stop, true);
    pthread_join(writer, NULL);
    assert_true(progress.calls > 1);
    assert_int_equal(progress.done, progress.total);
    int64_t now = count_things(f->store);
    /* An existing file is not overwritten. */
    assert_int_equal(store_backup(f->store, path, NULL, NULL), ERR_STORE_BACKUP_FAILED);

    store_close(f->store);
    f->store = NULL;
    assert_int_equal(store_restore(f->db.url, path, NULL, NULL), ERR_OK);
    fixture_reopen(f);
    int64_t restored = count_things(f->store);
    assert_in_range(restored, 3000, now);
    assert_int_equal(restored % 100, 0); /* a snapshot between two commits */
    assert_true(has_thing(f->store, restored));
}

static void make_backup(struct fixture *f, char *path, size_t bytes)
{
    int64_t id = 1;
    backup_path(f, path, bytes);
    assert_int_equal(store_write_sync(f->store, insert_thing, &id, 0), ERR_OK);
    assert_int_equal(store_backup(f->store, path, NULL, NULL), ERR_OK);
    id = 2;
    assert_int_equal(store_write_sync(f->store, insert_thing, &id, 0), ERR_OK);
    store_close(f->store);
    f->store = NULL;
}

static void expect_untouched(struct fixture *f)
{
    fixture_reopen(f);
    assert_int_equal(count_things(f->store), 2);
}

static void a_damaged_backup_is_refused(void **state)
{
    struct fixture *f = *state;
    char path[128];
    make_backup(f, path, sizeof(path));
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    char junk[600];
    memset(junk, 0x5a, sizeof(junk));
    assert_int_equal(pwrite(fd, junk, sizeof(junk), 4096), sizeof(junk));
    close(fd);
    assert_int_equal(store_restore(f->db.url, path, NULL, NULL), ERR_STORE_CORRUPT);
    expect_untouched(f);
}

static void a_truncated_backup_is_refused(void **state)
{
    struct fixture *f = *state;
    char path[128];
    make_backup(f, path, sizeof(path));
    assert_int_equal(truncate(path, 4096 + 100), 0);
    assert_int_equal(store_restore(f->db.url, path, NULL, NULL), ERR_STORE_CORRUPT);
    expect_untouched(f);
}

static void a_foreign_file_is_refused(void **state)
{
    struct fixture *f = *state;
    char path[128];
    make_backup(f, path, sizeof(path));
    int fd = open(path, O_WRONLY | O_TRUNC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "hello, this is no database\n", 27), 27);
    close(fd);
    assert_int_equal(store_restore(f->db.url, path, NULL, NULL), ERR_STORE_CORRUPT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(store_restore(f->db.url, path, NULL, NULL), ERR_STORE_NOT_FOUND);
    expect_untouched(f);
}

static void restoring_onto_nothing_makes_a_database(void **state)
{
    struct fixture *f = *state;
    char path[128], url[160];
    make_backup(f, path, sizeof(path));
    snprintf(url, sizeof(url), "sqlite:%s/other.db", f->db.directory);
    assert_int_equal(store_restore(url, path, NULL, NULL), ERR_OK);
    snprintf(f->db.url, sizeof(f->db.url), "%s", url);
    fixture_reopen(f);
    assert_int_equal(count_things(f->store), 1);
}

static void a_backup_that_finds_the_disk_full_says_so(void **state)
{
    struct fixture *f = *state;
    char path[128];
    backup_path(f, path, sizeof(path));
    fault_vfs_register();
    assert_int_equal(sqlite3_vfs_register(sqlite3_vfs_find(FAULT_VFS), 1), SQLITE_OK);
    fault_disarm_all();
    fault_arm(&(struct fault){
        .file = FAULT_DB, .operation = FAULT_WRITE, .effect = FAULT_DISK_FULL, .times = 1000});
    enum err err = store_backup(f->store, path, NULL, NULL);
    int64_t hits = fault_hits();
    fault_disarm_all();
    assert_int_equal(sqlite3_vfs_register(sqlite3_vfs_find("unix"), 1), SQLITE_OK);
    assert_true(hits > 0);
    assert_int_equal(err, ERR_DISK_FULL);
    assert_int_equal(store_backup(f->store, path, NULL, NULL), ERR_OK); /* nothing is in the way */
}

static void a_restore_that_cannot_write_changes_nothing(void **state)
{
    struct fixture *f = *state;
    char path[128], blocked[160];
    make_backup(f, path, sizeof(path));
    snprintf(blocked, sizeof(blocked), "%s.restoring", f->db.path);
    assert_int_equal(mkdir(blocked, 0700), 0); /* where the copy would go */
    assert_int_equal(store_restore(f->db.url, path, NULL, NULL), ERR_STORE_RESTORE_FAILED);
    assert_int_equal(rmdir(blocked), 0);
    assert_int_equal(store_restore("postgres://nowhere/x", path, NULL, NULL), ERR_NOT_SUPPORTED);
    expect_untouched(f);
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup_started, fixture_teardown)
        T(the_log_starts_over_under_load),
        T(an_idle_log_is_moved_into_the_file),
        T(a_running_database_can_be_copied_and_put_back),
        T(a_damaged_backup_is_refused),
        T(a_truncated_backup_is_refused),
        T(a_foreign_file_is_refused),
        T(restoring_onto_nothing_makes_a_database),
        T(a_backup_that_finds_the_disk_full_says_so),
        T(a_restore_that_cannot_write_changes_nothing),
#undef T
    };
    return cmocka_run_group_tests_name("store_sqlite_file", tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return test_main(argc, argv, run);
}

/* sqlite_checkpoint.c — moves the write-ahead log into the database file, off the writer, and
 * watches the disk.
 *
 * Every 4 MB a PASSIVE checkpoint runs beside the writer. It never lets the log start over while
 * writers keep coming, so above 64 MB: new reads wait at the gate, those under way finish (or the
 * attempt is put off), another PASSIVE catches up, and only then the writer is held between two
 * groups for the few pages that are left. Measured with 100 MB/s of writes: the writer is held for
 * a few milliseconds.
 *
 * Disk: below the reserve the store becomes read-only, before SQLite meets a full disk in the
 * middle of a group; it becomes writable again by itself once there is a quarter more. */
#include <signal.h>
#include <sys/statvfs.h>
#include <time.h>

#include "core/log.h"
#include "store/sqlite_int.h"

#define PASSIVE_PAGES  1024  /* 4 MB */
#define RESET_PAGES    16384 /* 64 MB */
#define TICK_MS        200
#define DRAIN_MS       50
#define RESET_PAUSE_US 250000
#define FULL_PAUSE_US  1000000

void sqlite_note_log_pages(struct sqlite_state *state, struct store *store, uint32_t pages)
{
    uint32_t before = atomic_exchange_explicit(&state->log_pages, pages, memory_order_relaxed);
    atomic_store_explicit(&store->wal_bytes, (uint64_t)pages * SQLITE_PAGE_BYTES,
                          memory_order_relaxed);
    if (pages / PASSIVE_PAGES != before / PASSIVE_PAGES) {
        pthread_cond_signal(&state->wake);
    }
}

void sqlite_gate_enter(struct sqlite_state *state)
{
    pthread_mutex_lock(&state->lock);
    while (state->pause_wanted) {
        pthread_cond_wait(&state->gate, &state->lock);
    }
    state->in_group = true;
    pthread_mutex_unlock(&state->lock);
}

void sqlite_gate_leave(struct sqlite_state *state)
{
    pthread_mutex_lock(&state->lock);
    state->in_group = false;
    if (state->pause_wanted) {
        pthread_cond_broadcast(&state->gate);
    }
    pthread_mutex_unlock(&state->lock);
}

static void hold_writer(struct sqlite_state *state)
{
    pthread_mutex_lock(&state->lock);
    state->pause_wanted = true;
    while (state->in_group) {
        pthread_cond_wait(&state->gate, &state->lock);
    }
    pthread_mutex_unlock(&state->lock);
}

static void let_writer_go(struct sqlite_state *state)
{
    pthread_mutex_lock(&state->lock);
    state->pause_wanted = false;
    pthread_cond_broadcast(&state->gate);
    pthread_mutex_unlock(&state->lock);
}

/* False when the log was not moved completely. */
static bool checkpoint(struct store *store, int mode)
{
    struct sqlite_state *state = store->state;
    int in_log = -1, moved = -1;
    pthread_mutex_lock(&state->checkpoint_lock);
    int rc = SQLITE_BUSY;
    if (state->checkpoint_db != NULL) {
        rc = sqlite3_wal_checkpoint_v2(state->checkpoint_db, NULL, mode, &in_log, &moved);
    }
    pthread_mutex_unlock(&state->checkpoint_lock);
    if (rc != SQLITE_OK && rc != SQLITE_BUSY) {
        /* The log still holds everything; the next attempt may do better. */
        LOG(LOG_ERROR, "store_checkpoint_failed", LOG_NUMBER("sqlite", rc),
            LOG_TEXT("message", sqlite3_errstr(rc)));
        return false;
    }
    if (rc == SQLITE_OK) {
        atomic_fetch_add(&store->checkpoints, 1);
    }
    return rc == SQLITE_OK && in_log == moved;
}

/* Lets the log start over. */
static void reset_log(struct store *store)
{
    struct sqlite_state *state = store->state;
    if (atomic_load(&state->backups) > 0 || clock_monotonic_us() < state->reset_not_before_us) {
        return;
    }
    state->reset_not_before_us = clock_monotonic_us() + RESET_PAUSE_US;
    if (!readers_gate(store, DRAIN_MS)) {
        return;
    }
    (void)checkpoint(store, SQLITE_CHECKPOINT_PASSIVE);
    hold_writer(state);
    if (checkpoint(store, SQLITE_CHECKPOINT_RESTART)) {
        state->checkpointed_pages = 0;
        state->reset_not_before_us = 0;
        sqlite_note_log_pages(state, store, 0);
    }
    let_writer_go(state);
    readers_open_gate(store);
}

static void check_disk(struct store *store, int64_t *full_until_us)
{
    struct sqlite_state *state = store->state;
    struct statvfs fs;
    if (statvfs(state->path, &fs) != 0) {
        return;
    }
    int64_t now_us = clock_monotonic_us();
    if (atomic_exchange(&state->disk_full_seen, false)) {
        *full_until_us = now_us + FULL_PAUSE_US;
    }
    uint64_t free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
    uint64_t reserve = atomic_load(&state->disk_reserve_bytes);
    bool was = atomic_load(&store->read_only);
    uint64_t wanted = was ? reserve + reserve / 4 : reserve;
    bool is = free_bytes < wanted || now_us < *full_until_us;
    if (was != is) {
        LOG(LOG_WARN, is ? "store_read_only" : "store_writable_again",
            LOG_NUMBER("free_bytes", (int64_t)free_bytes));
        atomic_store(&store->read_only, is);
    }
}

static void *checkpointer_main(void *arg)
{
    struct store *store = arg;
    struct sqlite_state *state = store->state;
    int64_t full_until_us = 0;
    uint32_t seen_pages = 0;
    for (;;) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += TICK_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_mutex_lock(&state->lock);
        uint32_t pages = atomic_load(&state->log_pages);
        if (!state->stopping && pages < state->checkpointed_pages + PASSIVE_PAGES) {
            pthread_cond_timedwait(&state->wake, &state->lock, &until);
        }
        bool stopping = state->stopping;
        pthread_mutex_unlock(&state->lock);
        if (stopping) {
            return NULL;
        }
        check_disk(store, &full_until_us);
        pages = atomic_load(&state->log_pages);
        if (pages < state->checkpointed_pages) {
            state->checkpointed_pages = 0; /* the writer let the log start over */
        }
        /* Enough was written, or the writer rests and there is a tail to move. */
        bool idle = pages == seen_pages && pages > state->checkpointed_pages;
        seen_pages = pages;
        if (idle || pages >= state->checkpointed_pages + PASSIVE_PAGES) {
            (void)checkpoint(store, SQLITE_CHECKPOINT_PASSIVE);
            state->checkpointed_pages = pages;
        }
        if (pages >= RESET_PAGES) {
            reset_log(store);
        }
    }
}

void sqlite_checkpointer_start(struct store *store)
{
    struct sqlite_state *state = store->state;
    int64_t full_until_us = 0;
    check_disk(store, &full_until_us);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&state->thread, NULL, checkpointer_main, store);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    BUG_IF(failed != 0);
    state->running = true;
}

void sqlite_checkpointer_stop(struct store *store)
{
    struct sqlite_state *state = store->state;
    if (!state->running) {
        return;
    }
    pthread_mutex_lock(&state->lock);
    state->stopping = true;
    pthread_mutex_unlock(&state->lock);
    pthread_cond_signal(&state->wake);
    pthread_join(state->thread, NULL);
    state->running = false;
    /* Nobody waits any more: what is left in the log moves into the file. */
    (void)checkpoint(store, SQLITE_CHECKPOINT_PASSIVE);
}

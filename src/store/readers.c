/* readers.c — connections for snapshots, and the gate before them.
 *
 * The gate exists for SQLite: its log can only start over when nobody reads it, and it can only be
 * recovered when every connection is closed. */
#include <errno.h>
#include <time.h>

#include "core/log.h"
#include "store/store_int.h"

#define BACKOFF_MIN_MS 50
#define BACKOFF_MAX_MS 1000

enum err readers_init(struct store *store, uint32_t count)
{
    struct readers *readers = &store->readers;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&readers->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&readers->lock, NULL);
    readers->count = count;
    /* The first is opened at once: a wrong address fails here and not in a request. */
    return store->backend->conn_open(store, CONN_READER, &readers->list[0].conn);
}

void readers_close_all(struct store *store)
{
    struct readers *readers = &store->readers;
    pthread_mutex_lock(&readers->lock);
    BUG_IF(readers->busy_count != 0);
    for (uint32_t i = 0; i < readers->count; i++) {
        if (readers->list[i].conn != NULL) {
            store->backend->conn_close(readers->list[i].conn);
            readers->list[i].conn = NULL;
        }
    }
    pthread_mutex_unlock(&readers->lock);
}

void readers_done(struct store *store)
{
    if (store->readers.count == 0) {
        return;
    }
    readers_refuse(store);
    readers_close_all(store);
    pthread_mutex_destroy(&store->readers.lock);
    pthread_cond_destroy(&store->readers.changed);
}

bool readers_gate(struct store *store, uint32_t wait_ms)
{
    struct readers *readers = &store->readers;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t nanoseconds = until.tv_nsec + (int64_t)wait_ms * 1000000;
    until.tv_sec += nanoseconds / 1000000000;
    until.tv_nsec = nanoseconds % 1000000000;
    pthread_mutex_lock(&readers->lock);
    readers->gated = true;
    bool drained = true;
    while (readers->busy_count > 0) {
        if (pthread_cond_timedwait(&readers->changed, &readers->lock, &until) == ETIMEDOUT) {
            drained = readers->busy_count == 0;
            break;
        }
    }
    if (!drained) {
        readers->gated = false;
        pthread_cond_broadcast(&readers->changed);
    }
    pthread_mutex_unlock(&readers->lock);
    return drained;
}

void readers_refuse(struct store *store)
{
    struct readers *readers = &store->readers;
    pthread_mutex_lock(&readers->lock);
    readers->refusing = true;
    pthread_cond_broadcast(&readers->changed);
    for (uint32_t i = 0; i < readers->count; i++) {
        struct reader *r = &readers->list[i];
        /* A busy reader opens and closes its connection without the lock; between, it says so. */
        if (r->busy && r->interruptible && store->backend->conn_interrupt != NULL) {
            store->backend->conn_interrupt(r->conn);
        }
    }
    while (readers->busy_count > 0) {
        pthread_cond_wait(&readers->changed, &readers->lock);
    }
    pthread_mutex_unlock(&readers->lock);
}

void readers_open_gate(struct store *store)
{
    struct readers *readers = &store->readers;
    pthread_mutex_lock(&readers->lock);
    readers->gated = false;
    pthread_cond_broadcast(&readers->changed);
    pthread_mutex_unlock(&readers->lock);
}

void readers_accept(struct store *store)
{
    struct readers *readers = &store->readers;
    pthread_mutex_lock(&readers->lock);
    readers->refusing = false;
    pthread_cond_broadcast(&readers->changed);
    pthread_mutex_unlock(&readers->lock);
}

/* A free connection, or a free place for one, marked busy. NULL: refused. */
static struct reader *take(struct readers *readers, bool *ret_may_connect)
{
    struct reader *found = NULL;
    pthread_mutex_lock(&readers->lock);
    while (!readers->refusing) {
        if (!readers->gated) {
            for (uint32_t i = 0; i < readers->count; i++) {
                struct reader *r = &readers->list[i];
                /* One that is connected is better than a free place. */
                if (!r->busy && (found == NULL || (found->conn == NULL && r->conn != NULL))) {
                    found = r;
                }
            }
        }
        if (found != NULL) {
            found->busy = true;
            found->interruptible = found->conn != NULL;
            readers->busy_count++;
            break;
        }
        pthread_cond_wait(&readers->changed, &readers->lock);
    }
    *ret_may_connect = clock_monotonic_us() >= readers->retry_at_us;
    pthread_mutex_unlock(&readers->lock);
    return found;
}

static void give_back(struct readers *readers, struct reader *reader)
{
    pthread_mutex_lock(&readers->lock);
    reader->busy = false;
    readers->busy_count--;
    /* One waiter can use the place; when the gate waits for the last, wake everybody. */
    if (readers->gated || readers->refusing) {
        pthread_cond_broadcast(&readers->changed);
    } else {
        pthread_cond_signal(&readers->changed);
    }
    pthread_mutex_unlock(&readers->lock);
}

static void note_connected(struct readers *readers, bool connected)
{
    pthread_mutex_lock(&readers->lock);
    if (connected) {
        readers->backoff_ms = 0;
        readers->retry_at_us = 0;
    } else {
        uint32_t next = readers->backoff_ms == 0 ? BACKOFF_MIN_MS : readers->backoff_ms * 2;
        readers->backoff_ms = next > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : next;
        readers->retry_at_us = clock_monotonic_us() + (int64_t)readers->backoff_ms * 1000;
    }
    pthread_mutex_unlock(&readers->lock);
}

static enum err connect_reader(struct store *store, struct reader *reader, bool may_connect)
{
    if (reader->conn != NULL) {
        return ERR_OK;
    }
    if (!may_connect) {
        return ERR_STORE_UNAVAILABLE;
    }
    enum err err = store->backend->conn_open(store, CONN_READER, &reader->conn);
    note_connected(&store->readers, err == ERR_OK);
    return err == ERR_OK ? ERR_OK : ERR_STORE_UNAVAILABLE;
}

static void set_interruptible(struct readers *readers, struct reader *reader, bool value)
{
    pthread_mutex_lock(&readers->lock);
    reader->interruptible = value;
    pthread_mutex_unlock(&readers->lock);
}

/* One snapshot. *ret_ran: the callback saw the transaction, so it must not simply be run again. */
static enum err read_once(struct store *store, struct reader *reader, store_read_fn run, void *arg,
                          bool *ret_ran)
{
    const struct backend *backend = store->backend;
    struct store_tx tx;
    store_tx_init(&tx, store, reader->conn);
    tx.lane = UINT32_MAX;
    tx.is_read = true;
    tx.now_us = clock_now_us(store->clock);
    *ret_ran = false;
    enum err err = backend->begin(&tx);
    if (err == ERR_OK) {
        *ret_ran = true;
        err = run(&tx, arg);
        if (tx.error != ERR_OK) {
            err = tx.error;
        }
        /* A read has nothing to keep: leaving the snapshot is all. */
        backend->rollback(&tx);
    }
    if (!backend->conn_usable(reader->conn)) {
        set_interruptible(&store->readers, reader, false);
        backend->conn_close(reader->conn);
        reader->conn = NULL;
    }
    return err;
}

enum err store_read(struct store *store, store_read_fn run, void *arg)
{
    OBJ_CHECK(store, STORE_MAGIC);
    bool may_connect = false, ran = false;
    struct reader *reader = take(&store->readers, &may_connect);
    if (reader == NULL) {
        return atomic_load(&store->stopping) ? ERR_STORE_STOPPING : ERR_STORE_UNAVAILABLE;
    }
    enum err err = connect_reader(store, reader, may_connect);
    if (err == ERR_OK) {
        err = read_once(store, reader, run, arg, &ran);
        if (!ran && reader->conn == NULL) {
            /* The idle connection had been cut meanwhile; a new one may do. */
            err = connect_reader(store, reader, true);
            if (err == ERR_OK) {
                err = read_once(store, reader, run, arg, &ran);
            }
        }
    }
    give_back(&store->readers, reader);
    return err;
}

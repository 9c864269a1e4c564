/* store.c — the front of the store: opening, starting, submitting, closing. */
#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "store/store_int.h"

#define LANES_DEFAULT   2
#define READERS_DEFAULT 4
#define QUEUE_DEFAULT   4096
#define GROUP_DEFAULT   1024

static uint32_t or_default(uint32_t value, uint32_t otherwise)
{
    return value == 0 ? otherwise : value;
}

static const struct backend *backend_of(const char *url)
{
    if (str_starts_with(url, "sqlite:")) {
        return &store_sqlite_backend;
    }
    if (str_starts_with(url, "postgres://") || str_starts_with(url, "postgresql://")) {
        return &store_postgres_backend;
    }
    return NULL;
}

enum err store_open(const struct store_config *config, struct store **ret)
{
    const struct backend *backend = backend_of(config->url);
    if (backend == NULL) {
        return ERR_STORE_URL_INVALID;
    }
    struct store *store = calloc(1, sizeof(*store));
    BUG_IF(store == NULL);
    store->magic = STORE_MAGIC;
    store->backend = backend;
    store->clock = config->clock;
    store->url = strdup(config->url);
    BUG_IF(store->url == NULL);
    bool one_lane = backend->kind == STORE_SQLITE;
    store->lane_count = one_lane ? 1 : or_default(config->lane_count, LANES_DEFAULT);
    store->queue_max = or_default(config->queue_max, QUEUE_DEFAULT);
    store->group_max = or_default(config->group_max, GROUP_DEFAULT);
    uint32_t reader_count = or_default(config->reader_count, READERS_DEFAULT);
    BUG_IF(store->lane_count > STORE_LANES_MAX || reader_count > STORE_READERS_MAX);
    pthread_mutex_init(&store->inline_lock, NULL);

    enum err err = backend->open(store, config);
    for (uint32_t i = 0; i < store->lane_count && err == ERR_OK; i++) {
        err = lane_init(&store->lanes[i], store, i);
    }
    if (err == ERR_OK) {
        err = readers_init(store, reader_count);
    }
    if (err != ERR_OK) {
        store_close(store);
        return err;
    }
    *ret = store;
    return ERR_OK;
}

enum store_backend store_backend(const struct store *store)
{
    OBJ_CHECK(store, STORE_MAGIC);
    return store->backend->kind;
}

uint32_t store_lane_count(const struct store *store)
{
    OBJ_CHECK(store, STORE_MAGIC);
    return store->lane_count;
}

void store_register(struct store *store, const struct store_participant *participant)
{
    OBJ_CHECK(store, STORE_MAGIC);
    BUG_IF(store->started);
    BUG_IF(store->participant_count == STORE_PARTICIPANTS_MAX);
    store->participants[store->participant_count++] = *participant;
}

enum err store_start(struct store *store)
{
    OBJ_CHECK(store, STORE_MAGIC);
    BUG_IF(store->started);
    store->backend->start(store);
    for (uint32_t i = 0; i < store->lane_count; i++) {
        enum err err = lane_start(&store->lanes[i]);
        if (err != ERR_OK) {
            while (i > 0) {
                lane_stop(&store->lanes[--i]);
            }
            store->backend->stop(store);
            return err;
        }
    }
    store->started = true;
    return ERR_OK;
}

void store_close(struct store *store)
{
    if (store == NULL) {
        return;
    }
    OBJ_CHECK(store, STORE_MAGIC);
    atomic_store(&store->stopping, true);
    if (store->started) {
        for (uint32_t i = 0; i < store->lane_count; i++) {
            lane_stop(&store->lanes[i]);
        }
        store->backend->stop(store);
    }
    readers_done(store);
    for (uint32_t i = 0; i < store->lane_count; i++) {
        lane_done(&store->lanes[i]);
    }
    store->backend->close(store);
    pthread_mutex_destroy(&store->inline_lock);
    free(store->url);
    store->magic = 0;
    free(store);
}

enum err store_submit(struct store *store, struct store_write *write)
{
    OBJ_CHECK(store, STORE_MAGIC);
    BUG_IF(!store->started || write->run == NULL || write->done == NULL);
    uint32_t lane = 0;
    if (store->lane_count > 1) {
        uint64_t mixed = (uint64_t)write->affinity * UINT64_C(0x9e3779b97f4a7c15);
        lane = (uint32_t)((mixed >> 32) % store->lane_count);
    }
    return lane_enqueue(&store->lanes[lane], write);
}

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t ready;
    bool done;
    enum err outcome;
};

struct sync_write {
    struct store_write write;
    struct waiter waiter;
    store_write_fn run;
    void *arg;
};

static enum err run_sync(struct store_tx *tx, void *arg)
{
    struct sync_write *sync = arg;
    return sync->run(tx, sync->arg);
}

static void wake_waiter(void *arg, enum err outcome)
{
    struct waiter *waiter = &((struct sync_write *)arg)->waiter;
    pthread_mutex_lock(&waiter->lock);
    waiter->outcome = outcome;
    waiter->done = true;
    pthread_cond_signal(&waiter->ready);
    pthread_mutex_unlock(&waiter->lock);
}

enum err store_write_sync(struct store *store, store_write_fn run, void *arg, int64_t affinity)
{
    OBJ_CHECK(store, STORE_MAGIC);
    struct sync_write sync = {.run = run, .arg = arg};
    sync.write = (struct store_write){
        .run = run_sync, .done = wake_waiter, .arg = &sync, .affinity = affinity};
    if (!store->started) {
        pthread_mutex_lock(&store->inline_lock);
        enum err err = lane_run_inline(&store->lanes[0], &sync.write);
        pthread_mutex_unlock(&store->inline_lock);
        return err;
    }
    pthread_mutex_init(&sync.waiter.lock, NULL);
    pthread_cond_init(&sync.waiter.ready, NULL);
    enum err err = store_submit(store, &sync.write);
    if (err == ERR_OK) {
        pthread_mutex_lock(&sync.waiter.lock);
        while (!sync.waiter.done) {
            pthread_cond_wait(&sync.waiter.ready, &sync.waiter.lock);
        }
        err = sync.waiter.outcome;
        pthread_mutex_unlock(&sync.waiter.lock);
    }
    pthread_mutex_destroy(&sync.waiter.lock);
    pthread_cond_destroy(&sync.waiter.ready);
    return err;
}

void store_tx_init(struct store_tx *tx, struct store *store, struct store_conn *conn)
{
    *tx = (struct store_tx){.magic = STORE_TX_MAGIC, .store = store, .conn = conn};
}

enum err store_tx_fail(struct store_tx *tx, enum err err)
{
    if (tx->error == ERR_OK) {
        tx->error = err;
    }
    return err;
}

struct store *store_tx_store(struct store_tx *tx)
{
    OBJ_CHECK(tx, STORE_TX_MAGIC);
    return tx->store;
}

uint32_t store_tx_lane(const struct store_tx *tx)
{
    OBJ_CHECK(tx, STORE_TX_MAGIC);
    return tx->lane;
}

int64_t store_tx_now_us(const struct store_tx *tx)
{
    OBJ_CHECK(tx, STORE_TX_MAGIC);
    return tx->now_us;
}

void store_tx_end_group(struct store_tx *tx)
{
    OBJ_CHECK(tx, STORE_TX_MAGIC);
    BUG_IF(tx->is_read);
    tx->group_ended = true;
}

enum err store_query_run(struct store_tx *tx, const struct store_query *query, const void *in,
                         size_t count, store_row_fn on_row, void *arg, int64_t *ret_changed)
{
    OBJ_CHECK(tx, STORE_TX_MAGIC);
    BUG_IF(!query->is_batch && count != 1);
    if (tx->error != ERR_OK) {
        return tx->error;
    }
    if (count == 0) {
        if (ret_changed != NULL) {
            *ret_changed = 0;
        }
        return ERR_OK;
    }
    return tx->store->backend->query(tx, query, in, count, on_row, arg, ret_changed);
}

void store_stats(struct store *store, struct store_stats *ret)
{
    OBJ_CHECK(store, STORE_MAGIC);
    *ret = (struct store_stats){
        .groups = atomic_load(&store->groups),
        .callbacks = atomic_load(&store->callbacks),
        .retries = atomic_load(&store->retries),
        .commit_failures = atomic_load(&store->commit_failures),
        .unknown_outcomes = atomic_load(&store->unknown_outcomes),
        .rejected_busy = atomic_load(&store->rejected_busy),
        .commit_us_sum = atomic_load(&store->commit_us_sum),
        .wal_bytes = atomic_load(&store->wal_bytes),
        .checkpoints = atomic_load(&store->checkpoints),
        .available = true,
        .read_only = atomic_load(&store->read_only),
    };
    for (uint32_t i = 0; i < store->lane_count; i++) {
        ret->queued += atomic_load(&store->lanes[i].queued);
        ret->available = ret->available && atomic_load(&store->lanes[i].state) == LANE_UP;
    }
}

enum err store_backup(struct store *store, const char *path, store_progress_fn progress, void *arg)
{
    OBJ_CHECK(store, STORE_MAGIC);
    return store->backend->backup(store, path, progress, arg);
}

/* sim_engine.c — the engine under test: the real store and ledger, opened the way `serve` opens
 * them, with one lane, so that what is queued first happens first. */
#include "main/sim_int.h"

#include <pthread.h>
#include <string.h>

enum err sim_engine_start(struct sim_engine *engine)
{
    const struct store_config config = {
        .url = engine->url,
        .clock = engine->clock,
        .lane_count = engine->lane_count,
        .create = true,
        .vfs = engine->vfs,
        .disk_reserve_bytes = 1 << 20,
    };
    struct store *store = NULL;
    struct ledger *ledger = NULL;
    uint32_t applied;
    int64_t last_id;
    enum err err = store_open(&config, &store);
    if (err != ERR_OK) {
        return err;
    }
    err = store_migrate(store, &applied);
    if (err != ERR_OK) {
        goto out;
    }
    err = ledger_last_id(store, &last_id);
    if (err != ERR_OK) {
        goto out;
    }
    id_source_init(&engine->ids, engine->clock, 0, last_id);
    err = ledger_open(
        &(struct ledger_config){.store = store, .clock = engine->clock, .ids = &engine->ids},
        &ledger);
    if (err != ERR_OK) {
        goto out;
    }
    err = store_start(store);
    if (err != ERR_OK) {
        goto out;
    }
    engine->store = TAKE_PTR(store);
    engine->ledger = TAKE_PTR(ledger);
out:
    store_close(store);
    if (ledger != NULL) {
        ledger_close(ledger);
    }
    return err;
}

void sim_engine_stop(struct sim_engine *engine)
{
    store_close(TAKE_PTR(engine->store));
    if (engine->ledger != NULL) {
        ledger_close(TAKE_PTR(engine->ledger));
    }
}

/* ---- writing ---- */

struct open_call {
    struct ledger *ledger;
    const struct ledger_account_spec *specs;
    size_t count;
    enum err *results;
};

static enum err open_in_tx(struct store_tx *tx, void *arg)
{
    struct open_call *call = arg;
    return ledger_open_accounts(tx, call->ledger, call->specs, call->count, call->results);
}

enum err sim_engine_open_accounts(struct sim_engine *engine,
                                  const struct ledger_account_spec *specs, size_t count,
                                  enum err *ret_results)
{
    struct open_call call = {engine->ledger, specs, count, ret_results};
    return store_write_sync(engine->store, open_in_tx, &call, 0);
}

/* Who waits for the lane, and whom the lane waits for. */
struct meeting {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t left;        /* calls without an outcome */
    bool held, release; /* the lane is held by hold_lane; and may go on */
};

struct post_call {
    struct store_write write;
    struct meeting *meeting;
    struct ledger *ledger;
    struct sim_batch *batch;
};

static enum err post_in_tx(struct store_tx *tx, void *arg)
{
    struct post_call *call = arg;
    return ledger_post_transfers(tx, call->ledger, call->batch->transfers, call->batch->count,
                                 call->batch->results);
}

static void post_done(void *arg, enum err outcome)
{
    struct post_call *call = arg;
    struct meeting *meeting = call->meeting;
    pthread_mutex_lock(&meeting->lock);
    if (call->batch != NULL) {
        call->batch->outcome = outcome;
    }
    meeting->left--;
    pthread_cond_broadcast(&meeting->changed);
    pthread_mutex_unlock(&meeting->lock);
}

/* Which batches share a commit must not depend on timing, or a seed would not replay: so the lane
 * is kept waiting here until all of them are queued. */
static enum err hold_lane(struct store_tx *tx, void *arg)
{
    struct post_call *call = arg;
    struct meeting *meeting = call->meeting;
    (void)tx;
    pthread_mutex_lock(&meeting->lock);
    meeting->held = true;
    pthread_cond_broadcast(&meeting->changed);
    while (!meeting->release) {
        pthread_cond_wait(&meeting->changed, &meeting->lock);
    }
    pthread_mutex_unlock(&meeting->lock);
    return ERR_OK;
}

static void submit(struct sim_engine *engine, struct post_call *call)
{
    pthread_mutex_lock(&call->meeting->lock);
    call->meeting->left++;
    pthread_mutex_unlock(&call->meeting->lock);
    enum err err = store_submit(engine->store, &call->write);
    if (err != ERR_OK) {
        post_done(call, err);
    }
}

void sim_engine_post(struct sim_engine *engine, struct sim_batch **batches, size_t count)
{
    struct meeting meeting = {.left = 0};
    struct post_call calls[SIM_GROUP_MAX];
    struct post_call holder = {.write = {.run = hold_lane, .done = post_done, .arg = &holder},
                               .meeting = &meeting};
    BUG_IF(count > SIM_GROUP_MAX);
    pthread_mutex_init(&meeting.lock, NULL);
    pthread_cond_init(&meeting.changed, NULL);
    if (count > 1) {
        submit(engine, &holder);
    }
    pthread_mutex_lock(&meeting.lock);
    while (meeting.left > 0 && !meeting.held) {
        pthread_cond_wait(&meeting.changed, &meeting.lock);
    }
    pthread_mutex_unlock(&meeting.lock);
    for (size_t i = 0; i < count; i++) {
        calls[i] = (struct post_call){
            .write = {.run = post_in_tx, .done = post_done, .arg = &calls[i]},
            .meeting = &meeting,
            .ledger = engine->ledger,
            .batch = batches[i],
        };
        submit(engine, &calls[i]);
    }
    pthread_mutex_lock(&meeting.lock);
    meeting.release = true;
    pthread_cond_broadcast(&meeting.changed);
    while (meeting.left > 0) {
        pthread_cond_wait(&meeting.changed, &meeting.lock);
    }
    pthread_mutex_unlock(&meeting.lock);
    pthread_cond_destroy(&meeting.changed);
    pthread_mutex_destroy(&meeting.lock);
}

struct expire_call {
    struct ledger *ledger;
    uint32_t max, count;
};

static enum err expire_in_tx(struct store_tx *tx, void *arg)
{
    struct expire_call *call = arg;
    return ledger_expire_due(tx, call->ledger, call->max, &call->count);
}

enum err sim_engine_expire(struct sim_engine *engine, uint32_t max, uint32_t *ret_count)
{
    struct expire_call call = {.ledger = engine->ledger, .max = max};
    enum err err = store_write_sync(engine->store, expire_in_tx, &call, 0);
    if (err == ERR_OK) {
        *ret_count = call.count;
    }
    return err;
}

/* ---- reading ---- */

struct read_call {
    struct ledger *ledger;
    int64_t id, at_us;
    const struct ledger_entry_filter *filter;
    size_t max;
    struct ledger_hold *hold;
    struct ledger_entry *entry;
    struct ledger_posted *posted;
    int64_t *indexes;
    size_t *count;
    int64_t *next;
};

static enum err hold_in_tx(struct store_tx *tx, void *arg)
{
    struct read_call *call = arg;
    return ledger_get_hold(tx, (struct transfer_id){call->id}, call->hold);
}

enum err sim_engine_get_hold(struct sim_engine *engine, int64_t id, struct ledger_hold *ret)
{
    struct read_call call = {.id = id, .hold = ret};
    return store_read(engine->store, hold_in_tx, &call);
}

static enum err transfer_in_tx(struct store_tx *tx, void *arg)
{
    struct read_call *call = arg;
    return ledger_get_transfer(tx, (struct transfer_id){call->id}, call->posted);
}

enum err sim_engine_get_transfer(struct sim_engine *engine, int64_t id, struct ledger_posted *ret)
{
    struct read_call call = {.id = id, .posted = ret};
    return store_read(engine->store, transfer_in_tx, &call);
}

static enum err balance_in_tx(struct store_tx *tx, void *arg)
{
    struct read_call *call = arg;
    return ledger_get_balance_at(tx, call->ledger, (struct account_id){call->id}, call->at_us,
                                 call->entry);
}

enum err sim_engine_balance_at(struct sim_engine *engine, int64_t account, int64_t at_us,
                               struct ledger_entry *ret)
{
    struct read_call call = {.ledger = engine->ledger, .id = account, .at_us = at_us, .entry = ret};
    return store_read(engine->store, balance_in_tx, &call);
}

static enum err entries_in_tx(struct store_tx *tx, void *arg)
{
    struct read_call *call = arg;
    return ledger_list_entries(tx, call->ledger, call->filter, call->max, call->posted, call->count,
                               call->next);
}

enum err sim_engine_entries(struct sim_engine *engine, const struct ledger_entry_filter *filter,
                            size_t max, struct ledger_posted *ret, size_t *ret_count,
                            int64_t *ret_next_seq)
{
    struct read_call call = {.ledger = engine->ledger,
                             .filter = filter,
                             .max = max,
                             .posted = ret,
                             .count = ret_count,
                             .next = ret_next_seq};
    return store_read(engine->store, entries_in_tx, &call);
}

static enum err log_in_tx(struct store_tx *tx, void *arg)
{
    struct read_call *call = arg;
    return ledger_list_log(tx, call->id, call->max, call->posted, call->indexes, call->count,
                           call->next);
}

enum err sim_engine_log(struct sim_engine *engine, int64_t from_index, size_t max,
                        struct ledger_posted *ret, int64_t *ret_indexes, size_t *ret_count,
                        int64_t *ret_next_index)
{
    struct read_call call = {.id = from_index,
                             .max = max,
                             .posted = ret,
                             .indexes = ret_indexes,
                             .count = ret_count,
                             .next = ret_next_index};
    return store_read(engine->store, log_in_tx, &call);
}

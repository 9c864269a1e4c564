/* ledger.c — the ledger as others see it: opened and closed with the store, following each group of
 * callbacks as a participant, and the operations inside a callback. */
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger_int.h"

/* A group that holds as many takes no further callbacks: it bounds memory, and how long those that
 * wait behind it wait. */
#define GROUP_ROWS         16000u
#define CACHE_ACCOUNTS_MAX 200000u /* PostgreSQL, per lane: some 27 MB */

struct ledger_lane *ledger_lane_of(struct ledger *ledger, const struct store_tx *tx)
{
    OBJ_CHECK(ledger, LEDGER_MAGIC);
    uint32_t lane = store_tx_lane(tx);
    BUG_IF(lane >= ledger->lane_count); /* a read: writing is for lanes */
    return ledger->lanes[lane];
}

int64_t ledger_now_us(const struct ledger_lane *lane, const struct store_tx *tx)
{
    int64_t now_us = store_tx_now_us(tx);
    return now_us > lane->book.last_at_us ? now_us : lane->book.last_at_us;
}

/* ---- following the groups ---- */

/* SQLite: a COMMIT whose outcome is unknown. The segment, or a burnt id, tells whether it is there.
 */
static void settle_doubt(struct ledger_lane *lane, struct store_tx *tx);

static void on_group_begin(void *state, struct store_tx *tx)
{
    struct ledger_lane *lane = ledger_lane_of(state, tx);
    if (lane->is_in_doubt) {
        settle_doubt(lane, tx);
    }
    struct book *book = &lane->book;
    if (book->is_cache && book->account_count > CACHE_ACCOUNTS_MAX) {
        book_forget(book);
    }
    BUG_IF(!lane->is_in_doubt && (book->row_count != 0 || book->touched_count != 0));
    lane->group_rejected = lane->savepoint_rejected = 0;
    lane->has_failed_to_write = false;
}

static void on_savepoint(void *state, struct store_tx *tx)
{
    struct ledger_lane *lane = ledger_lane_of(state, tx);
    book_mark(&lane->book, &lane->savepoint);
    lane->savepoint_rejected = lane->group_rejected;
}

static void on_release(void *state, struct store_tx *tx)
{
    struct ledger_lane *lane = ledger_lane_of(state, tx);
    hasher_offer(&lane->hasher);
}

static void on_rollback(void *state, struct store_tx *tx)
{
    struct ledger_lane *lane = ledger_lane_of(state, tx);
    book_undo_to(&lane->book, &lane->savepoint, false);
    lane->group_rejected = lane->savepoint_rejected;
}

static enum err on_flush(void *state, struct store_tx *tx)
{
    struct ledger_lane *lane = ledger_lane_of(state, tx);
    BUG_IF(lane->is_in_doubt);
    lane->sweep.written_count = 0;
    lane->is_written_back = false;
    enum err err = lane->book.is_cache ? ledger_write_pg(tx, lane) : ledger_write_sqlite(tx, lane);
    lane->has_failed_to_write = err != ERR_OK;
    return err;
}

static void publish(struct ledger_lane *lane)
{
    struct ledger *ledger = lane->ledger;
    struct book *book = &lane->book;
    atomic_fetch_add_explicit(&ledger->transfers_posted, book->row_count, memory_order_relaxed);
    atomic_fetch_add_explicit(&ledger->transfers_rejected, lane->group_rejected,
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&ledger->batches, 1, memory_order_relaxed);
    if (!book->is_cache) {
        sweep_committed(lane);
    }
    book_publish(book);
    if (!book->is_cache) {
        BUG_IF(pthread_mutex_lock(&ledger->log_lock) != 0);
        log_edge_copy(ledger->log_published, lane->edge);
        BUG_IF(pthread_mutex_unlock(&ledger->log_lock) != 0);
        lane->tiles.count = 0;
    }
    hasher_reset(&lane->hasher);
    lane->wants_checkpoint = false;
    lane->is_careful = false;
}

static void drop(struct ledger_lane *lane)
{
    hasher_reset(&lane->hasher); /* before the rows go away below it */
    if (!lane->book.is_cache) {
        log_edge_copy(lane->edge, lane->ledger->log_published);
        lane->tiles.count = 0;
    }
    book_drop_group(&lane->book);
    lane->wants_checkpoint = false;
    lane->is_in_doubt = false;
}

static void on_committed(void *state, struct store_tx *tx)
{
    publish(ledger_lane_of(state, tx));
}

static void on_aborted(void *state, struct store_tx *tx, bool outcome_unknown)
{
    struct ledger_lane *lane = ledger_lane_of(state, tx);
    if (lane->is_in_doubt) {
        return; /* it could not even be asked; still in doubt */
    }
    if (outcome_unknown && !lane->book.is_cache) {
        lane->is_in_doubt = true;
        return;
    }
    drop(lane);
    if (lane->book.is_cache && (lane->has_failed_to_write || outcome_unknown)) {
        /* Something was wrong with what we knew: read it again, and keep others away meanwhile. */
        book_forget(&lane->book);
        lane->is_careful = true;
        atomic_fetch_add_explicit(&lane->ledger->conflicts, 1, memory_order_relaxed);
    }
}

static bool note_failure(const struct q_ledger_failures_get_row *row, void *arg)
{
    (void)row;
    *(bool *)arg = true;
    return true;
}

static void settle_doubt(struct ledger_lane *lane, struct store_tx *tx)
{
    const struct book *book = &lane->book;
    bool is_there = false;
    enum err err = ERR_OK;
    if (book->leaf_count > 0) {
        struct q_ledger_segment_last_row last;
        bool found = false;
        err = q_ledger_segment_last(tx, &last, &found);
        is_there = err == ERR_OK && found && last.segment_id == lane->segment_id;
    } else if (book->failure_count > 0) {
        const struct q_ledger_failures_get_in in = {.transfer_id = book->failures[0].id};
        err = q_ledger_failures_get_batch(tx, &in, 1, note_failure, &is_there);
    }
    if (err != ERR_OK) {
        return; /* the group fails with it; asked again at the next */
    }
    if (is_there) {
        publish(lane);
        lane->is_in_doubt = false;
    } else {
        drop(lane);
    }
}

/* ---- opening and closing ---- */

static void free_lane(struct ledger_lane *lane)
{
    if (lane == NULL) {
        return;
    }
    hasher_done(&lane->hasher);
    book_done(&lane->book);
    sweep_done(&lane->sweep);
    log_tiles_done(&lane->tiles);
    free(lane->edge);
    free(lane->scratch);
    free(lane);
}

static struct ledger_lane *make_lane(struct ledger *ledger, uint32_t index)
{
    struct ledger_lane *lane = calloc(1, sizeof(*lane));
    BUG_IF(lane == NULL);
    lane->ledger = ledger;
    lane->index = index;
    book_init(&lane->book, ledger->backend == STORE_POSTGRES);
    hasher_init(&lane->hasher, lane);
    if (!lane->book.is_cache) {
        lane->edge = calloc(1, sizeof(*lane->edge));
        BUG_IF(lane->edge == NULL);
        sweep_init(&lane->sweep);
    }
    return lane;
}

enum err ledger_open(const struct ledger_config *config, struct ledger **ret)
{
    struct ledger *ledger = calloc(1, sizeof(*ledger));
    BUG_IF(ledger == NULL);
    ledger->magic = LEDGER_MAGIC;
    ledger->store = config->store;
    ledger->clock = config->clock;
    ledger->ids = config->ids;
    ledger->backend = store_backend(config->store);
    ledger->lane_count = store_lane_count(config->store);
    BUG_IF(ledger->lane_count == 0 || ledger->lane_count > LEDGER_LANES_MAX);
    BUG_IF(pthread_mutex_init(&ledger->log_lock, NULL) != 0);
    for (uint32_t i = 0; i < ledger->lane_count; i++) {
        ledger->lanes[i] = make_lane(ledger, i);
    }
    enum err err = ERR_OK;
    if (ledger->backend == STORE_SQLITE) {
        ledger->log_published = calloc(1, sizeof(*ledger->log_published));
        BUG_IF(ledger->log_published == NULL);
        err = ledger_load(ledger);
    }
    if (err != ERR_OK) {
        ledger_close(ledger);
        return err;
    }
    store_register(config->store, &(struct store_participant){.state = ledger,
                                                              .group_begin = on_group_begin,
                                                              .savepoint = on_savepoint,
                                                              .release = on_release,
                                                              .rollback = on_rollback,
                                                              .flush = on_flush,
                                                              .committed = on_committed,
                                                              .aborted = on_aborted});
    *ret = ledger;
    return ERR_OK;
}

void ledger_close(struct ledger *ledger)
{
    if (ledger == NULL) {
        return;
    }
    OBJ_CHECK(ledger, LEDGER_MAGIC);
    for (uint32_t i = 0; i < ledger->lane_count; i++) {
        free_lane(ledger->lanes[i]);
    }
    free(ledger->log_published);
    (void)pthread_mutex_destroy(&ledger->log_lock);
    ledger->magic = 0;
    free(ledger);
}

static enum err run_checkpoint(struct store_tx *tx, void *arg)
{
    struct ledger_lane *lane = ledger_lane_of(arg, tx);
    /* Nothing to do where every row holds the whole log already. */
    lane->wants_checkpoint = lane->sweep.at.fold_from != lane->edge->size;
    return ERR_OK;
}

enum err ledger_checkpoint(struct ledger *ledger)
{
    if (ledger->backend != STORE_SQLITE) {
        return ERR_OK;
    }
    return store_write_sync(ledger->store, run_checkpoint, ledger, 0);
}

/* ---- operations ---- */

enum err ledger_open_accounts(struct store_tx *tx, struct ledger *ledger,
                              const struct ledger_account_spec *specs, size_t count,
                              enum err *ret_results)
{
    struct ledger_lane *lane = ledger_lane_of(ledger, tx);
    BUG_IF(count > LEDGER_BATCH_MAX);
    if (lane->book.is_cache && count > 0) {
        int64_t *ids = calloc(count, sizeof(*ids));
        BUG_IF(ids == NULL);
        for (size_t i = 0; i < count; i++) {
            ids[i] = specs[i].id.v;
        }
        enum err err = ledger_look_up_accounts(tx, lane, ids, count);
        free(ids);
        if (err != ERR_OK) {
            return err;
        }
    }
    int64_t now_us = ledger_now_us(lane, tx);
    for (size_t i = 0; i < count; i++) {
        ret_results[i] = rules_open_account(&lane->book, &specs[i], now_us);
    }
    return ERR_OK;
}

/* PostgreSQL: a verdict that is not written down was never compared with what is stored under its
 * id, if the id was too young to be looked up before. ERR_STORE_CONFLICT runs the group again,
 * with care. */
static enum err recheck(struct store_tx *tx, struct ledger_lane *lane,
                        const struct rules_batch *batch, const struct ledger_result *results)
{
    bool is_stale = lane->book.is_stale;
    enum err err = ERR_OK;
    lane->book.is_stale = false;
    if (!is_stale && lane->book.is_cache && !lane->is_careful) {
        err = ledger_look_up_refused(tx, batch, results, &is_stale);
    }
    if (err == ERR_OK && is_stale) {
        lane->has_failed_to_write = true; /* as if it had been tried: forget, and be careful */
        err = ERR_STORE_CONFLICT;
    }
    return err;
}

static enum err post(struct store_tx *tx, struct ledger_lane *lane, struct rules_batch *batch,
                     struct ledger_result *ret_results)
{
    struct stored stored;
    stored_init(&stored);
    enum err err = ledger_look_up(tx, lane, batch->transfers, batch->count, &stored);
    if (err == ERR_OK) {
        batch->now_us = ledger_now_us(lane, tx);
        batch->stored = &stored;
        rules_post(&lane->book, batch, ret_results);
        err = recheck(tx, lane, batch, ret_results);
        if (lane->book.row_count >= GROUP_ROWS) {
            store_tx_end_group(tx);
        }
        for (size_t i = 0; i < batch->count; i++) {
            lane->group_rejected += ret_results[i].code != ERR_OK ? 1 : 0;
        }
    }
    batch->stored = NULL;
    stored_done(&stored);
    return err;
}

enum err ledger_post_transfers(struct store_tx *tx, struct ledger *ledger,
                               const struct ledger_transfer *transfers, size_t count,
                               struct ledger_result *ret_results)
{
    BUG_IF(count == 0 || count > LEDGER_BATCH_MAX);
    struct rules_batch batch = {.transfers = transfers, .count = count};
    return post(tx, ledger_lane_of(ledger, tx), &batch, ret_results);
}

struct due {
    int64_t *ids;
    uint32_t count;
};

static bool on_due(const struct q_ledger_holds_due_row *row, void *arg)
{
    struct due *due = arg;
    due->ids[due->count++] = row->hold_id;
    return true;
}

/* Those that nobody resolved earlier in this group. */
static uint32_t keep_open(const struct book *book, struct due *due)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < due->count; i++) {
        const struct hold *hold = book_find_hold(book, due->ids[i]);
        if (hold == NULL ? book->is_cache : hold->state == LEDGER_HOLD_OPEN) {
            due->ids[kept++] = due->ids[i];
        }
    }
    return kept;
}

/* The code of an expiry is its hold's; looked up with the hold. */
static enum err expire(struct store_tx *tx, struct ledger_lane *lane, const struct due *due,
                       uint32_t *ret_count)
{
    struct ledger_transfer *transfers = calloc(due->count, sizeof(*transfers));
    struct ledger_result *results = calloc(due->count, sizeof(*results));
    struct stored stored;
    BUG_IF(transfers == NULL || results == NULL);
    stored_init(&stored);
    for (uint32_t i = 0; i < due->count; i++) {
        transfers[i] = (struct ledger_transfer){.id = {id_draw_one(lane->ledger->ids)},
                                                .flags = LEDGER_EXPIRE_PENDING,
                                                .pending_id = {due->ids[i]}};
    }
    enum err err = ledger_look_up(tx, lane, transfers, due->count, &stored);
    stored_done(&stored);
    uint32_t count = 0, expired = 0;
    for (uint32_t i = 0; i < due->count && err == ERR_OK; i++) {
        const struct hold *hold = book_find_hold(&lane->book, due->ids[i]);
        if (hold != NULL && hold->state == LEDGER_HOLD_OPEN) {
            transfers[count] = transfers[i];
            transfers[count++].code = hold->code;
        }
    }
    if (err == ERR_OK && count > 0) {
        struct rules_batch batch = {.transfers = transfers, .count = count, .is_engine = true};
        err = post(tx, lane, &batch, results);
    }
    for (uint32_t i = 0; i < count && err == ERR_OK; i++) {
        expired += results[i].code == ERR_OK ? 1 : 0;
    }
    free(transfers);
    free(results);
    if (err == ERR_OK) {
        *ret_count = expired;
    }
    return err;
}

enum err ledger_expire_due(struct store_tx *tx, struct ledger *ledger, uint32_t max,
                           uint32_t *ret_count)
{
    struct ledger_lane *lane = ledger_lane_of(ledger, tx);
    BUG_IF(max == 0 || max > LEDGER_BATCH_MAX);
    struct due due = {.ids = calloc(max, sizeof(*due.ids))};
    BUG_IF(due.ids == NULL);
    const struct q_ledger_holds_due_in in = {.now_us = ledger_now_us(lane, tx), .row_max = max};
    enum err err = q_ledger_holds_due_each(tx, &in, on_due, &due);
    uint32_t count = 0;
    due.count = keep_open(&lane->book, &due);
    if (err == ERR_OK && due.count > 0) {
        err = expire(tx, lane, &due, &count);
    }
    free(due.ids);
    if (err == ERR_OK) {
        *ret_count = count;
    }
    return err;
}

void ledger_stats(struct ledger *ledger, struct ledger_stats *ret)
{
    OBJ_CHECK(ledger, LEDGER_MAGIC);
    *ret = (struct ledger_stats){
        .transfers_posted = atomic_load(&ledger->transfers_posted),
        .transfers_rejected = atomic_load(&ledger->transfers_rejected),
        .batches = atomic_load(&ledger->batches),
        .conflicts = atomic_load(&ledger->conflicts),
    };
    if (ledger->backend == STORE_SQLITE) {
        struct book *book = &ledger->lanes[0]->book;
        ret->open_holds = atomic_load(&book->holds_open);
        ret->accounts = atomic_load(&book->published_count);
    }
}

/* ledger_lookup.c — what the database must be asked before the rules can decide a batch.
 *
 * SQLite: everything about accounts and open holds is in the book; an id above the greatest ever
 * stored is new; only older ids are looked up, by row.
 *
 * PostgreSQL: accounts that the lane has not cached are read; holds always. Whether an id is stored
 * is not asked as long as it is young: inserting it will tell (docs/decisions/0003). After a
 * conflict the lane is careful: it locks all accounts of a batch and looks up all ids. */
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger_int.h"

#define YOUNG_MS 5000 /* a retry of a client is mostly older than this */

struct look_up {
    struct ledger_lane *lane;
    struct stored *stored;
    bool is_wrong; /* a row that cannot be ours */
};

/* ---- rows ---- */

static struct stored_item *add_item(struct stored *stored, int64_t id)
{
    if (i64map_get(&stored->map, id) != I64MAP_NONE) {
        return NULL; /* mentioned twice */
    }
    book_grow(&stored->items, &stored->capacity, stored->count + 1, sizeof(*stored->items));
    struct stored_item *item = &stored->items[stored->count];
    memset(item, 0, sizeof(*item));
    i64map_put(&stored->map, id, stored->count++);
    return item;
}

static bool on_transfer(const struct q_ledger_transfers_get_row *row, void *arg)
{
    struct look_up *look = arg;
    struct stored_item *item = add_item(look->stored, row->transfer_id);
    if (item != NULL) {
        item->kind = STORED_TRANSFER;
        ledger_row_to_posted(row, &item->posted);
    }
    return true;
}

static bool on_failure(const struct q_ledger_failures_get_row *row, void *arg)
{
    struct look_up *look = arg;
    struct stored_item *item = add_item(look->stored, row->transfer_id);
    if (item == NULL) {
        return true;
    }
    if (row->content.length > CHAIN_CONTENT_BYTES_MAX) {
        look->is_wrong = true;
        return false;
    }
    item->kind = STORED_FAILURE;
    item->failure.id = row->transfer_id;
    item->failure.code = (enum err)row->code;
    item->failure.created_at_us = row->created_at_us;
    item->failure.content_length = (uint8_t)row->content.length;
    memcpy(item->failure.content, row->content.data, row->content.length);
    return true;
}

static bool on_hold(const struct q_ledger_holds_get_row *row, void *arg)
{
    struct look_up *look = arg;
    uint32_t index = i64map_get(&look->stored->map, row->hold_id);
    if (index == I64MAP_NONE || look->stored->items[index].kind != STORED_TRANSFER) {
        look->is_wrong = true;
        return false;
    }
    struct stored_item *item = &look->stored->items[index];
    const struct ledger_transfer *t = &item->posted.transfer;
    item->hold.id = t->id;
    item->hold.state = (enum ledger_hold_state)row->state;
    item->hold.resolved_by.v = row->resolved_by.has ? row->resolved_by.v : 0;
    item->hold.captured_minor = row->captured_minor;
    struct book *book = &look->lane->book;
    if (item->hold.state != LEDGER_HOLD_OPEN || book_find_hold(book, t->id.v) != NULL) {
        return true;
    }
    if (!book->is_cache) {
        look->is_wrong = true; /* SQLite: every open hold is in the book */
        return false;
    }
    book_load_hold(book, &(struct hold){.id = t->id.v,
                                        .debit_account = t->debit_account.v,
                                        .credit_account = t->credit_account.v,
                                        .amount_minor = t->amount_minor,
                                        .expires_at_us = item->posted.expires_at_us,
                                        .flags = t->flags,
                                        .currency = (uint16_t)t->currency,
                                        .code = t->code,
                                        .state = LEDGER_HOLD_OPEN});
    return true;
}

/* ---- ids ---- */

struct ids {
    struct q_ledger_transfers_get_in *list;
    size_t count;
};

static bool must_look_up(const struct ledger_lane *lane, int64_t id, int64_t now_us)
{
    const struct book *book = &lane->book;
    if (id <= 0) {
        return false;
    }
    if (!book->is_cache) {
        return id <= book->id_max;
    }
    /* The id of a hold we know is stored, or a row of this group, however young it is. */
    return lane->is_careful || id_time_ms(id) < now_us / 1000 - YOUNG_MS ||
           book_find_hold(book, id) != NULL;
}

static enum err look_up_failures(struct store_tx *tx, struct look_up *look, struct ids *ids)
{
    size_t missing = 0;
    for (size_t i = 0; i < ids->count; i++) {
        if (i64map_get(&look->stored->map, ids->list[i].transfer_id) == I64MAP_NONE) {
            ids->list[missing++] = ids->list[i];
        }
    }
    if (missing == 0) {
        return ERR_OK;
    }
    _Static_assert(sizeof(struct q_ledger_failures_get_in) == sizeof(*ids->list), "one id each");
    return q_ledger_failures_get_batch(tx, (const struct q_ledger_failures_get_in *)ids->list,
                                       missing, on_failure, look);
}

static enum err look_up_holds(struct store_tx *tx, struct look_up *look, struct ids *ids)
{
    size_t count = 0;
    for (uint32_t i = 0; i < look->stored->count; i++) {
        const struct stored_item *item = &look->stored->items[i];
        if (item->kind == STORED_TRANSFER && (item->posted.transfer.flags & LEDGER_PENDING) != 0) {
            ids->list[count++].transfer_id = item->posted.transfer.id.v;
        }
    }
    if (count == 0) {
        return ERR_OK;
    }
    _Static_assert(sizeof(struct q_ledger_holds_get_in) == sizeof(*ids->list), "one id each");
    return q_ledger_holds_get_batch(tx, (const struct q_ledger_holds_get_in *)ids->list, count,
                                    on_hold, look);
}

static enum err look_up_ids(struct store_tx *tx, struct look_up *look, struct ids *ids)
{
    enum err err = q_ledger_transfers_get_batch(tx, ids->list, ids->count, on_transfer, look);
    if (err == ERR_OK) {
        err = look_up_failures(tx, look, ids);
    }
    if (err == ERR_OK) {
        err = look_up_holds(tx, look, ids);
    }
    if (err == ERR_OK && look->is_wrong) {
        err = ERR_LEDGER_CORRUPT;
    }
    return err;
}

/* ---- accounts (PostgreSQL) ---- */

static bool on_account(const struct q_ledger_accounts_get_row *row, void *arg)
{
    struct ledger_lane *lane = arg;
    if (row->last_segment_id > lane->segment_floor) {
        lane->segment_floor = row->last_segment_id;
    }
    if (book_find_account(&lane->book, row->account_id) != BOOK_NONE) {
        return true;
    }
    const struct account_record record = {
        .id = row->account_id,
        .owner = row->owner,
        .kind = (uint16_t)row->kind,
        .currency = (uint16_t)row->currency,
        .flags = (uint32_t)row->flags | (row->closed != 0 ? LEDGER_ACCOUNT_CLOSED : 0u),
        .overdraft_minor = row->overdraft_minor,
        .balance_max_minor = row->balance_max_minor,
        .at_us = row->last_at_us,
        .debits_posted = row->debits_posted,
        .credits_posted = row->credits_posted,
        .debits_pending = row->debits_pending,
        .credits_pending = row->credits_pending,
        .seq = row->seq,
        .last_transfer = row->last_transfer_id,
        .head = row->head,
    };
    (void)book_load_account(&lane->book, &record);
    return true;
}

static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

enum err ledger_look_up_accounts(struct store_tx *tx, struct ledger_lane *lane, const int64_t *ids,
                                 size_t count)
{
    struct book *book = &lane->book;
    int64_t *missing = malloc((count + 1) * sizeof(*missing));
    BUG_IF(missing == NULL);
    size_t n = 0, distinct = 0;
    for (size_t i = 0; i < count; i++) {
        if (ids[i] > 0 && book_find_account(book, ids[i]) == BOOK_NONE) {
            missing[n++] = ids[i];
        }
    }
    /* In id order, so that two lanes lock in the same order. */
    qsort(missing, n, sizeof(*missing), by_id);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || missing[i] != missing[i - 1]) {
            missing[distinct++] = missing[i];
        }
    }
    enum err err = ERR_OK;
    _Static_assert(sizeof(struct q_ledger_accounts_get_in) == sizeof(*missing) &&
                       sizeof(struct q_ledger_accounts_lock_in) == sizeof(*missing),
                   "one id each");
    if (distinct > 0 && lane->is_careful) {
        err = q_ledger_accounts_lock_batch(tx, (const struct q_ledger_accounts_lock_in *)missing,
                                           distinct, NULL);
    }
    if (distinct > 0 && err == ERR_OK) {
        err = q_ledger_accounts_get_batch(tx, (const struct q_ledger_accounts_get_in *)missing,
                                          distinct, on_account, lane);
    }
    free(missing);
    return err;
}

/* The accounts that the batch names, and those of the holds it resolves. */
static enum err look_up_batch_accounts(struct store_tx *tx, struct ledger_lane *lane,
                                       const struct ledger_transfer *transfers, size_t count)
{
    int64_t *ids = malloc((4 * count + 1) * sizeof(*ids));
    BUG_IF(ids == NULL);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        const struct hold *hold = book_find_hold(&lane->book, transfers[i].pending_id.v);
        ids[n++] = transfers[i].debit_account.v;
        ids[n++] = transfers[i].credit_account.v;
        if (hold != NULL) {
            ids[n++] = hold->debit_account;
            ids[n++] = hold->credit_account;
        }
    }
    enum err err = ledger_look_up_accounts(tx, lane, ids, n);
    free(ids);
    return err;
}

enum err ledger_look_up(struct store_tx *tx, struct ledger_lane *lane,
                        const struct ledger_transfer *transfers, size_t count, struct stored *ret)
{
    struct book *book = &lane->book;
    int64_t now_us = store_tx_now_us(tx);
    struct ids ids = {.list = NULL};
    enum err err = ERR_OK;
    for (size_t i = 0; i < count; i++) {
        int64_t id = transfers[i].id.v, pending_id = transfers[i].pending_id.v;
        bool wants_id = must_look_up(lane, id, now_us);
        /* A hold must be looked up even if it is young: there is no insert that would tell. */
        bool wants_hold = pending_id > 0 && (book->is_cache || pending_id <= book->id_max) &&
                          book_find_hold(book, pending_id) == NULL;
        if (!wants_id && !wants_hold) {
            continue;
        }
        if (ids.list == NULL) {
            ids.list = malloc(2 * count * sizeof(*ids.list));
            BUG_IF(ids.list == NULL);
        }
        if (wants_id) {
            ids.list[ids.count++].transfer_id = id;
        }
        if (wants_hold) {
            ids.list[ids.count++].transfer_id = pending_id;
        }
    }
    if (ids.count > 0) {
        struct look_up look = {.lane = lane, .stored = ret};
        err = look_up_ids(tx, &look, &ids);
        free(ids.list);
    }
    if (err == ERR_OK && book->is_cache) {
        err = look_up_batch_accounts(tx, lane, transfers, count);
    }
    return err;
}

static bool note_transfer(const struct q_ledger_transfers_get_row *row, void *arg)
{
    (void)row;
    *(bool *)arg = true;
    return false;
}

static bool note_failure(const struct q_ledger_failures_get_row *row, void *arg)
{
    (void)row;
    *(bool *)arg = true;
    return false;
}

enum err ledger_look_up_refused(struct store_tx *tx, const struct rules_batch *batch,
                                const struct ledger_result *results, bool *ret_found)
{
    struct q_ledger_transfers_get_in *ids = NULL;
    size_t count = 0;
    bool found = false;
    for (size_t i = 0; i < batch->count; i++) {
        int64_t id = batch->transfers[i].id.v;
        bool is_written = results[i].code == ERR_OK || err_info(results[i].code)->burns_key;
        /* Linked members of a group whose failure burns nothing are not written either. */
        if (id <= 0 || (is_written && results[i].code != ERR_LINKED_EVENT_FAILED) ||
            results[i].replayed || stored_find(batch->stored, id) != NULL) {
            continue;
        }
        if (ids == NULL) {
            ids = malloc(batch->count * sizeof(*ids));
            BUG_IF(ids == NULL);
        }
        ids[count++].transfer_id = id;
    }
    enum err err = ERR_OK;
    if (count > 0) {
        err = q_ledger_transfers_get_batch(tx, ids, count, note_transfer, &found);
    }
    if (count > 0 && err == ERR_OK && !found) {
        err = q_ledger_failures_get_batch(tx, (const struct q_ledger_failures_get_in *)ids, count,
                                          note_failure, &found);
    }
    free(ids);
    if (err == ERR_OK) {
        *ret_found = found;
    }
    return err;
}

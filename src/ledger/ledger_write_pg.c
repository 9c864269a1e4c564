/* ledger_write_pg.c — a group into PostgreSQL, set by set.
 *
 * Order and why it is exactly right under any number of processes (READ COMMITTED):
 *   1. accounts are updated where their seq is still what was read: from here on their rows are
 *      locked, and nothing lies between what was read and what is written;
 *   2. accounts that were only looked at (a verdict may rest on them) are compared;
 *   3. transfers are inserted; a unique key that is there already (ERR_STORE_DUPLICATE) is another
 *      writer's under the same id;
 *   4. burnt ids are inserted as transfers first and taken out again: that waits for, and then
 *      misses, another writer who posts the same id; then the ids of 3 are looked for among the
 *      burnt ones, which finds a writer who burnt one of them before;
 *   5. holds are resolved where they are open.
 * Whatever changes fewer rows than were sent is ERR_STORE_CONFLICT. Both errors undo the group,
 * which runs again, carefully. */
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger_int.h"

#define PREFETCH_AHEAD 4

static enum err conflict_unless(bool is_right)
{
    return is_right ? ERR_OK : ERR_STORE_CONFLICT;
}

/* ---- in what order ---- */

/* The touched accounts that have entries in this group, and these entries, in the order of their
 * keys: no two groups lock rows in different orders, and neighbours meet the same page. */
struct plan {
    struct planned {
        int64_t id;
        uint32_t touched;
    } *accounts;
    uint32_t account_count;
    uint32_t *entries; /* entry numbers; two a row */
};

static int planned_by_id(const void *a, const void *b)
{
    const struct planned *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/* Walks back from an account's last entry; returns how many there are. */
static uint32_t plan_entries(const struct book *book, const struct touched *touched, uint32_t *at)
{
    uint32_t count = (uint32_t)(touched->seq - book_record(book, touched->account)->seq);
    uint32_t entry = touched->last_row;
    for (uint32_t i = count; i > 0; i--) {
        BUG_IF(entry == BOOK_NONE);
        at[i - 1] = entry;
        entry = book_links(book, ENTRY_ROW(entry))->previous[ENTRY_IS_CREDIT(entry) ? 1 : 0];
    }
    BUG_IF(entry != BOOK_NONE);
    return count;
}

static void plan_init(struct plan *plan, const struct book *book)
{
    uint32_t entries = 0;
    plan->accounts = malloc(((size_t)book->touched_count + 1) * sizeof(*plan->accounts));
    plan->entries = calloc(2 * (size_t)book->row_count + 1, sizeof(*plan->entries));
    plan->account_count = 0;
    BUG_IF(plan->accounts == NULL || plan->entries == NULL);
    for (uint32_t i = 0; i < book->touched_count; i++) {
        if (book->touched[i].last_row != BOOK_NONE) {
            plan->accounts[plan->account_count++] = (struct planned){
                .id = book_record(book, book->touched[i].account)->id, .touched = i};
        }
    }
    qsort(plan->accounts, plan->account_count, sizeof(*plan->accounts), planned_by_id);
    for (uint32_t i = 0; i < plan->account_count; i++) {
        entries +=
            plan_entries(book, &book->touched[plan->accounts[i].touched], plan->entries + entries);
    }
    BUG_IF(entries != 2 * book->row_count);
}

static void plan_done(struct plan *plan)
{
    free(plan->accounts);
    free(plan->entries);
}

/* ---- 1 and 2: accounts ---- */

static const struct sha256_hash *head_of(const struct book *book, const struct touched *touched)
{
    const struct q_ledger_transfer_insert_in *row = book_row(book, ENTRY_ROW(touched->last_row));
    return ENTRY_IS_CREDIT(touched->last_row) ? &row->credit_hash : &row->debit_hash;
}

static bool is_opened_here(const struct book *book, uint32_t account)
{
    uint32_t low = 0, high = book->opened_count; /* in ascending order of their index */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (book->opened[middle].account < account) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < book->opened_count && book->opened[low].account == account;
}

/* Those that were there before, or those that this group opened. */
static enum err update_accounts(struct store_tx *tx, struct ledger_lane *lane,
                                const struct plan *plan, bool opened)
{
    const struct book *book = &lane->book;
    struct q_ledger_account_update_in *rows =
        ledger_scratch(lane, ((size_t)plan->account_count + 1) * sizeof(*rows));
    size_t count = 0;
    int64_t changed = 0;
    for (uint32_t i = 0; i < plan->account_count; i++) {
        const struct touched *touched = &book->touched[plan->accounts[i].touched];
        const struct account_record *record = book_record(book, touched->account);
        if (is_opened_here(book, touched->account) != opened) {
            continue;
        }
        rows[count++] = (struct q_ledger_account_update_in){
            .account_id = record->id,
            .seq_before = record->seq,
            .debits_posted = touched->debits_posted,
            .credits_posted = touched->credits_posted,
            .debits_pending = touched->debits_pending,
            .credits_pending = touched->credits_pending,
            .seq = touched->seq,
            .last_transfer_id = touched->last_transfer,
            .closed = (touched->flags & LEDGER_ACCOUNT_CLOSED) != 0,
            .head = *head_of(book, touched),
            .last_created_at_us = touched->at_us};
    }
    if (count == 0) {
        return ERR_OK;
    }
    enum err err = q_ledger_account_update_batch(tx, rows, count, &changed);
    return err != ERR_OK ? err : conflict_unless(changed == (int64_t)count);
}

static bool count_row(const struct q_ledger_account_unchanged_row *row, void *arg)
{
    (void)row;
    ++*(size_t *)arg;
    return true;
}

static enum err compare_accounts(struct store_tx *tx, struct ledger_lane *lane)
{
    const struct book *book = &lane->book;
    struct q_ledger_account_unchanged_in *rows =
        ledger_scratch(lane, (book->touched_count + 1) * sizeof(*rows));
    size_t count = 0, same = 0;
    for (uint32_t i = 0; i < book->touched_count; i++) {
        const struct account_record *record = book_record(book, book->touched[i].account);
        if (book->touched[i].last_row == BOOK_NONE) {
            rows[count++] = (struct q_ledger_account_unchanged_in){.account_id = record->id,
                                                                   .seq = record->seq};
        }
    }
    if (count == 0) {
        return ERR_OK;
    }
    enum err err = q_ledger_account_unchanged_batch(tx, rows, count, count_row, &same);
    return err != ERR_OK ? err : conflict_unless(same == count);
}

/* ---- 3 and 4: ids ---- */

static enum err insert_transfers(struct store_tx *tx, struct ledger_lane *lane)
{
    const struct book *book = &lane->book;
    struct q_ledger_transfer_insert_base_in *rows =
        ledger_scratch(lane, (book->row_count + 1) * sizeof(*rows));
    int64_t changed = 0;
    for (uint32_t i = 0; i < book->row_count; i++) {
        const struct q_ledger_transfer_insert_in *row = book_row(book, i);
        rows[i] =
            (struct q_ledger_transfer_insert_base_in){.transfer_id = row->transfer_id,
                                                      .debit_account_id = row->debit_account_id,
                                                      .credit_account_id = row->credit_account_id,
                                                      .amount_minor = row->amount_minor,
                                                      .currency = row->currency,
                                                      .code = row->code,
                                                      .flags = row->flags,
                                                      .pending_id = row->pending_id,
                                                      .expires_at_us = row->expires_at_us,
                                                      .reference = row->reference,
                                                      .commitment = row->commitment,
                                                      .created_at_us = row->created_at_us,
                                                      .segment_id = lane->segment_id,
                                                      .debit_seq = row->debit_seq,
                                                      .credit_seq = row->credit_seq};
    }
    enum err err = q_ledger_transfer_insert_base_batch(tx, rows, book->row_count, &changed);
    return err != ERR_OK ? err : conflict_unless(changed == book->row_count);
}

static struct q_ledger_entry_insert_in entry_of(const struct q_ledger_transfer_insert_in *row,
                                                bool is_credit)
{
    if (is_credit) {
        return (struct q_ledger_entry_insert_in){.account_id = row->credit_account_id,
                                                 .seq = row->credit_seq,
                                                 .transfer_id = row->transfer_id,
                                                 .side = LEDGER_CREDIT,
                                                 .prev_id = row->credit_prev_id,
                                                 .posted_minor = row->credit_posted_minor,
                                                 .held_debits_minor = row->credit_held_debits_minor,
                                                 .held_credits_minor =
                                                     row->credit_held_credits_minor,
                                                 .hash = row->credit_hash};
    }
    return (struct q_ledger_entry_insert_in){.account_id = row->debit_account_id,
                                             .seq = row->debit_seq,
                                             .transfer_id = row->transfer_id,
                                             .side = LEDGER_DEBIT,
                                             .prev_id = row->debit_prev_id,
                                             .posted_minor = row->debit_posted_minor,
                                             .held_debits_minor = row->debit_held_debits_minor,
                                             .held_credits_minor = row->debit_held_credits_minor,
                                             .hash = row->debit_hash};
}

static enum err insert_entries(struct store_tx *tx, struct ledger_lane *lane,
                               const struct plan *plan)
{
    const struct book *book = &lane->book;
    const uint32_t count = 2 * book->row_count;
    struct q_ledger_entry_insert_in *rows =
        ledger_scratch(lane, ((size_t)count + 1) * sizeof(*rows));
    int64_t changed = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i + PREFETCH_AHEAD < count) {
            __builtin_prefetch(book_row(book, ENTRY_ROW(plan->entries[i + PREFETCH_AHEAD])));
        }
        rows[i] = entry_of(book_row(book, ENTRY_ROW(plan->entries[i])),
                           ENTRY_IS_CREDIT(plan->entries[i]));
    }
    enum err err = q_ledger_entry_insert_batch(tx, rows, count, &changed);
    return err != ERR_OK ? err : conflict_unless(changed == (int64_t)count);
}

/* Whoever posts one of these ids at the same time is waited for, and found. */
static enum err claim_burnt(struct store_tx *tx, struct ledger_lane *lane)
{
    const struct book *book = &lane->book;
    struct q_ledger_transfer_insert_base_in *rows =
        ledger_scratch(lane, (book->failure_count + 1) * sizeof(*rows));
    int64_t changed = 0;
    for (uint32_t i = 0; i < book->failure_count; i++) {
        rows[i] = (struct q_ledger_transfer_insert_base_in){.transfer_id = book->failures[i].id};
    }
    enum err err = q_ledger_transfer_insert_base_batch(tx, rows, book->failure_count, &changed);
    if (err == ERR_OK) {
        err = conflict_unless(changed == book->failure_count);
    }
    struct q_ledger_transfer_unclaim_in *ids =
        ledger_scratch(lane, (book->failure_count + 1) * sizeof(*ids));
    for (uint32_t i = 0; i < book->failure_count; i++) {
        ids[i].transfer_id = book->failures[i].id;
    }
    if (err == ERR_OK) {
        err = q_ledger_transfer_unclaim_batch(tx, ids, book->failure_count, &changed);
    }
    return err != ERR_OK ? err : conflict_unless(changed == book->failure_count);
}

static bool note_burnt(const struct q_ledger_failures_among_row *row, void *arg)
{
    (void)row;
    *(bool *)arg = true;
    return false;
}

static enum err none_is_burnt(struct store_tx *tx, struct ledger_lane *lane)
{
    const struct book *book = &lane->book;
    bool is_burnt = false;
    struct q_ledger_failures_among_in *ids =
        ledger_scratch(lane, (book->row_count + 1) * sizeof(*ids));
    for (uint32_t i = 0; i < book->row_count; i++) {
        ids[i].transfer_id = book_row(book, i)->transfer_id;
    }
    enum err err = q_ledger_failures_among_batch(tx, ids, book->row_count, note_burnt, &is_burnt);
    return err != ERR_OK ? err : conflict_unless(!is_burnt);
}

/* ---- the log ---- */

static enum err write_segment(struct store_tx *tx, struct ledger_lane *lane)
{
    const struct book *book = &lane->book;
    struct sha256_hash *hashes = malloc(((size_t)book->leaf_count + 1) * sizeof(*hashes));
    BUG_IF(hashes == NULL);
    for (uint32_t i = 0; i < book->leaf_count; i++) {
        ledger_leaf_hash(book, i, &hashes[i]);
    }
    const struct q_ledger_segment_insert_unsealed_in segment = {
        .segment_id = lane->segment_id,
        .leaf_count = book->leaf_count,
        .leaf_refs = ledger_leaf_refs(lane),
        .leaf_hashes = {.data = hashes, .length = (uint32_t)(book->leaf_count * sizeof(*hashes))},
        .created_at_us = book->last_at_us};
    enum err err = q_ledger_segment_insert_unsealed_batch(tx, &segment, 1, NULL);
    free(hashes);
    return err;
}

static enum err write_rows(struct store_tx *tx, struct ledger_lane *lane, const struct plan *plan)
{
    if (lane->book.row_count == 0) {
        return ERR_OK;
    }
    enum err err = insert_transfers(tx, lane);
    if (err == ERR_OK) {
        err = insert_entries(tx, lane, plan);
    }
    if (err == ERR_OK) {
        err = none_is_burnt(tx, lane);
    }
    return err;
}

/* Drawn while the accounts are locked, and above every segment that wrote one of them before: so
 * that the log, ordered by segment, has each account's entries in the order of their seq, also
 * where the clocks of two processes disagree. One that is taken already fails the insert, and the
 * group runs again. */
static int64_t draw_segment(struct ledger_lane *lane)
{
    int64_t id = id_draw_one(lane->ledger->ids);
    if (id <= lane->segment_floor) {
        id = lane->segment_floor + 1;
    }
    lane->segment_floor = id;
    return id;
}

static enum err write_group(struct store_tx *tx, struct ledger_lane *lane, const struct plan *plan)
{
    struct book *book = &lane->book;
    enum err err = update_accounts(tx, lane, plan, false);
    lane->segment_id = book->leaf_count > 0 ? draw_segment(lane) : 0;
    if (err == ERR_OK) {
        err = ledger_write_opened(tx, lane);
    }
    if (err == ERR_OK) {
        err = update_accounts(tx, lane, plan, true);
    }
    if (err == ERR_OK) {
        err = compare_accounts(tx, lane);
    }
    if (err == ERR_OK) {
        err = write_rows(tx, lane, plan);
    }
    if (err == ERR_OK && book->failure_count > 0) {
        err = claim_burnt(tx, lane);
    }
    if (err == ERR_OK) {
        err = ledger_write_common(tx, lane);
    }
    if (err == ERR_OK && book->leaf_count > 0) {
        err = write_segment(tx, lane);
    }
    return err;
}

enum err ledger_write_pg(struct store_tx *tx, struct ledger_lane *lane)
{
    struct book *book = &lane->book;
    struct plan plan;
    if (book->leaf_count + book->failure_count == 0 && book->touched_count == 0) {
        return ERR_OK;
    }
    hasher_finish(&lane->hasher);
    plan_init(&plan, book); /* needs no hash */
    hasher_wait_rows(&lane->hasher, book->row_count);
    enum err err = write_group(tx, lane, &plan);
    plan_done(&plan);
    return err;
}

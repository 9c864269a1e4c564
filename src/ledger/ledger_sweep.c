/* ledger_sweep.c — SQLite: account rows are a checkpoint (docs/decisions/0006).
 *
 * Each group writes the dirty accounts of one contiguous stripe, as of the group before. When a
 * sweep has gone once around, every account row holds at least what was in the log when it began:
 * that log index is stored as fold_from_index, and start-up folds only what lies behind it. The
 * stripe is sized so that a sweep takes max(256 Ki, 2 * accounts) transfers.
 *
 * Invariant: nothing of a sweep counts before its group is durable (sweep_committed). */
#include <stdlib.h>

#include "ledger/ledger_int.h"

#define SWEEP_ROWS_MIN (UINT64_C(256) * 1024)
#define STATES_MAX     1024 /* account rows written by one statement */

struct states {
    struct q_ledger_account_checkpoint_in *rows;
    size_t count;
};

static enum err write_states(struct store_tx *tx, struct states *states)
{
    int64_t changed = 0;
    if (states->count == 0) {
        return ERR_OK;
    }
    enum err err = q_ledger_account_checkpoint_batch(tx, states->rows, states->count, &changed);
    if (err == ERR_OK && changed != (int64_t)states->count) {
        err = ERR_LEDGER_CORRUPT;
    }
    states->count = 0;
    return err;
}

static enum err add_state(struct store_tx *tx, struct sweep *sweep, const struct book *book,
                          uint32_t account, struct states *states)
{
    const struct account_record *record = book_record(book, account);
    book_grow(&sweep->written, &sweep->written_capacity, sweep->written_count + 1,
              sizeof(*sweep->written));
    sweep->written[sweep->written_count++] = account;
    states->rows[states->count++] = (struct q_ledger_account_checkpoint_in){
        .account_id = record->id,
        .debits_posted = record->debits_posted,
        .credits_posted = record->credits_posted,
        .debits_pending = record->debits_pending,
        .credits_pending = record->credits_pending,
        .seq = record->seq,
        .last_transfer_id = record->last_transfer,
        .closed = (record->flags & LEDGER_ACCOUNT_CLOSED) != 0,
        .head = record->head};
    return states->count == STATES_MAX ? write_states(tx, states) : ERR_OK;
}

/* How many accounts this group's rows pay for; the remainder is carried over. */
static uint64_t stripe_size(struct sweep *sweep, const struct book *book, uint64_t accounts)
{
    uint64_t period = 2 * accounts > SWEEP_ROWS_MIN ? 2 * accounts : SWEEP_ROWS_MIN;
    sweep->next_credit = sweep->credit + book->row_count * accounts;
    uint64_t size = sweep->next_credit / period;
    sweep->next_credit %= period;
    return size < accounts ? size : accounts;
}

enum err sweep_write(struct store_tx *tx, struct ledger_lane *lane)
{
    struct sweep *sweep = &lane->sweep;
    const struct book *book = &lane->book;
    /* Accounts opened by this group are written as they are; the records are those of before it. */
    uint32_t accounts = atomic_load_explicit(&book->published_count, memory_order_relaxed);
    int64_t log_before = lane->edge->size - book->leaf_count;
    struct states states = {.rows = ledger_scratch(lane, STATES_MAX * sizeof(*states.rows))};
    enum err err = ERR_OK;
    uint64_t left = stripe_size(sweep, book, accounts);
    sweep->next_cursor = sweep->cursor;
    sweep->next_started_at = sweep->started_at;
    sweep->next_fold_from = sweep->fold_from;
    if (lane->wants_checkpoint) {
        left = accounts;
        sweep->next_cursor = 0;
        sweep->next_started_at = log_before;
    }
    while (left > 0 && err == ERR_OK) {
        if (sweep->next_cursor >= accounts) {
            sweep->next_fold_from = sweep->next_started_at;
            sweep->next_started_at = log_before;
            sweep->next_cursor = 0;
        }
        if (book_is_dirty(book, sweep->next_cursor)) {
            err = add_state(tx, sweep, book, sweep->next_cursor, &states);
        }
        sweep->next_cursor++;
        left--;
    }
    if (lane->wants_checkpoint) {
        sweep->next_fold_from = log_before;
        sweep->next_cursor = 0;
        sweep->next_started_at = log_before;
    }
    if (err == ERR_OK) {
        err = write_states(tx, &states);
    }
    if (err == ERR_OK && sweep->next_fold_from != sweep->fold_from) {
        err = q_ledger_fold_set(
            tx, &(struct q_ledger_fold_set_in){.fold_from_index = sweep->next_fold_from}, NULL);
    }
    lane->is_written_back = err == ERR_OK;
    return err;
}

void sweep_committed(struct ledger_lane *lane)
{
    struct sweep *sweep = &lane->sweep;
    if (!lane->is_written_back) {
        return;
    }
    for (uint32_t i = 0; i < sweep->written_count; i++) {
        book_set_dirty(&lane->book, sweep->written[i], false);
    }
    sweep->cursor = sweep->next_cursor;
    sweep->credit = sweep->next_credit;
    sweep->started_at = sweep->next_started_at;
    sweep->fold_from = sweep->next_fold_from;
}

void sweep_done(struct sweep *sweep)
{
    free(sweep->written);
    *sweep = (struct sweep){0};
}

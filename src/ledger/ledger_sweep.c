/* ledger_sweep.c — SQLite: account rows are a checkpoint (docs/decisions/0006).
 *
 * Each group writes the dirty accounts of one contiguous stripe, as of the group before. A sweep
 * goes through all accounts in sixteen sections. When a section is done, its rows hold at least
 * what was in the log when it began; the least such log index of all sections is stored as
 * fold_from_index, and start-up folds only what lies behind it: little more than one sweep. The
 * stripe is sized so that a sweep takes max(256 Ki, 2 * accounts) transfers.
 *
 * Sections grow from sweep to sweep, with the accounts, and never shrink: what a section's number
 * stood for in the sweep before has been gone through again when it is overwritten.
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
    uint64_t period = 2 * accounts > sweep->period_min ? 2 * accounts : sweep->period_min;
    uint64_t credit = sweep->at.credit + book->row_count * accounts;
    uint64_t size = credit / period;
    sweep->next.credit = credit % period;
    return size < accounts ? size : accounts;
}

static void set_all(struct sweep_position *at, uint32_t first, int64_t log_index)
{
    for (uint32_t i = first; i < SWEEP_SECTIONS; i++) {
        at->starts[i] = log_index;
    }
}

static int64_t least(const struct sweep_position *at)
{
    int64_t least = at->starts[0];
    for (uint32_t i = 1; i < SWEEP_SECTIONS; i++) {
        least = at->starts[i] < least ? at->starts[i] : least;
    }
    return least;
}

static void begin_sweep(struct sweep_position *at, uint32_t accounts, int64_t log_index)
{
    at->cursor = at->section = 0;
    at->section_size = (accounts + SWEEP_SECTIONS - 1) / SWEEP_SECTIONS;
    at->started_at = log_index;
}

/* After an account was visited. */
static void step(struct sweep_position *at, uint32_t accounts, int64_t log_index)
{
    bool is_last = at->section == SWEEP_SECTIONS - 1;
    at->cursor++;
    bool is_end = at->cursor >= accounts;
    if (!is_end && (is_last || at->cursor < (at->section + 1) * at->section_size)) {
        return;
    }
    at->starts[at->section++] = at->started_at;
    at->started_at = log_index;
    if (is_end) {
        set_all(at, at->section, log_index); /* no accounts there */
        at->section_size = 0;
    }
}

enum err sweep_write(struct store_tx *tx, struct ledger_lane *lane)
{
    struct sweep *sweep = &lane->sweep;
    struct sweep_position *next = &sweep->next;
    const struct book *book = &lane->book;
    /* Accounts opened by this group are written as they are; the records are those of before it. */
    uint32_t accounts = atomic_load_explicit(&book->published_count, memory_order_relaxed);
    int64_t log_before = lane->edge->size - book->leaf_count;
    struct states states = {.rows = ledger_scratch(lane, STATES_MAX * sizeof(*states.rows))};
    enum err err = ERR_OK;
    *next = sweep->at;
    uint64_t left = stripe_size(sweep, book, accounts);
    if (lane->wants_checkpoint) {
        left = accounts;
        next->section_size = 0;
    }
    for (; left > 0 && err == ERR_OK; left--) {
        if (next->section_size == 0) {
            begin_sweep(next, accounts, log_before);
        }
        if (book_is_dirty(book, next->cursor)) {
            err = add_state(tx, sweep, book, next->cursor, &states);
        }
        step(next, accounts, log_before);
    }
    if (err == ERR_OK) {
        err = write_states(tx, &states);
    }
    if (lane->wants_checkpoint) {
        set_all(next, 0, log_before); /* also where there are no accounts at all */
    }
    next->fold_from = least(next);
    if (err == ERR_OK && next->fold_from != sweep->at.fold_from) {
        err = q_ledger_fold_set(
            tx, &(struct q_ledger_fold_set_in){.fold_from_index = next->fold_from}, NULL);
    }
    lane->is_written_back = err == ERR_OK;
    return err;
}

void sweep_init(struct sweep *sweep)
{
    *sweep = (struct sweep){.period_min = SWEEP_ROWS_MIN};
}

void sweep_restart(struct sweep *sweep, int64_t fold_from, int64_t log_size)
{
    sweep->at = (struct sweep_position){.started_at = log_size, .fold_from = fold_from};
    set_all(&sweep->at, 0, fold_from);
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
    sweep->at = sweep->next;
}

void sweep_done(struct sweep *sweep)
{
    free(sweep->written);
    *sweep = (struct sweep){0};
}

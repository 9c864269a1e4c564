/* ledger_hash.c — the hashes of a group, computed beside the lane.
 *
 * A transfer costs about ten SHA-256 compressions, a third of what writing its row costs. A helper
 * thread hashes rows while the lane decides further callbacks and, on SQLite, writes rows that are
 * done.
 *
 * What is shared: rows and their links lie in chunks that do not move; the lane offers only rows of
 * callbacks that were released, and those are undone only with the whole group (hasher_reset). The
 * hasher reads account records, which nobody writes while a group is open. It writes the hashes of
 * rows, and, on SQLite after hasher_finish(), the lane's edge and tiles.
 *
 * Locks: hasher.lock guards the fields below it; rows_hashed is published by release. */
#include <string.h>

#include "ledger/ledger_int.h"

#define INLINE_LEAVES_MAX 256 /* below this a hand-over costs more than it saves */
#define STEP_ROWS         256
#define PREFETCH_AHEAD    4

static const struct sha256_hash *previous_hash(const struct book *book,
                                               const struct row_links *links, uint32_t side)
{
    uint32_t entry = links->previous[side];
    if (entry == BOOK_NONE) {
        return &book_record(book, links->account[side])->head;
    }
    const struct q_ledger_transfer_insert_in *row = book_row(book, ENTRY_ROW(entry));
    return ENTRY_IS_CREDIT(entry) ? &row->credit_hash : &row->debit_hash;
}

static void hash_row(struct book *book, uint32_t number)
{
    struct q_ledger_transfer_insert_in *row = book_row(book, number);
    struct row_links *links = book_links(book, number);
    struct sha256_hash core_hash;
    chain_core_hash(
        &(struct chain_core){.id = row->transfer_id,
                             .debit_account = row->debit_account_id,
                             .credit_account = row->credit_account_id,
                             .amount_minor = row->amount_minor,
                             .pending_id = row->pending_id,
                             .expires_at_us = row->expires_at_us,
                             .reference = row->reference,
                             .created_at_us = row->created_at_us,
                             .flags = (uint32_t)row->flags,
                             .currency = (uint16_t)row->currency,
                             .code = (uint16_t)row->code,
                             .commitment = row->commitment.has ? &row->commitment.v : NULL},
        &core_hash);
    chain_side_hash(&(struct chain_side){.side = LEDGER_DEBIT,
                                         .account = row->debit_account_id,
                                         .prev_transfer = row->debit_prev_id,
                                         .seq = row->debit_seq,
                                         .posted_minor = row->debit_posted_minor,
                                         .held_debits_minor = row->debit_held_debits_minor,
                                         .held_credits_minor = row->debit_held_credits_minor},
                    previous_hash(book, links, 0), &core_hash, &row->debit_hash);
    chain_side_hash(&(struct chain_side){.side = LEDGER_CREDIT,
                                         .account = row->credit_account_id,
                                         .prev_transfer = row->credit_prev_id,
                                         .seq = row->credit_seq,
                                         .posted_minor = row->credit_posted_minor,
                                         .held_debits_minor = row->credit_held_debits_minor,
                                         .held_credits_minor = row->credit_held_credits_minor},
                    previous_hash(book, links, 1), &core_hash, &row->credit_hash);
    chain_leaf_hash(row->transfer_id, &core_hash, &row->debit_hash, &row->credit_hash,
                    &links->leaf_hash);
}

static void prefetch_heads(const struct book *book, uint32_t row)
{
    const struct row_links *links = book_links(book, row);
    for (uint32_t side = 0; side < 2; side++) {
        if (links->previous[side] == BOOK_NONE) {
            __builtin_prefetch(&book_record(book, links->account[side])->head);
        }
    }
}

void ledger_hash_rows(struct book *book, uint32_t first, uint32_t last)
{
    for (uint32_t i = first; i < last; i++) {
        if (i + PREFETCH_AHEAD < last) {
            prefetch_heads(book, i + PREFETCH_AHEAD);
        }
        hash_row(book, i);
    }
}

void ledger_leaf_hash(const struct book *book, uint32_t leaf, struct sha256_hash *ret)
{
    uint32_t what = book->leaves[leaf];
    if ((what & LEAF_OPENED) == 0) {
        *ret = book_links(book, what)->leaf_hash;
        return;
    }
    const struct account_record *record =
        book_record(book, book->opened[what & ~LEAF_OPENED].account);
    chain_leaf_opened_hash(record->id, &record->head, ret);
}

static void append_leaves(struct ledger_lane *lane)
{
    if (lane->edge == NULL) {
        return; /* the sealer does it */
    }
    for (uint32_t i = 0; i < lane->book.leaf_count; i++) {
        struct sha256_hash hash;
        ledger_leaf_hash(&lane->book, i, &hash);
        log_edge_append(lane->edge, &hash, &lane->tiles);
    }
}

/* ---- the thread ---- */

static void lock(struct hasher *hasher)
{
    BUG_IF(pthread_mutex_lock(&hasher->lock) != 0);
}

static void unlock(struct hasher *hasher)
{
    BUG_IF(pthread_mutex_unlock(&hasher->lock) != 0);
}

static void announce(struct hasher *hasher)
{
    lock(hasher);
    if (hasher->waiting) {
        BUG_IF(pthread_cond_signal(&hasher->progress) != 0);
    }
    unlock(hasher);
}

static void hash_in_steps(struct hasher *hasher, uint32_t first, uint32_t last)
{
    for (uint32_t i = first; i < last;) {
        uint32_t end = last - i > STEP_ROWS ? i + STEP_ROWS : last;
        ledger_hash_rows(&hasher->lane->book, i, end);
        i = end;
        atomic_store_explicit(&hasher->rows_hashed, i, memory_order_release);
        announce(hasher);
    }
}

static void *hasher_main(void *arg)
{
    struct hasher *hasher = arg;
    lock(hasher);
    while (!hasher->stopping) {
        if (hasher->rows_started < hasher->rows_ready) {
            uint32_t first = hasher->rows_started;
            uint32_t last = hasher->rows_started = hasher->rows_ready;
            unlock(hasher);
            hash_in_steps(hasher, first, last);
            lock(hasher);
        } else if (hasher->is_last && !hasher->is_appended) {
            unlock(hasher);
            append_leaves(hasher->lane);
            lock(hasher);
            hasher->is_appended = true;
            BUG_IF(pthread_cond_signal(&hasher->progress) != 0);
        } else {
            BUG_IF(pthread_cond_wait(&hasher->work, &hasher->lock) != 0);
        }
    }
    unlock(hasher);
    return NULL;
}

void hasher_init(struct hasher *hasher, struct ledger_lane *lane)
{
    memset(hasher, 0, sizeof(*hasher));
    hasher->lane = lane;
    BUG_IF(pthread_mutex_init(&hasher->lock, NULL) != 0);
    BUG_IF(pthread_cond_init(&hasher->work, NULL) != 0);
    BUG_IF(pthread_cond_init(&hasher->progress, NULL) != 0);
    /* Without the thread the lane hashes by itself. */
    hasher->running = pthread_create(&hasher->thread, NULL, hasher_main, hasher) == 0;
}

void hasher_done(struct hasher *hasher)
{
    if (hasher->lane == NULL) {
        return;
    }
    if (hasher->running) {
        lock(hasher);
        hasher->stopping = true;
        BUG_IF(pthread_cond_signal(&hasher->work) != 0);
        unlock(hasher);
        (void)pthread_join(hasher->thread, NULL);
    }
    (void)pthread_mutex_destroy(&hasher->lock);
    (void)pthread_cond_destroy(&hasher->work);
    (void)pthread_cond_destroy(&hasher->progress);
    hasher->lane = NULL;
}

/* ---- the lane ---- */

static bool is_worth_it(const struct hasher *hasher)
{
    /* Once it has rows of this group it must do the rest: hashes build on each other. */
    return hasher->running &&
           (hasher->rows_ready > 0 || hasher->lane->book.leaf_count >= INLINE_LEAVES_MAX);
}

void hasher_offer(struct hasher *hasher)
{
    uint32_t rows = hasher->lane->book.row_count;
    if (!is_worth_it(hasher) || rows == hasher->rows_ready) {
        return;
    }
    lock(hasher);
    hasher->rows_ready = rows;
    BUG_IF(pthread_cond_signal(&hasher->work) != 0);
    unlock(hasher);
}

void hasher_finish(struct hasher *hasher)
{
    struct book *book = &hasher->lane->book;
    if (!is_worth_it(hasher)) {
        ledger_hash_rows(book, 0, book->row_count);
        atomic_store_explicit(&hasher->rows_hashed, book->row_count, memory_order_relaxed);
        append_leaves(hasher->lane);
        hasher->is_appended = true;
        return;
    }
    lock(hasher);
    hasher->rows_ready = book->row_count;
    hasher->is_last = true;
    BUG_IF(pthread_cond_signal(&hasher->work) != 0);
    unlock(hasher);
}

void hasher_wait_rows(struct hasher *hasher, uint32_t count)
{
    if (atomic_load_explicit(&hasher->rows_hashed, memory_order_acquire) >= count) {
        return;
    }
    lock(hasher);
    hasher->waiting = true;
    while (atomic_load_explicit(&hasher->rows_hashed, memory_order_acquire) < count) {
        BUG_IF(pthread_cond_wait(&hasher->progress, &hasher->lock) != 0);
    }
    hasher->waiting = false;
    unlock(hasher);
}

void hasher_wait_leaves(struct hasher *hasher)
{
    lock(hasher);
    while (!hasher->is_appended) {
        BUG_IF(pthread_cond_wait(&hasher->progress, &hasher->lock) != 0);
    }
    unlock(hasher);
}

void hasher_reset(struct hasher *hasher)
{
    hasher_wait_rows(hasher, hasher->rows_ready);
    if (hasher->is_last) {
        hasher_wait_leaves(hasher);
    }
    lock(hasher);
    hasher->rows_ready = hasher->rows_started = 0;
    hasher->is_last = hasher->is_appended = false;
    atomic_store_explicit(&hasher->rows_hashed, 0, memory_order_relaxed);
    unlock(hasher);
}

/* ledger_write_sqlite.c — a group into SQLite: one row a transfer, in bulk, while the hasher is
 * still at work on the rows behind; then the log, then a stripe of accounts. */
#include <string.h>

#include "ledger/ledger_int.h"

/* Writes rows as their hashes become ready. */
static enum err write_rows(struct store_tx *tx, struct ledger_lane *lane)
{
    struct book *book = &lane->book;
    enum err err = ERR_OK;
    for (uint32_t first = 0; first < book->row_count && err == ERR_OK;) {
        uint32_t count = book->row_count - first;
        count = count > LEDGER_ROWS_CHUNK ? LEDGER_ROWS_CHUNK : count;
        int64_t changed = 0;
        for (uint32_t i = first; i < first + count; i++) {
            book_row(book, i)->segment_id = lane->segment_id;
        }
        hasher_wait_rows(&lane->hasher, first + count);
        err = q_ledger_transfer_insert_batch(tx, book_row(book, first), count, &changed);
        if (err == ERR_OK && changed != (int64_t)count) {
            err = ERR_LEDGER_CORRUPT;
        }
        first += count;
    }
    return err;
}

static enum err write_marks(struct store_tx *tx, struct ledger_lane *lane)
{
    const struct book *book = &lane->book;
    struct q_ledger_mark_insert_in *marks = NULL;
    size_t n = 0;
    for (uint32_t i = 0; i < 2 * book->row_count; i++) {
        const struct q_ledger_transfer_insert_in *row = book_row(book, ENTRY_ROW(i));
        int64_t seq = ENTRY_IS_CREDIT(i) ? row->credit_seq : row->debit_seq;
        if (seq % LEDGER_MARK_EVERY != 0) {
            continue;
        }
        if (marks == NULL) {
            marks = ledger_scratch(lane, 2 * (size_t)book->row_count * sizeof(*marks));
        }
        marks[n++] = (struct q_ledger_mark_insert_in){
            .account_id = ENTRY_IS_CREDIT(i) ? row->credit_account_id : row->debit_account_id,
            .seq = seq,
            .transfer_id = row->transfer_id,
            .created_at_us = row->created_at_us};
    }
    return n == 0 ? ERR_OK : q_ledger_mark_insert_batch(tx, marks, n, NULL);
}

static enum err write_log(struct store_tx *tx, struct ledger_lane *lane)
{
    const struct book *book = &lane->book;
    if (book->leaf_count == 0) {
        return ERR_OK;
    }
    hasher_wait_leaves(&lane->hasher);
    for (size_t i = 0; i < lane->tiles.count; i++) {
        const struct log_tile *tile = &lane->tiles.tiles[i];
        const struct q_ledger_tile_insert_in in = {
            .level = tile->level,
            .tile_index = tile->index,
            .hashes = {.data = tile->hashes, .length = sizeof(tile->hashes)}};
        enum err err = q_ledger_tile_insert_batch(tx, &in, 1, NULL);
        if (err != ERR_OK) {
            return err;
        }
    }
    const struct q_ledger_segment_insert_in segment = {.segment_id = lane->segment_id,
                                                       .first_index =
                                                           lane->edge->size - book->leaf_count,
                                                       .leaf_count = book->leaf_count,
                                                       .leaf_refs = ledger_leaf_refs(lane),
                                                       .created_at_us = book->last_at_us};
    return q_ledger_segment_insert_batch(tx, &segment, 1, NULL);
}

enum err ledger_write_sqlite(struct store_tx *tx, struct ledger_lane *lane)
{
    const struct book *book = &lane->book;
    if (book->leaf_count + book->failure_count == 0 && !lane->wants_checkpoint) {
        return ERR_OK;
    }
    lane->segment_id = book->leaf_count > 0 ? id_draw_one(lane->ledger->ids) : 0;
    hasher_finish(&lane->hasher);
    enum err err = ledger_write_opened(tx, lane);
    if (err == ERR_OK) {
        err = write_rows(tx, lane);
    }
    if (err == ERR_OK) {
        err = ledger_write_common(tx, lane);
    }
    if (err == ERR_OK) {
        err = write_marks(tx, lane);
    }
    if (err == ERR_OK) {
        err = write_log(tx, lane);
    }
    if (err == ERR_OK) {
        err = sweep_write(tx, lane);
    }
    return err;
}

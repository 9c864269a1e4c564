/* ledger_write.c — what both databases write alike at the end of a group: opened accounts, burnt
 * ids, new holds and their resolutions.
 *
 * On SQLite a row that does not go in is our fault or corruption, because nobody else writes. On
 * PostgreSQL it is another writer's, and the group runs again. */
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger_int.h"

void *ledger_scratch(struct ledger_lane *lane, size_t bytes)
{
    if (bytes > lane->scratch_bytes) {
        size_t grown = lane->scratch_bytes == 0 ? 65536 : lane->scratch_bytes;
        while (grown < bytes) {
            grown *= 2;
        }
        free(lane->scratch);
        lane->scratch = malloc(grown);
        BUG_IF(lane->scratch == NULL);
        lane->scratch_bytes = grown;
    }
    return lane->scratch;
}

/* What to make of `changed` rows where `wanted` were sent. */
static enum err all_or_conflict(const struct ledger_lane *lane, int64_t changed, size_t wanted)
{
    if (changed == (int64_t)wanted) {
        return ERR_OK;
    }
    return lane->book.is_cache ? ERR_STORE_CONFLICT : ERR_LEDGER_CORRUPT;
}

enum err ledger_write_opened(struct store_tx *tx, struct ledger_lane *lane)
{
    const struct book *book = &lane->book;
    int64_t changed = 0;
    if (book->opened_count == 0) {
        return ERR_OK;
    }
    struct q_ledger_account_insert_in *rows =
        ledger_scratch(lane, book->opened_count * sizeof(*rows));
    for (uint32_t i = 0; i < book->opened_count; i++) {
        const struct opened *opened = &book->opened[i];
        const struct account_record *record = book_record(book, opened->account);
        rows[i] = (struct q_ledger_account_insert_in){
            .account_id = record->id,
            .owner = record->owner,
            .kind = record->kind,
            .currency = record->currency,
            .flags = record->flags,
            .overdraft_minor = record->overdraft_minor,
            .balance_max_minor = record->balance_max_minor,
            .created_at_us = opened->created_at_us,
            .salt = opened->salt,
            .opening_hash = record->head,
            .segment_id = lane->segment_id,
        };
    }
    enum err err = q_ledger_account_insert_batch(tx, rows, book->opened_count, &changed);
    return err != ERR_OK ? err : all_or_conflict(lane, changed, book->opened_count);
}

static enum err write_failures(struct store_tx *tx, struct ledger_lane *lane)
{
    const struct book *book = &lane->book;
    int64_t changed = 0;
    if (book->failure_count == 0) {
        return ERR_OK;
    }
    struct q_ledger_failure_insert_in *rows =
        ledger_scratch(lane, book->failure_count * sizeof(*rows));
    for (uint32_t i = 0; i < book->failure_count; i++) {
        const struct failure *failure = &book->failures[i];
        rows[i] = (struct q_ledger_failure_insert_in){
            .transfer_id = failure->id,
            .code = (int64_t)failure->code,
            .created_at_us = failure->created_at_us,
            .content = {.data = failure->content, .length = failure->content_length},
        };
        chain_failure_hash(failure->id, failure->code, failure->created_at_us, failure->content,
                           failure->content_length, &rows[i].record_hash);
    }
    enum err err = q_ledger_failure_insert_batch(tx, rows, book->failure_count, &changed);
    return err != ERR_OK ? err : all_or_conflict(lane, changed, book->failure_count);
}

static uint32_t count_rows(const struct book *book, int64_t flags)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < book->row_count; i++) {
        count += (book_row(book, i)->flags & flags) != 0 ? 1 : 0;
    }
    return count;
}

static enum err write_holds(struct store_tx *tx, struct ledger_lane *lane)
{
    const struct book *book = &lane->book;
    uint32_t count = count_rows(book, LEDGER_PENDING), n = 0;
    int64_t changed = 0;
    if (count == 0) {
        return ERR_OK;
    }
    struct q_ledger_hold_insert_in *rows = ledger_scratch(lane, count * sizeof(*rows));
    for (uint32_t i = 0; i < book->row_count; i++) {
        const struct q_ledger_transfer_insert_in *row = book_row(book, i);
        if ((row->flags & LEDGER_PENDING) != 0) {
            rows[n++] = (struct q_ledger_hold_insert_in){.hold_id = row->transfer_id,
                                                         .expires_at_us = row->expires_at_us,
                                                         .state = LEDGER_HOLD_OPEN};
        }
    }
    enum err err = q_ledger_hold_insert_batch(tx, rows, n, &changed);
    return err != ERR_OK ? err : all_or_conflict(lane, changed, n);
}

static enum err write_resolutions(struct store_tx *tx, struct ledger_lane *lane)
{
    const int64_t resolving = LEDGER_POST_PENDING | LEDGER_VOID_PENDING | LEDGER_EXPIRE_PENDING;
    const struct book *book = &lane->book;
    uint32_t count = count_rows(book, resolving), n = 0;
    int64_t changed = 0;
    if (count == 0) {
        return ERR_OK;
    }
    struct q_ledger_hold_resolve_in *rows = ledger_scratch(lane, count * sizeof(*rows));
    for (uint32_t i = 0; i < book->row_count; i++) {
        const struct q_ledger_transfer_insert_in *row = book_row(book, i);
        if ((row->flags & resolving) == 0) {
            continue;
        }
        const struct hold *hold = book_find_hold(book, row->pending_id);
        BUG_IF(hold == NULL || hold->state == LEDGER_HOLD_OPEN ||
               hold->resolved_by != row->transfer_id);
        rows[n++] = (struct q_ledger_hold_resolve_in){.hold_id = hold->id,
                                                      .state = hold->state,
                                                      .resolved_by = hold->resolved_by,
                                                      .captured_minor = hold->captured_minor};
    }
    enum err err = q_ledger_hold_resolve_batch(tx, rows, n, &changed);
    return err != ERR_OK ? err : all_or_conflict(lane, changed, n);
}

enum err ledger_write_common(struct store_tx *tx, struct ledger_lane *lane)
{
    enum err err = write_failures(tx, lane);
    if (err == ERR_OK) {
        err = write_holds(tx, lane);
    }
    if (err == ERR_OK) {
        err = write_resolutions(tx, lane);
    }
    return err;
}

struct store_blob ledger_leaf_refs(struct ledger_lane *lane)
{
    const struct book *book = &lane->book;
    size_t bytes = (size_t)book->leaf_count * CHAIN_REF_BYTES;
    uint8_t *refs = ledger_scratch(lane, bytes);
    for (uint32_t i = 0; i < book->leaf_count; i++) {
        uint32_t what = book->leaves[i];
        bool is_row = (what & LEAF_OPENED) == 0;
        int64_t id = is_row ? book_row(book, what)->transfer_id
                            : book_record(book, book->opened[what & ~LEAF_OPENED].account)->id;
        chain_encode_ref(is_row ? CHAIN_TYPE_LEAF : CHAIN_TYPE_LEAF_OPENED, id,
                         refs + (size_t)i * CHAIN_REF_BYTES);
    }
    return (struct store_blob){.data = refs, .length = (uint32_t)bytes};
}

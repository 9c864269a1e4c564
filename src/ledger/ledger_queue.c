/* ledger_queue.c — what a group has decided and not written yet: rows, burnt ids, holds, and the
 * marks that undo them. The other half of ledger_book.h. */
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger_book.h"

#define ID_FAILED 0x80000000u /* in book.ids: a failure, not a row */

/* ---- rows ---- */

struct q_ledger_transfer_insert_in *book_row(const struct book *book, uint32_t row)
{
    return &book->row_chunks[row / BOOK_ROWS_PER_CHUNK][row % BOOK_ROWS_PER_CHUNK];
}

struct row_links *book_links(const struct book *book, uint32_t row)
{
    return &book->link_chunks[row / BOOK_ROWS_PER_CHUNK][row % BOOK_ROWS_PER_CHUNK];
}

uint32_t book_add_row(struct book *book, int64_t id)
{
    uint32_t row = book->row_count;
    uint32_t chunk = row / BOOK_ROWS_PER_CHUNK;
    BUG_IF(chunk >= BOOK_ROW_CHUNKS_MAX);
    if (chunk >= book->row_chunk_count) {
        book->row_chunks[chunk] = malloc(BOOK_ROWS_PER_CHUNK * sizeof(**book->row_chunks));
        book->link_chunks[chunk] = malloc(BOOK_ROWS_PER_CHUNK * sizeof(**book->link_chunks));
        BUG_IF(book->row_chunks[chunk] == NULL || book->link_chunks[chunk] == NULL);
        book->row_chunk_count = chunk + 1;
    }
    book_grow(&book->leaves, &book->leaf_capacity, book->leaf_count + 1, sizeof(*book->leaves));
    book->leaves[book->leaf_count++] = row;
    book->row_count++;
    struct q_ledger_transfer_insert_in *added = book_row(book, row);
    memset(added, 0, sizeof(*added));
    added->transfer_id = id;
    if (id > book->group_id_max) {
        book->group_id_max = id;
    }
    return row;
}

struct failure *book_add_failure(struct book *book, int64_t id)
{
    book_grow(&book->failures, &book->failure_capacity, book->failure_count + 1,
              sizeof(*book->failures));
    struct failure *failure = &book->failures[book->failure_count++];
    memset(failure, 0, sizeof(*failure));
    failure->id = id;
    if (id > book->group_id_max) {
        book->group_id_max = id;
    }
    return failure;
}

enum book_id book_find_id(struct book *book, int64_t id, uint32_t *ret_index)
{
    if (id > book->group_id_max) {
        return BOOK_ID_NEW; /* ids mostly come in order: no map needed */
    }
    for (; book->ids_rows < book->row_count; book->ids_rows++) {
        i64map_put(&book->ids, book_row(book, book->ids_rows)->transfer_id, book->ids_rows);
    }
    for (; book->ids_failures < book->failure_count; book->ids_failures++) {
        i64map_put(&book->ids, book->failures[book->ids_failures].id,
                   ID_FAILED | book->ids_failures);
    }
    uint32_t found = i64map_get(&book->ids, id);
    if (found == I64MAP_NONE) {
        return BOOK_ID_NEW;
    }
    *ret_index = found & ~ID_FAILED;
    return (found & ID_FAILED) != 0 ? BOOK_ID_FAILED : BOOK_ID_ROW;
}

static void cut_ids(struct book *book, uint32_t rows, uint32_t failures)
{
    while (book->ids_rows > rows) {
        book->ids_rows--;
        (void)i64map_remove(&book->ids, book_row(book, book->ids_rows)->transfer_id);
    }
    while (book->ids_failures > failures) {
        book->ids_failures--;
        (void)i64map_remove(&book->ids, book->failures[book->ids_failures].id);
    }
}

/* ---- holds ---- */

struct hold *book_find_hold(const struct book *book, int64_t id)
{
    uint32_t slot = id > 0 ? i64map_get(&book->hold_map, id) : I64MAP_NONE;
    return slot == I64MAP_NONE ? NULL : &book->holds[slot];
}

void book_load_hold(struct book *book, const struct hold *hold)
{
    BUG_IF(book_find_hold(book, hold->id) != NULL);
    book_grow(&book->holds, &book->hold_capacity, book->hold_count + 1, sizeof(*book->holds));
    book->holds[book->hold_count] = *hold;
    i64map_put(&book->hold_map, hold->id, book->hold_count);
    book->hold_count++;
}

/* The last hold takes its place. */
static void remove_hold(struct book *book, int64_t id)
{
    uint32_t slot = i64map_get(&book->hold_map, id);
    BUG_IF(slot == I64MAP_NONE);
    BUG_IF(!i64map_remove(&book->hold_map, id));
    book->hold_count--;
    if (slot != book->hold_count) {
        book->holds[slot] = book->holds[book->hold_count];
        i64map_put(&book->hold_map, book->holds[slot].id, slot);
    }
}

static struct undo *add_hold_undo(struct book *book, const struct hold *hold, bool was_absent)
{
    book_grow(&book->undo, &book->undo_capacity, book->undo_count + 1, sizeof(*book->undo));
    struct undo *undo = &book->undo[book->undo_count++];
    undo->is_hold = true;
    undo->was_absent = was_absent;
    undo->slot = BOOK_NONE;
    undo->hold = *hold;
    return undo;
}

void book_add_hold(struct book *book, const struct hold *hold)
{
    book_load_hold(book, hold);
    (void)add_hold_undo(book, hold, true);
}

void book_resolve_hold(struct book *book, struct hold *hold, enum ledger_hold_state state,
                       int64_t resolved_by, int64_t captured_minor)
{
    BUG_IF(hold->state != LEDGER_HOLD_OPEN || state == LEDGER_HOLD_OPEN);
    BUG_IF(captured_minor < 0 || captured_minor > hold->amount_minor);
    (void)add_hold_undo(book, hold, false);
    hold->state = (uint8_t)state;
    hold->resolved_by = resolved_by;
    hold->captured_minor = captured_minor;
}

/* ---- marks ---- */

void book_mark(struct book *book, struct book_mark *ret)
{
    BUG_IF(book->epoch == UINT32_MAX);
    book->epoch++;
    *ret = (struct book_mark){
        .touched = book->touched_count,
        .rows = book->row_count,
        .failures = book->failure_count,
        .opened = book->opened_count,
        .accounts = book->account_count,
        .leaves = book->leaf_count,
        .undo = book->undo_count,
        .id_max = book->group_id_max,
    };
}

static void undo_one(struct book *book, const struct undo *undo)
{
    if (!undo->is_hold) {
        BUG_IF(undo->slot >= book->touched_count);
        book->touched[undo->slot] = undo->touched;
    } else if (undo->was_absent) {
        remove_hold(book, undo->hold.id);
    } else {
        struct hold *hold = book_find_hold(book, undo->hold.id);
        BUG_IF(hold == NULL);
        *hold = undo->hold;
    }
}

void book_undo_to(struct book *book, const struct book_mark *mark, bool keep_touched)
{
    BUG_IF(keep_touched && book->opened_count != mark->opened);
    while (book->undo_count > mark->undo) {
        book->undo_count--;
        undo_one(book, &book->undo[book->undo_count]);
    }
    if (keep_touched) {
        book_reset_touched(book, mark->touched);
    } else {
        book_drop_touched(book, mark->touched);
    }
    cut_ids(book, mark->rows, mark->failures);
    book->row_count = mark->rows;
    book->failure_count = mark->failures;
    book->leaf_count = mark->leaves;
    book->group_id_max = mark->id_max;
    if (!book->is_cache || book->opened_count != mark->opened) {
        book_remove_accounts(book, mark->accounts);
    }
    book->opened_count = mark->opened;
}

/* ---- the end of a group ---- */

static void clear_queue(struct book *book)
{
    if (book->ids_rows + book->ids_failures > 0) {
        i64map_clear(&book->ids);
    }
    book->ids_rows = book->ids_failures = 0;
    book->row_count = book->failure_count = 0;
    book->opened_count = book->leaf_count = book->undo_count = 0;
    if (book->is_cache) {
        /* Open holds are looked up anew in each group. */
        i64map_clear(&book->hold_map);
        book->hold_count = 0;
    }
}

void book_publish(struct book *book)
{
    for (uint32_t i = 0; i < book->row_count; i++) {
        const struct q_ledger_transfer_insert_in *row = book_row(book, i);
        if ((row->flags & (LEDGER_POST_PENDING | LEDGER_VOID_PENDING | LEDGER_EXPIRE_PENDING)) !=
            0) {
            remove_hold(book, row->pending_id);
        }
    }
    book_publish_touched(book);
    book_publish_loaded(book);
    book->id_max = book->group_id_max;
    clear_queue(book);
    atomic_store_explicit(&book->holds_open, book->hold_count, memory_order_relaxed);
}

void book_drop_group(struct book *book)
{
    const struct book_mark start = {
        .accounts = atomic_load_explicit(&book->published_count, memory_order_relaxed),
        .id_max = book->id_max,
    };
    book_undo_to(book, &start, false);
    clear_queue(book);
}

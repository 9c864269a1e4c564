/* ledger_load.c — SQLite at start: accounts as they were written, open holds, and the tail of the
 * log folded into the accounts that lag behind it; then the log's right edge.
 *
 * A transfer is applied to a side when it is the account's next (seq + 1), skipped when the account
 * has it already; anything else is a gap, and the ledger does not open. What is applied is checked:
 * the previous transfer, the sums, the side's hash. */
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/log.h"
#include "ledger/ledger_int.h"

#define FOLD_IDS      1024 /* transfers read by one statement */
#define SEGMENTS_PAGE 64
#define ARENA_BYTES   (256 * 1024)

/* Leaves in log order, a few at a time, with their transfers. */
struct leaf {
    uint8_t type;
    int64_t id, index;
};

struct load {
    struct ledger *ledger;
    struct book *book;
    enum err err;
    /* leaves of the page that is being read */
    struct leaf *leaves;
    uint32_t leaf_count, leaf_capacity;
    int64_t next_index; /* expected first index of the next segment; -1: any */
    int64_t from_index;
    uint32_t segments;
    /* transfers of one chunk */
    struct i64map map;
    struct ledger_posted *posted;
    uint32_t posted_count;
    void (*on_leaf)(struct load *load, const struct leaf *leaf, const struct ledger_posted *posted);
    struct store_tx *tx;
};

static void report(struct load *load, const char *what, int64_t id, int64_t seq)
{
    load->err = ERR_LEDGER_CORRUPT;
    LOG(LOG_ERROR, "ledger_corrupt", LOG_TEXT("what", what), LOG_NUMBER("id", id),
        LOG_NUMBER("seq", seq));
}

/* ---- accounts and holds as written ---- */

static bool on_account(const struct q_ledger_accounts_load_row *row, void *arg)
{
    struct load *load = arg;
    const struct account_record record = {
        .id = row->account_id,
        .owner = row->owner,
        .kind = (uint16_t)row->kind,
        .currency = (uint16_t)row->currency,
        .flags = (uint32_t)row->flags | (row->closed != 0 ? LEDGER_ACCOUNT_CLOSED : 0u),
        .overdraft_minor = row->overdraft_minor,
        .balance_max_minor = row->balance_max_minor,
        .at_us = row->created_at_us,
        .debits_posted = row->debits_posted,
        .credits_posted = row->credits_posted,
        .debits_pending = row->debits_pending,
        .credits_pending = row->credits_pending,
        .seq = row->seq,
        .last_transfer = row->last_transfer_id,
        .head = row->head,
    };
    if (ledger_kind_info((enum ledger_account_kind)row->kind) == NULL ||
        currency_exponent((enum currency)row->currency) < 0) {
        report(load, "account_of_unknown_kind_or_currency", row->account_id, 0);
        return false;
    }
    (void)book_load_account(load->book, &record);
    return true;
}

static bool on_hold(const struct q_ledger_holds_load_row *row, void *arg)
{
    struct load *load = arg;
    book_load_hold(load->book, &(struct hold){.id = row->hold_id,
                                              .debit_account = row->debit_account_id,
                                              .credit_account = row->credit_account_id,
                                              .amount_minor = row->amount_minor,
                                              .expires_at_us = row->expires_at_us,
                                              .flags = (uint32_t)row->flags,
                                              .currency = (uint16_t)row->currency,
                                              .code = (uint16_t)row->code,
                                              .state = LEDGER_HOLD_OPEN});
    return true;
}

/* ---- walking the log ---- */

static bool on_segment(const struct q_ledger_segments_from_row *row, void *arg)
{
    struct load *load = arg;
    if (row->leaf_count <= 0 || row->leaf_count > UINT32_MAX / 2 ||
        row->leaf_refs.length != row->leaf_count * CHAIN_REF_BYTES ||
        (load->next_index >= 0 && row->first_index != load->next_index)) {
        report(load, "segment", row->segment_id, row->first_index);
        return false;
    }
    load->next_index = row->first_index + row->leaf_count;
    load->segments++;
    for (int64_t i = 0; i < row->leaf_count; i++) {
        struct leaf leaf = {.index = row->first_index + i};
        chain_decode_ref((const uint8_t *)row->leaf_refs.data + i * CHAIN_REF_BYTES, &leaf.type,
                         &leaf.id);
        if (leaf.index < load->from_index) {
            continue;
        }
        if (leaf.type != CHAIN_TYPE_LEAF && leaf.type != CHAIN_TYPE_LEAF_OPENED) {
            report(load, "leaf_type", leaf.id, leaf.index);
            return false;
        }
        book_grow(&load->leaves, &load->leaf_capacity, load->leaf_count + 1, sizeof(*load->leaves));
        load->leaves[load->leaf_count++] = leaf;
    }
    return true;
}

static bool on_posted(const struct q_ledger_transfers_get_row *row, void *arg)
{
    struct load *load = arg;
    BUG_IF(load->posted_count == 2 * FOLD_IDS); /* a range, and what it left out */
    i64map_put(&load->map, row->transfer_id, load->posted_count);
    ledger_row_to_posted(row, &load->posted[load->posted_count++]);
    return true;
}

static bool on_range(const struct q_ledger_transfers_range_row *row, void *arg)
{
    struct q_ledger_transfers_get_row same;
    _Static_assert(sizeof(same) == sizeof(*row), "the same columns");
    memcpy(&same, row, sizeof(same));
    return on_posted(&same, arg);
}

/* Ids mostly rise along the log, with nothing between them: one scan reads them all. What it leaves
 * out is removed from ids; returns how many are left. */
static enum err read_range(struct load *load, struct q_ledger_transfers_get_in *ids, size_t *count)
{
    size_t left = 0;
    for (size_t i = 1; i < *count; i++) {
        if (ids[i].transfer_id <= ids[i - 1].transfer_id) {
            return ERR_OK;
        }
    }
    const struct q_ledger_transfers_range_in in = {.from_id = ids[0].transfer_id,
                                                   .to_id = ids[*count - 1].transfer_id,
                                                   .row_max = (int64_t)*count};
    enum err err = q_ledger_transfers_range_each(load->tx, &in, on_range, load);
    for (size_t i = 0; i < *count && err == ERR_OK; i++) {
        if (i64map_get(&load->map, ids[i].transfer_id) == I64MAP_NONE) {
            ids[left++] = ids[i];
        }
    }
    *count = left;
    return err;
}

static enum err read_chunk(struct load *load, uint32_t first, uint32_t count)
{
    struct q_ledger_transfers_get_in *ids = calloc(count, sizeof(*ids));
    size_t n = 0;
    BUG_IF(ids == NULL);
    for (uint32_t i = first; i < first + count; i++) {
        if (load->leaves[i].type == CHAIN_TYPE_LEAF) {
            ids[n++].transfer_id = load->leaves[i].id;
        }
    }
    i64map_clear(&load->map);
    load->posted_count = 0;
    if (n > 1) {
        enum err err = read_range(load, ids, &n);
        if (err != ERR_OK) {
            free(ids);
            return err;
        }
    }
    enum err err =
        n == 0 ? ERR_OK : q_ledger_transfers_get_batch(load->tx, ids, n, on_posted, load);
    free(ids);
    return err;
}

static enum err take_chunk(struct load *load, uint32_t first, uint32_t count)
{
    enum err err = read_chunk(load, first, count);
    for (uint32_t i = 0; i < load->posted_count; i++) {
        book_prefetch_place(load->book, load->posted[i].transfer.debit_account.v);
        book_prefetch_place(load->book, load->posted[i].transfer.credit_account.v);
    }
    for (uint32_t i = first; i < first + count && err == ERR_OK; i++) {
        const struct leaf *leaf = &load->leaves[i];
        const struct ledger_posted *posted = NULL;
        if (leaf->type == CHAIN_TYPE_LEAF) {
            uint32_t at = i64map_get(&load->map, leaf->id);
            if (at == I64MAP_NONE) {
                report(load, "transfer_missing", leaf->id, leaf->index);
                return load->err;
            }
            posted = &load->posted[at];
        }
        load->on_leaf(load, leaf, posted);
        err = load->err;
    }
    return err;
}

/* Every leaf from an index to the end of the log, in order. */
static enum err walk(struct load *load, int64_t from_index,
                     void (*on_leaf)(struct load *load, const struct leaf *leaf,
                                     const struct ledger_posted *posted))
{
    load->on_leaf = on_leaf;
    load->next_index = -1;
    load->from_index = from_index;
    enum err err = ERR_OK;
    do {
        load->segments = load->leaf_count = 0;
        const struct q_ledger_segments_from_in in = {.from_index = load->from_index,
                                                     .row_max = SEGMENTS_PAGE};
        err = q_ledger_segments_from_each(load->tx, &in, on_segment, load);
        err = err == ERR_OK ? load->err : err;
        for (uint32_t i = 0; i < load->leaf_count && err == ERR_OK; i += FOLD_IDS) {
            uint32_t count = load->leaf_count - i;
            err = take_chunk(load, i, count > FOLD_IDS ? FOLD_IDS : count);
        }
        load->from_index = load->next_index;
    } while (err == ERR_OK && load->segments == SEGMENTS_PAGE);
    return err;
}

/* ---- folding ---- */

static bool side_is_right(const struct account_record *record, const struct sha256_hash *core_hash,
                          const struct ledger_entry *entry, enum ledger_side side)
{
    struct sha256_hash hash;
    if (entry->prev_transfer.v != record->last_transfer) {
        return false;
    }
    chain_side_hash(&(struct chain_side){.side = side,
                                         .account = record->id,
                                         .prev_transfer = entry->prev_transfer.v,
                                         .seq = entry->seq,
                                         .posted_minor = entry->posted_minor,
                                         .held_debits_minor = entry->held_debits_minor,
                                         .held_credits_minor = entry->held_credits_minor},
                    &record->head, core_hash, &hash);
    return memcmp(&hash, &entry->hash, sizeof(hash)) == 0;
}

static bool keep_flags(const struct q_ledger_transfers_get_row *row, void *arg)
{
    *(uint32_t *)arg = (uint32_t)row->flags;
    return true;
}

/* Whether this side is closed after the transfer. */
static void fold_closing(struct load *load, struct account_record *record,
                         const struct ledger_transfer *t, uint32_t close_flag)
{
    uint32_t hold_flags = 0;
    if ((t->flags & LEDGER_PENDING) != 0) {
        record->flags |= (t->flags & close_flag) != 0 ? LEDGER_ACCOUNT_CLOSED : 0u;
        return;
    }
    if ((t->flags & (LEDGER_VOID_PENDING | LEDGER_EXPIRE_PENDING)) == 0 ||
        (record->flags & LEDGER_ACCOUNT_CLOSED) == 0) {
        return;
    }
    const struct q_ledger_transfers_get_in in = {.transfer_id = t->pending_id.v};
    enum err err = q_ledger_transfers_get_batch(load->tx, &in, 1, keep_flags, &hold_flags);
    if (err != ERR_OK) {
        load->err = err;
        return;
    }
    if ((hold_flags & close_flag) != 0) {
        record->flags &= ~(uint32_t)LEDGER_ACCOUNT_CLOSED;
    }
}

static void fold_side(struct load *load, const struct ledger_posted *posted,
                      const struct sha256_hash *core_hash, enum ledger_side side)
{
    const struct ledger_transfer *t = &posted->transfer;
    const struct ledger_entry *entry = side == LEDGER_DEBIT ? &posted->debit : &posted->credit;
    uint32_t index = book_find_account(load->book, entry->account.v);
    if (index == BOOK_NONE) {
        report(load, "account_missing", entry->account.v, entry->seq);
        return;
    }
    struct account_record *record = book_record_for_fold(load->book, index);
    if (entry->seq <= record->seq) {
        return; /* the row was written later */
    }
    if (entry->seq != record->seq + 1 || !side_is_right(record, core_hash, entry, side)) {
        report(load, "account_chain", entry->account.v, entry->seq);
        return;
    }
    bool is_posted =
        (t->flags & (LEDGER_PENDING | LEDGER_VOID_PENDING | LEDGER_EXPIRE_PENDING)) == 0;
    int64_t amount = is_posted ? t->amount_minor : 0;
    record->debits_posted += side == LEDGER_DEBIT ? amount : 0;
    record->credits_posted += side == LEDGER_CREDIT ? amount : 0;
    record->debits_pending = entry->held_debits_minor;
    record->credits_pending = entry->held_credits_minor;
    if (record->credits_posted - record->debits_posted != entry->posted_minor) {
        report(load, "account_balance", entry->account.v, entry->seq);
        return;
    }
    fold_closing(load, record, t, side == LEDGER_DEBIT ? LEDGER_CLOSE_DEBIT : LEDGER_CLOSE_CREDIT);
    record->seq = entry->seq;
    record->last_transfer = t->id.v;
    record->head = entry->hash;
    book_set_dirty(load->book, index, true);
}

static void fold_leaf(struct load *load, const struct leaf *leaf,
                      const struct ledger_posted *posted)
{
    if (leaf->type == CHAIN_TYPE_LEAF) {
        struct chain_core core;
        struct sha256_hash core_hash;
        chain_core_of_posted(posted, &core);
        chain_core_hash(&core, &core_hash);
        fold_side(load, posted, &core_hash, LEDGER_DEBIT);
        fold_side(load, posted, &core_hash, LEDGER_CREDIT);
    } else if (book_find_account(load->book, leaf->id) == BOOK_NONE) {
        report(load, "account_missing", leaf->id, 0);
    }
}

/* ---- the log's right edge ---- */

static bool keep_opening(const struct q_ledger_opening_get_row *row, void *arg)
{
    *(struct sha256_hash *)arg = row->opening_hash;
    return true;
}

static void edge_leaf(struct load *load, const struct leaf *leaf,
                      const struct ledger_posted *posted)
{
    struct log_edge *edge = load->ledger->lanes[0]->edge;
    struct sha256_hash hash;
    if (leaf->index != edge->size) {
        report(load, "log_index", leaf->id, leaf->index);
        return;
    }
    if (leaf->type == CHAIN_TYPE_LEAF) {
        ledger_leaf_of_posted(posted, &hash);
    } else {
        struct sha256_hash opening = {0};
        const struct q_ledger_opening_get_in in = {.account_id = leaf->id};
        enum err err = q_ledger_opening_get_batch(load->tx, &in, 1, keep_opening, &opening);
        if (err != ERR_OK) {
            load->err = err;
            return;
        }
        chain_leaf_opened_hash(leaf->id, &opening, &hash);
    }
    log_edge_append(edge, &hash, &load->ledger->lanes[0]->tiles);
}

/* The hashes of the unfinished tiles above level 0 are the roots of the full tiles below. */
static enum err load_upper_edge(struct load *load, int64_t size)
{
    struct log_edge *edge = load->ledger->lanes[0]->edge;
    struct arena *arena = arena_create(ARENA_BYTES);
    enum err err = ERR_OK;
    for (uint32_t level = 1; level < LOG_LEVELS_MAX && err == ERR_OK; level++) {
        uint32_t width = log_edge_width(size, level);
        int64_t first = (int64_t)(((uint64_t)size >> (8 * level)) - width);
        for (uint32_t i = 0; i < width && err == ERR_OK; i++) {
            const struct q_ledger_tile_get_in in = {.level = level - 1, .tile_index = first + i};
            struct q_ledger_tile_get_row row;
            bool found = false;
            arena_reset(arena);
            err = q_ledger_tile_get(load->tx, &in, arena, &row, &found);
            if (err == ERR_OK &&
                (!found || row.hashes.length != LOG_TILE_HASHES * sizeof(struct sha256_hash))) {
                report(load, "tile", in.tile_index, in.level);
                err = load->err;
            }
            if (err == ERR_OK) {
                log_subtree_root((const struct sha256_hash *)row.hashes.data, LOG_TILE_HASHES,
                                 &edge->hashes[level][i]);
            }
        }
    }
    arena_free(arena);
    edge->size = size;
    return err;
}

static enum err load_log(struct load *load)
{
    struct q_ledger_segment_last_row last;
    bool found = false;
    enum err err = q_ledger_segment_last(load->tx, &last, &found);
    if (err != ERR_OK || !found) {
        return err;
    }
    int64_t size = last.first_index + last.leaf_count;
    load->book->last_at_us = last.created_at_us;
    err = load_upper_edge(load, size & ~(int64_t)(LOG_TILE_HASHES - 1));
    if (err == ERR_OK) {
        err = walk(load, size & ~(int64_t)(LOG_TILE_HASHES - 1), edge_leaf);
    }
    if (err == ERR_OK && load->ledger->lanes[0]->edge->size != size) {
        report(load, "log_size", size, 0);
        err = load->err;
    }
    load->ledger->lanes[0]->tiles.count = 0;
    return err;
}

static enum err load_ids(struct load *load)
{
    struct q_ledger_last_ids_row last;
    bool found = false;
    enum err err = q_ledger_last_ids(load->tx, &last, &found);
    if (err == ERR_OK) {
        BUG_IF(!found);
        load->book->id_max =
            last.transfer_id > last.failure_id ? last.transfer_id : last.failure_id;
        load->book->group_id_max = load->book->id_max;
    }
    return err;
}

static enum err load_all(struct store_tx *tx, void *arg)
{
    struct load *load = arg;
    struct q_ledger_fold_get_row fold = {0};
    struct sweep *sweep = &load->ledger->lanes[0]->sweep;
    bool found = false;
    load->tx = tx;
    enum err err = q_ledger_accounts_load_each(tx, on_account, load);
    if (err == ERR_OK) {
        err = load->err;
    }
    if (err == ERR_OK) {
        err = q_ledger_holds_load_each(tx, on_hold, load);
    }
    if (err == ERR_OK) {
        err = q_ledger_fold_get(tx, &fold, &found);
    }
    if (err == ERR_OK) {
        err = walk(load, fold.fold_from_index, fold_leaf);
    }
    if (err == ERR_OK) {
        err = load_ids(load);
    }
    if (err == ERR_OK) {
        err = load_log(load);
    }
    /* The sweep begins anew: what was folded is dirty. */
    sweep_restart(sweep, fold.fold_from_index, load->ledger->lanes[0]->edge->size);
    return err;
}

enum err ledger_load(struct ledger *ledger)
{
    struct ledger_lane *lane = ledger->lanes[0];
    struct load load = {.ledger = ledger, .book = &lane->book};
    i64map_init(&load.map);
    load.posted = calloc(2 * FOLD_IDS, sizeof(*load.posted));
    BUG_IF(load.posted == NULL);
    enum err err = store_read(ledger->store, load_all, &load);
    if (err == ERR_OK) {
        book_publish_loaded(&lane->book);
        atomic_store(&lane->book.holds_open, lane->book.hold_count);
        log_edge_copy(ledger->log_published, lane->edge);
    }
    i64map_done(&load.map);
    free(load.posted);
    free(load.leaves);
    return err;
}

/* Ids far beyond those that the server drew were chosen by a caller; drawing does not follow them.
 */
#define FUTURE_IDS ((INT64_C(24) * 3600 * 1000) << 21)

static enum err read_last_id(struct store_tx *tx, void *arg)
{
    struct q_ledger_last_ids_row last;
    struct q_ledger_transfer_last_below_row below;
    bool found = false;
    enum err err = q_ledger_last_ids(tx, &last, &found);
    if (err != ERR_OK) {
        return err;
    }
    BUG_IF(!found);
    int64_t ours = last.account_id > last.segment_id ? last.account_id : last.segment_id;
    int64_t bound = ours > INT64_MAX - FUTURE_IDS ? INT64_MAX : ours + FUTURE_IDS;
    const struct q_ledger_transfer_last_below_in in = {.bound = bound};
    err = q_ledger_transfer_last_below(tx, &in, &below, &found);
    if (err == ERR_OK) {
        *(int64_t *)arg = found && below.transfer_id > ours ? below.transfer_id : ours;
    }
    return err;
}

enum err ledger_last_id(struct store *store, int64_t *ret)
{
    int64_t last = 0;
    enum err err = store_read(store, read_last_id, &last);
    if (err == ERR_OK) {
        *ret = last;
    }
    return err;
}

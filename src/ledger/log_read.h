/* log_read.h — reading the Merkle log inside a transaction: tiles, subtree hashes, entries, and
 * where a leaf lies. Private to ledger/.
 *
 * Purpose: the same answers from both databases. Full tiles are stored. Of tiles that are not full,
 * PostgreSQL keeps the hashes in log_state; on SQLite they are made here: level 0 from the leaves,
 * a higher level from the full tiles below. What was made once is kept in a cache: a leaf with an
 * index never changes.
 * Invariant: nothing beyond the view's size is ever answered.
 * Locks: the cache has its own; a view belongs to one thread. */
#ifndef JN_LEDGER_LOG_READ_H
#define JN_LEDGER_LOG_READ_H

#include "core/arena.h"
#include "core/buf.h"
#include "ledger/ledger.h"
#include "ledger/ledger_log.h"
#include "verify/merkle.h"

/* ---- a cache for all threads of a process ---- */

struct log_cache;
struct log_cache *log_cache_create(void);
void log_cache_free(struct log_cache *cache); /* NULL is fine */

/* ---- a view of the log as one transaction sees it ---- */

struct log_view_tile {
    int64_t index; /* -1: nothing */
    uint32_t width;
    struct sha256_hash hashes[LOG_TILE_HASHES];
};
struct log_view {
    struct store_tx *tx;
    struct log_cache *cache;
    struct arena *arena;      /* the edge */
    struct arena *tile_arena; /* one tile at a time */
    int64_t size;             /* leaves with a place in the log */
    const uint8_t *edge;      /* PostgreSQL: log_state.edge; NULL on SQLite */
    size_t edge_length;
    struct log_view_tile *tiles; /* the last one of each level */
    /* the segment looked at last */
    int64_t segment_id; /* 0: none */
    int64_t segment_first;
    struct arena *segment_arena;
    const uint8_t *refs;
    size_t ref_count;
    size_t ref_next; /* where the last leaf was found */
};
/* On success log_view_done() must be called. */
JN_MUST_USE enum err log_view_open(struct store_tx *tx, struct log_cache *cache,
                                   struct log_view *ret);
void log_view_done(struct log_view *view);

/* The hashes of a tile, as many as there are (1..256); they live until the next call for the same
 * level. ERR_LOG_TILE_NOT_FOUND. */
JN_MUST_USE enum err log_view_read_tile(struct log_view *view, uint32_t level, int64_t index,
                                        const struct sha256_hash **ret_hashes, uint32_t *ret_width);
/* A merkle_read_fn; arg is the view. */
JN_MUST_USE enum err log_view_read_subtree(void *arg, unsigned level, int64_t index,
                                           struct sha256_hash *ret);
/* Log index of a leaf (type byte CHAIN_TYPE_LEAF or CHAIN_TYPE_LEAF_OPENED, and id) of a segment.
 * ERR_LOG_INDEX_NOT_SEALED while the segment has none; ERR_LEDGER_CORRUPT when the segment does not
 * hold it. */
JN_MUST_USE enum err log_view_find_leaf(struct log_view *view, int64_t segment_id, uint8_t type,
                                        int64_t id, int64_t *ret_index);
/* The entries [from, until) as an entry bundle has them: each record behind its length as u16.
 * until <= size. */
JN_MUST_USE enum err log_view_read_entries(struct log_view *view, int64_t from, int64_t until,
                                           struct buf *ret);

#endif

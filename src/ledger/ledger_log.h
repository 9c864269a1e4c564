/* ledger_log.h — the growing end of the Merkle log. Private to ledger/.
 *
 * Purpose: append leaf hashes, hand out each tile when it is full, give the root (RFC 6962).
 * Invariant: level n's unfinished tile holds (size >> 8n) & 255 hashes, level 0 leaf hashes, level
 * n the roots of full tiles of level n - 1; nothing else is needed to go on.
 * Locks: none; the owner's. */
#ifndef JN_LEDGER_LEDGER_LOG_H
#define JN_LEDGER_LEDGER_LOG_H

#include "core/base.h"
#include "core/sha256.h"

#define LOG_TILE_HASHES 256
#define LOG_LEVELS_MAX  8 /* 2^64 leaves */

struct log_tile {
    int64_t level, index;
    struct sha256_hash hashes[LOG_TILE_HASHES];
};

struct log_edge {
    int64_t size; /* leaves so far */
    struct sha256_hash hashes[LOG_LEVELS_MAX][LOG_TILE_HASHES];
};

/* Full tiles in the order in which they were completed. */
struct log_tiles {
    struct log_tile *tiles;
    size_t count, capacity;
};

void log_tiles_done(struct log_tiles *tiles);
/* How many hashes the unfinished tile of a level holds. */
uint32_t log_edge_width(int64_t size, uint32_t level);
/* Appends one leaf hash; each tile that this fills is added to *tiles. */
void log_edge_append(struct log_edge *edge, const struct sha256_hash *leaf_hash,
                     struct log_tiles *tiles);
/* The root over everything appended; of an empty log, SHA-256 of nothing. */
void log_edge_root(const struct log_edge *edge, struct sha256_hash *ret);
/* The root of `count` hashes, a power of two. */
void log_subtree_root(const struct sha256_hash *hashes, size_t count, struct sha256_hash *ret);
/* Makes *to equal to *from, copying only what may differ when *to is an earlier (or later) state of
 * the same log, `from` or `to` having moved by appending. */
void log_edge_copy(struct log_edge *to, const struct log_edge *from);

#endif

/* ledger_log.c — see ledger_log.h. */
#include "ledger/ledger_log.h"

#include <stdlib.h>
#include <string.h>

void log_tiles_done(struct log_tiles *tiles)
{
    free(tiles->tiles);
    *tiles = (struct log_tiles){0};
}

static void tiles_add(struct log_tiles *tiles, int64_t level, int64_t index,
                      const struct sha256_hash *hashes)
{
    if (tiles->count == tiles->capacity) {
        size_t capacity = tiles->capacity == 0 ? 16 : tiles->capacity * 2;
        struct log_tile *grown = realloc(tiles->tiles, capacity * sizeof(*grown));
        BUG_IF(grown == NULL);
        tiles->tiles = grown;
        tiles->capacity = capacity;
    }
    struct log_tile *tile = &tiles->tiles[tiles->count++];
    tile->level = level;
    tile->index = index;
    memcpy(tile->hashes, hashes, sizeof(tile->hashes));
}

uint32_t log_edge_width(int64_t size, uint32_t level)
{
    BUG_IF(level >= LOG_LEVELS_MAX);
    return (uint32_t)(((uint64_t)size >> (8 * level)) & (LOG_TILE_HASHES - 1));
}

void log_subtree_root(const struct sha256_hash *hashes, size_t count, struct sha256_hash *ret)
{
    struct sha256_hash work[LOG_TILE_HASHES / 2];
    BUG_IF(count == 0 || count > LOG_TILE_HASHES || (count & (count - 1)) != 0);
    if (count == 1) {
        *ret = hashes[0];
        return;
    }
    const struct sha256_hash *from = hashes;
    for (; count > 1; count /= 2) {
        for (size_t i = 0; i < count / 2; i++) {
            merkle_node_hash(&from[2 * i], &from[2 * i + 1], &work[i]);
        }
        from = work;
    }
    *ret = work[0];
}

void log_edge_append(struct log_edge *edge, const struct sha256_hash *leaf_hash,
                     struct log_tiles *tiles)
{
    struct sha256_hash hash = *leaf_hash;
    int64_t position = edge->size; /* of `hash` within its level */
    for (uint32_t level = 0; level < LOG_LEVELS_MAX; level++) {
        uint32_t slot = (uint32_t)(position & (LOG_TILE_HASHES - 1));
        struct sha256_hash *hashes = edge->hashes[level];
        hashes[slot] = hash;
        if (slot != LOG_TILE_HASHES - 1) {
            break;
        }
        tiles_add(tiles, level, position >> 8, hashes);
        log_subtree_root(hashes, LOG_TILE_HASHES, &hash);
        position >>= 8;
    }
    edge->size++;
}

void log_edge_root(const struct log_edge *edge, struct sha256_hash *ret)
{
    if (edge->size == 0) {
        sha256("", 0, ret);
        return;
    }
    /* RFC 6962: the tree over n leaves is the perfect trees of n's binary digits, joined from the
     * smallest up. Within a level the widths' digits are those of the tile's width. */
    struct sha256_hash root;
    bool has_root = false;
    for (uint32_t level = 0; level < LOG_LEVELS_MAX; level++) {
        uint32_t width = log_edge_width(edge->size, level);
        while (width > 0) {
            uint32_t count = width & -width;
            struct sha256_hash part;
            log_subtree_root(&edge->hashes[level][width - count], count, &part);
            if (has_root) {
                merkle_node_hash(&part, &root, &root);
            } else {
                root = part;
                has_root = true;
            }
            width -= count;
        }
    }
    *ret = root;
}

void log_edge_copy(struct log_edge *to, const struct log_edge *from)
{
    for (uint32_t level = 0; level < LOG_LEVELS_MAX; level++) {
        uint32_t width = log_edge_width(from->size, level);
        uint32_t first = 0;
        /* Still in the same tile: what both hold is the same. */
        if (level < LOG_LEVELS_MAX - 1 &&
            (uint64_t)from->size >> (8 * (level + 1)) == (uint64_t)to->size >> (8 * (level + 1))) {
            first = log_edge_width(to->size, level);
        }
        if (first < width) {
            memcpy(&to->hashes[level][first], &from->hashes[level][first],
                   (width - first) * sizeof(struct sha256_hash));
        }
    }
    to->size = from->size;
}

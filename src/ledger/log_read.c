/* log_read.c — tiles, subtrees and leaves; see log_read.h. */
#include "ledger/log_read.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/i64map.h"
#include "ledger/ledger_chain.h"
#include "ledger/log_leaf.h"
#include "q_proof.h"

#define VIEW_ARENA_BYTES    (1U << 22)
#define TILE_ARENA_BYTES    (1U << 16)
#define SEGMENT_ARENA_BYTES (1U << 28)
#define CACHE_ROOTS_MAX     (1U << 16)

/* ---- cache ---- */

struct log_cache {
    pthread_mutex_t lock;
    struct log_view_tile edge; /* leaf hashes of the unfinished tile of level 0 */
    struct i64map slots;       /* (level, tile) of full tiles to their root */
    struct sha256_hash *roots;
    size_t root_count;
};

struct log_cache *log_cache_create(void)
{
    struct log_cache *cache = calloc(1, sizeof(*cache));
    BUG_IF(cache == NULL);
    cache->roots = calloc(CACHE_ROOTS_MAX, sizeof(*cache->roots));
    BUG_IF(cache->roots == NULL || pthread_mutex_init(&cache->lock, NULL) != 0);
    cache->edge.index = -1;
    i64map_init(&cache->slots);
    return cache;
}

void log_cache_free(struct log_cache *cache)
{
    if (cache != NULL) {
        i64map_done(&cache->slots);
        pthread_mutex_destroy(&cache->lock);
        free(cache->roots);
        free(cache);
    }
}

/* Never 0, which the map does not take. */
static int64_t root_key(uint32_t level, int64_t index)
{
    return ((int64_t)(level + 1) << 56) | index;
}

static bool cache_get_root(struct log_cache *cache, int64_t key, struct sha256_hash *ret)
{
    pthread_mutex_lock(&cache->lock);
    uint32_t slot = i64map_get(&cache->slots, key);
    if (slot != I64MAP_NONE) {
        *ret = cache->roots[slot];
    }
    pthread_mutex_unlock(&cache->lock);
    return slot != I64MAP_NONE;
}

static void cache_put_root(struct log_cache *cache, int64_t key, const struct sha256_hash *root)
{
    pthread_mutex_lock(&cache->lock);
    if (cache->root_count == CACHE_ROOTS_MAX) {
        i64map_clear(&cache->slots);
        cache->root_count = 0;
    }
    if (i64map_get(&cache->slots, key) == I64MAP_NONE) {
        cache->roots[cache->root_count] = *root;
        i64map_put(&cache->slots, key, (uint32_t)cache->root_count++);
    }
    pthread_mutex_unlock(&cache->lock);
}

/* Copies what is known of the unfinished tile; the width is 0 when nothing is. */
static void cache_get_edge(struct log_cache *cache, int64_t index, uint32_t width_max,
                           struct log_view_tile *tile)
{
    pthread_mutex_lock(&cache->lock);
    tile->width = 0;
    if (cache->edge.index == index) {
        tile->width = cache->edge.width < width_max ? cache->edge.width : width_max;
        memcpy(tile->hashes, cache->edge.hashes, tile->width * sizeof(tile->hashes[0]));
    }
    pthread_mutex_unlock(&cache->lock);
}

static void cache_put_edge(struct log_cache *cache, int64_t index, const struct log_view_tile *tile)
{
    pthread_mutex_lock(&cache->lock);
    if (cache->edge.index < index ||
        (cache->edge.index == index && cache->edge.width < tile->width)) {
        memcpy(cache->edge.hashes, tile->hashes, tile->width * sizeof(tile->hashes[0]));
        cache->edge.index = index;
        cache->edge.width = tile->width;
    }
    pthread_mutex_unlock(&cache->lock);
}

/* ---- view ---- */

static enum err view_read_size(struct log_view *view)
{
    if (store_backend(store_tx_store(view->tx)) == STORE_POSTGRES) {
        struct q_proof_log_edge_row row = {0};
        bool found = false;
        enum err err = q_proof_log_edge(view->tx, view->arena, &row, &found);
        if (err == ERR_OK) {
            view->size = row.size;
            view->edge = row.edge.data;
            view->edge_length = row.edge.length;
        }
        return err == ERR_OK && !found ? ERR_LEDGER_CORRUPT : err;
    }
    struct q_proof_log_size_row row = {0};
    bool found = false;
    enum err err = q_proof_log_size(view->tx, &row, &found);
    if (err == ERR_OK) {
        view->size = found ? row.size : 0;
    }
    return err;
}

enum err log_view_open(struct store_tx *tx, struct log_cache *cache, struct log_view *ret)
{
    struct log_view view = {.tx = tx, .cache = cache};
    view.arena = arena_create(VIEW_ARENA_BYTES);
    view.tile_arena = arena_create(TILE_ARENA_BYTES);
    view.segment_arena = arena_create(SEGMENT_ARENA_BYTES);
    view.tiles = calloc(LOG_LEVELS_MAX, sizeof(*view.tiles));
    BUG_IF(view.tiles == NULL);
    for (size_t i = 0; i < LOG_LEVELS_MAX; i++) {
        view.tiles[i].index = -1;
    }
    enum err err = view_read_size(&view);
    if (err != ERR_OK) {
        log_view_done(&view);
        return err;
    }
    *ret = view;
    return ERR_OK;
}

void log_view_done(struct log_view *view)
{
    arena_free(view->arena);
    arena_free(view->tile_arena);
    arena_free(view->segment_arena);
    free(view->tiles);
    memset(view, 0, sizeof(*view));
}

/* ---- tiles ---- */

static enum err read_full_tile(struct log_view *view, uint32_t level, int64_t index,
                               struct log_view_tile *tile)
{
    struct q_proof_tile_get_in in = {.level = level, .tile_index = index};
    struct q_proof_tile_get_row row = {0};
    bool found = false;
    arena_reset(view->tile_arena);
    enum err err = q_proof_tile_get(view->tx, &in, view->tile_arena, &row, &found);
    if (err != ERR_OK) {
        return err;
    }
    if (!found || row.hashes.length != sizeof(tile->hashes)) {
        return ERR_LEDGER_CORRUPT;
    }
    memcpy(tile->hashes, row.hashes.data, sizeof(tile->hashes));
    tile->width = LOG_TILE_HASHES;
    return ERR_OK;
}

static enum err read_tile_root(struct log_view *view, uint32_t level, int64_t index,
                               struct sha256_hash *ret)
{
    int64_t key = root_key(level, index);
    if (cache_get_root(view->cache, key, ret)) {
        return ERR_OK;
    }
    struct log_view_tile *tile = calloc(1, sizeof(*tile));
    BUG_IF(tile == NULL);
    enum err err = read_full_tile(view, level, index, tile);
    if (err == ERR_OK) {
        log_subtree_root(tile->hashes, LOG_TILE_HASHES, ret);
        cache_put_root(view->cache, key, ret);
    }
    free(tile);
    return err;
}

/* SQLite: level 0 from the leaves, higher ones from the tiles below. */
static enum err make_edge_tile(struct log_view *view, uint32_t level, int64_t index, uint32_t width,
                               struct log_view_tile *tile)
{
    enum err err = ERR_OK;
    if (level == 0) {
        cache_get_edge(view->cache, index, width, tile);
        if (tile->width < width) {
            int64_t from = index * LOG_TILE_HASHES;
            err = log_leaf_hashes(view->tx, from + tile->width, from + width,
                                  tile->hashes + tile->width);
            if (err == ERR_OK) {
                tile->width = width;
                cache_put_edge(view->cache, index, tile);
            }
        }
        return err;
    }
    for (uint32_t i = 0; i < width && err == ERR_OK; i++) {
        err = read_tile_root(view, level - 1, index * LOG_TILE_HASHES + i, &tile->hashes[i]);
    }
    tile->width = width;
    return err;
}

/* PostgreSQL: the edge holds the unfinished tiles one after the other. */
static enum err copy_edge_tile(const struct log_view *view, uint32_t level, uint32_t width,
                               struct log_view_tile *tile)
{
    size_t offset = 0;
    for (uint32_t i = 0; i < level; i++) {
        offset += (size_t)log_edge_width(view->size, i) * SHA256_BYTES;
    }
    if (offset + (size_t)width * SHA256_BYTES > view->edge_length) {
        return ERR_LEDGER_CORRUPT;
    }
    memcpy(tile->hashes, view->edge + offset, (size_t)width * SHA256_BYTES);
    tile->width = width;
    return ERR_OK;
}

enum err log_view_read_tile(struct log_view *view, uint32_t level, int64_t index,
                            const struct sha256_hash **ret_hashes, uint32_t *ret_width)
{
    if (level >= LOG_LEVELS_MAX || index < 0) {
        return ERR_LOG_TILE_NOT_FOUND;
    }
    int64_t hashes = level * 8 >= 63 ? 0 : view->size >> (8 * level);
    if (index > hashes / LOG_TILE_HASHES ||
        (index == hashes / LOG_TILE_HASHES && hashes % LOG_TILE_HASHES == 0)) {
        return ERR_LOG_TILE_NOT_FOUND;
    }
    struct log_view_tile *tile = &view->tiles[level];
    if (tile->index != index) {
        enum err err;
        uint32_t width = (uint32_t)(hashes % LOG_TILE_HASHES);
        tile->index = -1;
        if (index < hashes / LOG_TILE_HASHES) {
            err = read_full_tile(view, level, index, tile);
        } else if (view->edge != NULL) {
            err = copy_edge_tile(view, level, width, tile);
        } else {
            err = make_edge_tile(view, level, index, width, tile);
        }
        if (err != ERR_OK) {
            return err;
        }
        tile->index = index;
    }
    *ret_hashes = tile->hashes;
    *ret_width = tile->width;
    return ERR_OK;
}

enum err log_view_read_subtree(void *arg, unsigned level, int64_t index, struct sha256_hash *ret)
{
    struct log_view *view = arg;
    const struct sha256_hash *hashes;
    uint32_t width = 0;
    uint32_t tile_level = level / 8;
    unsigned inner = level % 8; /* the subtree is 2^inner neighbours of that tile */
    int64_t first = index << inner;
    enum err err = log_view_read_tile(view, tile_level, first / LOG_TILE_HASHES, &hashes, &width);
    if (err != ERR_OK) {
        return err;
    }
    size_t offset = (size_t)(first % LOG_TILE_HASHES);
    if (offset + ((size_t)1 << inner) > width) {
        return ERR_LOG_TILE_NOT_FOUND;
    }
    log_subtree_root(hashes + offset, (size_t)1 << inner, ret);
    return ERR_OK;
}

/* ---- leaves ---- */

static enum err view_load_segment(struct log_view *view, int64_t segment_id)
{
    struct q_proof_segment_get_in in = {.segment_id = segment_id};
    struct q_proof_segment_get_row row = {0};
    bool found = false;
    if (view->segment_id == segment_id) {
        return ERR_OK;
    }
    view->segment_id = 0;
    arena_reset(view->segment_arena);
    enum err err = q_proof_segment_get(view->tx, &in, view->segment_arena, &row, &found);
    if (err != ERR_OK) {
        return err;
    }
    if (!found || row.leaf_refs.length % CHAIN_REF_BYTES != 0) {
        return ERR_LEDGER_CORRUPT;
    }
    if (!row.first_index.has) {
        return ERR_LOG_INDEX_NOT_SEALED;
    }
    view->segment_id = segment_id;
    view->segment_first = row.first_index.v;
    view->refs = row.leaf_refs.data;
    view->ref_count = row.leaf_refs.length / CHAIN_REF_BYTES;
    view->ref_next = 0;
    return ERR_OK;
}

enum err log_view_find_leaf(struct log_view *view, int64_t segment_id, uint8_t type, int64_t id,
                            int64_t *ret_index)
{
    uint8_t wanted[CHAIN_REF_BYTES];
    enum err err = view_load_segment(view, segment_id);
    if (err != ERR_OK) {
        return err;
    }
    chain_encode_ref(type, id, wanted);
    /* A statement asks in log order: go on from where the last one was. */
    for (size_t i = 0; i < view->ref_count; i++) {
        size_t at = (view->ref_next + i) % view->ref_count;
        if (memcmp(view->refs + at * CHAIN_REF_BYTES, wanted, sizeof(wanted)) == 0) {
            int64_t index = view->segment_first + (int64_t)at;
            if (index >= view->size) {
                return ERR_LOG_INDEX_NOT_SEALED;
            }
            view->ref_next = at + 1;
            *ret_index = index;
            return ERR_OK;
        }
    }
    return ERR_LEDGER_CORRUPT;
}

enum err log_view_read_entries(struct log_view *view, int64_t from, int64_t until, struct buf *ret)
{
    BUG_IF(from < 0 || from > until || until > view->size);
    return log_leaf_records(view->tx, from, until, ret);
}

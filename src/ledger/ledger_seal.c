/* ledger_seal.c — PostgreSQL: gives committed segments their place in the log.
 *
 * A group writes its segment without a place, because the order of commits is not known before. The
 * sealer appends waiting segments to the tree, writes the tiles that fill up, and moves log_state
 * on in the same transaction, provided that log_state still is what it read: two sealers never both
 * succeed, whatever their clocks say.
 *
 * Order: by segment id, which a group draws while it holds its accounts locked, above the segments
 * that wrote them before; so an account's entries come in the order of their seq. */
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger_int.h"

#define SEGMENTS_MAX 256
#define LEAVES_MAX   65536u

struct seal {
    struct ledger *ledger;
    uint32_t leaves; /* sealed by this call */
    bool has_more;
    /* of one attempt */
    struct log_edge *edge;
    struct log_tiles tiles;
    struct q_ledger_segment_seal_in segments[SEGMENTS_MAX];
    size_t segment_count;
    bool is_wrong;
};

static bool on_segment(const struct q_ledger_segments_unsealed_row *row, void *arg)
{
    struct seal *seal = arg;
    if (row->leaf_hashes.data == NULL ||
        row->leaf_hashes.length != (uint64_t)row->leaf_count * sizeof(struct sha256_hash)) {
        seal->is_wrong = true;
        return false;
    }
    if (seal->leaves > 0 && seal->leaves + row->leaf_count > LEAVES_MAX) {
        seal->has_more = true;
        return false;
    }
    seal->segments[seal->segment_count++] = (struct q_ledger_segment_seal_in){
        .segment_id = row->segment_id, .first_index = seal->edge->size};
    for (int64_t i = 0; i < row->leaf_count; i++) {
        struct sha256_hash hash;
        memcpy(&hash, (const uint8_t *)row->leaf_hashes.data + (size_t)i * sizeof(hash),
               sizeof(hash));
        log_edge_append(seal->edge, &hash, &seal->tiles);
    }
    seal->leaves += (uint32_t)row->leaf_count;
    seal->has_more = seal->segment_count == SEGMENTS_MAX;
    return true;
}

static enum err write_tiles(struct store_tx *tx, const struct log_tiles *tiles)
{
    struct q_ledger_tile_insert_in *rows = calloc(tiles->count + 1, sizeof(*rows));
    BUG_IF(rows == NULL);
    for (size_t i = 0; i < tiles->count; i++) {
        rows[i] = (struct q_ledger_tile_insert_in){
            .level = tiles->tiles[i].level,
            .tile_index = tiles->tiles[i].index,
            .hashes = {.data = tiles->tiles[i].hashes, .length = sizeof(tiles->tiles[i].hashes)}};
    }
    enum err err =
        tiles->count == 0 ? ERR_OK : q_ledger_tile_insert_batch(tx, rows, tiles->count, NULL);
    free(rows);
    return err;
}

static enum err advance(struct store_tx *tx, const struct log_edge *edge, int64_t size_before)
{
    size_t packed_bytes = sizeof(edge->hashes);
    uint8_t *packed = malloc(packed_bytes);
    size_t length = 0;
    int64_t changed = 0;
    BUG_IF(packed == NULL);
    for (uint32_t level = 0; level < LOG_LEVELS_MAX; level++) {
        size_t bytes = log_edge_width(edge->size, level) * sizeof(struct sha256_hash);
        memcpy(packed + length, edge->hashes[level], bytes);
        length += bytes;
    }
    const struct q_ledger_log_advance_in in = {
        .size_before = size_before,
        .size = edge->size,
        .edge = {.data = packed, .length = (uint32_t)length}};
    enum err err = q_ledger_log_advance(tx, &in, &changed);
    free(packed);
    return err == ERR_OK && changed != 1 ? ERR_STORE_CONFLICT : err;
}

static enum err run_seal(struct store_tx *tx, void *arg)
{
    struct seal *seal = arg;
    int64_t changed = 0;
    seal->leaves = 0;
    seal->segment_count = 0;
    seal->tiles.count = 0;
    seal->has_more = false;
    const struct q_ledger_segments_unsealed_in in = {.row_max = SEGMENTS_MAX};
    enum err err = ledger_read_edge(tx, seal->edge);
    int64_t size_before = seal->edge->size;
    if (err == ERR_OK) {
        err = q_ledger_segments_unsealed_each(tx, &in, on_segment, seal);
    }
    if (err == ERR_OK && seal->is_wrong) {
        err = ERR_LEDGER_CORRUPT;
    }
    if (err != ERR_OK || seal->segment_count == 0) {
        return err;
    }
    err = advance(tx, seal->edge, size_before); /* first: whoever comes second waits here */
    if (err == ERR_OK) {
        err = q_ledger_segment_seal_batch(tx, seal->segments, seal->segment_count, &changed);
    }
    if (err == ERR_OK && changed != (int64_t)seal->segment_count) {
        err = ERR_STORE_CONFLICT;
    }
    return err == ERR_OK ? write_tiles(tx, &seal->tiles) : err;
}

enum err ledger_seal_pending(struct ledger *ledger, uint32_t *ret_leaves)
{
    OBJ_CHECK(ledger, LEDGER_MAGIC);
    uint32_t leaves = 0;
    enum err err = ERR_OK;
    if (ledger->backend == STORE_SQLITE) {
        *ret_leaves = 0;
        return ERR_OK;
    }
    struct seal *seal = calloc(1, sizeof(*seal));
    BUG_IF(seal == NULL);
    seal->ledger = ledger;
    seal->edge = calloc(1, sizeof(*seal->edge));
    BUG_IF(seal->edge == NULL);
    do {
        err = store_write_sync(ledger->store, run_seal, seal, 0);
        leaves += err == ERR_OK ? seal->leaves : 0;
    } while (err == ERR_OK && seal->has_more);
    log_tiles_done(&seal->tiles);
    free(seal->edge);
    free(seal);
    if (err == ERR_OK) {
        *ret_leaves = leaves;
    }
    return err;
}

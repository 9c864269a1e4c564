/* audit_tiles.c — leaves against tiles, tiles against each other, and the state of the log.
 *
 * Where a row was found faulty, the sealed leaf is the truth; where the row is sound and the leaf
 * in the tile differs, the newest checkpoint decides which of the two was changed. */
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/audit_tree.h"

#define TILE 256

/* ---- openings become leaves ---- */

static void make_openings(struct audit *audit)
{
    for (int64_t i = 0; i < audit->leaf_count; i++) {
        if (audit->leaf_types[i] != LEAF_OPENING) {
            continue;
        }
        const struct audit_account *account = audit_account_find(audit, audit->leaf_ids[i]);
        if (account == NULL || !account->found) {
            continue;
        }
        audit_leaf_opening(account->id,
                           account->opening_hash_wrong ? &account->other_opening
                                                       : &account->opening_hash,
                           &audit->leaves[i]);
        audit->leaf_states[i] = account->suspect ? LEAF_FAULTY : LEAF_CLEAN;
    }
}

/* ---- level 0 ---- */

struct tile_row {
    int64_t level, index;
    struct sha256_hash hashes[TILE];
    bool fits;
};
struct differing { /* a sound row and another leaf in the tile */
    int64_t leaf;
    struct sha256_hash sealed;
};
struct tiles {
    struct audit *audit;
    struct audit_growing rows;
    struct audit_growing differing;
};

static void read_tile(const struct audit_cell *c, void *arg)
{
    struct tiles *tiles = arg;
    struct tile_row *row = audit_grow(&tiles->rows, sizeof(*row));
    row->level = c[0].i64;
    row->index = c[1].i64;
    row->fits = c[2].type == AUDIT_BYTES && c[2].length == sizeof(row->hashes);
    if (row->fits) {
        memcpy(row->hashes, c[2].data, sizeof(row->hashes));
    }
}

static int64_t tiles_of_level(const struct audit *audit, int64_t level)
{
    return level < 0 || level > 6 ? 0 : audit->sealed_size >> (8 * (level + 1));
}

/* What a sealed leaf says about leaf i. */
static void judge_leaf(struct tiles *tiles, int64_t i, const struct sha256_hash *sealed)
{
    struct audit *audit = tiles->audit;
    if (audit->leaf_states[i] != LEAF_CLEAN) {
        audit->leaves[i] = *sealed;
        audit->leaf_states[i] = LEAF_FAULTY;
        return;
    }
    if (!hash_equal(&audit->leaves[i], sealed)) {
        struct differing *differing = audit_grow(&tiles->differing, sizeof(*differing));
        differing->leaf = i;
        differing->sealed = *sealed;
    }
}

static void judge_level_0(struct tiles *tiles)
{
    const struct tile_row *rows = tiles->rows.items;
    for (size_t i = 0; i < tiles->rows.count; i++) {
        if (rows[i].level != 0 || rows[i].index < 0 ||
            rows[i].index >= tiles_of_level(tiles->audit, 0) || !rows[i].fits) {
            continue;
        }
        for (int64_t j = 0; j < TILE; j++) {
            judge_leaf(tiles, rows[i].index * TILE + j, &rows[i].hashes[j]);
        }
    }
}

/* ---- who is right? ---- */

struct newest {
    int64_t size;
    struct sha256_hash root;
    bool found;
};

static void read_newest(const struct audit_cell *c, void *arg)
{
    struct newest *newest = arg;
    newest->size = c[0].i64;
    newest->found = audit_cell_hash(&c[1], &newest->root);
}

/* Whether the leaves as they stand lead to the newest checkpoint that covers the log up to `size`.
 */
static bool leads_to_checkpoint(struct audit *audit, const struct newest *newest)
{
    struct audit_tree tree = {.size = 0};
    struct sha256_hash root;
    for (int64_t i = 0; i < newest->size; i++) {
        if (audit->leaf_states[i] == LEAF_UNKNOWN) {
            return false;
        }
        audit_tree_add(&tree, &audit->leaves[i]);
    }
    audit_tree_root(&tree, &root);
    return hash_equal(&root, &newest->root);
}

/* The same leaves in another order: a segment's list was changed, not the leaves. */
static bool is_exchange(const struct audit *audit, const struct differing *d, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t j = 0; j < count && !found; j++) {
            found = hash_equal(&d[i].sealed, &audit->leaves[d[j].leaf]);
        }
        if (!found) {
            return false;
        }
    }
    return count > 1;
}

static void swap_in(struct audit *audit, struct differing *d, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sha256_hash swap = audit->leaves[d[i].leaf];
        audit->leaves[d[i].leaf] = d[i].sealed;
        d[i].sealed = swap;
    }
}

static void name_exchange(struct audit *audit, const struct differing *d, size_t count)
{
    int64_t named = 0;
    for (size_t i = 0; i < count; i++) {
        if (audit->leaf_segments[d[i].leaf] != named) {
            named = audit->leaf_segments[d[i].leaf];
            audit_found(audit, AUDIT_SEGMENT, "log_segments", named, "leaf_refs",
                        "leaf %lld and another were sealed in each other's place",
                        (long long)d[i].leaf);
        }
    }
}

static void name_leaves(struct audit *audit, const struct differing *d, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool opens = audit->leaf_types[d[i].leaf] == LEAF_OPENING;
        audit_found(audit, AUDIT_LEAF, opens ? "accounts" : "transfers", audit->leaf_ids[d[i].leaf],
                    NULL, "what the log sealed as leaf %lld is something else",
                    (long long)d[i].leaf);
    }
}

static void judge_differing(struct tiles *tiles)
{
    struct audit *audit = tiles->audit;
    struct differing *d = tiles->differing.items;
    size_t count = tiles->differing.count;
    struct newest newest = {.found = false};
    if (count == 0) {
        return;
    }
    /* The newest one within the full tiles, where each leaf is sealed one by one. */
    int64_t full = audit->sealed_size / TILE * TILE;
    audit_db_query(audit->db,
                   "SELECT size, root FROM log_checkpoints WHERE size <= $1 "
                   "ORDER BY epoch DESC, size DESC LIMIT 1",
                   &full, 1, read_newest, &newest);
    bool can_decide = newest.found && newest.size <= audit->leaf_count && newest.size > d[0].leaf;
    if (!can_decide || leads_to_checkpoint(audit, &newest)) {
        return; /* the rows are right, and the tile will be named */
    }
    bool exchanged = is_exchange(audit, d, count);
    swap_in(audit, d, count);
    if (!leads_to_checkpoint(audit, &newest)) {
        swap_in(audit, d, count);
    } else if (exchanged) {
        name_exchange(audit, d, count);
    } else {
        name_leaves(audit, d, count);
        /* What comes after in those accounts was hashed anew, too, and nothing tells it apart. */
        for (int64_t i = full; i < audit->leaf_count; i++) {
            audit->leaf_states[i] = LEAF_UNKNOWN;
        }
    }
}

/* ---- all levels ---- */

static void expected_tile(const struct audit *audit, int64_t level, int64_t index,
                          struct sha256_hash *ret)
{
    int64_t width = INT64_C(1) << (8 * level); /* leaves under one hash */
    for (int64_t i = 0; i < TILE; i++) {
        audit_tree_full(&audit->leaves[(index * TILE + i) * width], (size_t)width, &ret[i]);
    }
}

static void check_tiles(struct tiles *tiles)
{
    struct audit *audit = tiles->audit;
    const struct tile_row *rows = tiles->rows.items;
    struct sha256_hash *expected = calloc(TILE, sizeof(*expected));
    BUG_IF(expected == NULL);
    size_t at = 0;
    for (int64_t level = 0; level <= 6; level++) {
        int64_t count = tiles_of_level(audit, level);
        for (int64_t index = 0; index < count; index++) {
            while (at < tiles->rows.count && (rows[at].level < level || (rows[at].level == level &&
                                                                         rows[at].index < index))) {
                at++;
            }
            bool there =
                at < tiles->rows.count && rows[at].level == level && rows[at].index == index;
            if (!there) {
                audit_found2(audit, AUDIT_TILE, "log_tiles", level, index, NULL,
                             "the tile is full and not there");
                continue;
            }
            expected_tile(audit, level, index, expected);
            if (!rows[at].fits ||
                memcmp(expected, rows[at].hashes, TILE * sizeof(*expected)) != 0) {
                audit_found2(audit, AUDIT_TILE, "log_tiles", level, index, "hashes",
                             "the leaves below it hash to something else");
            }
        }
    }
    for (size_t i = 0; i < tiles->rows.count; i++) {
        if (rows[i].index < 0 || rows[i].index >= tiles_of_level(audit, rows[i].level)) {
            audit_found2(audit, AUDIT_TILE, "log_tiles", rows[i].level, rows[i].index, NULL,
                         "a log of %lld leaves has no such full tile",
                         (long long)audit->sealed_size);
        }
    }
    free(expected);
}

/* ---- log_state ---- */

struct log_state {
    struct tiles *tiles;
    int64_t number;
    uint8_t *edge;
    size_t edge_length;
    bool found;
};

static void read_state(const struct audit_cell *c, void *arg)
{
    struct log_state *state = arg;
    state->found = true;
    state->number = c[0].i64;
    if (state->tiles->audit->is_postgres) {
        state->edge_length = c[1].length;
        state->edge = malloc(c[1].length + 1);
        BUG_IF(state->edge == NULL);
        memcpy(state->edge, c[1].data, c[1].length);
    }
}

/* The unfinished tile of level 0 is the sealed leaves of the last rows. */
static void judge_edge(struct log_state *state)
{
    struct audit *audit = state->tiles->audit;
    int64_t width = audit->sealed_size % TILE;
    int64_t from = audit->sealed_size - width;
    bool fits = state->edge_length >= (size_t)width * SHA256_BYTES;
    for (int64_t i = 0; i < width && fits; i++) {
        struct sha256_hash sealed;
        memcpy(sealed.bytes, state->edge + (size_t)i * SHA256_BYTES, SHA256_BYTES);
        if (audit->leaf_states[from + i] != LEAF_CLEAN) {
            judge_leaf(state->tiles, from + i, &sealed);
        }
    }
}

static void check_edge(struct log_state *state)
{
    struct audit *audit = state->tiles->audit;
    bool same = true;
    size_t at = 0;
    for (int64_t level = 0; level <= 7; level++) {
        int64_t width = INT64_C(1) << (8 * level);
        int64_t hashes = audit->sealed_size >> (8 * level);
        int64_t count = hashes % TILE;
        if (hashes == 0) {
            break;
        }
        for (int64_t i = 0; i < count; i++) {
            struct sha256_hash right;
            audit_tree_full(&audit->leaves[(hashes - count + i) * width], (size_t)width, &right);
            same = same && at + SHA256_BYTES <= state->edge_length &&
                   memcmp(state->edge + at, right.bytes, SHA256_BYTES) == 0;
            at += SHA256_BYTES;
        }
    }
    if (!same || at != state->edge_length) {
        audit_found(audit, AUDIT_LOG_STATE, "log_state", 1, "edge",
                    "the leaves hash to another right edge");
    }
}

static void check_fold(struct log_state *state)
{
    struct audit *audit = state->tiles->audit;
    bool lags = false;
    for (size_t i = 0; i < audit->accounts.count; i++) {
        const struct audit_account *account = (struct audit_account *)audit->accounts.items + i;
        lags = lags ||
               (account->found && account->next_leaf >= 0 && account->next_leaf < state->number);
    }
    if (state->number < 0 || state->number > audit->sealed_size || lags) {
        audit_found(audit, AUDIT_LOG_STATE, "log_state", 1, "fold_from_index",
                    "it is %lld, but account rows hold less than the log before that",
                    (long long)state->number);
    }
}

static void check_state(struct tiles *tiles, bool before)
{
    struct audit *audit = tiles->audit;
    struct log_state state = {.tiles = tiles};
    audit_db_query(audit->db,
                   audit->is_postgres
                       ? "SELECT size, edge FROM log_state WHERE log_state_id = 1"
                       : "SELECT fold_from_index FROM log_state WHERE log_state_id = 1",
                   NULL, 0, read_state, &state);
    if (before) {
        if (audit->is_postgres && state.found) {
            judge_edge(&state);
        }
    } else if (!state.found) {
        audit_found(audit, AUDIT_LOG_STATE, "log_state", 1, NULL, "its one row is not there");
    } else if (!audit->is_postgres) {
        check_fold(&state);
    } else {
        if (state.number != audit->sealed_size) {
            audit_found(audit, AUDIT_LOG_STATE, "log_state", 1, "size",
                        "it is %lld, but %lld leaves have a place", (long long)state.number,
                        (long long)audit->sealed_size);
        }
        check_edge(&state);
    }
    free(state.edge);
}

/* ---- what waits for the sealer (PostgreSQL) ---- */

static void check_waiting_hashes(const struct audit_cell *c, void *arg)
{
    struct audit *audit = arg;
    const struct audit_segment *segment = audit_segment_find(audit, c[0].i64);
    bool same = segment != NULL && c[1].type == AUDIT_BYTES &&
                c[1].length == (size_t)segment->count * SHA256_BYTES;
    for (int64_t i = 0; same && i < segment->count; i++) {
        same = audit->leaf_states[segment->place + i] != LEAF_CLEAN ||
               memcmp(audit->leaves[segment->place + i].bytes, c[1].data + i * SHA256_BYTES,
                      SHA256_BYTES) == 0;
    }
    if (!same && segment != NULL && !segment->is_bad) {
        audit_found(audit, AUDIT_SEGMENT, "log_segments", c[0].i64, "leaf_hashes",
                    "its rows hash to other leaves");
    }
}

/* ---- linked groups: the one after the last link is in the same commit ---- */

static void check_linked(struct audit *audit)
{
    for (int64_t i = 0; i < audit->leaf_count; i++) {
        if (audit->leaf_types[i] != LEAF_LINKED || audit->leaf_states[i] != LEAF_CLEAN) {
            continue;
        }
        bool follows =
            i + 1 < audit->leaf_count && audit->leaf_segments[i + 1] == audit->leaf_segments[i] &&
            (audit->leaf_types[i + 1] == LEAF_TRANSFER || audit->leaf_types[i + 1] == LEAF_LINKED);
        if (!follows) {
            audit_found(audit, AUDIT_LINKED, "transfers", audit->leaf_ids[i], "flags",
                        "it is linked to a next one that was not posted with it");
        }
    }
}

void audit_check_log(struct audit *audit)
{
    struct tiles tiles = {.audit = audit};
    audit_progress(audit, "tree", 0, 0);
    make_openings(audit);
    audit_db_query(audit->db,
                   "SELECT level, tile_index, hashes FROM log_tiles ORDER BY level, tile_index",
                   NULL, 0, read_tile, &tiles);
    judge_level_0(&tiles);
    check_state(&tiles, true);
    judge_differing(&tiles);
    check_tiles(&tiles);
    check_state(&tiles, false);
    if (audit->is_postgres) {
        audit_db_query(audit->db,
                       "SELECT segment_id, leaf_hashes FROM log_segments "
                       "WHERE first_index IS NULL ORDER BY segment_id",
                       NULL, 0, check_waiting_hashes, audit);
    }
    check_linked(audit);
    free(tiles.rows.items);
    free(tiles.differing.items);
}

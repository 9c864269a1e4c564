/* The growing log against the definition of RFC 6962, section 2.1. */
#include "unit.h"

#include <string.h>

#include "ledger/ledger_log.h"

static struct sha256_hash leaf(int64_t i)
{
    struct sha256_hash hash;
    merkle_leaf_hash(&i, sizeof(i), &hash);
    return hash;
}

/* MTH of leaves [first, first + count), split at the largest power of two below count. */
static struct sha256_hash naive_root(int64_t first, int64_t count)
{
    struct sha256_hash root;
    if (count == 0) {
        sha256("", 0, &root);
        return root;
    }
    if (count == 1) {
        return leaf(first);
    }
    int64_t left = 1;
    while (left * 2 < count) {
        left *= 2;
    }
    struct sha256_hash a = naive_root(first, left);
    struct sha256_hash b = naive_root(first + left, count - left);
    merkle_node_hash(&a, &b, &root);
    return root;
}

static void roots_follow_the_definition(void **state)
{
    (void)state;
    static struct log_edge edge;
    struct log_tiles tiles = {0};
    for (int64_t size = 0; size <= 70000; size++) {
        if (size <= 600 || size % 4096 < 2 || (size >= 65530 && size <= 65545)) {
            struct sha256_hash root, expected = naive_root(0, size);
            log_edge_root(&edge, &root);
            assert_memory_equal(&root, &expected, sizeof(root));
        }
        struct sha256_hash hash = leaf(size);
        log_edge_append(&edge, &hash, &tiles);
        assert_int_equal(edge.size, size + 1);
    }
    log_tiles_done(&tiles);
}

static void full_tiles_are_handed_out_once(void **state)
{
    (void)state;
    static struct log_edge edge;
    struct log_tiles tiles = {0};
    const int64_t size = 256 * 256 + 300;
    memset(&edge, 0, sizeof(edge));
    for (int64_t i = 0; i < size; i++) {
        struct sha256_hash hash = leaf(i);
        log_edge_append(&edge, &hash, &tiles);
    }
    assert_int_equal(tiles.count, 257 + 1);
    int64_t next[2] = {0, 0};
    for (size_t i = 0; i < tiles.count; i++) {
        const struct log_tile *tile = &tiles.tiles[i];
        assert_true(tile->level < 2);
        assert_int_equal(tile->index, next[tile->level]++);
        int64_t span = tile->level == 0 ? 1 : 256;
        for (int64_t k = 0; k < LOG_TILE_HASHES; k += 51) {
            struct sha256_hash expected =
                naive_root((tile->index * LOG_TILE_HASHES + k) * span, span);
            assert_memory_equal(&tile->hashes[k], &expected, sizeof(expected));
        }
    }
    assert_int_equal(log_edge_width(size, 0), 300 - 256);
    assert_int_equal(log_edge_width(size, 1), 1);
    assert_int_equal(log_edge_width(size, 2), 1);
    log_tiles_done(&tiles);
}

/* A copy goes along with its original, and takes it back, over every kind of border. */
static void a_copy_follows_and_takes_back(void **state)
{
    (void)state;
    static struct log_edge working, published;
    struct log_tiles tiles = {0};
    static const int64_t steps[] = {1, 3, 252, 1, 255, 256, 257, 1000, 64000, 70000, 1, 5};
    memset(&working, 0, sizeof(working));
    memset(&published, 0, sizeof(published));
    int64_t size = 0;
    for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
        for (int again = 0; again < 2; again++) {
            for (int64_t k = 0; k < steps[i]; k++) {
                struct sha256_hash hash = leaf(size + k);
                log_edge_append(&working, &hash, &tiles);
            }
            if (again == 0) {
                log_edge_copy(&working, &published); /* the group is dropped */
                assert_int_equal(working.size, size);
            }
        }
        size += steps[i];
        log_edge_copy(&published, &working);
        struct sha256_hash root, expected = naive_root(0, size);
        log_edge_root(&published, &root);
        assert_int_equal(published.size, size);
        assert_memory_equal(&root, &expected, sizeof(root));
        log_edge_root(&working, &root);
        assert_memory_equal(&root, &expected, sizeof(root));
    }
    log_tiles_done(&tiles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_follow_the_definition),
        cmocka_unit_test(full_tiles_are_handed_out_once),
        cmocka_unit_test(a_copy_follows_and_takes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

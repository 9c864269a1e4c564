/* Proofs against the known tree of certificate-transparency's reference tests, and against a naive
 * recomputation of RFC 6962's definitions for every size up to 130. */
#include "../core/unit.h"

#include <string.h>

#include "core/str.h"
#include "verify/merkle.h"

#define LEAVES_MAX 130

static void assert_hash(const struct sha256_hash *hash, const char *hex)
{
    char text[65];
    hex_encode(hash->bytes, SHA256_BYTES, text);
    assert_string_equal(text, hex);
}

static const char *const CT_LEAVES[8] = {
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
};
static const char *const CT_ROOTS[8] = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

struct tree {
    struct sha256_hash leaves[LEAVES_MAX];
};

/* The definition of RFC 6962 section 2.1, as it stands there. */
static struct sha256_hash naive_root(const struct sha256_hash *leaves, size_t count)
{
    struct sha256_hash hash;
    if (count == 0) {
        sha256("", 0, &hash);
        return hash;
    }
    if (count == 1) {
        return leaves[0];
    }
    size_t k = 1;
    while (k * 2 < count) {
        k *= 2;
    }
    struct sha256_hash left = naive_root(leaves, k);
    struct sha256_hash right = naive_root(leaves + k, count - k);
    merkle_node_hash(&left, &right, &hash);
    return hash;
}

static enum err read_subtree(void *arg, unsigned level, int64_t index, struct sha256_hash *ret)
{
    const struct tree *tree = arg;
    int64_t from = index << level;
    assert_true(from >= 0 && from + (INT64_C(1) << level) <= LEAVES_MAX);
    *ret = naive_root(tree->leaves + from, (size_t)1 << level);
    return ERR_OK;
}

static void fill_ct(struct tree *tree)
{
    for (size_t i = 0; i < 8; i++) {
        uint8_t data[16];
        size_t length = strlen(CT_LEAVES[i]) / 2;
        assert_true(hex_decode(CT_LEAVES[i], length * 2, data, length));
        merkle_leaf_hash(data, length, &tree->leaves[i]);
    }
}

static void fill_numbers(struct tree *tree)
{
    for (size_t i = 0; i < LEAVES_MAX; i++) {
        uint8_t data = (uint8_t)i;
        merkle_leaf_hash(&data, 1, &tree->leaves[i]);
    }
}

static void known_roots(void **state)
{
    (void)state;
    struct tree tree;
    struct merkle_edge edge = {.size = 0};
    struct sha256_hash root;
    fill_ct(&tree);
    merkle_edge_root(&edge, &root);
    assert_hash(&root, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (int64_t size = 1; size <= 8; size++) {
        assert_int_equal(merkle_root(read_subtree, &tree, size, &root), ERR_OK);
        assert_hash(&root, CT_ROOTS[size - 1]);
        merkle_edge_add(&edge, &tree.leaves[size - 1]);
        merkle_edge_root(&edge, &root);
        assert_hash(&root, CT_ROOTS[size - 1]);
    }
}

struct known_path {
    int64_t index, size;
    size_t count;
    const char *hashes[3];
};

/* Inclusion paths of the reference tests (index from 0). */
static const struct known_path KNOWN_PATHS[] = {
    {0, 1, 0, {NULL}},
    {0,
     8,
     3,
     {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
    {5,
     8,
     3,
     {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
    {2, 3, 1, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
    {1,
     5,
     3,
     {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
};

static void known_inclusion_paths(void **state)
{
    (void)state;
    struct tree tree;
    fill_ct(&tree);
    for (size_t i = 0; i < ARRAY_COUNT(KNOWN_PATHS); i++) {
        const struct known_path *known = &KNOWN_PATHS[i];
        struct merkle_proof proof;
        assert_int_equal(
            merkle_prove_inclusion(read_subtree, &tree, known->index, known->size, &proof), ERR_OK);
        assert_int_equal(proof.count, known->count);
        for (size_t j = 0; j < known->count; j++) {
            assert_hash(&proof.hashes[j], known->hashes[j]);
        }
    }
}

static void known_consistency_paths(void **state)
{
    (void)state;
    struct tree tree;
    struct merkle_proof proof;
    fill_ct(&tree);
    assert_int_equal(merkle_prove_consistency(read_subtree, &tree, 1, 8, &proof), ERR_OK);
    assert_int_equal(proof.count, 3);
    assert_hash(&proof.hashes[0],
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
    assert_int_equal(merkle_prove_consistency(read_subtree, &tree, 6, 8, &proof), ERR_OK);
    assert_int_equal(proof.count, 3);
    assert_hash(&proof.hashes[0],
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a");
    assert_hash(&proof.hashes[1],
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
    assert_hash(&proof.hashes[2],
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
    assert_int_equal(merkle_prove_consistency(read_subtree, &tree, 2, 5, &proof), ERR_OK);
    assert_int_equal(proof.count, 2);
    assert_hash(&proof.hashes[0],
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e");
    assert_hash(&proof.hashes[1],
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
}

static void every_inclusion_is_proved_and_nothing_else(void **state)
{
    (void)state;
    struct tree tree;
    fill_numbers(&tree);
    for (int64_t size = 1; size <= LEAVES_MAX; size++) {
        struct sha256_hash root = naive_root(tree.leaves, (size_t)size);
        struct sha256_hash built;
        assert_int_equal(merkle_root(read_subtree, &tree, size, &built), ERR_OK);
        assert_true(hash_equal(&root, &built));
        for (int64_t index = 0; index < size; index += size > 40 ? 7 : 1) {
            struct merkle_proof proof;
            const struct sha256_hash *leaf = &tree.leaves[index];
            assert_int_equal(merkle_prove_inclusion(read_subtree, &tree, index, size, &proof),
                             ERR_OK);
            assert_int_equal(proof.count, merkle_inclusion_length(index, size));
            assert_true(merkle_check_inclusion(leaf, index, size, &proof, &root));
            assert_false(merkle_check_inclusion(&tree.leaves[(index + 1) % LEAVES_MAX], index, size,
                                                &proof, &root));
            assert_false(merkle_check_inclusion(leaf, size, size, &proof, &root));
            assert_false(merkle_check_inclusion(leaf, -1, size, &proof, &root));
            if (size > 1) {
                assert_false(merkle_check_inclusion(leaf, (index + 1) % size, size, &proof, &root));
                proof.hashes[proof.count - 1].bytes[31] ^= 1;
                assert_false(merkle_check_inclusion(leaf, index, size, &proof, &root));
                proof.hashes[proof.count - 1].bytes[31] ^= 1;
                proof.count--;
                assert_false(merkle_check_inclusion(leaf, index, size, &proof, &root));
            }
        }
    }
}

static void every_consistency_is_proved_and_nothing_else(void **state)
{
    (void)state;
    struct tree tree;
    fill_numbers(&tree);
    for (int64_t new_size = 0; new_size <= 70; new_size++) {
        struct sha256_hash new_root = naive_root(tree.leaves, (size_t)new_size);
        for (int64_t old_size = 0; old_size <= new_size; old_size++) {
            struct sha256_hash old_root = naive_root(tree.leaves, (size_t)old_size);
            struct sha256_hash other = naive_root(tree.leaves + 1, (size_t)old_size);
            struct merkle_proof proof;
            assert_int_equal(
                merkle_prove_consistency(read_subtree, &tree, old_size, new_size, &proof), ERR_OK);
            assert_true(merkle_check_consistency(old_size, &old_root, new_size, &new_root, &proof));
            assert_false(old_size > 0 &&
                         merkle_check_consistency(old_size, &other, new_size, &new_root, &proof));
            assert_false(
                merkle_check_consistency(new_size + 1, &old_root, new_size, &new_root, &proof));
            if (proof.count > 0) {
                proof.hashes[0].bytes[0] ^= 1;
                assert_false(
                    merkle_check_consistency(old_size, &old_root, new_size, &new_root, &proof));
                proof.hashes[0].bytes[0] ^= 1;
                proof.count--;
                assert_false(
                    merkle_check_consistency(old_size, &old_root, new_size, &new_root, &proof));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_roots),
        cmocka_unit_test(known_inclusion_paths),
        cmocka_unit_test(known_consistency_paths),
        cmocka_unit_test(every_inclusion_is_proved_and_nothing_else),
        cmocka_unit_test(every_consistency_is_proved_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

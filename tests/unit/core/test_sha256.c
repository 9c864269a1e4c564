/* FIPS 180-4 examples, and the tree of RFC 6962 as certificate-transparency tests know it. */
#include "unit.h"

#include <string.h>

#include "core/sha256.h"
#include "core/str.h"

static void assert_hash(const struct sha256_hash *hash, const char *hex)
{
    char text[65];
    hex_encode(hash->bytes, SHA256_BYTES, text);
    assert_string_equal(text, hex);
}

static void known_hashes(void **state)
{
    (void)state;
    struct sha256_hash hash;
    sha256("", 0, &hash);
    assert_hash(&hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256("abc", 3, &hash);
    assert_hash(&hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const char *two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    sha256(two_blocks, strlen(two_blocks), &hash);
    assert_hash(&hash, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void tree_hashes_are_prefixed(void **state)
{
    (void)state;
    struct sha256_hash leaf, node, expected;
    merkle_leaf_hash("", 0, &leaf);
    assert_hash(&leaf, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    merkle_node_hash(&leaf, &leaf, &node);
    uint8_t by_hand[65] = {1};
    memcpy(by_hand + 1, leaf.bytes, 32);
    memcpy(by_hand + 33, leaf.bytes, 32);
    sha256(by_hand, sizeof(by_hand), &expected);
    assert_true(hash_equal(&node, &expected));
    uint8_t with_prefix[118] = {0};
    memset(with_prefix + 1, 7, 117);
    sha256(with_prefix, sizeof(with_prefix), &expected);
    merkle_leaf_hash(with_prefix + 1, 117, &leaf);
    assert_true(hash_equal(&leaf, &expected));
}

static void comparison_sees_every_byte(void **state)
{
    (void)state;
    struct sha256_hash a, b;
    sha256("x", 1, &a);
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        b = a;
        assert_true(hash_equal(&a, &b));
        b.bytes[i] ^= 1;
        assert_false(hash_equal(&a, &b));
        assert_false(secret_equal(a.bytes, b.bytes, SHA256_BYTES));
    }
    secret_wipe(&a, sizeof(a));
    struct sha256_hash zero = {0};
    assert_memory_equal(&a, &zero, sizeof(a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_hashes),
        cmocka_unit_test(tree_hashes_are_prefixed),
        cmocka_unit_test(comparison_sees_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

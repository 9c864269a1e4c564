/* merkle.c — see merkle.h. Checking follows the algorithms of RFC 9162 (which hashes as RFC 6962
 * does); making walks the recursive definitions of RFC 6962 from the root downwards in a loop, so
 * the hashes come out last first and are turned round at the end. */
#include "verify/merkle.h"

#include <string.h>

static unsigned bit_length(uint64_t value)
{
    return value == 0 ? 0 : 64U - (unsigned)__builtin_clzll(value);
}

/* The greatest power of two below n, as an exponent; n >= 2. */
static unsigned split_level(int64_t n)
{
    BUG_IF(n < 2);
    return 63U - (unsigned)__builtin_clzll((uint64_t)n - 1);
}

size_t merkle_inclusion_length(int64_t index, int64_t size)
{
    BUG_IF(index < 0 || index >= size);
    /* Below the level where the path leaves the right edge every level has a sibling; above it only
     * those where the index's bit is set. */
    unsigned inner = bit_length((uint64_t)index ^ (uint64_t)(size - 1));
    uint64_t above = inner == 64 ? 0 : (uint64_t)index >> inner;
    return inner + (size_t)__builtin_popcountll(above);
}

bool merkle_root_from_inclusion(const struct sha256_hash *leaf_hash, int64_t index, int64_t size,
                                const struct merkle_proof *proof, struct sha256_hash *ret_root)
{
    if (index < 0 || index >= size || proof->count != merkle_inclusion_length(index, size)) {
        return false;
    }
    struct sha256_hash hash = *leaf_hash;
    uint64_t node = (uint64_t)index;
    uint64_t last = (uint64_t)size - 1;
    for (size_t i = 0; i < proof->count; i++) {
        if (last == 0) {
            return false;
        }
        if ((node & 1) != 0 || node == last) {
            merkle_node_hash(&proof->hashes[i], &hash, &hash);
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            merkle_node_hash(&hash, &proof->hashes[i], &hash);
        }
        node >>= 1;
        last >>= 1;
    }
    if (last != 0) {
        return false;
    }
    *ret_root = hash;
    return true;
}

bool merkle_check_inclusion(const struct sha256_hash *leaf_hash, int64_t index, int64_t size,
                            const struct merkle_proof *proof, const struct sha256_hash *root)
{
    struct sha256_hash found;
    return merkle_root_from_inclusion(leaf_hash, index, size, proof, &found) &&
           hash_equal(&found, root);
}

/* 0 < old_size < new_size. */
static bool consistency_roots(int64_t old_size, const struct sha256_hash *old_root,
                              int64_t new_size, const struct merkle_proof *proof,
                              struct sha256_hash *ret_old, struct sha256_hash *ret_new)
{
    uint64_t node = (uint64_t)old_size - 1;
    uint64_t last = (uint64_t)new_size - 1;
    while ((node & 1) != 0) {
        node >>= 1;
        last >>= 1;
    }
    /* A complete old tree is its own first hash and is left out of the proof. */
    size_t next = 0;
    struct sha256_hash old_hash;
    if (node == 0) {
        old_hash = *old_root;
    } else if (proof->count == 0) {
        return false;
    } else {
        old_hash = proof->hashes[next++];
    }
    struct sha256_hash new_hash = old_hash;
    for (; next < proof->count; next++) {
        const struct sha256_hash *hash = &proof->hashes[next];
        if (last == 0) {
            return false;
        }
        if ((node & 1) != 0 || node == last) {
            merkle_node_hash(hash, &old_hash, &old_hash);
            merkle_node_hash(hash, &new_hash, &new_hash);
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            merkle_node_hash(&new_hash, hash, &new_hash);
        }
        node >>= 1;
        last >>= 1;
    }
    *ret_old = old_hash;
    *ret_new = new_hash;
    return last == 0;
}

bool merkle_check_consistency(int64_t old_size, const struct sha256_hash *old_root,
                              int64_t new_size, const struct sha256_hash *new_root,
                              const struct merkle_proof *proof)
{
    if (old_size < 0 || old_size > new_size || proof->count > MERKLE_PROOF_MAX) {
        return false;
    }
    if (old_size == new_size) {
        return proof->count == 0 && hash_equal(old_root, new_root);
    }
    if (old_size == 0) {
        struct sha256_hash empty;
        sha256("", 0, &empty);
        return proof->count == 0 && hash_equal(old_root, &empty);
    }
    struct sha256_hash found_old, found_new;
    return consistency_roots(old_size, old_root, new_size, proof, &found_old, &found_new) &&
           hash_equal(&found_old, old_root) && hash_equal(&found_new, new_root);
}

/* Hash of leaves [from, until), from a multiple of the largest power of two <= until - from:
 * complete subtrees from left to right, then folded from the right. */
static enum err range_hash(merkle_read_fn read, void *arg, int64_t from, int64_t until,
                           struct sha256_hash *ret)
{
    struct sha256_hash parts[MERKLE_LEVEL_MAX + 1];
    size_t count = 0;
    BUG_IF(from < 0 || from >= until);
    for (int64_t at = from; at < until;) {
        unsigned level = 63U - (unsigned)__builtin_clzll((uint64_t)(until - at));
        enum err err = read(arg, level, at >> level, &parts[count]);
        if (err != ERR_OK) {
            return err;
        }
        count++;
        at += INT64_C(1) << level;
    }
    struct sha256_hash hash = parts[count - 1];
    for (size_t i = count - 1; i > 0; i--) {
        merkle_node_hash(&parts[i - 1], &hash, &hash);
    }
    *ret = hash;
    return ERR_OK;
}

enum err merkle_root(merkle_read_fn read, void *arg, int64_t size, struct sha256_hash *ret)
{
    BUG_IF(size < 0);
    if (size == 0) {
        sha256("", 0, ret);
        return ERR_OK;
    }
    return range_hash(read, arg, 0, size, ret);
}

static void proof_reverse(struct merkle_proof *proof)
{
    for (size_t i = 0; i < proof->count / 2; i++) {
        struct sha256_hash *a = &proof->hashes[i];
        struct sha256_hash *b = &proof->hashes[proof->count - 1 - i];
        struct sha256_hash swap = *a;
        *a = *b;
        *b = swap;
    }
}

enum err merkle_prove_inclusion(merkle_read_fn read, void *arg, int64_t index, int64_t size,
                                struct merkle_proof *ret)
{
    BUG_IF(index < 0 || index >= size);
    struct merkle_proof proof = {.count = 0};
    int64_t from = 0;
    int64_t until = size;
    while (until - from > 1) {
        int64_t middle = from + (INT64_C(1) << split_level(until - from));
        struct sha256_hash *hash = &proof.hashes[proof.count++];
        enum err err;
        if (index < middle) {
            err = range_hash(read, arg, middle, until, hash);
            until = middle;
        } else {
            err = range_hash(read, arg, from, middle, hash);
            from = middle;
        }
        if (err != ERR_OK) {
            return err;
        }
    }
    proof_reverse(&proof);
    *ret = proof;
    return ERR_OK;
}

enum err merkle_prove_consistency(merkle_read_fn read, void *arg, int64_t old_size,
                                  int64_t new_size, struct merkle_proof *ret)
{
    BUG_IF(old_size < 0 || old_size > new_size);
    struct merkle_proof proof = {.count = 0};
    int64_t from = 0;
    int64_t until = new_size;
    bool is_whole = true; /* [from, until) still begins at leaf 0 of a tree both sides know */
    if (old_size == 0 || old_size == new_size) {
        ret->count = 0;
        return ERR_OK;
    }
    while (old_size != until) {
        int64_t middle = from + (INT64_C(1) << split_level(until - from));
        struct sha256_hash *hash = &proof.hashes[proof.count++];
        enum err err;
        if (old_size <= middle) {
            err = range_hash(read, arg, middle, until, hash);
            until = middle;
        } else {
            err = range_hash(read, arg, from, middle, hash);
            from = middle;
            is_whole = false;
        }
        if (err != ERR_OK) {
            return err;
        }
    }
    if (!is_whole) {
        enum err err = range_hash(read, arg, from, until, &proof.hashes[proof.count++]);
        if (err != ERR_OK) {
            return err;
        }
    }
    proof_reverse(&proof);
    *ret = proof;
    return ERR_OK;
}

void merkle_edge_add(struct merkle_edge *edge, const struct sha256_hash *leaf_hash)
{
    BUG_IF(edge->size < 0 || edge->size == INT64_MAX);
    struct sha256_hash hash = *leaf_hash;
    unsigned level = 0;
    for (; ((edge->size >> level) & 1) != 0; level++) {
        merkle_node_hash(&edge->hashes[level], &hash, &hash);
    }
    edge->hashes[level] = hash;
    edge->size++;
}

void merkle_edge_root(const struct merkle_edge *edge, struct sha256_hash *ret)
{
    bool have = false;
    struct sha256_hash hash;
    sha256("", 0, &hash);
    for (unsigned level = 0; level <= MERKLE_LEVEL_MAX; level++) {
        if (((uint64_t)edge->size >> level & 1) == 0) {
            continue;
        }
        if (have) {
            merkle_node_hash(&edge->hashes[level], &hash, &hash);
        } else {
            hash = edge->hashes[level];
            have = true;
        }
    }
    *ret = hash;
}

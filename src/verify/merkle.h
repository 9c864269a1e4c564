/* merkle.h — proofs over the Merkle tree of RFC 6962 section 2.1, both ways: checking them with
 * nothing but hashes, and making them from stored hashes of complete subtrees.
 *
 * Purpose: one implementation for the offline verifier and for the server that serves proofs.
 * Invariants: a proof has at most MERKLE_PROOF_MAX hashes; nothing recurses.
 * Non-goals: storing hashes (the caller's reader does), signatures (note.h). */
#ifndef JN_VERIFY_MERKLE_H
#define JN_VERIFY_MERKLE_H

#include "core/base.h"
#include "core/err.h"
#include "core/sha256.h"

#define MERKLE_PROOF_MAX 64
#define MERKLE_LEVEL_MAX 63

struct merkle_proof {
    size_t count;
    struct sha256_hash hashes[MERKLE_PROOF_MAX];
};

/* The root that leaf `leaf_hash` at `index` and the proof lead to in a tree of `size` leaves (RFC
 * 9162 section 2.1.3.2). False when index is not in [0, size) or the proof has the wrong length. */
JN_MUST_USE bool merkle_root_from_inclusion(const struct sha256_hash *leaf_hash, int64_t index,
                                            int64_t size, const struct merkle_proof *proof,
                                            struct sha256_hash *ret_root);
/* True when the proof shows the leaf under the root. */
JN_MUST_USE bool merkle_check_inclusion(const struct sha256_hash *leaf_hash, int64_t index,
                                        int64_t size, const struct merkle_proof *proof,
                                        const struct sha256_hash *root);
/* True when the tree of new_size leaves begins with the tree of old_size leaves (RFC 9162 section
 * 2.1.4.2). 0 <= old_size <= new_size; the empty tree begins every other and takes no proof. */
JN_MUST_USE bool merkle_check_consistency(int64_t old_size, const struct sha256_hash *old_root,
                                          int64_t new_size, const struct sha256_hash *new_root,
                                          const struct merkle_proof *proof);
/* How many hashes an inclusion proof has; 0 <= index < size. */
size_t merkle_inclusion_length(int64_t index, int64_t size);

/* Gives the hash of the complete subtree number `index` with 2^level leaves: leaves
 * [index << level, (index + 1) << level). Level 0 are leaf hashes. Any error ends the proof. */
typedef enum err (*merkle_read_fn)(void *arg, unsigned level, int64_t index,
                                   struct sha256_hash *ret);

/* The root of the first `size` leaves; size >= 0 (0: H of nothing). */
JN_MUST_USE enum err merkle_root(merkle_read_fn read, void *arg, int64_t size,
                                 struct sha256_hash *ret);
/* 0 <= index < size. */
JN_MUST_USE enum err merkle_prove_inclusion(merkle_read_fn read, void *arg, int64_t index,
                                            int64_t size, struct merkle_proof *ret);
/* 0 <= old_size <= new_size; no hashes when old_size is 0 or new_size. */
JN_MUST_USE enum err merkle_prove_consistency(merkle_read_fn read, void *arg, int64_t old_size,
                                              int64_t new_size, struct merkle_proof *ret);

/* A growing tree held as its right edge: one hash per bit of the size. Root in O(log n) at any
 * time. */
struct merkle_edge {
    int64_t size;
    struct sha256_hash hashes[MERKLE_LEVEL_MAX + 1]; /* [level] is there when that bit is set */
};
void merkle_edge_add(struct merkle_edge *edge, const struct sha256_hash *leaf_hash);
void merkle_edge_root(const struct merkle_edge *edge, struct sha256_hash *ret);

#endif

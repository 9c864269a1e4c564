/* audit_tree.h — the auditor's own Merkle tree (RFC 6962). */
#ifndef JN_AUDIT_TREE_H
#define JN_AUDIT_TREE_H

#include "core/base.h"
#include "core/sha256.h"

/* The right edge of a growing tree: one hash per bit of the size. */
struct audit_tree {
    int64_t size;
    struct sha256_hash peaks[64];
};
void audit_tree_add(struct audit_tree *tree, const struct sha256_hash *leaf);
void audit_tree_root(const struct audit_tree *tree, struct sha256_hash *ret);
/* Root of a power of two of hashes. */
void audit_tree_full(const struct sha256_hash *hashes, size_t count, struct sha256_hash *ret);

#endif

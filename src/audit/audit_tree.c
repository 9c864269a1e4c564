/* audit_tree.c — see audit_tree.h. */
#include "audit/audit_tree.h"

void audit_tree_add(struct audit_tree *tree, const struct sha256_hash *leaf)
{
    struct sha256_hash hash = *leaf;
    int level = 0;
    while ((tree->size >> level & 1) != 0) {
        merkle_node_hash(&tree->peaks[level], &hash, &hash);
        level++;
    }
    tree->peaks[level] = hash;
    tree->size++;
}

void audit_tree_root(const struct audit_tree *tree, struct sha256_hash *ret)
{
    bool have = false;
    sha256("", 0, ret);
    for (int level = 0; level < 63; level++) {
        if ((tree->size >> level & 1) == 0) {
            continue;
        }
        if (have) {
            merkle_node_hash(&tree->peaks[level], ret, ret);
        } else {
            *ret = tree->peaks[level];
            have = true;
        }
    }
}

void audit_tree_full(const struct sha256_hash *hashes, size_t count, struct sha256_hash *ret)
{
    struct audit_tree tree = {.size = 0};
    for (size_t i = 0; i < count; i++) {
        audit_tree_add(&tree, &hashes[i]);
    }
    audit_tree_root(&tree, ret);
}

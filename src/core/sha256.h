/* sha256.h — SHA-256 (FIPS 180-4) by OpenSSL, without its per-call provider look-up, and the two
 * hashes of RFC 6962 section 2.1. */
#ifndef JN_CORE_SHA256_H
#define JN_CORE_SHA256_H

#include "core/base.h"

#define SHA256_BYTES 32

struct sha256_hash {
    uint8_t bytes[SHA256_BYTES];
};

void sha256(const void *data, size_t length, struct sha256_hash *ret);
/* H(0x00 || leaf) */
void merkle_leaf_hash(const void *leaf, size_t length, struct sha256_hash *ret);
/* H(0x01 || left || right) */
void merkle_node_hash(const struct sha256_hash *left, const struct sha256_hash *right,
                      struct sha256_hash *ret);
/* Constant time. */
bool hash_equal(const struct sha256_hash *a, const struct sha256_hash *b);
bool secret_equal(const void *a, const void *b, size_t length);
void secret_wipe(void *data, size_t length);

#endif

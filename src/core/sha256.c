/* sha256.c — see sha256.h.
 *
 * OpenSSL 3 deprecates its low-level digests in favour of EVP, which looks a provider up and
 * allocates for every hash. A transfer costs four short hashes, so that price would be most of the
 * work. The low-level calls reach the same assembly (SHA-NI where the processor has it). */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "core/sha256.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

void sha256(const void *data, size_t length, struct sha256_hash *ret)
{
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, data, length);
    SHA256_Final(ret->bytes, &context);
}

void merkle_leaf_hash(const void *leaf, size_t length, struct sha256_hash *ret)
{
    static const uint8_t prefix = 0x00;
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, &prefix, 1);
    SHA256_Update(&context, leaf, length);
    SHA256_Final(ret->bytes, &context);
}

void merkle_node_hash(const struct sha256_hash *left, const struct sha256_hash *right,
                      struct sha256_hash *ret)
{
    uint8_t node[1 + 2 * SHA256_BYTES];
    node[0] = 0x01;
    __builtin_memcpy(node + 1, left->bytes, SHA256_BYTES);
    __builtin_memcpy(node + 1 + SHA256_BYTES, right->bytes, SHA256_BYTES);
    sha256(node, sizeof(node), ret);
}

bool hash_equal(const struct sha256_hash *a, const struct sha256_hash *b)
{
    return secret_equal(a->bytes, b->bytes, SHA256_BYTES);
}

bool secret_equal(const void *a, const void *b, size_t length)
{
    return CRYPTO_memcmp(a, b, length) == 0;
}

void secret_wipe(void *data, size_t length)
{
    OPENSSL_cleanse(data, length);
}

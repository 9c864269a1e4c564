/* vault_crypto.c — the few primitives the vault stands on: AES-256-GCM by OpenSSL, HMAC by
 * libsodium. A failure inside the library is a bug here (sizes are fixed), never an answer. */
#include "identity/vault_int.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>

#include "core/rng.h"

static EVP_CIPHER_CTX *context_create(void)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();

    BUG_IF(context == NULL);
    return context;
}

void vault_gcm_seal(const uint8_t key[VAULT_KEY_BYTES], struct store_blob data,
                    struct store_blob plain, uint8_t *ret)
{
    EVP_CIPHER_CTX *context = context_create();
    uint8_t *nonce = ret, *text = ret + GCM_NONCE_BYTES, *tag = text + plain.length;
    int length = 0;

    rng_secure(nonce, GCM_NONCE_BYTES);
    BUG_IF(EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) != 1);
    BUG_IF(EVP_EncryptUpdate(context, NULL, &length, data.data, (int)data.length) != 1);
    BUG_IF(plain.length > 0 &&
           EVP_EncryptUpdate(context, text, &length, plain.data, (int)plain.length) != 1);
    BUG_IF(EVP_EncryptFinal_ex(context, tag, &length) != 1);
    BUG_IF(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_BYTES, tag) != 1);
    EVP_CIPHER_CTX_free(context); /* wipes the key schedule */
}

bool vault_gcm_open(const uint8_t key[VAULT_KEY_BYTES], struct store_blob data,
                    struct store_blob sealed, uint8_t *ret)
{
    EVP_CIPHER_CTX *context = context_create();
    const uint8_t *nonce = sealed.data, *text = nonce + GCM_NONCE_BYTES;
    uint32_t plain_length = sealed.length - GCM_NONCE_BYTES - GCM_TAG_BYTES;
    uint8_t tag[GCM_TAG_BYTES];
    int length = 0;
    bool good;

    BUG_IF(sealed.length < GCM_NONCE_BYTES + GCM_TAG_BYTES);
    memcpy(tag, text + plain_length, GCM_TAG_BYTES);
    BUG_IF(EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) != 1);
    BUG_IF(EVP_DecryptUpdate(context, NULL, &length, data.data, (int)data.length) != 1);
    BUG_IF(plain_length > 0 &&
           EVP_DecryptUpdate(context, ret, &length, text, (int)plain_length) != 1);
    BUG_IF(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, GCM_TAG_BYTES, tag) != 1);
    good = EVP_DecryptFinal_ex(context, ret + plain_length, &length) == 1;
    EVP_CIPHER_CTX_free(context);
    if (!good) {
        secret_wipe(ret, plain_length);
    }
    return good;
}

void vault_hmac(const uint8_t key[VAULT_KEY_BYTES], struct store_blob first,
                struct store_blob second, struct sha256_hash *ret)
{
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, key, VAULT_KEY_BYTES);
    crypto_auth_hmacsha256_update(&state, first.data, first.length);
    crypto_auth_hmacsha256_update(&state, second.data, second.length);
    crypto_auth_hmacsha256_final(&state, ret->bytes);
    secret_wipe(&state, sizeof(state));
}

void vault_derive(const uint8_t root[VAULT_KEY_BYTES], const char *info,
                  uint8_t ret[VAULT_KEY_BYTES])
{
    static const uint8_t one = 1;
    struct sha256_hash block;

    vault_hmac(root, (struct store_blob){info, (uint32_t)strlen(info)},
               (struct store_blob){&one, 1}, &block);
    memcpy(ret, block.bytes, VAULT_KEY_BYTES);
    secret_wipe(&block, sizeof(block));
}

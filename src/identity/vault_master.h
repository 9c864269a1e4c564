/* vault_master.h — where the vault's master key is: the seam between the vault and its keeper.
 *
 * A keeper holds AES-256 keys under version numbers and wraps 32-byte keys with them (AES-256-GCM,
 * random nonce, additional data of the caller's). It never hands a key out. Keepers: a file of the
 * data directory (vault_master_file.c), a PKCS#11 token (vault_master_pkcs11.c).
 * Threads: the vault calls one function at a time. */
#ifndef JN_IDENTITY_VAULT_MASTER_H
#define JN_IDENTITY_VAULT_MASTER_H

#include "core/base.h"
#include "core/err.h"

#define VAULT_KEY_BYTES     32
#define VAULT_WRAPPED_BYTES 60 /* nonce 12, ciphertext 32, tag 16 */
#define VAULT_MASTERS_MAX   1000000

struct vault_master {
    void *state;
    /* Makes the key of a version, durably, before it returns. A version that is there already is
     * kept. ERR_IO_FAILED, ERR_VAULT_KEY_INVALID, ERR_VAULT_TOKEN_FAILED. */
    enum err (*create)(void *state, int64_t version);
    /* ERR_VAULT_KEY_MISSING, ERR_VAULT_KEY_INVALID (unwrap: not wrapped by this key for this data),
     * ERR_VAULT_TOKEN_FAILED. */
    enum err (*wrap)(void *state, int64_t version, const void *data, size_t length,
                     const uint8_t key[VAULT_KEY_BYTES], uint8_t ret[VAULT_WRAPPED_BYTES]);
    enum err (*unwrap)(void *state, int64_t version, const void *data, size_t length,
                       const uint8_t wrapped[VAULT_WRAPPED_BYTES], uint8_t ret[VAULT_KEY_BYTES]);
    /* Destroys the key of a version; one that is not there is fine. */
    enum err (*destroy)(void *state, int64_t version);
    void (*close)(void *state); /* wipes and frees the state */
};

/* Keys are files <data_dir>/vault-<version>.key with mode 0600, made and synced by create(). */
JN_MUST_USE enum err vault_master_file_open(const char *data_dir, struct vault_master **ret);
#define VAULT_PIN_MAX 255
/* Keys live in a PKCS#11 token: `where` is MODULE:TOKEN:LABEL (path of the token's library, the
 * token's label, the keys' label). ERR_VAULT_TOKEN_FAILED: no such library or token, or a wrong
 * PIN. */
JN_MUST_USE enum err vault_master_pkcs11_open(const char *where, const char *pin,
                                              struct vault_master **ret);
/* Closes and frees. NULL is fine. */
void vault_master_close(struct vault_master *master);

#endif

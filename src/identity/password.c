/* password.c — see password.h; strength is password_strength.c. */
#include "identity/password.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/rng.h"
#include "q_identity.h"

/* OWASP Password Storage: at least 19 MiB and 2 passes with one lane. libsodium has one lane. */
#define PASSES       2
#define MEMORY_BYTES (19u << 20)

_Static_assert(PASSWORD_HASH_MAX >= crypto_pwhash_STRBYTES, "the hash's text fits");

void password_pepper(const struct vault *vault, struct person_id person, const char *password,
                     size_t length, struct sha256_hash *ret)
{
    vault_mac(vault, VAULT_MAC_PASSWORD, person.v, (struct store_blob){password, (uint32_t)length},
              ret);
}

enum err password_hash(const struct sha256_hash *peppered, struct password_hash *ret)
{
    struct password_hash hash = {0};

    if (crypto_pwhash_str_alg(hash.text, (const char *)peppered->bytes, SHA256_BYTES, PASSES,
                              MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return ERR_HASH_BUSY;
    }
    *ret = hash;
    return ERR_OK;
}

bool password_matches(const struct password_hash *hash, const struct sha256_hash *peppered)
{
    return crypto_pwhash_str_verify(hash->text, (const char *)peppered->bytes, SHA256_BYTES) == 0;
}

bool password_needs_rehash(const struct password_hash *hash)
{
    return crypto_pwhash_str_needs_rehash(hash->text, PASSES, MEMORY_BYTES) != 0;
}

void password_hash_of_nobody(struct password_hash *ret)
{
    uint8_t salt[16], digest[32];
    char salt_text[32], digest_text[64];

    rng_secure(salt, sizeof(salt));
    rng_secure(digest, sizeof(digest));
    /* argon2's text form: base64 without padding. */
    sodium_bin2base64(salt_text, sizeof(salt_text), salt, sizeof(salt),
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    sodium_bin2base64(digest_text, sizeof(digest_text), digest, sizeof(digest),
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    memset(ret, 0, sizeof(*ret));
    snprintf(ret->text, sizeof(ret->text), "$argon2id$v=19$m=%u,t=%d,p=1$%s$%s",
             MEMORY_BYTES / 1024u, PASSES, salt_text, digest_text);
}

/* ---- in a transaction ---- */

enum err password_get(struct store_tx *tx, struct person_id person, struct password_row *ret,
                      bool *ret_found)
{
    struct arena *arena = arena_create(1024);
    struct q_identity_password_get_row row;
    bool found = false;
    enum err err = q_identity_password_get(
        tx, &(struct q_identity_password_get_in){.person_id = person.v}, arena, &row, &found);

    if (err == ERR_OK && found) {
        BUG_IF(row.hash.length >= PASSWORD_HASH_MAX);
        memset(ret, 0, sizeof(*ret));
        memcpy(ret->hash.text, row.hash.data, row.hash.length);
        ret->changed_at_us = row.changed_at_us;
    }
    arena_free(arena);
    if (err == ERR_OK) {
        *ret_found = found;
    }
    return err;
}

static struct store_text text_of(const struct password_hash *hash)
{
    return (struct store_text){hash->text, (uint32_t)strlen(hash->text)};
}

enum err password_put(struct store_tx *tx, struct person_id person,
                      const struct password_hash *hash)
{
    return q_identity_password_put(
        tx,
        &(struct q_identity_password_put_in){
            .person_id = person.v, .hash = text_of(hash), .now_us = store_tx_now_us(tx)},
        NULL);
}

enum err password_rehashed(struct store_tx *tx, struct person_id person,
                           const struct password_hash *old, const struct password_hash *hash)
{
    return q_identity_password_rehashed(
        tx,
        &(struct q_identity_password_rehashed_in){
            .person_id = person.v, .old_hash = text_of(old), .hash = text_of(hash)},
        NULL);
}

/* vault_seal.c — data keys, and the envelopes they seal. See vault.h; bytes in docs/vault.md.
 *
 * Envelope, version 1: 0x01 | class | nonce 12 | ciphertext | tag 16. The plain text is padded with
 * 0x80 and zeros to a multiple of 16, so that the length of a name does not show. */
#include "identity/vault_int.h"

#include <string.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/rng.h"
#include "q_identity.h"

#define ENVELOPE_VERSION 1
#define HEAD_BYTES       2
#define BLOCK_BYTES      16u
#define PADDING_MARK     0x80
#define NAME_MAX_BYTES   63
#define PLACE_BYTES_MAX  256
/* A row as old as this was committed: no transaction lives that long. */
#define SURELY_COMMITTED_US (60 * INT64_C(1000000))

/* ---- data keys ---- */

enum err vault_person_create(struct store_tx *tx, struct vault *vault, struct person_id person)
{
    uint8_t key[VAULT_KEY_BYTES], wrapped[VAULT_WRAPPED_BYTES];
    struct q_identity_vault_master_newest_row newest = {0};
    struct key_data data;
    bool found = false;
    enum err err = q_identity_vault_master_newest(tx, &newest, &found);

    BUG_IF(person.v <= 0);
    if (err != ERR_OK) {
        return err;
    }
    rng_secure(key, sizeof(key));
    vault_key_data("person", person.v, newest.version, &data);
    err = vault_wrap(vault, newest.version, &data, key, wrapped);
    secret_wipe(key, sizeof(key));
    if (err != ERR_OK) {
        return err;
    }
    return q_identity_vault_key_insert(
        tx,
        &(struct q_identity_vault_key_insert_in){.person_id = person.v,
                                                 .master_version = newest.version,
                                                 .wrapped = {wrapped, sizeof(wrapped)},
                                                 .created_at_us = store_tx_now_us(tx)},
        NULL);
}

enum err vault_erase(struct store_tx *tx, struct vault *vault, struct person_id person)
{
    struct q_identity_vault_key_get_in in = {.person_id = person.v};
    struct q_identity_vault_key_get_row row;
    struct arena *arena = arena_create(4096);
    bool found = false;
    enum err err = q_identity_vault_key_get(tx, &in, arena, &row, &found);

    if (err == ERR_OK && !found) {
        err = ERR_VAULT_PERSON_UNKNOWN;
    }
    if (err == ERR_OK) {
        err = q_identity_vault_key_erase(
            tx,
            &(struct q_identity_vault_key_erase_in){
                .person_id = person.v, .wrapped = {"", 0}, .erased_at_us = store_tx_now_us(tx)},
            NULL);
    }
    vault_forget(vault, person);
    arena_free(arena);
    return err;
}

void vault_forget(struct vault *vault, struct person_id person)
{
    vault_cache_drop(&vault->cache, person.v);
}

static enum err key_load(struct store_tx *tx, struct vault *vault, struct person_id person,
                         uint8_t ret[VAULT_KEY_BYTES])
{
    struct q_identity_vault_key_get_in in = {.person_id = person.v};
    struct q_identity_vault_key_get_row row = {0};
    struct arena *arena = arena_create(4096);
    struct key_data data;
    bool found = false;
    enum err err = q_identity_vault_key_get(tx, &in, arena, &row, &found);

    if (err == ERR_OK && !found) {
        err = ERR_VAULT_PERSON_UNKNOWN;
    }
    if (err == ERR_OK && row.erased_at_us != 0) {
        err = ERR_VAULT_PERSON_ERASED;
    }
    if (err == ERR_OK) {
        vault_key_data("person", person.v, row.master_version, &data);
        err = vault_unwrap(vault, row.master_version, &data, row.wrapped, ret);
    }
    /* What a write sees may be its own and still be undone. */
    if (err == ERR_OK && (store_tx_lane(tx) == UINT32_MAX ||
                          store_tx_now_us(tx) - row.created_at_us > SURELY_COMMITTED_US)) {
        vault_cache_put(&vault->cache, person.v, clock_monotonic_us(), ret);
    }
    arena_free(arena);
    return err;
}

static enum err key_get(struct store_tx *tx, struct vault *vault, struct person_id person,
                        uint8_t ret[VAULT_KEY_BYTES])
{
    BUG_IF(person.v <= 0);
    if (vault_cache_get(&vault->cache, person.v, clock_monotonic_us(), ret)) {
        atomic_fetch_add_explicit(&vault->hits, 1, memory_order_relaxed);
        return ERR_OK;
    }
    atomic_fetch_add_explicit(&vault->misses, 1, memory_order_relaxed);
    return key_load(tx, vault, person, ret);
}

/* ---- envelopes ---- */

/* What an envelope is bound to: "jinnang seal", version, class, person, row, then table and column,
 * each behind its length. */
struct place_data {
    uint8_t bytes[PLACE_BYTES_MAX];
    uint32_t length;
};

static void put_name(struct buf *buf, const char *name)
{
    size_t length = strlen(name);

    BUG_IF(length == 0 || length > NAME_MAX_BYTES);
    buf_add_u8(buf, (uint8_t)length);
    buf_add(buf, name, length);
}

static void place_encode(const struct vault_place *place, struct place_data *ret)
{
    struct buf buf;

    buf_init(&buf, PLACE_BYTES_MAX);
    buf_add_str(&buf, "jinnang seal");
    buf_add_u8(&buf, ENVELOPE_VERSION);
    buf_add_u8(&buf, (uint8_t)place->class);
    buf_add_u64be(&buf, (uint64_t)place->person.v);
    buf_add_u64be(&buf, (uint64_t)place->row_id);
    put_name(&buf, place->table);
    put_name(&buf, place->column);
    BUG_IF(!buf_ok(&buf));
    memcpy(ret->bytes, buf.data, buf.length);
    ret->length = (uint32_t)buf.length;
    buf_done(&buf);
}

enum err vault_seal(struct store_tx *tx, struct vault *vault, const struct vault_place *place,
                    struct store_blob plain, struct arena *arena, struct store_blob *ret)
{
    uint32_t padded = (plain.length / BLOCK_BYTES + 1) * BLOCK_BYTES;
    uint8_t key[VAULT_KEY_BYTES], *text, *envelope;
    struct place_data data;
    enum err err;

    if (plain.length > VAULT_PLAIN_MAX) {
        return ERR_TOO_LARGE;
    }
    err = key_get(tx, vault, place->person, key);
    if (err != ERR_OK) {
        return err;
    }
    place_encode(place, &data);
    text = arena_alloc(arena, padded);
    if (plain.length > 0) {
        memcpy(text, plain.data, plain.length);
    }
    text[plain.length] = PADDING_MARK;
    envelope = arena_alloc(arena, HEAD_BYTES + padded + GCM_NONCE_BYTES + GCM_TAG_BYTES);
    envelope[0] = ENVELOPE_VERSION;
    envelope[1] = (uint8_t)place->class;
    vault_gcm_seal(key, (struct store_blob){data.bytes, data.length},
                   (struct store_blob){text, padded}, envelope + HEAD_BYTES);
    secret_wipe(key, sizeof(key));
    secret_wipe(text, padded);
    *ret = (struct store_blob){envelope, HEAD_BYTES + padded + GCM_NONCE_BYTES + GCM_TAG_BYTES};
    atomic_fetch_add_explicit(&vault->sealed, 1, memory_order_relaxed);
    return ERR_OK;
}

/* The number of bytes before the padding; UINT32_MAX if there is none. */
static uint32_t unpadded(const uint8_t *text, uint32_t length)
{
    uint32_t at = length;

    while (at > 0 && text[at - 1] == 0) {
        at--;
    }
    return at > 0 && text[at - 1] == PADDING_MARK ? at - 1 : UINT32_MAX;
}

static enum err broken(struct vault *vault)
{
    atomic_fetch_add_explicit(&vault->broken, 1, memory_order_relaxed);
    return ERR_VAULT_SEAL_BROKEN;
}

enum err vault_open_envelope(struct store_tx *tx, struct vault *vault,
                             const struct vault_place *place, struct store_blob sealed,
                             struct arena *arena, struct store_blob *ret)
{
    const uint8_t *envelope = sealed.data;
    uint8_t key[VAULT_KEY_BYTES], *text;
    struct place_data data;
    uint32_t padded, length;
    enum err err;
    bool good;

    if (sealed.length < HEAD_BYTES + GCM_NONCE_BYTES + BLOCK_BYTES + GCM_TAG_BYTES ||
        sealed.length > VAULT_PLAIN_MAX + VAULT_ENVELOPE_EXTRA || envelope[0] != ENVELOPE_VERSION ||
        envelope[1] != (uint8_t)place->class) {
        return broken(vault);
    }
    err = key_get(tx, vault, place->person, key);
    if (err != ERR_OK) {
        return err;
    }
    place_encode(place, &data);
    padded = sealed.length - HEAD_BYTES - GCM_NONCE_BYTES - GCM_TAG_BYTES;
    text = arena_alloc(arena, (size_t)padded + 1);
    good = vault_gcm_open(key, (struct store_blob){data.bytes, data.length},
                          (struct store_blob){envelope + HEAD_BYTES, sealed.length - HEAD_BYTES},
                          text);
    secret_wipe(key, sizeof(key));
    length = good ? unpadded(text, padded) : UINT32_MAX;
    if (length == UINT32_MAX) {
        return broken(vault);
    }
    text[length] = '\0';
    *ret = (struct store_blob){text, length};
    atomic_fetch_add_explicit(&vault->opened, 1, memory_order_relaxed);
    return ERR_OK;
}

enum err vault_unseal(struct store_tx *tx, struct vault *vault, const struct vault_place *place,
                      enum vault_purpose purpose, struct store_blob sealed, struct arena *arena,
                      struct store_blob *ret)
{
    enum err err;

    BUG_IF(purpose < 1 || purpose >= VAULT_PURPOSE_COUNT);
    err = vault_open_envelope(tx, vault, place, sealed, arena, ret);
    if (err == ERR_OK) {
        vault_count(vault, place->person, purpose);
    }
    return err;
}

enum err vault_seal_text(struct store_tx *tx, struct vault *vault, const struct vault_place *place,
                         struct store_text plain, struct arena *arena, struct store_blob *ret)
{
    return vault_seal(tx, vault, place, (struct store_blob){plain.data, plain.length}, arena, ret);
}

enum err vault_unseal_text(struct store_tx *tx, struct vault *vault,
                           const struct vault_place *place, enum vault_purpose purpose,
                           struct store_blob sealed, struct arena *arena, struct store_text *ret)
{
    struct store_blob plain;
    enum err err = vault_unseal(tx, vault, place, purpose, sealed, arena, &plain);

    if (err == ERR_OK) {
        *ret = (struct store_text){plain.data, plain.length};
    }
    return err;
}

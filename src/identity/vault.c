/* vault.c — opening the vault: master key, root secrets, derived keys. See vault.h. */
#include "identity/vault.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"
#include "identity/vault_int.h"
#include "q_identity.h"

#define CACHED_KEYS_DEFAULT 4096
#define CACHED_KEYS_MAX     65536
#define ROOT_INDEX          "index"
#define ROOT_MAC            "mac"

/* ---- wrapping ---- */

static void put_be(uint8_t *at, uint64_t value)
{
    for (size_t i = 0; i < 8; i++) {
        at[i] = (uint8_t)(value >> (56 - 8 * i));
    }
}

/* "jinnang key 1" || length of name || name || id || master version. */
void vault_key_data(const char *name, int64_t id, int64_t master_version, struct key_data *ret)
{
    static const char what[] = "jinnang key 1";
    size_t name_length = strlen(name);
    uint8_t *at = ret->bytes;

    BUG_IF(sizeof(what) - 1 + 1 + name_length + 16 > KEY_DATA_MAX);
    memcpy(at, what, sizeof(what) - 1);
    at += sizeof(what) - 1;
    *at++ = (uint8_t)name_length;
    memcpy(at, name, name_length);
    at += name_length;
    put_be(at, (uint64_t)id);
    put_be(at + 8, (uint64_t)master_version);
    ret->length = (size_t)(at + 16 - ret->bytes);
}

enum err vault_wrap(struct vault *vault, int64_t version, const struct key_data *data,
                    const uint8_t key[VAULT_KEY_BYTES], uint8_t ret[VAULT_WRAPPED_BYTES])
{
    const struct vault_master *master = vault->master;
    enum err err;

    pthread_mutex_lock(&vault->master_lock);
    err = master->wrap(master->state, version, data->bytes, data->length, key, ret);
    pthread_mutex_unlock(&vault->master_lock);
    return err;
}

enum err vault_unwrap(struct vault *vault, int64_t version, const struct key_data *data,
                      struct store_blob wrapped, uint8_t ret[VAULT_KEY_BYTES])
{
    const struct vault_master *master = vault->master;
    enum err err;

    if (wrapped.length != VAULT_WRAPPED_BYTES) {
        return ERR_VAULT_KEY_INVALID;
    }
    pthread_mutex_lock(&vault->master_lock);
    err = master->unwrap(master->state, version, data->bytes, data->length, wrapped.data, ret);
    pthread_mutex_unlock(&vault->master_lock);
    return err;
}

/* ---- the first opening ---- */

struct founding {
    struct vault *vault;
    uint8_t wrapped[2][VAULT_WRAPPED_BYTES];
};

static const char *const root_names[] = {ROOT_INDEX, ROOT_MAC};

static struct store_text text_of(const char *text)
{
    return (struct store_text){.data = text, .length = (uint32_t)strlen(text)};
}

/* Another process may do the same at this moment: what is there first counts. */
static enum err found_in_tx(struct store_tx *tx, void *arg)
{
    const struct founding *founding = arg;
    enum err err =
        q_identity_vault_master_insert(tx,
                                       &(struct q_identity_vault_master_insert_in){
                                           .version = 1, .created_at_us = store_tx_now_us(tx)},
                                       NULL);

    for (size_t i = 0; i < ARRAY_COUNT(root_names) && err == ERR_OK; i++) {
        err =
            q_identity_vault_root_insert(tx,
                                         &(struct q_identity_vault_root_insert_in){
                                             .name = text_of(root_names[i]),
                                             .master_version = 1,
                                             .wrapped = {founding->wrapped[i], VAULT_WRAPPED_BYTES},
                                             .created_at_us = store_tx_now_us(tx)},
                                         NULL);
    }
    return err;
}

static enum err found_vault(struct vault *vault)
{
    struct founding founding = {.vault = vault};
    uint8_t root[VAULT_KEY_BYTES];
    enum err err = vault->master->create(vault->master->state, 1);

    for (size_t i = 0; i < ARRAY_COUNT(root_names) && err == ERR_OK; i++) {
        struct key_data data;

        rng_secure(root, sizeof(root));
        vault_key_data(root_names[i], 0, 1, &data);
        err = vault_wrap(vault, 1, &data, root, founding.wrapped[i]);
    }
    secret_wipe(root, sizeof(root));
    return err == ERR_OK ? store_write_sync(vault->store, found_in_tx, &founding, 0) : err;
}

/* ---- opening ---- */

struct stored_roots {
    int64_t newest_master; /* 0: there is no vault yet */
    int64_t master_version[ARRAY_COUNT(root_names)];
    uint8_t wrapped[ARRAY_COUNT(root_names)][VAULT_WRAPPED_BYTES];
    bool malformed;
};

static enum err read_roots(struct store_tx *tx, void *arg)
{
    struct stored_roots *roots = arg;
    struct arena *arena = arena_create(4096);
    struct q_identity_vault_master_newest_row newest = {0};
    bool found = false;
    enum err err = q_identity_vault_master_newest(tx, &newest, &found);

    roots->newest_master = newest.version;
    for (size_t i = 0; i < ARRAY_COUNT(root_names) && err == ERR_OK && newest.version > 0; i++) {
        struct q_identity_vault_root_get_in in = {.name = text_of(root_names[i])};
        struct q_identity_vault_root_get_row row;

        err = q_identity_vault_root_get(tx, &in, arena, &row, &found);
        if (err != ERR_OK || !found || row.wrapped.length != VAULT_WRAPPED_BYTES) {
            roots->malformed = true;
            break;
        }
        roots->master_version[i] = row.master_version;
        memcpy(roots->wrapped[i], row.wrapped.data, VAULT_WRAPPED_BYTES);
    }
    arena_free(arena);
    return err;
}

static void derive(const uint8_t root[VAULT_KEY_BYTES], const char *name, size_t count,
                   uint8_t (*ret)[VAULT_KEY_BYTES])
{
    for (size_t kind = 1; kind < count; kind++) {
        char info[64];

        snprintf(info, sizeof(info), "jinnang %s 1 %zu", name, kind);
        vault_derive(root, info, ret[kind]);
    }
}

static enum err load_roots(struct vault *vault, const struct stored_roots *roots)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < ARRAY_COUNT(root_names) && err == ERR_OK; i++) {
        uint8_t root[VAULT_KEY_BYTES];
        struct key_data data;

        vault_key_data(root_names[i], 0, roots->master_version[i], &data);
        err = vault_unwrap(vault, roots->master_version[i], &data,
                           (struct store_blob){roots->wrapped[i], VAULT_WRAPPED_BYTES}, root);
        if (err == ERR_OK) {
            bool is_index = strcmp(root_names[i], ROOT_INDEX) == 0;

            derive(root, root_names[i], is_index ? VAULT_INDEX_COUNT : VAULT_MAC_COUNT,
                   is_index ? vault->derived->index : vault->derived->mac);
        }
        secret_wipe(root, sizeof(root));
    }
    return err;
}

static enum err load(struct vault *vault)
{
    struct stored_roots roots = {0};
    enum err err = store_read(vault->store, read_roots, &roots);

    if (err == ERR_OK && roots.newest_master == 0) {
        err = found_vault(vault);
        if (err == ERR_OK) {
            err = store_read(vault->store, read_roots, &roots);
        }
    }
    if (err == ERR_OK && roots.malformed) {
        err = ERR_VAULT_KEY_INVALID;
    }
    return err == ERR_OK ? load_roots(vault, &roots) : err;
}

enum err vault_open(const struct vault_config *config, struct vault **ret)
{
    uint32_t cached = config->cached_keys == 0 ? CACHED_KEYS_DEFAULT : config->cached_keys;
    struct vault *vault = calloc(1, sizeof(*vault));
    enum err err = ERR_OK;

    BUG_IF(vault == NULL || cached > CACHED_KEYS_MAX || sodium_init() < 0);
    vault->store = config->store;
    vault->master = config->master;
    BUG_IF(pthread_mutex_init(&vault->master_lock, NULL) != 0);
    vault->derived = sodium_malloc(sizeof(*vault->derived));
    BUG_IF(vault->derived == NULL);
    memset(vault->derived, 0, sizeof(*vault->derived));
    vault_cache_init(&vault->cache, cached);
    vault_counts_init(&vault->counts);
    clock_init_real(&vault->own_clock);
    vault->clock = config->clock != NULL ? config->clock : &vault->own_clock;
    if (vault->master == NULL) {
        err = vault_master_file_open(config->data_dir, &vault->master);
    }
    if (err == ERR_OK) {
        err = load(vault);
    }
    if (err != ERR_OK) {
        vault_close(vault);
        return err;
    }
    *ret = vault;
    return ERR_OK;
}

void vault_close(struct vault *vault)
{
    if (vault == NULL) {
        return;
    }
    vault_counts_done(&vault->counts);
    vault_cache_done(&vault->cache);
    sodium_free(vault->derived); /* wipes */
    vault_master_close(vault->master);
    pthread_mutex_destroy(&vault->master_lock);
    free(vault);
}

void vault_stats(struct vault *vault, struct vault_stats *ret)
{
    uint64_t lost;

    pthread_mutex_lock(&vault->counts.lock);
    lost = vault->counts.lost;
    pthread_mutex_unlock(&vault->counts.lock);
    *ret = (struct vault_stats){.sealed = atomic_load(&vault->sealed),
                                .opened = atomic_load(&vault->opened),
                                .broken = atomic_load(&vault->broken),
                                .hits = atomic_load(&vault->hits),
                                .misses = atomic_load(&vault->misses),
                                .lost_counts = lost,
                                .cached = vault_cache_count(&vault->cache),
                                .locked = vault->cache.locked};
}

/* ---- keyed hashes ---- */

void vault_index(const struct vault *vault, enum vault_index_kind kind, struct store_text text,
                 struct sha256_hash *ret)
{
    BUG_IF(kind < 1 || kind >= VAULT_INDEX_COUNT);
    vault_hmac(vault->derived->index[kind], (struct store_blob){text.data, text.length},
               (struct store_blob){"", 0}, ret);
}

void vault_mac(const struct vault *vault, enum vault_mac_kind kind, int64_t context,
               struct store_blob secret, struct sha256_hash *ret)
{
    uint8_t fixed[8];

    BUG_IF(kind < 1 || kind >= VAULT_MAC_COUNT);
    put_be(fixed, (uint64_t)context);
    vault_hmac(vault->derived->mac[kind], (struct store_blob){fixed, sizeof(fixed)}, secret, ret);
}

/* vault_rotate.c — a new master key while everything goes on. See vault.h.
 *
 * The new version is durable in its keeper before its row is; from then on new data keys are
 * wrapped by it. Old wrappings are made anew a few hundred at a time: unwrapped and wrapped outside
 * of any transaction, then written where the row still is as it was read, so that an erasure or
 * another process in between wins. A crash at any point leaves rows of two versions and both keys;
 * the next step goes on. A version that wraps nothing is marked as retired first, then destroyed.
 */
#include "identity/vault_int.h"

#include <stdlib.h>
#include <string.h>

#include "q_identity.h"

#define REWRAP_AT_ONCE 200
#define ROOTS_MAX      8
#define NAME_BYTES     32
/* Another process may be about to store a key under the version before. */
#define SUCCEEDED_US (60 * INT64_C(1000000))

/* ---- a new version ---- */

struct newest {
    int64_t version;
};

static enum err read_newest(struct store_tx *tx, void *arg)
{
    struct q_identity_vault_master_newest_row row = {0};
    bool found = false;
    enum err err = q_identity_vault_master_newest(tx, &row, &found);

    ((struct newest *)arg)->version = row.version;
    return err;
}

static enum err insert_newest(struct store_tx *tx, void *arg)
{
    const struct newest *newest = arg;

    return q_identity_vault_master_insert(
        tx,
        &(struct q_identity_vault_master_insert_in){.version = newest->version,
                                                    .created_at_us = store_tx_now_us(tx)},
        NULL);
}

enum err vault_rotate(struct vault *vault, int64_t *ret_version)
{
    struct newest newest;
    enum err err = store_read(vault->store, read_newest, &newest);

    if (err != ERR_OK) {
        return err;
    }
    newest.version++;
    pthread_mutex_lock(&vault->master_lock);
    err = vault->master->create(vault->master->state, newest.version);
    pthread_mutex_unlock(&vault->master_lock);
    if (err == ERR_OK) {
        err = store_write_sync(vault->store, insert_newest, &newest, 0);
    }
    if (err == ERR_OK) {
        *ret_version = newest.version;
    }
    return err;
}

/* ---- wrapping anew ---- */

struct stale_root {
    char name[NAME_BYTES];
    int64_t version;
    uint8_t wrapped[VAULT_WRAPPED_BYTES];
};

struct rewrapping {
    struct vault *vault;
    int64_t newest;
    struct q_identity_vault_key_rewrap_in keys[REWRAP_AT_ONCE];
    uint8_t wrapped[REWRAP_AT_ONCE][VAULT_WRAPPED_BYTES];
    size_t key_count;
    struct stale_root roots[ROOTS_MAX];
    size_t root_count;
    bool malformed;
};

static bool take_key(const struct q_identity_vault_keys_stale_row *row, void *arg)
{
    struct rewrapping *rewrapping = arg;
    size_t at = rewrapping->key_count;

    if (row->wrapped.length != VAULT_WRAPPED_BYTES) {
        rewrapping->malformed = true;
        return false;
    }
    memcpy(rewrapping->wrapped[at], row->wrapped.data, VAULT_WRAPPED_BYTES);
    rewrapping->keys[at] = (struct q_identity_vault_key_rewrap_in){
        .person_id = row->person_id,
        .old_version = row->master_version,
        .new_version = rewrapping->newest,
        .wrapped = {rewrapping->wrapped[at], VAULT_WRAPPED_BYTES}};
    return ++rewrapping->key_count < REWRAP_AT_ONCE;
}

static bool take_root(const struct q_identity_vault_roots_stale_row *row, void *arg)
{
    struct rewrapping *rewrapping = arg;
    struct stale_root *root = &rewrapping->roots[rewrapping->root_count];

    if (row->wrapped.length != VAULT_WRAPPED_BYTES || row->name.length >= NAME_BYTES) {
        rewrapping->malformed = true;
        return false;
    }
    memset(root, 0, sizeof(*root));
    memcpy(root->name, row->name.data, row->name.length);
    memcpy(root->wrapped, row->wrapped.data, VAULT_WRAPPED_BYTES);
    root->version = row->master_version;
    return ++rewrapping->root_count < ROOTS_MAX;
}

static enum err read_stale(struct store_tx *tx, void *arg)
{
    struct rewrapping *rewrapping = arg;
    struct newest newest;
    enum err err = read_newest(tx, &newest);

    rewrapping->newest = newest.version;
    rewrapping->key_count = rewrapping->root_count = 0;
    if (err == ERR_OK) {
        err = q_identity_vault_keys_stale_each(
            tx,
            &(struct q_identity_vault_keys_stale_in){.newest = newest.version,
                                                     .count_max = REWRAP_AT_ONCE},
            take_key, rewrapping);
    }
    if (err == ERR_OK) {
        err = q_identity_vault_roots_stale_each(
            tx, &(struct q_identity_vault_roots_stale_in){.newest = newest.version}, take_root,
            rewrapping);
    }
    return err == ERR_OK && rewrapping->malformed ? ERR_VAULT_KEY_INVALID : err;
}

static enum err wrap_anew(struct vault *vault, const char *name, int64_t id, int64_t from,
                          int64_t to, uint8_t wrapped[VAULT_WRAPPED_BYTES])
{
    uint8_t key[VAULT_KEY_BYTES];
    struct key_data data;
    enum err err;

    vault_key_data(name, id, from, &data);
    err = vault_unwrap(vault, from, &data, (struct store_blob){wrapped, VAULT_WRAPPED_BYTES}, key);
    if (err == ERR_OK) {
        vault_key_data(name, id, to, &data);
        err = vault_wrap(vault, to, &data, key, wrapped);
    }
    secret_wipe(key, sizeof(key));
    return err;
}

static enum err write_anew(struct store_tx *tx, void *arg)
{
    const struct rewrapping *rewrapping = arg;
    enum err err = ERR_OK;

    if (rewrapping->key_count > 0) {
        err = q_identity_vault_key_rewrap_batch(tx, rewrapping->keys, rewrapping->key_count, NULL);
    }
    for (size_t i = 0; i < rewrapping->root_count && err == ERR_OK; i++) {
        const struct stale_root *root = &rewrapping->roots[i];

        err = q_identity_vault_root_rewrap(tx,
                                           &(struct q_identity_vault_root_rewrap_in){
                                               .name = {root->name, (uint32_t)strlen(root->name)},
                                               .old_version = root->version,
                                               .new_version = rewrapping->newest,
                                               .wrapped = {root->wrapped, VAULT_WRAPPED_BYTES}},
                                           NULL);
    }
    return err;
}

static enum err rewrap_some(struct vault *vault, struct rewrapping *rewrapping)
{
    enum err err = store_read(vault->store, read_stale, rewrapping);

    for (size_t i = 0; i < rewrapping->key_count && err == ERR_OK; i++) {
        err =
            wrap_anew(vault, "person", rewrapping->keys[i].person_id,
                      rewrapping->keys[i].old_version, rewrapping->newest, rewrapping->wrapped[i]);
    }
    for (size_t i = 0; i < rewrapping->root_count && err == ERR_OK; i++) {
        err = wrap_anew(vault, rewrapping->roots[i].name, 0, rewrapping->roots[i].version,
                        rewrapping->newest, rewrapping->roots[i].wrapped);
    }
    if (err == ERR_OK && rewrapping->key_count + rewrapping->root_count > 0) {
        err = store_write_sync(vault->store, write_anew, rewrapping, 0);
    }
    return err;
}

/* ---- the end of old versions ---- */

struct version_list {
    struct vault_version *versions;
    size_t count;
};

static bool take_version(const struct q_identity_vault_masters_list_row *row, void *arg)
{
    struct version_list *list = arg;

    list->versions[list->count++] = (struct vault_version){.version = row->version,
                                                           .created_at_us = row->created_at_us,
                                                           .retired_at_us = row->retired_at_us,
                                                           .key_count = row->key_count};
    return list->count < VAULT_VERSIONS_MAX;
}

static enum err list_versions(struct store_tx *tx, void *arg)
{
    struct version_list *list = arg;

    list->count = 0;
    return q_identity_vault_masters_list_each(tx, take_version, list);
}

enum err vault_versions(struct vault *vault, struct vault_version ret[VAULT_VERSIONS_MAX],
                        size_t *ret_count)
{
    struct version_list list = {.versions = ret};
    enum err err = store_read(vault->store, list_versions, &list);

    if (err == ERR_OK) {
        *ret_count = list.count;
    }
    return err;
}

static enum err retire(struct store_tx *tx, void *arg)
{
    const struct vault *vault = arg;
    int64_t now_us = store_tx_now_us(tx);
    bool alone = store_backend(vault->store) == STORE_SQLITE;

    return q_identity_vault_masters_retire(
        tx,
        &(struct q_identity_vault_masters_retire_in){
            .now_us = now_us, .succeeded_before_us = alone ? INT64_MAX : now_us - SUCCEEDED_US},
        NULL);
}

static enum err destroy_retired(struct vault *vault)
{
    struct vault_version versions[VAULT_VERSIONS_MAX];
    size_t count = 0;
    enum err err = vault_versions(vault, versions, &count);

    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        if (versions[i].retired_at_us != 0 && versions[i].version > vault->destroyed_until) {
            pthread_mutex_lock(&vault->master_lock);
            err = vault->master->destroy(vault->master->state, versions[i].version);
            pthread_mutex_unlock(&vault->master_lock);
            if (err == ERR_OK) {
                vault->destroyed_until = versions[i].version;
            }
        }
    }
    return err;
}

enum err vault_rotate_step(struct vault *vault, bool *ret_more)
{
    struct rewrapping *rewrapping;
    struct vault_version versions[VAULT_VERSIONS_MAX];
    size_t count = 0, working = 0;
    bool more = false;
    enum err err = vault_versions(vault, versions, &count);

    for (size_t i = 0; i < count; i++) {
        working += versions[i].retired_at_us == 0;
    }
    if (err != ERR_OK || working < 2) {
        return err == ERR_OK ? destroy_retired(vault) : err;
    }
    rewrapping = calloc(1, sizeof(*rewrapping));
    BUG_IF(rewrapping == NULL);
    rewrapping->vault = vault;
    err = rewrap_some(vault, rewrapping);
    more = rewrapping->key_count == REWRAP_AT_ONCE;
    free(rewrapping);
    if (err == ERR_OK && !more) {
        err = store_write_sync(vault->store, retire, vault, 0);
    }
    if (err == ERR_OK && !more) {
        err = destroy_retired(vault);
    }
    if (err == ERR_OK) {
        *ret_more = more;
    }
    return err;
}

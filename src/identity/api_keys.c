/* api_keys.c — see api_keys.h. */
#include "identity/api_keys.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"
#include "core/sha256.h"
#include "core/str.h"
#include "core/token.h"
#include "q_identity.h"

#define ID_PREFIX      "jk"
#define ID_TEXT_LENGTH 16 /* jk_ and 13 digits */
#define SECRET_DIGITS  TOKEN_DIGITS
#define RENEW_AFTER_US (3 * INT64_C(1000000))
#define LOOK_AGAIN_US  INT64_C(250000)
#define TOO_OLD_US     (5 * INT64_C(1000000))
#define MINUTE_US      (60 * INT64_C(1000000))

struct held_key {
    struct api_key key;
    struct sha256_hash secret_hash;
    _Atomic int64_t used_at_us; /* minute of the last use; 0: none since the copy was made */
};

struct copy {
    struct held_key *keys; /* ascending by id */
    size_t count;
};

struct api_keys {
    struct store *store;
    const struct clock *clock;
    pthread_rwlock_t lock; /* protects `copy` */
    pthread_mutex_t renewing;
    struct copy copy;
    _Atomic int64_t read_at_us; /* monotonic */
};

/* ---- text ---- */

void api_key_secret_draw(struct api_key_id id, struct api_key_secret *ret)
{
    char id_text[ID_TEXT_MAX];
    size_t length = id_format(ID_PREFIX, id.v, id_text);

    BUG_IF(length != ID_TEXT_LENGTH);
    rng_secure(ret->bytes, sizeof(ret->bytes));
    memcpy(ret->text, id_text, ID_TEXT_LENGTH);
    ret->text[ID_TEXT_LENGTH] = '_';
    token_encode(ret->bytes, ret->text + ID_TEXT_LENGTH + 1);
}

bool api_scopes_allow(uint32_t scopes, uint32_t wanted)
{
    return (scopes & (wanted | API_SCOPE_ADMIN)) != 0;
}

/* ---- rows ---- */

static void key_from_row(const struct q_identity_api_keys_list_row *row, struct api_key *ret)
{
    size_t length = row->name.length < API_KEY_NAME_BYTES ? row->name.length : API_KEY_NAME_BYTES;

    memset(ret, 0, sizeof(*ret));
    ret->id.v = row->api_key_id;
    memcpy(ret->name, row->name.data, length);
    ret->scopes = (uint32_t)row->scopes & API_SCOPES_ALL;
    ret->rate_per_second = (uint32_t)row->rate_per_second;
    ret->created_at_us = row->created_at_us;
    ret->last_used_at_us = row->last_used_at_us;
    ret->revoked_at_us = row->revoked_at_us;
}

struct list {
    struct api_key *keys;
    size_t count;
};

static bool list_take(const struct q_identity_api_keys_list_row *row, void *arg)
{
    struct list *list = arg;

    if (list->count < API_KEYS_MAX) {
        key_from_row(row, &list->keys[list->count++]);
    }
    return true;
}

enum err api_keys_list(struct store_tx *tx, struct api_key *ret, size_t *ret_count)
{
    struct list list = {.keys = ret};
    enum err err = q_identity_api_keys_list_each(tx, list_take, &list);

    if (err == ERR_OK) {
        *ret_count = list.count;
    }
    return err;
}

enum err api_keys_create(struct store_tx *tx, const struct api_key *key,
                         const struct api_key_secret *secret)
{
    struct q_identity_api_keys_count_row counts;
    struct q_identity_api_key_insert_in in;
    bool found;
    enum err err;

    if (key->scopes == 0 || (key->scopes & ~API_SCOPES_ALL) != 0) {
        return ERR_SCOPE_UNKNOWN;
    }
    err = q_identity_api_keys_count(
        tx, &(struct q_identity_api_keys_count_in){.scope = API_SCOPE_ADMIN}, &counts, &found);
    if (err != ERR_OK) {
        return err;
    }
    if (counts.all_count >= API_KEYS_MAX) {
        return ERR_API_KEY_LIMIT;
    }
    in = (struct q_identity_api_key_insert_in){
        .api_key_id = key->id.v,
        .name = {key->name, (uint32_t)strlen(key->name)},
        .scopes = key->scopes,
        .rate_per_second = key->rate_per_second,
        .created_at_us = key->created_at_us,
    };
    sha256(secret->bytes, sizeof(secret->bytes), &in.secret_hash);
    return q_identity_api_key_insert(tx, &in, NULL);
}

static enum err find_key(struct store_tx *tx, struct api_key_id id, struct api_key *ret)
{
    struct list list = {.keys = calloc(API_KEYS_MAX, sizeof(struct api_key))};
    enum err err;

    BUG_IF(list.keys == NULL);
    err = q_identity_api_keys_list_each(tx, list_take, &list);
    if (err == ERR_OK) {
        err = ERR_API_KEY_NOT_FOUND;
        for (size_t i = 0; i < list.count; i++) {
            if (list.keys[i].id.v == id.v) {
                *ret = list.keys[i];
                err = ERR_OK;
            }
        }
    }
    free(list.keys);
    return err;
}

enum err api_keys_revoke(struct store_tx *tx, struct api_key_id id, int64_t now_us,
                         struct api_key *ret)
{
    struct q_identity_api_keys_count_row counts = {0};
    struct api_key key;
    bool found = false;
    enum err err = find_key(tx, id, &key);

    if (err != ERR_OK) {
        return err;
    }
    if (key.revoked_at_us == 0) {
        err = q_identity_api_key_revoke(
            tx, &(struct q_identity_api_key_revoke_in){.api_key_id = id.v, .revoked_at_us = now_us},
            NULL);
        if (err != ERR_OK) {
            return err;
        }
        /* Counted after the update, whose row lock orders two revocations on PostgreSQL. */
        err = q_identity_api_keys_count(
            tx, &(struct q_identity_api_keys_count_in){.scope = API_SCOPE_ADMIN}, &counts, &found);
        if (err != ERR_OK) {
            return err;
        }
        if ((key.scopes & API_SCOPE_ADMIN) != 0 && counts.scope_count == 0) {
            return ERR_API_KEY_LAST_ADMIN;
        }
        key.revoked_at_us = now_us;
    }
    *ret = key;
    return ERR_OK;
}

/* ---- the copy in memory ---- */

static bool copy_take(const struct q_identity_api_keys_list_row *row, void *arg)
{
    struct copy *copy = arg;

    if (copy->count < API_KEYS_MAX) {
        struct held_key *held = &copy->keys[copy->count++];

        key_from_row(row, &held->key);
        held->secret_hash = row->secret_hash;
        atomic_init(&held->used_at_us, 0);
    }
    return true;
}

static enum err copy_read(struct store_tx *tx, void *arg)
{
    struct copy *copy = arg;

    copy->count = 0;
    return q_identity_api_keys_list_each(tx, copy_take, copy);
}

static struct held_key *copy_find(const struct copy *copy, int64_t id)
{
    size_t low = 0, high = copy->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (copy->keys[middle].key.id.v == id) {
            return &copy->keys[middle];
        }
        if (copy->keys[middle].key.id.v < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static void copy_reverse(struct copy *copy)
{
    for (size_t i = 0; i + 1 < copy->count - i; i++) {
        struct held_key *a = &copy->keys[i], *b = &copy->keys[copy->count - 1 - i];
        struct held_key keep;

        memcpy(&keep, a, sizeof(keep));
        memcpy(a, b, sizeof(keep));
        memcpy(b, &keep, sizeof(keep));
    }
}

/* Uses that are not written down yet move along. */
static void copy_replace(struct api_keys *keys, struct copy *fresh)
{
    struct copy old;

    pthread_rwlock_wrlock(&keys->lock);
    old = keys->copy;
    for (size_t i = 0; i < old.count; i++) {
        struct held_key *held = copy_find(fresh, old.keys[i].key.id.v);

        if (held != NULL) {
            atomic_store(&held->used_at_us, atomic_load(&old.keys[i].used_at_us));
        }
    }
    keys->copy = *fresh;
    pthread_rwlock_unlock(&keys->lock);
    free(old.keys);
    *fresh = (struct copy){0};
}

/* With keys->renewing held. */
static enum err renew_locked(struct api_keys *keys)
{
    struct copy fresh = {.keys = calloc(API_KEYS_MAX, sizeof(struct held_key))};
    int64_t began_us = clock_monotonic_us();
    enum err err;

    BUG_IF(fresh.keys == NULL);
    err = store_read(keys->store, copy_read, &fresh);
    if (err != ERR_OK) {
        free(fresh.keys);
        return err;
    }
    if (fresh.count > 0) {
        copy_reverse(&fresh);
    }
    copy_replace(keys, &fresh);
    atomic_store_explicit(&keys->read_at_us, began_us, memory_order_release);
    return ERR_OK;
}

enum err api_keys_refresh(struct api_keys *keys)
{
    enum err err;

    pthread_mutex_lock(&keys->renewing);
    err = renew_locked(keys);
    pthread_mutex_unlock(&keys->renewing);
    return err;
}

/* PostgreSQL only: keeps the copy young. One thread renews while the others use what there is. */
static enum err keep_young(struct api_keys *keys)
{
    int64_t now_us = clock_monotonic_us(), age_us;
    enum err err;

    if (store_backend(keys->store) == STORE_SQLITE) {
        return ERR_OK; /* the file is ours alone */
    }
    age_us = now_us - atomic_load_explicit(&keys->read_at_us, memory_order_acquire);
    if (age_us < RENEW_AFTER_US) {
        return ERR_OK;
    }
    if (age_us < TOO_OLD_US && pthread_mutex_trylock(&keys->renewing) != 0) {
        return ERR_OK;
    }
    if (age_us >= TOO_OLD_US) {
        pthread_mutex_lock(&keys->renewing);
    }
    age_us = now_us - atomic_load_explicit(&keys->read_at_us, memory_order_acquire);
    err = age_us < RENEW_AFTER_US ? ERR_OK : renew_locked(keys);
    pthread_mutex_unlock(&keys->renewing);
    return age_us < TOO_OLD_US ? ERR_OK : err;
}

static enum err find_working(struct api_keys *keys, int64_t id, const struct sha256_hash *hash,
                             struct api_key *ret)
{
    int64_t minute_us = clock_now_us(keys->clock) / MINUTE_US * MINUTE_US;
    enum err err = ERR_UNAUTHORIZED;
    struct held_key *held;

    pthread_rwlock_rdlock(&keys->lock);
    held = copy_find(&keys->copy, id);
    if (held != NULL && hash_equal(&held->secret_hash, hash) && held->key.revoked_at_us == 0) {
        *ret = held->key;
        if (atomic_load_explicit(&held->used_at_us, memory_order_relaxed) != minute_us) {
            atomic_store_explicit(&held->used_at_us, minute_us, memory_order_relaxed);
        }
        err = ERR_OK;
    }
    pthread_rwlock_unlock(&keys->lock);
    return err;
}

/* A key may be one that another process has just made. Wrong keys make at most four looks a second.
 */
static bool look_again(struct api_keys *keys)
{
    int64_t age_us =
        clock_monotonic_us() - atomic_load_explicit(&keys->read_at_us, memory_order_acquire);
    bool renewed;

    if (store_backend(keys->store) == STORE_SQLITE || age_us < LOOK_AGAIN_US ||
        pthread_mutex_trylock(&keys->renewing) != 0) {
        return false;
    }
    renewed = renew_locked(keys) == ERR_OK;
    pthread_mutex_unlock(&keys->renewing);
    return renewed;
}

enum err api_keys_authenticate(struct api_keys *keys, const char *text, size_t length,
                               struct api_key *ret)
{
    uint8_t secret[API_KEY_SECRET_SIZE];
    struct sha256_hash hash;
    enum err err;
    int64_t id;

    if (length != ID_TEXT_LENGTH + 1 + SECRET_DIGITS || text[ID_TEXT_LENGTH] != '_' ||
        id_parse(ID_PREFIX, text, ID_TEXT_LENGTH, &id) != ERR_OK ||
        !token_decode(text + ID_TEXT_LENGTH + 1, secret)) {
        return ERR_UNAUTHORIZED;
    }
    sha256(secret, sizeof(secret), &hash);
    secret_wipe(secret, sizeof(secret));
    err = keep_young(keys);
    if (err != ERR_OK) {
        return err;
    }
    err = find_working(keys, id, &hash, ret);
    if (err == ERR_UNAUTHORIZED && look_again(keys)) {
        err = find_working(keys, id, &hash, ret);
    }
    return err;
}

struct used {
    struct q_identity_api_key_touch_in *rows;
    size_t count;
};

static enum err write_used(struct store_tx *tx, void *arg)
{
    const struct used *used = arg;

    return q_identity_api_key_touch_batch(tx, used->rows, used->count, NULL);
}

enum err api_keys_write_used(struct api_keys *keys)
{
    struct used used = {.rows = calloc(API_KEYS_MAX, sizeof(*used.rows))};
    enum err err = ERR_OK;

    BUG_IF(used.rows == NULL);
    pthread_rwlock_rdlock(&keys->lock);
    for (size_t i = 0; i < keys->copy.count; i++) {
        int64_t at_us = atomic_exchange(&keys->copy.keys[i].used_at_us, 0);

        if (at_us > keys->copy.keys[i].key.last_used_at_us) {
            used.rows[used.count++] = (struct q_identity_api_key_touch_in){
                .api_key_id = keys->copy.keys[i].key.id.v, .used_at_us = at_us};
        }
    }
    pthread_rwlock_unlock(&keys->lock);
    if (used.count > 0) {
        err = store_write_sync(keys->store, write_used, &used, 0);
    }
    free(used.rows);
    return err == ERR_OK && used.count > 0 ? api_keys_refresh(keys) : err;
}

/* ---- opening ---- */

enum err api_keys_open(struct store *store, const struct clock *clock, struct api_keys **ret)
{
    struct api_keys *keys = calloc(1, sizeof(*keys));
    enum err err;

    BUG_IF(keys == NULL);
    keys->store = store;
    keys->clock = clock;
    BUG_IF(pthread_rwlock_init(&keys->lock, NULL) != 0);
    BUG_IF(pthread_mutex_init(&keys->renewing, NULL) != 0);
    err = api_keys_refresh(keys);
    if (err != ERR_OK) {
        api_keys_close(keys);
        return err;
    }
    *ret = keys;
    return ERR_OK;
}

void api_keys_close(struct api_keys *keys)
{
    if (keys == NULL) {
        return;
    }
    if (keys->copy.keys != NULL) {
        secret_wipe(keys->copy.keys, keys->copy.count * sizeof(*keys->copy.keys));
    }
    free(keys->copy.keys);
    pthread_rwlock_destroy(&keys->lock);
    pthread_mutex_destroy(&keys->renewing);
    free(keys);
}

static enum err read_last_id(struct store_tx *tx, void *arg)
{
    struct q_identity_api_key_last_id_row row = {0};
    bool found;
    enum err err = q_identity_api_key_last_id(tx, &row, &found);

    if (err == ERR_OK) {
        *(int64_t *)arg = row.last_id;
    }
    return err;
}

enum err api_keys_last_id(struct store *store, int64_t *ret)
{
    return store_read(store, read_last_id, ret);
}

struct first {
    struct api_key key;
    const struct api_key_secret *secret;
};

static enum err create_first(struct store_tx *tx, void *arg)
{
    const struct first *first = arg;
    struct q_identity_api_keys_count_row counts = {0};
    bool found;
    enum err err = q_identity_api_keys_count(
        tx, &(struct q_identity_api_keys_count_in){.scope = API_SCOPE_ADMIN}, &counts, &found);

    if (err != ERR_OK) {
        return err;
    }
    return counts.all_count > 0 ? ERR_ALREADY_INITIALISED
                                : api_keys_create(tx, &first->key, first->secret);
}

enum err api_keys_create_first(struct store *store, struct id_source *ids, const char *name,
                               int64_t now_us, struct api_key_secret *ret_secret)
{
    struct api_key_secret secret;
    struct first first = {.secret = &secret};
    enum err err;

    BUG_IF(strlen(name) > API_KEY_NAME_BYTES);
    first.key.id.v = id_draw_one(ids);
    memcpy(first.key.name, name, strlen(name));
    first.key.scopes = API_SCOPES_ALL;
    first.key.created_at_us = now_us;
    api_key_secret_draw(first.key.id, &secret);
    err = store_write_sync(store, create_first, &first, 0);
    if (err == ERR_OK) {
        *ret_secret = secret;
    }
    secret_wipe(&secret, sizeof(secret));
    return err;
}

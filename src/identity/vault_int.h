/* vault_int.h — private to src/identity/vault*.c: cryptography, cache, and the vault itself. */
#ifndef JN_IDENTITY_VAULT_INT_H
#define JN_IDENTITY_VAULT_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/clock.h"
#include "core/i64map.h"
#include "identity/vault.h"

/* ---- cryptography (vault_crypto.c) ---- */

#define GCM_NONCE_BYTES 12
#define GCM_TAG_BYTES   16

/* Writes nonce || ciphertext || tag: length + 28 bytes. The nonce is drawn here. */
void vault_gcm_seal(const uint8_t key[VAULT_KEY_BYTES], struct store_blob data,
                    struct store_blob plain, uint8_t *ret);
/* The reverse; `sealed` has at least 28 bytes. False, with ret wiped, when it does not open. */
JN_MUST_USE bool vault_gcm_open(const uint8_t key[VAULT_KEY_BYTES], struct store_blob data,
                                struct store_blob sealed, uint8_t *ret);
/* RFC 5869 section 2.3 for one block; the root is uniformly random, so nothing is extracted. */
void vault_derive(const uint8_t root[VAULT_KEY_BYTES], const char *info,
                  uint8_t ret[VAULT_KEY_BYTES]);
void vault_hmac(const uint8_t key[VAULT_KEY_BYTES], struct store_blob first,
                struct store_blob second, struct sha256_hash *ret);

/* ---- the cache of data keys (vault_cache.c) ---- */

struct cache_slot {
    int64_t person;        /* 0: free */
    int64_t loaded_at_us;  /* monotonic */
    uint32_t newer, older; /* the list by use; CACHE_NONE ends it */
};
#define CACHE_NONE   UINT32_MAX
#define CACHE_AGE_US (60 * INT64_C(1000000))

struct vault_cache {
    pthread_mutex_t lock;
    struct i64map map; /* person -> slot */
    struct cache_slot *slots;
    uint8_t (*keys)[VAULT_KEY_BYTES]; /* locked memory, by slot */
    uint32_t capacity, newest, oldest, free;
    bool locked;
};
void vault_cache_init(struct vault_cache *cache, uint32_t capacity);
void vault_cache_done(struct vault_cache *cache);
/* Copies the key; false if it is not there, or older than CACHE_AGE_US. */
JN_MUST_USE bool vault_cache_get(struct vault_cache *cache, int64_t person, int64_t now_us,
                                 uint8_t ret[VAULT_KEY_BYTES]);
void vault_cache_put(struct vault_cache *cache, int64_t person, int64_t now_us,
                     const uint8_t key[VAULT_KEY_BYTES]);
void vault_cache_drop(struct vault_cache *cache, int64_t person);
uint32_t vault_cache_count(struct vault_cache *cache);

/* ---- openings (vault_counts.c) ---- */

struct count_row {
    int64_t person, day;
    uint32_t openings[VAULT_PURPOSE_COUNT];
};
#define COUNT_ROWS_MAX 100000 /* people between two writings */

struct vault_counts {
    pthread_mutex_t writing; /* one writer at a time; taken before `lock` */
    pthread_mutex_t lock;    /* everything below */
    struct i64map map;       /* person -> row */
    struct count_row *rows;
    uint32_t count, capacity;
    uint64_t lost; /* openings that found no room */
};
void vault_counts_init(struct vault_counts *counts);
void vault_counts_done(struct vault_counts *counts);
void vault_count(struct vault *vault, struct person_id person, enum vault_purpose purpose);

/* ---- the vault ---- */

/* In locked memory. */
struct vault_derived {
    uint8_t index[VAULT_INDEX_COUNT][VAULT_KEY_BYTES];
    uint8_t mac[VAULT_MAC_COUNT][VAULT_KEY_BYTES];
};

struct vault {
    struct store *store;
    struct vault_master *master;
    pthread_mutex_t master_lock;
    struct vault_derived *derived;
    struct vault_cache cache;
    const struct clock *clock;
    struct clock own_clock; /* when none was given */
    struct vault_counts counts;
    int64_t destroyed_until; /* vault_rotate_step()'s own */
    _Atomic uint64_t sealed, opened, broken, hits, misses;
};

/* What the wrapping of a key is bound to. */
#define KEY_DATA_MAX 64
struct key_data {
    uint8_t bytes[KEY_DATA_MAX];
    size_t length;
};
/* name: "person" or a root's; id: the person's, else 0. */
void vault_key_data(const char *name, int64_t id, int64_t master_version, struct key_data *ret);
JN_MUST_USE enum err vault_wrap(struct vault *vault, int64_t version, const struct key_data *data,
                                const uint8_t key[VAULT_KEY_BYTES],
                                uint8_t ret[VAULT_WRAPPED_BYTES]);
JN_MUST_USE enum err vault_unwrap(struct vault *vault, int64_t version, const struct key_data *data,
                                  struct store_blob wrapped, uint8_t ret[VAULT_KEY_BYTES]);
/* vault_unseal without counting: for staff, whose looks are logged one by one. */
JN_MUST_USE enum err vault_open_envelope(struct store_tx *tx, struct vault *vault,
                                         const struct vault_place *place, struct store_blob sealed,
                                         struct arena *arena, struct store_blob *ret);

#endif

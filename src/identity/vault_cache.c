/* vault_cache.c — data keys that were unwrapped, in memory of libsodium's: locked, left out of core
 * dumps, between guard pages, wiped when freed. Least recently used leaves first. */
#include "identity/vault_int.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void vault_cache_init(struct vault_cache *cache, uint32_t capacity)
{
    memset(cache, 0, sizeof(*cache));
    BUG_IF(pthread_mutex_init(&cache->lock, NULL) != 0);
    i64map_init(&cache->map);
    i64map_reserve(&cache->map, capacity);
    cache->slots = calloc(capacity, sizeof(*cache->slots));
    cache->keys = sodium_allocarray(capacity, sizeof(*cache->keys));
    BUG_IF(cache->slots == NULL || cache->keys == NULL);
    /* libsodium ignores a refusal; the operator should not. */
    cache->locked = mlock(cache->keys, capacity * sizeof(*cache->keys)) == 0;
    cache->capacity = capacity;
    cache->newest = cache->oldest = CACHE_NONE;
    for (uint32_t i = 0; i < capacity; i++) {
        cache->slots[i].older = i + 1 < capacity ? i + 1 : CACHE_NONE;
    }
    cache->free = 0;
}

void vault_cache_done(struct vault_cache *cache)
{
    if (cache->slots == NULL) {
        return;
    }
    sodium_free(cache->keys); /* wipes */
    free(cache->slots);
    i64map_done(&cache->map);
    pthread_mutex_destroy(&cache->lock);
}

static void unlink_slot(struct vault_cache *cache, uint32_t at)
{
    struct cache_slot *slot = &cache->slots[at];

    if (slot->newer != CACHE_NONE) {
        cache->slots[slot->newer].older = slot->older;
    } else {
        cache->newest = slot->older;
    }
    if (slot->older != CACHE_NONE) {
        cache->slots[slot->older].newer = slot->newer;
    } else {
        cache->oldest = slot->newer;
    }
}

static void link_newest(struct vault_cache *cache, uint32_t at)
{
    struct cache_slot *slot = &cache->slots[at];

    slot->newer = CACHE_NONE;
    slot->older = cache->newest;
    if (cache->newest != CACHE_NONE) {
        cache->slots[cache->newest].newer = at;
    } else {
        cache->oldest = at;
    }
    cache->newest = at;
}

static void drop_slot(struct vault_cache *cache, uint32_t at)
{
    bool was_there = i64map_remove(&cache->map, cache->slots[at].person);

    BUG_IF(!was_there);
    unlink_slot(cache, at);
    secret_wipe(cache->keys[at], VAULT_KEY_BYTES);
    cache->slots[at] = (struct cache_slot){.older = cache->free};
    cache->free = at;
}

bool vault_cache_get(struct vault_cache *cache, int64_t person, int64_t now_us,
                     uint8_t ret[VAULT_KEY_BYTES])
{
    bool found = false;
    uint32_t at;

    pthread_mutex_lock(&cache->lock);
    at = i64map_get(&cache->map, person);
    if (at != I64MAP_NONE && now_us - cache->slots[at].loaded_at_us > CACHE_AGE_US) {
        drop_slot(cache, at);
    } else if (at != I64MAP_NONE) {
        memcpy(ret, cache->keys[at], VAULT_KEY_BYTES);
        unlink_slot(cache, at);
        link_newest(cache, at);
        found = true;
    }
    pthread_mutex_unlock(&cache->lock);
    return found;
}

void vault_cache_put(struct vault_cache *cache, int64_t person, int64_t now_us,
                     const uint8_t key[VAULT_KEY_BYTES])
{
    uint32_t at;

    pthread_mutex_lock(&cache->lock);
    at = i64map_get(&cache->map, person);
    if (at != I64MAP_NONE) {
        drop_slot(cache, at);
    } else if (cache->free == CACHE_NONE) {
        drop_slot(cache, cache->oldest);
    }
    at = cache->free;
    cache->free = cache->slots[at].older;
    cache->slots[at] = (struct cache_slot){.person = person, .loaded_at_us = now_us};
    memcpy(cache->keys[at], key, VAULT_KEY_BYTES);
    link_newest(cache, at);
    i64map_put(&cache->map, person, at);
    pthread_mutex_unlock(&cache->lock);
}

void vault_cache_drop(struct vault_cache *cache, int64_t person)
{
    uint32_t at;

    pthread_mutex_lock(&cache->lock);
    at = i64map_get(&cache->map, person);
    if (at != I64MAP_NONE) {
        drop_slot(cache, at);
    }
    pthread_mutex_unlock(&cache->lock);
}

uint32_t vault_cache_count(struct vault_cache *cache)
{
    uint32_t count;

    pthread_mutex_lock(&cache->lock);
    count = (uint32_t)cache->map.count;
    pthread_mutex_unlock(&cache->lock);
    return count;
}

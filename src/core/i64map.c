/* i64map.c — see i64map.h. Linear probing, at most 5/8 full; key 0 marks an empty slot. */
#include "core/i64map.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST ((size_t)16)

/* Ids share their high bits and count up in the low ones: multiply to spread, keep the high half,
 * where the product has mixed. */
static size_t slot_of(const struct i64map *map, int64_t key)
{
    uint64_t mixed = ((uint64_t)key ^ ((uint64_t)key >> 32)) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(mixed >> 32) & (map->capacity - 1);
}

/* The slot that holds the key, or the empty one where it would go. */
static size_t find_slot(const struct i64map *map, int64_t key)
{
    size_t slot = slot_of(map, key);
    while (map->keys[slot] != 0 && map->keys[slot] != key) {
        slot = (slot + 1) & (map->capacity - 1);
    }
    return slot;
}

static bool has_room(size_t capacity, size_t count)
{
    return count <= capacity / 8 * 5;
}

static void resize(struct i64map *map, size_t capacity)
{
    BUG_IF(capacity > (size_t)1 << 32); /* slot_of keeps 32 bits */
    struct i64map bigger = {.capacity = capacity, .count = map->count};
    bigger.keys = calloc(capacity, sizeof(*bigger.keys));
    bigger.values = malloc(capacity * sizeof(*bigger.values));
    BUG_IF(bigger.keys == NULL || bigger.values == NULL);
    for (size_t i = 0; i < map->capacity; i++) {
        if (map->keys[i] != 0) {
            size_t slot = find_slot(&bigger, map->keys[i]);
            bigger.keys[slot] = map->keys[i];
            bigger.values[slot] = map->values[i];
        }
    }
    free(map->keys);
    free(map->values);
    *map = bigger;
}

void i64map_init(struct i64map *map)
{
    *map = (struct i64map){0};
}

void i64map_done(struct i64map *map)
{
    free(map->keys);
    free(map->values);
    *map = (struct i64map){0};
}

void i64map_reserve(struct i64map *map, size_t count)
{
    size_t capacity = map->capacity == 0 ? CAPACITY_FIRST : map->capacity;
    while (!has_room(capacity, count)) {
        capacity *= 2;
    }
    if (capacity > map->capacity) {
        resize(map, capacity);
    }
}

uint32_t i64map_get(const struct i64map *map, int64_t key)
{
    BUG_IF(key == 0);
    if (map->capacity == 0) {
        return I64MAP_NONE;
    }
    size_t slot = find_slot(map, key);
    return map->keys[slot] == key ? map->values[slot] : I64MAP_NONE;
}

void i64map_prefetch(const struct i64map *map, int64_t key)
{
    if (map->capacity != 0) {
        size_t slot = slot_of(map, key);
        __builtin_prefetch(&map->keys[slot]);
        __builtin_prefetch(&map->values[slot]);
    }
}

void i64map_put(struct i64map *map, int64_t key, uint32_t value)
{
    BUG_IF(key == 0 || value == I64MAP_NONE);
    if (!has_room(map->capacity, map->count + 1)) {
        resize(map, map->capacity == 0 ? CAPACITY_FIRST : map->capacity * 2);
    }
    size_t slot = find_slot(map, key);
    if (map->keys[slot] == 0) {
        map->keys[slot] = key;
        map->count++;
    }
    map->values[slot] = value;
}

bool i64map_remove(struct i64map *map, int64_t key)
{
    BUG_IF(key == 0);
    if (map->capacity == 0) {
        return false;
    }
    size_t mask = map->capacity - 1;
    size_t hole = find_slot(map, key);
    if (map->keys[hole] == 0) {
        return false;
    }
    /* Close the hole: pull back every later key of the run whose home is not after the hole. */
    for (size_t slot = (hole + 1) & mask; map->keys[slot] != 0; slot = (slot + 1) & mask) {
        size_t home = slot_of(map, map->keys[slot]);
        if (((slot - home) & mask) >= ((slot - hole) & mask)) {
            map->keys[hole] = map->keys[slot];
            map->values[hole] = map->values[slot];
            hole = slot;
        }
    }
    map->keys[hole] = 0;
    map->count--;
    return true;
}

void i64map_clear(struct i64map *map)
{
    if (map->count > 0) {
        memset(map->keys, 0, map->capacity * sizeof(*map->keys));
        map->count = 0;
    }
}

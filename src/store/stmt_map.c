/* stmt_map.c — a connection's prepared statements, by the address of their description. */
#include <stdlib.h>

#include "store/store_int.h"

static size_t slot_of(const struct stmt_map *map, const struct store_query *query)
{
    size_t mask = map->capacity - 1;
    /* Fibonacci hashing; descriptions are 8-byte aligned. */
    size_t at = (size_t)(((uintptr_t)query >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> 32) & mask;
    while (map->keys[at] != NULL && map->keys[at] != query) {
        at = (at + 1) & mask;
    }
    return at;
}

static void grow(struct stmt_map *map)
{
    struct stmt_map old = *map;
    map->capacity = old.capacity == 0 ? 64 : old.capacity * 2;
    map->keys = calloc(map->capacity, sizeof(*map->keys));
    map->values = calloc(map->capacity, sizeof(*map->values));
    BUG_IF(map->keys == NULL || map->values == NULL);
    for (size_t i = 0; i < old.capacity; i++) {
        if (old.keys[i] != NULL) {
            size_t at = slot_of(map, old.keys[i]);
            map->keys[at] = old.keys[i];
            map->values[at] = old.values[i];
        }
    }
    free(old.keys);
    free(old.values);
}

void **stmt_map_slot(struct stmt_map *map, const struct store_query *query)
{
    if (map->count * 2 >= map->capacity) {
        grow(map);
    }
    size_t at = slot_of(map, query);
    if (map->keys[at] == NULL) {
        map->keys[at] = query;
        map->count++;
    }
    return &map->values[at];
}

void stmt_map_done(struct stmt_map *map)
{
    free(map->keys);
    free(map->values);
    *map = (struct stmt_map){0};
}

/* i64map.h — open-addressing hash map from non-zero int64 to uint32, for indexes into arrays of
 * hot records. Deletion keeps probes short (backward shift). Not thread-safe. */
#ifndef JN_CORE_I64MAP_H
#define JN_CORE_I64MAP_H

#include "core/base.h"

struct i64map {
    int64_t *keys;
    uint32_t *values;
    size_t capacity; /* power of two, 0 until first use */
    size_t count;
};

#define I64MAP_NONE UINT32_MAX

void i64map_init(struct i64map *map);
void i64map_done(struct i64map *map);
void i64map_reserve(struct i64map *map, size_t count);
/* I64MAP_NONE if absent. key != 0. */
uint32_t i64map_get(const struct i64map *map, int64_t key);
/* Asks the processor to fetch what i64map_get(key) will read. Any key; never waits. */
void i64map_prefetch(const struct i64map *map, int64_t key);
/* Inserts or replaces. value != I64MAP_NONE. */
void i64map_put(struct i64map *map, int64_t key, uint32_t value);
/* True if it was there. */
bool i64map_remove(struct i64map *map, int64_t key);
void i64map_clear(struct i64map *map);

#endif

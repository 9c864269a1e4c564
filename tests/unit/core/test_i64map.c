/* The map against a plain array: every key of a small range, thousands of random steps. */
#include "unit.h"

#include "core/i64map.h"
#include "core/rng.h"

#define RANGE 300

static void agrees_with_a_plain_array(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct rng rng;
        rng_init(&rng, seed);
        struct i64map map;
        i64map_init(&map);
        uint32_t model[RANGE + 1];
        size_t count = 0;
        for (size_t i = 0; i <= RANGE; i++) {
            model[i] = I64MAP_NONE;
        }
        for (int step = 0; step < 5000; step++) {
            int64_t key = 1 + (int64_t)rng_below(&rng, RANGE);
            if (rng_chance(&rng, 1, 2)) {
                uint32_t value = (uint32_t)rng_below(&rng, 1000);
                count += model[key] == I64MAP_NONE ? 1 : 0;
                model[key] = value;
                i64map_put(&map, key << 21, value); /* ids differ in high bits */
            } else {
                bool was_there = model[key] != I64MAP_NONE;
                assert_int_equal(i64map_remove(&map, key << 21), was_there);
                count -= was_there ? 1 : 0;
                model[key] = I64MAP_NONE;
            }
            assert_int_equal(map.count, count);
        }
        for (int64_t key = 1; key <= RANGE; key++) {
            assert_int_equal(i64map_get(&map, key << 21), model[key]);
        }
        i64map_done(&map);
    }
}

static void extreme_keys_are_keys(void **state)
{
    (void)state;
    struct i64map map;
    i64map_init(&map);
    assert_int_equal(i64map_get(&map, 5), I64MAP_NONE);
    assert_false(i64map_remove(&map, 5));
    i64map_put(&map, INT64_MAX, 1);
    i64map_put(&map, INT64_MIN, 2);
    i64map_put(&map, -1, 3);
    assert_int_equal(i64map_get(&map, INT64_MAX), 1);
    assert_int_equal(i64map_get(&map, INT64_MIN), 2);
    assert_int_equal(i64map_get(&map, -1), 3);
    i64map_clear(&map);
    assert_int_equal(map.count, 0);
    assert_int_equal(i64map_get(&map, -1), I64MAP_NONE);
    i64map_done(&map);
}

static void reserve_makes_room_once(void **state)
{
    (void)state;
    struct i64map map;
    i64map_init(&map);
    i64map_reserve(&map, 100000);
    size_t capacity = map.capacity;
    for (int64_t key = 1; key <= 100000; key++) {
        i64map_put(&map, key, (uint32_t)key);
    }
    assert_int_equal(map.capacity, capacity);
    for (int64_t key = 1; key <= 100000; key++) {
        assert_int_equal(i64map_get(&map, key), key);
    }
    i64map_done(&map);
}

static void put_zero(void *arg)
{
    i64map_put(arg, 0, 1);
}

static void key_zero_is_a_bug(void **state)
{
    (void)state;
    struct i64map map;
    i64map_init(&map);
    assert_true(dies_of_bug(put_zero, &map));
    i64map_done(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_a_plain_array),
        cmocka_unit_test(extreme_keys_are_keys),
        cmocka_unit_test(reserve_makes_room_once),
        cmocka_unit_test(key_zero_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "unit.h"

#include <string.h>

#include "core/base.h"
#include "core/rng.h"

static void a_seed_gives_the_same_numbers_for_ever(void **state)
{
    (void)state;
    /* Reference: splitmix64 of 1 into xoshiro256**, computed by an independent script. */
    static const uint64_t expected[] = {UINT64_C(0xb3f2af6d0fc710c5), UINT64_C(0x853b559647364cea),
                                        UINT64_C(0x92f89756082a4514), UINT64_C(0x642e1c7bc266a3a7)};
    struct rng rng;
    rng_init(&rng, 1);
    for (size_t i = 0; i < ARRAY_COUNT(expected); i++) {
        assert_true(rng_next(&rng) == expected[i]);
    }
}

static void bounds_are_kept_and_every_value_comes(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 5);
    uint32_t seen[7] = {0};
    for (int i = 0; i < 70000; i++) {
        uint64_t value = rng_below(&rng, 7);
        assert_true(value < 7);
        seen[value]++;
    }
    for (size_t i = 0; i < 7; i++) {
        assert_in_range(seen[i], 9500, 10500);
    }
    assert_int_equal(rng_below(&rng, 1), 0);
    uint64_t most = (UINT64_C(1) << 63) + 1;
    for (int i = 0; i < 1000; i++) {
        assert_true(rng_below(&rng, most) < most);
    }
}

static void chances_are_kept(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 6);
    uint32_t hits = 0;
    for (int i = 0; i < 40000; i++) {
        hits += rng_chance(&rng, 1, 4) ? 1 : 0;
        assert_true(rng_chance(&rng, 1, 1));
        assert_false(rng_chance(&rng, 0, 1));
    }
    assert_in_range(hits, 9600, 10400);
}

static void secure_bytes_differ(void **state)
{
    (void)state;
    uint8_t a[1000] = {0}, b[1000] = {0};
    rng_secure(a, sizeof(a));
    rng_secure(b, sizeof(b));
    assert_memory_not_equal(a, b, 32);
    assert_memory_not_equal(a + 968, b + 968, 32);
    rng_secure(a, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_gives_the_same_numbers_for_ever),
        cmocka_unit_test(bounds_are_kept_and_every_value_comes),
        cmocka_unit_test(chances_are_kept),
        cmocka_unit_test(secure_bytes_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_rate.c — token buckets: burst, refill, keys apart, and a table that cannot grow. */
#include "../core/unit.h"

#include "http/http_int.h"

#define SECOND INT64_C(1000000)

static void test_burst_then_refill(void **state)
{
    struct http_limiter *limiter = limiter_create();
    struct http_rate rate = {.per_second = 2, .burst = 3};
    struct http_rate_state got;
    int64_t now = 1000 * SECOND;

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        limiter_take(limiter, 1, rate, 1, now, &got);
        assert_true(got.allowed);
        assert_int_equal(got.remaining, 2 - i);
    }
    limiter_take(limiter, 1, rate, 1, now, &got);
    assert_false(got.allowed);
    assert_int_equal(got.retry_after_s, 1);
    assert_int_equal(got.reset_s, 2);
    limiter_take(limiter, 2, rate, 1, now, &got); /* another key has its own */
    assert_true(got.allowed);
    limiter_take(limiter, 1, rate, 1, now + SECOND / 2 - 1, &got);
    assert_false(got.allowed);
    limiter_take(limiter, 1, rate, 1, now + SECOND / 2, &got);
    assert_true(got.allowed);
    limiter_take(limiter, 1, rate, 3, now + 100 * SECOND, &got); /* full again, never fuller */
    assert_true(got.allowed);
    assert_int_equal(got.remaining, 0);
    limiter_take(limiter, 1, rate, 3, now + 10000 * SECOND, &got);
    assert_true(got.allowed);
    limiter_take(limiter, 1, rate, 1, now, &got); /* a clock that went back refills nothing */
    assert_false(got.allowed);
    limiter_free(limiter);
}

static void test_cost_beyond_the_burst_is_never_allowed(void **state)
{
    struct http_limiter *limiter = limiter_create();
    struct http_rate rate = {.per_second = 10, .burst = 10};
    struct http_rate_state got;

    (void)state;
    limiter_take(limiter, 1, rate, 11, SECOND, &got);
    assert_false(got.allowed);
    assert_int_equal(got.remaining, 10);
    limiter_free(limiter);
}

static void test_a_flood_of_keys_does_not_free_a_busy_one(void **state)
{
    struct http_limiter *limiter = limiter_create();
    struct http_rate rate = {.per_second = 1, .burst = 1};
    struct http_rate_state got;

    (void)state;
    limiter_take(limiter, 42, rate, 1, SECOND, &got);
    assert_true(got.allowed);
    for (uint64_t key = 100; key < 100 + 3000; key++) {
        limiter_take(limiter, key, rate, 1, SECOND + 1, &got);
        assert_true(got.allowed);
    }
    limiter_take(limiter, 42, rate, 1, SECOND + 2, &got);
    assert_false(got.allowed);
    limiter_free(limiter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_burst_then_refill),
        cmocka_unit_test(test_cost_beyond_the_burst_is_never_allowed),
        cmocka_unit_test(test_a_flood_of_keys_does_not_free_a_busy_one),
    };

    return cmocka_run_group_tests_name("http/rate", tests, NULL, NULL);
}

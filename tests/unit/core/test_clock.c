#include "unit.h"

#include <string.h>

#include "core/clock.h"
#include "core/rng.h"

struct known {
    const char *text;
    int64_t at_us;
};

static void known_instants_are_written_and_read(void **state)
{
    (void)state;
    static const struct known rows[] = {
        {"1970-01-01T00:00:00.000000Z", 0},
        {"1970-01-01T00:00:00.000001Z", 1},
        {"2000-02-29T23:59:59.999999Z", INT64_C(951868799999999)},
        {"2001-09-09T01:46:40.000000Z", INT64_C(1000000000000000)},
        {"2024-02-29T00:00:00.000000Z", INT64_C(1709164800000000)},
        {"2100-03-01T00:00:00.000000Z", INT64_C(4107542400000000)},
        {"9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999)},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char text[CLOCK_TEXT_MAX];
        int64_t at_us = -1;
        assert_int_equal(clock_format_rfc3339(rows[i].at_us, text), 27);
        assert_string_equal(text, rows[i].text);
        assert_true(clock_parse_rfc3339(text, strlen(text), &at_us));
        assert_int_equal(at_us, rows[i].at_us);
    }
}

static void offsets_and_short_fractions_are_read(void **state)
{
    (void)state;
    static const struct known rows[] = {
        {"2001-09-09T01:46:40Z", INT64_C(1000000000000000)},
        {"2001-09-09T09:46:40+08:00", INT64_C(1000000000000000)},
        {"2001-09-08T20:16:40.5-05:30", INT64_C(1000000000500000)},
        {"1969-12-31T23:00:00-01:00", 0},
        {"1970-01-01T00:00:00.123Z", 123000},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        int64_t at_us = -1;
        assert_true(clock_parse_rfc3339(rows[i].text, strlen(rows[i].text), &at_us));
        assert_int_equal(at_us, rows[i].at_us);
    }
}

static void malformed_times_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "2024-01-01",
        "2024-01-01T00:00:00",
        "2024-01-01 00:00:00Z",
        "2024-01-01t00:00:00z",
        "2024-13-01T00:00:00Z",
        "2024-00-01T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2024-04-31T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z",
        "2024-01-01T00:00:60Z",
        "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00:00.1234567Z",
        "2024-01-01T00:00:00+8:00",
        "2024-01-01T00:00:00+24:00",
        "2024-01-01T00:00:00+08:60",
        "2024-01-01T00:00:00Zx",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "12024-01-01T00:00:00Z",
        "-024-01-01T00:00:00Z",
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        int64_t at_us = -7;
        assert_false(clock_parse_rfc3339(rows[i], strlen(rows[i]), &at_us));
        assert_int_equal(at_us, -7);
    }
}

static void any_instant_survives_the_round_trip(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 20261122);
    for (int i = 0; i < 20000; i++) {
        int64_t at_us = (int64_t)rng_below(&rng, UINT64_C(253402300800000000));
        char text[CLOCK_TEXT_MAX];
        int64_t read_us = -1;
        size_t length = clock_format_rfc3339(at_us, text);
        assert_true(clock_parse_rfc3339(text, length, &read_us));
        assert_int_equal(read_us, at_us);
    }
}

static void a_virtual_clock_moves_only_when_told(void **state)
{
    (void)state;
    struct clock clock;
    clock_init_virtual(&clock, 1000);
    assert_int_equal(clock_now_us(&clock), 1000);
    clock_advance(&clock, 0);
    clock_advance(&clock, 5);
    assert_int_equal(clock_now_us(&clock), 1005);
}

static void a_real_clock_can_be_moved_ahead(void **state)
{
    (void)state;
    struct clock real, moved;
    clock_init_real(&real);
    clock_init_real(&moved);
    clock_advance(&moved, INT64_C(86400000000));
    int64_t ahead_us = clock_now_us(&moved) - clock_now_us(&real);
    assert_true(ahead_us > INT64_C(86399000000) && ahead_us < INT64_C(86401000000));
    int64_t before_us = clock_monotonic_us();
    assert_true(clock_monotonic_us() >= before_us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_instants_are_written_and_read),
        cmocka_unit_test(offsets_and_short_fractions_are_read),
        cmocka_unit_test(malformed_times_are_refused),
        cmocka_unit_test(any_instant_survives_the_round_trip),
        cmocka_unit_test(a_virtual_clock_moves_only_when_told),
        cmocka_unit_test(a_real_clock_can_be_moved_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

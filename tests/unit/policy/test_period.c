/* test_period.c — days, months, years and business days of the shipped packs, at their edges. */
#include "unit.h"

#include <string.h>

#include "core/clock.h"
#include "policy/period.h"

struct fixture {
    struct pack *cn, *eu;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct policy_fault fault;

    assert_int_equal(pack_load(NULL, "cn", &fixture->cn, &fault), ERR_OK);
    assert_int_equal(pack_load(NULL, "eu", &fixture->eu, &fault), ERR_OK);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    pack_free(fixture->cn);
    pack_free(fixture->eu);
    free(fixture);
    return 0;
}

static int64_t at(const char *text)
{
    int64_t us = 0;

    assert_true(clock_parse_rfc3339(text, strlen(text), &us));
    return us;
}

struct edge {
    bool eu;
    enum policy_period period;
    const char *when, *start, *end;
};

static void test_edges(void **state)
{
    static const struct edge edges[] = {
        {false, POLICY_DAY, "2026-11-22T15:59:59.999999Z", "2026-11-22T00:00:00+08:00",
         "2026-11-23T00:00:00+08:00"},
        {false, POLICY_DAY, "2026-11-22T16:00:00Z", "2026-11-23T00:00:00+08:00",
         "2026-11-24T00:00:00+08:00"},
        {false, POLICY_MONTH, "2028-02-29T12:00:00+08:00", "2028-02-01T00:00:00+08:00",
         "2028-03-01T00:00:00+08:00"},
        {false, POLICY_MONTH, "2026-12-31T23:59:59+08:00", "2026-12-01T00:00:00+08:00",
         "2027-01-01T00:00:00+08:00"},
        {false, POLICY_YEAR, "2026-12-31T15:59:59Z", "2026-01-01T00:00:00+08:00",
         "2027-01-01T00:00:00+08:00"},
        {false, POLICY_YEAR, "2026-12-31T16:00:00Z", "2027-01-01T00:00:00+08:00",
         "2028-01-01T00:00:00+08:00"},
        /* The day on which summer time begins has 23 hours, the one on which it ends 25. */
        {true, POLICY_DAY, "2026-03-29T12:00:00Z", "2026-03-29T00:00:00+01:00",
         "2026-03-30T00:00:00+02:00"},
        {true, POLICY_DAY, "2026-10-25T12:00:00Z", "2026-10-25T00:00:00+02:00",
         "2026-10-26T00:00:00+01:00"},
        {true, POLICY_DAY, "2026-07-01T22:00:00Z", "2026-07-02T00:00:00+02:00",
         "2026-07-03T00:00:00+02:00"},
        {true, POLICY_DAY, "2026-03-28T23:30:00Z", "2026-03-29T00:00:00+01:00",
         "2026-03-30T00:00:00+02:00"},
        {true, POLICY_MONTH, "2026-03-15T00:00:00Z", "2026-03-01T00:00:00+01:00",
         "2026-04-01T00:00:00+02:00"},
        {true, POLICY_YEAR, "2026-07-15T00:00:00Z", "2026-01-01T00:00:00+01:00",
         "2027-01-01T00:00:00+01:00"},
    };
    const struct fixture *fixture = *state;

    for (size_t i = 0; i < ARRAY_COUNT(edges); i++) {
        const struct pack *pack = edges[i].eu ? fixture->eu : fixture->cn;
        int64_t when = at(edges[i].when);

        print_message("  %s\n", edges[i].when);
        assert_true(policy_period_start_us(pack, edges[i].period, when) == at(edges[i].start));
        assert_true(policy_period_end_us(pack, edges[i].period, when) == at(edges[i].end));
    }
    assert_true(policy_period_start_us(fixture->cn, POLICY_LIFETIME, 1) == 0);
    assert_true(policy_period_end_us(fixture->cn, POLICY_LIFETIME, 1) == 0);
}

/* The end of one period is the start of the next, for years, in both packs. */
static void test_periods_meet(void **state)
{
    const struct fixture *fixture = *state;
    const struct pack *packs[] = {fixture->cn, fixture->eu};

    for (size_t i = 0; i < ARRAY_COUNT(packs); i++) {
        for (int period = POLICY_DAY; period <= POLICY_YEAR; period++) {
            int64_t when = at("2024-01-01T05:00:00Z");

            for (int n = 0; n < 1500; n++) {
                int64_t end = policy_period_end_us(packs[i], (enum policy_period)period, when);

                assert_true(end > when);
                assert_true(policy_period_start_us(packs[i], (enum policy_period)period, end) ==
                            end);
                assert_true(policy_period_end_us(packs[i], (enum policy_period)period, end - 1) ==
                            end);
                when = period == POLICY_DAY ? end : when + INT64_C(86400000000);
            }
        }
    }
}

static void test_business_days(void **state)
{
    const struct fixture *fixture = *state;
    const struct pack *cn = fixture->cn;

    assert_int_equal(policy_weekday(date_days(2026, 11, 22)), 7);
    assert_int_equal(policy_weekday(date_days(1969, 12, 29)), 1);
    assert_true(policy_is_business_day(cn, date_days(2026, 11, 23)));
    assert_false(policy_is_business_day(cn, date_days(2026, 11, 22)));
    assert_false(policy_is_business_day(cn, date_days(2026, 10, 1)));
    assert_true(policy_is_business_day(cn, date_days(2026, 10, 10))); /* a worked Saturday */
    assert_false(policy_is_business_day(fixture->eu, date_days(2027, 3, 26)));
    /* Friday afternoon, three days: the end of Wednesday. */
    assert_true(policy_business_days_end_us(cn, at("2026-11-20T16:30:00+08:00"), 3) ==
                at("2026-11-26T00:00:00+08:00"));
    /* Across the national holiday: 30 September, then 8, 9 and the worked 10 October. */
    assert_true(policy_business_days_end_us(cn, at("2026-09-30T09:00:00+08:00"), 3) ==
                at("2026-10-11T00:00:00+08:00"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_periods_meet),
        cmocka_unit_test(test_business_days),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}

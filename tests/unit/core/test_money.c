#include "unit.h"

#include <string.h>

#include "core/money.h"
#include "core/rng.h"

static struct money cny(int64_t minor)
{
    return (struct money){.minor = minor, .currency = CURRENCY_CNY};
}

static void currencies_are_known_by_code_and_number(void **state)
{
    (void)state;
    size_t count = 0;
    const enum currency *all = currency_all(&count);
    assert_int_equal(count, 9);
    for (size_t i = 0; i < count; i++) {
        const char *code = currency_code(all[i]);
        assert_int_equal(strlen(code), 3);
        assert_int_equal(currency_from_code(code, 3), all[i]);
        assert_int_equal(currency_from_number((int64_t)all[i]), all[i]);
        assert_true(currency_exponent(all[i]) >= 0);
        assert_true(i == 0 || all[i] > all[i - 1]);
    }
    assert_int_equal(currency_exponent(CURRENCY_JPY), 0);
    assert_int_equal(currency_exponent(CURRENCY_CNY), 2);
    assert_int_equal(currency_exponent(CURRENCY_KWD), 3);
    assert_int_equal(currency_from_code("cny", 3), CURRENCY_NONE);
    assert_int_equal(currency_from_code("CNYX", 4), CURRENCY_NONE);
    assert_int_equal(currency_from_code("XXX", 3), CURRENCY_NONE);
    assert_int_equal(currency_from_number(0), CURRENCY_NONE);
    assert_int_equal(currency_from_number(INT64_C(156) + (INT64_C(1) << 32)), CURRENCY_NONE);
    assert_int_equal(currency_exponent(CURRENCY_NONE), -1);
    assert_null(currency_code(CURRENCY_NONE));
}

static void sums_stop_at_the_limits(void **state)
{
    (void)state;
    struct money result = cny(77);
    assert_int_equal(money_add(cny(1), cny(2), &result), MONEY_OK);
    assert_int_equal(result.minor, 3);
    assert_int_equal(money_add(cny(MONEY_MINOR_MAX), cny(0), &result), MONEY_OK);
    assert_int_equal(result.minor, MONEY_MINOR_MAX);
    result = cny(77);
    assert_int_equal(money_add(cny(MONEY_MINOR_MAX), cny(1), &result), MONEY_OVERFLOW);
    assert_int_equal(money_add(cny(-MONEY_MINOR_MAX), cny(-1), &result), MONEY_OVERFLOW);
    struct money usd = {.minor = 1, .currency = CURRENCY_USD};
    assert_int_equal(money_add(cny(1), usd, &result), MONEY_CURRENCY_MISMATCH);
    assert_int_equal(money_sub(cny(1), usd, &result), MONEY_CURRENCY_MISMATCH);
    assert_int_equal(money_sub(cny(-MONEY_MINOR_MAX), cny(1), &result), MONEY_OVERFLOW);
    assert_int_equal(result.minor, 77);
    assert_int_equal(money_sub(cny(1), cny(3), &result), MONEY_NEGATIVE);
    assert_int_equal(result.minor, -2);
    assert_int_equal(money_sub(cny(3), cny(3), &result), MONEY_OK);
    assert_int_equal(result.minor, 0);
}

static void counters_are_checked(void **state)
{
    (void)state;
    int64_t result = 77;
    assert_false(minor_add(MONEY_MINOR_MAX, 1, &result));
    assert_false(minor_add(INT64_MAX, INT64_MAX, &result));
    assert_false(minor_sub(-MONEY_MINOR_MAX, 1, &result));
    assert_false(minor_sub(INT64_MIN, 1, &result));
    assert_int_equal(result, 77);
    assert_true(minor_add(MONEY_MINOR_MAX, -1, &result));
    assert_int_equal(result, MONEY_MINOR_MAX - 1);
    assert_true(minor_sub(5, 9, &result));
    assert_int_equal(result, -4);
}

struct scale_row {
    int64_t minor, numerator, denominator;
    int64_t down, half_even, up;
};

static void rates_round_as_told(void **state)
{
    (void)state;
    static const struct scale_row rows[] = {
        {1000, 6, 1000, 6, 6, 6},
        {1, 1, 2, 0, 0, 1},
        {3, 1, 2, 1, 2, 2},
        {5, 1, 2, 2, 2, 3},
        {7, 1, 3, 2, 2, 3},
        {8, 1, 3, 2, 3, 3},
        {-3, 1, 2, -1, -2, -2},
        {-1, 1, 3, 0, 0, -1},
        {0, 5, 7, 0, 0, 0},
        {100, -1, 3, -33, -33, -34},
        {MONEY_MINOR_MAX, 999999999, 1000000000, INT64_C(9007199245733791),
         INT64_C(9007199245733792), INT64_C(9007199245733792)},
        {MONEY_MINOR_MAX, INT64_MAX, INT64_MAX, MONEY_MINOR_MAX, MONEY_MINOR_MAX, MONEY_MINOR_MAX},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct scale_row *row = &rows[i];
        struct money result = cny(77);
        assert_int_equal(money_scale(cny(row->minor), row->numerator, row->denominator,
                                     MONEY_ROUND_DOWN, &result),
                         MONEY_OK);
        assert_int_equal(result.minor, row->down);
        assert_int_equal(money_scale(cny(row->minor), row->numerator, row->denominator,
                                     MONEY_ROUND_HALF_EVEN, &result),
                         MONEY_OK);
        assert_int_equal(result.minor, row->half_even);
        assert_int_equal(
            money_scale(cny(row->minor), row->numerator, row->denominator, MONEY_ROUND_UP, &result),
            MONEY_OK);
        assert_int_equal(result.minor, row->up);
    }
    struct money result = cny(77);
    assert_int_equal(money_scale(cny(MONEY_MINOR_MAX), 2, 1, MONEY_ROUND_DOWN, &result),
                     MONEY_OVERFLOW);
    assert_int_equal(money_scale(cny(MONEY_MINOR_MAX), INT64_MIN, 1, MONEY_ROUND_DOWN, &result),
                     MONEY_OVERFLOW);
    assert_int_equal(result.minor, 77);
}

static void split_parts_sum_to_the_whole(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 99);
    static struct money parts[1000];
    static int64_t weights[1000];
    for (int round = 0; round < 300; round++) {
        size_t count = 1 + rng_below(&rng, round % 10 == 0 ? 1000 : 8);
        for (size_t i = 0; i < count; i++) {
            weights[i] = (int64_t)(rng_next(&rng) >> (1 + rng_below(&rng, 63)));
        }
        weights[0] += weights[0] == 0 ? 1 : 0;
        int64_t whole = (int64_t)rng_below(&rng, (uint64_t)MONEY_MINOR_MAX + 1);
        assert_int_equal(money_split(cny(whole), weights, count, parts), MONEY_OK);
        int64_t sum = 0;
        for (size_t i = 0; i < count; i++) {
            assert_true(parts[i].minor >= 0);
            assert_true(weights[i] != 0 || parts[i].minor == 0);
            sum += parts[i].minor;
        }
        assert_int_equal(sum, whole);
    }
}

static void split_leftovers_go_to_the_largest_remainders(void **state)
{
    (void)state;
    struct money parts[3];
    assert_int_equal(money_split(cny(100), (int64_t[]){1, 1, 1}, 3, parts), MONEY_OK);
    assert_int_equal(parts[0].minor, 34); /* earlier parts first */
    assert_int_equal(parts[1].minor, 33);
    assert_int_equal(parts[2].minor, 33);
    assert_int_equal(money_split(cny(10), (int64_t[]){0, 1, 2}, 3, parts), MONEY_OK);
    assert_int_equal(parts[0].minor, 0);
    assert_int_equal(parts[1].minor, 3);
    assert_int_equal(parts[2].minor, 7);
    assert_int_equal(money_split(cny(MONEY_MINOR_MAX), (int64_t[]){INT64_MAX, INT64_MAX}, 2, parts),
                     MONEY_OK);
    assert_int_equal(parts[0].minor + parts[1].minor, MONEY_MINOR_MAX);
}

struct text_row {
    const char *text;
    enum currency currency;
    enum err expected;
    int64_t minor;
};

static void amounts_are_read_from_text(void **state)
{
    (void)state;
    static const struct text_row rows[] = {
        {"0", CURRENCY_CNY, ERR_OK, 0},
        {"12.34", CURRENCY_CNY, ERR_OK, 1234},
        {"12.3", CURRENCY_CNY, ERR_OK, 1230},
        {"-0.01", CURRENCY_CNY, ERR_OK, -1},
        {"007", CURRENCY_CNY, ERR_OK, 700},
        {"12", CURRENCY_JPY, ERR_OK, 12},
        {"1.234", CURRENCY_KWD, ERR_OK, 1234},
        {"90071992547409.91", CURRENCY_CNY, ERR_OK, MONEY_MINOR_MAX},
        {"-90071992547409.91", CURRENCY_CNY, ERR_OK, -MONEY_MINOR_MAX},
        {"90071992547409.92", CURRENCY_CNY, ERR_AMOUNT_OUT_OF_RANGE, 0},
        {"99999999999999999999999999", CURRENCY_CNY, ERR_AMOUNT_OUT_OF_RANGE, 0},
        {"9007199254740992", CURRENCY_JPY, ERR_AMOUNT_OUT_OF_RANGE, 0},
        {"", CURRENCY_CNY, ERR_AMOUNT_INVALID, 0},
        {"-", CURRENCY_CNY, ERR_AMOUNT_INVALID, 0},
        {".", CURRENCY_CNY, ERR_AMOUNT_INVALID, 0},
        {".5", CURRENCY_CNY, ERR_AMOUNT_INVALID, 0},
        {"5.", CURRENCY_CNY, ERR_AMOUNT_INVALID, 0},
        {"+5", CURRENCY_CNY, ERR_AMOUNT_INVALID, 0},
        {"1.234", CURRENCY_CNY, ERR_AMOUNT_INVALID, 0},
        {"1.2", CURRENCY_JPY, ERR_AMOUNT_INVALID, 0},
        {"1.", CURRENCY_JPY, ERR_AMOUNT_INVALID, 0},
        {"1.2.3", CURRENCY_CNY, ERR_AMOUNT_INVALID, 0},
        {"1,000", CURRENCY_CNY, ERR_AMOUNT_INVALID, 0},
        {"1e3", CURRENCY_CNY, ERR_AMOUNT_INVALID, 0},
        {"--1", CURRENCY_CNY, ERR_AMOUNT_INVALID, 0},
        {" 1", CURRENCY_CNY, ERR_AMOUNT_INVALID, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct money result = {.minor = 77};
        enum err err = money_parse(rows[i].text, strlen(rows[i].text), rows[i].currency, &result);
        assert_int_equal(err, rows[i].expected);
        assert_int_equal(result.minor, err == ERR_OK ? rows[i].minor : 77);
    }
}

static void amounts_are_written_as_they_are_read(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 4);
    size_t count = 0;
    const enum currency *all = currency_all(&count);
    for (int i = 0; i < 20000; i++) {
        struct money amount = {.currency = all[rng_below(&rng, count)]};
        amount.minor = (int64_t)(rng_next(&rng) >> (11 + rng_below(&rng, 53)));
        amount.minor = rng_chance(&rng, 1, 2) ? -amount.minor : amount.minor;
        char text[MONEY_TEXT_MAX];
        size_t length = money_format(amount, text);
        struct money read = {0};
        assert_int_equal(money_parse(text, length, amount.currency, &read), ERR_OK);
        assert_int_equal(read.minor, amount.minor);
    }
    char text[MONEY_TEXT_MAX];
    (void)money_format(cny(-5), text);
    assert_string_equal(text, "-0.05");
    (void)money_format((struct money){.minor = 500, .currency = CURRENCY_JPY}, text);
    assert_string_equal(text, "500");
}

static void add_out_of_range(void *arg)
{
    struct money result;
    (void)!money_add(*(struct money *)arg, cny(1), &result);
}

static void an_operand_out_of_range_is_a_bug(void **state)
{
    (void)state;
    struct money bad = cny(MONEY_MINOR_MAX + 1);
    assert_true(dies_of_bug(add_out_of_range, &bad));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(currencies_are_known_by_code_and_number),
        cmocka_unit_test(sums_stop_at_the_limits),
        cmocka_unit_test(counters_are_checked),
        cmocka_unit_test(rates_round_as_told),
        cmocka_unit_test(split_parts_sum_to_the_whole),
        cmocka_unit_test(split_leftovers_go_to_the_largest_remainders),
        cmocka_unit_test(amounts_are_read_from_text),
        cmocka_unit_test(amounts_are_written_as_they_are_read),
        cmocka_unit_test(an_operand_out_of_range_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

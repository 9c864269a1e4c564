#include "unit.h"

#include <string.h>

#include "core/rng.h"
#include "core/str.h"

struct number_row {
    const char *text;
    bool ok;
    int64_t value;
};

static void numbers_are_whole_strings(void **state)
{
    (void)state;
    static const struct number_row rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"42", true, 42},
        {"-42", true, -42},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.0", false, 0},
        {"0x10", false, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        int64_t value = 77;
        assert_int_equal(str_parse_i64(rows[i].text, strlen(rows[i].text), &value), rows[i].ok);
        assert_int_equal(value, rows[i].ok ? rows[i].value : 77);
    }
    uint32_t small = 77;
    assert_false(str_parse_u32("4294967296", 10, &small));
    assert_false(str_parse_u32("-1", 2, &small));
    assert_false(str_parse_u32("", 0, &small));
    assert_int_equal(small, 77);
    assert_true(str_parse_u32("4294967295", 10, &small));
    assert_int_equal(small, UINT32_MAX);
}

struct utf8_row {
    const char *text;
    bool ok;
};

static void utf8_is_strict(void **state)
{
    (void)state;
    static const struct utf8_row rows[] = {
        {"", true},
        {"plain ascii, longer than eight bytes", true},
        {"备付金 is client money", true},
        {"\xf0\x9f\x8e\x92", true},  /* U+1F392 */
        {"\xf4\x8f\xbf\xbf", true},  /* U+10FFFF */
        {"\xed\x9f\xbf", true},      /* U+D7FF */
        {"\xee\x80\x80", true},      /* U+E000 */
        {"\x80", false},             /* continuation first */
        {"\xc0\x80", false},         /* overlong NUL */
        {"\xc1\xbf", false},         /* overlong */
        {"\xe0\x9f\xbf", false},     /* overlong */
        {"\xf0\x8f\xbf\xbf", false}, /* overlong */
        {"\xed\xa0\x80", false},     /* surrogate */
        {"\xf4\x90\x80\x80", false}, /* beyond U+10FFFF */
        {"\xf5\x80\x80\x80", false},
        {"\xff", false},
        {"12345678\xe4\xb8", false}, /* cut short after eight good bytes */
        {"\xe4\xb8\x41", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        assert_int_equal(str_is_utf8(rows[i].text, strlen(rows[i].text)), rows[i].ok);
    }
    assert_true(str_is_utf8("a\0b", 3));
}

static void hex_both_ways(void **state)
{
    (void)state;
    char text[9];
    uint8_t bytes[4] = {7, 7, 7, 7};
    hex_encode("\x00\x9f\xab\xff", 4, text);
    assert_string_equal(text, "009fabff");
    assert_false(hex_decode("009fabf", 7, bytes, 4));
    assert_false(hex_decode("009fabff00", 10, bytes, 4));
    assert_false(hex_decode("009fabfg", 8, bytes, 4));
    assert_int_equal(bytes[0], 7);
    assert_true(hex_decode("009fABFF", 8, bytes, 4));
    assert_memory_equal(bytes, "\x00\x9f\xab\xff", 4);
}

static void base64_of_rfc_4648(void **state)
{
    (void)state;
    static const char *const rows[][2] = {{"", ""},
                                          {"f", "Zg=="},
                                          {"fo", "Zm8="},
                                          {"foo", "Zm9v"},
                                          {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="},
                                          {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char text[16];
        uint8_t bytes[16];
        size_t length = 99;
        assert_int_equal(base64_encode(rows[i][0], strlen(rows[i][0]), text), strlen(rows[i][1]));
        assert_string_equal(text, rows[i][1]);
        assert_true(base64_decode(text, strlen(text), bytes, sizeof(bytes), &length));
        assert_int_equal(length, strlen(rows[i][0]));
        assert_memory_equal(bytes, rows[i][0], length);
    }
}

static void base64_is_strict(void **state)
{
    (void)state;
    static const char *const rows[] = {"Zg",   "Zg=",  "Zg===", "Z===",   "====", "=Zg=",
                                       "Zh==", "Zm9=", "Z g==", "Zg==\n", "Zm-_", "Zm9vZg==Zm9v"};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        uint8_t bytes[16];
        size_t length = 77;
        assert_false(base64_decode(rows[i], strlen(rows[i]), bytes, sizeof(bytes), &length));
        assert_int_equal(length, 77);
    }
    uint8_t small[2];
    size_t length = 77;
    assert_false(base64_decode("Zm9v", 4, small, sizeof(small), &length));
}

static void base64_random_round_trip(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 8);
    for (int i = 0; i < 2000; i++) {
        uint8_t in[200], out[200];
        char text[4 * ((sizeof(in) + 2) / 3) + 1];
        size_t length = rng_below(&rng, sizeof(in) + 1), got = 0;
        for (size_t j = 0; j < length; j++) {
            in[j] = (uint8_t)rng_next(&rng);
        }
        size_t written = base64_encode(in, length, text);
        assert_true(base64_decode(text, written, out, sizeof(out), &got));
        assert_int_equal(got, length);
        assert_memory_equal(in, out, length);
    }
}

static void small_helpers(void **state)
{
    (void)state;
    assert_true(str_equal("a", "a"));
    assert_false(str_equal("a", "ab"));
    assert_true(str_starts_with("acc_1", "acc_"));
    assert_false(str_starts_with("ac", "acc_"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_whole_strings),
        cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(hex_both_ways),
        cmocka_unit_test(base64_of_rfc_4648),
        cmocka_unit_test(base64_is_strict),
        cmocka_unit_test(base64_random_round_trip),
        cmocka_unit_test(small_helpers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

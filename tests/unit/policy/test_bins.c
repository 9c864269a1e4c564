/* test_bins.c — networks and banks by the first digits of a card, and what a table may not say. */
#include "unit.h"

#include <string.h>

#include "policy/bins.h"

static void test_the_shipped_table(void **state)
{
    static const struct {
        const char *digits, *network, *bank;
        enum card_kind kind;
    } cases[] = {
        {"6222020000000000000", "unionpay", "icbc", CARD_DEBIT},
        {"6225750000000000", "unionpay", "cmb", CARD_CREDIT},
        {"6225880000000000", "unionpay", "cmb", CARD_DEBIT},
        {"6225683000000000", "unionpay", "gdb", CARD_DEBIT},
        {"6299990000000000", "unionpay", "unionpay", CARD_UNKNOWN},
        {"4367420000000000000", "visa", "ccb", CARD_DEBIT},
        {"4111111111111111", "visa", "visa", CARD_UNKNOWN},
        {"5555555555554444", "mastercard", "mastercard", CARD_UNKNOWN},
        {"2221000000000009", "mastercard", "mastercard", CARD_UNKNOWN},
        {"2720990000000000", "mastercard", "mastercard", CARD_UNKNOWN},
        {"378282246310005", "amex", "amex", CARD_UNKNOWN},
        {"3530111333300000", "jcb", "jcb", CARD_UNKNOWN},
        {"30569309025904", "diners", "diners", CARD_UNKNOWN},
        {"6011111111111117", "discover", "discover", CARD_UNKNOWN},
    };
    static const char *const none[] = {"2220990000000000", "2721000000000000", "9999999999999999",
                                       "411111111111",     "62000000000000",   "3782822463100055"};
    struct policy_fault fault;
    struct bins *bins = NULL;
    struct bin bin;

    (void)state;
    assert_int_equal(bins_load(NULL, &bins, &fault), ERR_OK);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        print_message("  %s\n", cases[i].digits);
        assert_true(bins_find(bins, cases[i].digits, strlen(cases[i].digits), &bin));
        assert_string_equal(bin.network, cases[i].network);
        assert_string_equal(bin.bank, cases[i].bank);
        assert_int_equal(bin.kind, cases[i].kind);
        assert_non_null(bin.bank_title.zh);
    }
    for (size_t i = 0; i < ARRAY_COUNT(none); i++) {
        print_message("  %s\n", none[i]);
        assert_false(bins_find(bins, none[i], strlen(none[i]), &bin));
    }
    bins_free(bins);
}

#define TABLE(prefixes)                                                                            \
    "bins: bins\nversion: 1\nnetworks:\n  - {code: x, title: {zh: x, en: x}, prefixes: [" prefixes \
    "], digits_min: 16, digits_max: 16}\nbanks: []\n"

static void test_rejections(void **state)
{
    static const char *const bad[] = {
        TABLE("\"\""),       TABLE("\"12a\""),   TABLE("\"123456789\""), TABLE("\"20-1\""),
        TABLE("\"20-300\""), TABLE("\"30-20\""), TABLE("\"2-3-4\""),     TABLE(""),
        TABLE("[1]"),        "bins: bins\n",
    };
    struct policy_fault fault = {0};
    struct bins *bins = NULL;

    (void)state;
    assert_int_equal(
        bins_parse(TABLE("\"12\", \"20-30\""), strlen(TABLE("\"12\", \"20-30\"")), &bins, &fault),
        ERR_OK);
    bins_free(bins);
    bins = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        print_message("  %s\n", bad[i]);
        assert_int_equal(bins_parse(bad[i], strlen(bad[i]), &bins, &fault), ERR_PACK_INVALID);
        assert_true(fault.what[0] != '\0');
        assert_null(bins);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_shipped_table),
        cmocka_unit_test(test_rejections),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

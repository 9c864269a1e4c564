/* test_pin_rules.c — which payment PINs are refused, and that ordinary ones are not. */
#include "unit.h"

#include <stdio.h>

#include "identity/pin_rules.h"

/* A made-up number: the birthday in it is 1990-12-07. */
static const struct pin_known known = {.id_number = "11010119901207863X",
                                       .phone = "+86 138-0013-8206"};

static void test_too_simple(void **state)
{
    static const char *const pins[] = {"000000", "777777", "123456", "654321", "789012",
                                       "098765", "135791", "975319", "121212", "909090",
                                       "123123", "580580", "112233", "998877", "123321",
                                       "456654", "147258", "159753", "520131", "314159"};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(pins); i++) {
        assert_int_equal(pin_check_rules(pins[i], &(struct pin_known){0}), ERR_PIN_TOO_SIMPLE);
    }
}

static void test_personal(void **state)
{
    static const char *const pins[] = {
        "901207", "071290", "120790", "199012", "121990", "199007", /* the birthday, spelt */
        "110101", "012078", "207863",                               /* inside the id number */
        "138001", "138206", "013820",                               /* inside the phone number */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(pins); i++) {
        assert_int_equal(pin_check_rules(pins[i], &known), ERR_PIN_IS_PERSONAL);
        assert_int_equal(pin_check_rules(pins[i], &(struct pin_known){0}), ERR_OK);
    }
    /* the digits after a birthday's end and a phone's beginning do not make one number */
    assert_int_equal(pin_check_rules("863861", &known), ERR_OK);
}

static void test_ordinary(void **state)
{
    static const char *const pins[] = {"802649", "190407", "271828", "604417", "533907", "112235"};
    size_t refused = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(pins); i++) {
        assert_int_equal(pin_check_rules(pins[i], &known), ERR_OK);
    }
    for (unsigned pin = 0; pin < 1000000; pin++) {
        char text[PIN_DIGITS + 1];

        (void)snprintf(text, sizeof(text), "%06u", pin % 1000000);
        refused += pin_check_rules(text, &known) != ERR_OK;
    }
    /* Rules that refused many would make the rest easier to guess. */
    assert_in_range(refused, 2000, 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_simple),
        cmocka_unit_test(test_personal),
        cmocka_unit_test(test_ordinary),
    };

    return cmocka_run_group_tests_name("identity/pin_rules", tests, NULL, NULL);
}

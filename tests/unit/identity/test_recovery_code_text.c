/* test_recovery_code_text.c — recovery codes as people write them. */
#include "unit.h"

#include <string.h>

#include "identity/recovery_code_text.h"

static void test_what_is_shown_is_read(void **state)
{
    struct recovery_code code, other, read;
    char shown[RECOVERY_CODE_SHOWN];

    (void)state;
    recovery_code_draw(&code);
    recovery_code_draw(&other);
    assert_string_not_equal(code.digits, other.digits);
    recovery_code_show(&code, shown);
    assert_int_equal(strlen(shown), RECOVERY_CODE_SHOWN - 1);
    assert_int_equal(shown[4], '-');
    assert_true(recovery_code_read(shown, strlen(shown), &read));
    assert_string_equal(read.digits, code.digits);
}

static void test_spellings(void **state)
{
    static const char *const spellings[] = {"01gh-jkmn-pqrs-tvwz", "01GHJKMNPQRSTVWZ",
                                            " OIgh jkmn pqrs tvwz ", "oLGH-JKMN PQRS-TVWZ"};
    struct recovery_code read;

    (void)state;
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
        assert_true(recovery_code_read(spellings[i], strlen(spellings[i]), &read));
        assert_string_equal(read.digits, "01ghjkmnpqrstvwz");
    }
}

static void test_what_is_no_code(void **state)
{
    static const char *const texts[] = {"",
                                        "----",
                                        "01gh-jkmn-pqrs-tvw",
                                        "01gh-jkmn-pqrs-tvwz0",
                                        "u1gh-jkmn-pqrs-tvwz",
                                        "01gh_jkmn_pqrs_tvwz"};
    struct recovery_code read = {"untouched"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_false(recovery_code_read(texts[i], strlen(texts[i]), &read));
    }
    assert_false(recovery_code_read("01gh\0kmn-pqrs-tvwz", 19, &read));
    assert_string_equal(read.digits, "untouched");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_shown_is_read),
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_what_is_no_code),
    };

    return cmocka_run_group_tests_name("identity/recovery_code_text", tests, NULL, NULL);
}

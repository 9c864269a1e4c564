/* The registry: numbers are part of the contract, so a few are pinned here for ever. */
#include "unit.h"

#include <string.h>

#include "core/err.h"

static void numbers_never_change(void **state)
{
    (void)state;
    assert_int_equal(ERR_OK, 0);
    assert_int_equal(ERR_INTERNAL, 1);
    assert_int_equal(ERR_MALFORMED_JSON, 100);
    assert_int_equal(ERR_STORE_BUSY, 200);
    assert_int_equal(ERR_OUTCOME_UNKNOWN, 209);
    assert_int_equal(ERR_INSUFFICIENT_FUNDS, 361);
    assert_int_equal(ERR_SIGNATURE_INVALID, 400);
}

static void every_code_leads_back_to_its_number(void **state)
{
    (void)state;
    enum err found = ERR_INTERNAL;
    assert_true(err_from_code("ok", &found));
    assert_int_equal(found, ERR_OK);
    assert_true(err_from_code("insufficient_funds", &found));
    assert_int_equal(found, ERR_INSUFFICIENT_FUNDS);
    assert_string_equal(err_code(ERR_INSUFFICIENT_FUNDS), "insufficient_funds");
}

static void an_unknown_code_leaves_the_result_alone(void **state)
{
    (void)state;
    enum err found = ERR_INTERNAL;
    assert_false(err_from_code("no_such_error", &found));
    assert_int_equal(found, ERR_INTERNAL);
}

static void texts_are_there_in_both_languages(void **state)
{
    (void)state;
    const struct err_info *info = err_info(ERR_INSUFFICIENT_FUNDS);
    assert_int_equal(info->http_status, 422);
    assert_true(info->burns_key);
    assert_true(strlen(info->title_en) > 0 && strlen(info->fix_en) > 0);
    assert_non_null(strstr(info->title_zh, "余额不足"));
    assert_false(err_info(ERR_STORE_BUSY)->burns_key);
}

static void ask_for_unknown(void *arg)
{
    (void)err_info(*(const enum err *)arg);
}

static void an_unknown_number_is_a_bug(void **state)
{
    (void)state;
    enum err gap = (enum err)99;
    enum err beyond = (enum err)(ERR_NUMBER_MAX + 1);
    assert_true(dies_of_bug(ask_for_unknown, &gap));
    assert_true(dies_of_bug(ask_for_unknown, &beyond));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_never_change),
        cmocka_unit_test(every_code_leads_back_to_its_number),
        cmocka_unit_test(an_unknown_code_leaves_the_result_alone),
        cmocka_unit_test(texts_are_there_in_both_languages),
        cmocka_unit_test(an_unknown_number_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

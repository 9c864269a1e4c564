/* test_totp.c — TOTP against RFC 6238 appendix B (SHA-1; its eight digits end in our six), the
 * window, and that each step counts once. */
#include "unit.h"

#include <string.h>

#include "identity/totp.h"

#define SECOND_US INT64_C(1000000)

static struct totp_secret rfc_secret(void)
{
    struct totp_secret secret;

    memcpy(secret.bytes, "12345678901234567890", TOTP_SECRET_BYTES);
    return secret;
}

static void test_rfc_6238(void **state)
{
    static const struct {
        int64_t at_s;
        const char *code;
    } vectors[] = {
        {59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
        {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"},
    };
    struct totp_secret secret = rfc_secret();

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
        char code[TOTP_DIGITS + 1];
        int64_t step = 0;

        totp_code(&secret, vectors[i].at_s / TOTP_STEP_S, code);
        assert_string_equal(code, vectors[i].code + 2);
        if (vectors[i].at_s >= 2 * TOTP_STEP_S) {
            assert_int_equal(totp_check(&secret, vectors[i].at_s * SECOND_US, 0, code, &step),
                             ERR_OK);
            assert_int_equal(step, vectors[i].at_s / TOTP_STEP_S);
        }
    }
}

static void test_the_window_is_one_step_either_side(void **state)
{
    struct totp_secret secret = rfc_secret();
    const int64_t now_step = 41152263;

    (void)state;
    for (int64_t offset = -3; offset <= 3; offset++) {
        char code[TOTP_DIGITS + 1];
        int64_t step = -7;
        bool inside = offset >= -TOTP_WINDOW && offset <= TOTP_WINDOW;
        enum err err;

        totp_code(&secret, now_step + offset, code);
        err = totp_check(&secret, now_step * TOTP_STEP_S * SECOND_US, 0, code, &step);
        assert_int_equal(err, inside ? ERR_OK : ERR_TOTP_WRONG);
        assert_int_equal(step, inside ? now_step + offset : -7);
    }
}

static void test_each_step_counts_once(void **state)
{
    struct totp_secret secret = rfc_secret();
    const int64_t now_us = INT64_C(1234567890) * SECOND_US;
    const int64_t now_step = 1234567890 / TOTP_STEP_S;
    char before[TOTP_DIGITS + 1], now[TOTP_DIGITS + 1];
    int64_t step;

    (void)state;
    totp_code(&secret, now_step - 1, before);
    totp_code(&secret, now_step, now);
    assert_int_equal(totp_check(&secret, now_us, now_step - 2, before, &step), ERR_OK);
    assert_int_equal(totp_check(&secret, now_us, now_step - 1, before, &step), ERR_TOTP_USED);
    assert_int_equal(totp_check(&secret, now_us, now_step - 1, now, &step), ERR_OK);
    assert_int_equal(totp_check(&secret, now_us, now_step, now, &step), ERR_TOTP_USED);
    assert_int_equal(totp_check(&secret, now_us, now_step, before, &step), ERR_TOTP_USED);
}

static void test_what_is_no_code_is_wrong(void **state)
{
    struct totp_secret secret = rfc_secret();
    int64_t step;

    (void)state;
    assert_int_equal(totp_check(&secret, 1234567890 * SECOND_US, 0, "", &step), ERR_TOTP_WRONG);
    assert_int_equal(totp_check(&secret, 1234567890 * SECOND_US, 0, "00592", &step),
                     ERR_TOTP_WRONG);
    assert_int_equal(totp_check(&secret, 1234567890 * SECOND_US, 0, "00592x", &step),
                     ERR_TOTP_WRONG);
}

static void test_the_key_uri(void **state)
{
    struct totp_secret secret = rfc_secret();
    char text[TOTP_TEXT_MAX], uri[TOTP_URI_MAX];
    char long_name[TOTP_URI_MAX];

    (void)state;
    totp_secret_text(&secret, text);
    assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_true(totp_uri(&secret, "Jinnang 锦囊", "138****8000", uri));
    assert_string_equal(uri, "otpauth://totp/Jinnang%20%E9%94%A6%E5%9B%8A:138%2A%2A%2A%2A8000"
                             "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                             "&issuer=Jinnang%20%E9%94%A6%E5%9B%8A"
                             "&algorithm=SHA1&digits=6&period=30");
    memset(long_name, 'a', sizeof(long_name) - 1);
    long_name[sizeof(long_name) - 1] = '\0';
    assert_false(totp_uri(&secret, "Jinnang", long_name, uri));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc_6238),
        cmocka_unit_test(test_the_window_is_one_step_either_side),
        cmocka_unit_test(test_each_step_counts_once),
        cmocka_unit_test(test_what_is_no_code_is_wrong),
        cmocka_unit_test(test_the_key_uri),
    };

    return cmocka_run_group_tests_name("identity/totp", tests, NULL, NULL);
}

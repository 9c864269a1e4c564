/* test_verifier.c — the words and signatures of docs/verifier.md; the exchange itself is tried
 * against the sandbox provider in tests/scenario/verification. */
#include "unit.h"

#include <string.h>

#include "channel/verifier.h"

static const uint8_t key[VERIFIER_KEY_BYTES] = {1, 2, 3};

static bool parse(const char *body, struct verifier_answer *ret)
{
    return verifier_parse_answer(body, strlen(body), "ver_1", ret);
}

static void test_answers(void **state)
{
    static const char *const bad[] = {
        "",
        "id=ver_1\n",
        "id=ver_2\noutcome=yes\n",
        "outcome=yes\n",
        "id=ver_1\noutcome=maybe\n",
        "id=ver_1\noutcome=yes",
        "id=ver_1\noutcome=mismatch\n",
        "id=ver_1\noutcome=mismatch\nfield=shoe\n",
        "id=ver_1\noutcome=mismatch\nfield=none\n",
        "id=ver_1\noutcome=yes\nfield=name\n",
        "id=ver_1\noutcome=yes\noutcome=no\n",
    };
    struct verifier_answer answer;

    (void)state;
    assert_true(parse("id=ver_1\noutcome=yes\nreference=P-7\n", &answer));
    assert_int_equal(answer.outcome, VERIFIER_YES);
    assert_string_equal(answer.reference, "P-7");
    assert_true(parse("id=ver_1\noutcome=mismatch\nfield=id_number\n", &answer));
    assert_int_equal(answer.field, VERIFIER_FIELD_ID_NUMBER);
    assert_true(parse("id=ver_1\noutcome=no\n", &answer));
    assert_int_equal(answer.outcome, VERIFIER_NO);
    assert_true(parse("id=ver_1\noutcome=pending\n", &answer));
    assert_int_equal(answer.outcome, VERIFIER_PENDING);
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        print_message("  %s\n", bad[i]);
        assert_false(parse(bad[i], &answer));
    }
}

#define NONCE           "00112233445566778899aabbccddeeff"
#define QUESTION_VECTOR "887a954ec4c053c6632e3c1967067b4d05f43a343456e3b70c14aeb0d5cebe0e"
#define ANSWER_VECTOR   "3dd848a945d189100e07d505e361de04ffcc5a29aea18151f38d5193a490e162"
#define SIGNATURE       "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void test_authorization(void **state)
{
    static const char good[] = "Jinnang-HMAC time=1795320000,nonce=" NONCE ",signature=" SIGNATURE;
    static const char *const bad[] = {
        "",
        "Bearer x",
        "Jinnang-HMAC ",
        "Jinnang-HMAC time=,nonce=" NONCE ",signature=" SIGNATURE,
        "Jinnang-HMAC time=1x,nonce=" NONCE ",signature=" SIGNATURE,
        "Jinnang-HMAC time=1,nonce=00,signature=" SIGNATURE,
        "Jinnang-HMAC time=1,nonce=" NONCE ",signature=00",
        "Jinnang-HMAC time=1,nonce=" NONCE ",signature=" SIGNATURE ",more=1",
        "Jinnang-HMAC nonce=" NONCE ",time=1,signature=" SIGNATURE,
        "Jinnang-HMAC time=1,nonce=0011223344556677889 aabbccddeeff0,signature=" SIGNATURE,
    };
    struct verifier_authorization found;

    (void)state;
    assert_true(verifier_parse_authorization(good, strlen(good), &found));
    assert_int_equal(found.at_seconds, 1795320000);
    assert_string_equal(found.nonce, NONCE);
    assert_string_equal(found.signature, SIGNATURE);
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        print_message("  %s\n", bad[i]);
        assert_false(verifier_parse_authorization(bad[i], strlen(bad[i]), &found));
    }
}

/* Each part of what is signed changes the signature; a vector computed by another program. */
static void test_signatures(void **state)
{
    char a[VERIFIER_SIGNATURE_MAX], b[VERIFIER_SIGNATURE_MAX];

    (void)state;
    verifier_sign_question(key, "/v1/checks", 1795320000, NONCE, "id=1", 4, a);
    assert_string_equal(a, QUESTION_VECTOR);
    verifier_sign_question(key, "/v1/check", 1795320000, NONCE, "id=1", 4, b);
    assert_string_not_equal(a, b);
    verifier_sign_question(key, "/v1/checks", 1795320001, NONCE, "id=1", 4, b);
    assert_string_not_equal(a, b);
    verifier_sign_question(key, "/v1/checks", 1795320000, NONCE, "id=2", 4, b);
    assert_string_not_equal(a, b);
    verifier_sign_answer(key, NONCE, 200, "id=1\n", 5, a);
    assert_string_equal(a, ANSWER_VECTOR);
    verifier_sign_answer(key, NONCE, 201, "id=1\n", 5, b);
    assert_string_not_equal(a, b);
}

static void test_addresses(void **state)
{
    static const char *const bad[] = {"http://verify.example/v1",
                                      "ftp://127.0.0.1/x",
                                      "https://verify.example",
                                      "http://127.0.0.1.evil.example/x",
                                      "https://u:p@host/x",
                                      "https://host/x?y=1",
                                      ""};
    struct verifier *verifier = NULL;
    struct verifier_config config = {.url = "http://127.0.0.1:1/v1/checks", .key = key};

    (void)state;
    assert_int_equal(verifier_create(&config, &verifier), ERR_OK);
    {
        const struct verifier_question question = {.id = "ver_1", .check = VERIFIER_NAME_ID};
        struct verifier_answer answer;

        verifier_ask(verifier, &question, &answer); /* nobody listens on port 1 */
        assert_int_equal(answer.outcome, VERIFIER_OUTAGE);
    }
    verifier_free(verifier);
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        config.url = bad[i];
        print_message("  %s\n", bad[i]);
        assert_int_equal(verifier_create(&config, &verifier), ERR_CONFIG_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_authorization),
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

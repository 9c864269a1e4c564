/* test_webauthn.c — passkey answers: the vectors of W3C Web Authentication Level 3 (section "Test
 * Vectors": none.ES256 and packed-self.ES256), a software authenticator for the three algorithms,
 * and one lie after the other, each refused for its own reason. */
#include "unit.h"

#include <jansson.h>
#include <string.h>

#include "core/str.h"
#include "identity/webauthn_int.h"
#include "support/authenticator.h"

static const char *const origins[] = {"https://example.org", "https://www.example.org"};
static const struct webauthn_party party = {
    .rp_id = "example.org", .origins = origins, .origin_count = 2};
static const uint8_t challenge[WEBAUTHN_CHALLENGE_BYTES] = "a challenge of thirty-two bytes!";

static struct webauthn_expected expect(const uint8_t *bytes, size_t length, bool verified)
{
    return (struct webauthn_expected){
        .party = &party, .challenge = {bytes, length}, .needs_verification = verified};
}

/* ---- published vectors ---- */

static const char *vectors_path;

static struct webauthn_bytes unhex(const json_t *vector, const char *name, uint8_t *into)
{
    const char *text = json_string_value(json_object_get(vector, name));
    size_t bytes;

    assert_non_null(text);
    bytes = strlen(text) / 2;
    assert_true(bytes <= 512 && hex_decode(text, strlen(text), into, bytes));
    return (struct webauthn_bytes){into, bytes};
}

static void check_vector(const json_t *vector)
{
    uint8_t a[512], b[512], c[512], bytes[512];
    struct webauthn_bytes asked = unhex(vector, "challenge", bytes);
    struct webauthn_expected expected =
        expect(asked.data, asked.length, json_is_true(json_object_get(vector, "user_verified")));
    struct webauthn_credential credential;
    struct webauthn_assertion assertion;
    struct webauthn_seen seen;

    assert_int_equal(webauthn_verify_registration(&expected, unhex(vector, "client_data", a),
                                                  unhex(vector, "attestation", b), &credential),
                     ERR_OK);
    assert_int_equal(credential.algorithm, WEBAUTHN_ES256);
    assert_int_equal(credential.id_length, 32);
    assert_true((credential.flags & WEBAUTHN_BACKUP_ELIGIBLE) != 0);
    asked = unhex(vector, "get_challenge", bytes);
    expected = expect(asked.data, asked.length, false);
    assertion =
        (struct webauthn_assertion){unhex(vector, "get_client_data", a),
                                    unhex(vector, "auth_data", b), unhex(vector, "signature", c)};
    assert_int_equal(webauthn_verify_assertion(&expected, &credential, &assertion, &seen), ERR_OK);
    expected.needs_verification = true;
    assert_int_equal(webauthn_verify_assertion(&expected, &credential, &assertion, &seen),
                     ERR_PASSKEY_UNVERIFIED);
    expected.needs_verification = false;
    c[20] ^= 1;
    assert_int_equal(webauthn_verify_assertion(&expected, &credential, &assertion, &seen),
                     ERR_PASSKEY_SIGNATURE_WRONG);
}

static void test_published_vectors(void **state)
{
    json_t *vectors = json_load_file(vectors_path, 0, NULL);

    (void)state;
    assert_int_equal(json_array_size(vectors), 2);
    for (size_t i = 0; i < json_array_size(vectors); i++) {
        check_vector(json_array_get(vectors, i));
    }
    json_decref(vectors);
}

/* ---- a software authenticator ---- */

static const enum webauthn_algorithm kinds[] = {WEBAUTHN_ES256, WEBAUTHN_RS256, WEBAUTHN_EDDSA};

static struct authenticator_ask honest(void)
{
    return (struct authenticator_ask){.origin = origins[0],
                                      .rp_id = party.rp_id,
                                      .challenge = challenge,
                                      .challenge_length = sizeof(challenge)};
}

static enum err enrol(const struct authenticator *authenticator,
                      const struct authenticator_ask *ask, struct webauthn_credential *ret)
{
    const struct webauthn_expected expected = expect(challenge, sizeof(challenge), true);
    struct authenticator_answer answer;

    authenticator_register(authenticator, ask, &answer);
    enum err err = webauthn_verify_registration(&expected, bytes_of(&answer.client_data),
                                                bytes_of(&answer.attestation), ret);
    authenticator_answer_done(&answer);
    return err;
}

static enum err prove(const struct authenticator *authenticator,
                      const struct authenticator_ask *ask,
                      const struct webauthn_credential *credential, struct webauthn_seen *ret)
{
    const struct webauthn_expected expected = expect(challenge, sizeof(challenge), true);
    struct authenticator_answer answer;

    authenticator_assert(authenticator, ask, &answer);
    const struct webauthn_assertion assertion = {
        bytes_of(&answer.client_data), bytes_of(&answer.auth_data), bytes_of(&answer.signature)};
    enum err err = webauthn_verify_assertion(&expected, credential, &assertion, ret);
    authenticator_answer_done(&answer);
    return err;
}

static void test_each_algorithm(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        struct authenticator authenticator;
        struct webauthn_credential credential;
        struct authenticator_ask ask = honest();
        struct webauthn_seen seen;

        authenticator_init(&authenticator, kinds[i]);
        assert_int_equal(enrol(&authenticator, &ask, &credential), ERR_OK);
        assert_int_equal(credential.algorithm, kinds[i]);
        assert_memory_equal(credential.id, authenticator.id, sizeof(authenticator.id));
        assert_int_equal(prove(&authenticator, &ask, &credential, &seen), ERR_OK);
        ask.origin = origins[1];
        assert_int_equal(prove(&authenticator, &ask, &credential, &seen), ERR_OK);
        ask.self_attestation = true;
        assert_int_equal(enrol(&authenticator, &ask, &credential), ERR_OK);
        authenticator_done(&authenticator);
    }
}

static void lie(const struct authenticator *authenticator, const struct authenticator_ask *ask,
                const struct webauthn_credential *credential, enum err wanted)
{
    struct webauthn_credential unused;
    struct webauthn_seen seen;

    assert_int_equal(enrol(authenticator, ask, &unused), wanted);
    assert_int_equal(prove(authenticator, ask, credential, &seen), wanted);
}

static void test_lies(void **state)
{
    struct authenticator authenticator, other;
    struct webauthn_credential credential;
    struct authenticator_ask ask = honest();
    struct webauthn_seen seen;
    uint8_t altered[WEBAUTHN_CHALLENGE_BYTES];

    (void)state;
    authenticator_init(&authenticator, WEBAUTHN_ES256);
    authenticator_init(&other, WEBAUTHN_ES256);
    assert_int_equal(enrol(&authenticator, &ask, &credential), ERR_OK);

    ask.origin = "https://examp1e.org";
    lie(&authenticator, &ask, &credential, ERR_PASSKEY_ORIGIN_WRONG);
    ask.origin = "https://example.org:444";
    lie(&authenticator, &ask, &credential, ERR_PASSKEY_ORIGIN_WRONG);
    ask = honest();
    ask.rp_id = "example.com";
    lie(&authenticator, &ask, &credential, ERR_PASSKEY_ORIGIN_WRONG);
    ask = honest();
    ask.cross_origin = true;
    lie(&authenticator, &ask, &credential, ERR_PASSKEY_ORIGIN_WRONG);
    ask = honest();
    memcpy(altered, challenge, sizeof(altered));
    altered[31] ^= 1;
    ask.challenge = altered;
    lie(&authenticator, &ask, &credential, ERR_PASSKEY_CHALLENGE_WRONG);
    ask = honest();
    ask.challenge_length = 31;
    lie(&authenticator, &ask, &credential, ERR_PASSKEY_CHALLENGE_WRONG);
    ask = honest();
    ask.type = "payment.get";
    lie(&authenticator, &ask, &credential, ERR_PASSKEY_CHALLENGE_WRONG);
    ask.type = "webauthn.get";
    assert_int_equal(enrol(&authenticator, &ask, &credential), ERR_PASSKEY_CHALLENGE_WRONG);
    ask.type = "webauthn.create";
    assert_int_equal(prove(&authenticator, &ask, &credential, &seen), ERR_PASSKEY_CHALLENGE_WRONG);
    ask = honest();
    authenticator.flags = WEBAUTHN_USER_PRESENT;
    lie(&authenticator, &ask, &credential, ERR_PASSKEY_UNVERIFIED);
    authenticator.flags = WEBAUTHN_USER_VERIFIED;
    lie(&authenticator, &ask, &credential, ERR_PASSKEY_UNVERIFIED);
    authenticator.flags = WEBAUTHN_USER_PRESENT | WEBAUTHN_USER_VERIFIED | WEBAUTHN_BACKED_UP;
    lie(&authenticator, &ask, &credential, ERR_PASSKEY_MALFORMED);
    authenticator.flags |= WEBAUTHN_BACKUP_ELIGIBLE; /* a credential never becomes one */
    assert_int_equal(prove(&authenticator, &ask, &credential, &seen), ERR_PASSKEY_MALFORMED);
    /* another key under this credential's name */
    assert_int_equal(prove(&other, &ask, &credential, &seen), ERR_PASSKEY_SIGNATURE_WRONG);
    authenticator_done(&authenticator);
    authenticator_done(&other);
}

static void test_the_counter_only_grows(void **state)
{
    struct authenticator authenticator;
    struct webauthn_credential credential;
    struct authenticator_ask ask = honest();
    struct webauthn_seen seen;

    (void)state;
    authenticator_init(&authenticator, WEBAUTHN_EDDSA);
    assert_int_equal(enrol(&authenticator, &ask, &credential), ERR_OK);
    assert_int_equal(prove(&authenticator, &ask, &credential, &seen), ERR_OK); /* none kept */
    authenticator.sign_count = 7;
    assert_int_equal(prove(&authenticator, &ask, &credential, &seen), ERR_OK);
    assert_int_equal(seen.sign_count, 7);
    credential.sign_count = 7;
    assert_int_equal(prove(&authenticator, &ask, &credential, &seen), ERR_PASSKEY_COUNTER_BACK);
    authenticator.sign_count = 6;
    assert_int_equal(prove(&authenticator, &ask, &credential, &seen), ERR_PASSKEY_COUNTER_BACK);
    authenticator.sign_count = 0; /* falling silent is going back, too */
    assert_int_equal(prove(&authenticator, &ask, &credential, &seen), ERR_PASSKEY_COUNTER_BACK);
    authenticator.sign_count = 8;
    assert_int_equal(prove(&authenticator, &ask, &credential, &seen), ERR_OK);
    authenticator_done(&authenticator);
}

static void test_a_forged_self_attestation(void **state)
{
    const struct webauthn_expected expected = expect(challenge, sizeof(challenge), true);
    struct authenticator authenticator;
    struct webauthn_credential credential;
    struct authenticator_ask ask = honest();
    struct authenticator_answer answer;

    (void)state;
    ask.self_attestation = true;
    authenticator_init(&authenticator, WEBAUTHN_ES256);
    authenticator_register(&authenticator, &ask, &answer);
    answer.attestation.data[answer.attestation.length - 180] ^= 1; /* inside the counter or hash */
    enum err err = webauthn_verify_registration(&expected, bytes_of(&answer.client_data),
                                                bytes_of(&answer.attestation), &credential);
    assert_true(err == ERR_PASSKEY_SIGNATURE_WRONG || err == ERR_PASSKEY_ORIGIN_WRONG ||
                err == ERR_PASSKEY_MALFORMED);
    authenticator_answer_done(&answer);
    authenticator_done(&authenticator);
}

static void test_every_cut_and_every_flipped_bit_is_refused(void **state)
{
    const struct webauthn_expected expected = expect(challenge, sizeof(challenge), true);
    struct authenticator authenticator;
    struct webauthn_credential credential;
    struct webauthn_seen seen;
    struct authenticator_ask ask = honest();
    struct authenticator_answer answer;

    (void)state;
    authenticator_init(&authenticator, WEBAUTHN_EDDSA);
    assert_int_equal(enrol(&authenticator, &ask, &credential), ERR_OK);
    authenticator_register(&authenticator, &ask, &answer);
    for (size_t length = 0; length < answer.attestation.length; length++) {
        struct webauthn_credential unused;
        assert_int_equal(webauthn_verify_registration(
                             &expected, bytes_of(&answer.client_data),
                             (struct webauthn_bytes){answer.attestation.data, length}, &unused),
                         ERR_PASSKEY_MALFORMED);
    }
    authenticator_answer_done(&answer);
    authenticator_assert(&authenticator, &ask, &answer);
    struct buf *const parts[] = {&answer.client_data, &answer.auth_data, &answer.signature};
    for (size_t part = 0; part < ARRAY_COUNT(parts); part++) {
        for (size_t bit = 0; bit < 8 * parts[part]->length; bit++) {
            parts[part]->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
            const struct webauthn_assertion assertion = {bytes_of(&answer.client_data),
                                                         bytes_of(&answer.auth_data),
                                                         bytes_of(&answer.signature)};
            assert_int_not_equal(
                webauthn_verify_assertion(&expected, &credential, &assertion, &seen), ERR_OK);
            parts[part]->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    authenticator_answer_done(&answer);
    authenticator_done(&authenticator);
}

/* A map with key type 2 and algorithm -39 (PS512), which we do not take. */
static void test_an_unknown_algorithm(void **state)
{
    const struct webauthn_expected expected = expect(challenge, sizeof(challenge), true);
    struct authenticator authenticator;
    struct webauthn_credential credential;
    struct authenticator_ask ask = honest();
    struct authenticator_answer answer;

    (void)state;
    authenticator_init(&authenticator, WEBAUTHN_EDDSA);
    authenticator_register(&authenticator, &ask, &answer);
    /* … 01 01 03 27 20 06 21 58 20 <32 bytes>: -8 is written 0x27; 0x28 is -9 */
    assert_int_equal(answer.attestation.data[answer.attestation.length - 38], 0x27);
    answer.attestation.data[answer.attestation.length - 38] = 0x28;
    assert_int_equal(webauthn_verify_registration(&expected, bytes_of(&answer.client_data),
                                                  bytes_of(&answer.attestation), &credential),
                     ERR_PASSKEY_ALGORITHM_UNSUPPORTED);
    authenticator_answer_done(&answer);
    authenticator_done(&authenticator);
}

/* ---- the readers ---- */

static enum err read_json(const char *text)
{
    struct webauthn_client_data data;

    return webauthn_read_client_data((struct webauthn_bytes){(const uint8_t *)text, strlen(text)},
                                     &data);
}

#define BASIC "\"type\":\"webauthn.get\",\"challenge\":\"AAAA\",\"origin\":\"https://a\""

static void test_client_data(void **state)
{
    static const char *const good[] = {
        "{" BASIC "}",
        " {\n\t" BASIC " , \"x\" : [ ] }",
        "{" BASIC ",\"crossOrigin\":false,\"topOrigin\":\"https://b\"}",
        "{" BASIC ",\"a\":{\"b\":[1,-2.5e3,null,true,{\"c\":\"\\u00e9\\n\"},[[]]]},\"d\":\"锦囊\"}",
        "{\"tokenBinding\":{\"status\":\"supported\"}," BASIC "}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"AAAA\",\"origin\":\"https:\\/\\/a\"}",
    };
    static const char *const bad[] = {
        "",
        "{}",
        "[]",
        "{" BASIC,
        "{" BASIC "}}",
        "{" BASIC "},",
        "{" BASIC ",}",
        "{" BASIC ",\"type\":\"webauthn.get\"}",
        "{" BASIC ",\"crossOrigin\":\"false\"}",
        "{" BASIC ",\"crossOrigin\":null}",
        "{" BASIC ",\"a\":[1,]}",
        "{" BASIC ",\"a\":{\"b\"}}",
        "{" BASIC ",\"a\":[}]}",
        "{" BASIC ",\"a\":\"\\x\"}",
        "{" BASIC ",\"a\":\"\\u12\"}",
        "{" BASIC ",\"a\":\"\n\"}",
        "{" BASIC ",\"a\":\"\xff\"}",
        "{" BASIC ",\"a\":[[[[[[[[[]]]]]]]]]}",
        "{\"type\":\"webauthn.get\",\"origin\":\"https://a\"}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"AA=A\",\"origin\":\"https://a\"}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"AAAAA\",\"origin\":\"https://a\"}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"AB\",\"origin\":\"https://a\"}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"AAAA\",\"origin\":\"https://\\u0061\"}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"AAAA\",\"origin\":7}",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        enum err err = read_json(good[i]);
        if (err != ERR_OK) {
            fail_msg("%s: %s", good[i], err_code(err));
        }
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        enum err err = read_json(bad[i]);
        if (err != ERR_PASSKEY_MALFORMED) {
            fail_msg("%s: %s", bad[i], err_code(err));
        }
    }
}

static bool skips(const char *hex)
{
    uint8_t bytes[64];
    struct cbor_reader reader = {bytes, bytes + strlen(hex) / 2};

    assert_true(hex_decode(hex, strlen(hex), bytes, strlen(hex) / 2));
    return cbor_skip(&reader) && reader.at == reader.end;
}

static void test_cbor(void **state)
{
    static const char *const good[] = {"00",         "17",
                                       "1818",       "190100",
                                       "20",         "40",
                                       "4401020304", "6161",
                                       "80",         "820102",
                                       "a0",         "a10102",
                                       "f5",         "81818181818180",
                                       "a201020304", "1b0000000100000000"};
    static const char *const bad[] = {"",
                                      "a16161",
                                      "18",
                                      "1801",
                                      "190018",
                                      "1a00000100",
                                      "1b00000000ffffffff",
                                      "41",
                                      "5f4101ff",
                                      "9f01ff",
                                      "bf0101ff",
                                      "8201",
                                      "a101",
                                      "9bffffffffffffffff",
                                      "bbffffffffffffffff",
                                      "5bffffffffffffffff",
                                      "c000",
                                      "1c",
                                      "ff",
                                      "8181818181818181818100"};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        if (!skips(good[i])) {
            fail_msg("%s", good[i]);
        }
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        if (skips(bad[i])) {
            fail_msg("%s", bad[i]);
        }
    }
}

static void test_challenge_of(void **state)
{
    struct authenticator authenticator;
    struct authenticator_ask ask = honest();
    struct authenticator_answer answer;
    uint8_t found[WEBAUTHN_CHALLENGE_BYTES];

    (void)state;
    authenticator_init(&authenticator, WEBAUTHN_EDDSA);
    authenticator_assert(&authenticator, &ask, &answer);
    assert_int_equal(webauthn_challenge_of(bytes_of(&answer.client_data), found), ERR_OK);
    assert_memory_equal(found, challenge, sizeof(found));
    authenticator_answer_done(&answer);
    ask.challenge_length = 16;
    authenticator_assert(&authenticator, &ask, &answer);
    assert_int_equal(webauthn_challenge_of(bytes_of(&answer.client_data), found),
                     ERR_PASSKEY_CHALLENGE_WRONG);
    authenticator_answer_done(&answer);
    authenticator_done(&authenticator);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_vectors),
        cmocka_unit_test(test_each_algorithm),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_the_counter_only_grows),
        cmocka_unit_test(test_a_forged_self_attestation),
        cmocka_unit_test(test_every_cut_and_every_flipped_bit_is_refused),
        cmocka_unit_test(test_an_unknown_algorithm),
        cmocka_unit_test(test_client_data),
        cmocka_unit_test(test_cbor),
        cmocka_unit_test(test_challenge_of),
    };

    vectors_path = argc > 1 ? argv[1] : "tests/vectors/webauthn.json";
    return cmocka_run_group_tests_name("identity/webauthn", tests, NULL, NULL);
}

/* test_password.c — strength in words, hashes, contacts and device names: everything pure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "identity/contacts.h"
#include "identity/devices.h"
#include "identity/hash_pool.h"
#include "identity/password.h"

static void test_strength(void **state)
{
    static const struct {
        const char *password;
        enum password_fault fault;
    } rows[] = {
        {"", PASSWORD_TOO_SHORT},
        {"k9#Lq", PASSWORD_TOO_SHORT},
        {"password1", PASSWORD_COMMON},
        {"iloveyou", PASSWORD_COMMON},
        {"19870412", PASSWORD_PATTERN},
        {"aaaaaaaaaa", PASSWORD_COMMON},
        {"abcdefghij", PASSWORD_PATTERN},
        {"13800138000", PASSWORD_OWN_WORDS},
        {"zhangmei88", PASSWORD_OWN_WORDS},
        {"qvxkzjwb", PASSWORD_GUESSABLE},
        {"lantern-orbit-cabbage-41", PASSWORD_FINE},
        {"f7Kq9vXz2mTb", PASSWORD_FINE},
        {"\xe9\x94\xa6\xe5\x9b\x8a\xe9\x87\x8c\xe7\x9a\x84\xe7\xad\x94\xe6\xa1\x88", PASSWORD_FINE},
    };
    struct password_words words = {0};
    struct password_strength strength;

    (void)state;
    password_words_add(&words, "+8613800138000", 14);
    password_words_add(&words, "zhangmei@example.com", 20);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        password_judge(rows[i].password, strlen(rows[i].password), &words, &strength);
        if (strength.fault != rows[i].fault) {
            fail_msg("%s: %d, not %d", rows[i].password, (int)strength.fault, (int)rows[i].fault);
        }
        assert_int_equal(strength.fault == PASSWORD_FINE, strength.score >= 3);
        assert_int_equal(password_fault_err(strength.fault) == ERR_OK,
                         strength.fault == PASSWORD_FINE);
    }
}

static void test_the_longest(void **state)
{
    char text[PASSWORD_BYTES_MAX + 1];
    struct password_strength strength;

    (void)state;
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = "qzkvjxwy7#mTbL2p"[(i * 7 + i / 16) % 16];
    }
    password_judge(text, PASSWORD_BYTES_MAX, NULL, &strength);
    assert_int_equal(strength.fault, PASSWORD_FINE);
    password_judge(text, PASSWORD_BYTES_MAX + 1, NULL, &strength);
    assert_int_equal(strength.fault, PASSWORD_TOO_LONG);
}

static void test_hashes(void **state)
{
    struct sha256_hash right = {{1}}, wrong = {{2}};
    struct password_hash one, two, nobody;

    (void)state;
    assert_int_equal(password_hash(&right, &one), ERR_OK);
    assert_int_equal(password_hash(&right, &two), ERR_OK);
    assert_string_not_equal(one.text, two.text); /* salted */
    assert_true(strncmp(one.text, "$argon2id$v=19$m=19456,t=2,p=1$", 31) == 0);
    assert_true(password_matches(&one, &right));
    assert_true(password_matches(&two, &right));
    assert_false(password_matches(&one, &wrong));
    assert_false(password_needs_rehash(&one));
    /* Nobody's hash has the same numbers and the same length, so comparing costs the same. */
    password_hash_of_nobody(&nobody);
    assert_int_equal(strlen(nobody.text), strlen(one.text));
    assert_memory_equal(nobody.text, one.text, 31);
    assert_false(password_needs_rehash(&nobody));
    assert_false(password_matches(&nobody, &right));
    /* Weaker numbers of an earlier day. */
    memcpy(one.text + 15, "m=08192", 7);
    assert_true(password_needs_rehash(&one) || !password_matches(&one, &right));
    memset(&one, 0, sizeof(one));
    assert_false(password_matches(&one, &right));
}

static void test_contacts(void **state)
{
    static const struct {
        const char *text, *value, *masked; /* value NULL: refused */
    } rows[] = {
        {"13800138000", "+8613800138000", "+86 138****8000"},
        {" 138 0013-8000 ", "+8613800138000", "+86 138****8000"},
        {"+86 (138) 0013.8000", "+8613800138000", "+86 138****8000"},
        {"+85291234567", "+85291234567", "+8****67"},
        {"Mei.Zhang@Example.COM", "mei.zhang@example.com", "m***@example.com"},
        {"a+b@sub.example.cn", "a+b@sub.example.cn", "a***@sub.example.cn"},
        {"23800138000", NULL, NULL},
        {"1380013800", NULL, NULL},
        {"+0123456789", NULL, NULL},
        {"+861380013800012345", NULL, NULL},
        {"+86 138x0138000", NULL, NULL},
        {"", NULL, NULL},
        {"   ", NULL, NULL},
        {"@example.com", NULL, NULL},
        {"mei@", NULL, NULL},
        {"mei@example", NULL, NULL},
        {"mei@-example.com", NULL, NULL},
        {"mei@example-.com", NULL, NULL},
        {"me i@example.com", NULL, NULL},
        {"mei..z@example.com", NULL, NULL},
        {".mei@example.com", NULL, NULL},
        {"mei@exam\xc3\xa4ple.com", NULL, NULL},
        {"mei@example.com\nBcc: x@y.zz", NULL, NULL},
        {"a@b@example.com", NULL, NULL},
    };
    struct contact_value value;
    char masked[CONTACT_MASK_MAX];

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        enum err err = contact_normalise(rows[i].text, strlen(rows[i].text), &value);

        if ((err == ERR_OK) != (rows[i].value != NULL)) {
            fail_msg("%s: %s", rows[i].text, err_code(err));
        }
        if (err == ERR_OK) {
            assert_string_equal(value.text, rows[i].value);
            assert_int_equal(value.length, strlen(rows[i].value));
            contact_mask(&value, masked);
            assert_string_equal(masked, rows[i].masked);
        }
    }
}

static void test_device_names(void **state)
{
    static const struct {
        const char *agent, *name;
    } rows[] = {
        {"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
         "Firefox on Linux"},
        {"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/128.0 Mobile Safari/537.36",
         "Chrome on Android"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1",
         "Safari on iPhone"},
        {"Mozilla/5.0 (Windows NT 10.0) Chrome/128.0 Safari/537.36 Edg/128.0", "Edge on Windows"},
        {"Mozilla/5.0 (Linux; Android 12; HarmonyOS) Chrome/99 MicroMessenger/8.0",
         "WeChat on HarmonyOS"},
        {"curl/8.5.0", "curl"},
        {"something", ""},
        {"", ""},
    };
    char name[SESSION_DEVICE_NAME_MAX + 1];

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        device_name(rows[i].agent, strlen(rows[i].agent), name);
        assert_string_equal(name, rows[i].name);
    }
    device_name(NULL, 0, name);
    assert_string_equal(name, "");
}

static void test_places(void **state)
{
    static const struct {
        const char *address, *place;
    } rows[] = {
        {"127.0.0.1", "local"},   {"10.1.2.3", "local"}, {"192.168.0.9", "local"},
        {"172.31.0.1", "local"},  {"172.32.0.1", NULL},  {"100.64.0.1", "local"},
        {"169.254.1.1", "local"}, {"::1", "local"},      {"fd00::1", "local"},
        {"fe80::1", "local"},     {"8.8.8.8", NULL},     {"", ""},
        {"not an address", ""},
    };
    struct places *places = places_open();
    char place[SESSION_PLACE_MAX + 1];

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        place_of_address(places, rows[i].address, place);
        if (rows[i].place != NULL) {
            assert_string_equal(place, rows[i].place);
        } else {
            assert_string_not_equal(place, "local"); /* the data decide which country */
        }
    }
    places_close(places);
}

struct held {
    struct hash_job job;
    _Atomic bool *go;
    _Atomic int *ran;
};

static void hold(void *arg)
{
    struct held *held = arg;

    while (!atomic_load(held->go)) {
    }
    atomic_fetch_add(held->ran, 1);
}

static void test_the_pool_is_bounded(void **state)
{
    struct hash_pool *pool =
        hash_pool_create(&(struct hash_pool_config){.thread_count = 1, .queue_max = 2});
    _Atomic bool go = false;
    _Atomic int ran = 0;
    struct held held[8];
    int queued = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(held); i++) {
        held[i] = (struct held){.go = &go, .ran = &ran};
        held[i].job = (struct hash_job){.run = hold, .arg = &held[i]};
        if (hash_pool_submit(pool, &held[i].job) == ERR_OK) {
            queued++;
        }
    }
    assert_in_range(queued, 2, 3); /* the thread may have taken the first one already */
    assert_int_equal(hash_pool_submit(pool, &held[7].job), ERR_HASH_BUSY);
    atomic_store(&go, true);
    hash_pool_free(pool); /* runs what is queued */
    assert_int_equal(atomic_load(&ran), queued);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strength),
        cmocka_unit_test(test_the_longest),
        cmocka_unit_test(test_hashes),
        cmocka_unit_test(test_contacts),
        cmocka_unit_test(test_device_names),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_the_pool_is_bounded),
    };

    return cmocka_run_group_tests_name("identity/password", tests, NULL, NULL);
}

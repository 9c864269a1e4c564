/* Lists of named texts: what goes in comes out, and what is malformed is known. */
#include "unit.h"

#include <string.h>

#include "core/kv.h"

static void get_is(const struct buf *buf, const char *name, const char *expected)
{
    struct kv_text got = {0};
    assert_true(kv_get(buf->data, buf->length, name, &got));
    assert_int_equal(got.length, strlen(expected));
    assert_memory_equal(got.data, expected, got.length);
}

static void what_goes_in_comes_out(void **state)
{
    (void)state;
    struct buf buf;
    struct kv_text got = {0};
    buf_init(&buf, 1000);
    kv_add_str(&buf, "device", "李 = Chrome");
    kv_add_str(&buf, "dev", "");
    kv_add_i64(&buf, "amount_minor", -1050);
    assert_true(kv_is_valid(buf.data, buf.length));
    get_is(&buf, "device", "李 = Chrome");
    get_is(&buf, "dev", "");
    get_is(&buf, "amount_minor", "-1050");
    assert_false(kv_get(buf.data, buf.length, "amount", &got));
    assert_false(kv_get("", 0, "amount", &got));
    buf_done(&buf);
}

static void a_value_cannot_become_an_entry(void **state)
{
    (void)state;
    struct buf buf;
    struct kv_text got = {0};
    char big[KV_VALUE_MAX + 1];
    memset(big, 'a', sizeof(big));
    buf_init(&buf, 2000);
    kv_add_str(&buf, "place", "Berlin\ncode=1\r\x7f");
    kv_add_str(&buf, "broken", "\xc3(");
    kv_add(&buf, "big", big, sizeof(big));
    kv_add(&buf, "fits", big, KV_VALUE_MAX);
    assert_true(kv_is_valid(buf.data, buf.length));
    get_is(&buf, "place", "Berlin code=1  ");
    assert_false(kv_get(buf.data, buf.length, "code", &got));
    get_is(&buf, "broken", "");
    get_is(&buf, "big", "");
    assert_true(kv_get(buf.data, buf.length, "fits", &got));
    assert_int_equal(got.length, KV_VALUE_MAX);
    buf_done(&buf);
}

static void what_is_malformed_is_known(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "a",        "a=b",      "=b\n",    "A=b\n",
        "1a=b\n",   "a\n",      "a=b\n\n", "a=b\na=c\n",
        "a=\x01\n", "a=\xff\n", "a b=c\n", "abcdefghijklmnopqrstuvwxyzabcdefg=1\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        assert_false(kv_is_valid(wrong[i], strlen(wrong[i])));
    }
    assert_true(kv_is_valid("", 0));
    assert_true(kv_is_valid("a=\nb2_c==\n", 10));
}

static void there_is_a_largest_list(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 2000);
    for (int i = 0; i < KV_ENTRIES_MAX; i++) {
        char name[8] = {'n', (char)('a' + i / 26), (char)('a' + i % 26), 0};
        kv_add_str(&buf, name, "x");
    }
    assert_true(kv_is_valid(buf.data, buf.length));
    kv_add_str(&buf, "one_more", "x");
    assert_false(kv_is_valid(buf.data, buf.length));
    buf_done(&buf);
}

static void add_with_wrong_name(void *arg)
{
    struct buf buf;
    buf_init(&buf, 100);
    kv_add_str(&buf, arg, "x");
}

static void a_wrong_name_is_a_bug(void **state)
{
    (void)state;
    char upper[] = "Name", empty[] = "";
    assert_true(dies_of_bug(add_with_wrong_name, upper));
    assert_true(dies_of_bug(add_with_wrong_name, empty));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out),
        cmocka_unit_test(a_value_cannot_become_an_entry),
        cmocka_unit_test(what_is_malformed_is_known),
        cmocka_unit_test(there_is_a_largest_list),
        cmocka_unit_test(a_wrong_name_is_a_bug),
    };
    return cmocka_run_group_tests_name("core_kv", tests, NULL, NULL);
}

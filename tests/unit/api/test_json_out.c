/* What is written must be read back by somebody else's parser. */
#include "unit.h"

#include <jansson.h>
#include <string.h>

#include "api/api.h"

static void written_text_is_exactly_this(void **state)
{
    (void)state;
    struct buf buf;
    struct json_out out;
    buf_init(&buf, 4096);
    json_out_begin(&out, &buf);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "list");
    json_out_open(&out, NULL);
    json_out_close(&out);
    json_out_i64(&out, NULL, INT64_MIN);
    json_out_i64(&out, NULL, 0);
    json_out_bool(&out, NULL, true);
    json_out_null(&out, NULL);
    json_out_close_list(&out);
    json_out_id(&out, "id", "tr", 32);
    json_out_id(&out, "none", "tr", 0);
    json_out_time(&out, "at", 1);
    json_out_time(&out, "never", 0);
    json_out_digits(&out, "owner", INT64_MAX);
    json_out_currency(&out, "currency", CURRENCY_CNY);
    json_out_hash(&out, "hash", &(struct sha256_hash){.bytes = {0xab}});
    json_out_cursor(&out, "next", 1);
    json_out_name(&out, "kind", &api_account_kind_names, API_ACCOUNT_KIND_BANK);
    json_out_flags(&out, "flags", &api_transfer_flag_names,
                   API_TRANSFER_FLAG_PENDING | API_TRANSFER_FLAG_LINKED);
    json_out_flags(&out, "no_flags", &api_transfer_flag_names, 0);
    json_out_text(&out, "text", "a\"b\\c\n余");
    json_out_close(&out);
    json_out_end(&out);
    assert_true(buf_ok(&buf));
    assert_string_equal(
        (char *)buf.data,
        "{\"list\":[{},-9223372036854775808,0,true,null],\"id\":\"tr_0000000000010\","
        "\"none\":null,\"at\":\"1970-01-01T00:00:00.000001Z\",\"never\":null,"
        "\"owner\":\"9223372036854775807\",\"currency\":\"CNY\",\"hash\":"
        "\"ab00000000000000000000000000000000000000000000000000000000000000\","
        "\"next\":\"cur_0000000000001\",\"kind\":\"bank\",\"flags\":[\"linked\",\"pending\"],"
        "\"no_flags\":[],\"text\":\"a\\u0022b\\u005cc\\u000a余\"}");
    json_t *json = json_loads((char *)buf.data, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "text")), "a\"b\\c\n余");
    json_decref(json);
    buf_done(&buf);
}

static void close_the_wrong_thing(void *arg)
{
    struct json_out out;
    json_out_begin(&out, arg);
    json_out_open(&out, NULL);
    json_out_close_list(&out);
}

static void leave_something_open(void *arg)
{
    struct json_out out;
    json_out_begin(&out, arg);
    json_out_open(&out, NULL);
    json_out_end(&out);
}

static void forget_a_key(void *arg)
{
    struct json_out out;
    json_out_begin(&out, arg);
    json_out_open(&out, NULL);
    json_out_i64(&out, NULL, 1);
}

static void lose_a_bit(void *arg)
{
    struct json_out out;
    json_out_begin(&out, arg);
    json_out_flags(&out, NULL, &api_transfer_flag_names, 1 << 30);
}

static void bad_nesting_is_a_bug(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 4096);
    assert_true(dies_of_bug(close_the_wrong_thing, &buf));
    assert_true(dies_of_bug(leave_something_open, &buf));
    assert_true(dies_of_bug(forget_a_key, &buf));
    assert_true(dies_of_bug(lose_a_bit, &buf));
    buf_done(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_text_is_exactly_this),
        cmocka_unit_test(bad_nesting_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

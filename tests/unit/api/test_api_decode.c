/* Decoders of the contract's real operations: what is let through, what is refused, and where the
 * fault is said to be. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "api/api.h"
#include "core/clock.h"

struct decoded {
    struct arena *arena;
    struct api_transfer_batch batch;
    struct api_fault fault;
    bool ok;
};

static void decode_batch(struct decoded *decoded, const char *text, size_t length)
{
    decoded->arena = arena_create(64 << 20);
    decoded->fault = (struct api_fault){.err = ERR_OK};
    decoded->batch = (struct api_transfer_batch){0};
    decoded->ok = api_decode_json(decoded->arena, api_ledger_transfers_post_op.body, text, length,
                                  &decoded->batch, &decoded->fault);
}

static void every_field_arrives(void **state)
{
    (void)state;
    static const char text[] =
        "{\"transfers\":[{\"id\":\"tr_0000000000001\",\"debit_account_id\":\"acc_0000000000002\","
        "\"credit_account_id\":\"acc_0000000000003\",\"amount_minor\":9007199254740991,"
        "\"currency\":\"JPY\",\"code\":65535,\"flags\":[\"pending\",\"linked\",\"close_credit\"],"
        "\"pending_id\":\"tr_0000000000004\",\"timeout_seconds\":315360000,"
        "\"reference\":\"9223372036854775807\",\"commitment\":"
        "\"00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff\"},{}]}";
    struct decoded decoded;
    decode_batch(&decoded, text, strlen(text));
    assert_true(decoded.ok);
    assert_int_equal(decoded.batch.transfers_count, 2);
    const struct api_transfer_new *full = &decoded.batch.transfers[0];
    assert_true(full->has_id && full->has_amount_minor && full->has_commitment);
    assert_int_equal(full->id.v, 1);
    assert_int_equal(full->debit_account_id.v, 2);
    assert_int_equal(full->credit_account_id.v, 3);
    assert_int_equal(full->amount_minor, MONEY_MINOR_MAX);
    assert_int_equal(full->currency, CURRENCY_JPY);
    assert_int_equal(full->code, 65535);
    assert_int_equal(full->flags, API_TRANSFER_FLAG_PENDING | API_TRANSFER_FLAG_LINKED |
                                      API_TRANSFER_FLAG_CLOSE_CREDIT);
    assert_int_equal(full->pending_id.v, 4);
    assert_int_equal(full->timeout_seconds, 315360000);
    assert_int_equal(full->reference, INT64_MAX);
    assert_int_equal(full->commitment.bytes[0], 0x00);
    assert_int_equal(full->commitment.bytes[31], 0xff);
    const struct api_transfer_new *empty = &decoded.batch.transfers[1];
    assert_false(empty->has_id || empty->has_amount_minor || empty->has_commitment);
    assert_int_equal(empty->flags, 0);
    arena_free(decoded.arena);
}

struct refused {
    const char *text;
    enum err err;
    const char *field;
};

static void faults_name_their_place(void **state)
{
    (void)state;
    static const struct refused rows[] = {
        {"", ERR_MALFORMED_JSON, ""},
        {"{", ERR_MALFORMED_JSON, ""},
        {"nonsense", ERR_MALFORMED_JSON, ""},
        {"{\"transfers\":[{}]} trailing", ERR_MALFORMED_JSON, ""},
        {"{\"transfers\":[{\"currency\":\"a\\u0000b\"}]}", ERR_MALFORMED_JSON, ""},
        {"[]", ERR_FIELD_TYPE_INVALID, ""},
        {"null", ERR_FIELD_TYPE_INVALID, ""},
        {"5", ERR_FIELD_TYPE_INVALID, ""},
        {"{}", ERR_FIELD_REQUIRED, "/transfers"},
        {"{\"transfers\":{}}", ERR_FIELD_TYPE_INVALID, "/transfers"},
        {"{\"transfers\":[]}", ERR_BATCH_EMPTY, "/transfers"},
        {"{\"transfers\":[{}],\"more\":1}", ERR_FIELD_UNKNOWN, "/more"},
        {"{\"transfers\":[{}],\"a/b~c\":1}", ERR_FIELD_UNKNOWN, "/a~1b~0c"},
        {"{\"transfers\":[{},7]}", ERR_FIELD_TYPE_INVALID, "/transfers/1"},
        {"{\"transfers\":[{\"amount_minor\":-1}]}", ERR_FIELD_OUT_OF_RANGE,
         "/transfers/0/amount_minor"},
        {"{\"transfers\":[{\"amount_minor\":9007199254740992}]}", ERR_FIELD_OUT_OF_RANGE,
         "/transfers/0/amount_minor"},
        {"{\"transfers\":[{\"amount_minor\":99999999999999999999}]}", ERR_FIELD_OUT_OF_RANGE, ""},
        {"{\"transfers\":[{\"amount_minor\":1.5}]}", ERR_FIELD_TYPE_INVALID,
         "/transfers/0/amount_minor"},
        {"{\"transfers\":[{\"amount_minor\":1.0}]}", ERR_FIELD_TYPE_INVALID,
         "/transfers/0/amount_minor"},
        {"{\"transfers\":[{\"amount_minor\":1e3}]}", ERR_FIELD_TYPE_INVALID,
         "/transfers/0/amount_minor"},
        {"{\"transfers\":[{\"amount_minor\":\"1\"}]}", ERR_FIELD_TYPE_INVALID,
         "/transfers/0/amount_minor"},
        {"{\"transfers\":[{\"amount_minor\":null}]}", ERR_FIELD_TYPE_INVALID,
         "/transfers/0/amount_minor"},
        {"{\"transfers\":[{\"code\":65536}]}", ERR_FIELD_OUT_OF_RANGE, "/transfers/0/code"},
        {"{\"transfers\":[{\"code\":1,\"code\":1}]}", ERR_FIELD_DUPLICATE, ""},
        {"{\"transfers\":[{\"currency\":\"XXX\"}]}", ERR_CURRENCY_UNKNOWN, "/transfers/0/currency"},
        {"{\"transfers\":[{\"id\":\"acc_0000000000001\"}]}", ERR_ID_MALFORMED, "/transfers/0/id"},
        {"{\"transfers\":[{\"id\":\"tr_7zzzzzzzzzzzz\"}]}", ERR_FIELD_OUT_OF_RANGE,
         "/transfers/0/id"}, /* an id from the future */
        {"{\"transfers\":[{\"reference\":\"01\"}]}", ERR_FIELD_FORMAT_INVALID,
         "/transfers/0/reference"},
        {"{\"transfers\":[{\"reference\":\"-1\"}]}", ERR_FIELD_FORMAT_INVALID,
         "/transfers/0/reference"},
        {"{\"transfers\":[{\"reference\":\"9223372036854775808\"}]}", ERR_FIELD_OUT_OF_RANGE,
         "/transfers/0/reference"},
        {"{\"transfers\":[{\"reference\":7}]}", ERR_FIELD_TYPE_INVALID, "/transfers/0/reference"},
        {"{\"transfers\":[{\"commitment\":\"00\"}]}", ERR_FIELD_FORMAT_INVALID,
         "/transfers/0/commitment"},
        {"{\"transfers\":[{\"commitment\":"
         "\"00FF00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff\"}]}",
         ERR_FIELD_FORMAT_INVALID, "/transfers/0/commitment"},
        {"{\"transfers\":[{\"flags\":\"pending\"}]}", ERR_FIELD_TYPE_INVALID, "/transfers/0/flags"},
        {"{\"transfers\":[{\"flags\":[1]}]}", ERR_FIELD_TYPE_INVALID, "/transfers/0/flags/0"},
        {"{\"transfers\":[{\"flags\":[\"pending\",\"expire_pending\"]}]}", ERR_FIELD_VALUE_INVALID,
         "/transfers/0/flags/1"},
        {"{\"transfers\":[{\"flags\":[\"pending\",\"pending\"]}]}", ERR_FIELD_DUPLICATE,
         "/transfers/0/flags/1"},
        {"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", ERR_JSON_TOO_DEEP, ""},
        {"{\"transfers\":[{\"currency\":\"\xc3\x28\"}]}", ERR_TEXT_NOT_UTF8, ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct decoded decoded;
        decode_batch(&decoded, rows[i].text, strlen(rows[i].text));
        assert_false(decoded.ok);
        assert_string_equal(err_code(decoded.fault.err), err_code(rows[i].err));
        assert_string_equal(decoded.fault.field, rows[i].field);
        assert_int_equal(decoded.batch.transfers_count, 0); /* untouched */
        arena_free(decoded.arena);
    }
}

static size_t repeat(char *ret, const char *first, const char *item, size_t count)
{
    size_t at = strlen(first), length = strlen(item);
    memcpy(ret, first, at);
    for (size_t i = 0; i < count; i++) {
        ret[at] = ',';
        memcpy(ret + at + (i > 0 ? 1 : 0), item, length);
        at += length + (i > 0 ? 1 : 0);
    }
    return at;
}

static void a_batch_has_a_largest_size(void **state)
{
    (void)state;
    static char text[4 << 20];
    for (size_t count = 8190; count <= 8191; count++) {
        size_t length = repeat(text, "{\"transfers\":[", "{}", count);
        memcpy(text + length, "]}", 2);
        struct decoded decoded;
        decode_batch(&decoded, text, length + 2);
        assert_int_equal(decoded.ok, count == 8190);
        assert_int_equal(decoded.fault.err, count == 8190 ? ERR_OK : ERR_BATCH_TOO_LARGE);
        arena_free(decoded.arena);
    }
    size_t length = repeat(text, "{\"transfers\":[", "0", 1000000);
    memcpy(text + length, "]}", 2);
    struct decoded decoded;
    decode_batch(&decoded, text, length + 2); /* refused before a tree of a million values */
    assert_int_equal(decoded.fault.err, ERR_BATCH_TOO_LARGE);
    arena_free(decoded.arena);
}

static bool decode_lines(struct arena *arena, const char *text, struct api_transfer_batch *ret,
                         struct api_fault *fault)
{
    *fault = (struct api_fault){.err = ERR_OK};
    return api_decode_lines(arena, api_ledger_transfers_post_op.lines, text, strlen(text), ret,
                            fault);
}

static void lines_fill_the_same_list(void **state)
{
    (void)state;
    struct arena *arena = arena_create(1 << 20);
    struct api_transfer_batch batch = {0};
    struct api_fault fault;
    assert_true(
        decode_lines(arena, "{\"code\":1}\n{\"code\":2}\r\n\n{\"code\":3}", &batch, &fault));
    assert_int_equal(batch.transfers_count, 3);
    assert_int_equal(batch.transfers[2].code, 3);
    assert_false(decode_lines(arena, "", &batch, &fault));
    assert_int_equal(fault.err, ERR_BATCH_EMPTY);
    assert_string_equal(fault.field, "/transfers");
    assert_false(decode_lines(arena, "{\"code\":1}\n{\"code\":70000}\n", &batch, &fault));
    assert_int_equal(fault.err, ERR_FIELD_OUT_OF_RANGE);
    assert_string_equal(fault.field, "/transfers/1/code");
    assert_false(decode_lines(arena, "{\"code\":1}\n{\"code\":\n1}\n", &batch, &fault));
    assert_int_equal(fault.err, ERR_MALFORMED_JSON);
    assert_string_equal(fault.field, "/transfers/1");
    assert_int_equal(batch.transfers_count, 3);
    arena_free(arena);
}

static const struct api_field *param(const struct api_op *op, const char *name)
{
    for (size_t i = 0; i < op->param_count; i++) {
        if (strcmp(op->params[i].field.name, name) == 0) {
            return &op->params[i].field;
        }
    }
    fail_msg("no parameter %s", name);
    return NULL;
}

static enum err try_param(const char *name, const char *value,
                          struct api_ledger_accounts_id_entries_get_in *ret)
{
    struct api_fault fault = {.err = ERR_OK};
    struct http_text text = {value, value == NULL ? 0 : strlen(value)};
    *ret = (struct api_ledger_accounts_id_entries_get_in){0};
    bool ok =
        api_decode_param(param(&api_ledger_accounts_id_entries_get_op, name), text, ret, &fault);
    assert_int_equal(ok, fault.err == ERR_OK);
    assert_true(ok || strcmp(fault.field, name) == 0);
    return fault.err;
}

static void parameters_are_checked_like_fields(void **state)
{
    (void)state;
    struct api_ledger_accounts_id_entries_get_in in;
    assert_int_equal(try_param("limit", NULL, &in), ERR_OK);
    assert_int_equal(in.limit, 50);
    assert_int_equal(try_param("limit", "500", &in), ERR_OK);
    assert_int_equal(in.limit, 500);
    assert_int_equal(try_param("limit", "0", &in), ERR_FIELD_OUT_OF_RANGE);
    assert_int_equal(try_param("limit", "", &in), ERR_FIELD_TYPE_INVALID);
    assert_int_equal(try_param("limit", "+5", &in), ERR_FIELD_TYPE_INVALID);
    assert_int_equal(try_param("order", NULL, &in), ERR_OK);
    assert_int_equal(in.order, API_LEDGER_ACCOUNTS_ID_ENTRIES_GET_ORDER_DESC);
    assert_int_equal(try_param("order", "asc", &in), ERR_OK);
    assert_int_equal(in.order, API_LEDGER_ACCOUNTS_ID_ENTRIES_GET_ORDER_ASC);
    assert_int_equal(try_param("order", "ASC", &in), ERR_FIELD_VALUE_INVALID);
    assert_int_equal(try_param("cursor", "cur_0000000000007", &in), ERR_OK);
    assert_int_equal(in.cursor, 7);
    assert_true(in.has_cursor);
    assert_int_equal(try_param("cursor", "7", &in), ERR_CURSOR_INVALID);
    assert_int_equal(try_param("from", "1970-01-01T00:00:01Z", &in), ERR_OK);
    assert_int_equal(in.from_us, 1000000);
    assert_int_equal(try_param("from", "now", &in), ERR_FIELD_FORMAT_INVALID);
    assert_int_equal(try_param("account_id", NULL, &in), ERR_FIELD_REQUIRED);
    assert_int_equal(try_param("side", NULL, &in), ERR_OK);
    assert_false(in.has_side);
}

static void an_idempotency_key_has_its_own_errors(void **state)
{
    (void)state;
    static const struct refused rows[] = {
        {NULL, ERR_IDEMPOTENCY_KEY_REQUIRED, NULL},
        {"", ERR_IDEMPOTENCY_KEY_INVALID, NULL},
        {"short", ERR_IDEMPOTENCY_KEY_INVALID, NULL},
        {"with spaces in it", ERR_IDEMPOTENCY_KEY_INVALID, NULL},
        {"01890a5d-ac96-774b-bcce-b302099a8057", ERR_OK, NULL},
        {"01890a5d-ac96-774b-bcce-b302099a8057-and-much-more-than-64-characters",
         ERR_IDEMPOTENCY_KEY_INVALID, NULL},
        {"schl\xc3\xbcssel", ERR_IDEMPOTENCY_KEY_INVALID, NULL},
    };
    const struct api_field *field = param(&api_ledger_transfers_post_op, "Idempotency-Key");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct api_ledger_transfers_post_in in = {0};
        struct api_fault fault = {.err = ERR_OK};
        struct http_text text = {rows[i].text, rows[i].text == NULL ? 0 : strlen(rows[i].text)};
        bool ok = api_decode_param(field, text, &in, &fault);
        assert_int_equal(ok, rows[i].err == ERR_OK);
        assert_int_equal(fault.err, rows[i].err);
    }
}

static void new_ids_may_be_a_little_ahead(void **state)
{
    (void)state;
    struct clock clock;
    clock_init_real(&clock);
    int64_t now_ms = clock_now_us(&clock) / 1000;
    const struct api_field *field = param(&api_ledger_transfers_id_put_op, "transfer_id");
    for (int64_t hours = -1; hours <= 48; hours++) {
        struct api_ledger_transfers_id_put_in in;
        struct api_fault fault = {.err = ERR_OK};
        char id[ID_TEXT_MAX];
        size_t length = id_format("tr", (now_ms + hours * 3600 * 1000) << 21 | 1, id);
        bool ok = api_decode_param(field, (struct http_text){id, length}, &in, &fault);
        assert_true(hours == 24 || ok == (hours < 24));
    }
}

static void names_lead_to_values_and_back(void **state)
{
    (void)state;
    assert_string_equal(api_name_of(&api_account_kind_names, API_ACCOUNT_KIND_WALLET), "wallet");
    assert_string_equal(api_name_of(&api_hold_state_names, API_HOLD_STATE_OPEN), "open");
    assert_null(api_name_of(&api_account_kind_names, 7));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_arrives),
        cmocka_unit_test(faults_name_their_place),
        cmocka_unit_test(a_batch_has_a_largest_size),
        cmocka_unit_test(lines_fill_the_same_list),
        cmocka_unit_test(parameters_are_checked_like_fields),
        cmocka_unit_test(an_idempotency_key_has_its_own_errors),
        cmocka_unit_test(new_ids_may_be_a_little_ahead),
        cmocka_unit_test(names_lead_to_values_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

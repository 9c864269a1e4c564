/* The byte formats of docs/formats.md, spelled out: a change of any byte fails here. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/str.h"
#include "ledger/ledger_chain.h"

static void assert_hex(const uint8_t *bytes, size_t length, const char *expected)
{
    char hex[512];
    assert_true(2 * length < sizeof(hex));
    hex_encode(bytes, length, hex);
    assert_string_equal(hex, expected);
}

#define H20(byte)  byte byte byte byte byte byte byte byte byte byte byte byte byte byte byte byte
#define HASH(byte) H20(byte) H20(byte)

static struct sha256_hash filled(uint8_t byte)
{
    struct sha256_hash hash;
    memset(hash.bytes, byte, sizeof(hash.bytes));
    return hash;
}

static void an_opening(void **state)
{
    (void)state;
    struct ledger_account_spec spec = {.id = {1},
                                       .owner = 2,
                                       .kind = LEDGER_WALLET,
                                       .currency = CURRENCY_CNY,
                                       .flags = 1,
                                       .overdraft_minor = 3,
                                       .balance_max_minor = 4,
                                       .salt = filled(0xaa)};
    uint8_t record[CHAIN_OPENING_BYTES];
    assert_int_equal(chain_encode_opening(&spec, 5, record), 84);
    assert_hex(record, 84,
               "0052010f"
               "0000000000000001"
               "0000000000000002"
               "00c9"
               "009c"
               "00000001"
               "0000000000000003"
               "0000000000000004"
               "0000000000000005" HASH("aa"));
    struct sha256_hash expected, hash;
    sha256(record, sizeof(record), &expected);
    chain_opening_hash(&spec, 5, &hash);
    assert_memory_equal(&hash, &expected, sizeof(hash));
}

static void a_core(void **state)
{
    (void)state;
    struct sha256_hash commitment = filled(0xbb);
    struct chain_core core = {.id = 1,
                              .debit_account = 2,
                              .credit_account = 3,
                              .amount_minor = 4,
                              .pending_id = 5,
                              .expires_at_us = 6,
                              .reference = 7,
                              .created_at_us = 8,
                              .flags = 9,
                              .currency = 156,
                              .code = 10};
    static const char *const fields = "0000000000000001"
                                      "0000000000000002"
                                      "0000000000000003"
                                      "0000000000000004"
                                      "009c"
                                      "000a"
                                      "00000009"
                                      "0000000000000005"
                                      "0000000000000006"
                                      "0000000000000007"
                                      "0000000000000008";
    char expected[512];
    uint8_t record[CHAIN_CORE_BYTES_MAX];
    assert_int_equal(chain_encode_core(&core, record), 77);
    (void)snprintf(expected, sizeof(expected), "004b0110%s00", fields);
    assert_hex(record, 77, expected);
    core.commitment = &commitment;
    assert_int_equal(chain_encode_core(&core, record), 109);
    (void)snprintf(expected, sizeof(expected), "006b0110%s20%s", fields, HASH("bb"));
    assert_hex(record, 109, expected);
}

static void a_side(void **state)
{
    (void)state;
    struct sha256_hash previous = filled(0x11), core = filled(0x22);
    struct chain_side side = {.side = LEDGER_CREDIT,
                              .account = 1,
                              .prev_transfer = 2,
                              .seq = 3,
                              .posted_minor = -4,
                              .held_debits_minor = 5,
                              .held_credits_minor = 6};
    uint8_t record[CHAIN_SIDE_BYTES];
    assert_int_equal(chain_encode_side(&side, &previous, &core, record), 117);
    assert_hex(record, 117,
               "00730111"
               "02"
               "0000000000000001" HASH("11") HASH("22") "0000000000000002"
                                                        "0000000000000003"
                                                        "fffffffffffffffc"
                                                        "0000000000000005"
                                                        "0000000000000006");
}

static void leaves(void **state)
{
    (void)state;
    struct sha256_hash a = filled(0x11), b = filled(0x22), c = filled(0x33), hash, expected;
    uint8_t record[CHAIN_LEAF_BYTES];
    assert_int_equal(chain_encode_leaf(1, &a, &b, &c, record), 108);
    assert_hex(record, 108, "006a01120000000000000001" HASH("11") HASH("22") HASH("33"));
    chain_leaf_hash(1, &a, &b, &c, &hash);
    merkle_leaf_hash(record, 108, &expected);
    assert_memory_equal(&hash, &expected, sizeof(hash));
    assert_int_equal(chain_encode_leaf_opened(2, &a, record), 44);
    assert_hex(record, 44, "002a01130000000000000002" HASH("11"));
}

static void references_and_failures(void **state)
{
    (void)state;
    uint8_t ref[CHAIN_REF_BYTES], type;
    int64_t id;
    chain_encode_ref(CHAIN_TYPE_LEAF, 0x0102030405060708, ref);
    assert_hex(ref, sizeof(ref), "120102030405060708");
    chain_decode_ref(ref, &type, &id);
    assert_int_equal(type, CHAIN_TYPE_LEAF);
    assert_int_equal(id, 0x0102030405060708);
    struct ledger_transfer t = {.debit_account = {1},
                                .credit_account = {2},
                                .amount_minor = 3,
                                .currency = CURRENCY_CNY,
                                .code = 4,
                                .flags = 5,
                                .pending_id = {6},
                                .timeout_s = 7,
                                .reference = 8};
    uint8_t content[CHAIN_CONTENT_BYTES_MAX];
    assert_int_equal(chain_encode_content(&t, content), 57);
    assert_hex(content, 57,
               "0000000000000001"
               "0000000000000002"
               "0000000000000003"
               "009c"
               "0004"
               "00000005"
               "0000000000000006"
               "0000000000000007"
               "0000000000000008"
               "00");
    /* u16 length | version | type | id | code | time | content */
    uint8_t record[24 + 57] = {0x00, 22 + 57, 0x01, 0x14, 0, 0, 0, 0, 0, 0, 0, 9,
                               0,    0,       0x01, 0x69, 0, 0, 0, 0, 0, 0, 0, 10};
    struct sha256_hash hash, expected;
    memcpy(record + 24, content, 57);
    sha256(record, sizeof(record), &expected);
    chain_failure_hash(9, ERR_INSUFFICIENT_FUNDS, 10, content, 57, &hash);
    assert_memory_equal(&hash, &expected, sizeof(hash));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_opening),
        cmocka_unit_test(a_core),
        cmocka_unit_test(a_side),
        cmocka_unit_test(leaves),
        cmocka_unit_test(references_and_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

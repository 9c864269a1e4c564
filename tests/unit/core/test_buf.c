#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/buf.h"

static void numbers_are_big_endian(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 100);
    buf_add_u8(&buf, 0x01);
    buf_add_u16be(&buf, 0x0203);
    buf_add_u32be(&buf, 0x04050607);
    buf_add_u64be(&buf, UINT64_C(0x08090a0b0c0d0e0f));
    assert_true(buf_ok(&buf));
    assert_int_equal(buf.length, 15);
    for (size_t i = 0; i < 15; i++) {
        assert_int_equal(buf.data[i], i + 1);
    }
    buf_done(&buf);
}

static void text_ends_with_nul_after_every_write(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1 << 20);
    char expected[4001] = "";
    for (int i = 0; i < 400; i++) {
        buf_printf(&buf, "%04d,", i);
        buf_add_str(&buf, "abcde");
        assert_int_equal(buf.data[buf.length], 0);
        snprintf(expected + 10 * i, sizeof(expected) - 10 * (size_t)i, "%04d,abcde", i);
    }
    assert_string_equal((char *)buf.data, expected);
    buf_done(&buf);
}

static void the_maximum_itself_fits(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 8);
    buf_add(&buf, "12345678", 8);
    assert_true(buf_ok(&buf));
    assert_int_equal(buf.length, 8);
    buf_add(&buf, "", 0);
    assert_true(buf_ok(&buf));
    buf_add_u8(&buf, 9);
    assert_false(buf_ok(&buf));
    buf_done(&buf);
}

static void overflow_is_sticky_and_writes_nothing(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 8);
    buf_add(&buf, "1234", 4);
    buf_add(&buf, "56789", 5);
    assert_false(buf_ok(&buf));
    buf_add(&buf, "5", 1); /* would fit, but follows a gap */
    assert_false(buf_ok(&buf));
    buf_printf(&buf, "%d", 6);
    assert_int_equal(buf.length, 4);
    assert_string_equal((char *)buf.data, "1234");
    buf_clear(&buf);
    assert_true(buf_ok(&buf));
    buf_add_str(&buf, "new");
    assert_string_equal((char *)buf.data, "new");
    buf_done(&buf);
    buf_done(&buf); /* safe on a zeroed struct */
}

static void take_hands_the_bytes_over(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 100);
    size_t length = 99;
    uint8_t *empty = buf_take(&buf, &length);
    assert_int_equal(length, 0);
    assert_string_equal((char *)empty, "");
    free(empty);
    buf_add_str(&buf, "abc");
    uint8_t *bytes = buf_take(&buf, NULL);
    assert_string_equal((char *)bytes, "abc");
    assert_int_equal(buf.length, 0);
    buf_add_str(&buf, "again");
    assert_string_equal((char *)buf.data, "again");
    free(bytes);
    buf_done(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_big_endian),
        cmocka_unit_test(text_ends_with_nul_after_every_write),
        cmocka_unit_test(the_maximum_itself_fits),
        cmocka_unit_test(overflow_is_sticky_and_writes_nothing),
        cmocka_unit_test(take_hands_the_bytes_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_national_id.c — GB 11643 and Luhn with vectors and properties; names as people write them.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/rng.h"
#include "identity/card_number.h"
#include "identity/national_id.h"

#define TODAY 20261122

static enum national_id_fault parse(const char *text, struct national_id *ret)
{
    return national_id_parse(NATIONAL_ID_CN_RESIDENT, text, strlen(text), TODAY, ret);
}

/* The example of the standard itself, and numbers that end in each kind of check character. */
static void test_vectors(void **state)
{
    struct national_id id;

    (void)state;
    assert_int_equal(parse("11010519491231002X", &id), NATIONAL_ID_OK);
    assert_int_equal(id.birth_year, 1949);
    assert_int_equal(id.birth_month, 12);
    assert_int_equal(id.birth_day, 31);
    assert_int_equal(parse("440524188001010014", &id),
                     NATIONAL_ID_DATE); /* of the standard; 1880 */
    assert_int_equal(national_id_check("44052418800101001"), '4');
    assert_int_equal(parse(" 110105 19491231-002x ", &id), NATIONAL_ID_OK);
    assert_string_equal(id.text, "11010519491231002X");
    assert_int_equal(national_id_age(&id, 20261230), 76);
    assert_int_equal(national_id_age(&id, 20261231), 77);
}

static void test_faults(void **state)
{
    struct national_id id = {.length = 99};

    (void)state;
    assert_int_equal(parse("", &id), NATIONAL_ID_LENGTH);
    assert_int_equal(parse("110105491231002", &id), NATIONAL_ID_LENGTH); /* the old 15 digits */
    assert_int_equal(parse("11010519491231002X11010519491231002X", &id), NATIONAL_ID_LENGTH);
    assert_int_equal(parse("1101051949123100X2", &id), NATIONAL_ID_CHARACTER);
    assert_int_equal(parse("11010519491231002Y", &id), NATIONAL_ID_CHARACTER);
    assert_int_equal(parse("11010519491231002\xef\xbc\xb8", &id), NATIONAL_ID_CHARACTER);
    assert_int_equal(parse("99010519491231002X", &id), NATIONAL_ID_REGION);
    assert_int_equal(parse("110105194902310020", &id), NATIONAL_ID_DATE);
    assert_int_equal(parse("110105202711220028", &id), NATIONAL_ID_DATE); /* not born yet */
    assert_int_equal(parse("110105194912310021", &id), NATIONAL_ID_CHECK);
    assert_int_equal(id.length, 99); /* untouched */
}

/* One wrong digit, or two neighbours swapped, never passes: what MOD 11-2 promises. */
static void test_every_slip_is_seen(void **state)
{
    struct national_id id;
    struct rng rng;
    size_t seen = 0;

    (void)state;
    rng_init(&rng, 11643);
    for (int n = 0; n < 300; n++) {
        char text[64], slip[19]; /* the compiler thinks of numbers that cannot come */

        snprintf(text, sizeof(text), "44%04d19%02d%02d%02d%03d", (int)rng_below(&rng, 10000),
                 (int)rng_below(&rng, 100), 1 + (int)rng_below(&rng, 12),
                 1 + (int)rng_below(&rng, 28), (int)rng_below(&rng, 1000));
        text[17] = national_id_check(text);
        text[18] = '\0';
        assert_int_equal(parse(text, &id), NATIONAL_ID_OK);
        for (size_t i = 0; i < 17; i++) {
            for (char digit = '0'; digit <= '9'; digit++) {
                memcpy(slip, text, sizeof(slip));
                slip[i] = digit;
                if (digit != text[i]) {
                    assert_int_not_equal(parse(slip, &id), NATIONAL_ID_OK);
                    seen++;
                }
            }
            memcpy(slip, text, sizeof(slip));
            slip[i] = text[i + 1];
            slip[i + 1] = text[i];
            if (slip[i] != slip[i + 1]) {
                assert_int_not_equal(parse(slip, &id), NATIONAL_ID_OK);
                seen++;
            }
        }
    }
    assert_true(seen > 40000);
}

static void test_other_kinds(void **state)
{
    struct national_id id;

    (void)state;
    assert_int_equal(national_id_parse(NATIONAL_ID_PASSPORT, "c01x00t47", 9, TODAY, &id),
                     NATIONAL_ID_OK);
    assert_string_equal(id.text, "C01X00T47");
    assert_int_equal(national_id_age(&id, TODAY), -1);
    assert_int_equal(national_id_parse(NATIONAL_ID_PASSPORT, "12345", 5, TODAY, &id),
                     NATIONAL_ID_LENGTH);
    assert_int_equal(national_id_parse(NATIONAL_ID_OTHER, "1234", 4, TODAY, &id),
                     NATIONAL_ID_LENGTH);
    assert_int_equal(national_id_parse(NATIONAL_ID_OTHER, "AB-123.4", 8, TODAY, &id),
                     NATIONAL_ID_CHARACTER);
}

static void test_names(void **state)
{
    static const struct {
        const char *text, *normal;
    } good[] = {
        {"李华", "李华"},
        {"  李 \xe3\x80\x80 华 ", "李 华"},
        {"阿卜杜拉·买买提", "阿卜杜拉·买买提"},
        {"O'Neil-Smith Jr.", "O'Neil-Smith Jr."},
        {"Žofie Nováková", "Žofie Nováková"},
        {"𠮷田", "𠮷田"},
    };
    static const char *const bad[] = {"",          "李",     "李华1",   "Li\nHua",
                                      "a@b",       "李，华", "李😀华",  "(李华)",
                                      "<b>Li</b>", "Li_Hua", "\xff\xfe"};
    char name[PERSON_NAME_BYTES + 1], mask[PERSON_NAME_BYTES + 1], longest[200];
    size_t length;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        assert_int_equal(person_name_normalise(good[i].text, strlen(good[i].text), name, &length),
                         ERR_OK);
        assert_string_equal(name, good[i].normal);
        assert_int_equal(length, strlen(name));
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        print_message("  %s\n", bad[i]);
        assert_int_equal(person_name_normalise(bad[i], strlen(bad[i]), name, &length),
                         ERR_NAME_INVALID);
    }
    memset(longest, 'a', sizeof(longest));
    assert_int_equal(person_name_normalise(longest, 51, name, &length), ERR_NAME_INVALID);
    assert_int_equal(person_name_normalise(longest, 50, name, &length), ERR_OK);
    person_name_mask("李华", strlen("李华"), mask);
    assert_string_equal(mask, "*华");
    person_name_mask("Li Hua", 6, mask);
    assert_string_equal(mask, "** **a");
}

static void test_masks(void **state)
{
    char mask[NATIONAL_ID_MAX + 1];

    (void)state;
    national_id_mask("11010519491231002X", 18, mask);
    assert_string_equal(mask, "110************02X");
    national_id_mask("C01X00T47", 9, mask);
    assert_string_equal(mask, "C*******7");
}

static void test_luhn(void **state)
{
    /* Test numbers that the networks publish. */
    static const char *const good[] = {"4111111111111111", "5555555555554444", "378282246310005",
                                       "6011111111111117", "3530111333300000", "30569309025904",
                                       "6200000000000005"};
    struct card_number number = {.length = 7};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        char slip[20];

        assert_int_equal(card_number_parse(good[i], strlen(good[i]), &number), ERR_OK);
        for (size_t at = 0; at < strlen(good[i]); at++) {
            memcpy(slip, good[i], strlen(good[i]) + 1);
            slip[at] = slip[at] == '9' ? '0' : (char)(slip[at] + 1);
            assert_int_equal(card_number_parse(slip, strlen(slip), &number),
                             ERR_CARD_NUMBER_INVALID);
        }
    }
    assert_int_equal(card_number_parse("4111 1111-1111 1111", 19, &number), ERR_OK);
    assert_string_equal(number.digits, "4111111111111111");
    assert_int_equal(card_number_parse("411111111111111x", 16, &number), ERR_CARD_NUMBER_INVALID);
    assert_int_equal(card_number_parse("00000000000", 11, &number), ERR_CARD_NUMBER_INVALID);
    assert_int_equal(card_number_parse("00000000000000000000", 20, &number),
                     ERR_CARD_NUMBER_INVALID);
    assert_false(luhn_is_valid("", 0));
    assert_false(luhn_is_valid("0a", 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_every_slip_is_seen),
        cmocka_unit_test(test_other_kinds),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_luhn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

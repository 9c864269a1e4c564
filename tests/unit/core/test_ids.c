#include "unit.h"

#include <string.h>

#include "core/ids.h"
#include "core/rng.h"

static void ids_survive_the_round_trip(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 7);
    for (int i = 0; i < 20000; i++) {
        int64_t v = 1 + (int64_t)(rng_next(&rng) >> (1 + rng_below(&rng, 62)));
        char text[ID_TEXT_MAX];
        int64_t read = 0;
        size_t length = id_format("acc", v, text);
        assert_int_equal(length, strlen(text));
        assert_int_equal(length, 17);
        assert_int_equal(id_parse("acc", text, length, &read), ERR_OK);
        assert_int_equal(read, v);
    }
    char text[ID_TEXT_MAX];
    int64_t read = 0;
    (void)id_format("tr", INT64_MAX, text);
    assert_string_equal(text, "tr_7zzzzzzzzzzzz");
    assert_int_equal(id_parse("tr", text, strlen(text), &read), ERR_OK);
    assert_int_equal(read, INT64_MAX);
}

static void text_order_is_number_order(void **state)
{
    (void)state;
    char a[ID_TEXT_MAX], b[ID_TEXT_MAX];
    (void)id_format("tr", 0x7fffffff, a);
    (void)id_format("tr", 0x80000000, b);
    assert_true(strcmp(a, b) < 0);
}

static void malformed_ids_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "tr_",
        "tr_0000000000000",  /* zero is nobody */
        "tr_8000000000000",  /* 64 bits */
        "tr_zzzzzzzzzzzzz",  /* 65 bits */
        "tr_01hq3k9zv5w8",   /* too short */
        "tr_01hq3k9zv5w8xx", /* too long */
        "tr_01hq3k9zv5w8i",  /* look-alikes */
        "tr_01hq3k9zv5w8l",
        "tr_01hq3k9zv5w8o",
        "tr_01hq3k9zv5w8u",
        "tr_01HQ3K9ZV5W8X", /* upper case */
        "TR_01hq3k9zv5w8x",
        "acc_01hq3k9zv5w8x", /* another type */
        "tr-01hq3k9zv5w8x",
        " tr_01hq3k9zv5w8x",
        "tr_01hq3k9zv5w8\x80",
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        int64_t read = -7;
        assert_int_equal(id_parse("tr", rows[i], strlen(rows[i]), &read), ERR_ID_MALFORMED);
        assert_int_equal(read, -7);
    }
}

static void drawn_ids_go_up_and_carry_time(void **state)
{
    (void)state;
    struct clock clock;
    clock_init_virtual(&clock, INT64_C(1700000000000000));
    struct id_source source;
    id_source_init(&source, &clock, 3, 0);
    int64_t ids[20000]; /* more than a millisecond holds: the counter borrows */
    id_draw(&source, ARRAY_COUNT(ids), ids);
    assert_int_equal(id_time_ms(ids[0]), INT64_C(1700000000000));
    for (size_t i = 1; i < ARRAY_COUNT(ids); i++) {
        assert_true(ids[i] > ids[i - 1]);
        assert_int_equal(ids[i] >> 13 & 0xff, 3);
    }
    assert_int_equal(id_time_ms(ids[19999]), INT64_C(1700000000002));
}

static void drawing_never_goes_back(void **state)
{
    (void)state;
    struct clock clock;
    clock_init_virtual(&clock, INT64_C(1700000000000000));
    struct id_source source;
    int64_t last = INT64_C(1700000009999) << 21 | 200 << 13 | 8191;
    id_source_init(&source, &clock, 3, last); /* a later time, a higher node, a full counter */
    int64_t first = id_draw_one(&source);
    assert_true(first > last);
    assert_int_equal(first >> 13 & 0xff, 3);
    assert_int_equal(id_time_ms(first), INT64_C(1700000010000));
    clock_advance(&clock, INT64_C(60000000));
    assert_int_equal(id_time_ms(id_draw_one(&source)), INT64_C(1700000060000));
}

struct draw {
    struct id_source *source;
    int64_t ids[5000];
};

static void *draw_many(void *arg)
{
    struct draw *draw = arg;
    for (size_t i = 0; i < ARRAY_COUNT(draw->ids); i += 10) {
        id_draw(draw->source, 10, draw->ids + i);
    }
    return NULL;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right ? 1 : 0;
}

static void threads_never_draw_the_same(void **state)
{
    (void)state;
    struct clock clock;
    clock_init_real(&clock);
    struct id_source source;
    id_source_init(&source, &clock, 0, 0);
    static struct draw draws[4];
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) {
        draws[i].source = &source;
        assert_int_equal(pthread_create(&threads[i], NULL, draw_many, &draws[i]), 0);
    }
    static int64_t all[4 * 5000];
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        memcpy(all + i * 5000, draws[i].ids, sizeof(draws[i].ids));
    }
    qsort(all, ARRAY_COUNT(all), sizeof(all[0]), compare_ids);
    for (size_t i = 1; i < ARRAY_COUNT(all); i++) {
        assert_true(all[i] > all[i - 1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_survive_the_round_trip),
        cmocka_unit_test(text_order_is_number_order),
        cmocka_unit_test(malformed_ids_are_refused),
        cmocka_unit_test(drawn_ids_go_up_and_carry_time),
        cmocka_unit_test(drawing_never_goes_back),
        cmocka_unit_test(threads_never_draw_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

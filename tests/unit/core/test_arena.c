#include "unit.h"

#include <string.h>

#include "core/arena.h"

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    struct arena *arena = arena_create(1 << 20);
    for (size_t bytes = 0; bytes < 300; bytes++) {
        uint8_t *at = arena_alloc(arena, bytes);
        assert_int_equal((uintptr_t)at % 16, 0);
        for (size_t i = 0; i < bytes; i++) {
            assert_int_equal(at[i], 0);
            at[i] = 0xff;
        }
    }
    arena_free(arena);
}

static void reset_hands_out_zeroed_memory_again(void **state)
{
    (void)state;
    struct arena *arena = arena_create(1 << 20);
    memset(arena_alloc(arena, 4000), 0xff, 4000);
    memset(arena_alloc(arena, 100000), 0xff, 100000);
    assert_true(arena_bytes_used(arena) >= 104000);
    arena_reset(arena);
    assert_int_equal(arena_bytes_used(arena), 0);
    const uint8_t *at = arena_alloc(arena, 4000);
    for (size_t i = 0; i < 4000; i++) {
        assert_int_equal(at[i], 0);
    }
    arena_free(arena);
}

static void pieces_do_not_overlap(void **state)
{
    (void)state;
    struct arena *arena = arena_create(64 << 20);
    uint8_t *pieces[200];
    for (size_t i = 0; i < 200; i++) {
        pieces[i] = arena_alloc(arena, 1 + i * 977 % 70000);
        memset(pieces[i], (int)i, 1 + i * 977 % 70000);
    }
    for (size_t i = 0; i < 200; i++) {
        for (size_t j = 0; j < 1 + i * 977 % 70000; j++) {
            assert_int_equal(pieces[i][j], (uint8_t)i);
        }
    }
    arena_free(arena);
}

static void texts_are_copied(void **state)
{
    (void)state;
    struct arena *arena = arena_create(1 << 16);
    assert_string_equal(arena_strdup(arena, "fen"), "fen");
    assert_string_equal(arena_strndup(arena, "fen and more", 3), "fen");
    assert_string_equal(arena_printf(arena, "%d-%s", 7, "x"), "7-x");
    arena_free_ptr(&arena);
    assert_null(arena);
    arena_free(NULL);
}

static void pass_the_maximum(void *arg)
{
    struct arena *arena = arg;
    for (int i = 0; i < 5; i++) {
        (void)arena_alloc(arena, 250);
    }
}

static void multiply_beyond(void *arg)
{
    (void)arena_alloc_array(arg, SIZE_MAX / 2, 3);
}

static void passing_the_maximum_is_a_bug(void **state)
{
    (void)state;
    struct arena *arena = arena_create(1024);
    assert_true(dies_of_bug(pass_the_maximum, arena));
    assert_true(dies_of_bug(multiply_beyond, arena));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(reset_hands_out_zeroed_memory_again),
        cmocka_unit_test(pieces_do_not_overlap),
        cmocka_unit_test(texts_are_copied),
        cmocka_unit_test(passing_the_maximum_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

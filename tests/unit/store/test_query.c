/* Statements: every type in and out, batches, one, many, early stops, errors. */
#include "store_test.h"

#include "core/arena.h"

struct got {
    struct arena *arena;
    struct q_test_thing_get_row row;
    int64_t id;
    bool found;
};

static enum err get_thing(struct store_tx *tx, void *arg)
{
    struct got *got = arg;
    return q_test_thing_get(tx, &(struct q_test_thing_get_in){got->id}, got->arena, &got->row,
                            &got->found);
}

static struct got fetch(struct fixture *f, struct arena *arena, int64_t id)
{
    struct got got = {.arena = arena, .id = id};
    assert_int_equal(store_read(f->store, get_thing, &got), ERR_OK);
    return got;
}

static enum err insert_full(struct store_tx *tx, void *arg)
{
    return q_test_thing_insert(tx, arg, NULL);
}

static void every_type_comes_back(void **state)
{
    struct fixture *f = *state;
    struct arena *arena = arena_create(1 << 16);
    struct q_test_thing_insert_in in = {.id = INT64_MAX,
                                        .amount = {true, INT64_MAX - 1},
                                        .label = {"锦囊 '\"\\$1 %s", 20},
                                        .payload = {"\0\x01\xff", 3},
                                        .digest_opt = {.has = true}};
    memset(in.digest.bytes, 0xab, SHA256_BYTES);
    memset(in.digest_opt.v.bytes, 0x00, SHA256_BYTES);
    in.label.length = (uint32_t)strlen(in.label.data);
    assert_int_equal(store_write_sync(f->store, insert_full, &in, 0), ERR_OK);
    struct got got = fetch(f, arena, INT64_MAX);
    assert_true(got.found);
    assert_true(got.row.amount.has);
    assert_true(got.row.amount.v == INT64_MAX - 1);
    assert_int_equal(got.row.label.length, in.label.length);
    assert_memory_equal(got.row.label.data, in.label.data, in.label.length);
    assert_int_equal(got.row.payload.length, 3);
    assert_memory_equal(got.row.payload.data, "\0\x01\xff", 3);
    assert_memory_equal(got.row.digest.bytes, in.digest.bytes, SHA256_BYTES);
    assert_true(got.row.digest_opt.has);
    assert_memory_equal(got.row.digest_opt.v.bytes, in.digest_opt.v.bytes, SHA256_BYTES);
    arena_free(arena);
}

static void null_and_empty_differ(void **state)
{
    struct fixture *f = *state;
    struct arena *arena = arena_create(1 << 16);
    struct q_test_thing_insert_in nothing = {.id = 1}, empty = {.id = 2, .payload = {"", 0}};
    assert_int_equal(store_write_sync(f->store, insert_full, &nothing, 0), ERR_OK);
    assert_int_equal(store_write_sync(f->store, insert_full, &empty, 0), ERR_OK);
    struct got got = fetch(f, arena, 1);
    assert_false(got.row.amount.has);
    assert_null(got.row.payload.data);
    assert_false(got.row.digest_opt.has);
    assert_non_null(got.row.label.data);
    assert_int_equal(got.row.label.length, 0);
    got = fetch(f, arena, 2);
    assert_non_null(got.row.payload.data);
    assert_int_equal(got.row.payload.length, 0);
    arena_free(arena);
}

static void one_that_is_missing_leaves_ret_alone(void **state)
{
    struct fixture *f = *state;
    struct arena *arena = arena_create(1 << 16);
    struct got got = {.arena = arena, .id = 77, .found = true};
    got.row.amount.v = 4711;
    assert_int_equal(store_read(f->store, get_thing, &got), ERR_OK);
    assert_false(got.found);
    assert_int_equal(got.row.amount.v, 4711);
    arena_free(arena);
}

#define BATCH 1000

struct batch {
    struct q_test_thing_insert_all_in rows[BATCH];
    size_t count;
    int64_t changed;
};

static enum err insert_batch(struct store_tx *tx, void *arg)
{
    struct batch *batch = arg;
    return q_test_thing_insert_all_batch(tx, batch->rows, batch->count, &batch->changed);
}

static struct batch *make_batch(void)
{
    struct batch *batch = test_calloc(1, sizeof(*batch));
    batch->count = BATCH;
    for (int64_t i = 0; i < BATCH; i++) {
        struct q_test_thing_insert_all_in *in = &batch->rows[i];
        in->id = i + 1;
        in->amount = (struct store_opt_i64){.has = i % 3 != 0, .v = i};
        in->label = (struct store_text){"abcdefghij", (uint32_t)(i % 11)};
        in->payload = (struct store_blob){i % 2 ? "xyz" : NULL, i % 2 ? 3 : 0};
        memcpy(in->digest.bytes, &i, sizeof(i));
        in->digest_opt.has = i % 5 == 0;
    }
    return batch;
}

static void a_batch_inserts_every_row(void **state)
{
    struct fixture *f = *state;
    struct arena *arena = arena_create(1 << 16);
    struct batch *batch = make_batch();
    assert_int_equal(store_write_sync(f->store, insert_batch, batch, 0), ERR_OK);
    assert_int_equal(batch->changed, BATCH);
    assert_int_equal(count_things(f->store), BATCH);
    for (int64_t i = 0; i < BATCH; i += 37) {
        struct got got = fetch(f, arena, i + 1);
        const struct q_test_thing_insert_all_in *in = &batch->rows[i];
        assert_true(got.found);
        assert_int_equal(got.row.amount.has, in->amount.has);
        assert_int_equal(got.row.label.length, in->label.length);
        assert_int_equal(got.row.payload.data != NULL, in->payload.data != NULL);
        assert_memory_equal(got.row.digest.bytes, in->digest.bytes, SHA256_BYTES);
        assert_int_equal(got.row.digest_opt.has, in->digest_opt.has);
    }
    batch->count = 0;
    batch->changed = -1;
    assert_int_equal(store_write_sync(f->store, insert_batch, batch, 0), ERR_OK);
    assert_int_equal(batch->changed, 0);
    test_free(batch);
    arena_free(arena);
}

static void a_batch_with_one_duplicate_writes_nothing(void **state)
{
    struct fixture *f = *state;
    struct batch *batch = make_batch();
    batch->rows[BATCH - 1].id = 1;
    assert_int_equal(store_write_sync(f->store, insert_batch, batch, 0), ERR_STORE_DUPLICATE);
    assert_int_equal(count_things(f->store), 0);
    test_free(batch);
}

struct listing {
    int64_t sum, rows, stop_after;
};

static bool add_up(const struct q_test_thing_list_row *row, void *arg)
{
    struct listing *listing = arg;
    listing->sum += row->id;
    return ++listing->rows != listing->stop_after;
}

static enum err list_things(struct store_tx *tx, void *arg)
{
    return q_test_thing_list_each(tx, &(struct q_test_thing_list_in){11}, add_up, arg);
}

static void many_may_stop_early(void **state)
{
    struct fixture *f = *state;
    struct batch *batch = make_batch();
    assert_int_equal(store_write_sync(f->store, insert_batch, batch, 0), ERR_OK);
    test_free(batch);
    struct listing all = {0}, some = {.stop_after = 3};
    assert_int_equal(store_read(f->store, list_things, &all), ERR_OK);
    assert_int_equal(all.rows, BATCH - 10);
    assert_int_equal(store_read(f->store, list_things, &some), ERR_OK);
    assert_int_equal(some.rows, 3);
    assert_int_equal(some.sum, 11 + 12 + 13);
    /* The statement can be used again after an early stop. */
    assert_int_equal(store_read(f->store, list_things, &some), ERR_OK);
}

static bool add_labels(const struct q_test_thing_find_all_row *row, void *arg)
{
    int64_t *sum = arg;
    *sum += row->id * 1000 + row->label.length;
    return true;
}

static enum err find_batch(struct store_tx *tx, void *arg)
{
    struct q_test_thing_find_all_in ids[] = {{2}, {5}, {999999}, {11}};
    return q_test_thing_find_all_batch(tx, ids, ARRAY_COUNT(ids), add_labels, arg);
}

static enum err set_batch(struct store_tx *tx, void *arg)
{
    struct q_test_thing_set_all_in rows[] = {{2, {true, 20}}, {999999, {true, 1}}, {3, {false, 0}}};
    return q_test_thing_set_all_batch(tx, rows, ARRAY_COUNT(rows), arg);
}

static void batches_find_and_update(void **state)
{
    struct fixture *f = *state;
    struct batch *batch = make_batch();
    assert_int_equal(store_write_sync(f->store, insert_batch, batch, 0), ERR_OK);
    test_free(batch);
    int64_t sum = 0, changed = 0;
    assert_int_equal(store_read(f->store, find_batch, &sum), ERR_OK);
    assert_int_equal(sum, 2001 + 5004 + 11010);
    assert_int_equal(store_write_sync(f->store, set_batch, &changed, 0), ERR_OK);
    assert_int_equal(changed, 2);
}

static enum err add_to(struct store_tx *tx, void *arg)
{
    struct q_test_thing_add_row *row = arg;
    bool found = false;
    enum err err =
        q_test_thing_add(tx, &(struct q_test_thing_add_in){.id = 7, .by = 5}, row, &found);
    return err == ERR_OK && !found ? ERR_STORE_ROW_NOT_FOUND : err;
}

static void returning_gives_the_new_row(void **state)
{
    struct fixture *f = *state;
    int64_t id = 7;
    struct q_test_thing_add_row row = {0};
    assert_int_equal(store_write_sync(f->store, add_to, &row, 0), ERR_STORE_ROW_NOT_FOUND);
    assert_int_equal(store_write_sync(f->store, insert_thing, &id, 0), ERR_OK);
    assert_int_equal(store_write_sync(f->store, add_to, &row, 0), ERR_OK);
    assert_int_equal(row.amount.v, 75);
    assert_int_equal(store_write_sync(f->store, add_to, &row, 0), ERR_OK);
    assert_int_equal(row.amount.v, 80);
}

static enum err check_violation(struct store_tx *tx, void *arg)
{
    (void)arg;
    struct q_test_thing_insert_in bad = thing_of(1), good = thing_of(2);
    bad.amount.v = -1;
    assert_int_equal(q_test_thing_insert(tx, &bad, NULL), ERR_STORE_FAILED);
    /* The callback is over: nothing it tries works, and its own answer does not count. */
    assert_int_equal(q_test_thing_insert(tx, &good, NULL), ERR_STORE_FAILED);
    return ERR_OK;
}

static void an_error_ends_the_callback(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(store_write_sync(f->store, check_violation, NULL, 0), ERR_STORE_FAILED);
    assert_int_equal(count_things(f->store), 0);
    int64_t id = 3;
    assert_int_equal(store_write_sync(f->store, insert_thing, &id, 0), ERR_OK);
}

static enum err payload_as_hash(struct store_tx *tx, void *arg)
{
    (void)arg;
    struct q_test_thing_payload_as_hash_row row;
    bool found = false;
    return q_test_thing_payload_as_hash(tx, &(struct q_test_thing_payload_as_hash_in){1}, &row,
                                        &found);
}

static void a_column_of_the_wrong_shape_is_damage(void **state)
{
    struct fixture *f = *state;
    struct q_test_thing_insert_in in = thing_of(1);
    in.payload = (struct store_blob){"short", 5};
    assert_int_equal(store_write_sync(f->store, insert_full, &in, 0), ERR_OK);
    assert_int_equal(store_read(f->store, payload_as_hash, NULL), ERR_STORE_CORRUPT);
    assert_int_equal(count_things(f->store), 1);
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup_started, fixture_teardown)
        T(every_type_comes_back),
        T(null_and_empty_differ),
        T(one_that_is_missing_leaves_ret_alone),
        T(a_batch_inserts_every_row),
        T(a_batch_with_one_duplicate_writes_nothing),
        T(many_may_stop_early),
        T(batches_find_and_update),
        T(returning_gives_the_new_row),
        T(an_error_ends_the_callback),
        T(a_column_of_the_wrong_shape_is_damage),
#undef T
    };
    return cmocka_run_group_tests_name("store_query", tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return test_main(argc, argv, run);
}

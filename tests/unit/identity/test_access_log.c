/* test_access_log.c — a look needs a reason and leaves a row; the chain holds; the wallet's own
 * openings are counted once each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "identity/access_log.h"
#include "support/test_db.h"

#define NOW_US  INT64_C(1763785282000000)
#define DAY_US  INT64_C(86400000000)
#define STAFF   ((struct person_id){7})
#define PERSON  ((struct person_id){41})
#define OTHER   ((struct person_id){42})
#define TEXT(t) ((struct store_text){(t), sizeof(t) - 1})

static enum store_backend backend;

struct fixture {
    struct test_db db;
    struct clock clock;
    struct store *store;
    struct vault *vault;
    struct arena *arena;
};

/* One thing to do in a transaction. */
struct call {
    struct fixture *f;
    enum { CREATE, LOOK, LOOK_AND_FAIL, LIST, COUNTS, HEAD, OPEN, SEAL, SEAL_PUT, SEAL_GET } what;
    struct access_look look;
    struct person_id person;
    struct store_blob sealed;
    struct store_text text;
    int64_t before_seq;
    size_t count_max, count;
    struct access_entry entries[16];
    struct access_count counts[ACCESS_COUNTS_MAX];
    struct access_head head;
};

static struct vault_place phone_of(struct person_id person)
{
    return (struct vault_place){.person = person,
                                .class = VAULT_CONTACT,
                                .table = "person_contacts",
                                .column = "value_sealed"};
}

static enum err look_and_open(struct store_tx *tx, struct call *call)
{
    struct vault_place place = phone_of(call->look.person);
    struct access_grant grant;
    enum err err = access_log_append(tx, call->f->vault, &call->look, &grant);

    if (err == ERR_OK && call->sealed.data != NULL) {
        err = access_unseal_text(tx, call->f->vault, &grant, &place, call->sealed, call->f->arena,
                                 &call->text);
    }
    return err;
}

static enum err run(struct store_tx *tx, void *arg)
{
    struct call *call = arg;
    struct fixture *f = call->f;
    struct vault_place place = phone_of(call->person);
    enum err err;

    switch (call->what) {
    case CREATE:
        return vault_person_create(tx, f->vault, call->person);
    case LOOK:
        return look_and_open(tx, call);
    case LOOK_AND_FAIL:
        err = look_and_open(tx, call);
        return err == ERR_OK ? ERR_TOO_LARGE : err;
    case LIST:
        return access_log_list(tx, f->vault, call->person, call->before_seq, call->count_max,
                               f->arena, call->entries, &call->count);
    case COUNTS:
        return access_counts_list(tx, call->person, 0, call->counts, &call->count);
    case HEAD:
        return access_head_get(tx, &call->head);
    case OPEN:
        return vault_unseal_text(tx, f->vault, &place, VAULT_FOR_MESSAGE, call->sealed, f->arena,
                                 &call->text);
    case SEAL:
        return vault_seal_text(tx, f->vault, &place, TEXT("+8613800138000"), f->arena,
                               &call->sealed);
    case SEAL_PUT:
        return access_seal_put(tx, call->before_seq, call->text);
    case SEAL_GET:
        return access_seal_newest(tx, f->arena, &call->before_seq, &call->text);
    }
    return ERR_INTERNAL;
}

static enum err write_call(struct call *call)
{
    return store_write_sync(call->f->store, run, call, 0);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    struct call *call = calloc(1, sizeof(*call));
    uint32_t applied;

    clock_init_virtual(&f->clock, NOW_US);
    f->arena = arena_create((size_t)16 << 20);
    test_db_create(&f->db, backend);
    assert_int_equal(
        store_open(&(struct store_config){.url = f->db.url, .clock = &f->clock, .create = true},
                   &f->store),
        ERR_OK);
    assert_int_equal(store_migrate(f->store, &applied), ERR_OK);
    assert_int_equal(store_start(f->store), ERR_OK);
    assert_int_equal(vault_open(&(struct vault_config){.store = f->store,
                                                       .clock = &f->clock,
                                                       .data_dir = f->db.directory},
                                &f->vault),
                     ERR_OK);
    for (int64_t i = 41; i <= 42; i++) {
        *call = (struct call){.f = f, .what = CREATE, .person = {i}};
        assert_int_equal(write_call(call), ERR_OK);
    }
    free(call);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    vault_close(f->vault);
    store_close(f->store);
    test_db_drop(&f->db);
    arena_free(f->arena);
    free(f);
    return 0;
}

static struct access_look look_at(struct person_id person, struct store_text reason)
{
    return (struct access_look){.staff = STAFF,
                                .person = person,
                                .classes = ACCESS_CLASS(VAULT_CONTACT),
                                .why = ACCESS_FOR_SUPPORT,
                                .reason = reason};
}

static enum err look(struct fixture *f, struct person_id person, struct store_text reason)
{
    struct call *call = calloc(1, sizeof(*call));
    enum err err;

    *call = (struct call){.f = f, .what = LOOK, .look = look_at(person, reason)};
    err = write_call(call);
    free(call);
    return err;
}

static int64_t head_of(struct fixture *f, struct sha256_hash *ret)
{
    struct call *call = calloc(1, sizeof(*call));
    int64_t seq;

    *call = (struct call){.f = f, .what = HEAD};
    assert_int_equal(store_read(f->store, run, call), ERR_OK);
    seq = call->head.seq;
    *ret = call->head.hash;
    free(call);
    return seq;
}

static void test_a_look_needs_a_reason_and_leaves_a_row(void **state)
{
    struct fixture *f = *state;
    struct call *call = calloc(1, sizeof(*call));
    struct sha256_hash before, after;

    *call = (struct call){.f = f, .what = SEAL, .person = PERSON};
    assert_int_equal(write_call(call), ERR_OK);
    assert_int_equal(head_of(f, &before), 0);
    call->what = LOOK;
    call->look = look_at(PERSON, TEXT(" \t ab \n "));
    assert_int_equal(write_call(call), ERR_ACCESS_REASON_REQUIRED);
    call->look.reason = TEXT("called about a lost card");
    call->look.why = ACCESS_WHY_COUNT;
    assert_int_equal(write_call(call), ERR_ACCESS_REASON_REQUIRED);
    assert_null(call->text.data);
    call->look.why = ACCESS_FOR_SUPPORT;
    assert_int_equal(write_call(call), ERR_OK);
    assert_string_equal(call->text.data, "+8613800138000");
    assert_int_equal(head_of(f, &after), 1);
    assert_false(hash_equal(&before, &after));
    free(call);
}

static void test_what_is_undone_leaves_no_gap(void **state)
{
    struct fixture *f = *state;
    struct call *call = calloc(1, sizeof(*call));
    struct sha256_hash hash;

    assert_int_equal(look(f, PERSON, TEXT("first look")), ERR_OK);
    *call = (struct call){
        .f = f, .what = LOOK_AND_FAIL, .look = look_at(PERSON, TEXT("comes to nothing"))};
    assert_int_equal(write_call(call), ERR_TOO_LARGE);
    assert_int_equal(look(f, PERSON, TEXT("second look")), ERR_OK);
    assert_int_equal(head_of(f, &hash), 2);
    free(call);
}

static void test_the_person_sees_their_looks_only(void **state)
{
    struct fixture *f = *state;
    struct call *call = calloc(1, sizeof(*call));

    assert_int_equal(look(f, PERSON, TEXT("one of mine")), ERR_OK);
    assert_int_equal(look(f, OTHER, TEXT("somebody else's")), ERR_OK);
    assert_int_equal(look(f, PERSON, TEXT("two of mine")), ERR_OK);
    assert_int_equal(look(f, PERSON, TEXT("three of mine")), ERR_OK);
    *call = (struct call){
        .f = f, .what = LIST, .person = PERSON, .before_seq = INT64_MAX, .count_max = 2};
    assert_int_equal(store_read(f->store, run, call), ERR_OK);
    assert_int_equal(call->count, 2);
    assert_string_equal(call->entries[0].reason.data, "three of mine");
    assert_string_equal(call->entries[1].reason.data, "two of mine");
    assert_int_equal(call->entries[1].staff.v, STAFF.v);
    assert_int_equal(call->entries[1].classes, ACCESS_CLASS(VAULT_CONTACT));
    assert_int_equal(call->entries[1].at_us, NOW_US);
    call->before_seq = call->entries[1].seq;
    assert_int_equal(store_read(f->store, run, call), ERR_OK);
    assert_int_equal(call->count, 1);
    assert_string_equal(call->entries[0].reason.data, "one of mine");
    free(call);
}

static int64_t openings(struct fixture *f, size_t *ret_rows)
{
    struct call *call = calloc(1, sizeof(*call));
    int64_t sum = 0;

    *call = (struct call){.f = f, .what = COUNTS, .person = PERSON};
    assert_int_equal(store_read(f->store, run, call), ERR_OK);
    for (size_t i = 0; i < call->count; i++) {
        assert_int_equal(call->counts[i].purpose, VAULT_FOR_MESSAGE);
        sum += call->counts[i].openings;
    }
    *ret_rows = call->count;
    free(call);
    return sum;
}

static void test_openings_are_counted_per_day(void **state)
{
    struct fixture *f = *state;
    struct call *call = calloc(1, sizeof(*call));
    size_t rows;

    *call = (struct call){.f = f, .what = SEAL, .person = PERSON};
    assert_int_equal(write_call(call), ERR_OK);
    call->what = OPEN;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(store_read(f->store, run, call), ERR_OK);
    }
    assert_int_equal(openings(f, &rows), 0); /* not yet written */
    assert_int_equal(vault_write_counts(f->vault), ERR_OK);
    assert_int_equal(vault_write_counts(f->vault), ERR_OK);
    assert_int_equal(openings(f, &rows), 3);
    assert_int_equal(store_read(f->store, run, call), ERR_OK);
    assert_int_equal(vault_write_counts(f->vault), ERR_OK);
    assert_int_equal(openings(f, &rows), 4);
    assert_int_equal(rows, 1);
    clock_advance(&f->clock, DAY_US);
    assert_int_equal(store_read(f->store, run, call), ERR_OK);
    assert_int_equal(vault_write_counts(f->vault), ERR_OK);
    assert_int_equal(openings(f, &rows), 5);
    assert_int_equal(rows, 2);
    /* A look by staff is in the log and not among these. */
    call->what = LOOK;
    call->look = look_at(PERSON, TEXT("called about a lost card"));
    assert_int_equal(write_call(call), ERR_OK);
    assert_int_equal(vault_write_counts(f->vault), ERR_OK);
    assert_int_equal(openings(f, &rows), 5);
    free(call);
}

static void test_signed_heads_are_kept(void **state)
{
    struct fixture *f = *state;
    struct call *call = calloc(1, sizeof(*call));

    *call = (struct call){.f = f, .what = SEAL_GET};
    assert_int_equal(store_read(f->store, run, call), ERR_OK);
    assert_int_equal(call->before_seq, 0);
    call->what = SEAL_PUT;
    call->before_seq = 3;
    call->text = TEXT("note of three\n");
    assert_int_equal(write_call(call), ERR_OK);
    call->text = TEXT("another of three\n"); /* the first one counts */
    assert_int_equal(write_call(call), ERR_OK);
    call->what = SEAL_GET;
    assert_int_equal(store_read(f->store, run, call), ERR_OK);
    assert_int_equal(call->before_seq, 3);
    assert_memory_equal(call->text.data, "note of three\n", call->text.length);
    free(call);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_look_needs_a_reason_and_leaves_a_row, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_what_is_undone_leaves_no_gap, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_person_sees_their_looks_only, setup, teardown),
        cmocka_unit_test_setup_teardown(test_openings_are_counted_per_day, setup, teardown),
        cmocka_unit_test_setup_teardown(test_signed_heads_are_kept, setup, teardown),
    };

    backend = argc > 1 && strcmp(argv[1], "postgres") == 0 ? STORE_POSTGRES : STORE_SQLITE;
    return cmocka_run_group_tests_name("identity/access_log", tests, NULL, NULL);
}

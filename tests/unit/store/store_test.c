#include "store_test.h"

#include <stdlib.h>

static enum store_backend backend_of_run = STORE_SQLITE;

enum store_backend test_backend(void)
{
    return backend_of_run;
}

int test_main(int argc, char **argv, int (*run_group)(void))
{
    if (argc != 2 || (strcmp(argv[1], "sqlite") != 0 && strcmp(argv[1], "postgres") != 0)) {
        fprintf(stderr, "usage: %s sqlite|postgres\n", argv[0]);
        return 2;
    }
    backend_of_run = strcmp(argv[1], "sqlite") == 0 ? STORE_SQLITE : STORE_POSTGRES;
    return run_group();
}

struct store_config fixture_config(struct fixture *fixture)
{
    return (struct store_config){
        .url = fixture->db.url, .clock = &fixture->clock, .create = true, .disk_reserve_bytes = 1};
}

static enum err create_table(struct store_tx *tx, void *arg)
{
    (void)arg;
    return q_test_table_create(tx, NULL);
}

int fixture_setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    test_db_create(&fixture->db, backend_of_run);
    clock_init_real(&fixture->clock);
    struct store_config config = fixture_config(fixture);
    assert_int_equal(store_open(&config, &fixture->store), ERR_OK);
    uint32_t applied = 0;
    assert_int_equal(store_migrate(fixture->store, &applied), ERR_OK);
    assert_true(applied >= 1);
    assert_int_equal(store_write_sync(fixture->store, create_table, NULL, 0), ERR_OK);
    *state = fixture;
    return 0;
}

int fixture_setup_started(void **state)
{
    fixture_setup(state);
    struct fixture *fixture = *state;
    assert_int_equal(store_start(fixture->store), ERR_OK);
    return 0;
}

int fixture_teardown(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    test_db_drop(&fixture->db);
    free(fixture);
    return 0;
}

void fixture_reopen(struct fixture *fixture)
{
    store_close(fixture->store);
    fixture->store = NULL;
    struct store_config config = fixture_config(fixture);
    assert_int_equal(store_open(&config, &fixture->store), ERR_OK);
    assert_int_equal(store_check_schema(fixture->store), ERR_OK);
    assert_int_equal(store_start(fixture->store), ERR_OK);
}

struct q_test_thing_insert_in thing_of(int64_t id)
{
    struct q_test_thing_insert_in in = {.id = id, .amount = {true, id * 10}, .label = {"thing", 5}};
    memcpy(in.digest.bytes, &id, sizeof(id));
    return in;
}

enum err insert_thing(struct store_tx *tx, void *arg)
{
    const int64_t *id = arg;
    struct q_test_thing_insert_in in = thing_of(*id);
    return q_test_thing_insert(tx, &in, NULL);
}

static enum err read_count(struct store_tx *tx, void *arg)
{
    struct q_test_thing_count_row row = {0};
    bool found = false;
    enum err err = q_test_thing_count(tx, &row, &found);
    assert_true(err != ERR_OK || found);
    *(int64_t *)arg = row.count;
    return err;
}

int64_t count_things(struct store *store)
{
    int64_t count = -1;
    assert_int_equal(store_read(store, read_count, &count), ERR_OK);
    return count;
}

struct lookup {
    int64_t id;
    bool found;
};

static bool note_found(const struct q_test_thing_list_row *row, void *arg)
{
    struct lookup *lookup = arg;
    lookup->found = row->id == lookup->id;
    return false;
}

static enum err read_thing(struct store_tx *tx, void *arg)
{
    struct lookup *lookup = arg;
    return q_test_thing_list_each(tx, &(struct q_test_thing_list_in){lookup->id}, note_found,
                                  lookup);
}

bool has_thing(struct store *store, int64_t id)
{
    struct lookup lookup = {.id = id};
    assert_int_equal(store_read(store, read_thing, &lookup), ERR_OK);
    return lookup.found;
}

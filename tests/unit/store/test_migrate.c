/* Migrations: each once, in order; refused when edited or when the database is ahead. */
#include "store_test.h"

#include "store/migrate.h"
#include "store/store_int.h"

#define A(sql) {1000, "a", sql, sql, "aa", "aa"}
#define B(sql) {1001, "b", sql, sql, "bb", "bb"}

/* The program's own migrations with others behind them. */
struct longer {
    struct migration list[64];
    struct migration_set set;
};

static void extend(struct longer *longer, const struct migration *more, size_t count)
{
    assert_true(store_migrations.count + count <= ARRAY_COUNT(longer->list));
    memcpy(longer->list, store_migrations.list, store_migrations.count * sizeof(struct migration));
    memcpy(longer->list + store_migrations.count, more, count * sizeof(struct migration));
    longer->set = (struct migration_set){longer->list, store_migrations.count + count};
}

static void they_are_applied_once(void **state)
{
    struct fixture *f = *state;
    uint32_t applied = 99;
    assert_int_equal(store_check_schema(f->store), ERR_OK);
    assert_int_equal(store_migrate(f->store, &applied), ERR_OK);
    assert_int_equal(applied, 0);
    const struct migration more[] = {A("CREATE TABLE m1 (id INTEGER)"),
                                     B("CREATE TABLE m2 (id INTEGER)")};
    struct longer longer;
    extend(&longer, more, 1);
    assert_int_equal(migrate_check(f->store, &longer.set), ERR_STORE_SCHEMA_OLDER);
    assert_int_equal(migrate_apply(f->store, &longer.set, &applied), ERR_OK);
    assert_int_equal(applied, 1);
    extend(&longer, more, 2);
    assert_int_equal(migrate_apply(f->store, &longer.set, &applied), ERR_OK);
    assert_int_equal(applied, 1);
    assert_int_equal(migrate_check(f->store, &longer.set), ERR_OK);
}

static void a_newer_database_is_refused(void **state)
{
    struct fixture *f = *state;
    const struct migration more[] = {A("CREATE TABLE m1 (id INTEGER)")};
    struct longer longer;
    uint32_t applied = 0;
    extend(&longer, more, 1);
    assert_int_equal(migrate_apply(f->store, &longer.set, &applied), ERR_OK);
    assert_int_equal(store_check_schema(f->store), ERR_STORE_SCHEMA_NEWER);
    assert_int_equal(store_migrate(f->store, &applied), ERR_STORE_SCHEMA_NEWER);
}

static void an_edited_migration_is_refused(void **state)
{
    struct fixture *f = *state;
    struct migration more[] = {A("CREATE TABLE m1 (id INTEGER)")};
    struct longer longer;
    uint32_t applied = 0;
    extend(&longer, more, 1);
    assert_int_equal(migrate_apply(f->store, &longer.set, &applied), ERR_OK);
    longer.list[store_migrations.count].sha256_sqlite = "ab";
    longer.list[store_migrations.count].sha256_postgres = "ab";
    assert_int_equal(migrate_check(f->store, &longer.set), ERR_STORE_MIGRATION_FAILED);
    assert_int_equal(migrate_apply(f->store, &longer.set, &applied), ERR_STORE_MIGRATION_FAILED);
}

static void one_that_fails_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    const struct migration broken[] = {
        A("CREATE TABLE m1 (id INTEGER); INSERT INTO m1 (id) VALUES (1); nonsense")};
    const struct migration mended[] = {A("CREATE TABLE m1 (id INTEGER)")};
    struct longer longer;
    uint32_t applied = 99;
    extend(&longer, broken, 1);
    assert_int_equal(migrate_apply(f->store, &longer.set, &applied), ERR_STORE_MIGRATION_FAILED);
    assert_int_equal(applied, 99);
    assert_int_equal(store_check_schema(f->store), ERR_OK);
    /* The table of the broken one is not in the way. */
    extend(&longer, mended, 1);
    assert_int_equal(migrate_apply(f->store, &longer.set, &applied), ERR_OK);
    assert_int_equal(applied, 1);
}

static void an_empty_database_is_older(void **state)
{
    struct fixture *f = *state;
    struct fixture empty = {0};
    test_db_create(&empty.db, test_backend());
    clock_init_real(&empty.clock);
    struct store_config config = fixture_config(&empty);
    assert_int_equal(store_open(&config, &empty.store), ERR_OK);
    assert_int_equal(store_check_schema(empty.store), ERR_STORE_SCHEMA_OLDER);
    store_close(empty.store);
    test_db_drop(&empty.db);
    assert_int_equal(store_check_schema(f->store), ERR_OK);
}

static void addresses_that_lead_nowhere(void **state)
{
    struct fixture *f = *state;
    struct store_config config = fixture_config(f);
    struct store *store = NULL;
    config.url = "mysql://localhost/x";
    assert_int_equal(store_open(&config, &store), ERR_STORE_URL_INVALID);
    config.url = "sqlite:";
    assert_int_equal(store_open(&config, &store), ERR_STORE_URL_INVALID);
    config.url = "sqlite:/nonexistent-directory/x.db";
    assert_int_equal(store_open(&config, &store), ERR_STORE_NOT_FOUND);
    config.create = false;
    config.url = "sqlite:/tmp/jn-no-such-file.db";
    assert_int_equal(store_open(&config, &store), ERR_STORE_NOT_FOUND);
    config.url = "postgres://nobody@127.0.0.1:1/x";
    assert_int_equal(store_open(&config, &store), ERR_STORE_UNAVAILABLE);
    assert_null(store);
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)
        T(they_are_applied_once),          T(a_newer_database_is_refused),
        T(an_edited_migration_is_refused), T(one_that_fails_leaves_nothing),
        T(an_empty_database_is_older),     T(addresses_that_lead_nowhere),
#undef T
    };
    return cmocka_run_group_tests_name("store_migrate", tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return test_main(argc, argv, run);
}

/* store_test.h — what the store's tests share: an open store on the backend named by the program's
 * argument, with the table `things`. */
#ifndef JN_TESTS_STORE_TEST_H
#define JN_TESTS_STORE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "q_test.h"
#include "store/store.h"
#include "support/test_db.h"

struct fixture {
    struct test_db db;
    struct clock clock;
    struct store *store;
};

/* The backend of this run. */
enum store_backend test_backend(void);
/* Parses "sqlite" or "postgres" from the program's first argument and runs the group. */
int test_main(int argc, char **argv, int (*run_group)(void));

/* cmocka's setup and teardown. Opened and migrated, not started, table made. */
int fixture_setup(void **state);
/* The same, started. */
int fixture_setup_started(void **state);
int fixture_teardown(void **state);
/* A configuration for the fixture's database. */
struct store_config fixture_config(struct fixture *fixture);
/* Closes and opens again, started. */
void fixture_reopen(struct fixture *fixture);

struct q_test_thing_insert_in thing_of(int64_t id);
int64_t count_things(struct store *store);
bool has_thing(struct store *store, int64_t id);
/* A store_write_fn: arg is a const int64_t *id; inserts thing_of(id). */
enum err insert_thing(struct store_tx *tx, void *arg);

#endif

/* test_db.h — a fresh, empty database for a test, on either backend; removed afterwards.
 *
 * SQLite: a file in a directory of its own. PostgreSQL: a database of its own on the server of
 * JN_TEST_PG_URL (tools/test-pg run -- …); a test without that server fails. */
#ifndef JN_TESTS_TEST_DB_H
#define JN_TESTS_TEST_DB_H

#include "store/store.h"

struct test_db {
    enum store_backend backend;
    char directory[64]; /* scratch space, removed with everything in it */
    char path[96];      /* SQLite: the file */
    char name[40];      /* PostgreSQL: the database */
    char url[512];
};

void test_db_create(struct test_db *db, enum store_backend backend);
void test_db_drop(struct test_db *db);
/* The backends to run on, in order: both. */
#define TEST_DB_BACKENDS                                                                           \
    (const enum store_backend[])                                                                   \
    {                                                                                              \
        STORE_SQLITE, STORE_POSTGRES                                                               \
    }

#endif

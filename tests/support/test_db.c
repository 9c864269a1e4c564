/* test_db.c — see test_db.h. Talks to the server directly: CREATE DATABASE is no business of the
 * store. Aborts on any failure; there is nothing a test could do about it. */
#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "support/test_db.h"

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "test_db: %s: %s\n", what, why);
    abort();
}

static const char *server_url(void)
{
    const char *url = getenv("JN_TEST_PG_URL");
    if (url == NULL) {
        fail("JN_TEST_PG_URL is not set", "run with tools/test-pg run -- COMMAND");
    }
    return url;
}

static void on_server(const char *verb, const char *name, const char *options)
{
    char sql[128];
    snprintf(sql, sizeof(sql), "%s DATABASE \"%s\" %s", verb, name, options);
    PGconn *conn = PQconnectdb(server_url());
    PGresult *result = PQexec(conn, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        fail(sql, PQerrorMessage(conn));
    }
    PQclear(result);
    PQfinish(conn);
}

void test_db_create(struct test_db *db, enum store_backend backend)
{
    *db = (struct test_db){.backend = backend};
    snprintf(db->directory, sizeof(db->directory), "/tmp/jn-test-XXXXXX");
    if (mkdtemp(db->directory) == NULL) {
        fail("mkdtemp", db->directory);
    }
    snprintf(db->path, sizeof(db->path), "%s/ledger.db", db->directory);
    if (backend == STORE_SQLITE) {
        snprintf(db->url, sizeof(db->url), "sqlite:%s", db->path);
        return;
    }
    /* The directory's random name serves as the database's. */
    snprintf(db->name, sizeof(db->name), "jn%s", strrchr(db->directory, '-') + 1);
    on_server("CREATE", db->name, "");
    const char *server = server_url();
    const char *slash = strrchr(server, '/');
    snprintf(db->url, sizeof(db->url), "%.*s/%s", (int)(slash - server), server, db->name);
}

void test_db_drop(struct test_db *db)
{
    if (db->backend == STORE_POSTGRES) {
        on_server("DROP", db->name, "WITH (FORCE)");
    }
    DIR *dir = opendir(db->directory);
    if (dir == NULL) {
        fail("opendir", db->directory);
    }
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        int fd = dirfd(dir);
        if (fd < 0 || unlinkat(fd, entry->d_name, 0) != 0) {
            fail("unlink", entry->d_name);
        }
    }
    closedir(dir);
    rmdir(db->directory);
}

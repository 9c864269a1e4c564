/* audit_db.c — see audit_db.h. */
#include "audit/audit_db.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/str.h"

#define COLUMNS_MAX    40
#define STATEMENTS_MAX 64
#define PAGE_ROWS      "2000"
#define OID_INT8       20
#define OID_INT4       23

struct statement {
    const char *sql;
    sqlite3_stmt *stmt;
    bool busy;
};
struct audit_db {
    sqlite3 *sqlite;
    PGconn *postgres;
    struct statement statements[STATEMENTS_MAX];
    size_t statement_count;
    unsigned cursors;
};

void audit_die(const char *doing, const char *why)
{
    fprintf(stderr, "jinnang-audit: cannot %s: %s\n", doing, why);
    exit(2);
}

/* ---- opening ---- */

static void open_sqlite(struct audit_db *db, const char *path)
{
    /* Not read-only: after a crash the log beside the file has to be read in first. query_only
     * keeps us from changing anything. */
    if (sqlite3_open_v2(path, &db->sqlite, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) {
        audit_die("open the database", sqlite3_errmsg(db->sqlite));
    }
    sqlite3_busy_timeout(db->sqlite, 10000);
    if (sqlite3_exec(db->sqlite, "PRAGMA query_only = 1; PRAGMA mmap_size = 268435456; BEGIN", NULL,
                     NULL, NULL) != SQLITE_OK) {
        audit_die("read the database", sqlite3_errmsg(db->sqlite));
    }
}

static void run_postgres(struct audit_db *db, const char *sql)
{
    PGresult *result = PQexec(db->postgres, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        audit_die("read the database", PQerrorMessage(db->postgres));
    }
    PQclear(result);
}

struct audit_db *audit_db_open(const char *url)
{
    struct audit_db *db = calloc(1, sizeof(*db));
    BUG_IF(db == NULL);
    if (str_starts_with(url, "sqlite:")) {
        open_sqlite(db, url + strlen("sqlite:"));
        return db;
    }
    if (!str_starts_with(url, "postgres://") && !str_starts_with(url, "postgresql://")) {
        audit_die("open the database", "the URL begins neither with sqlite: nor with postgres://");
    }
    db->postgres = PQconnectdb(url);
    if (PQstatus(db->postgres) != CONNECTION_OK) {
        audit_die("open the database", PQerrorMessage(db->postgres));
    }
    run_postgres(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    return db;
}

void audit_db_close(struct audit_db *db)
{
    for (size_t i = 0; i < db->statement_count; i++) {
        sqlite3_finalize(db->statements[i].stmt);
    }
    sqlite3_close(db->sqlite);
    PQfinish(db->postgres);
    free(db);
}

bool audit_db_is_postgres(const struct audit_db *db)
{
    return db->postgres != NULL;
}

/* ---- SQLite ---- */

static struct statement *sqlite_statement(struct audit_db *db, const char *sql)
{
    for (size_t i = 0; i < db->statement_count; i++) {
        if (db->statements[i].sql == sql && !db->statements[i].busy) {
            return &db->statements[i];
        }
    }
    BUG_IF(db->statement_count == STATEMENTS_MAX);
    struct statement *statement = &db->statements[db->statement_count++];
    statement->sql = sql;
    if (sqlite3_prepare_v2(db->sqlite, sql, -1, &statement->stmt, NULL) != SQLITE_OK) {
        audit_die(sql, sqlite3_errmsg(db->sqlite));
    }
    return statement;
}

static void sqlite_cells(sqlite3_stmt *stmt, struct audit_cell *cells)
{
    int count = sqlite3_column_count(stmt);
    BUG_IF(count > COLUMNS_MAX);
    for (int i = 0; i < count; i++) {
        cells[i] = (struct audit_cell){.type = AUDIT_NULL};
        switch (sqlite3_column_type(stmt, i)) {
        case SQLITE_INTEGER:
            cells[i].type = AUDIT_INT;
            cells[i].i64 = sqlite3_column_int64(stmt, i);
            break;
        case SQLITE_BLOB:
        case SQLITE_TEXT:
            cells[i].type = AUDIT_BYTES;
            cells[i].data = sqlite3_column_blob(stmt, i);
            cells[i].length = (size_t)sqlite3_column_bytes(stmt, i);
            break;
        default:
            break;
        }
    }
}

static int64_t sqlite_query(struct audit_db *db, const char *sql, const int64_t *params,
                            size_t param_count, audit_row_fn on_row, void *arg)
{
    struct statement *statement = sqlite_statement(db, sql);
    struct audit_cell cells[COLUMNS_MAX];
    int64_t rows = 0;
    int step;
    statement->busy = true;
    for (size_t i = 0; i < param_count; i++) {
        sqlite3_bind_int64(statement->stmt, (int)i + 1, params[i]);
    }
    while ((step = sqlite3_step(statement->stmt)) == SQLITE_ROW) {
        sqlite_cells(statement->stmt, cells);
        on_row(cells, arg);
        rows++;
    }
    if (step != SQLITE_DONE) {
        audit_die("read the database", sqlite3_errmsg(db->sqlite));
    }
    sqlite3_reset(statement->stmt);
    statement->busy = false;
    return rows;
}

/* ---- PostgreSQL: results in binary form ---- */

static void postgres_cells(const PGresult *result, int row, struct audit_cell *cells)
{
    int count = PQnfields(result);
    BUG_IF(count > COLUMNS_MAX);
    for (int i = 0; i < count; i++) {
        const uint8_t *data = (const uint8_t *)PQgetvalue(result, row, i);
        Oid type = PQftype(result, i);
        cells[i] = (struct audit_cell){.type = AUDIT_NULL};
        if (PQgetisnull(result, row, i)) {
            continue;
        }
        cells[i].length = (size_t)PQgetlength(result, row, i);
        if (type != OID_INT8 && type != OID_INT4) {
            cells[i].type = AUDIT_BYTES;
            cells[i].data = data;
            continue;
        }
        uint64_t value = 0;
        for (size_t j = 0; j < cells[i].length; j++) {
            value = value << 8 | data[j];
        }
        cells[i].type = AUDIT_INT;
        cells[i].i64 = type == OID_INT4 ? (int32_t)(uint32_t)value : (int64_t)value;
    }
}

static int64_t postgres_rows(PGresult *result, struct audit_db *db, audit_row_fn on_row, void *arg)
{
    struct audit_cell cells[COLUMNS_MAX];
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        audit_die("read the database", PQerrorMessage(db->postgres));
    }
    int rows = PQntuples(result);
    for (int i = 0; i < rows; i++) {
        postgres_cells(result, i, cells);
        on_row(cells, arg);
    }
    PQclear(result);
    return rows;
}

static int64_t postgres_query(struct audit_db *db, const char *sql, const int64_t *params,
                              size_t param_count, audit_row_fn on_row, void *arg)
{
    char texts[4][24];
    const char *values[4];
    char declare[4096], fetch[64], shut[64];
    int64_t rows = 0, page = 0;
    BUG_IF(param_count > 4);
    for (size_t i = 0; i < param_count; i++) {
        snprintf(texts[i], sizeof(texts[i]), "%lld", (long long)params[i]);
        values[i] = texts[i];
    }
    unsigned cursor = db->cursors++;
    int length = snprintf(declare, sizeof(declare), "DECLARE c%u BINARY NO SCROLL CURSOR FOR %s",
                          cursor, sql);
    BUG_IF(length < 0 || (size_t)length >= sizeof(declare));
    snprintf(fetch, sizeof(fetch), "FETCH " PAGE_ROWS " FROM c%u", cursor);
    snprintf(shut, sizeof(shut), "CLOSE c%u", cursor);
    PGresult *result =
        PQexecParams(db->postgres, declare, (int)param_count, NULL, values, NULL, NULL, 1);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        audit_die(sql, PQerrorMessage(db->postgres));
    }
    PQclear(result);
    do {
        result = PQexecParams(db->postgres, fetch, 0, NULL, NULL, NULL, NULL, 1);
        page = postgres_rows(result, db, on_row, arg);
        rows += page;
    } while (page > 0);
    run_postgres(db, shut);
    return rows;
}

int64_t audit_db_query(struct audit_db *db, const char *sql, const int64_t *params,
                       size_t param_count, audit_row_fn on_row, void *arg)
{
    return db->sqlite != NULL ? sqlite_query(db, sql, params, param_count, on_row, arg)
                              : postgres_query(db, sql, params, param_count, on_row, arg);
}

void audit_db_query_ids(struct audit_db *db, const char *sql_sqlite, const char *sql_postgres,
                        const int64_t *ids, size_t count, audit_row_fn on_row, void *arg)
{
    if (db->sqlite != NULL) {
        for (size_t i = 0; i < count; i++) {
            sqlite_query(db, sql_sqlite, &ids[i], 1, on_row, arg);
        }
        return;
    }
    char *list = malloc(count * 21 + 24);
    BUG_IF(list == NULL);
    size_t at = 0;
    list[at++] = '{';
    for (size_t i = 0; i < count; i++) {
        int written = snprintf(list + at, 22, "%s%lld", i > 0 ? "," : "", (long long)ids[i]);
        BUG_IF(written < 0 || written > 21);
        at += (size_t)written;
    }
    list[at++] = '}';
    list[at] = '\0';
    const char *values[1] = {list};
    PGresult *result = PQexecParams(db->postgres, sql_postgres, 1, NULL, values, NULL, NULL, 1);
    postgres_rows(result, db, on_row, arg);
    free(list);
}

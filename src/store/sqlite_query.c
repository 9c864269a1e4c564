/* sqlite_query.c — binding, stepping and reading rows on SQLite. The path a batch takes is kept
 * short: fields are bound by offset straight from the caller's structs. */
#include <string.h>

#include "core/log.h"
#include "store/sqlite_int.h"

static int bind_field(sqlite3_stmt *stmt, int at, const struct store_field *field,
                      const uint8_t *value)
{
    switch ((enum store_type)field->type) {
    case STORE_I64:
        if (field->nullable) {
            const struct store_opt_i64 *opt = (const void *)value;
            return opt->has ? sqlite3_bind_int64(stmt, at, opt->v) : sqlite3_bind_null(stmt, at);
        }
        return sqlite3_bind_int64(stmt, at, *(const int64_t *)(const void *)value);
    case STORE_TEXT: {
        const struct store_text *text = (const void *)value;
        if (text->data == NULL && field->nullable) {
            return sqlite3_bind_null(stmt, at);
        }
        return sqlite3_bind_text(stmt, at, text->data != NULL ? text->data : "", (int)text->length,
                                 SQLITE_STATIC);
    }
    case STORE_BLOB: {
        const struct store_blob *blob = (const void *)value;
        if (blob->data == NULL) {
            return field->nullable ? sqlite3_bind_null(stmt, at)
                                   : sqlite3_bind_zeroblob(stmt, at, 0);
        }
        return sqlite3_bind_blob(stmt, at, blob->data, (int)blob->length, SQLITE_STATIC);
    }
    case STORE_HASH:
        if (field->nullable) {
            const struct store_opt_hash *opt = (const void *)value;
            return opt->has ? sqlite3_bind_blob(stmt, at, opt->v.bytes, SHA256_BYTES, SQLITE_STATIC)
                            : sqlite3_bind_null(stmt, at);
        }
        return sqlite3_bind_blob(stmt, at, value, SHA256_BYTES, SQLITE_STATIC);
    }
    BUG_IF(true);
}

static int bind_row(sqlite3_stmt *stmt, const struct store_query *query, const uint8_t *in)
{
    int rc = SQLITE_OK;
    for (int i = 0; i < query->param_count; i++) {
        rc |= bind_field(stmt, i + 1, &query->params[i], in + query->params[i].offset);
    }
    return rc;
}

/* A value of another type than declared is damage: STRICT tables cannot hold it. */
static bool column_ok(sqlite3_stmt *stmt, int at, const struct store_field *field, void *value)
{
    int type = sqlite3_column_type(stmt, at);
    if (type == SQLITE_NULL) {
        return field->nullable;
    }
    switch ((enum store_type)field->type) {
    case STORE_I64:
        if (field->nullable) {
            struct store_opt_i64 *opt = value;
            *opt = (struct store_opt_i64){.has = true, .v = sqlite3_column_int64(stmt, at)};
        } else {
            *(int64_t *)value = sqlite3_column_int64(stmt, at);
        }
        return type == SQLITE_INTEGER;
    case STORE_TEXT: {
        struct store_text *text = value;
        text->data = (const char *)sqlite3_column_text(stmt, at);
        text->length = (uint32_t)sqlite3_column_bytes(stmt, at);
        return type == SQLITE_TEXT && text->data != NULL;
    }
    case STORE_BLOB: {
        struct store_blob *blob = value;
        blob->data = sqlite3_column_blob(stmt, at);
        blob->length = (uint32_t)sqlite3_column_bytes(stmt, at);
        if (blob->length == 0) {
            blob->data = ""; /* NULL is kept for SQL's NULL */
        }
        return type == SQLITE_BLOB;
    }
    case STORE_HASH: {
        const void *data = sqlite3_column_blob(stmt, at);
        if (type != SQLITE_BLOB || sqlite3_column_bytes(stmt, at) != SHA256_BYTES) {
            return false;
        }
        struct store_opt_hash *opt = value;
        if (field->nullable) {
            opt->has = true;
        }
        memcpy(field->nullable ? opt->v.bytes : value, data, SHA256_BYTES);
        return true;
    }
    }
    BUG_IF(true);
}

static bool read_row(sqlite3_stmt *stmt, const struct store_query *query, uint8_t *row)
{
    memset(row, 0, query->row_size);
    for (int i = 0; i < query->column_count; i++) {
        if (!column_ok(stmt, i, &query->columns[i], row + query->columns[i].offset)) {
            return false;
        }
    }
    return true;
}

/* Steps to the end, or until the callback has enough. *ret_stop: it has. */
static enum err step_all(struct store_tx *tx, const struct store_query *query, sqlite3_stmt *stmt,
                         store_row_fn on_row, void *arg, bool *ret_stop)
{
    struct sqlite_conn *conn = sqlite_conn_of(tx->conn);
    _Alignas(16) uint8_t row[STORE_ROW_BYTES_MAX];
    for (;;) {
        int rc = sqlite3_step(stmt);
        if (JN_LIKELY(rc == SQLITE_DONE)) {
            return ERR_OK;
        }
        if (rc != SQLITE_ROW) {
            return sqlite_error(conn, tx, rc, query->name);
        }
        if (on_row == NULL || *ret_stop) {
            continue; /* a statement that writes is run to its end */
        }
        if (!read_row(stmt, query, row)) {
            LOG(LOG_ERROR, "store_column_damaged", LOG_TEXT("statement", query->name));
            return store_tx_fail(tx, ERR_STORE_CORRUPT);
        }
        if (!on_row(row, arg)) {
            *ret_stop = true;
            if (sqlite3_stmt_readonly(stmt)) {
                return ERR_OK;
            }
        }
    }
}

static enum err prepare(struct store_tx *tx, const struct store_query *query, sqlite3_stmt **ret)
{
    struct sqlite_conn *conn = sqlite_conn_of(tx->conn);
    void **slot = stmt_map_slot(&conn->statements, query);
    if (*slot == NULL) {
        BUG_IF(query->sql_sqlite == NULL); /* a statement for the other database */
        sqlite3_stmt *stmt = NULL;
        int rc = sqlite3_prepare_v3(conn->db, query->sql_sqlite, -1, SQLITE_PREPARE_PERSISTENT,
                                    &stmt, NULL);
        if (rc != SQLITE_OK) {
            return sqlite_error(conn, tx, rc, query->name);
        }
        BUG_IF(sqlite3_column_count(stmt) != query->column_count);
        *slot = stmt;
    }
    *ret = *slot;
    return ERR_OK;
}

/* The whole batch in one statement that reads it through the virtual table. */
static enum err run_rows(struct store_tx *tx, const struct store_query *query, sqlite3_stmt *stmt,
                         const void *in, size_t count, int64_t *ret_changed)
{
    struct sqlite_conn *conn = sqlite_conn_of(tx->conn);
    conn->rows = (struct sqlite_rows){.query = query, .in = in, .count = count};
    bool stop = false;
    enum err err = step_all(tx, query, stmt, NULL, NULL, &stop);
    if (err == ERR_OK && ret_changed != NULL) {
        *ret_changed = sqlite3_changes64(conn->db);
    }
    sqlite3_reset(stmt);
    conn->rows = (struct sqlite_rows){0};
    return err;
}

enum err sqlite_query(struct store_tx *tx, const struct store_query *query, const void *in,
                      size_t count, store_row_fn on_row, void *arg, int64_t *ret_changed)
{
    struct sqlite_conn *conn = sqlite_conn_of(tx->conn);
    sqlite3_stmt *stmt = NULL;
    enum err err = prepare(tx, query, &stmt);
    if (err != ERR_OK) {
        return err;
    }
    bool writes = !sqlite3_stmt_readonly(stmt);
    BUG_IF(writes && tx->is_read);
    if (writes && tx->savepoint_wanted && !tx->savepoint_open) {
        err = sqlite_savepoint(tx);
        if (err != ERR_OK) {
            return err;
        }
    }
    if (query->is_rows) {
        return run_rows(tx, query, stmt, in, count, ret_changed);
    }
    int64_t changed = 0;
    bool stop = false;
    const uint8_t *row = in;
    for (size_t i = 0; i < count && err == ERR_OK && !(stop && !writes); i++) {
        int rc = bind_row(stmt, query, row);
        BUG_IF(rc != SQLITE_OK);
        row = row == NULL ? NULL : row + query->in_size; /* no parameters: no rows of them */
        err = step_all(tx, query, stmt, on_row, arg, &stop);
        if (writes) {
            changed += sqlite3_changes64(conn->db);
        }
        sqlite3_reset(stmt);
    }
    if (err == ERR_OK && ret_changed != NULL) {
        *ret_changed = changed;
    }
    return err;
}

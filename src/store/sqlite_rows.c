/* sqlite_rows.c — the virtual table store_rows: the rows of a batch, as SQLite reads them.
 *
 * INSERT INTO t (…) SELECT c0, c1, … FROM store_rows runs a batch as one statement. Binding and
 * stepping row by row costs a statement's begin and end each time: with 25 columns the virtual
 * table saves a sixth. It exists on the writer's connection only and is never part of the schema.
 */
#include <string.h>

#include "store/sqlite_int.h"

#define COLUMNS_MAX 64

struct rows_table {
    sqlite3_vtab base;
    struct sqlite_conn *conn;
};
struct rows_cursor {
    sqlite3_vtab_cursor base;
    const struct sqlite_rows *rows;
    size_t at;
};

static int rows_connect(sqlite3 *db, void *aux, int argc, const char *const *argv,
                        sqlite3_vtab **ret, char **ret_error)
{
    (void)argc;
    (void)argv;
    (void)ret_error;
    sqlite3_str *sql = sqlite3_str_new(db);
    /* tidy: allow sql-in-c: the shape of a virtual table, never stored */
    sqlite3_str_appendall(sql, "CREATE TABLE store_rows(c0");
    for (int i = 1; i < COLUMNS_MAX; i++) {
        sqlite3_str_appendf(sql, ",c%d", i);
    }
    sqlite3_str_appendall(sql, ")");
    char *text = sqlite3_str_finish(sql);
    if (text == NULL) {
        return SQLITE_NOMEM;
    }
    int rc = sqlite3_declare_vtab(db, text);
    sqlite3_free(text);
    if (rc != SQLITE_OK) {
        return rc;
    }
    struct rows_table *table = sqlite3_malloc64(sizeof(*table));
    if (table == NULL) {
        return SQLITE_NOMEM;
    }
    *table = (struct rows_table){.conn = aux};
    *ret = &table->base;
    return SQLITE_OK;
}

static int rows_disconnect(sqlite3_vtab *table)
{
    sqlite3_free(table);
    return SQLITE_OK;
}

static int rows_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    info->estimatedCost = 1000;
    info->estimatedRows = 1000;
    return SQLITE_OK;
}

static int rows_open(sqlite3_vtab *table, sqlite3_vtab_cursor **ret)
{
    struct rows_cursor *cursor = sqlite3_malloc64(sizeof(*cursor));
    if (cursor == NULL) {
        return SQLITE_NOMEM;
    }
    *cursor = (struct rows_cursor){.rows = &((struct rows_table *)table)->conn->rows};
    *ret = &cursor->base;
    return SQLITE_OK;
}

static int rows_close(sqlite3_vtab_cursor *cursor)
{
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int rows_filter(sqlite3_vtab_cursor *cursor, int number, const char *text, int argc,
                       sqlite3_value **argv)
{
    (void)number;
    (void)text;
    (void)argc;
    (void)argv;
    ((struct rows_cursor *)cursor)->at = 0;
    return SQLITE_OK;
}

static int rows_next(sqlite3_vtab_cursor *cursor)
{
    ((struct rows_cursor *)cursor)->at++;
    return SQLITE_OK;
}

static int rows_eof(sqlite3_vtab_cursor *cursor)
{
    const struct rows_cursor *c = (const struct rows_cursor *)cursor;
    return c->at >= c->rows->count;
}

static void result_text(sqlite3_context *context, const struct store_text *text, bool nullable)
{
    if (text->data != NULL) {
        sqlite3_result_text(context, text->data, (int)text->length, SQLITE_STATIC);
    } else if (!nullable) {
        sqlite3_result_text(context, "", 0, SQLITE_STATIC);
    }
}

static void result_blob(sqlite3_context *context, const struct store_blob *blob, bool nullable)
{
    if (blob->data != NULL) {
        sqlite3_result_blob(context, blob->data, (int)blob->length, SQLITE_STATIC);
    } else if (!nullable) {
        sqlite3_result_zeroblob(context, 0);
    }
}

/* What sets no result is NULL. */
static int rows_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int at)
{
    const struct rows_cursor *c = (const struct rows_cursor *)cursor;
    const struct store_query *query = c->rows->query;
    BUG_IF(at >= query->param_count);
    const struct store_field *field = &query->params[at];
    const void *value = c->rows->in + c->at * query->in_size + field->offset;
    switch ((enum store_type)field->type) {
    case STORE_I64:
        if (!field->nullable) {
            sqlite3_result_int64(context, *(const int64_t *)value);
        } else if (((const struct store_opt_i64 *)value)->has) {
            sqlite3_result_int64(context, ((const struct store_opt_i64 *)value)->v);
        }
        break;
    case STORE_TEXT:
        result_text(context, value, field->nullable);
        break;
    case STORE_BLOB:
        result_blob(context, value, field->nullable);
        break;
    case STORE_HASH:
        if (!field->nullable) {
            sqlite3_result_blob(context, value, SHA256_BYTES, SQLITE_STATIC);
        } else if (((const struct store_opt_hash *)value)->has) {
            sqlite3_result_blob(context, ((const struct store_opt_hash *)value)->v.bytes,
                                SHA256_BYTES, SQLITE_STATIC);
        }
        break;
    }
    return SQLITE_OK;
}

static int rows_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *ret)
{
    *ret = (sqlite3_int64)((const struct rows_cursor *)cursor)->at;
    return SQLITE_OK;
}

static const sqlite3_module rows_module = {
    .iVersion = 1,
    .xConnect = rows_connect, /* no xCreate: the table exists by its name alone */
    .xBestIndex = rows_best_index,
    .xDisconnect = rows_disconnect,
    .xOpen = rows_open,
    .xClose = rows_close,
    .xFilter = rows_filter,
    .xNext = rows_next,
    .xEof = rows_eof,
    .xColumn = rows_column,
    .xRowid = rows_rowid,
};

bool sqlite_rows_register(struct sqlite_conn *conn)
{
    return sqlite3_create_module_v2(conn->db, "store_rows", &rows_module, conn, NULL) == SQLITE_OK;
}

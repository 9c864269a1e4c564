/* pg_query.c — runs a statement on PostgreSQL: prepared once per connection, binary both ways, one
 * round trip. (Long batches of rows: pg_copy.c.) */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "store/pg_int.h"

#define OID_BYTEA 17
#define OID_NAME  19
#define OID_INT8  20
#define OID_INT2  21
#define OID_INT4  23
#define OID_TEXT  25

/* Statements are written for the types we have; anything else needs a cast in the statement. */
static bool type_fits(Oid type, uint8_t wanted)
{
    switch ((enum store_type)wanted) {
    case STORE_I64:
        return type == OID_INT8 || type == OID_INT4 || type == OID_INT2;
    case STORE_TEXT:
        return type == OID_TEXT || type == OID_NAME;
    case STORE_BLOB:
    case STORE_HASH:
        return type == OID_BYTEA;
    }
    BUG_IF(true);
}

static void check_columns(const struct store_query *query, const PGresult *result)
{
    BUG_IF(PQnfields(result) != query->column_count);
    for (int i = 0; i < query->column_count; i++) {
        BUG_IF(!type_fits(PQftype(result, i), query->columns[i].type));
    }
}

static int64_t integer_of(const char *data, int length)
{
    uint64_t wide;
    uint32_t half;
    uint16_t quarter;
    switch (length) {
    case 8:
        memcpy(&wide, data, 8);
        return (int64_t)be64toh(wide);
    case 4:
        memcpy(&half, data, 4);
        return (int32_t)be32toh(half);
    default:
        BUG_IF(length != 2);
        memcpy(&quarter, data, 2);
        return (int16_t)be16toh(quarter);
    }
}

static bool read_column(const PGresult *result, int row, int at, const struct store_field *field,
                        void *value)
{
    if (PQgetisnull(result, row, at)) {
        return field->nullable;
    }
    const char *data = PQgetvalue(result, row, at);
    int length = PQgetlength(result, row, at);
    switch ((enum store_type)field->type) {
    case STORE_I64:
        if (field->nullable) {
            *(struct store_opt_i64 *)value =
                (struct store_opt_i64){.has = true, .v = integer_of(data, length)};
        } else {
            *(int64_t *)value = integer_of(data, length);
        }
        return true;
    case STORE_TEXT:
        *(struct store_text *)value = (struct store_text){data, (uint32_t)length};
        return true;
    case STORE_BLOB:
        *(struct store_blob *)value = (struct store_blob){data, (uint32_t)length};
        return true;
    case STORE_HASH:
        if (length != SHA256_BYTES) {
            return false;
        }
        if (field->nullable) {
            ((struct store_opt_hash *)value)->has = true;
            value = ((struct store_opt_hash *)value)->v.bytes;
        }
        memcpy(value, data, SHA256_BYTES);
        return true;
    }
    BUG_IF(true);
}

static enum err give_rows(struct store_tx *tx, const struct store_query *query,
                          const PGresult *result, store_row_fn on_row, void *arg)
{
    _Alignas(16) uint8_t row[STORE_ROW_BYTES_MAX];
    check_columns(query, result);
    int rows = PQntuples(result);
    for (int i = 0; i < rows; i++) {
        memset(row, 0, query->row_size);
        for (int c = 0; c < query->column_count; c++) {
            if (!read_column(result, i, c, &query->columns[c], row + query->columns[c].offset)) {
                LOG(LOG_ERROR, "store_column_damaged", LOG_TEXT("statement", query->name));
                return store_tx_fail(tx, ERR_STORE_CORRUPT);
            }
        }
        if (!on_row(row, arg)) {
            break;
        }
    }
    return ERR_OK;
}

int64_t pg_changed_rows(PGresult *result)
{
    return strtoll(PQcmdTuples(result), NULL, 10); /* "" where it means nothing: 0 */
}

/* Queues the statement and what must precede it. *ret_before: results that come first. */
static bool send_query(struct store_tx *tx, const struct store_query *query,
                       const struct pg_params *params, bool prepared, int *ret_before)
{
    struct pg_conn *conn = pg_conn_of(tx->conn);
    if (!pg_send_preliminaries(tx, ret_before)) {
        return false;
    }
    if (!prepared) {
        BUG_IF(query->sql_postgres == NULL); /* a statement for the other database */
        if (PQsendPrepare(conn->pg, query->name, query->sql_postgres, params->count,
                          params->types) != 1) {
            return false;
        }
        (*ret_before)++;
    }
    return PQsendQueryPrepared(conn->pg, query->name, params->count, params->values,
                               params->lengths, params->formats, 1) == 1 &&
           PQpipelineSync(conn->pg) == 1;
}

/* The results that precede the statement's own. False: one failed, *ret_failed is it (NULL: the
 * connection is gone). */
static bool take_preliminaries(struct pg_conn *conn, int count, PGresult **ret_failed)
{
    for (int i = 0; i < count; i++) {
        PGresult *result = pg_next_result(conn);
        if (PQresultStatus(result) != PGRES_COMMAND_OK) {
            *ret_failed = result;
            return false;
        }
        PQclear(result);
    }
    return true;
}

enum err pg_query(struct store_tx *tx, const struct store_query *query, const void *in,
                  size_t count, store_row_fn on_row, void *arg, int64_t *ret_changed)
{
    struct pg_conn *conn = pg_conn_of(tx->conn);
    if (conn->bad) {
        return pg_error(conn, tx, NULL, query->name);
    }
    if (query->copy_postgres != NULL && count >= PG_COPY_ROWS_MIN) {
        return pg_copy(tx, query, in, count, ret_changed);
    }
    struct pg_params params;
    pg_params_encode(conn, query, in, count, &params);
    void **slot = stmt_map_slot(&conn->statements, query);
    bool prepared = *slot != NULL;
    int before = 0;
    if (!send_query(tx, query, &params, prepared, &before)) {
        conn->bad = true;
        return pg_error(conn, tx, NULL, query->name);
    }
    PGresult *result = NULL;
    if (take_preliminaries(conn, before, &result)) {
        result = pg_next_result(conn);
        if (!prepared && result != NULL) {
            *slot = conn; /* its Parse succeeded, whatever became of the rest */
        }
    }
    /* Everything is read before anybody is called: a callback may run another statement. */
    bool drained = pg_drain(conn);
    ExecStatusType status = PQresultStatus(result);
    enum err err = ERR_OK;
    if (!drained || result == NULL) {
        err = pg_error(conn, tx, NULL, query->name);
    } else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        err = pg_error(conn, tx, result, query->name);
    } else if (status == PGRES_TUPLES_OK && on_row != NULL) {
        err = give_rows(tx, query, result, on_row, arg);
    }
    if (err == ERR_OK && ret_changed != NULL) {
        *ret_changed = status == PGRES_COMMAND_OK ? pg_changed_rows(result) : 0;
    }
    PQclear(result);
    return err;
}

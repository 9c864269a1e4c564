/* pg_copy.c — a long batch of rows into one table by COPY in binary: half the server's work of
 * INSERT … SELECT FROM unnest(…), and the server stores rows while we still encode those behind.
 *
 * COPY cannot be in libpq's pipeline mode, so the connection leaves it for the while. A key that is
 * there already ends the COPY as it ends an INSERT: the callback, or its savepoint, is undone. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "store/pg_int.h"

#define CHUNK_BYTES 65536u

static const char copy_header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
#define COPY_HEADER_BYTES 19 /* signature, no flags, no extension */
static const char copy_trailer[2] = {'\377', '\377'};
_Static_assert(sizeof(copy_header) >= COPY_HEADER_BYTES + 1, "signature, flags, extension");

/* Sends what libpq has buffered. A server that takes nothing for too long is taken for lost. */
static bool push(struct pg_conn *conn)
{
    int left;
    while ((left = PQflush(conn->pg)) > 0) {
        struct pollfd fd = {.fd = PQsocket(conn->pg), .events = POLLIN | POLLOUT};
        int ready = poll(&fd, 1, (int)conn->reply_timeout_ms);
        if (ready == 0 || (ready < 0 && errno != EINTR)) {
            return false;
        }
        /* It may have something to say before it takes more: that it failed. */
        if (ready > 0 && (fd.revents & POLLIN) != 0 && PQconsumeInput(conn->pg) != 1) {
            return false;
        }
    }
    return left == 0;
}

static bool put(struct pg_conn *conn, const void *data, size_t length)
{
    return PQputCopyData(conn->pg, data, (int)length) == 1 && push(conn);
}

static bool put_rows(struct pg_conn *conn, const struct store_query *query, const uint8_t *in,
                     size_t count)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++, in += query->in_size) {
        size_t bytes = pg_copy_row_bytes(query, in);
        if (used > 0 && used + bytes > CHUNK_BYTES) {
            if (!put(conn, conn->scratch, used)) {
                return false;
            }
            used = 0;
        }
        if (used == 0) {
            pg_reserve(conn, bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES);
        }
        pg_copy_row_encode(query, in, conn->scratch + used);
        used += bytes;
    }
    return used == 0 || put(conn, conn->scratch, used);
}

/* The result of the statement behind it; NULL: the connection is gone. */
static PGresult *copy_in(struct pg_conn *conn, const struct store_query *query, const void *in,
                         size_t count)
{
    if (PQsendQuery(conn->pg, query->copy_postgres) != 1) {
        return NULL;
    }
    PGresult *result = pg_get_result(conn);
    if (PQresultStatus(result) != PGRES_COPY_IN) {
        return result;
    }
    PQclear(result);
    if (PQsetnonblocking(conn->pg, 1) != 0) {
        return NULL;
    }
    bool sent = put(conn, copy_header, COPY_HEADER_BYTES) && put_rows(conn, query, in, count) &&
                put(conn, copy_trailer, sizeof(copy_trailer)) &&
                PQputCopyEnd(conn->pg, NULL) == 1 && push(conn);
    return sent && PQsetnonblocking(conn->pg, 0) == 0 ? pg_get_result(conn) : NULL;
}

static bool finish(struct pg_conn *conn)
{
    PGresult *result;
    while ((result = pg_get_result(conn)) != NULL) {
        PQclear(result);
    }
    return !conn->bad && PQenterPipelineMode(conn->pg) == 1;
}

enum err pg_copy(struct store_tx *tx, const struct store_query *query, const void *in, size_t count,
                 int64_t *ret_changed)
{
    struct pg_conn *conn = pg_conn_of(tx->conn);
    enum err err = pg_leave_pipeline(tx, query->name);
    if (err != ERR_OK) {
        return err;
    }
    PGresult *result = copy_in(conn, query, in, count);
    if (result == NULL || !finish(conn)) {
        conn->bad = true;
        err = pg_error(conn, tx, NULL, query->name);
    } else if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        err = pg_error(conn, tx, result, query->name);
    } else if (ret_changed != NULL) {
        *ret_changed = pg_changed_rows(result);
    }
    PQclear(result);
    return err;
}

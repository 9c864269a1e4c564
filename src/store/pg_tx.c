/* pg_tx.c — transactions and savepoints on PostgreSQL, with as few round trips as there can be.
 *
 * BEGIN waits for the first statement; a RELEASE waits for the next SAVEPOINT and travels with it,
 * or is left to COMMIT; a savepoint that was rolled back to serves the next callback. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "store/pg_int.h"

static const struct {
    const char *name, *sql;
} controls[PG_CONTROLS] = {
    [PG_BEGIN_WRITE] = {"jn_begin_write", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"},
    [PG_BEGIN_READ] = {"jn_begin_read", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"},
    [PG_COMMIT] = {"jn_commit", "COMMIT"},
    [PG_ROLLBACK] = {"jn_rollback", "ROLLBACK"},
    [PG_SAVEPOINT] = {"jn_savepoint", "SAVEPOINT callback"},
    [PG_RELEASE] = {"jn_release", "RELEASE SAVEPOINT callback"},
    [PG_ROLLBACK_TO] = {"jn_rollback_to", "ROLLBACK TO SAVEPOINT callback"},
};

const char *pg_control_name(enum pg_control control)
{
    return controls[control].name;
}

const char *pg_control_sql(enum pg_control control)
{
    return controls[control].sql;
}

bool pg_send_control(struct pg_conn *conn, enum pg_control control)
{
    return PQsendQueryPrepared(conn->pg, controls[control].name, 0, NULL, NULL, NULL, 0) == 1;
}

/* A server that hangs must not hang the lane. */
PGresult *pg_get_result(struct pg_conn *conn)
{
    while (!conn->bad && PQisBusy(conn->pg)) {
        struct pollfd fd = {.fd = PQsocket(conn->pg), .events = POLLIN};
        int ready = poll(&fd, 1, (int)conn->reply_timeout_ms);
        if (ready == 0 || (ready < 0 && errno != EINTR) ||
            (ready > 0 && PQconsumeInput(conn->pg) != 1)) {
            conn->bad = true;
        }
    }
    return conn->bad ? NULL : PQgetResult(conn->pg);
}

PGresult *pg_next_result(struct pg_conn *conn)
{
    PGresult *result = pg_get_result(conn);
    if (result == NULL) {
        /* The end of the command before; the next call begins with this one's result. */
        result = pg_get_result(conn);
    }
    if (result == NULL || PQstatus(conn->pg) != CONNECTION_OK) {
        conn->bad = true;
    }
    return result;
}

bool pg_drain(struct pg_conn *conn)
{
    /* Between two results comes one NULL; two in a row mean that nothing is on its way. */
    bool was_null = false;
    while (!conn->bad && PQstatus(conn->pg) == CONNECTION_OK) {
        PGresult *result = pg_get_result(conn);
        if (result == NULL) {
            if (was_null) {
                break;
            }
            was_null = true;
            continue;
        }
        was_null = false;
        ExecStatusType status = PQresultStatus(result);
        PQclear(result);
        if (status == PGRES_PIPELINE_SYNC) {
            return true;
        }
    }
    conn->bad = true;
    return false;
}

/* Runs one control statement by itself. The caller clears the result; NULL: the connection is gone.
 * *ret_sent: it may have reached the server. */
static PGresult *run_control(struct pg_conn *conn, enum pg_control control, bool *ret_sent)
{
    *ret_sent = false;
    if (conn->bad || !pg_send_control(conn, control)) {
        conn->bad = true;
        return NULL;
    }
    *ret_sent = true;
    if (PQpipelineSync(conn->pg) != 1) {
        conn->bad = true;
        return NULL;
    }
    PGresult *result = pg_next_result(conn);
    if (!pg_drain(conn)) {
        PQclear(result);
        return NULL;
    }
    return result;
}

/* A server that went away while the connection was idle has left word: the end of the stream. Asked
 * here it costs one poll(2), and the connection can be replaced before anybody's callback runs. */
static bool is_alive(struct pg_conn *conn)
{
    for (int i = 0; i < 4 && PQstatus(conn->pg) == CONNECTION_OK; i++) {
        struct pollfd fd = {.fd = PQsocket(conn->pg), .events = POLLIN};
        if (poll(&fd, 1, 0) == 0) {
            return true;
        }
        if (PQconsumeInput(conn->pg) != 1) {
            break;
        }
        (void)PQisBusy(conn->pg); /* takes in notices and changed settings */
    }
    conn->bad = true;
    return false;
}

enum err pg_begin(struct store_tx *tx)
{
    struct pg_conn *conn = pg_conn_of(tx->conn);
    if (!is_alive(conn)) {
        return pg_error(conn, tx, NULL, "begin");
    }
    BUG_IF(conn->begun);
    conn->begin_wanted = true;
    conn->savepoint_there = false;
    conn->savepoint_clean = false;
    return ERR_OK;
}

bool pg_send_preliminaries(struct store_tx *tx, int *ret_count)
{
    struct pg_conn *conn = pg_conn_of(tx->conn);
    int count = 0;
    bool ok = true;
    if (conn->begin_wanted) {
        ok = pg_send_control(conn, tx->is_read ? PG_BEGIN_READ : PG_BEGIN_WRITE);
        conn->begin_wanted = false;
        conn->begun = true;
        count++;
    }
    if (tx->savepoint_wanted && !tx->savepoint_open) {
        if (conn->savepoint_there && !conn->savepoint_clean) {
            ok = ok && pg_send_control(conn, PG_RELEASE);
            conn->savepoint_there = false;
            count++;
        }
        if (!conn->savepoint_there) {
            ok = ok && pg_send_control(conn, PG_SAVEPOINT);
            conn->savepoint_there = true;
            tx->savepoint_count++;
            count++;
        }
        tx->savepoint_open = true;
    }
    conn->savepoint_clean = false;
    *ret_count = count;
    return ok;
}

enum err pg_commit(struct store_tx *tx, bool *ret_unknown)
{
    struct pg_conn *conn = pg_conn_of(tx->conn);
    if (!conn->begun) {
        conn->begin_wanted = false;
        return ERR_OK; /* nothing was asked of the server */
    }
    bool sent = false;
    PGresult *result = run_control(conn, PG_COMMIT, &sent);
    conn->begun = false;
    if (result == NULL) {
        *ret_unknown = sent;
        return pg_error(conn, tx, NULL, "commit");
    }
    enum err err = ERR_OK;
    if (PQresultStatus(result) == PGRES_COMMAND_OK) {
        if (strcmp(PQcmdStatus(result), "COMMIT") != 0) {
            err = store_tx_fail(tx, ERR_STORE_FAILED); /* "ROLLBACK": it had failed before */
        }
    } else {
        err = pg_error(conn, tx, result, "commit");
        /* The server said no and is still there: rolled back. If it is going down, who knows. */
        *ret_unknown = conn->bad;
    }
    PQclear(result);
    return err;
}

void pg_rollback(struct store_tx *tx)
{
    struct pg_conn *conn = pg_conn_of(tx->conn);
    conn->begin_wanted = false;
    if (!conn->begun) {
        return;
    }
    conn->begun = false;
    if (conn->bad) {
        return; /* the server undoes it when the connection ends */
    }
    bool sent = false;
    PGresult *result = run_control(conn, PG_ROLLBACK, &sent);
    if (result == NULL || PQresultStatus(result) != PGRES_COMMAND_OK) {
        conn->bad = true;
    }
    PQclear(result);
}

enum err pg_savepoint_release(struct store_tx *tx)
{
    (void)tx; /* see pg_send_preliminaries and the server's COMMIT */
    return ERR_OK;
}

void pg_savepoint_rollback(struct store_tx *tx)
{
    struct pg_conn *conn = pg_conn_of(tx->conn);
    bool sent = false;
    PGresult *result = run_control(conn, PG_ROLLBACK_TO, &sent);
    if (result == NULL) {
        (void)pg_error(conn, tx, NULL, "rollback to savepoint");
    } else if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        (void)pg_error(conn, tx, result, "rollback to savepoint");
        tx->lost = true;
    }
    PQclear(result);
    conn->savepoint_clean = true;
}

static bool begin_now(struct store_tx *tx)
{
    struct pg_conn *conn = pg_conn_of(tx->conn);
    int count = 0;
    if (!pg_send_preliminaries(tx, &count)) {
        return false;
    }
    return count == 0 || (PQpipelineSync(conn->pg) == 1 && pg_drain(conn));
}

enum err pg_leave_pipeline(struct store_tx *tx, const char *what)
{
    struct pg_conn *conn = pg_conn_of(tx->conn);
    if (conn->bad || !begin_now(tx) || PQexitPipelineMode(conn->pg) != 1) {
        conn->bad = true;
        return pg_error(conn, tx, NULL, what);
    }
    return ERR_OK;
}

enum err pg_script(struct store_tx *tx, const char *sql)
{
    struct pg_conn *conn = pg_conn_of(tx->conn);
    enum err err = pg_leave_pipeline(tx, "script");
    if (err != ERR_OK) {
        return err;
    }
    PGresult *result = PQexec(conn->pg, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        err = pg_error(conn, tx, result, "script");
    }
    PQclear(result);
    if (PQenterPipelineMode(conn->pg) != 1) {
        conn->bad = true;
        tx->lost = true;
    }
    return err;
}

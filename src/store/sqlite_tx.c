/* sqlite_tx.c — transactions and savepoints on SQLite. */
#include "store/sqlite_int.h"

static const char *const control_sql[SQLITE_CONTROLS] = {
    [CONTROL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [CONTROL_BEGIN_READ] = "BEGIN",
    [CONTROL_COMMIT] = "COMMIT",
    [CONTROL_ROLLBACK] = "ROLLBACK",
    [CONTROL_SAVEPOINT] = "SAVEPOINT callback",
    [CONTROL_RELEASE] = "RELEASE callback",
    [CONTROL_ROLLBACK_TO] = "ROLLBACK TO callback",
};

static int control(struct sqlite_conn *conn, enum sqlite_control which)
{
    sqlite3_stmt *stmt = conn->controls[which];
    if (stmt == NULL) {
        int rc = sqlite3_prepare_v3(conn->db, control_sql[which], -1, SQLITE_PREPARE_PERSISTENT,
                                    &stmt, NULL);
        if (rc != SQLITE_OK) {
            return rc;
        }
        conn->controls[which] = stmt;
    }
    int rc = sqlite3_step(stmt);
    int reset = sqlite3_reset(stmt);
    return rc == SQLITE_DONE ? SQLITE_OK : reset != SQLITE_OK ? reset : rc;
}

static void leave_gate(struct sqlite_conn *conn)
{
    if (conn->in_group) {
        conn->in_group = false;
        sqlite_gate_leave(conn->store->state);
    }
}

enum err sqlite_begin(struct store_tx *tx)
{
    struct sqlite_conn *conn = sqlite_conn_of(tx->conn);
    if (!tx->is_read) {
        sqlite_gate_enter(conn->store->state);
        conn->in_group = true;
    }
    int rc = control(conn, tx->is_read ? CONTROL_BEGIN_READ : CONTROL_BEGIN_WRITE);
    if (rc == SQLITE_OK) {
        return ERR_OK;
    }
    enum err err = sqlite_error(conn, tx, rc, "begin");
    leave_gate(conn);
    return err;
}

enum err sqlite_commit(struct store_tx *tx, bool *ret_unknown)
{
    struct sqlite_conn *conn = sqlite_conn_of(tx->conn);
    int rc = control(conn, CONTROL_COMMIT);
    enum err err = ERR_OK;
    if (rc != SQLITE_OK) {
        /* Whatever it says: the log's last frames may be on the disk, or may yet get there. */
        *ret_unknown = true;
        err = sqlite_error(conn, tx, rc, "commit");
        conn->bad = true;
    }
    leave_gate(conn);
    return err;
}

void sqlite_rollback(struct store_tx *tx)
{
    struct sqlite_conn *conn = sqlite_conn_of(tx->conn);
    if (sqlite3_get_autocommit(conn->db) == 0) {
        int rc = control(conn, CONTROL_ROLLBACK);
        if (rc != SQLITE_OK && sqlite3_get_autocommit(conn->db) == 0) {
            conn->bad = true;
        }
    }
    leave_gate(conn);
}

enum err sqlite_savepoint(struct store_tx *tx)
{
    struct sqlite_conn *conn = sqlite_conn_of(tx->conn);
    int rc = control(conn, CONTROL_SAVEPOINT);
    if (rc != SQLITE_OK) {
        return sqlite_error(conn, tx, rc, "savepoint");
    }
    tx->savepoint_open = true;
    tx->savepoint_count++;
    return ERR_OK;
}

enum err sqlite_savepoint_release(struct store_tx *tx)
{
    struct sqlite_conn *conn = sqlite_conn_of(tx->conn);
    int rc = control(conn, CONTROL_RELEASE);
    return rc == SQLITE_OK ? ERR_OK : sqlite_error(conn, tx, rc, "release");
}

void sqlite_savepoint_rollback(struct store_tx *tx)
{
    struct sqlite_conn *conn = sqlite_conn_of(tx->conn);
    int rc = control(conn, CONTROL_ROLLBACK_TO);
    if (rc == SQLITE_OK) {
        rc = control(conn, CONTROL_RELEASE);
    }
    if (rc != SQLITE_OK) {
        (void)sqlite_error(conn, tx, rc, "rollback to savepoint");
        tx->lost = true;
    }
}

enum err sqlite_script(struct store_tx *tx, const char *sql)
{
    struct sqlite_conn *conn = sqlite_conn_of(tx->conn);
    int rc = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? ERR_OK : sqlite_error(conn, tx, rc, "script");
}

/* sqlite_error.c — what SQLite's result codes mean for the transaction (docs/outcomes.md). */
#include "core/log.h"
#include "store/sqlite_int.h"

static enum err constraint_error(int rc)
{
    switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return ERR_STORE_DUPLICATE;
    default:
        return ERR_STORE_FAILED; /* CHECK, NOT NULL, foreign key, type: our own fault */
    }
}

enum err sqlite_error(struct sqlite_conn *conn, struct store_tx *tx, int rc, const char *what)
{
    enum err err = ERR_STORE_FAILED;
    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT:
        err = constraint_error(rc);
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        err = ERR_STORE_CONFLICT;
        break;
    case SQLITE_FULL: {
        struct sqlite_state *state = conn->store->state;
        atomic_store(&state->disk_full_seen, true);
        atomic_store(&conn->store->read_only, true);
        err = ERR_STORE_READ_ONLY;
        tx->lost = true; /* SQLite undid the whole transaction, or we do */
        break;
    }
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        err = ERR_STORE_CORRUPT;
        break;
    case SQLITE_INTERRUPT:
        err = ERR_STORE_UNAVAILABLE;
        break;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
        conn->bad = true;
        tx->lost = true;
        break;
    default:
        break;
    }
    if (!tx->is_read && sqlite3_get_autocommit(conn->db) != 0) {
        tx->lost = true;
    }
    if (err != ERR_STORE_DUPLICATE && err != ERR_STORE_CONFLICT) {
        LOG(LOG_ERROR, "store_statement_failed", LOG_TEXT("statement", what),
            LOG_NUMBER("sqlite", rc), LOG_TEXT("message", sqlite3_errmsg(conn->db)));
    }
    return store_tx_fail(tx, err);
}

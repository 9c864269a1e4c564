/* pg_conn.c — the PostgreSQL backend: connections and what they must promise.
 *
 * A writer must reach a server that takes writes, and its COMMIT must mean durable:
 * synchronous_commit is checked, and switched on where it is weaker. */
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "store/pg_int.h"

/* Longer than the server's own lock_timeout; a read may be a report. */
#define WRITER_TIMEOUT_MS 30000
#define READER_TIMEOUT_MS 120000

static enum err backend_open(struct store *store, const struct store_config *config)
{
    (void)store;
    return config->vfs == NULL ? ERR_OK : ERR_NOT_SUPPORTED;
}

static void backend_nothing(struct store *store)
{
    (void)store;
}

static void ignore_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

/* One value of one row; NULL on failure. The caller frees. */
static char *ask(PGconn *pg, const char *sql)
{
    PGresult *result = PQexec(pg, sql);
    char *value = NULL;
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1) {
        value = strdup(PQgetvalue(result, 0, 0));
        BUG_IF(value == NULL);
    }
    PQclear(result);
    return value;
}

static bool command(PGconn *pg, const char *sql)
{
    PGresult *result = PQexec(pg, sql);
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return ok;
}

static bool is_weak(const char *synchronous_commit)
{
    return strcmp(synchronous_commit, "off") == 0 || strcmp(synchronous_commit, "local") == 0;
}

static bool ensure_durable(PGconn *pg)
{
    char *value = ask(pg, "SHOW synchronous_commit");
    if (value != NULL && is_weak(value)) {
        free(value);
        value =
            command(pg, "SET synchronous_commit = on") ? ask(pg, "SHOW synchronous_commit") : NULL;
    }
    bool durable = value != NULL && !is_weak(value);
    free(value);
    return durable;
}

static bool prepare_controls(PGconn *pg)
{
    for (int i = 0; i < PG_CONTROLS; i++) {
        PGresult *result = PQprepare(pg, pg_control_name((enum pg_control)i),
                                     pg_control_sql((enum pg_control)i), 0, NULL);
        bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
        PQclear(result);
        if (!ok) {
            return false;
        }
    }
    return true;
}

/* Waiting for a lock for longer than this means somebody is stuck: run again. */
static const char session_settings[] = "SET lock_timeout = '5s';"
                                       "SET client_encoding = 'UTF8';"
                                       "SET timezone = 'UTC';"
                                       "SET idle_in_transaction_session_timeout = '60s'";

static bool set_up(PGconn *pg, enum conn_role role)
{
    return command(pg, session_settings) && (role == CONN_READER || ensure_durable(pg)) &&
           prepare_controls(pg) && PQenterPipelineMode(pg) == 1;
}

static PGconn *connect_to(const char *url, enum conn_role role)
{
    /* What the address says itself comes later and wins. */
    const char *const names[] = {"connect_timeout",      "keepalives_idle",  "keepalives_interval",
                                 "keepalives_count",     "tcp_user_timeout", "application_name",
                                 "target_session_attrs", "dbname",           NULL};
    const char *const values[] = {
        "3", "10", "3", "3", "10000", "jinnang", role == CONN_WRITER ? "read-write" : "any",
        url, NULL};
    return PQconnectdbParams(names, values, 1);
}

static enum err conn_open(struct store *store, enum conn_role role, struct store_conn **ret)
{
    PGconn *pg = connect_to(store->url, role);
    BUG_IF(pg == NULL);
    if (PQstatus(pg) != CONNECTION_OK || PQserverVersion(pg) < 130000) {
        LOG(LOG_ERROR, "store_connect_failed", LOG_TEXT("message", PQerrorMessage(pg)),
            LOG_NUMBER("server_version", PQserverVersion(pg)));
        PQfinish(pg);
        return ERR_STORE_UNAVAILABLE;
    }
    PQsetNoticeReceiver(pg, ignore_notice, NULL);
    if (!set_up(pg, role)) {
        LOG(LOG_ERROR, "store_session_refused", LOG_TEXT("message", PQerrorMessage(pg)));
        PQfinish(pg);
        return ERR_STORE_UNAVAILABLE;
    }
    struct pg_conn *c = calloc(1, sizeof(*c));
    BUG_IF(c == NULL);
    c->magic = PG_CONN_MAGIC;
    c->store = store;
    c->pg = pg;
    c->role = role;
    c->reply_timeout_ms = role == CONN_WRITER ? WRITER_TIMEOUT_MS : READER_TIMEOUT_MS;
    *ret = (struct store_conn *)c;
    return ERR_OK;
}

static void conn_close(struct store_conn *conn)
{
    struct pg_conn *c = pg_conn_of(conn);
    PQfinish(c->pg);
    stmt_map_done(&c->statements);
    free(c->scratch);
    c->magic = 0;
    free(c);
}

static bool conn_usable(struct store_conn *conn)
{
    struct pg_conn *c = pg_conn_of(conn);
    return !c->bad && PQstatus(c->pg) == CONNECTION_OK;
}

static enum err recover(struct store *store)
{
    (void)store; /* the server does that itself */
    return ERR_OK;
}

static enum err backup(struct store *store, const char *path, store_progress_fn progress, void *arg)
{
    (void)store;
    (void)path;
    (void)progress;
    (void)arg;
    return ERR_NOT_SUPPORTED; /* pg_dump, pg_basebackup */
}

const struct backend store_postgres_backend = {
    .kind = STORE_POSTGRES,
    /* Above 64 open subtransactions the server's snapshots become slow for everybody. */
    .savepoints_max = 60,
    .retries_max = 4,
    .single_tries_max = 10,
    .retry_duplicate = true,
    .open = backend_open,
    .start = backend_nothing,
    .stop = backend_nothing,
    .close = backend_nothing,
    .conn_open = conn_open,
    .conn_close = conn_close,
    .conn_usable = conn_usable,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .savepoint_release = pg_savepoint_release,
    .savepoint_rollback = pg_savepoint_rollback,
    .query = pg_query,
    .script = pg_script,
    .recover = recover,
    .backup = backup,
};

/* pg_int.h — private to the PostgreSQL backend.
 *
 * Connections stay in libpq's pipeline mode: what must precede a statement (BEGIN, SAVEPOINT,
 * RELEASE, its own Parse) travels with it in one round trip. */
#ifndef JN_STORE_PG_INT_H
#define JN_STORE_PG_INT_H

#include <libpq-fe.h>

#include "store/store_int.h"

#define PG_CONN_MAGIC 0x50474353u
#define PG_PARAMS_MAX 64

enum pg_control {
    PG_BEGIN_WRITE = 0,
    PG_BEGIN_READ = 1,
    PG_COMMIT = 2,
    PG_ROLLBACK = 3,
    PG_SAVEPOINT = 4,
    PG_RELEASE = 5,
    PG_ROLLBACK_TO = 6,
};
#define PG_CONTROLS 7

struct pg_conn {
    uint32_t magic;
    struct store *store;
    PGconn *pg;
    enum conn_role role;
    uint32_t reply_timeout_ms; /* a server silent for longer is taken for lost */
    bool bad;
    bool begin_wanted; /* BEGIN goes out with the first statement */
    bool begun;
    bool savepoint_there;       /* the server has one */
    bool savepoint_clean;       /* and nothing was done since: it can serve the next callback */
    struct stmt_map statements; /* value: non-NULL once prepared on the server */
    uint8_t *scratch;           /* parameters in wire form */
    size_t scratch_capacity;
};

static inline struct pg_conn *pg_conn_of(struct store_conn *conn)
{
    struct pg_conn *c = (struct pg_conn *)conn;
    OBJ_CHECK(c, PG_CONN_MAGIC);
    return c;
}

/* The parameters of one statement as libpq wants them. */
struct pg_params {
    int count;
    Oid types[PG_PARAMS_MAX];
    const char *values[PG_PARAMS_MAX];
    int lengths[PG_PARAMS_MAX];
    int formats[PG_PARAMS_MAX];
};
/* pg_params.c: encodes into the connection's scratch space. */
void pg_params_encode(struct pg_conn *conn, const struct store_query *query, const void *in,
                      size_t count, struct pg_params *ret);
/* Scratch space of at least `bytes`; what was in it is gone. */
void pg_reserve(struct pg_conn *conn, size_t bytes);
/* One row as COPY wants it. */
size_t pg_copy_row_bytes(const struct store_query *query, const uint8_t *in);
void pg_copy_row_encode(const struct store_query *query, const uint8_t *in, uint8_t *at);

/* pg_error.c: what a failed result, or a lost connection (result == NULL), means. */
enum err pg_error(struct pg_conn *conn, struct store_tx *tx, const PGresult *result,
                  const char *what);

/* pg_tx.c */
enum err pg_begin(struct store_tx *tx);
enum err pg_commit(struct store_tx *tx, bool *ret_unknown);
void pg_rollback(struct store_tx *tx);
enum err pg_savepoint_release(struct store_tx *tx);
void pg_savepoint_rollback(struct store_tx *tx);
enum err pg_script(struct store_tx *tx, const char *sql);
/* Sends what must precede a statement and ends pipeline mode; PQenterPipelineMode() takes it up
 * again. `what` names the statement in the log. */
enum err pg_leave_pipeline(struct store_tx *tx, const char *what);
/* Queues a control statement. False: nothing was sent, the connection is gone. */
JN_MUST_USE bool pg_send_control(struct pg_conn *conn, enum pg_control control);
/* Queues what must precede a statement; *ret_count results will come first. */
JN_MUST_USE bool pg_send_preliminaries(struct store_tx *tx, int *ret_count);
/* The text of a control statement, prepared under the name pg_control_name(). */
const char *pg_control_sql(enum pg_control control);
const char *pg_control_name(enum pg_control control);
/* PQgetResult with a limit: NULL at the end of a command, or when the connection is gone (bad). */
PGresult *pg_get_result(struct pg_conn *conn);
/* Reads one queued command's result (the caller clears it); NULL: the connection is gone, or the
 * server was silent for too long. */
PGresult *pg_next_result(struct pg_conn *conn);
/* Reads up to the end of the pipeline. False: the connection is gone. */
JN_MUST_USE bool pg_drain(struct pg_conn *conn);

/* pg_query.c */
enum err pg_query(struct store_tx *tx, const struct store_query *query, const void *in,
                  size_t count, store_row_fn on_row, void *arg, int64_t *ret_changed);
int64_t pg_changed_rows(PGresult *result);

/* pg_copy.c: a batch that has a COPY, from so many rows on; below it a round trip costs more. */
#define PG_COPY_ROWS_MIN 128
enum err pg_copy(struct store_tx *tx, const struct store_query *query, const void *in, size_t count,
                 int64_t *ret_changed);

#endif

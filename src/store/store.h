/* store.h — the database seam: SQLite (embedded) or PostgreSQL behind the same few functions.
 *
 * Purpose: run re-runnable callbacks as durable transactions with group commit, give snapshots to
 * readers, migrate the schema, and turn every failure into the outcome contract (docs/outcomes.md):
 * posted, not posted, or unknown. This module is the only place that includes sqlite3.h or
 * libpq-fe.h.
 *
 * A LANE is a writer thread with one connection. It takes every waiting callback, runs each in a
 * savepoint inside one transaction, commits once, then answers them all. SQLite has one lane.
 * PostgreSQL has several; a callback goes to the lane its affinity hashes to.
 *
 * SQL is never written in C: each statement is a file sql/queries/<module>/<name>.sql and reaches C
 * as a generated, typed function (tools/gen_queries.py).
 *
 * Non-goals: an ORM, cross-database joins, statements built at run time.
 * Locks: none is held while a callback runs, except the lane's own transaction. */
#ifndef JN_STORE_STORE_H
#define JN_STORE_STORE_H

#include "core/base.h"
#include "core/clock.h"
#include "core/err.h"
#include "core/sha256.h"

struct store;
struct store_tx;

enum store_backend { STORE_SQLITE = 1, STORE_POSTGRES = 2 };

struct store_config {
    const char *url;           /* sqlite:PATH or postgres://… (copied) */
    const struct clock *clock; /* outlives the store */
    uint32_t lane_count;       /* PostgreSQL only, 1..16; 0: default (2). SQLite has one. */
    uint32_t reader_count;     /* connections for snapshots, 1..64; 0: default (4) */
    uint32_t queue_max;        /* callbacks waiting per lane before ERR_STORE_BUSY; 0: 4096 */
    uint32_t group_max;        /* callbacks per commit; 0: 1024 */
    bool create;               /* SQLite: create the file if it is missing */
    const char *vfs;           /* SQLite: name of a registered VFS (fault tests); NULL: default */
    /* SQLite: below this many free bytes on its disk nothing is written any more
     * (ERR_STORE_READ_ONLY); 0: 128 MiB. */
    uint64_t disk_reserve_bytes;
};

/* Opens and takes ownership of the database (a SQLite file belongs to one process:
 * ERR_STORE_IN_USE). Does not migrate. Lanes do not run until store_start(). */
JN_MUST_USE enum err store_open(const struct store_config *config, struct store **ret);
enum store_backend store_backend(const struct store *store);
/* PostgreSQL: as configured; SQLite: 1. */
uint32_t store_lane_count(const struct store *store);
/* Runs every migration that is missing, each once, in order, in its own transaction.
 * ERR_STORE_SCHEMA_NEWER when the database is newer than the program. */
JN_MUST_USE enum err store_migrate(struct store *store, uint32_t *ret_applied);
/* ERR_STORE_SCHEMA_OLDER when migrations are missing: "run jinnang migrate". */
JN_MUST_USE enum err store_check_schema(struct store *store);
/* Participants must be registered before; starts lanes and the checkpointer. */
JN_MUST_USE enum err store_start(struct store *store);
/* Refuses new work (ERR_STORE_STOPPING), drains what waits, commits, closes, frees. NULL is fine.
 */
void store_close(struct store *store);

/* ---- writing ---- */

/* A soft failure (serialisation, deadlock, a poisoned group) may run it again: it must touch only
 * the transaction and memory that it resets itself, and never read a clock or a random source
 * (draw them before, pass them in arg; store_tx_now_us() is fine).
 * Returning anything but ERR_OK undoes its savepoint only; the error is its outcome — except that
 * after ERR_OK_KEEP semantics are wanted (a burnt key), return ERR_OK and put the verdict in arg.
 */
typedef enum err (*store_write_fn)(struct store_tx *tx, void *arg);
/* Called once, on the lane's thread, after the commit is durable (or has failed). Must be quick and
 * must not call back into the store. Outcomes: ERR_OK (durable), the callback's own error (nothing
 * written), ERR_STORE_* (nothing written), ERR_OUTCOME_UNKNOWN (the commit may or may not be
 * there). */
typedef void (*store_done_fn)(void *arg, enum err outcome);

struct store_write {
    store_write_fn run;
    store_done_fn done;
    void *arg;
    int64_t affinity;         /* hot account's id: same affinity, same lane; 0 for many accounts */
    struct store_write *next; /* the store's, while queued */
};
/* Never blocks. ERR_OK: `done` will be called exactly once; *write must live until then. Otherwise
 * (ERR_STORE_BUSY, ERR_STORE_UNAVAILABLE, ERR_STORE_READ_ONLY, ERR_STORE_STOPPING) nothing was
 * queued and `done` is not called. */
JN_MUST_USE enum err store_submit(struct store *store, struct store_write *write);
/* store_submit and wait for the outcome. Not to be called from a lane. */
JN_MUST_USE enum err store_write_sync(struct store *store, store_write_fn run, void *arg,
                                      int64_t affinity);

/* ---- reading ---- */

/* Runs on the calling thread inside one read-only snapshot. The circuit open:
 * ERR_STORE_UNAVAILABLE. */
typedef enum err (*store_read_fn)(struct store_tx *tx, void *arg);
JN_MUST_USE enum err store_read(struct store *store, store_read_fn run, void *arg);

/* ---- inside a transaction ---- */

struct store *store_tx_store(struct store_tx *tx);
/* The lane's number, 0-based; UINT32_MAX in a read. */
uint32_t store_tx_lane(const struct store_tx *tx);
/* The group's time: taken once when the group began, never before that of an earlier group of this
 * lane. */
int64_t store_tx_now_us(const struct store_tx *tx);

/* The callback that is running shall be the last of its group: what the group holds by now is
 * enough for one commit. The callbacks that wait begin the next one. */
void store_tx_end_group(struct store_tx *tx);

/* ---- participants: in-memory state that must follow the transaction ---- */

/* All run on the lane's thread. The order for a group of callbacks A (ok) and B (fails):
 * group_begin; savepoint; [A]; release; savepoint; [B]; rollback; flush; COMMIT; committed.
 * If flush or COMMIT fails, or the group must run again: aborted instead of committed. After an
 * unknown COMMIT outcome, `aborted` with outcome_unknown = true: forget what is cached and reload.
 */
struct store_participant {
    void *state;
    void (*group_begin)(void *state, struct store_tx *tx);
    void (*savepoint)(void *state, struct store_tx *tx);
    void (*release)(void *state, struct store_tx *tx);
    void (*rollback)(void *state, struct store_tx *tx);
    /* Writes what was deferred. ERR_STORE_CONFLICT: the group is run again. */
    enum err (*flush)(void *state, struct store_tx *tx);
    void (*committed)(void *state, struct store_tx *tx);
    void (*aborted)(void *state, struct store_tx *tx, bool outcome_unknown);
};
/* Before store_start(). The struct is copied; at most 8. Any callback may be NULL. */
void store_register(struct store *store, const struct store_participant *participant);

/* ---- statements: called by generated query functions only ---- */

enum store_type { STORE_I64 = 1, STORE_TEXT = 2, STORE_BLOB = 3, STORE_HASH = 4 };

/* How a parameter or a column looks in C. Not copied on the way in; on the way out text and blobs
 * live until the row callback returns (a `one` query copies them into the caller's arena).
 *   i64    int64_t               i64?   struct store_opt_i64
 *   text   struct store_text     text?  the same, data == NULL is SQL's NULL
 *   blob   struct store_blob     blob?  the same
 *   hash   struct sha256_hash    hash?  struct store_opt_hash       (a blob of 32 bytes) */
struct store_opt_i64 {
    bool has;
    int64_t v;
};
struct store_opt_hash {
    bool has;
    struct sha256_hash v;
};
struct store_text {
    const char *data; /* UTF-8 without NUL bytes; not terminated */
    uint32_t length;
};
struct store_blob {
    const void *data;
    uint32_t length;
};

/* One parameter or column: where it lies in the generated struct. */
struct store_field {
    uint8_t type; /* enum store_type */
    bool nullable;
    uint16_t offset;
};
#define STORE_ROW_BYTES_MAX 1024

/* One statement; generated as static const, and known to a connection by its address. */
struct store_query {
    const char *name;          /* "ledger_account_insert" */
    const char *sql_sqlite;    /* parameters ?1 …; NULL: PostgreSQL only */
    const char *sql_postgres;  /* parameters $1 …, arrays for a batch; NULL: SQLite only */
    const char *copy_postgres; /* a long batch's COPY … FROM STDIN of the parameters; or NULL */
    const struct store_field *params;
    const struct store_field *columns;
    uint16_t param_count, column_count;
    uint16_t in_size, row_size; /* bytes of the generated structs */
    bool is_batch;
    bool is_rows; /* SQLite: a batch that runs once, reading its rows from the table store_rows */
};

/* `row` is the query's row struct. Return false to stop early. It may run other statements, but not
 * the one it is called from. PostgreSQL holds the whole answer in memory: give large ones a LIMIT
 * in the statement. */
typedef bool (*store_row_fn)(const void *row, void *arg);
/* `in` is the query's parameter struct (NULL if it has none); for a batch an array of `count`:
 * SQLite binds and steps per row, PostgreSQL runs one statement over binary arrays. Otherwise count
 * is 1. on_row may be NULL. *ret_changed (may be NULL): rows changed. Any SQL error ends the
 * callback: each further statement fails with the same error until the savepoint is undone, and the
 * callback's outcome is that error whatever it returns.
 * ERR_STORE_CONFLICT (run again by the lane), ERR_STORE_DUPLICATE (a unique key is there already;
 * run again by the lane on PostgreSQL), ERR_STORE_FAILED (our fault or the disk's),
 * ERR_STORE_CORRUPT, ERR_STORE_READ_ONLY, ERR_STORE_UNAVAILABLE. */
JN_MUST_USE enum err store_query_run(struct store_tx *tx, const struct store_query *query,
                                     const void *in, size_t count, store_row_fn on_row, void *arg,
                                     int64_t *ret_changed);

/* ---- operation ---- */

struct store_stats {
    uint64_t groups, callbacks, retries, commit_failures, unknown_outcomes, rejected_busy;
    uint64_t commit_us_sum, wal_bytes, checkpoints;
    uint32_t queued; /* all lanes, now */
    bool available;  /* the circuit is closed */
    bool read_only;  /* disk nearly full */
};
void store_stats(struct store *store, struct store_stats *ret);

/* Copies the running database to `path` (SQLite: the online backup interface; PostgreSQL:
 * ERR_NOT_SUPPORTED, use pg_dump). `progress` may be NULL; done and total in pages. */
typedef void (*store_progress_fn)(void *arg, uint64_t done, uint64_t total);
JN_MUST_USE enum err store_backup(struct store *store, const char *path, store_progress_fn progress,
                                  void *arg);
/* Puts a backup in the place of a database that no process has open (SQLite only). The backup is
 * checked first: whole (ERR_STORE_CORRUPT), ours, and not newer than this program
 * (ERR_STORE_SCHEMA_NEWER); a failure leaves the old database as it was. Everything written since
 * the backup is lost: the caller begins a new epoch and says so. */
JN_MUST_USE enum err store_restore(const char *url, const char *from_path,
                                   store_progress_fn progress, void *arg);

#endif

/* sqlite_int.h — private to the SQLite backend.
 *
 * Locks: sqlite_state.lock guards the writer's gate and the checkpointer's signals, and is held for
 * a few instructions only; sqlite_state.checkpoint_lock is held while a checkpoint runs, so that
 * recovery can take the checkpointer's connection away. Order: checkpoint_lock, lock. */
#ifndef JN_STORE_SQLITE_INT_H
#define JN_STORE_SQLITE_INT_H

#include <sqlite3.h>

#include "store/store_int.h"

#define SQLITE_CONN_MAGIC 0x53514c43u
#define SQLITE_PAGE_BYTES 4096

enum sqlite_control {
    CONTROL_BEGIN_WRITE = 0,
    CONTROL_BEGIN_READ = 1,
    CONTROL_COMMIT = 2,
    CONTROL_ROLLBACK = 3,
    CONTROL_SAVEPOINT = 4,
    CONTROL_RELEASE = 5,
    CONTROL_ROLLBACK_TO = 6,
};
#define SQLITE_CONTROLS 7

/* What the virtual table store_rows shows: the rows of the batch that runs now. */
struct sqlite_rows {
    const struct store_query *query;
    const uint8_t *in;
    size_t count;
};

struct sqlite_conn {
    uint32_t magic;
    struct store *store;
    sqlite3 *db;
    enum conn_role role;
    bool bad;      /* an I/O error was seen: replace it */
    bool in_group; /* holds the writer's gate */
    struct stmt_map statements;
    sqlite3_stmt *controls[SQLITE_CONTROLS];
    struct sqlite_rows rows;
};

struct sqlite_state {
    char *path;
    char *vfs; /* NULL: default */
    int lock_fd;
    _Atomic uint64_t disk_reserve_bytes;

    pthread_mutex_t lock;
    pthread_cond_t wake; /* the checkpointer waits here */
    pthread_cond_t gate; /* the writer, or who pauses it, waits here */
    bool running, stopping, pause_wanted, in_group;
    _Atomic bool disk_full_seen;

    pthread_mutex_t checkpoint_lock;
    sqlite3 *checkpoint_db; /* NULL while the database is being recovered */
    pthread_t thread;
    _Atomic uint32_t log_pages;  /* as the last commit left it */
    _Atomic uint32_t backups;    /* running now: the log cannot start over */
    uint32_t checkpointed_pages; /* the checkpointer's own */
    int64_t reset_not_before_us; /* the checkpointer's own */
};

static inline struct sqlite_conn *sqlite_conn_of(struct store_conn *conn)
{
    struct sqlite_conn *c = (struct sqlite_conn *)conn;
    OBJ_CHECK(c, SQLITE_CONN_MAGIC);
    return c;
}

/* sqlite_open.c */
JN_MUST_USE enum err sqlite_open_db(const struct sqlite_state *state, bool create, bool read_only,
                                    sqlite3 **ret);
/* Moves the whole log into the file and makes it durable. *ret_complete: nothing stayed behind
 * because of a reader in another process. */
JN_MUST_USE enum err sqlite_checkpoint_all(sqlite3 *db, bool *ret_complete);
JN_MUST_USE enum err sqlite_lock_file(const char *path, int *ret_fd);
/* The file behind sqlite:PATH, links resolved. The caller frees. */
char *sqlite_path_of(const char *url);

/* sqlite_error.c: what a result code means to the transaction; logs it. */
enum err sqlite_error(struct sqlite_conn *conn, struct store_tx *tx, int rc, const char *what);

/* sqlite_tx.c */
enum err sqlite_begin(struct store_tx *tx);
enum err sqlite_commit(struct store_tx *tx, bool *ret_unknown);
void sqlite_rollback(struct store_tx *tx);
enum err sqlite_savepoint(struct store_tx *tx);
enum err sqlite_savepoint_release(struct store_tx *tx);
void sqlite_savepoint_rollback(struct store_tx *tx);
enum err sqlite_script(struct store_tx *tx, const char *sql);

/* sqlite_query.c */
enum err sqlite_query(struct store_tx *tx, const struct store_query *query, const void *in,
                      size_t count, store_row_fn on_row, void *arg, int64_t *ret_changed);

/* sqlite_rows.c */
JN_MUST_USE bool sqlite_rows_register(struct sqlite_conn *conn);

/* sqlite_checkpoint.c */
void sqlite_checkpointer_start(struct store *store);
void sqlite_checkpointer_stop(struct store *store);
void sqlite_note_log_pages(struct sqlite_state *state, struct store *store, uint32_t pages);
/* The writer's gate: entered for each group. */
void sqlite_gate_enter(struct sqlite_state *state);
void sqlite_gate_leave(struct sqlite_state *state);

/* sqlite_backup.c */
enum err sqlite_backup(struct store *store, const char *path, store_progress_fn progress,
                       void *arg);

#endif

/* store_int.h — private to store/: a transaction, a lane, the readers, and the seam between them
 * and the two databases.
 *
 * Locks: lane.lock guards a lane's queue and nothing else; readers.lock guards the reader list.
 * Neither is held while SQL or a callback runs, and they are never taken together. */
#ifndef JN_STORE_STORE_INT_H
#define JN_STORE_STORE_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "store/store.h"

#define STORE_MAGIC            0x53544f52u
#define STORE_TX_MAGIC         0x53545458u
#define STORE_PARTICIPANTS_MAX 8
#define STORE_LANES_MAX        16
#define STORE_READERS_MAX      64

/* One connection of either database; its first member is `magic`. */
struct store_conn;

struct store_tx {
    uint32_t magic;
    struct store *store;
    struct store_conn *conn;
    uint32_t lane; /* UINT32_MAX in a read */
    int64_t now_us;
    enum err error; /* the first SQL error since the savepoint; sticky */
    bool is_read;
    bool lost;             /* the whole transaction is gone: nothing of it was written */
    bool savepoint_wanted; /* taken by the first statement that needs it */
    bool savepoint_open;
    uint32_t savepoint_count; /* in this group */
    bool group_ended;         /* takes no further callbacks */
};

enum conn_role { CONN_WRITER = 0, CONN_READER = 1 };

/* What differs between the databases. Everything runs on the thread that owns the connection. */
struct backend {
    enum store_backend kind;
    uint32_t savepoints_max; /* a group ends early when it has taken as many */
    uint32_t retries_max;    /* of a whole group, before its callbacks run one by one */
    uint32_t single_tries_max;
    bool recovers_here;   /* recover() decides what a failed COMMIT left; no server does */
    bool retry_duplicate; /* a unique key that is there already may come from another writer */
    enum err (*open)(struct store *store, const struct store_config *config);
    void (*start)(struct store *store); /* helper threads */
    void (*stop)(struct store *store);  /* ends them; lanes have ended */
    void (*close)(struct store *store); /* after the last connection */
    enum err (*conn_open)(struct store *store, enum conn_role role, struct store_conn **ret);
    void (*conn_close)(struct store_conn *conn);
    /* False when the connection must be replaced before it can serve again. */
    bool (*conn_usable)(struct store_conn *conn);
    /* From another thread: hurries what runs on the connection to an error. May be NULL. */
    void (*conn_interrupt)(struct store_conn *conn);
    enum err (*begin)(struct store_tx *tx);
    /* *ret_unknown: it may have been carried out although an error is returned. */
    enum err (*commit)(struct store_tx *tx, bool *ret_unknown);
    void (*rollback)(struct store_tx *tx);
    enum err (*savepoint_release)(struct store_tx *tx);
    void (*savepoint_rollback)(struct store_tx *tx);
    enum err (*query)(struct store_tx *tx, const struct store_query *query, const void *in,
                      size_t count, store_row_fn on_row, void *arg, int64_t *ret_changed);
    /* Several statements without parameters, for migrations. */
    enum err (*script)(struct store_tx *tx, const char *sql);
    /* A writer's connection is gone or in doubt: makes the database safe to open again (SQLite:
     * every connection is closed, what the log holds is made durable). */
    enum err (*recover)(struct store *store);
    enum err (*backup)(struct store *store, const char *path, store_progress_fn progress,
                       void *arg);
};
extern const struct backend store_sqlite_backend;
extern const struct backend store_postgres_backend;

enum lane_state { LANE_UP = 0, LANE_DOWN = 1 };

struct lane {
    struct store *store;
    uint32_t index;
    pthread_t thread;
    pthread_mutex_t lock; /* head, tail, waiting, stopping */
    pthread_cond_t wake;
    struct store_write *head, *tail;
    bool waiting, stopping;
    _Atomic uint32_t queued;
    _Atomic int state; /* enum lane_state */
    /* the lane thread's own */
    struct store_conn *conn; /* NULL: lost */
    bool recovered;          /* recovery is done since it was lost; only connecting is left */
    struct store_tx tx;
    int64_t last_now_us;
    uint32_t backoff_ms;
    struct store_write **group; /* group_max each */
    enum err *outcomes;
};

struct reader {
    struct store_conn *conn; /* NULL: not connected */
    bool busy;
    bool interruptible; /* busy, and conn stays what it is until this is false again */
};
/* Connections for snapshots. While gated, reads wait (or are refused, when the database is being
 * recovered). */
struct readers {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct reader list[STORE_READERS_MAX];
    uint32_t count, busy_count;
    bool gated, refusing;
    int64_t retry_at_us; /* monotonic; no connection is tried before */
    uint32_t backoff_ms;
};

struct store {
    uint32_t magic;
    const struct backend *backend;
    void *state; /* the backend's */
    const struct clock *clock;
    char *url;
    uint32_t lane_count, queue_max, group_max;
    struct lane lanes[STORE_LANES_MAX];
    struct readers readers;
    struct store_participant participants[STORE_PARTICIPANTS_MAX];
    uint32_t participant_count;
    bool started;
    pthread_mutex_t inline_lock; /* serialises store_write_sync() before store_start() */
    _Atomic bool stopping, read_only;
    _Atomic uint64_t groups, callbacks, retries, commit_failures, unknown_outcomes, rejected_busy;
    _Atomic uint64_t commit_us_sum, wal_bytes, checkpoints;
};

/* lane.c */
JN_MUST_USE enum err lane_init(struct lane *lane, struct store *store, uint32_t index);
JN_MUST_USE enum err lane_start(struct lane *lane);
void lane_stop(struct lane *lane); /* drains, joins */
void lane_done(struct lane *lane);
JN_MUST_USE enum err lane_enqueue(struct lane *lane, struct store_write *write);
/* Runs one callback as a group of its own on the calling thread; the lane does not run. */
JN_MUST_USE enum err lane_run_inline(struct lane *lane, struct store_write *write);

/* True when the lane has a connection (again). Opens and closes the circuit. */
JN_MUST_USE bool lane_reconnect(struct lane *lane);

/* group.c: runs the callbacks in lane->group[0..count) and sets lane->outcomes. Returns how many
 * were run; the rest go to the next group. The lane's connection is NULL afterwards if it is lost.
 */
JN_MUST_USE size_t group_run(struct lane *lane, size_t count);

/* readers.c */
JN_MUST_USE enum err readers_init(struct store *store, uint32_t count);
void readers_done(struct store *store);
/* Stops new reads and waits until none runs: false (and not gated) if they took longer. */
JN_MUST_USE bool readers_gate(struct store *store, uint32_t wait_ms);
/* As readers_gate, but new reads are refused, and it waits for as long as it takes. */
void readers_refuse(struct store *store);
void readers_close_all(struct store *store); /* gated or refusing */
void readers_open_gate(struct store *store); /* ends readers_gate() */
void readers_accept(struct store *store);    /* ends readers_refuse() */

void store_tx_init(struct store_tx *tx, struct store *store, struct store_conn *conn);
/* Remembers the first error of a callback. Returns err. */
enum err store_tx_fail(struct store_tx *tx, enum err err);

/* stmt_map.c: what a connection has prepared, by the address of the statement. */
struct stmt_map {
    const struct store_query **keys;
    void **values;
    size_t capacity, count;
};
void **stmt_map_slot(struct stmt_map *map, const struct store_query *query);
void stmt_map_done(struct stmt_map *map);

#endif

/* ledger_int.h — what the files of ledger/ share: the ledger itself and its lanes. Private to
 * ledger/.
 *
 * One lane a writer of the store. SQLite has one, and its book holds every account; on PostgreSQL
 * each lane's book is a cache.
 *
 * Locks: a lane belongs to the store's lane thread, except what the hasher may read of it (see
 * ledger_hash.c). log_lock guards log_published; book_read_*() have their own. */
#ifndef JN_LEDGER_LEDGER_INT_H
#define JN_LEDGER_LEDGER_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "ledger/ledger.h"
#include "ledger/ledger_book.h"
#include "ledger/ledger_log.h"
#include "ledger/ledger_rules.h"

#define LEDGER_MAGIC      0x4c454447u
#define LEDGER_LANES_MAX  16
#define LEDGER_MARK_EVERY 64   /* entries of an account from one mark to the next */
#define LEDGER_ROWS_CHUNK 1024 /* rows written by one statement; divides BOOK_ROWS_PER_CHUNK */

/* Computes hashes beside the lane. */
struct hasher {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work, progress;
    struct ledger_lane *lane;
    bool running, stopping, waiting;
    bool is_last;          /* no more rows come in this group: append the leaves when done */
    uint32_t rows_ready;   /* of this group; may be hashed */
    uint32_t rows_started; /* by the hasher */
    _Atomic uint32_t rows_hashed;
    bool is_appended; /* the leaves are in the log's working edge */
};

#define SWEEP_SECTIONS 16

/* Where the rotating write-back stands. A sweep goes through the accounts in sections. */
struct sweep_position {
    uint32_t cursor;                /* next account */
    uint32_t section, section_size; /* size 0: the next account begins a new sweep */
    uint64_t credit;                /* rows * accounts not yet turned into accounts to write */
    int64_t started_at;             /* log index at which this section began */
    /* Log index at which a section began when it was last gone through: its rows hold at least
     * what lies before it. */
    int64_t starts[SWEEP_SECTIONS];
    int64_t fold_from; /* the least of them, as stored */
};

/* SQLite: account rows written back by turns (ledger_sweep.c). */
struct sweep {
    uint64_t period_min; /* a sweep takes at least so many transfers */
    struct sweep_position at;
    struct sweep_position next; /* of this group, taken over when it is durable */
    uint32_t *written;          /* by this group */
    uint32_t written_count, written_capacity;
};

struct ledger_lane {
    struct ledger *ledger;
    uint32_t index;
    struct book book;
    struct book_mark savepoint;
    uint64_t group_rejected, savepoint_rejected;
    int64_t segment_id;    /* of this group, once it is written */
    int64_t segment_floor; /* PostgreSQL: greatest segment of any account read here */
    bool is_careful;       /* PostgreSQL: the last attempt met a conflict; lock and look up all */
    bool has_failed_to_write;
    bool is_in_doubt;      /* SQLite: the last COMMIT may or may not be there; the queue is kept */
    bool wants_checkpoint; /* SQLite: write back every account in this group */
    bool is_written_back;  /* ... and it was done */
    struct hasher hasher;
    struct sweep sweep;     /* SQLite */
    struct log_edge *edge;  /* SQLite: with this group's leaves */
    struct log_tiles tiles; /* SQLite: filled by this group */
    void *scratch;          /* parameter rows of whatever is being written */
    size_t scratch_bytes;
};

struct ledger {
    uint32_t magic;
    struct store *store;
    const struct clock *clock;
    struct id_source *ids;
    enum store_backend backend;
    struct ledger_lane *lanes[LEDGER_LANES_MAX];
    uint32_t lane_count;
    pthread_mutex_t log_lock;
    struct log_edge *log_published; /* SQLite: what is committed */
    _Atomic uint64_t transfers_posted, transfers_rejected, batches, conflicts;
};

/* The lane of a write transaction. */
struct ledger_lane *ledger_lane_of(struct ledger *ledger, const struct store_tx *tx);
/* Room for `bytes`, valid until the next call. */
void *ledger_scratch(struct ledger_lane *lane, size_t bytes);
/* The time of what happens in this transaction: never before anything earlier in the log. */
int64_t ledger_now_us(const struct ledger_lane *lane, const struct store_tx *tx);

/* ---- ledger_hash.c ---- */

void hasher_init(struct hasher *hasher, struct ledger_lane *lane);
void hasher_done(struct hasher *hasher);
/* Rows before the book's end are final: they may be hashed. */
void hasher_offer(struct hasher *hasher);
/* No more rows come. Small groups are hashed here and now. */
void hasher_finish(struct hasher *hasher);
/* Returns when rows [0, count) have their hashes. After hasher_finish(). */
void hasher_wait_rows(struct hasher *hasher, uint32_t count);
/* SQLite: returns when all leaves are in lane->edge and full tiles in lane->tiles. */
void hasher_wait_leaves(struct hasher *hasher);
/* Waits until nothing is under way, and forgets the group. */
void hasher_reset(struct hasher *hasher);
/* Hashes rows [first, last) of a book: sides and leaf. */
void ledger_hash_rows(struct book *book, uint32_t first, uint32_t last);
/* The leaf hash of book->leaves[leaf]. */
void ledger_leaf_hash(const struct book *book, uint32_t leaf, struct sha256_hash *ret);

/* ---- ledger_lookup.c ---- */

/* What the database knows about the ids of a batch, and, on PostgreSQL, the accounts it touches
 * into the book. */
JN_MUST_USE enum err ledger_look_up(struct store_tx *tx, struct ledger_lane *lane,
                                    const struct ledger_transfer *transfers, size_t count,
                                    struct stored *ret);
/* PostgreSQL: whether an id is stored that was refused without being looked up or written. */
JN_MUST_USE enum err ledger_look_up_refused(struct store_tx *tx, const struct rules_batch *batch,
                                            const struct ledger_result *results, bool *ret_found);
/* PostgreSQL: makes sure that these accounts are in the book, if they exist. */
JN_MUST_USE enum err ledger_look_up_accounts(struct store_tx *tx, struct ledger_lane *lane,
                                             const int64_t *ids, size_t count);

/* ---- ledger_write_sqlite.c, ledger_write_pg.c, ledger_write.c ---- */

JN_MUST_USE enum err ledger_write_sqlite(struct store_tx *tx, struct ledger_lane *lane);
JN_MUST_USE enum err ledger_write_pg(struct store_tx *tx, struct ledger_lane *lane);
/* Failures, holds and their resolutions: the same on both. ERR_STORE_CONFLICT if another writer was
 * there first. */
JN_MUST_USE enum err ledger_write_common(struct store_tx *tx, struct ledger_lane *lane);
JN_MUST_USE enum err ledger_write_opened(struct store_tx *tx, struct ledger_lane *lane);
/* 9 bytes a leaf, in scratch. */
struct store_blob ledger_leaf_refs(struct ledger_lane *lane);

/* ---- ledger_sweep.c (SQLite) ---- */

JN_MUST_USE enum err sweep_write(struct store_tx *tx, struct ledger_lane *lane);
void sweep_init(struct sweep *sweep);
/* Every row holds at least what lies before this log index. */
void sweep_restart(struct sweep *sweep, int64_t fold_from, int64_t log_size);
void sweep_committed(struct ledger_lane *lane);
void sweep_done(struct sweep *sweep);

/* ---- ledger_load.c (SQLite) ---- */

JN_MUST_USE enum err ledger_load(struct ledger *ledger);

/* ---- ledger_read.c ---- */

/* The unfinished right edge of the log, as committed (PostgreSQL: as sealed). *ret must be zeroed
 * or an earlier edge of the same log. A tile that is full lies in log_tiles, visible to every read
 * that begins after this call. */
JN_MUST_USE enum err ledger_log_edge(struct ledger *ledger, struct log_edge *ret);
/* PostgreSQL: within a transaction. */
JN_MUST_USE enum err ledger_read_edge(struct store_tx *tx, struct log_edge *ret);

/* ---- ledger_convert.c ---- */

void ledger_row_to_posted(const struct q_ledger_transfers_get_row *row, struct ledger_posted *ret);
void ledger_range_row_to_posted(const struct q_ledger_entries_range_row *row,
                                struct ledger_posted *ret);
void ledger_record_to_account(const struct account_record *record, struct ledger_account *ret);
void ledger_leaf_of_posted(const struct ledger_posted *posted, struct sha256_hash *ret);

#endif

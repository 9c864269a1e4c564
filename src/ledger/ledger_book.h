/* ledger_book.h — accounts, open holds and the queue of one lane. Private to ledger/.
 *
 * Purpose: the memory the rules work on. Three layers:
 *   committed accounts   records in chunks, what readers see; changed only by book_publish()
 *   the overlay          a `struct touched` per account that this group changed
 *   the queue            rows (transfers), failures and opened accounts not written yet
 * On SQLite the committed layer holds every account; on PostgreSQL it is the lane's cache.
 *
 * Undo: a mark remembers how long each list was; a list is cut back to it. A touched account or a
 * hold that was there before the mark is copied to the undo log before its first change after it.
 * Dropping a whole group (book_drop_group) needs no log: committed records never changed.
 *
 * Locks: one thread (the lane) calls everything here, except book_read_* which any thread may call:
 * the map is under map_lock, each record under a sequence number that is odd while it is written.
 */
#ifndef JN_LEDGER_LEDGER_BOOK_H
#define JN_LEDGER_LEDGER_BOOK_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/i64map.h"
#include "ledger/ledger.h"
#include "ledger/ledger_chain.h"
#include "q_ledger.h"

#define BOOK_CHUNK_ACCOUNTS 4096u
#define BOOK_CHUNKS_MAX     16384u /* 64 Mi accounts */
#define BOOK_ROWS_PER_CHUNK 2048u
#define BOOK_ROW_CHUNKS_MAX 8192u /* 16 Mi transfers in one group */
#define BOOK_NONE           UINT32_MAX

/* Two cache lines: the first is what the rules read and write. */
struct account_record {
    int64_t debits_posted, credits_posted, debits_pending, credits_pending;
    int64_t seq, last_transfer;
    int64_t overdraft_minor;
    uint32_t flags; /* with LEDGER_ACCOUNT_CLOSED */
    uint16_t kind, currency;
    int64_t id, owner, balance_max_minor;
    /* SQLite: of the opening. PostgreSQL: of the last entry, before which no later one may lie. */
    int64_t at_us;
    struct sha256_hash head;
};
_Static_assert(sizeof(struct account_record) == 128, "two cache lines");

struct book_chunk {
    struct account_record records[BOOK_CHUNK_ACCOUNTS];
    uint32_t touched[BOOK_CHUNK_ACCOUNTS]; /* slot in the overlay + 1; 0: none */
    _Atomic uint32_t sequence[BOOK_CHUNK_ACCOUNTS];
    uint64_t dirty[BOOK_CHUNK_ACCOUNTS / 64]; /* the row in the database is older than the record */
};

/* An account as this group sees it. Accounts that were only looked at have one, too: on PostgreSQL
 * a verdict holds only if they still are what they were. */
struct touched {
    int64_t debits_posted, credits_posted, debits_pending, credits_pending;
    int64_t seq, last_transfer, at_us;
    uint32_t flags;
    uint32_t account;  /* index of its record */
    uint32_t last_row; /* entry number (see ENTRY_OF) of its last in this group; BOOK_NONE: none */
    uint32_t epoch;    /* of the mark since which it needs no further copy */
};

/* A side of a queued row, as one number. */
#define ENTRY_OF(row, is_credit) (2 * (row) + ((is_credit) ? 1u : 0u))
#define ENTRY_ROW(entry)         ((entry) / 2)
#define ENTRY_IS_CREDIT(entry)   (((entry) & 1) != 0)

/* An open hold, or one that this group has resolved. */
struct hold {
    int64_t id, debit_account, credit_account, amount_minor, expires_at_us;
    int64_t resolved_by, captured_minor;
    uint32_t flags;
    uint16_t currency, code;
    uint8_t state; /* enum ledger_hold_state */
};

/* What a queued row needs besides its columns. */
struct row_links {
    uint32_t account[2];  /* index of the debit and the credit record */
    uint32_t previous[2]; /* entry number of the side before in this group, or BOOK_NONE: the head
                             in the account's record */
    struct sha256_hash leaf_hash;
};

/* An id burnt in this group. */
struct failure {
    int64_t id, created_at_us;
    enum err code;
    uint8_t content_length;
    uint8_t content[CHAIN_CONTENT_BYTES_MAX];
};

/* An account opened in this group; the record has no room for what is needed once. */
struct opened {
    uint32_t account;
    int64_t created_at_us;
    struct sha256_hash salt;
};

/* A leaf of the log in this group: a row, or an index in `opened`. */
#define LEAF_OPENED 0x80000000u

struct undo {
    bool is_hold;
    bool was_absent; /* the hold was added */
    uint32_t slot;   /* of the touched; holds go by id */
    union {
        struct touched touched;
        struct hold hold;
    };
};

struct book_mark {
    uint32_t touched, rows, failures, opened, accounts, leaves, undo;
    int64_t id_max;
};

/* Sums over accounts, by kind and currency, kept up to date at each publication. */
#define BOOK_KINDS_MAX      24
#define BOOK_CURRENCIES_MAX 16
struct book_sums {
    int64_t debits_posted, credits_posted, debits_pending, credits_pending;
};

struct book {
    bool is_cache; /* PostgreSQL: accounts and holds may be absent and are dropped at will */
    bool is_stale; /* PostgreSQL: the rules met what cannot be; set for the caller to run again */

    /* committed */
    struct book_chunk **chunks;
    uint32_t account_count;           /* with those opened in this group */
    _Atomic uint32_t published_count; /* what readers may see */
    struct i64map map;                /* account id to index */
    pthread_rwlock_t map_lock;
    struct book_sums sums[BOOK_KINDS_MAX][BOOK_CURRENCIES_MAX];
    pthread_mutex_t sums_lock;
    int64_t id_max;     /* no transfer or burnt id in the database is greater */
    int64_t last_at_us; /* created_at of the newest transfer: time never goes back */
    struct hold *holds;
    uint32_t hold_count, hold_capacity;
    struct i64map hold_map;
    _Atomic uint64_t holds_open;

    /* this group */
    struct touched *touched;
    uint32_t touched_count, touched_capacity;
    struct q_ledger_transfer_insert_in **row_chunks;
    struct row_links **link_chunks;
    uint32_t row_count, row_chunk_count;
    struct failure *failures;
    uint32_t failure_count, failure_capacity;
    struct opened *opened;
    uint32_t opened_count, opened_capacity;
    uint32_t *leaves; /* in log order */
    uint32_t leaf_count, leaf_capacity;
    int64_t group_id_max; /* as id_max, with this group's */
    struct i64map ids;    /* this group's, filled when first asked, up to: */
    uint32_t ids_rows, ids_failures;
    struct undo *undo;
    uint32_t undo_count, undo_capacity;
    uint32_t epoch;
};

void book_init(struct book *book, bool is_cache);
void book_done(struct book *book);

/* ---- accounts ---- */

/* Index of an account, BOOK_NONE if absent. */
uint32_t book_find_account(const struct book *book, int64_t id);
/* Asks the processor to fetch what looking an account up will read, first its place in the map, and
 * later, when that has arrived, its record. With many accounts nothing of it is in the cache, and
 * each wait is as long as deciding a transfer. */
void book_prefetch_place(const struct book *book, int64_t id);
void book_prefetch_account(const struct book *book, int64_t id);
const struct account_record *book_record(const struct book *book, uint32_t index);
/* Adds a committed account (loading). BUG_IF it is there. */
uint32_t book_load_account(struct book *book, const struct account_record *record);
/* Makes what was loaded visible to readers. */
void book_publish_loaded(struct book *book);
/* Adds an account opened by this group. */
void book_open_account(struct book *book, const struct account_record *record,
                       const struct sha256_hash *salt, int64_t created_at_us);
/* Applies a stored entry to a committed record: start-up only. */
struct account_record *book_record_for_fold(struct book *book, uint32_t index);
bool book_is_dirty(const struct book *book, uint32_t index);
void book_set_dirty(struct book *book, uint32_t index, bool dirty);
/* Cache only, between groups: forgets all accounts and holds. */
void book_forget(struct book *book);

/* Slot of an account in the overlay. Slots stay valid until the mark before is undone; pointers to
 * them until the next book_touch(). */
uint32_t book_touch(struct book *book, uint32_t account);
/* Before the first write to a slot after a mark; cheap when there is nothing to save. */
struct touched *book_change(struct book *book, uint32_t slot);

/* ---- queue ---- */

struct q_ledger_transfer_insert_in *book_row(const struct book *book, uint32_t row);
struct row_links *book_links(const struct book *book, uint32_t row);
/* The new row is zeroed; also a leaf of the log. */
uint32_t book_add_row(struct book *book, int64_t id);
struct failure *book_add_failure(struct book *book, int64_t id);
/* What this group has done with an id. */
enum book_id { BOOK_ID_NEW = 0, BOOK_ID_ROW = 1, BOOK_ID_FAILED = 2 };
enum book_id book_find_id(struct book *book, int64_t id, uint32_t *ret_index);

/* ---- holds ---- */

struct hold *book_find_hold(const struct book *book, int64_t id);
/* A committed open hold (loading). */
void book_load_hold(struct book *book, const struct hold *hold);
void book_add_hold(struct book *book, const struct hold *hold);
void book_resolve_hold(struct book *book, struct hold *hold, enum ledger_hold_state state,
                       int64_t resolved_by, int64_t captured_minor);

/* ---- marks and groups ---- */

void book_mark(struct book *book, struct book_mark *ret);
/* Undoes everything since the mark. keep_touched: slots stay, with their former contents, so that
 * what a verdict rested on is still checked; not allowed when accounts were opened since. */
void book_undo_to(struct book *book, const struct book_mark *mark, bool keep_touched);
/* The group is durable: the overlay becomes the committed state. Side hashes must be in the rows.
 */
void book_publish(struct book *book);
/* The group is void: as it was before. */
void book_drop_group(struct book *book);

/* ---- between ledger_book.c and ledger_queue.c ---- */

/* Makes room in *array (a pointer to the array's pointer) for `needed` elements. */
void book_grow(void *array, uint32_t *capacity, uint32_t needed, size_t bytes_each);
void book_remove_accounts(struct book *book, uint32_t first);
void book_publish_touched(struct book *book);
void book_drop_touched(struct book *book, uint32_t first);
void book_reset_touched(struct book *book, uint32_t first);

/* ---- any thread ---- */

/* False if there is no such published account. */
bool book_read_account(struct book *book, int64_t id, struct account_record *ret);
void book_read_sums(struct book *book, struct book_sums ret[BOOK_KINDS_MAX][BOOK_CURRENCIES_MAX]);

#endif

/* audit.h — jinnang-audit: recomputes a ledger from its transfers and names what does not add up.
 *
 * Purpose: find any row that is not what the log, the chains and the rules say it must be, and name
 * that row, its column where that can be told, the amount and the cause — and no other row. It
 * shares no code with the ledger: encodings, hashes, rules and readers are written a second time
 * here, from docs/formats.md and docs/ledger-results.md.
 *
 * How: accounts and segments are read; then each leaf of the log, in order, a batch at a time, is
 * replayed against the state of its two accounts. What fits is applied at once. What comes too
 * early for an account waits (between processes the log's order may differ from an account's).
 * What never fits is examined: which single change would make it fit? The account goes on from
 * what was found to be the truth, so that one fault does not drag others behind it. Then tiles,
 * roots, checkpoints, holds, marks and account rows are compared with what was replayed.
 *
 * Memory: a few hundred bytes an account, 32 a leaf, and the transfers that wait.
 * Non-goals: repairing anything; speaking to a running server. */
#ifndef JN_AUDIT_H
#define JN_AUDIT_H

#include <stdio.h>

#include "audit/audit_db.h"
#include "core/base.h"
#include "core/i64map.h"
#include "core/sha256.h"

/* ---- what can be found ---- */

enum audit_check {
    AUDIT_ACCOUNT_OPENING = 0,
    AUDIT_ACCOUNT_STATE = 1,
    AUDIT_TRANSFER_CORE = 2,
    AUDIT_ENTRY_STATE = 3,
    AUDIT_ENTRY_HASH = 4,
    AUDIT_ROW_MISSING = 5,
    AUDIT_ROW_EXTRA = 6,
    AUDIT_SEGMENT = 7,
    AUDIT_SEGMENT_OF = 8,
    AUDIT_LEAF = 9,
    AUDIT_TILE = 10,
    AUDIT_LOG_STATE = 11,
    AUDIT_CHECKPOINT = 12,
    AUDIT_KEY = 13,
    AUDIT_EPOCH = 14,
    AUDIT_COSIGNATURE = 15,
    AUDIT_HOLD = 16,
    AUDIT_FAILURE = 17,
    AUDIT_MARK = 18,
    AUDIT_RULES = 19,
    AUDIT_SUMS = 20,
    AUDIT_IDEMPOTENCY = 21,
    AUDIT_LINKED = 22,
    AUDIT_ACCESS = 23,
};
#define AUDIT_CHECK_COUNT 24
const char *audit_check_name(enum audit_check check);

struct audit_finding {
    enum audit_check check;
    const char *table;
    char key[96];    /* primary key, columns separated by a comma */
    char column[64]; /* "" where it cannot be told */
    bool has_amount;
    int64_t amount_minor; /* what it is about, or by how much it is off */
    char cause[240];
};

struct audit;
/* The 64-bit key of a row. `column` NULL: cannot be told. */
void audit_found(struct audit *audit, enum audit_check check, const char *table, int64_t key,
                 const char *column, const char *format, ...) JN_PRINTF(6, 7);
void audit_found2(struct audit *audit, enum audit_check check, const char *table, int64_t key1,
                  int64_t key2, const char *column, const char *format, ...) JN_PRINTF(7, 8);
/* Of the finding added last. */
void audit_amount(struct audit *audit, int64_t amount_minor);

/* ---- rows ---- */

enum { AUDIT_DEBIT = 0, AUDIT_CREDIT = 1 };

#define FLAG_LINKED       1
#define FLAG_PENDING      2
#define FLAG_POST         4
#define FLAG_VOID         8
#define FLAG_EXPIRE       16
#define FLAG_CLOSE_DEBIT  32
#define FLAG_CLOSE_CREDIT 64
#define FLAG_ALL          127
#define FLAGS_RESOLVING   (FLAG_POST | FLAG_VOID | FLAG_EXPIRE)

struct audit_side {
    bool found;          /* PostgreSQL: the row of entries */
    int64_t key_account; /* its key as stored */
    int64_t key_seq;
    int64_t transfer_id, side; /* PostgreSQL: as stored in entries */
    int64_t seq, prev_id, posted, held_debits, held_credits;
    bool hash_fits; /* 32 bytes */
    struct sha256_hash hash;
};
struct audit_transfer {
    bool found;
    int64_t key; /* transfer_id as stored */
    int64_t id;  /* what it is replayed as */
    int64_t account[2];
    int64_t amount, currency, code, flags, pending_id, expires_at, reference, created_at;
    bool has_commitment;
    bool is_malformed; /* a value no record can hold */
    struct sha256_hash commitment;
    int64_t segment_id;
    int64_t seq[2]; /* transfers.debit_seq, credit_seq */
    struct audit_side sides[2];
    /* where it came from */
    int64_t leaf; /* log index, -1: none */
    int64_t in_segment;
    int64_t ref_id; /* what the segment calls it */
    bool is_guess;  /* its segment is missing: the place in the log is a guess */
};

struct audit_account {
    int64_t id;  /* what it is replayed as */
    int64_t key; /* account_id as stored */
    bool found, opened, suspect, compared;
    bool opening_hash_wrong; /* its columns are right */
    unsigned differs;        /* bits DIFFERS_*, when the replay was at row_seq */
    int64_t next_leaf;       /* of the entry after row_seq; -1: none */
    bool head_unknown;       /* a row before is missing: its hash cannot be known */
    bool values_unknown;     /* nor the balances */
    bool sums_unknown;       /* since then only credits less debits are known */
    /* the row */
    int64_t owner, kind, currency, flags, overdraft, balance_max, created_at, segment_id;
    struct sha256_hash salt, opening_hash, row_head;
    int64_t row_dp, row_cp, row_dh, row_ch, row_seq, row_last, row_closed, row_last_created;
    bool is_malformed;
    /* replayed */
    int64_t dp, cp, dh, ch, seq, last, last_created;
    bool closed;
    struct sha256_hash head, other_opening; /* other: what the columns hash to, if that differs */
};

/* Bits of `differs`. */
enum {
    DIFFERS_DP = 1,
    DIFFERS_CP = 2,
    DIFFERS_DH = 4,
    DIFFERS_CH = 8,
    DIFFERS_LAST = 16,
    DIFFERS_CLOSED = 32,
    DIFFERS_HEAD = 64,
};

struct audit_hold {
    int64_t id, amount, flags, expires_at, account[2], currency, code;
    int64_t state, resolved_by, captured;
    bool seen; /* its row was */
};

struct audit_segment {
    int64_t id, first, count, created_at;
    int64_t place;      /* where it belongs; -1: it is not in the log yet, or nowhere */
    bool is_bad;        /* already named */
    bool is_time_wrong; /* named for its time */
    bool has_hashes;    /* PostgreSQL: as one that waits for the sealer */
    int64_t listed;     /* rows that were found by it */
    int64_t misplaced;  /* of them, those that name another segment */
    int64_t repeated;   /* leaves that another segment lists */
};

enum audit_leaf_type { LEAF_NONE = 0, LEAF_TRANSFER = 1, LEAF_LINKED = 2, LEAF_OPENING = 3 };
enum audit_leaf_state { LEAF_UNKNOWN = 0, LEAF_CLEAN = 1, LEAF_FAULTY = 2 };

struct audit_checkpoint {
    int64_t epoch, size;
    struct sha256_hash root;
    char *note;
    size_t note_length;
};

#define AUDIT_KEYS_MAX 64
struct audit_key {
    char name[128];
    uint8_t id[4];
    uint8_t type;
    uint8_t public_key[32];
    char text[256];
};

struct audit_growing { /* an array that grows */
    void *items;
    size_t count, capacity;
};
void *audit_grow(struct audit_growing *array, size_t item_bytes); /* the new, zeroed item */

struct audit {
    struct audit_db *db;
    bool is_postgres;
    bool disabled[AUDIT_CHECK_COUNT];
    bool progress;
    int64_t now_us;                        /* latest time in the ledger */
    int64_t late_us_max;                   /* how late an expiry may be; 0: not judged */
    struct audit_key keys[AUDIT_KEYS_MAX]; /* the log's, then those of --key */
    size_t key_count;
    struct audit_growing findings;

    struct audit_growing accounts; /* struct audit_account */
    struct i64map account_slots;
    struct audit_growing holds;
    struct i64map hold_slots;
    struct audit_growing segments; /* in log order, unsealed ones last */
    struct i64map segment_slots;
    struct audit_growing gaps;             /* struct audit_gap */
    struct audit_growing missing_accounts; /* struct audit_missing */
    struct i64map visited;                 /* transfer ids replayed; value 0 */
    struct audit_growing waiting;          /* struct audit_transfer */
    struct audit_growing missing;          /* struct audit_missing */
    struct audit_growing misplaced;        /* struct audit_misplaced */
    struct audit_growing marks_due;        /* struct audit_mark; SQLite */
    int64_t leaf_count;                    /* leaves with a place */
    struct sha256_hash *leaves;
    uint8_t *leaf_states;
    int64_t *leaf_segments; /* segment id of each leaf, to name it */
    uint8_t *leaf_types;    /* enum audit_leaf_type */
    int64_t *leaf_ids;
    int64_t sealed_size; /* PostgreSQL: leaves in sealed segments; SQLite: all */
    int64_t transfers, late_expiries;
    int64_t checkpoint_faults;
    int64_t seen; /* findings, with those of checks that were left out */
};

struct audit_missing { /* a leaf whose row is not there */
    int64_t id, segment_id, leaf;
    bool taken; /* another row was it */
    bool has_amount;
    int64_t amount; /* by what its accounts moved */
};
struct audit_gap { /* leaves that no segment holds */
    int64_t first, count;
};
struct audit_misplaced { /* a row that names another segment than the one that lists it */
    const char *table;
    int64_t key, in_segment, named;
};
struct audit_mark {
    int64_t account, seq, transfer_id, created_at;
    bool seen;
};

struct audit_account *audit_account_find(struct audit *audit, int64_t id);
struct audit_hold *audit_hold_find(struct audit *audit, int64_t id);

/* ---- parts, in the order in which they run ---- */

void audit_load_accounts(struct audit *audit);
void audit_load_segments(struct audit *audit); /* and finds their places */
void audit_replay_log(struct audit *audit);
void audit_check_leftovers(struct audit *audit);
void audit_check_log(struct audit *audit);
void audit_check_keys(struct audit *audit);
void audit_check_checkpoints(struct audit *audit);
void audit_check_accounts(struct audit *audit);
void audit_check_holds(struct audit *audit);
void audit_check_failures(struct audit *audit);
void audit_check_marks(struct audit *audit);
void audit_check_sums(struct audit *audit);
void audit_check_idempotency(struct audit *audit);
void audit_check_access(struct audit *audit);

/* ---- shared between parts ---- */

void audit_progress(struct audit *audit, const char *what, int64_t done, int64_t total);
bool audit_cell_hash(const struct audit_cell *cell, struct sha256_hash *ret);

/* audit_record.c */
void audit_opening_hash(const struct audit_account *account, int64_t id, struct sha256_hash *ret);
void audit_core_hash(const struct audit_transfer *transfer, struct sha256_hash *ret);
struct audit_expected {
    int64_t account, seq, prev_id, posted, held_debits, held_credits;
};
void audit_side_hash(int side, const struct audit_expected *entry,
                     const struct sha256_hash *previous, const struct sha256_hash *core,
                     struct sha256_hash *ret);
void audit_leaf_transfer(int64_t id, const struct sha256_hash *core,
                         const struct sha256_hash hashes[2], struct sha256_hash *ret);
void audit_leaf_opening(int64_t id, const struct sha256_hash *opening, struct sha256_hash *ret);
void audit_failure_hash(int64_t id, int64_t code, int64_t created_at, const uint8_t *content,
                        size_t length, struct sha256_hash *ret);

/* audit_fetch.c */
#define AUDIT_BATCH 1024
/* Rows for ids; those that are not there have found == false. */
void audit_fetch_transfers(struct audit *audit, const int64_t *ids, size_t count,
                           struct audit_transfer *ret);
/* PostgreSQL: the entries of a transfer wherever they stand; false: none. */
bool audit_fetch_entry_of(struct audit *audit, int64_t transfer_id, int side,
                          struct audit_side *ret);
bool audit_fetch_entry_at(struct audit *audit, int64_t account, int64_t seq,
                          struct audit_side *ret);

struct audit_segment *audit_segment_find(struct audit *audit, int64_t id);
struct audit_missing *audit_missing_find(struct audit *audit, int64_t id);

/* audit_state.c: how an account's row differs from the replay as it stands. */
unsigned audit_row_differs(const struct audit_account *account);
/* audit_log.c: the row of a leaf that was fetched, or not */
void audit_take_transfer(struct audit *audit, struct audit_transfer *transfer);
void audit_retry_waiting(struct audit *audit);
void audit_note_segment(struct audit *audit, const char *table, int64_t key, int64_t in_segment,
                        int64_t named);

/* audit_replay.c: applies a transfer that fits. false: it must wait or be examined. */
bool audit_replay_fits(struct audit *audit, struct audit_transfer *transfer);
/* Names what is wrong and goes on from the truth. */
void audit_examine(struct audit *audit, struct audit_transfer *transfer);
/* Expected values of one side after the transfer. False when they cannot be told (its hold is
 * unknown). */
bool audit_expect(struct audit *audit, const struct audit_transfer *transfer, int side,
                  const struct audit_account *account, struct audit_expected *ret);
void audit_apply(struct audit *audit, struct audit_transfer *transfer,
                 const struct sha256_hash hashes[2], const struct sha256_hash *core,
                 enum audit_leaf_state state);
void audit_check_rules(struct audit *audit, const struct audit_transfer *transfer);

/* audit_note.c */
bool audit_key_parse(const char *text, size_t length, struct audit_key *ret);
/* A right signature by this key over the note's text; *ret_text_length is the text's. */
bool audit_note_signed(const char *note, size_t length, const struct audit_key *key,
                       size_t *ret_text_length);

#endif

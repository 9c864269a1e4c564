/* verify.h — checks receipts, statements, checkpoints and consistency proofs with a public key and
 * nothing else: no database, no network, no ledger code. Formats: docs/formats.md.
 *
 * Purpose: a file goes in, a list of named checks comes out, each passed, failed with an error code
 * of its own, or skipped because an earlier one failed; and the facts that hold if all passed. The
 * browser's checker (web/src/verify) answers the same checks under the same names; both are run
 * over tests/vectors.
 *
 * Invariants: memory does not grow with a statement's length, but for its open holds; no input
 * aborts the program; what cannot be read is a failed `format` check.
 * Non-goals: deciding whom to trust: keys come from the caller. */
#ifndef JN_VERIFY_VERIFY_H
#define JN_VERIFY_VERIFY_H

#include <stdio.h>

#include "core/base.h"
#include "core/err.h"
#include "core/sha256.h"
#include "verify/note.h"

/* In the order in which they are reported. */
enum verify_check_id {
    VERIFY_FORMAT = 0,
    VERIFY_CORE_HASH = 1,
    VERIFY_PREVIOUS_LINK = 2,
    VERIFY_SIDE_HASH = 3,
    VERIFY_OTHER_SIDE = 4,
    VERIFY_RUNNING_BALANCE = 5,
    VERIFY_COMPLETE = 6,
    VERIFY_LEAF_HASH = 7,
    VERIFY_INCLUSION = 8,
    VERIFY_CHECKPOINT_TEXT = 9,
    VERIFY_CHECKPOINT_SIGNATURE = 10,
    VERIFY_PROMISE_SIGNATURE = 11,
    VERIFY_CONSISTENCY = 12,
    VERIFY_KEY_KNOWN = 13,
};
#define VERIFY_CHECK_COUNT 14

enum verify_outcome {
    VERIFY_ABSENT = 0, /* this kind of document has no such check */
    VERIFY_PASSED = 1,
    VERIFY_FAILED = 2,
    VERIFY_SKIPPED = 3,
};

enum verify_kind {
    VERIFY_UNKNOWN = 0,
    VERIFY_RECEIPT = 1,
    VERIFY_STATEMENT = 2,
    VERIFY_CHECKPOINT = 3,
    VERIFY_CONSISTENCY_PROOF = 4,
};

#define VERIFY_VALUE_MAX  72
#define VERIFY_DETAIL_MAX 200

struct verify_check {
    enum verify_outcome outcome;
    enum err error; /* what failed; ERR_OK otherwise */
    int64_t at;     /* sequence number of the entry where it failed; -1: not at one entry */
    char stated[VERIFY_VALUE_MAX];
    char computed[VERIFY_VALUE_MAX];
    char detail[VERIFY_DETAIL_MAX]; /* one English sentence */
};

/* What the document says; to be believed only when the report is ok. Ids 0 and texts "" when the
 * document does not speak of them. */
struct verify_facts {
    char origin[NOTE_NAME_MAX + 1];
    int64_t epoch;
    int64_t account_id;
    int64_t transfer_id, counterparty_id; /* receipts */
    int64_t amount_minor;
    int64_t created_at_us;
    uint16_t currency;
    uint16_t code;
    int side;             /* 1 debit, 2 credit, 0 both or none */
    int64_t seq;          /* of the receipt's entry, or the statement's last */
    int64_t first_seq;    /* statements */
    int64_t entries;      /* statements */
    int64_t posted_minor; /* after that entry, credits minus debits */
    int64_t held_debits_minor, held_credits_minor;
    struct sha256_hash head; /* after that entry */
    int64_t log_index;       /* -1: not sealed yet */
    int64_t log_size;        /* -1: no checkpoint */
    struct sha256_hash root;
    int64_t promise_size;        /* log size the head was promised at; -1: no promise */
    int64_t old_size;            /* consistency proofs; -1 otherwise */
    bool from_opening;           /* a statement that begins with the account's opening */
    char key[NOTE_KEY_TEXT_MAX]; /* the key that signed */
    uint32_t witnesses;          /* trusted witnesses that signed too */
    int64_t watched_seq;         /* of verify_watch, when the document holds that entry; else -1 */
    struct sha256_hash watched_head;
};

struct verify_report {
    enum verify_kind kind;
    bool ok; /* every check passed, none was skipped */
    bool
        holds; /* the same, but for key_known: nobody named a key, so the document's own was used */
    struct verify_check checks[VERIFY_CHECK_COUNT];
    struct verify_facts facts;
};

#define VERIFY_KEYS_MAX 64

/* The keys the caller trusts. */
struct verify_keys {
    struct note_key keys[VERIFY_KEYS_MAX];
    size_t count;
};
/* A key file: verifier keys one a line, '#' begins a comment; or the JSON that /log/keys serves, of
 * which all keys are taken. ERR_KEY_MALFORMED, ERR_TOO_LARGE. */
JN_MUST_USE enum err verify_keys_parse(const char *data, size_t length, struct verify_keys *ret);

/* An entry to look out for: the head of the account after it is noted in the facts. */
struct verify_watch {
    int64_t account_id;
    int64_t seq;
};

/* Reads to the end of the file. With no keys the document's own are used and key_known fails.
 * `watch` may be NULL. Never fails for what the file holds: that is in the report. ERR_IO_FAILED
 * when reading fails. */
JN_MUST_USE enum err verify_file(FILE *file, const struct verify_keys *keys,
                                 const struct verify_watch *watch, struct verify_report *ret);

/* Do two documents that both verified contradict each other? ERR_OK: no contradiction shown;
 * ERR_EQUIVOCATION_FOUND: the same log told two stories, ret_detail says which;
 * ERR_DOCUMENTS_NOT_COMPARABLE: they speak of different logs. To compare a statement's middle with
 * another document, verify the statement with a watch on that document's seq. */
JN_MUST_USE enum err verify_compare(const struct verify_report *a, const struct verify_report *b,
                                    char ret_detail[VERIFY_DETAIL_MAX]);

const char *verify_check_name(enum verify_check_id id);   /* "core_hash" */
const char *verify_check_proves(enum verify_check_id id); /* in plain words */
const char *verify_kind_name(enum verify_kind kind);      /* "receipt" */
/* The first failed check, or NULL. */
const struct verify_check *verify_first_failure(const struct verify_report *report,
                                                enum verify_check_id *ret_id);

#endif

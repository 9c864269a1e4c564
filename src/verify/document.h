/* document.h — writing the documents that verify.h checks: receipts, statements, consistency
 * proofs, key lists, and the texts that are signed. Formats: docs/formats.md.
 *
 * Invariants: the same content gives the same bytes (members in a fixed order, no white space, one
 * newline at the end of each document or line).
 * Non-goals: finding the content, which is the ledger's business; signing, which is note.h's. */
#ifndef JN_VERIFY_DOCUMENT_H
#define JN_VERIFY_DOCUMENT_H

#include "core/base.h"
#include "core/buf.h"
#include "verify/merkle.h"
#include "verify/note.h"
#include "verify/record.h"

#define DOCUMENT_RECEIPT_BYTES_MAX (1U << 20)
#define DOCUMENT_LINE_BYTES_MAX    (1U << 16)
#define DOCUMENT_SIGNED_TEXT_MAX   1024

/* A key the log has had, oldest first. */
struct document_key {
    char text[NOTE_KEY_TEXT_MAX];
    const char *rotation;  /* the note in which the key before passes on to this one; NULL: first */
    int64_t valid_from_us; /* when it began to sign; in the key list only */
    int64_t valid_until_us; /* 0: it still does */
};
struct document_log {
    const char *origin;
    int64_t epoch;
    const struct document_key *keys;
    size_t key_count;
};

/* ---- signed texts; each returns its length ---- */

size_t document_promise_text(const struct document_log *log, int64_t account_id, int64_t seq,
                             const struct sha256_hash *head, int64_t log_size,
                             char ret[DOCUMENT_SIGNED_TEXT_MAX]);
/* Signed by both keys. */
size_t document_rotation_text(const char *origin, const struct note_key *from,
                              const struct note_key *to, int64_t at_us,
                              char ret[DOCUMENT_SIGNED_TEXT_MAX]);

/* ---- documents ---- */

struct document_side {
    struct record_entry entry;
    struct sha256_hash head;
    const char *promise; /* note */
};
struct document_receipt {
    const struct document_log *log;
    const struct record_transfer *transfer;
    struct document_side sides[2]; /* one, or debit and credit */
    size_t side_count;
    struct sha256_hash other_side_hash; /* with one side */
    const char *checkpoint;             /* note; NULL: not sealed yet */
    int64_t index;                      /* this and the next two: when sealed */
    struct sha256_hash leaf_hash;
    const struct merkle_proof *proof;
};
void document_write_receipt(const struct document_receipt *receipt, struct buf *ret);

struct document_statement {
    const struct document_log *log;
    int64_t account_id;
    int64_t first_seq, last_seq;
    const struct record_opening *opening; /* with first_seq 1; NULL for a range */
    int64_t opening_index;
    const struct merkle_proof *opening_proof;
    int64_t start_transfer_id; /* of a range: the entry before the first, and its head */
    struct sha256_hash start_head;
    const char *checkpoint;
};
void document_write_statement(const struct document_statement *statement, struct buf *ret);
/* `before` is the proof of the entry before (NULL for the first): what it has in common at the end
 * is not repeated. */
void document_write_entry(const struct record_transfer *transfer, const struct record_entry *entry,
                          const struct sha256_hash *other_side_hash, int64_t index,
                          const struct merkle_proof *proof, const struct merkle_proof *before,
                          struct buf *ret);
void document_write_end(int64_t seq, const struct sha256_hash *head, const char *promise,
                        struct buf *ret);

/* Notes as they were signed. */
void document_write_consistency(const struct document_log *log, const char *old_note,
                                const char *new_note, const struct merkle_proof *proof,
                                struct buf *ret);
/* As GET /log/keys answers (api/openapi.yaml, LogKeys). */
void document_write_keys(const struct document_log *log, struct buf *ret);

#endif

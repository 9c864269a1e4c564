/* verify_int.h — what the parts of the verifier share. Private to src/verify. */
#ifndef JN_VERIFY_VERIFY_INT_H
#define JN_VERIFY_VERIFY_INT_H

#include <jansson.h>
#include <stdio.h>

#include "core/base.h"
#include "core/err.h"
#include "verify/merkle.h"
#include "verify/note.h"
#include "verify/record.h"
#include "verify/verify.h"

#define VERIFY_ACCOUNT_PREFIX  "acc"
#define VERIFY_TRANSFER_PREFIX "tr"

#define VERIFY_DOCUMENT_BYTES_MAX (1U << 20) /* of a document that is read whole */
#define VERIFY_LINE_BYTES_MAX     (1U << 16) /* of a statement's line after the first */
#define VERIFY_FORMAT_RECEIPT     "jinnang-receipt-v1"
#define VERIFY_FORMAT_STATEMENT   "jinnang-statement-v1"
#define VERIFY_FORMAT_CONSISTENCY "jinnang-consistency-v1"
#define VERIFY_PROMISE_HEADER     "jinnang-promise/v1"
#define VERIFY_ROTATION_HEADER    "jinnang-key-rotation/v1"

/* ---- report.c ---- */

void report_init(struct verify_report *report);
/* Marks the checks a kind of document has as skipped, to be decided later. */
void report_expect(struct verify_report *report, const enum verify_check_id *ids, size_t count);
void report_pass(struct verify_report *report, enum verify_check_id id);
void report_fail(struct verify_report *report, enum verify_check_id id, enum err error, int64_t at,
                 const char *format, ...) JN_PRINTF(5, 6);
void report_values(struct verify_report *report, enum verify_check_id id,
                   const struct sha256_hash *stated, const struct sha256_hash *computed);
/* Passes when both are the same; otherwise fails with both values. Returns whether it passed. */
bool report_hash(struct verify_report *report, enum verify_check_id id, enum err error, int64_t at,
                 const struct sha256_hash *stated, const struct sha256_hash *computed,
                 const char *what);
bool report_failed(const struct verify_report *report);
void report_finish(struct verify_report *report);

/* ---- doc.c: strict reading of JSON objects ---- */

/* Every member must be read, each once; the first that is missing, of the wrong type or out of
 * range sticks. */
struct doc {
    json_t *object; /* borrowed */
    size_t used;
    const char *bad; /* name of the member that could not be read; NULL: fine so far */
};
void doc_init(struct doc *doc, json_t *object);
int64_t doc_i64(struct doc *doc, const char *name, int64_t min, int64_t max);
/* A decimal string, for numbers beyond what JSON readers keep exact. */
int64_t doc_text_i64(struct doc *doc, const char *name);
/* A typed id, or 0 for null where `optional`. */
int64_t doc_id(struct doc *doc, const char *name, const char *prefix, bool optional);
void doc_hash(struct doc *doc, const char *name, struct sha256_hash *ret); /* 64 hex digits */
/* False for null. */
bool doc_optional_hash(struct doc *doc, const char *name, struct sha256_hash *ret);
uint16_t doc_currency(struct doc *doc, const char *name);
/* NULL for null where `optional`. Lives as long as the object. */
const char *doc_text(struct doc *doc, const char *name, bool optional);
json_t *doc_object(struct doc *doc, const char *name, bool optional);
json_t *doc_array(struct doc *doc, const char *name, bool optional);
/* An array of base64 hashes. */
void doc_proof(struct doc *doc, const char *name, struct merkle_proof *ret);
bool doc_ok(const struct doc *doc);
/* doc_ok, and no member is left unread. Sets bad to "(unknown member)" otherwise. */
bool doc_end(struct doc *doc);

void doc_read_transfer(json_t *object, struct doc *outer, struct record_transfer *ret);
/* Members of `doc` itself. */
void doc_read_amounts(struct doc *doc, struct record_entry *ret);

/* Strict JSON: UTF-8, no duplicate members, nothing after the value. NULL when it is not. */
json_t *doc_parse(const char *text, size_t length);

/* ---- keyring.c ---- */

struct keyring {
    struct note_key keys[VERIFY_KEYS_MAX];
    size_t count;
    bool from_caller; /* the caller named keys; otherwise they are the document's own */
};
/* `document_keys` is the "keys" array. Keys the document adds are believed only when a trusted key
 * signed the rotation to them. Fails the key_known check, or leaves it skipped when the caller
 * named none. */
void keyring_init(struct keyring *keyring, const struct verify_keys *trusted, json_t *document_keys,
                  const char *origin, struct verify_report *report);
/* Finds the key that signed; ERR_OK, ERR_NOTE_MALFORMED, ERR_KEY_UNKNOWN, ERR_SIGNATURE_INVALID.
 * ret_note points into `text`. */
JN_MUST_USE enum err keyring_check(const struct keyring *keyring, const char *text,
                                   struct note *ret_note, const struct note_key **ret_key);
uint32_t keyring_witnesses(const struct keyring *keyring, const struct note *note, enum err *ret);

/* ---- sealed.c: what receipts and statements share ---- */

/* Checks the signature and the text of a checkpoint note; on success fills in log_size and root. */
bool sealed_checkpoint(const struct keyring *keyring, const char *text, const char *origin,
                       int64_t epoch, struct verify_report *report, struct checkpoint *ret);
/* A promise: signed (account, seq, head, log size). */
struct promise {
    int64_t account_id, seq, log_size;
    struct sha256_hash head;
};
bool sealed_promise(const struct keyring *keyring, const char *text, const char *origin,
                    int64_t epoch, struct verify_report *report, struct promise *ret);
/* The tail that equals the proof before need not be repeated in a file: its last `shared` hashes
 * are the last ones of `before`. False when there are not that many. */
JN_MUST_USE bool sealed_share(const struct merkle_proof *before, int64_t shared,
                              struct merkle_proof *proof);

/* ---- the documents ---- */

void verify_receipt(json_t *document, const struct verify_keys *keys,
                    const struct verify_watch *watch, struct verify_report *report);
void verify_checkpoint(const char *text, size_t length, const struct verify_keys *keys,
                       struct verify_report *report);
void verify_consistency(json_t *document, const struct verify_keys *keys,
                        struct verify_report *report);
/* `header` is the first line; the rest comes from `file`. ERR_IO_FAILED, ERR_OK. */
JN_MUST_USE enum err verify_statement(json_t *header, FILE *file, const struct verify_keys *keys,
                                      const struct verify_watch *watch,
                                      struct verify_report *report);

/* One line without its newline into `buf`; *ret_length is its length. ERR_OK; ERR_TOO_LARGE beyond
 * `bytes_max`; ERR_IO_FAILED. *ret_end: nothing was left to read. */
JN_MUST_USE enum err verify_read_line(FILE *file, char *line, size_t bytes_max, size_t *ret_length,
                                      bool *ret_end);

#endif

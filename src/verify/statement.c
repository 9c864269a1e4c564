/* statement.c — the complete history of an account, read as a stream; see docs/formats.md.
 *
 * Kept between entries: the running balances, the last proof (of which the next may repeat the
 * tail), and the open holds with their amounts, because what a capture or a release takes from the
 * held sums is the whole hold. */
#include "verify/verify_int.h"

#include <stdlib.h>
#include <string.h>

#include "core/i64map.h"
#include "core/money.h"
#include "core/str.h"

#define HOLDS_MAX (1U << 22)

struct statement {
    struct verify_report *report;
    const struct verify_watch *watch;
    struct keyring keyring;
    char origin[NOTE_NAME_MAX + 1];
    int64_t epoch;
    int64_t account_id;
    int64_t first_seq, last_seq;
    bool has_opening;
    struct checkpoint checkpoint;
    /* running */
    int64_t seq;
    int64_t transfer_id;
    struct sha256_hash head;
    struct record_entry state;
    bool state_known; /* false until the first entry of a range */
    struct merkle_proof proof;
    struct i64map hold_slots;
    int64_t *hold_amounts;
    size_t hold_count, hold_capacity;
};

static void malformed(struct statement *statement, int64_t at, const char *what)
{
    report_fail(statement->report, VERIFY_FORMAT, ERR_DOCUMENT_MALFORMED, at,
                "'%s' is missing or cannot be right", what);
}

/* ---- holds ---- */

static bool hold_open(struct statement *statement, int64_t id, int64_t amount)
{
    if (statement->hold_count == HOLDS_MAX) {
        return false;
    }
    if (statement->hold_count == statement->hold_capacity) {
        size_t capacity = statement->hold_capacity == 0 ? 64 : statement->hold_capacity * 2;
        int64_t *grown = reallocarray(statement->hold_amounts, capacity, sizeof(*grown));
        BUG_IF(grown == NULL);
        statement->hold_amounts = grown;
        statement->hold_capacity = capacity;
    }
    statement->hold_amounts[statement->hold_count] = amount;
    i64map_put(&statement->hold_slots, id, (uint32_t)statement->hold_count++);
    return true;
}

/* -1 when the hold was not opened in this statement, or is resolved already. */
static int64_t hold_close(struct statement *statement, int64_t id)
{
    uint32_t slot = id == 0 ? I64MAP_NONE : i64map_get(&statement->hold_slots, id);
    if (slot == I64MAP_NONE) {
        return -1;
    }
    i64map_remove(&statement->hold_slots, id);
    return statement->hold_amounts[slot];
}

/* ---- the header ---- */

static const char *read_opening(json_t *object, struct record_opening *ret,
                                struct merkle_proof *ret_proof, int64_t *ret_index)
{
    struct doc doc;
    doc_init(&doc, object);
    ret->owner = doc_text_i64(&doc, "owner");
    ret->kind = (uint16_t)doc_i64(&doc, "kind", 1, UINT16_MAX);
    ret->currency = doc_currency(&doc, "currency");
    ret->flags = (uint32_t)doc_i64(&doc, "flags", 0, UINT32_MAX);
    ret->overdraft_minor = doc_i64(&doc, "overdraft_minor", 0, MONEY_MINOR_MAX);
    ret->balance_max_minor = doc_i64(&doc, "balance_max_minor", 0, MONEY_MINOR_MAX);
    ret->created_at_us = doc_i64(&doc, "created_at_us", 0, MONEY_MINOR_MAX);
    doc_hash(&doc, "salt", &ret->salt);
    *ret_index = doc_i64(&doc, "index", 0, MONEY_MINOR_MAX);
    doc_proof(&doc, "proof", ret_proof);
    doc_end(&doc);
    return doc.bad;
}

static bool check_inclusion(struct statement *statement, const struct sha256_hash *leaf,
                            int64_t index, const struct merkle_proof *proof)
{
    struct sha256_hash root;
    struct verify_report *report = statement->report;
    if (!merkle_root_from_inclusion(leaf, index, statement->checkpoint.size, proof, &root)) {
        report_fail(report, VERIFY_INCLUSION, ERR_PROOF_INVALID, statement->seq,
                    "the proof has not the length that index %lld of %lld leaves needs",
                    (long long)index, (long long)statement->checkpoint.size);
        return false;
    }
    return report_hash(report, VERIFY_INCLUSION, ERR_PROOF_INVALID, statement->seq,
                       &statement->checkpoint.root, &root,
                       "the entry's leaf is not in the log as it is stated");
}

/* With an opening the chain starts from what the opening hashes to; without, from the head stated,
 * which the first entry's proof then binds. */
static bool header_start(struct statement *statement, json_t *opening, json_t *start)
{
    struct doc doc;
    if (opening != NULL) {
        struct record_opening record = {.account_id = statement->account_id};
        struct merkle_proof proof;
        struct sha256_hash leaf;
        int64_t index;
        const char *bad = read_opening(opening, &record, &proof, &index);
        if (bad != NULL || start != NULL || statement->first_seq != 1) {
            malformed(statement, 0, bad != NULL ? bad : "opening");
            return false;
        }
        record_opening_hash(&record, &statement->head);
        record_opening_leaf_hash(statement->account_id, &statement->head, &leaf);
        statement->has_opening = statement->state_known = true;
        statement->report->facts.from_opening = true;
        statement->report->facts.currency = record.currency;
        statement->report->facts.created_at_us = record.created_at_us;
        return check_inclusion(statement, &leaf, index, &proof);
    }
    doc_init(&doc, start);
    statement->transfer_id = doc_id(&doc, "transfer_id", VERIFY_TRANSFER_PREFIX, false);
    doc_hash(&doc, "head", &statement->head);
    if (!doc_end(&doc) || statement->first_seq == 1 || statement->first_seq > statement->last_seq) {
        malformed(statement, 0, doc.bad != NULL ? doc.bad : "start");
        return false;
    }
    return true;
}

static bool header_read(struct statement *statement, json_t *header,
                        const struct verify_keys *trusted)
{
    struct doc doc;
    struct verify_report *report = statement->report;
    doc_init(&doc, header);
    (void)doc_text(&doc, "format", false);
    const char *origin = doc_text(&doc, "origin", false);
    statement->epoch = doc_i64(&doc, "epoch", 1, MONEY_MINOR_MAX);
    statement->account_id = doc_id(&doc, "account_id", VERIFY_ACCOUNT_PREFIX, false);
    statement->first_seq = doc_i64(&doc, "first_seq", 1, MONEY_MINOR_MAX);
    statement->last_seq = doc_i64(&doc, "last_seq", 0, MONEY_MINOR_MAX);
    json_t *opening = doc_object(&doc, "opening", true);
    json_t *start = doc_object(&doc, "start", true);
    const char *checkpoint = doc_text(&doc, "checkpoint", false);
    json_t *keys = doc_array(&doc, "keys", false);
    if (!doc_end(&doc) || !note_name_is_valid(origin, strlen(origin)) ||
        statement->last_seq < statement->first_seq - 1) {
        malformed(statement, -1, doc.bad != NULL ? doc.bad : "origin");
        return false;
    }
    memcpy(statement->origin, origin, strlen(origin) + 1);
    memcpy(report->facts.origin, origin, strlen(origin) + 1);
    report->facts.account_id = statement->account_id;
    report->facts.first_seq = statement->first_seq;
    statement->seq = statement->first_seq - 1;
    keyring_init(&statement->keyring, trusted, keys, statement->origin, report);
    if (report_failed(report)) {
        return false;
    }
    return sealed_checkpoint(&statement->keyring, checkpoint, statement->origin, statement->epoch,
                             report, &statement->checkpoint) &&
           header_start(statement, opening, start);
}

/* ---- an entry ---- */

struct line_entry {
    struct record_transfer transfer;
    struct record_entry entry;
    struct sha256_hash other_side_hash;
    struct merkle_proof proof;
    int64_t index;
};

static const char *entry_read(const struct statement *statement, json_t *object,
                              struct line_entry *ret)
{
    struct doc doc;
    doc_init(&doc, object);
    ret->entry.seq = doc_i64(&doc, "seq", 1, MONEY_MINOR_MAX);
    const char *side = doc_text(&doc, "side", false);
    doc_read_transfer(doc_object(&doc, "transfer", false), &doc, &ret->transfer);
    doc_read_amounts(&doc, &ret->entry);
    doc_hash(&doc, "other_side_hash", &ret->other_side_hash);
    ret->index = doc_i64(&doc, "index", 0, MONEY_MINOR_MAX);
    doc_proof(&doc, "proof", &ret->proof);
    int64_t shared = doc_i64(&doc, "shared", 0, MERKLE_PROOF_MAX);
    if (!doc_end(&doc)) {
        return doc.bad;
    }
    if (!str_equal(side, "debit") && !str_equal(side, "credit")) {
        return "side";
    }
    ret->entry.side = str_equal(side, "debit") ? RECORD_DEBIT : RECORD_CREDIT;
    ret->entry.account_id = statement->account_id;
    return sealed_share(&statement->proof, shared, &ret->proof) ? NULL : "shared";
}

/* The held sum of the entry's side after it, or -1 when that cannot be. A capture or a release of a
 * hold from before the statement's range takes at least its amount. */
static int64_t held_after(struct statement *statement, const struct record_transfer *transfer,
                          int64_t before, int64_t stated)
{
    const uint32_t resolving =
        RECORD_FLAG_POST_PENDING | RECORD_FLAG_VOID_PENDING | RECORD_FLAG_EXPIRE_PENDING;
    if ((transfer->flags & RECORD_FLAG_PENDING) != 0) {
        return hold_open(statement, transfer->id, transfer->amount_minor)
                   ? before + transfer->amount_minor
                   : -1;
    }
    if ((transfer->flags & resolving) == 0) {
        return before;
    }
    int64_t whole = hold_close(statement, transfer->pending_id);
    if (whole >= 0) {
        return whole >= transfer->amount_minor ? before - whole : -1;
    }
    if (statement->has_opening) {
        return -1; /* every hold was opened within the statement */
    }
    return stated <= before - transfer->amount_minor ? stated : -1;
}

static bool check_balance(struct statement *statement, const struct line_entry *line)
{
    const struct record_transfer *transfer = &line->transfer;
    const struct record_entry *after = &line->entry;
    const uint32_t only_holds =
        RECORD_FLAG_PENDING | RECORD_FLAG_VOID_PENDING | RECORD_FLAG_EXPIRE_PENDING;
    struct record_entry expected = statement->state;
    bool is_debit = after->side == RECORD_DEBIT;
    int64_t *held = is_debit ? &expected.held_debits_minor : &expected.held_credits_minor;
    int64_t stated = is_debit ? after->held_debits_minor : after->held_credits_minor;
    if (!statement->state_known) {
        if ((transfer->flags & RECORD_FLAG_PENDING) != 0 &&
            !hold_open(statement, transfer->id, transfer->amount_minor)) {
            return false;
        }
        statement->state_known = true;
        return true;
    }
    *held = held_after(statement, transfer, *held, stated);
    if ((transfer->flags & only_holds) == 0) {
        expected.posted_minor += is_debit ? -transfer->amount_minor : transfer->amount_minor;
    }
    if (expected.posted_minor == after->posted_minor &&
        expected.held_debits_minor == after->held_debits_minor &&
        expected.held_credits_minor == after->held_credits_minor) {
        return true;
    }
    report_fail(statement->report, VERIFY_RUNNING_BALANCE, ERR_BALANCE_MISMATCH, after->seq,
                "stated posted %lld, held %lld and %lld; computed %lld, %lld and %lld",
                (long long)after->posted_minor, (long long)after->held_debits_minor,
                (long long)after->held_credits_minor, (long long)expected.posted_minor,
                (long long)expected.held_debits_minor, (long long)expected.held_credits_minor);
    return false;
}

static bool check_entry(struct statement *statement, struct line_entry *line)
{
    const struct record_transfer *transfer = &line->transfer;
    struct record_entry *entry = &line->entry;
    struct sha256_hash core, own, leaf;
    bool is_debit = entry->side == RECORD_DEBIT;
    int64_t of_side = is_debit ? transfer->debit_account_id : transfer->credit_account_id;
    if (entry->seq != statement->seq + 1) {
        report_fail(statement->report, VERIFY_COMPLETE, ERR_STATEMENT_INCOMPLETE,
                    statement->seq + 1, "entry %lld stands where entry %lld belongs",
                    (long long)entry->seq, (long long)statement->seq + 1);
        return false;
    }
    if (of_side != statement->account_id) {
        report_fail(statement->report, VERIFY_SIDE_HASH, ERR_ENTRY_NOT_OF_TRANSFER, entry->seq,
                    "the transfer does not name this account on that side");
        return false;
    }
    if (!check_balance(statement, line)) {
        return false;
    }
    entry->previous_head = statement->head;
    entry->previous_transfer_id = statement->transfer_id;
    record_core_hash(transfer, &core);
    record_side_hash(entry, &core, &own);
    record_transfer_leaf_hash(transfer->id, &core, is_debit ? &own : &line->other_side_hash,
                              is_debit ? &line->other_side_hash : &own, &leaf);
    statement->seq = entry->seq;
    if (!check_inclusion(statement, &leaf, line->index, &line->proof)) {
        return false;
    }
    statement->head = own;
    statement->transfer_id = transfer->id;
    statement->state = *entry;
    statement->proof = line->proof;
    if (statement->watch != NULL && statement->watch->account_id == statement->account_id &&
        statement->watch->seq == entry->seq) {
        statement->report->facts.watched_seq = entry->seq;
        statement->report->facts.watched_head = own;
    }
    return true;
}

/* ---- the end ---- */

static void check_end(struct statement *statement, json_t *object)
{
    struct doc doc;
    struct promise promise;
    struct sha256_hash head;
    struct verify_report *report = statement->report;
    doc_init(&doc, object);
    json_t *end = doc_object(&doc, "end", false);
    const char *bad = doc_end(&doc) ? NULL : doc.bad;
    doc_init(&doc, end);
    int64_t seq = doc_i64(&doc, "seq", 0, MONEY_MINOR_MAX);
    doc_hash(&doc, "head", &head);
    const char *text = doc_text(&doc, "promise", false);
    if (bad != NULL || !doc_end(&doc)) {
        malformed(statement, statement->seq, bad != NULL ? bad : doc.bad);
        return;
    }
    if (seq != statement->seq || seq != statement->last_seq) {
        report_fail(report, VERIFY_COMPLETE, ERR_STATEMENT_INCOMPLETE, statement->seq + 1,
                    "the statement announces entries up to %lld and holds them up to %lld",
                    (long long)statement->last_seq, (long long)statement->seq);
        return;
    }
    report_pass(report, VERIFY_COMPLETE);
    report_pass(report, VERIFY_RUNNING_BALANCE);
    report_pass(report, VERIFY_PREVIOUS_LINK);
    if (!report_hash(report, VERIFY_SIDE_HASH, ERR_CHAIN_BROKEN, seq, &head, &statement->head,
                     "the entries do not lead to the head stated") ||
        !sealed_promise(&statement->keyring, text, statement->origin, statement->epoch, report,
                        &promise)) {
        return;
    }
    if (promise.account_id != statement->account_id || promise.seq != seq ||
        !hash_equal(&promise.head, &head) || promise.log_size != statement->checkpoint.size) {
        report_fail(report, VERIFY_PROMISE_SIGNATURE, ERR_PROMISE_MISMATCH, seq,
                    "the signed head is not the one this statement ends with");
    }
}

static void statement_facts(const struct statement *statement)
{
    struct verify_facts *facts = &statement->report->facts;
    facts->seq = statement->seq;
    facts->entries = statement->seq - statement->first_seq + 1;
    facts->posted_minor = statement->state.posted_minor;
    facts->held_debits_minor = statement->state.held_debits_minor;
    facts->held_credits_minor = statement->state.held_credits_minor;
    facts->head = statement->head;
}

/* *ret_more is false after the end line or a fault. */
static void statement_line(struct statement *statement, const char *text, size_t length,
                           bool *ret_more)
{
    struct line_entry line = {0};
    json_t *object = doc_parse(text, length);
    *ret_more = false;
    if (!json_is_object(object)) {
        malformed(statement, statement->seq + 1, "(line)");
    } else if (json_object_get(object, "end") != NULL) {
        check_end(statement, object);
    } else {
        const char *bad = entry_read(statement, object, &line);
        if (bad != NULL) {
            malformed(statement, statement->seq + 1, bad);
        } else {
            *ret_more = check_entry(statement, &line);
        }
    }
    json_decref(object);
}

static enum err statement_lines(struct statement *statement, FILE *file)
{
    char *text = malloc(VERIFY_LINE_BYTES_MAX + 1);
    enum err err = ERR_OK;
    bool more = true;
    bool at_end = false;
    size_t length = 0;
    BUG_IF(text == NULL);
    while (more) {
        err = verify_read_line(file, text, VERIFY_LINE_BYTES_MAX, &length, &at_end);
        if (err == ERR_TOO_LARGE) {
            malformed(statement, statement->seq + 1, "(line length)");
            err = ERR_OK;
            goto out;
        }
        if (err != ERR_OK) {
            goto out;
        }
        if (at_end) {
            report_fail(statement->report, VERIFY_COMPLETE, ERR_STATEMENT_INCOMPLETE,
                        statement->seq + 1, "the file stops after entry %lld, without an end",
                        (long long)statement->seq);
            goto out;
        }
        statement_line(statement, text, length, &more);
    }
    if (!report_failed(statement->report)) {
        err = verify_read_line(file, text, VERIFY_LINE_BYTES_MAX, &length, &at_end);
        if (err == ERR_TOO_LARGE || (err == ERR_OK && !at_end)) {
            malformed(statement, statement->seq, "(after the end)");
            err = ERR_OK;
        }
    }
out:
    free(text);
    return err;
}

enum err verify_statement(json_t *header, FILE *file, const struct verify_keys *keys,
                          const struct verify_watch *watch, struct verify_report *report)
{
    static const enum verify_check_id IDS[] = {
        VERIFY_FORMAT,
        VERIFY_PREVIOUS_LINK,
        VERIFY_SIDE_HASH,
        VERIFY_RUNNING_BALANCE,
        VERIFY_COMPLETE,
        VERIFY_INCLUSION,
        VERIFY_CHECKPOINT_TEXT,
        VERIFY_CHECKPOINT_SIGNATURE,
        VERIFY_PROMISE_SIGNATURE,
        VERIFY_KEY_KNOWN,
    };
    struct statement *statement = calloc(1, sizeof(*statement));
    enum err err = ERR_OK;
    BUG_IF(statement == NULL);
    statement->report = report;
    statement->watch = watch;
    i64map_init(&statement->hold_slots);
    report->kind = VERIFY_STATEMENT;
    report_expect(report, IDS, ARRAY_COUNT(IDS));
    if (header_read(statement, header, keys)) {
        err = statement_lines(statement, file);
    }
    statement_facts(statement);
    if (!report_failed(report)) {
        report_pass(report, VERIFY_FORMAT);
    }
    i64map_done(&statement->hold_slots);
    free(statement->hold_amounts);
    free(statement);
    return err;
}

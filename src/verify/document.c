/* document.c — see document.h. Jansson keeps members in the order in which they are set. */
#include "verify/document.h"

#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "core/ids.h"
#include "core/money.h"
#include "core/str.h"
#include "verify/verify_int.h"

/* ---- texts that are signed ---- */

size_t document_promise_text(const struct document_log *log, int64_t account_id, int64_t seq,
                             const struct sha256_hash *head, int64_t log_size,
                             char ret[DOCUMENT_SIGNED_TEXT_MAX])
{
    char account[ID_TEXT_MAX];
    char encoded[48];
    id_format(VERIFY_ACCOUNT_PREFIX, account_id, account);
    base64_encode(head->bytes, sizeof(head->bytes), encoded);
    int length = snprintf(ret, DOCUMENT_SIGNED_TEXT_MAX,
                          VERIFY_PROMISE_HEADER
                          "\norigin %s\nepoch %lld\naccount %s\nseq %lld\nhead %s\nlog_size %lld\n",
                          log->origin, (long long)log->epoch, account, (long long)seq, encoded,
                          (long long)log_size);
    BUG_IF(length < 0 || length >= DOCUMENT_SIGNED_TEXT_MAX);
    return (size_t)length;
}

size_t document_rotation_text(const char *origin, const struct note_key *from,
                              const struct note_key *to, int64_t at_us,
                              char ret[DOCUMENT_SIGNED_TEXT_MAX])
{
    char from_text[NOTE_KEY_TEXT_MAX];
    char to_text[NOTE_KEY_TEXT_MAX];
    note_key_format(from, from_text);
    note_key_format(to, to_text);
    int length = snprintf(ret, DOCUMENT_SIGNED_TEXT_MAX,
                          VERIFY_ROTATION_HEADER "\norigin %s\nfrom %s\nto %s\nat %lld\n", origin,
                          from_text, to_text, (long long)at_us);
    BUG_IF(length < 0 || length >= DOCUMENT_SIGNED_TEXT_MAX);
    return (size_t)length;
}

/* ---- JSON ---- */

static void set(json_t *object, const char *name, json_t *value)
{
    BUG_IF(json_object_set_new_nocheck(object, name, value) != 0);
}

static void set_i64(json_t *object, const char *name, int64_t value)
{
    set(object, name, json_integer(value));
}

/* Outside what JavaScript reads exactly: a decimal string. */
static void set_text_i64(json_t *object, const char *name, int64_t value)
{
    char text[24];
    int length = snprintf(text, sizeof(text), "%lld", (long long)value);
    BUG_IF(length < 0 || (size_t)length >= sizeof(text));
    set(object, name, json_string(text));
}

/* NULL becomes null. */
static void set_text(json_t *object, const char *name, const char *text)
{
    json_t *value = text == NULL ? json_null() : json_string(text);
    BUG_IF(value == NULL);
    set(object, name, value);
}

static void set_id(json_t *object, const char *name, const char *prefix, int64_t id)
{
    char text[ID_TEXT_MAX];
    if (id == 0) {
        set(object, name, json_null());
        return;
    }
    id_format(prefix, id, text);
    set(object, name, json_string(text));
}

static void set_hash(json_t *object, const char *name, const struct sha256_hash *hash)
{
    char text[2 * SHA256_BYTES + 1];
    hex_encode(hash->bytes, SHA256_BYTES, text);
    set(object, name, json_string(text));
}

/* The first `count` hashes. */
static void set_proof(json_t *object, const struct merkle_proof *proof, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        char text[48];
        base64_encode(proof->hashes[i].bytes, SHA256_BYTES, text);
        BUG_IF(json_array_append_new(array, json_string(text)) != 0);
    }
    set(object, "proof", array);
}

static void set_amounts(json_t *object, const struct record_entry *entry)
{
    set_i64(object, "posted_minor", entry->posted_minor);
    set_i64(object, "held_debits_minor", entry->held_debits_minor);
    set_i64(object, "held_credits_minor", entry->held_credits_minor);
}

static const char *side_name(enum record_side side)
{
    return side == RECORD_DEBIT ? "debit" : "credit";
}

static json_t *transfer_json(const struct record_transfer *transfer)
{
    json_t *object = json_object();
    const char *currency = currency_code((enum currency)transfer->currency);
    set_id(object, "transfer_id", VERIFY_TRANSFER_PREFIX, transfer->id);
    set_id(object, "debit_account_id", VERIFY_ACCOUNT_PREFIX, transfer->debit_account_id);
    set_id(object, "credit_account_id", VERIFY_ACCOUNT_PREFIX, transfer->credit_account_id);
    set_i64(object, "amount_minor", transfer->amount_minor);
    set_text(object, "currency", currency);
    set_i64(object, "code", transfer->code);
    set_i64(object, "flags", transfer->flags);
    set_id(object, "pending_id", VERIFY_TRANSFER_PREFIX, transfer->pending_id);
    set_i64(object, "expires_at_us", transfer->expires_at_us);
    set_text_i64(object, "reference", transfer->reference);
    set_i64(object, "created_at_us", transfer->created_at_us);
    if (transfer->has_commitment) {
        set_hash(object, "commitment", &transfer->commitment);
    } else {
        set(object, "commitment", json_null());
    }
    return object;
}

static json_t *keys_json(const struct document_log *log)
{
    json_t *array = json_array();
    for (size_t i = 0; i < log->key_count; i++) {
        json_t *object = json_object();
        set_text(object, "key", log->keys[i].text);
        set_text(object, "rotation", log->keys[i].rotation);
        BUG_IF(json_array_append_new(array, object) != 0);
    }
    return array;
}

static int add_text(const char *text, size_t length, void *arg)
{
    buf_add(arg, text, length);
    return 0;
}

/* Writes one line and frees the object. */
static void finish(json_t *object, struct buf *ret)
{
    BUG_IF(json_dump_callback(object, add_text, ret, JSON_COMPACT) != 0);
    buf_add_str(ret, "\n");
    json_decref(object);
}

static json_t *side_json(const struct document_side *side)
{
    json_t *object = json_object();
    const struct record_entry *entry = &side->entry;
    set_text(object, "side", side_name(entry->side));
    set_id(object, "account_id", VERIFY_ACCOUNT_PREFIX, entry->account_id);
    set_i64(object, "seq", entry->seq);
    set_id(object, "previous_transfer_id", VERIFY_TRANSFER_PREFIX, entry->previous_transfer_id);
    set_hash(object, "previous_head", &entry->previous_head);
    set_amounts(object, entry);
    set_hash(object, "head", &side->head);
    set_text(object, "promise", side->promise);
    return object;
}

void document_write_receipt(const struct document_receipt *receipt, struct buf *ret)
{
    struct sha256_hash core_hash;
    json_t *object = json_object();
    json_t *sides = json_array();
    bool both = receipt->side_count == 2;
    BUG_IF(receipt->side_count != 1 && !both);
    set_text(object, "format", VERIFY_FORMAT_RECEIPT);
    set_text(object, "origin", receipt->log->origin);
    set_i64(object, "epoch", receipt->log->epoch);
    set_text(object, "view", both ? "both" : side_name(receipt->sides[0].entry.side));
    set(object, "transfer", transfer_json(receipt->transfer));
    record_core_hash(receipt->transfer, &core_hash);
    set_hash(object, "core_hash", &core_hash);
    for (size_t i = 0; i < receipt->side_count; i++) {
        BUG_IF(json_array_append_new(sides, side_json(&receipt->sides[i])) != 0);
    }
    set(object, "entries", sides);
    if (both) {
        set(object, "other_side_hash", json_null());
    } else {
        set_hash(object, "other_side_hash", &receipt->other_side_hash);
    }
    if (receipt->checkpoint == NULL) {
        set(object, "leaf", json_null());
    } else {
        json_t *leaf = json_object();
        set_i64(leaf, "index", receipt->index);
        set_hash(leaf, "hash", &receipt->leaf_hash);
        set_proof(leaf, receipt->proof, receipt->proof->count);
        set(object, "leaf", leaf);
    }
    set_text(object, "checkpoint", receipt->checkpoint);
    set(object, "keys", keys_json(receipt->log));
    finish(object, ret);
}

static json_t *opening_json(const struct document_statement *statement)
{
    const struct record_opening *opening = statement->opening;
    json_t *object = json_object();
    set_text_i64(object, "owner", opening->owner);
    set_i64(object, "kind", opening->kind);
    set_text(object, "currency", currency_code((enum currency)opening->currency));
    set_i64(object, "flags", opening->flags);
    set_i64(object, "overdraft_minor", opening->overdraft_minor);
    set_i64(object, "balance_max_minor", opening->balance_max_minor);
    set_i64(object, "created_at_us", opening->created_at_us);
    set_hash(object, "salt", &opening->salt);
    set_i64(object, "index", statement->opening_index);
    set_proof(object, statement->opening_proof, statement->opening_proof->count);
    return object;
}

void document_write_statement(const struct document_statement *statement, struct buf *ret)
{
    json_t *object = json_object();
    set_text(object, "format", VERIFY_FORMAT_STATEMENT);
    set_text(object, "origin", statement->log->origin);
    set_i64(object, "epoch", statement->log->epoch);
    set_id(object, "account_id", VERIFY_ACCOUNT_PREFIX, statement->account_id);
    set_i64(object, "first_seq", statement->first_seq);
    set_i64(object, "last_seq", statement->last_seq);
    if (statement->opening != NULL) {
        set(object, "opening", opening_json(statement));
        set(object, "start", json_null());
    } else {
        json_t *start = json_object();
        set(object, "opening", json_null());
        set_id(start, "transfer_id", VERIFY_TRANSFER_PREFIX, statement->start_transfer_id);
        set_hash(start, "head", &statement->start_head);
        set(object, "start", start);
    }
    set_text(object, "checkpoint", statement->checkpoint);
    set(object, "keys", keys_json(statement->log));
    finish(object, ret);
}

static size_t shared_tail(const struct merkle_proof *proof, const struct merkle_proof *before)
{
    size_t shared = 0;
    while (before != NULL && shared < proof->count && shared < before->count &&
           hash_equal(&proof->hashes[proof->count - 1 - shared],
                      &before->hashes[before->count - 1 - shared])) {
        shared++;
    }
    return shared;
}

void document_write_entry(const struct record_transfer *transfer, const struct record_entry *entry,
                          const struct sha256_hash *other_side_hash, int64_t index,
                          const struct merkle_proof *proof, const struct merkle_proof *before,
                          struct buf *ret)
{
    json_t *object = json_object();
    size_t shared = shared_tail(proof, before);
    set_i64(object, "seq", entry->seq);
    set_text(object, "side", side_name(entry->side));
    set(object, "transfer", transfer_json(transfer));
    set_amounts(object, entry);
    set_hash(object, "other_side_hash", other_side_hash);
    set_i64(object, "index", index);
    set_proof(object, proof, proof->count - shared);
    set_i64(object, "shared", (int64_t)shared);
    finish(object, ret);
}

void document_write_end(int64_t seq, const struct sha256_hash *head, const char *promise,
                        struct buf *ret)
{
    json_t *object = json_object();
    json_t *end = json_object();
    set_i64(end, "seq", seq);
    set_hash(end, "head", head);
    set_text(end, "promise", promise);
    set(object, "end", end);
    finish(object, ret);
}

void document_write_consistency(const struct document_log *log, const char *old_note,
                                const char *new_note, const struct merkle_proof *proof,
                                struct buf *ret)
{
    json_t *object = json_object();
    set_text(object, "format", VERIFY_FORMAT_CONSISTENCY);
    set_text(object, "origin", log->origin);
    set_text(object, "old", old_note);
    set_text(object, "new", new_note);
    set_proof(object, proof, proof->count);
    set(object, "keys", keys_json(log));
    finish(object, ret);
}

/* 0 becomes null. */
static void set_time(json_t *object, const char *name, int64_t at_us)
{
    char text[CLOCK_TEXT_MAX];
    if (at_us == 0) {
        set(object, name, json_null());
        return;
    }
    clock_format_rfc3339(at_us, text);
    set(object, name, json_string(text));
}

void document_write_keys(const struct document_log *log, struct buf *ret)
{
    json_t *object = json_object();
    json_t *array = json_array();
    for (size_t i = 0; i < log->key_count; i++) {
        json_t *key = json_object();
        set_text(key, "verifier_key", log->keys[i].text);
        set_time(key, "active_from", log->keys[i].valid_from_us);
        set_time(key, "retired_at", log->keys[i].valid_until_us);
        set_text(key, "rotation_note", log->keys[i].rotation);
        BUG_IF(json_array_append_new(array, key) != 0);
    }
    set_text(object, "origin", log->origin);
    set(object, "keys", array);
    finish(object, ret);
}

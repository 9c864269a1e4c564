/* record.c — see record.h and docs/formats.md. A record is built behind two bytes that receive its
 * length at the end. */
#include "verify/record.h"

#include <string.h>

#define RECORD_MAX 128

enum record_type {
    TYPE_OPENING = 0x0f,
    TYPE_CORE = 0x10,
    TYPE_SIDE = 0x11,
    TYPE_TRANSFER_LEAF = 0x12,
    TYPE_OPENING_LEAF = 0x13,
};

struct record {
    uint8_t bytes[RECORD_MAX];
    size_t length;
};

static void add_number(struct record *record, uint64_t value, size_t bytes)
{
    BUG_IF(record->length + bytes > RECORD_MAX);
    for (size_t i = 0; i < bytes; i++) {
        record->bytes[record->length++] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
    }
}

static void add_i64(struct record *record, int64_t value)
{
    add_number(record, (uint64_t)value, 8);
}

static void add_hash(struct record *record, const struct sha256_hash *hash)
{
    BUG_IF(record->length + SHA256_BYTES > RECORD_MAX);
    memcpy(record->bytes + record->length, hash->bytes, SHA256_BYTES);
    record->length += SHA256_BYTES;
}

static void record_begin(struct record *record, enum record_type type)
{
    record->length = 2;
    add_number(record, 1, 1); /* version */
    add_number(record, type, 1);
}

static void record_end(struct record *record)
{
    size_t inner = record->length - 2;
    record->bytes[0] = (uint8_t)(inner >> 8);
    record->bytes[1] = (uint8_t)inner;
}

void record_opening_hash(const struct record_opening *opening, struct sha256_hash *ret)
{
    struct record record;
    record_begin(&record, TYPE_OPENING);
    add_i64(&record, opening->account_id);
    add_i64(&record, opening->owner);
    add_number(&record, opening->kind, 2);
    add_number(&record, opening->currency, 2);
    add_number(&record, opening->flags, 4);
    add_i64(&record, opening->overdraft_minor);
    add_i64(&record, opening->balance_max_minor);
    add_i64(&record, opening->created_at_us);
    add_hash(&record, &opening->salt);
    record_end(&record);
    sha256(record.bytes, record.length, ret);
}

void record_core_hash(const struct record_transfer *transfer, struct sha256_hash *ret)
{
    struct record record;
    record_begin(&record, TYPE_CORE);
    add_i64(&record, transfer->id);
    add_i64(&record, transfer->debit_account_id);
    add_i64(&record, transfer->credit_account_id);
    add_i64(&record, transfer->amount_minor);
    add_number(&record, transfer->currency, 2);
    add_number(&record, transfer->code, 2);
    add_number(&record, transfer->flags, 4);
    add_i64(&record, transfer->pending_id);
    add_i64(&record, transfer->expires_at_us);
    add_i64(&record, transfer->reference);
    add_i64(&record, transfer->created_at_us);
    add_number(&record, transfer->has_commitment ? SHA256_BYTES : 0, 1);
    if (transfer->has_commitment) {
        add_hash(&record, &transfer->commitment);
    }
    record_end(&record);
    sha256(record.bytes, record.length, ret);
}

void record_side_hash(const struct record_entry *entry, const struct sha256_hash *core,
                      struct sha256_hash *ret)
{
    struct record record;
    record_begin(&record, TYPE_SIDE);
    add_number(&record, entry->side, 1);
    add_i64(&record, entry->account_id);
    add_hash(&record, &entry->previous_head);
    add_hash(&record, core);
    add_i64(&record, entry->previous_transfer_id);
    add_i64(&record, entry->seq);
    add_i64(&record, entry->posted_minor);
    add_i64(&record, entry->held_debits_minor);
    add_i64(&record, entry->held_credits_minor);
    record_end(&record);
    sha256(record.bytes, record.length, ret);
}

void record_transfer_leaf_hash(int64_t transfer_id, const struct sha256_hash *core,
                               const struct sha256_hash *debit_side,
                               const struct sha256_hash *credit_side, struct sha256_hash *ret)
{
    struct record record;
    record_begin(&record, TYPE_TRANSFER_LEAF);
    add_i64(&record, transfer_id);
    add_hash(&record, core);
    add_hash(&record, debit_side);
    add_hash(&record, credit_side);
    record_end(&record);
    merkle_leaf_hash(record.bytes, record.length, ret);
}

void record_opening_leaf_hash(int64_t account_id, const struct sha256_hash *opening_hash,
                              struct sha256_hash *ret)
{
    struct record record;
    record_begin(&record, TYPE_OPENING_LEAF);
    add_i64(&record, account_id);
    add_hash(&record, opening_hash);
    record_end(&record);
    merkle_leaf_hash(record.bytes, record.length, ret);
}

/* audit_record.c — the auditor's own reading of docs/formats.md: the bytes that are hashed. */
#include <string.h>

#include "audit/audit.h"

struct bytes {
    uint8_t data[256];
    size_t length;
};

static void put(struct bytes *bytes, int64_t value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        bytes->data[bytes->length++] = (uint8_t)((uint64_t)value >> (8 * i));
    }
}

static void put_hash(struct bytes *bytes, const struct sha256_hash *hash)
{
    memcpy(bytes->data + bytes->length, hash->bytes, SHA256_BYTES);
    bytes->length += SHA256_BYTES;
}

static void start(struct bytes *bytes, int type)
{
    bytes->length = 2;
    put(bytes, 1, 1);
    put(bytes, type, 1);
}

static void finish(struct bytes *bytes)
{
    bytes->data[0] = (uint8_t)((bytes->length - 2) >> 8);
    bytes->data[1] = (uint8_t)(bytes->length - 2);
}

void audit_opening_hash(const struct audit_account *account, int64_t id, struct sha256_hash *ret)
{
    struct bytes bytes;
    start(&bytes, 0x0f);
    put(&bytes, id, 8);
    put(&bytes, account->owner, 8);
    put(&bytes, account->kind, 2);
    put(&bytes, account->currency, 2);
    put(&bytes, account->flags, 4);
    put(&bytes, account->overdraft, 8);
    put(&bytes, account->balance_max, 8);
    put(&bytes, account->created_at, 8);
    put_hash(&bytes, &account->salt);
    finish(&bytes);
    sha256(bytes.data, bytes.length, ret);
}

void audit_core_hash(const struct audit_transfer *transfer, struct sha256_hash *ret)
{
    struct bytes bytes;
    start(&bytes, 0x10);
    put(&bytes, transfer->id, 8);
    put(&bytes, transfer->account[AUDIT_DEBIT], 8);
    put(&bytes, transfer->account[AUDIT_CREDIT], 8);
    put(&bytes, transfer->amount, 8);
    put(&bytes, transfer->currency, 2);
    put(&bytes, transfer->code, 2);
    put(&bytes, transfer->flags, 4);
    put(&bytes, transfer->pending_id, 8);
    put(&bytes, transfer->expires_at, 8);
    put(&bytes, transfer->reference, 8);
    put(&bytes, transfer->created_at, 8);
    put(&bytes, transfer->has_commitment ? SHA256_BYTES : 0, 1);
    if (transfer->has_commitment) {
        put_hash(&bytes, &transfer->commitment);
    }
    finish(&bytes);
    sha256(bytes.data, bytes.length, ret);
}

void audit_side_hash(int side, const struct audit_expected *entry,
                     const struct sha256_hash *previous, const struct sha256_hash *core,
                     struct sha256_hash *ret)
{
    struct bytes bytes;
    start(&bytes, 0x11);
    put(&bytes, side + 1, 1);
    put(&bytes, entry->account, 8);
    put_hash(&bytes, previous);
    put_hash(&bytes, core);
    put(&bytes, entry->prev_id, 8);
    put(&bytes, entry->seq, 8);
    put(&bytes, entry->posted, 8);
    put(&bytes, entry->held_debits, 8);
    put(&bytes, entry->held_credits, 8);
    finish(&bytes);
    sha256(bytes.data, bytes.length, ret);
}

void audit_leaf_transfer(int64_t id, const struct sha256_hash *core,
                         const struct sha256_hash hashes[2], struct sha256_hash *ret)
{
    struct bytes bytes;
    start(&bytes, 0x12);
    put(&bytes, id, 8);
    put_hash(&bytes, core);
    put_hash(&bytes, &hashes[AUDIT_DEBIT]);
    put_hash(&bytes, &hashes[AUDIT_CREDIT]);
    finish(&bytes);
    merkle_leaf_hash(bytes.data, bytes.length, ret);
}

void audit_leaf_opening(int64_t id, const struct sha256_hash *opening, struct sha256_hash *ret)
{
    struct bytes bytes;
    start(&bytes, 0x13);
    put(&bytes, id, 8);
    put_hash(&bytes, opening);
    finish(&bytes);
    merkle_leaf_hash(bytes.data, bytes.length, ret);
}

void audit_failure_hash(int64_t id, int64_t code, int64_t created_at, const uint8_t *content,
                        size_t length, struct sha256_hash *ret)
{
    struct bytes bytes;
    start(&bytes, 0x14);
    put(&bytes, id, 8);
    put(&bytes, code, 4);
    put(&bytes, created_at, 8);
    if (length > sizeof(bytes.data) - bytes.length) {
        length = 0;
    }
    memcpy(bytes.data + bytes.length, content, length);
    bytes.length += length;
    finish(&bytes);
    sha256(bytes.data, bytes.length, ret);
}

/* ledger_chain.c — see ledger_chain.h. */
#include "ledger/ledger_chain.h"

#include <string.h>

static uint8_t *put_u8(uint8_t *at, uint8_t value)
{
    *at = value;
    return at + 1;
}

static uint8_t *put_u16(uint8_t *at, uint16_t value)
{
    uint16_t big = __builtin_bswap16(value);
    memcpy(at, &big, sizeof(big));
    return at + sizeof(big);
}

static uint8_t *put_u32(uint8_t *at, uint32_t value)
{
    uint32_t big = __builtin_bswap32(value);
    memcpy(at, &big, sizeof(big));
    return at + sizeof(big);
}

static uint8_t *put_i64(uint8_t *at, int64_t value)
{
    uint64_t big = __builtin_bswap64((uint64_t)value);
    memcpy(at, &big, sizeof(big));
    return at + sizeof(big);
}

static uint8_t *put_hash(uint8_t *at, const struct sha256_hash *hash)
{
    memcpy(at, hash->bytes, SHA256_BYTES);
    return at + SHA256_BYTES;
}

/* The length of the record without the length field itself, then version and type. */
static uint8_t *put_head(uint8_t *at, size_t total, uint8_t type)
{
    at = put_u16(at, (uint16_t)(total - 2));
    at = put_u8(at, CHAIN_VERSION);
    return put_u8(at, type);
}

static uint8_t *put_commitment(uint8_t *at, const struct sha256_hash *commitment)
{
    if (commitment == NULL) {
        return put_u8(at, 0);
    }
    at = put_u8(at, SHA256_BYTES);
    return put_hash(at, commitment);
}

size_t chain_encode_opening(const struct ledger_account_spec *spec, int64_t created_at_us,
                            uint8_t ret[CHAIN_OPENING_BYTES])
{
    uint8_t *at = put_head(ret, CHAIN_OPENING_BYTES, CHAIN_TYPE_OPENING);
    at = put_i64(at, spec->id.v);
    at = put_i64(at, spec->owner);
    at = put_u16(at, (uint16_t)spec->kind);
    at = put_u16(at, (uint16_t)spec->currency);
    at = put_u32(at, spec->flags);
    at = put_i64(at, spec->overdraft_minor);
    at = put_i64(at, spec->balance_max_minor);
    at = put_i64(at, created_at_us);
    at = put_hash(at, &spec->salt);
    BUG_IF(at != ret + CHAIN_OPENING_BYTES);
    return CHAIN_OPENING_BYTES;
}

size_t chain_encode_core(const struct chain_core *core, uint8_t ret[CHAIN_CORE_BYTES_MAX])
{
    size_t total =
        core->commitment == NULL ? CHAIN_CORE_BYTES_MAX - SHA256_BYTES : CHAIN_CORE_BYTES_MAX;
    uint8_t *at = put_head(ret, total, CHAIN_TYPE_CORE);
    at = put_i64(at, core->id);
    at = put_i64(at, core->debit_account);
    at = put_i64(at, core->credit_account);
    at = put_i64(at, core->amount_minor);
    at = put_u16(at, core->currency);
    at = put_u16(at, core->code);
    at = put_u32(at, core->flags);
    at = put_i64(at, core->pending_id);
    at = put_i64(at, core->expires_at_us);
    at = put_i64(at, core->reference);
    at = put_i64(at, core->created_at_us);
    at = put_commitment(at, core->commitment);
    BUG_IF(at != ret + total);
    return total;
}

size_t chain_encode_side(const struct chain_side *side, const struct sha256_hash *previous,
                         const struct sha256_hash *core_hash, uint8_t ret[CHAIN_SIDE_BYTES])
{
    uint8_t *at = put_head(ret, CHAIN_SIDE_BYTES, CHAIN_TYPE_SIDE);
    at = put_u8(at, (uint8_t)side->side);
    at = put_i64(at, side->account);
    at = put_hash(at, previous);
    at = put_hash(at, core_hash);
    at = put_i64(at, side->prev_transfer);
    at = put_i64(at, side->seq);
    at = put_i64(at, side->posted_minor);
    at = put_i64(at, side->held_debits_minor);
    at = put_i64(at, side->held_credits_minor);
    BUG_IF(at != ret + CHAIN_SIDE_BYTES);
    return CHAIN_SIDE_BYTES;
}

size_t chain_encode_leaf(int64_t transfer_id, const struct sha256_hash *core_hash,
                         const struct sha256_hash *debit_hash,
                         const struct sha256_hash *credit_hash, uint8_t ret[CHAIN_LEAF_BYTES])
{
    uint8_t *at = put_head(ret, CHAIN_LEAF_BYTES, CHAIN_TYPE_LEAF);
    at = put_i64(at, transfer_id);
    at = put_hash(at, core_hash);
    at = put_hash(at, debit_hash);
    at = put_hash(at, credit_hash);
    BUG_IF(at != ret + CHAIN_LEAF_BYTES);
    return CHAIN_LEAF_BYTES;
}

size_t chain_encode_leaf_opened(int64_t account_id, const struct sha256_hash *opening_hash,
                                uint8_t ret[CHAIN_LEAF_OPENED_BYTES])
{
    uint8_t *at = put_head(ret, CHAIN_LEAF_OPENED_BYTES, CHAIN_TYPE_LEAF_OPENED);
    at = put_i64(at, account_id);
    at = put_hash(at, opening_hash);
    BUG_IF(at != ret + CHAIN_LEAF_OPENED_BYTES);
    return CHAIN_LEAF_OPENED_BYTES;
}

size_t chain_encode_content(const struct ledger_transfer *transfer,
                            uint8_t ret[CHAIN_CONTENT_BYTES_MAX])
{
    uint8_t *at = ret;
    at = put_i64(at, transfer->debit_account.v);
    at = put_i64(at, transfer->credit_account.v);
    at = put_i64(at, transfer->amount_minor);
    at = put_u16(at, (uint16_t)transfer->currency);
    at = put_u16(at, transfer->code);
    at = put_u32(at, transfer->flags);
    at = put_i64(at, transfer->pending_id.v);
    at = put_i64(at, transfer->timeout_s);
    at = put_i64(at, transfer->reference);
    at = put_commitment(at, transfer->has_commitment ? &transfer->commitment : NULL);
    return (size_t)(at - ret);
}

void chain_encode_ref(uint8_t type, int64_t id, uint8_t ret[CHAIN_REF_BYTES])
{
    (void)put_i64(put_u8(ret, type), id);
}

void chain_decode_ref(const uint8_t ref[CHAIN_REF_BYTES], uint8_t *ret_type, int64_t *ret_id)
{
    uint64_t big;
    memcpy(&big, ref + 1, sizeof(big));
    *ret_type = ref[0];
    *ret_id = (int64_t)__builtin_bswap64(big);
}

void chain_opening_hash(const struct ledger_account_spec *spec, int64_t created_at_us,
                        struct sha256_hash *ret)
{
    uint8_t record[CHAIN_OPENING_BYTES];
    sha256(record, chain_encode_opening(spec, created_at_us, record), ret);
}

void chain_core_hash(const struct chain_core *core, struct sha256_hash *ret)
{
    uint8_t record[CHAIN_CORE_BYTES_MAX];
    sha256(record, chain_encode_core(core, record), ret);
}

void chain_side_hash(const struct chain_side *side, const struct sha256_hash *previous,
                     const struct sha256_hash *core_hash, struct sha256_hash *ret)
{
    uint8_t record[CHAIN_SIDE_BYTES];
    sha256(record, chain_encode_side(side, previous, core_hash, record), ret);
}

void chain_leaf_hash(int64_t transfer_id, const struct sha256_hash *core_hash,
                     const struct sha256_hash *debit_hash, const struct sha256_hash *credit_hash,
                     struct sha256_hash *ret)
{
    uint8_t record[CHAIN_LEAF_BYTES];
    merkle_leaf_hash(
        record, chain_encode_leaf(transfer_id, core_hash, debit_hash, credit_hash, record), ret);
}

void chain_leaf_opened_hash(int64_t account_id, const struct sha256_hash *opening_hash,
                            struct sha256_hash *ret)
{
    uint8_t record[CHAIN_LEAF_OPENED_BYTES];
    merkle_leaf_hash(record, chain_encode_leaf_opened(account_id, opening_hash, record), ret);
}

void chain_failure_hash(int64_t transfer_id, enum err code, int64_t created_at_us,
                        const uint8_t *content, size_t content_length, struct sha256_hash *ret)
{
    uint8_t record[24 + CHAIN_CONTENT_BYTES_MAX];
    BUG_IF(content_length > CHAIN_CONTENT_BYTES_MAX);
    uint8_t *at = put_head(record, 24 + content_length, CHAIN_TYPE_FAILURE);
    at = put_i64(at, transfer_id);
    at = put_u32(at, (uint32_t)code);
    at = put_i64(at, created_at_us);
    memcpy(at, content, content_length);
    sha256(record, 24 + content_length, ret);
}

void chain_core_of_posted(const struct ledger_posted *posted, struct chain_core *ret)
{
    const struct ledger_transfer *t = &posted->transfer;
    *ret = (struct chain_core){
        .id = t->id.v,
        .debit_account = t->debit_account.v,
        .credit_account = t->credit_account.v,
        .amount_minor = t->amount_minor,
        .pending_id = t->pending_id.v,
        .expires_at_us = posted->expires_at_us,
        .reference = t->reference,
        .created_at_us = posted->created_at_us,
        .flags = t->flags,
        .currency = (uint16_t)t->currency,
        .code = t->code,
        .commitment = t->has_commitment ? &t->commitment : NULL,
    };
}

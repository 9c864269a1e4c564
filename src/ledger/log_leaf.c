/* log_leaf.c — see log_leaf.h. A segment names its leaves by type and id; the hashes in a leaf's
 * record are recomputed or read from the rows it stands for. */
#include "ledger/log_leaf.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/ledger_chain.h"
#include "q_proof.h"

struct leaf_ref {
    uint8_t type;
    int64_t id;
};
struct collecting {
    int64_t from, until;
    struct leaf_ref *refs; /* until - from */
    int64_t count;
    bool malformed;
};

static bool collect_segment(const struct q_proof_segments_covering_row *row, void *arg)
{
    struct collecting *collecting = arg;
    const uint8_t *refs = row->leaf_refs.data;
    int64_t leaves = row->leaf_refs.length / CHAIN_REF_BYTES;
    if (row->leaf_refs.length % CHAIN_REF_BYTES != 0) {
        collecting->malformed = true;
        return false;
    }
    int64_t first = row->first_index > collecting->from ? row->first_index : collecting->from;
    int64_t last = row->first_index + leaves;
    last = last < collecting->until ? last : collecting->until;
    for (int64_t index = first; index < last; index++) {
        struct leaf_ref *ref = &collecting->refs[index - collecting->from];
        chain_decode_ref(refs + (index - row->first_index) * CHAIN_REF_BYTES, &ref->type, &ref->id);
        collecting->count++;
    }
    return true;
}

void log_leaf_transfer(const struct ledger_posted *posted, struct record_transfer *ret)
{
    const struct ledger_transfer *transfer = &posted->transfer;
    *ret = (struct record_transfer){
        .id = transfer->id.v,
        .debit_account_id = transfer->debit_account.v,
        .credit_account_id = transfer->credit_account.v,
        .amount_minor = transfer->amount_minor,
        .currency = (uint16_t)transfer->currency,
        .code = transfer->code,
        .flags = transfer->flags,
        .pending_id = transfer->pending_id.v,
        .expires_at_us = posted->expires_at_us,
        .reference = transfer->reference,
        .created_at_us = posted->created_at_us,
        .has_commitment = transfer->has_commitment,
        .commitment = transfer->commitment,
    };
}

void log_leaf_entry(const struct ledger_posted *posted, enum ledger_side side,
                    struct record_entry *ret)
{
    const struct ledger_entry *entry = side == LEDGER_DEBIT ? &posted->debit : &posted->credit;
    *ret = (struct record_entry){
        .side = side == LEDGER_DEBIT ? RECORD_DEBIT : RECORD_CREDIT,
        .account_id = entry->account.v,
        .previous_transfer_id = entry->prev_transfer.v,
        .seq = entry->seq,
        .posted_minor = entry->posted_minor,
        .held_debits_minor = entry->held_debits_minor,
        .held_credits_minor = entry->held_credits_minor,
    };
}

static enum err leaf_record(struct store_tx *tx, const struct leaf_ref *ref,
                            uint8_t ret[CHAIN_LEAF_BYTES], size_t *ret_length)
{
    if (ref->type == CHAIN_TYPE_LEAF_OPENED) {
        struct q_proof_account_opening_in in = {.account_id = ref->id};
        struct q_proof_account_opening_row row = {0};
        bool found = false;
        enum err err = q_proof_account_opening(tx, &in, &row, &found);
        if (err == ERR_OK && found) {
            *ret_length = chain_encode_leaf_opened(ref->id, &row.opening_hash, ret);
        }
        return err == ERR_OK && !found ? ERR_LEDGER_CORRUPT : err;
    }
    struct ledger_posted posted;
    struct record_transfer transfer;
    struct sha256_hash core;
    enum err err = ref->type == CHAIN_TYPE_LEAF
                       ? ledger_get_transfer(tx, (struct transfer_id){ref->id}, &posted)
                       : ERR_LEDGER_CORRUPT;
    if (err != ERR_OK) {
        return err == ERR_TRANSFER_NOT_FOUND ? ERR_LEDGER_CORRUPT : err;
    }
    log_leaf_transfer(&posted, &transfer);
    record_core_hash(&transfer, &core);
    *ret_length = chain_encode_leaf(ref->id, &core, &posted.debit.hash, &posted.credit.hash, ret);
    return ERR_OK;
}

typedef void (*leaf_fn)(void *arg, const uint8_t *record, size_t length);

static enum err each_leaf(struct store_tx *tx, int64_t from, int64_t until, leaf_fn on_leaf,
                          void *arg)
{
    struct collecting collecting = {.from = from, .until = until};
    struct q_proof_segments_covering_in in = {.from_index = from, .until_index = until};
    BUG_IF(from < 0 || from > until);
    collecting.refs = calloc((size_t)(until - from) + 1, sizeof(*collecting.refs));
    BUG_IF(collecting.refs == NULL);
    enum err err = q_proof_segments_covering_each(tx, &in, collect_segment, &collecting);
    if (err == ERR_OK && (collecting.malformed || collecting.count != until - from)) {
        err = ERR_LEDGER_CORRUPT;
    }
    for (int64_t i = 0; i < until - from && err == ERR_OK; i++) {
        uint8_t record[CHAIN_LEAF_BYTES];
        size_t length = 0;
        err = leaf_record(tx, &collecting.refs[i], record, &length);
        if (err == ERR_OK) {
            on_leaf(arg, record, length);
        }
    }
    free(collecting.refs);
    return err;
}

static void hash_leaf(void *arg, const uint8_t *record, size_t length)
{
    struct sha256_hash **next = arg;
    merkle_leaf_hash(record, length, (*next)++);
}

enum err log_leaf_hashes(struct store_tx *tx, int64_t from, int64_t until, struct sha256_hash *ret)
{
    return each_leaf(tx, from, until, hash_leaf, &ret);
}

static void add_record(void *arg, const uint8_t *record, size_t length)
{
    buf_add_u16be(arg, (uint16_t)length);
    buf_add(arg, record, length);
}

enum err log_leaf_records(struct store_tx *tx, int64_t from, int64_t until, struct buf *ret)
{
    return each_leaf(tx, from, until, add_record, ret);
}

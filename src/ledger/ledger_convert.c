/* ledger_convert.c — rows as C structs of ledger.h, for whatever statement they came from. */
#include <string.h>

#include "ledger/ledger_int.h"

void ledger_row_to_posted(const struct q_ledger_transfers_get_row *row, struct ledger_posted *ret)
{
    *ret = (struct ledger_posted){
        .transfer = {.id = {row->transfer_id},
                     .debit_account = {row->debit_account_id},
                     .credit_account = {row->credit_account_id},
                     .amount_minor = row->amount_minor,
                     .currency = (enum currency)row->currency,
                     .code = (uint16_t)row->code,
                     .flags = (uint32_t)row->flags,
                     .pending_id = {row->pending_id},
                     .reference = row->reference,
                     .has_commitment = row->commitment.has},
        .created_at_us = row->created_at_us,
        .expires_at_us = row->expires_at_us,
        .segment = {row->segment_id},
        .debit = {.account = {row->debit_account_id},
                  .seq = row->debit_seq,
                  .prev_transfer = {row->debit_prev_id},
                  .posted_minor = row->debit_posted_minor,
                  .held_debits_minor = row->debit_held_debits_minor,
                  .held_credits_minor = row->debit_held_credits_minor,
                  .hash = row->debit_hash},
        .credit = {.account = {row->credit_account_id},
                   .seq = row->credit_seq,
                   .prev_transfer = {row->credit_prev_id},
                   .posted_minor = row->credit_posted_minor,
                   .held_debits_minor = row->credit_held_debits_minor,
                   .held_credits_minor = row->credit_held_credits_minor,
                   .hash = row->credit_hash},
    };
    if (row->commitment.has) {
        ret->transfer.commitment = row->commitment.v;
    }
    if (row->expires_at_us != 0) {
        ret->transfer.timeout_s = (row->expires_at_us - row->created_at_us) / 1000000;
    }
}

/* The statements name the same columns in the same order, so that their structs are alike. */
#define SAME_ROW(a, b)                                                                             \
    _Static_assert(sizeof(struct a) == sizeof(struct b) &&                                         \
                       offsetof(struct a, created_at_us) == offsetof(struct b, created_at_us) &&   \
                       offsetof(struct a, credit_hash) == offsetof(struct b, credit_hash),         \
                   "rows of transfers are alike")
SAME_ROW(q_ledger_transfer_insert_in, q_ledger_transfers_get_row);
SAME_ROW(q_ledger_entries_range_row, q_ledger_transfers_get_row);

void rules_row_to_posted(const struct q_ledger_transfer_insert_in *row, struct ledger_posted *ret)
{
    struct q_ledger_transfers_get_row same;
    memcpy(&same, row, sizeof(same));
    ledger_row_to_posted(&same, ret);
}

void ledger_range_row_to_posted(const struct q_ledger_entries_range_row *row,
                                struct ledger_posted *ret)
{
    struct q_ledger_transfers_get_row same;
    memcpy(&same, row, sizeof(same));
    ledger_row_to_posted(&same, ret);
}

void ledger_record_to_account(const struct account_record *record, struct ledger_account *ret)
{
    *ret = (struct ledger_account){
        .id = {record->id},
        .owner = record->owner,
        .kind = (enum ledger_account_kind)record->kind,
        .currency = (enum currency)record->currency,
        .flags = record->flags,
        .overdraft_minor = record->overdraft_minor,
        .balance_max_minor = record->balance_max_minor,
        .created_at_us = record->at_us,
        .debits_posted = record->debits_posted,
        .credits_posted = record->credits_posted,
        .debits_pending = record->debits_pending,
        .credits_pending = record->credits_pending,
        .seq = record->seq,
        .last_transfer = {record->last_transfer},
        .head = record->head,
    };
}

void ledger_leaf_of_posted(const struct ledger_posted *posted, struct sha256_hash *ret)
{
    struct chain_core core;
    struct sha256_hash core_hash;
    chain_core_of_posted(posted, &core);
    chain_core_hash(&core, &core_hash);
    chain_leaf_hash(posted->transfer.id.v, &core_hash, &posted->debit.hash, &posted->credit.hash,
                    ret);
}

/* ledger_json.c — see ledger_json.h. */
#include "api/ledger_json.h"

int64_t ledger_json_sign(enum ledger_account_kind kind)
{
    return ledger_json_normal_side(kind) == API_SIDE_CREDIT ? 1 : -1;
}

enum api_side ledger_json_normal_side(enum ledger_account_kind kind)
{
    const struct ledger_kind_info *info = ledger_kind_info(kind);

    BUG_IF(info == NULL);
    return info->normal_side == LEDGER_CREDIT ? API_SIDE_CREDIT : API_SIDE_DEBIT;
}

void ledger_json_account(struct json_out *out, const char *key,
                         const struct ledger_account *account)
{
    const uint32_t limit_flags =
        LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS | LEDGER_CREDITS_MUST_NOT_EXCEED_DEBITS;

    json_out_open(out, key);
    json_out_id(out, "id", ACCOUNT_PREFIX, account->id.v);
    json_out_digits(out, "owner", account->owner);
    json_out_name(out, "kind", &api_account_kind_names, account->kind);
    json_out_currency(out, "currency", account->currency);
    json_out_name(out, "normal_side", &api_side_names, ledger_json_normal_side(account->kind));
    json_out_flags(out, "flags", &api_account_flag_names, account->flags & limit_flags);
    json_out_bool(out, "closed", (account->flags & LEDGER_ACCOUNT_CLOSED) != 0);
    json_out_i64(out, "overdraft_minor", account->overdraft_minor);
    json_out_i64(out, "balance_max_minor", account->balance_max_minor);
    json_out_time(out, "created_at", account->created_at_us);
    json_out_i64(out, "balance_minor", ledger_balance_minor(account));
    json_out_i64(out, "available_minor", ledger_available_minor(account));
    json_out_i64(out, "debits_posted_minor", account->debits_posted);
    json_out_i64(out, "credits_posted_minor", account->credits_posted);
    json_out_i64(out, "debits_pending_minor", account->debits_pending);
    json_out_i64(out, "credits_pending_minor", account->credits_pending);
    json_out_i64(out, "seq", account->seq);
    json_out_id(out, "last_transfer_id", TRANSFER_PREFIX, account->last_transfer.v);
    json_out_hash(out, "head", &account->head);
    json_out_close(out);
}

static void side_out(struct json_out *out, const char *key, const struct ledger_entry *entry)
{
    json_out_open(out, key);
    json_out_id(out, "account_id", ACCOUNT_PREFIX, entry->account.v);
    json_out_i64(out, "seq", entry->seq);
    json_out_id(out, "previous_transfer_id", TRANSFER_PREFIX, entry->prev_transfer.v);
    json_out_i64(out, "posted_minor", entry->posted_minor);
    json_out_i64(out, "held_debits_minor", entry->held_debits_minor);
    json_out_i64(out, "held_credits_minor", entry->held_credits_minor);
    json_out_hash(out, "hash", &entry->hash);
    json_out_close(out);
}

void ledger_json_transfer(struct json_out *out, const char *key, const struct ledger_posted *posted)
{
    const struct ledger_transfer *transfer = &posted->transfer;

    json_out_open(out, key);
    json_out_id(out, "id", TRANSFER_PREFIX, transfer->id.v);
    json_out_i64(out, "amount_minor", transfer->amount_minor);
    json_out_currency(out, "currency", transfer->currency);
    json_out_i64(out, "code", transfer->code);
    json_out_flags(out, "flags", &api_recorded_flag_names, transfer->flags);
    json_out_id(out, "pending_id", TRANSFER_PREFIX, transfer->pending_id.v);
    json_out_time(out, "expires_at", posted->expires_at_us);
    json_out_digits(out, "reference", transfer->reference);
    json_out_hash(out, "commitment", transfer->has_commitment ? &transfer->commitment : NULL);
    json_out_time(out, "created_at", posted->created_at_us);
    side_out(out, "debit", &posted->debit);
    side_out(out, "credit", &posted->credit);
    json_out_close(out);
}

static const char *effect_of(uint32_t flags)
{
    if ((flags & LEDGER_PENDING) != 0) {
        return "held";
    }
    if ((flags & LEDGER_POST_PENDING) != 0) {
        return "captured";
    }
    if ((flags & LEDGER_VOID_PENDING) != 0) {
        return "voided";
    }
    return (flags & LEDGER_EXPIRE_PENDING) != 0 ? "expired" : "posted";
}

void ledger_json_view_of(const struct ledger_posted *posted, struct account_id account,
                         int64_t sign, struct ledger_json_view *ret)
{
    bool is_debit = posted->debit.account.v == account.v;
    const struct ledger_entry *entry = is_debit ? &posted->debit : &posted->credit;
    const uint32_t moves_nothing = LEDGER_PENDING | LEDGER_VOID_PENDING | LEDGER_EXPIRE_PENDING;
    int64_t moved =
        (posted->transfer.flags & moves_nothing) != 0 ? 0 : posted->transfer.amount_minor;

    BUG_IF(entry->account.v != account.v);
    *ret = (struct ledger_json_view){
        .side = is_debit ? API_SIDE_DEBIT : API_SIDE_CREDIT,
        .seq = entry->seq,
        .change_minor = sign * (is_debit ? -moved : moved),
        .balance_minor = sign * entry->posted_minor,
        .held_debits_minor = entry->held_debits_minor,
        .held_credits_minor = entry->held_credits_minor,
        .counterparty = is_debit ? posted->credit.account : posted->debit.account,
        .effect = effect_of(posted->transfer.flags),
    };
}

void ledger_json_transfer_from(const struct api_transfer_new *new_transfer,
                               struct ledger_transfer *ret)
{
    /* Both are numbered as the ledger numbers them. */
    _Static_assert((int)API_TRANSFER_FLAG_CLOSE_CREDIT == (int)LEDGER_CLOSE_CREDIT, "flags");
    _Static_assert((int)API_TRANSFER_FLAG_VOID_PENDING == (int)LEDGER_VOID_PENDING, "flags");

    *ret = (struct ledger_transfer){
        .id = new_transfer->id,
        .debit_account = new_transfer->debit_account_id,
        .credit_account = new_transfer->credit_account_id,
        .amount_minor = new_transfer->amount_minor,
        .currency = new_transfer->currency,
        .code = (uint16_t)new_transfer->code,
        .flags = new_transfer->flags,
        .pending_id = new_transfer->pending_id,
        .timeout_s = new_transfer->timeout_seconds,
        .reference = new_transfer->reference,
        .has_commitment = new_transfer->has_commitment,
        .commitment = new_transfer->commitment,
    };
}

void ledger_json_result(struct json_out *out, const struct ledger_result *result)
{
    json_out_bool(out, "replayed", result->replayed);
    json_out_time(out, "created_at", result->created_at_us);
    json_out_open(out, "debit");
    json_out_i64(out, "seq", result->debit_seq);
    json_out_i64(out, "posted_minor", result->debit_posted_minor);
    json_out_close(out);
    json_out_open(out, "credit");
    json_out_i64(out, "seq", result->credit_seq);
    json_out_i64(out, "posted_minor", result->credit_posted_minor);
    json_out_close(out);
}

void ledger_json_refusal(struct json_out *out, enum err code, enum http_language language)
{
    const struct err_info *info = err_info(code);

    json_out_text(out, "title", language == HTTP_ZH ? info->title_zh : info->title_en);
    json_out_text(out, "fix", language == HTTP_ZH ? info->fix_zh : info->fix_en);
}

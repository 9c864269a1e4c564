/* ledger_accounts.c — opening accounts (the rules of it) and what can be said about one. */
#include <string.h>

#include "ledger/ledger_rules.h"

#define LIMIT_FLAGS (LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS | LEDGER_CREDITS_MUST_NOT_EXCEED_DEBITS)

static bool limits_are_valid(const struct ledger_account_spec *spec)
{
    if (spec->overdraft_minor < 0 || spec->overdraft_minor > MONEY_MINOR_MAX ||
        spec->balance_max_minor < 0 || spec->balance_max_minor > MONEY_MINOR_MAX) {
        return false;
    }
    return spec->overdraft_minor == 0 || (spec->flags & LIMIT_FLAGS) != 0;
}

static enum err check_spec(const struct ledger_account_spec *spec)
{
    if (spec->id.v <= 0) {
        return ERR_LEDGER_ACCOUNT_ID_REQUIRED;
    }
    if (ledger_kind_info(spec->kind) == NULL) {
        return ERR_LEDGER_ACCOUNT_KIND_UNKNOWN;
    }
    if (currency_exponent(spec->currency) < 0) {
        return ERR_CURRENCY_UNKNOWN;
    }
    /* With both an account could only ever hold nothing. */
    if ((spec->flags & ~(uint32_t)LIMIT_FLAGS) != 0 || spec->flags == LIMIT_FLAGS) {
        return ERR_LEDGER_ACCOUNT_FLAGS_INVALID;
    }
    return limits_are_valid(spec) ? ERR_OK : ERR_LEDGER_ACCOUNT_LIMIT_INVALID;
}

static enum err compare(const struct account_record *was, const struct ledger_account_spec *spec)
{
    if (was->owner != spec->owner) {
        return ERR_LEDGER_ACCOUNT_EXISTS_WITH_DIFFERENT_OWNER;
    }
    if (was->kind != (uint16_t)spec->kind) {
        return ERR_LEDGER_ACCOUNT_EXISTS_WITH_DIFFERENT_KIND;
    }
    if (was->currency != (uint16_t)spec->currency) {
        return ERR_LEDGER_ACCOUNT_EXISTS_WITH_DIFFERENT_CURRENCY;
    }
    if ((was->flags & LIMIT_FLAGS) != spec->flags) {
        return ERR_LEDGER_ACCOUNT_EXISTS_WITH_DIFFERENT_FLAGS;
    }
    if (was->overdraft_minor != spec->overdraft_minor) {
        return ERR_LEDGER_ACCOUNT_EXISTS_WITH_DIFFERENT_OVERDRAFT;
    }
    if (was->balance_max_minor != spec->balance_max_minor) {
        return ERR_LEDGER_ACCOUNT_EXISTS_WITH_DIFFERENT_BALANCE_MAX;
    }
    return ERR_OK;
}

enum err rules_open_account(struct book *book, const struct ledger_account_spec *spec,
                            int64_t now_us)
{
    enum err err = check_spec(spec);
    if (err != ERR_OK) {
        return err;
    }
    uint32_t index = book_find_account(book, spec->id.v);
    if (index != BOOK_NONE) {
        return compare(book_record(book, index), spec);
    }
    struct account_record record = {
        .id = spec->id.v,
        .owner = spec->owner,
        .kind = (uint16_t)spec->kind,
        .currency = (uint16_t)spec->currency,
        .flags = spec->flags,
        .overdraft_minor = spec->overdraft_minor,
        .balance_max_minor = spec->balance_max_minor,
        .at_us = now_us,
    };
    chain_opening_hash(spec, now_us, &record.head);
    book->last_at_us = now_us > book->last_at_us ? now_us : book->last_at_us;
    book_open_account(book, &record, &spec->salt, now_us);
    return ERR_OK;
}

static enum ledger_side normal_side(const struct ledger_account *account)
{
    const struct ledger_kind_info *info = ledger_kind_info(account->kind);
    BUG_IF(info == NULL);
    return info->normal_side;
}

int64_t ledger_balance_minor(const struct ledger_account *account)
{
    int64_t credits = account->credits_posted - account->debits_posted;
    return normal_side(account) == LEDGER_CREDIT ? credits : -credits;
}

int64_t ledger_available_minor(const struct ledger_account *account)
{
    int64_t held =
        normal_side(account) == LEDGER_CREDIT ? account->debits_pending : account->credits_pending;
    return ledger_balance_minor(account) - held + account->overdraft_minor;
}

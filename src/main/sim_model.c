/* sim_model.c — the naive model. See sim_model.h; the order of the rungs is that of
 * docs/ledger-results.md, written down once more here, on purpose without looking at src/ledger. */
#include "main/sim_model.h"

#include <stdlib.h>
#include <string.h>

#define TEN_YEARS_S INT64_C(315360000)

static void *grow(void *array, size_t count, size_t bytes_each)
{
    /* Powers of two only: the capacity is implied by the count. */
    if (count == 0 || (count & (count - 1)) == 0) {
        array = realloc(array, (count == 0 ? 1 : 2 * count) * bytes_each);
        BUG_IF(array == NULL);
    }
    return array;
}

struct sim_model *sim_model_create(void)
{
    struct sim_model *model = calloc(1, sizeof(*model));
    BUG_IF(model == NULL);
    return model;
}

void sim_model_free(struct sim_model *model)
{
    if (model != NULL) {
        free(model->accounts);
        free(model->transfers);
        free(model->failures);
        free(model);
    }
}

/* ---- looking up ---- */

static struct sim_account *find_account(const struct sim_model *model, int64_t id)
{
    for (size_t i = 0; i < model->account_count; i++) {
        if (model->accounts[i].spec.id.v == id) {
            return &model->accounts[i];
        }
    }
    return NULL;
}

static struct sim_transfer *find_transfer(const struct sim_model *model, int64_t id)
{
    for (size_t i = model->transfer_count; i > 0; i--) {
        if (model->transfers[i - 1].t.id.v == id) {
            return &model->transfers[i - 1];
        }
    }
    return NULL;
}

static struct sim_failure *find_failure(const struct sim_model *model, int64_t id)
{
    for (size_t i = model->failure_count; i > 0; i--) {
        if (model->failures[i - 1].asked.id.v == id) {
            return &model->failures[i - 1];
        }
    }
    return NULL;
}

const struct sim_account *sim_model_account(const struct sim_model *model, int64_t id)
{
    return find_account(model, id);
}

const struct sim_transfer *sim_model_transfer(const struct sim_model *model, int64_t id)
{
    return find_transfer(model, id);
}

const struct sim_side *sim_model_side(const struct sim_transfer *transfer, int64_t account_id)
{
    BUG_IF(transfer->t.debit_account.v != account_id && transfer->t.credit_account.v != account_id);
    return transfer->t.debit_account.v == account_id ? &transfer->debit : &transfer->credit;
}

/* ---- opening ---- */

static bool kind_is_debit_normal(enum ledger_account_kind kind)
{
    return kind < 200 || kind > 500;
}

static enum err check_spec(const struct ledger_account_spec *spec)
{
    const uint32_t both =
        LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS | LEDGER_CREDITS_MUST_NOT_EXCEED_DEBITS;
    if (spec->id.v <= 0) {
        return ERR_LEDGER_ACCOUNT_ID_REQUIRED;
    }
    if (ledger_kind_info(spec->kind) == NULL) {
        return ERR_LEDGER_ACCOUNT_KIND_UNKNOWN;
    }
    if (currency_code(spec->currency) == NULL) {
        return ERR_CURRENCY_UNKNOWN;
    }
    if ((spec->flags & ~both) != 0 || spec->flags == both) {
        return ERR_LEDGER_ACCOUNT_FLAGS_INVALID;
    }
    if (spec->overdraft_minor < 0 || spec->overdraft_minor > MONEY_MINOR_MAX ||
        spec->balance_max_minor < 0 || spec->balance_max_minor > MONEY_MINOR_MAX ||
        (spec->overdraft_minor > 0 && spec->flags == 0)) {
        return ERR_LEDGER_ACCOUNT_LIMIT_INVALID;
    }
    return ERR_OK;
}

static enum err compare_spec(const struct ledger_account_spec *a,
                             const struct ledger_account_spec *b)
{
    if (a->owner != b->owner) {
        return ERR_LEDGER_ACCOUNT_EXISTS_WITH_DIFFERENT_OWNER;
    }
    if (a->kind != b->kind) {
        return ERR_LEDGER_ACCOUNT_EXISTS_WITH_DIFFERENT_KIND;
    }
    if (a->currency != b->currency) {
        return ERR_LEDGER_ACCOUNT_EXISTS_WITH_DIFFERENT_CURRENCY;
    }
    if (a->flags != b->flags) {
        return ERR_LEDGER_ACCOUNT_EXISTS_WITH_DIFFERENT_FLAGS;
    }
    if (a->overdraft_minor != b->overdraft_minor) {
        return ERR_LEDGER_ACCOUNT_EXISTS_WITH_DIFFERENT_OVERDRAFT;
    }
    if (a->balance_max_minor != b->balance_max_minor) {
        return ERR_LEDGER_ACCOUNT_EXISTS_WITH_DIFFERENT_BALANCE_MAX;
    }
    return ERR_OK;
}

enum err sim_model_open(struct sim_model *model, const struct ledger_account_spec *spec,
                        int64_t now_us)
{
    enum err err = check_spec(spec);
    if (err != ERR_OK) {
        return err;
    }
    const struct sim_account *there = find_account(model, spec->id.v);
    if (there != NULL) {
        return compare_spec(spec, &there->spec);
    }
    model->accounts = grow(model->accounts, model->account_count, sizeof(*model->accounts));
    model->accounts[model->account_count++] =
        (struct sim_account){.spec = *spec, .created_at_us = now_us};
    return ERR_OK;
}

/* ---- rungs that need no state ---- */

static bool resolves(const struct ledger_transfer *t)
{
    return (t->flags & (LEDGER_POST_PENDING | LEDGER_VOID_PENDING)) != 0;
}

static bool closes(const struct ledger_transfer *t)
{
    return (t->flags & (LEDGER_CLOSE_DEBIT | LEDGER_CLOSE_CREDIT)) != 0;
}

static bool flags_are_valid(uint32_t flags)
{
    uint32_t phase = flags & (LEDGER_PENDING | LEDGER_POST_PENDING | LEDGER_VOID_PENDING);
    uint32_t known = LEDGER_LINKED | LEDGER_PENDING | LEDGER_POST_PENDING | LEDGER_VOID_PENDING |
                     LEDGER_CLOSE_DEBIT | LEDGER_CLOSE_CREDIT;
    if ((flags & ~known) != 0 || (phase & (phase - 1)) != 0) {
        return false;
    }
    return (flags & (LEDGER_CLOSE_DEBIT | LEDGER_CLOSE_CREDIT)) == 0 || phase == LEDGER_PENDING;
}

static enum err check_form(const struct ledger_transfer *t)
{
    bool pending = (t->flags & LEDGER_PENDING) != 0;
    if (t->id.v <= 0) {
        return ERR_TRANSFER_ID_REQUIRED;
    }
    if (!flags_are_valid(t->flags)) {
        return ERR_TRANSFER_FLAGS_INVALID;
    }
    if (t->code == 0) {
        return ERR_TRANSFER_CODE_REQUIRED;
    }
    if (t->reference < 0) {
        return ERR_TRANSFER_REFERENCE_INVALID;
    }
    if (t->timeout_s < 0 || t->timeout_s > TEN_YEARS_S || (t->timeout_s != 0 && !pending)) {
        return ERR_TRANSFER_TIMEOUT_INVALID;
    }
    if (resolves(t) && t->pending_id.v <= 0) {
        return ERR_PENDING_ID_REQUIRED;
    }
    if (!resolves(t) && t->pending_id.v != 0) {
        return ERR_PENDING_ID_UNEXPECTED;
    }
    if (resolves(t) && t->pending_id.v == t->id.v) {
        return ERR_PENDING_ID_IS_OWN;
    }
    return ERR_OK;
}

static enum err check_money_form(const struct ledger_transfer *t)
{
    if (t->amount_minor < 0 || t->amount_minor > MONEY_MINOR_MAX ||
        ((t->flags & LEDGER_VOID_PENDING) != 0 && t->amount_minor != 0)) {
        return ERR_AMOUNT_OUT_OF_RANGE;
    }
    if (t->amount_minor == 0 && !resolves(t) && !closes(t)) {
        return ERR_AMOUNT_ZERO;
    }
    if (t->debit_account.v < 0 || (t->debit_account.v == 0 && !resolves(t))) {
        return ERR_DEBIT_ACCOUNT_REQUIRED;
    }
    if (t->credit_account.v < 0 || (t->credit_account.v == 0 && !resolves(t))) {
        return ERR_CREDIT_ACCOUNT_REQUIRED;
    }
    if (t->debit_account.v == t->credit_account.v && t->debit_account.v != 0) {
        return ERR_ACCOUNTS_MUST_DIFFER;
    }
    if (currency_code(t->currency) == NULL && !(resolves(t) && t->currency == CURRENCY_NONE)) {
        return ERR_CURRENCY_UNKNOWN;
    }
    return ERR_OK;
}

/* ---- the id was seen before ---- */

static bool commitment_equal(const struct ledger_transfer *a, const struct ledger_transfer *b)
{
    return a->has_commitment == b->has_commitment &&
           (!a->has_commitment || memcmp(&a->commitment, &b->commitment, SHA256_BYTES) == 0);
}

/* 0 asks for the whole hold, whichever that is. */
static int64_t amount_asked(const struct sim_model *model, const struct ledger_transfer *t,
                            const struct sim_transfer *there)
{
    if (!resolves(t) || t->amount_minor != 0) {
        return t->amount_minor;
    }
    return t->pending_id.v == there->t.pending_id.v
               ? find_transfer(model, t->pending_id.v)->t.amount_minor
               : there->t.amount_minor;
}

static enum err compare_with_stored(const struct sim_model *model, const struct ledger_transfer *t,
                                    const struct sim_transfer *there)
{
    bool may_leave_out = resolves(t) && there->t.pending_id.v != 0;
    if (t->debit_account.v != there->t.debit_account.v &&
        !(may_leave_out && t->debit_account.v == 0)) {
        return ERR_EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT;
    }
    if (t->credit_account.v != there->t.credit_account.v &&
        !(may_leave_out && t->credit_account.v == 0)) {
        return ERR_EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT;
    }
    if (amount_asked(model, t, there) != there->t.amount_minor) {
        return ERR_EXISTS_WITH_DIFFERENT_AMOUNT;
    }
    if (t->currency != there->t.currency && !(may_leave_out && t->currency == CURRENCY_NONE)) {
        return ERR_EXISTS_WITH_DIFFERENT_CURRENCY;
    }
    if (t->code != there->t.code) {
        return ERR_EXISTS_WITH_DIFFERENT_CODE;
    }
    if (t->flags != there->t.flags) {
        return ERR_EXISTS_WITH_DIFFERENT_FLAGS;
    }
    if (t->pending_id.v != there->t.pending_id.v) {
        return ERR_EXISTS_WITH_DIFFERENT_PENDING_ID;
    }
    if (t->timeout_s != there->t.timeout_s) {
        return ERR_EXISTS_WITH_DIFFERENT_TIMEOUT;
    }
    if (t->reference != there->t.reference) {
        return ERR_EXISTS_WITH_DIFFERENT_REFERENCE;
    }
    return commitment_equal(t, &there->t) ? ERR_OK : ERR_EXISTS_WITH_DIFFERENT_COMMITMENT;
}

static bool same_request(const struct ledger_transfer *a, const struct ledger_transfer *b)
{
    return a->debit_account.v == b->debit_account.v && a->credit_account.v == b->credit_account.v &&
           a->amount_minor == b->amount_minor && a->currency == b->currency && a->code == b->code &&
           a->flags == b->flags && a->pending_id.v == b->pending_id.v &&
           a->timeout_s == b->timeout_s && a->reference == b->reference && commitment_equal(a, b);
}

/* ---- rungs that look at money ---- */

static bool over_limit(const struct sim_account *a, bool debit, int64_t amount)
{
    int64_t debits = a->debits_posted, credits = a->credits_posted;
    int64_t overdraft = a->spec.overdraft_minor;
    if (debit && (a->spec.flags & LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS) != 0) {
        return debits + a->debits_pending + amount > credits + overdraft;
    }
    if (!debit && (a->spec.flags & LEDGER_CREDITS_MUST_NOT_EXCEED_DEBITS) != 0) {
        return credits + a->credits_pending + amount > debits + overdraft;
    }
    return false;
}

static bool over_balance_max(const struct sim_account *a, bool debit, int64_t amount)
{
    bool grows = kind_is_debit_normal(a->spec.kind) == debit;
    if (a->spec.balance_max_minor == 0 || !grows) {
        return false;
    }
    int64_t in =
        debit ? a->debits_posted + a->debits_pending : a->credits_posted + a->credits_pending;
    int64_t out = debit ? a->credits_posted : a->debits_posted;
    return in + amount - out > a->spec.balance_max_minor;
}

static bool too_big(const struct sim_account *a, bool debit, int64_t amount)
{
    int64_t sum =
        debit ? a->debits_posted + a->debits_pending : a->credits_posted + a->credits_pending;
    return sum + amount > MONEY_MINOR_MAX;
}

static enum err check_new_money(const struct sim_model *model, const struct ledger_transfer *t)
{
    const struct sim_account *debit = find_account(model, t->debit_account.v);
    const struct sim_account *credit = find_account(model, t->credit_account.v);
    if (debit == NULL) {
        return ERR_DEBIT_ACCOUNT_NOT_FOUND;
    }
    if (credit == NULL) {
        return ERR_CREDIT_ACCOUNT_NOT_FOUND;
    }
    if (debit->spec.currency != t->currency || credit->spec.currency != t->currency) {
        return ERR_CURRENCY_MISMATCH;
    }
    if (debit->closed) {
        return ERR_DEBIT_ACCOUNT_CLOSED;
    }
    if (credit->closed) {
        return ERR_CREDIT_ACCOUNT_CLOSED;
    }
    if (too_big(debit, true, t->amount_minor) || too_big(credit, false, t->amount_minor)) {
        return ERR_OVERFLOW;
    }
    if (over_limit(debit, true, t->amount_minor)) {
        return ERR_INSUFFICIENT_FUNDS;
    }
    if (over_limit(credit, false, t->amount_minor)) {
        return ERR_LIMIT_EXCEEDED;
    }
    if (over_balance_max(debit, true, t->amount_minor) ||
        over_balance_max(credit, false, t->amount_minor)) {
        return ERR_BALANCE_MAX_EXCEEDED;
    }
    return ERR_OK;
}

static enum err check_hold(const struct ledger_transfer *t, const struct sim_transfer *hold,
                           int64_t now_us)
{
    if (hold == NULL) {
        return ERR_PENDING_TRANSFER_NOT_FOUND;
    }
    if ((hold->t.flags & LEDGER_PENDING) == 0) {
        return ERR_TRANSFER_NOT_PENDING;
    }
    if (t->debit_account.v != 0 && t->debit_account.v != hold->t.debit_account.v) {
        return ERR_PENDING_DIFFERENT_DEBIT_ACCOUNT;
    }
    if (t->credit_account.v != 0 && t->credit_account.v != hold->t.credit_account.v) {
        return ERR_PENDING_DIFFERENT_CREDIT_ACCOUNT;
    }
    if (t->currency != CURRENCY_NONE && t->currency != hold->t.currency) {
        return ERR_PENDING_DIFFERENT_CURRENCY;
    }
    if (t->code != hold->t.code) {
        return ERR_PENDING_DIFFERENT_CODE;
    }
    if (hold->state == LEDGER_HOLD_POSTED) {
        return ERR_PENDING_ALREADY_POSTED;
    }
    if (hold->state == LEDGER_HOLD_VOIDED) {
        return ERR_PENDING_ALREADY_VOIDED;
    }
    if (hold->state == LEDGER_HOLD_EXPIRED ||
        (hold->expires_at_us != 0 && now_us >= hold->expires_at_us)) {
        return ERR_PENDING_EXPIRED;
    }
    return t->amount_minor > hold->t.amount_minor ? ERR_AMOUNT_EXCEEDS_PENDING : ERR_OK;
}

/* A closed account takes no capture, except of the hold that closed it; it does give back. */
static enum err check_closed(const struct sim_model *model, const struct ledger_transfer *t,
                             const struct sim_transfer *hold)
{
    if ((t->flags & LEDGER_VOID_PENDING) != 0) {
        return ERR_OK;
    }
    if (find_account(model, hold->t.debit_account.v)->closed &&
        (hold->t.flags & LEDGER_CLOSE_DEBIT) == 0) {
        return ERR_DEBIT_ACCOUNT_CLOSED;
    }
    if (find_account(model, hold->t.credit_account.v)->closed &&
        (hold->t.flags & LEDGER_CLOSE_CREDIT) == 0) {
        return ERR_CREDIT_ACCOUNT_CLOSED;
    }
    return ERR_OK;
}

/* ---- making it so ---- */

static struct sim_side side_after(struct sim_account *account, int64_t transfer_id)
{
    struct sim_side side = {
        .seq = ++account->seq,
        .prev_transfer = account->last_transfer,
        .posted_minor = account->credits_posted - account->debits_posted,
        .held_debits_minor = account->debits_pending,
        .held_credits_minor = account->credits_pending,
    };
    account->last_transfer = transfer_id;
    return side;
}

static void store_transfer(struct sim_model *model, const struct sim_transfer *transfer)
{
    struct sim_transfer stored = *transfer;
    stored.debit = side_after(find_account(model, stored.t.debit_account.v), stored.t.id.v);
    stored.credit = side_after(find_account(model, stored.t.credit_account.v), stored.t.id.v);
    model->transfers = grow(model->transfers, model->transfer_count, sizeof(*model->transfers));
    model->transfers[model->transfer_count++] = stored;
}

static void do_new_money(struct sim_model *model, const struct ledger_transfer *t, int64_t now_us)
{
    struct sim_account *debit = find_account(model, t->debit_account.v);
    struct sim_account *credit = find_account(model, t->credit_account.v);
    struct sim_transfer made = {.t = *t, .created_at_us = now_us};
    if ((t->flags & LEDGER_PENDING) != 0) {
        debit->debits_pending += t->amount_minor;
        credit->credits_pending += t->amount_minor;
        debit->closed |= (t->flags & LEDGER_CLOSE_DEBIT) != 0;
        credit->closed |= (t->flags & LEDGER_CLOSE_CREDIT) != 0;
        made.expires_at_us = t->timeout_s == 0 ? 0 : now_us + t->timeout_s * 1000000;
    } else {
        debit->debits_posted += t->amount_minor;
        credit->credits_posted += t->amount_minor;
    }
    store_transfer(model, &made);
}

/* Captures `captured` of the hold, releases the rest. */
static void do_resolve(struct sim_model *model, int64_t hold_id, const struct sim_transfer *by,
                       enum ledger_hold_state state, int64_t captured)
{
    struct sim_transfer *hold = find_transfer(model, hold_id);
    struct sim_account *debit = find_account(model, hold->t.debit_account.v);
    struct sim_account *credit = find_account(model, hold->t.credit_account.v);
    debit->debits_pending -= hold->t.amount_minor;
    credit->credits_pending -= hold->t.amount_minor;
    debit->debits_posted += captured;
    credit->credits_posted += captured;
    if (state != LEDGER_HOLD_POSTED) {
        debit->closed &= (hold->t.flags & LEDGER_CLOSE_DEBIT) == 0;
        credit->closed &= (hold->t.flags & LEDGER_CLOSE_CREDIT) == 0;
    }
    hold->state = state;
    hold->resolved_by = by->t.id.v;
    hold->captured_minor = captured;
    store_transfer(model, by); /* may move the array: hold is not valid any more */
}

/* False: the id is new. Otherwise its fate is sealed: what was said before is said again, or the
 * field is named that differs. */
static bool known_fate(const struct sim_model *model, const struct ledger_transfer *t,
                       enum err *ret, bool *ret_replayed)
{
    const struct sim_transfer *there = find_transfer(model, t->id.v);
    const struct sim_failure *failure = find_failure(model, t->id.v);
    if (there != NULL) {
        *ret = compare_with_stored(model, t, there);
        *ret_replayed = *ret == ERR_OK;
        return true;
    }
    if (failure != NULL) {
        *ret_replayed = same_request(t, &failure->asked);
        *ret = *ret_replayed ? failure->code : ERR_ID_ALREADY_FAILED_WITH_OTHER_CONTENT;
        return true;
    }
    return false;
}

static enum err post_one(struct sim_model *model, const struct ledger_transfer *t, int64_t now_us,
                         bool *ret_replayed)
{
    enum err err = check_form(t);
    err = err == ERR_OK ? check_money_form(t) : err;
    if (err != ERR_OK || known_fate(model, t, &err, ret_replayed)) {
        return err;
    }
    if (!resolves(t)) {
        err = check_new_money(model, t);
        if (err == ERR_OK) {
            do_new_money(model, t, now_us);
        }
        return err;
    }
    const struct sim_transfer *hold = find_transfer(model, t->pending_id.v);
    err = check_hold(t, hold, now_us);
    err = err == ERR_OK ? check_closed(model, t, hold) : err;
    if (err != ERR_OK) {
        return err;
    }
    bool capture = (t->flags & LEDGER_POST_PENDING) != 0;
    struct sim_transfer by = {.t = *t, .created_at_us = now_us};
    by.t.debit_account = hold->t.debit_account;
    by.t.credit_account = hold->t.credit_account;
    by.t.currency = hold->t.currency;
    by.t.amount_minor = t->amount_minor == 0 ? hold->t.amount_minor : t->amount_minor;
    do_resolve(model, t->pending_id.v, &by, capture ? LEDGER_HOLD_POSTED : LEDGER_HOLD_VOIDED,
               capture ? by.t.amount_minor : 0);
    return ERR_OK;
}

/* ---- groups ---- */

/* Everything a failing group has to give back, copied whole. */
struct copy {
    struct sim_account *accounts;
    struct sim_transfer *transfers;
    size_t transfer_count;
};

static void *copy_of(const void *data, size_t bytes)
{
    void *copy = malloc(bytes + 1);
    BUG_IF(copy == NULL);
    if (bytes > 0) {
        memcpy(copy, data, bytes);
    }
    return copy;
}

static struct copy copy_take(const struct sim_model *model)
{
    return (struct copy){
        .accounts = copy_of(model->accounts, model->account_count * sizeof(*model->accounts)),
        .transfers = copy_of(model->transfers, model->transfer_count * sizeof(*model->transfers)),
        .transfer_count = model->transfer_count,
    };
}

static void copy_restore(struct sim_model *model, const struct copy *copy)
{
    if (model->account_count > 0) {
        memcpy(model->accounts, copy->accounts, model->account_count * sizeof(*model->accounts));
    }
    if (copy->transfer_count > 0) {
        memcpy(model->transfers, copy->transfers, copy->transfer_count * sizeof(*copy->transfers));
    }
    model->transfer_count = copy->transfer_count;
}

static void copy_drop(struct copy *copy)
{
    free(copy->accounts);
    free(copy->transfers);
}

/* Writes down that the id failed, unless it has a fate already or is no id. */
static void burn(struct sim_model *model, const struct ledger_transfer *t, enum err code)
{
    if (t->id.v <= 0 || find_transfer(model, t->id.v) != NULL ||
        find_failure(model, t->id.v) != NULL) {
        return;
    }
    model->failures = grow(model->failures, model->failure_count, sizeof(*model->failures));
    model->failures[model->failure_count++] = (struct sim_failure){.asked = *t, .code = code};
}

/* A member of a failed group that did not fail itself: told again what it was told before, or
 * failed with the group. */
static void fail_with_group(struct sim_model *model, const struct ledger_transfer *t, bool burns,
                            enum err *ret, bool *ret_replayed)
{
    enum err fate;
    *ret = ERR_LINKED_EVENT_FAILED;
    *ret_replayed = false;
    if (t->id.v > 0 && known_fate(model, t, &fate, ret_replayed)) {
        *ret = *ret_replayed ? fate : ERR_LINKED_EVENT_FAILED;
    } else if (burns) {
        burn(model, t, ERR_LINKED_EVENT_FAILED);
    }
}

/* A group is stored as a whole or not at all: the first member that is new where another is not. */
static size_t first_mixed(const bool *replayed, size_t count)
{
    size_t stored = 0;
    for (size_t i = 0; i < count; i++) {
        stored += replayed[i] ? 1 : 0;
    }
    for (size_t i = 0; i < count && stored > 0; i++) {
        if (!replayed[i]) {
            return i;
        }
    }
    return count;
}

/* One group: the members up to the first without the linked flag, or to the end of the batch. */
static size_t post_group(struct sim_model *model, const struct ledger_transfer *group, size_t left,
                         int64_t now_us, enum err *ret_codes, bool *ret_replayed)
{
    size_t count = 1;
    while (count < left && (group[count - 1].flags & LEDGER_LINKED) != 0) {
        count++;
    }
    struct copy before = copy_take(model);
    size_t failed_at = count;
    if ((group[count - 1].flags & LEDGER_LINKED) != 0) {
        failed_at = count - 1;
        ret_codes[failed_at] = ERR_LINKED_CHAIN_OPEN;
        ret_replayed[failed_at] = false;
    }
    for (size_t i = 0; i < count && failed_at == count; i++) {
        ret_replayed[i] = false;
        ret_codes[i] = post_one(model, &group[i], now_us, &ret_replayed[i]);
        if (ret_codes[i] != ERR_OK) {
            failed_at = i;
        }
    }
    if (failed_at == count) {
        failed_at = first_mixed(ret_replayed, count);
        if (failed_at < count) {
            ret_codes[failed_at] = ERR_LINKED_CHAIN_MIXED;
        }
    }
    if (failed_at < count) {
        bool burns = err_info(ret_codes[failed_at])->burns_key;
        copy_restore(model, &before);
        if (burns) {
            burn(model, &group[failed_at], ret_codes[failed_at]);
        }
        for (size_t i = 0; i < count; i++) {
            if (i != failed_at) {
                fail_with_group(model, &group[i], burns, &ret_codes[i], &ret_replayed[i]);
            }
        }
    }
    copy_drop(&before);
    return count;
}

void sim_model_post(struct sim_model *model, const struct ledger_transfer *batch, size_t count,
                    int64_t now_us, enum err *ret_codes, bool *ret_replayed)
{
    for (size_t at = 0; at < count;) {
        at += post_group(model, batch + at, count - at, now_us, ret_codes + at, ret_replayed + at);
    }
}

/* ---- expiry ---- */

const struct sim_transfer *sim_model_next_due(const struct sim_model *model, int64_t now_us)
{
    const struct sim_transfer *next = NULL;
    for (size_t i = 0; i < model->transfer_count; i++) {
        const struct sim_transfer *hold = &model->transfers[i];
        bool due = (hold->t.flags & LEDGER_PENDING) != 0 && hold->state == LEDGER_HOLD_OPEN &&
                   hold->expires_at_us != 0 && hold->expires_at_us <= now_us;
        bool earlier =
            due && (next == NULL || hold->expires_at_us < next->expires_at_us ||
                    (hold->expires_at_us == next->expires_at_us && hold->t.id.v < next->t.id.v));
        next = earlier ? hold : next;
    }
    return next;
}

void sim_model_expire(struct sim_model *model, int64_t hold_id, int64_t by, int64_t now_us)
{
    const struct sim_transfer *hold = find_transfer(model, hold_id);
    BUG_IF(hold == NULL || hold->state != LEDGER_HOLD_OPEN);
    struct sim_transfer expiry = {.t = hold->t, .created_at_us = now_us};
    expiry.t.id.v = by;
    expiry.t.flags = LEDGER_EXPIRE_PENDING;
    expiry.t.pending_id.v = hold_id;
    expiry.t.timeout_s = 0;
    do_resolve(model, hold_id, &expiry, LEDGER_HOLD_EXPIRED, 0);
}

/* ---- the past ---- */

/* Adds what one transfer did to the account, from amounts alone. */
static void replay(const struct sim_model *model, const struct sim_transfer *by, bool debit,
                   struct sim_side *side)
{
    const struct ledger_transfer *t = &by->t;
    int64_t *held = debit ? &side->held_debits_minor : &side->held_credits_minor;
    int64_t sign = debit ? -1 : 1;
    side->seq++;
    if ((t->flags & LEDGER_PENDING) != 0) {
        *held += t->amount_minor;
        return;
    }
    if (t->pending_id.v != 0) {
        *held -= find_transfer(model, t->pending_id.v)->t.amount_minor;
    }
    if ((t->flags & (LEDGER_VOID_PENDING | LEDGER_EXPIRE_PENDING)) == 0) {
        side->posted_minor += sign * t->amount_minor;
    }
}

bool sim_model_balance_at(const struct sim_model *model, int64_t account_id, int64_t at_us,
                          struct sim_side *ret)
{
    const struct sim_account *account = find_account(model, account_id);
    struct sim_side side = {0};
    if (account == NULL || at_us < account->created_at_us) {
        return false;
    }
    for (size_t i = 0; i < model->transfer_count; i++) {
        const struct sim_transfer *t = &model->transfers[i];
        bool debit = t->t.debit_account.v == account_id;
        if ((debit || t->t.credit_account.v == account_id) && t->created_at_us <= at_us) {
            replay(model, t, debit, &side);
            side.prev_transfer = t->t.id.v;
        }
    }
    *ret = side;
    return true;
}

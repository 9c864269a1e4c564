/* ledger_rules.c — see ledger_rules.h. The ladder of one transfer, top to bottom:
 *
 *   check_form()      what is wrong with the request by itself
 *   check_known()     the id is there already: the first answer again, or what differs
 *   check_hold()      the hold that is to be captured, voided or expired
 *   check_accounts()  the two accounts
 *   check_limits()    what they may bear
 *   apply()           cannot fail
 *
 * Nothing is changed before apply(), so a single transfer needs no undo; a linked chain has a mark.
 */
#include "ledger/ledger_rules.h"

#include <stdlib.h>
#include <string.h>

#define TIMEOUT_S_MAX INT64_C(315360000) /* 10 years of 365 days, as in api/openapi.yaml */
#define US_PER_S      INT64_C(1000000)
#define PLACE_AHEAD   16 /* transfers; see book_prefetch_place() */
#define ACCOUNT_AHEAD 8
#define RESOLVING     (LEDGER_POST_PENDING | LEDGER_VOID_PENDING | LEDGER_EXPIRE_PENDING)
#define CLOSING       (LEDGER_CLOSE_DEBIT | LEDGER_CLOSE_CREDIT)

/* A transfer with everything that it leaves out filled in from its hold. */
struct move {
    const struct ledger_transfer *request;
    int64_t debit_account, credit_account;
    int64_t amount_minor; /* posted, held or released */
    int64_t held_minor;   /* of the hold that is resolved */
    uint32_t hold_flags;
    uint16_t currency;
    struct hold *hold;
    uint32_t debit_slot, credit_slot; /* in the overlay */
};

void stored_init(struct stored *stored)
{
    memset(stored, 0, sizeof(*stored));
    i64map_init(&stored->map);
}

void stored_done(struct stored *stored)
{
    i64map_done(&stored->map);
    free(stored->items);
    memset(stored, 0, sizeof(*stored));
}

const struct stored_item *stored_find(const struct stored *stored, int64_t id)
{
    if (stored->count == 0 || id <= 0) {
        return NULL;
    }
    uint32_t index = i64map_get(&stored->map, id);
    return index == I64MAP_NONE ? NULL : &stored->items[index];
}

/* ---- the request by itself ---- */

static bool flags_are_valid(uint32_t flags, bool is_engine)
{
    const uint32_t known = LEDGER_LINKED | LEDGER_PENDING | RESOLVING | CLOSING;
    uint32_t what = flags & (LEDGER_PENDING | RESOLVING);
    if ((flags & ~known) != 0 || (what & (what - 1)) != 0) {
        return false;
    }
    if (((flags & LEDGER_EXPIRE_PENDING) != 0) != is_engine) {
        return false;
    }
    return (flags & CLOSING) == 0 || (flags & LEDGER_PENDING) != 0;
}

static enum err check_pending_id(const struct ledger_transfer *t)
{
    bool is_resolving = (t->flags & RESOLVING) != 0;
    if (is_resolving && t->pending_id.v <= 0) {
        return ERR_PENDING_ID_REQUIRED;
    }
    if (!is_resolving && t->pending_id.v != 0) {
        return ERR_PENDING_ID_UNEXPECTED;
    }
    return is_resolving && t->pending_id.v == t->id.v ? ERR_PENDING_ID_IS_OWN : ERR_OK;
}

static enum err check_amount(const struct ledger_transfer *t)
{
    if (t->amount_minor < 0 || t->amount_minor > MONEY_MINOR_MAX) {
        return ERR_AMOUNT_OUT_OF_RANGE;
    }
    if ((t->flags & (LEDGER_VOID_PENDING | LEDGER_EXPIRE_PENDING)) != 0) {
        return t->amount_minor == 0 ? ERR_OK : ERR_AMOUNT_OUT_OF_RANGE;
    }
    if (t->amount_minor == 0 && (t->flags & (LEDGER_POST_PENDING | CLOSING)) == 0) {
        return ERR_AMOUNT_ZERO;
    }
    return ERR_OK;
}

static enum err check_form(const struct ledger_transfer *t, bool is_engine)
{
    bool is_resolving = (t->flags & RESOLVING) != 0;
    if (t->id.v <= 0) {
        return ERR_TRANSFER_ID_REQUIRED;
    }
    if (!flags_are_valid(t->flags, is_engine)) {
        return ERR_TRANSFER_FLAGS_INVALID;
    }
    if (t->code == 0) {
        return ERR_TRANSFER_CODE_REQUIRED;
    }
    if (t->reference < 0) {
        return ERR_TRANSFER_REFERENCE_INVALID;
    }
    if (t->timeout_s < 0 || t->timeout_s > TIMEOUT_S_MAX ||
        (t->timeout_s != 0 && (t->flags & LEDGER_PENDING) == 0)) {
        return ERR_TRANSFER_TIMEOUT_INVALID;
    }
    enum err err = check_pending_id(t);
    if (err == ERR_OK) {
        err = check_amount(t);
    }
    if (err != ERR_OK) {
        return err;
    }
    if (t->debit_account.v < 0 || (t->debit_account.v == 0 && !is_resolving)) {
        return ERR_DEBIT_ACCOUNT_REQUIRED;
    }
    if (t->credit_account.v < 0 || (t->credit_account.v == 0 && !is_resolving)) {
        return ERR_CREDIT_ACCOUNT_REQUIRED;
    }
    if (t->debit_account.v == t->credit_account.v && t->debit_account.v != 0) {
        return ERR_ACCOUNTS_MUST_DIFFER;
    }
    if (!(is_resolving && t->currency == CURRENCY_NONE) && currency_exponent(t->currency) < 0) {
        return ERR_CURRENCY_UNKNOWN;
    }
    return ERR_OK;
}

/* ---- the id is there already ---- */

/* The amount of a hold that exists: open, resolved in this group, or resolved before. */
static int64_t hold_amount(const struct book *book, const struct stored *stored, int64_t hold_id)
{
    const struct hold *hold = book_find_hold(book, hold_id);
    if (hold != NULL) {
        return hold->amount_minor;
    }
    const struct stored_item *item = stored_find(stored, hold_id);
    BUG_IF(item == NULL || item->kind != STORED_TRANSFER); /* the lookup brings it along */
    return item->posted.transfer.amount_minor;
}

/* `was` is stored; what a caller left out is equal to what was taken from the hold. */
static enum err compare(const struct ledger_posted *was, const struct ledger_transfer *t,
                        int64_t amount_minor)
{
    const struct ledger_transfer *w = &was->transfer;
    bool is_resolving = (t->flags & RESOLVING) != 0 && (w->flags & RESOLVING) != 0;
    if (w->debit_account.v != t->debit_account.v && !(is_resolving && t->debit_account.v == 0)) {
        return ERR_EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT;
    }
    if (w->credit_account.v != t->credit_account.v && !(is_resolving && t->credit_account.v == 0)) {
        return ERR_EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT;
    }
    if (w->amount_minor != amount_minor) {
        return ERR_EXISTS_WITH_DIFFERENT_AMOUNT;
    }
    if (w->currency != t->currency && !(is_resolving && t->currency == CURRENCY_NONE)) {
        return ERR_EXISTS_WITH_DIFFERENT_CURRENCY;
    }
    if (w->code != t->code) {
        return ERR_EXISTS_WITH_DIFFERENT_CODE;
    }
    if (w->flags != t->flags) {
        return ERR_EXISTS_WITH_DIFFERENT_FLAGS;
    }
    if (w->pending_id.v != t->pending_id.v) {
        return ERR_EXISTS_WITH_DIFFERENT_PENDING_ID;
    }
    int64_t timeout_s =
        was->expires_at_us == 0 ? 0 : (was->expires_at_us - was->created_at_us) / US_PER_S;
    if (timeout_s != t->timeout_s) {
        return ERR_EXISTS_WITH_DIFFERENT_TIMEOUT;
    }
    if (w->reference != t->reference) {
        return ERR_EXISTS_WITH_DIFFERENT_REFERENCE;
    }
    if (w->has_commitment != t->has_commitment ||
        (t->has_commitment && !hash_equal(&w->commitment, &t->commitment))) {
        return ERR_EXISTS_WITH_DIFFERENT_COMMITMENT;
    }
    return ERR_OK;
}

static enum err answer_posted(const struct book *book, const struct rules_batch *batch,
                              const struct ledger_posted *was, const struct ledger_transfer *t,
                              struct ledger_result *ret)
{
    int64_t amount_minor = t->amount_minor;
    if ((t->flags & RESOLVING) != 0 && amount_minor == 0) {
        /* 0 stands for the whole hold; of another hold, it is the hold that differs. */
        amount_minor = was->transfer.pending_id.v == t->pending_id.v
                           ? hold_amount(book, batch->stored, t->pending_id.v)
                           : was->transfer.amount_minor;
    }
    enum err err = compare(was, t, amount_minor);
    if (err != ERR_OK) {
        return err;
    }
    *ret = (struct ledger_result){
        .code = ERR_OK,
        .replayed = true,
        .created_at_us = was->created_at_us,
        .debit_seq = was->debit.seq,
        .credit_seq = was->credit.seq,
        .debit_posted_minor = was->debit.posted_minor,
        .credit_posted_minor = was->credit.posted_minor,
    };
    return ERR_OK;
}

static enum err answer_failed(const struct failure *was, const struct ledger_transfer *t,
                              struct ledger_result *ret)
{
    uint8_t content[CHAIN_CONTENT_BYTES_MAX];
    size_t length = chain_encode_content(t, content);
    if (length != was->content_length || memcmp(content, was->content, length) != 0) {
        return ERR_ID_ALREADY_FAILED_WITH_OTHER_CONTENT;
    }
    ret->replayed = true;
    ret->created_at_us = was->created_at_us;
    return was->code;
}

/* *ret_known: the id is posted or burnt, and the answer is final. */
static enum err check_known(struct book *book, const struct rules_batch *batch,
                            const struct ledger_transfer *t, struct ledger_result *ret,
                            bool *ret_known)
{
    uint32_t index = BOOK_NONE;
    *ret_known = true;
    switch (book_find_id(book, t->id.v, &index)) {
    case BOOK_ID_ROW: {
        struct ledger_posted was;
        rules_row_to_posted(book_row(book, index), &was);
        return answer_posted(book, batch, &was, t, ret);
    }
    case BOOK_ID_FAILED:
        return answer_failed(&book->failures[index], t, ret);
    case BOOK_ID_NEW:
        break;
    }
    const struct stored_item *item = stored_find(batch->stored, t->id.v);
    if (item == NULL) {
        *ret_known = false;
        return ERR_OK;
    }
    return item->kind == STORED_TRANSFER ? answer_posted(book, batch, &item->posted, t, ret)
                                         : answer_failed(&item->failure, t, ret);
}

/* ---- the hold ---- */

/* What is known about pending_id. *ret_open is set where the hold is in the book (open, or resolved
 * in this group); otherwise *ret describes a stored one. */
static enum err find_hold(struct book *book, const struct rules_batch *batch, int64_t hold_id,
                          struct hold **ret_open, struct hold *ret)
{
    uint32_t index = BOOK_NONE;
    struct hold *open = book_find_hold(book, hold_id);
    if (open != NULL) {
        *ret_open = open;
        *ret = *open;
        return ERR_OK;
    }
    switch (book_find_id(book, hold_id, &index)) {
    case BOOK_ID_ROW:
        return ERR_TRANSFER_NOT_PENDING; /* a hold of this group would be in the book */
    case BOOK_ID_FAILED:
        return ERR_PENDING_TRANSFER_NOT_FOUND;
    case BOOK_ID_NEW:
        break;
    }
    const struct stored_item *item = stored_find(batch->stored, hold_id);
    if (item == NULL || item->kind != STORED_TRANSFER) {
        return ERR_PENDING_TRANSFER_NOT_FOUND;
    }
    const struct ledger_transfer *t = &item->posted.transfer;
    if ((t->flags & LEDGER_PENDING) == 0) {
        return ERR_TRANSFER_NOT_PENDING;
    }
    BUG_IF(item->hold.state == LEDGER_HOLD_OPEN); /* open holds are in the book */
    *ret_open = NULL;
    *ret = (struct hold){
        .id = hold_id,
        .debit_account = t->debit_account.v,
        .credit_account = t->credit_account.v,
        .amount_minor = t->amount_minor,
        .currency = (uint16_t)t->currency,
        .code = t->code,
        .flags = t->flags,
        .state = (uint8_t)item->hold.state,
    };
    return ERR_OK;
}

static enum err check_hold_state(const struct hold *hold, const struct rules_batch *batch)
{
    switch ((enum ledger_hold_state)hold->state) {
    case LEDGER_HOLD_POSTED:
        return ERR_PENDING_ALREADY_POSTED;
    case LEDGER_HOLD_VOIDED:
        return ERR_PENDING_ALREADY_VOIDED;
    case LEDGER_HOLD_EXPIRED:
        return ERR_PENDING_EXPIRED;
    case LEDGER_HOLD_OPEN:
        break;
    }
    /* Due but not yet expired by the engine: too late all the same, for everyone but the engine. */
    bool is_due = hold->expires_at_us != 0 && hold->expires_at_us <= batch->now_us;
    return is_due && !batch->is_engine ? ERR_PENDING_EXPIRED : ERR_OK;
}

static enum err check_hold(struct book *book, const struct rules_batch *batch, struct move *move)
{
    const struct ledger_transfer *t = move->request;
    struct hold hold;
    enum err err = find_hold(book, batch, t->pending_id.v, &move->hold, &hold);
    if (err != ERR_OK) {
        return err;
    }
    if (t->debit_account.v != 0 && t->debit_account.v != hold.debit_account) {
        return ERR_PENDING_DIFFERENT_DEBIT_ACCOUNT;
    }
    if (t->credit_account.v != 0 && t->credit_account.v != hold.credit_account) {
        return ERR_PENDING_DIFFERENT_CREDIT_ACCOUNT;
    }
    if (t->currency != CURRENCY_NONE && (uint16_t)t->currency != hold.currency) {
        return ERR_PENDING_DIFFERENT_CURRENCY;
    }
    if (t->code != hold.code) {
        return ERR_PENDING_DIFFERENT_CODE;
    }
    err = check_hold_state(&hold, batch);
    if (err != ERR_OK) {
        return err;
    }
    if (t->amount_minor > hold.amount_minor) {
        return ERR_AMOUNT_EXCEEDS_PENDING;
    }
    move->debit_account = hold.debit_account;
    move->credit_account = hold.credit_account;
    move->amount_minor = t->amount_minor == 0 ? hold.amount_minor : t->amount_minor;
    move->held_minor = hold.amount_minor;
    move->hold_flags = hold.flags;
    move->currency = hold.currency;
    return ERR_OK;
}

/* ---- the accounts ---- */

static bool is_closed_for(const struct move *move, uint32_t account_flags, uint32_t close_flag)
{
    if ((account_flags & LEDGER_ACCOUNT_CLOSED) == 0) {
        return false;
    }
    /* A closed account still gives back what is held, and its closing may be made final. */
    if ((move->request->flags & (LEDGER_VOID_PENDING | LEDGER_EXPIRE_PENDING)) != 0) {
        return false;
    }
    return (move->hold_flags & close_flag) == 0;
}

static enum err check_accounts(struct book *book, struct move *move)
{
    uint32_t debit = book_find_account(book, move->debit_account);
    if (debit == BOOK_NONE) {
        return ERR_DEBIT_ACCOUNT_NOT_FOUND;
    }
    uint32_t credit = book_find_account(book, move->credit_account);
    if (credit == BOOK_NONE) {
        return ERR_CREDIT_ACCOUNT_NOT_FOUND;
    }
    if (book_record(book, debit)->currency != move->currency ||
        book_record(book, credit)->currency != move->currency) {
        return ERR_CURRENCY_MISMATCH;
    }
    move->debit_slot = book_touch(book, debit);
    move->credit_slot = book_touch(book, credit);
    if (is_closed_for(move, book->touched[move->debit_slot].flags, LEDGER_CLOSE_DEBIT)) {
        return ERR_DEBIT_ACCOUNT_CLOSED;
    }
    if (is_closed_for(move, book->touched[move->credit_slot].flags, LEDGER_CLOSE_CREDIT)) {
        return ERR_CREDIT_ACCOUNT_CLOSED;
    }
    return ERR_OK;
}

/* Whether `used + held + more` stays within `against + extra`. Each is at most MONEY_MINOR_MAX, so
 * that the sums fit. */
static bool fits(int64_t used, int64_t held, int64_t more, int64_t allowed)
{
    return used + held + more <= allowed;
}

/* The net balance on the normal side may not grow beyond the account's maximum. */
static bool keeps_maximum(const struct account_record *record, const struct touched *touched,
                          enum ledger_side side, int64_t more)
{
    if (record->balance_max_minor == 0 ||
        ledger_kind_info((enum ledger_account_kind)record->kind)->normal_side != side) {
        return true;
    }
    if (side == LEDGER_DEBIT) {
        return fits(touched->debits_posted, touched->debits_pending, more,
                    touched->credits_posted + record->balance_max_minor);
    }
    return fits(touched->credits_posted, touched->credits_pending, more,
                touched->debits_posted + record->balance_max_minor);
}

static enum err check_limits(const struct book *book, const struct move *move)
{
    const struct touched *debit = &book->touched[move->debit_slot];
    const struct touched *credit = &book->touched[move->credit_slot];
    const struct account_record *payer = book_record(book, debit->account);
    const struct account_record *payee = book_record(book, credit->account);
    int64_t more = move->amount_minor;
    if (!fits(debit->debits_posted, debit->debits_pending, more, MONEY_MINOR_MAX) ||
        !fits(credit->credits_posted, credit->credits_pending, more, MONEY_MINOR_MAX)) {
        return ERR_OVERFLOW;
    }
    if ((payer->flags & LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS) != 0 &&
        !fits(debit->debits_posted, debit->debits_pending, more,
              debit->credits_posted + payer->overdraft_minor)) {
        return ERR_INSUFFICIENT_FUNDS;
    }
    if ((payee->flags & LEDGER_CREDITS_MUST_NOT_EXCEED_DEBITS) != 0 &&
        !fits(credit->credits_posted, credit->credits_pending, more,
              credit->debits_posted + payee->overdraft_minor)) {
        return ERR_LIMIT_EXCEEDED;
    }
    if (!keeps_maximum(payer, debit, LEDGER_DEBIT, more) ||
        !keeps_maximum(payee, credit, LEDGER_CREDIT, more)) {
        return ERR_BALANCE_MAX_EXCEEDED;
    }
    return ERR_OK;
}

/* ---- the effect ---- */

static void move_money(const struct book *book, const struct move *move, struct touched *debit,
                       struct touched *credit)
{
    uint32_t flags = move->request->flags;
    int64_t amount = move->amount_minor;
    if ((flags & LEDGER_PENDING) != 0) {
        debit->debits_pending += amount;
        credit->credits_pending += amount;
        debit->flags |= (flags & LEDGER_CLOSE_DEBIT) != 0 ? LEDGER_ACCOUNT_CLOSED : 0u;
        credit->flags |= (flags & LEDGER_CLOSE_CREDIT) != 0 ? LEDGER_ACCOUNT_CLOSED : 0u;
        return;
    }
    if ((flags & RESOLVING) != 0) {
        debit->debits_pending -= move->held_minor;
        credit->credits_pending -= move->held_minor;
        /* A cached account may be older than the hold, which is read each time: then the group
         * cannot be written (its seq is not the row's) and runs again with fresh accounts. */
        BUG_IF(!book->is_cache && (debit->debits_pending < 0 || credit->credits_pending < 0));
    }
    if ((flags & (LEDGER_VOID_PENDING | LEDGER_EXPIRE_PENDING)) != 0) {
        debit->flags &= (move->hold_flags & LEDGER_CLOSE_DEBIT) != 0
                            ? ~(uint32_t)LEDGER_ACCOUNT_CLOSED
                            : UINT32_MAX;
        credit->flags &= (move->hold_flags & LEDGER_CLOSE_CREDIT) != 0
                             ? ~(uint32_t)LEDGER_ACCOUNT_CLOSED
                             : UINT32_MAX;
        return;
    }
    debit->debits_posted += amount;
    credit->credits_posted += amount;
    BUG_IF(debit->debits_posted > MONEY_MINOR_MAX || credit->credits_posted > MONEY_MINOR_MAX);
}

/* Adds the entry to the account's chain. Returns the account's number of the entry before. */
static void chain_entry(struct touched *touched, struct row_links *links, uint32_t entry,
                        int64_t transfer_id, int64_t now_us)
{
    uint32_t side = ENTRY_IS_CREDIT(entry) ? 1 : 0;
    links->account[side] = touched->account;
    links->previous[side] = touched->last_row;
    touched->last_row = entry;
    touched->last_transfer = transfer_id;
    touched->seq++;
    touched->at_us = now_us;
}

static void resolve(struct book *book, const struct move *move)
{
    const struct ledger_transfer *t = move->request;
    if ((t->flags & LEDGER_POST_PENDING) != 0) {
        book_resolve_hold(book, move->hold, LEDGER_HOLD_POSTED, t->id.v, move->amount_minor);
    } else if ((t->flags & LEDGER_VOID_PENDING) != 0) {
        book_resolve_hold(book, move->hold, LEDGER_HOLD_VOIDED, t->id.v, 0);
    } else if ((t->flags & LEDGER_EXPIRE_PENDING) != 0) {
        book_resolve_hold(book, move->hold, LEDGER_HOLD_EXPIRED, t->id.v, 0);
    }
}

static void add_hold(struct book *book, const struct q_ledger_transfer_insert_in *row)
{
    book_add_hold(book, &(struct hold){.id = row->transfer_id,
                                       .debit_account = row->debit_account_id,
                                       .credit_account = row->credit_account_id,
                                       .amount_minor = row->amount_minor,
                                       .expires_at_us = row->expires_at_us,
                                       .flags = (uint32_t)row->flags,
                                       .currency = (uint16_t)row->currency,
                                       .code = (uint16_t)row->code,
                                       .state = LEDGER_HOLD_OPEN});
}

static void apply(struct book *book, const struct rules_batch *batch, const struct move *move,
                  struct ledger_result *ret)
{
    const struct ledger_transfer *t = move->request;
    struct touched *debit = book_change(book, move->debit_slot);
    struct touched *credit = book_change(book, move->credit_slot);
    int64_t now_us = batch->now_us;
    if (book->is_cache) {
        /* Another process's clock may be ahead of ours; an account's times never go back. */
        now_us = now_us > debit->at_us ? now_us : debit->at_us;
        now_us = now_us > credit->at_us ? now_us : credit->at_us;
    }
    uint32_t number = book_add_row(book, t->id.v);
    struct q_ledger_transfer_insert_in *row = book_row(book, number);
    struct row_links *links = book_links(book, number);
    row->debit_account_id = move->debit_account;
    row->credit_account_id = move->credit_account;
    row->amount_minor = move->amount_minor;
    row->currency = move->currency;
    row->code = t->code;
    row->flags = t->flags;
    row->pending_id = t->pending_id.v;
    row->expires_at_us = t->timeout_s == 0 ? 0 : now_us + t->timeout_s * US_PER_S;
    row->reference = t->reference;
    row->created_at_us = now_us;
    if (t->has_commitment) {
        row->commitment = (struct store_opt_hash){.has = true, .v = t->commitment};
    }
    row->debit_prev_id = debit->last_transfer;
    row->credit_prev_id = credit->last_transfer;
    chain_entry(debit, links, ENTRY_OF(number, false), t->id.v, now_us);
    chain_entry(credit, links, ENTRY_OF(number, true), t->id.v, now_us);
    move_money(book, move, debit, credit);
    row->debit_seq = debit->seq;
    row->debit_posted_minor = debit->credits_posted - debit->debits_posted;
    row->debit_held_debits_minor = debit->debits_pending;
    row->debit_held_credits_minor = debit->credits_pending;
    row->credit_seq = credit->seq;
    row->credit_posted_minor = credit->credits_posted - credit->debits_posted;
    row->credit_held_debits_minor = credit->debits_pending;
    row->credit_held_credits_minor = credit->credits_pending;
    if ((t->flags & LEDGER_PENDING) != 0) {
        add_hold(book, row);
    } else {
        resolve(book, move);
    }
    *ret = (struct ledger_result){
        .code = ERR_OK,
        .created_at_us = now_us,
        .debit_seq = row->debit_seq,
        .credit_seq = row->credit_seq,
        .debit_posted_minor = row->debit_posted_minor,
        .credit_posted_minor = row->credit_posted_minor,
    };
}

/* PostgreSQL: the hold was read before another process resolved it, its accounts after. */
static bool is_resolved_elsewhere(const struct book *book, const struct move *move)
{
    return book->is_cache && (book->touched[move->debit_slot].debits_pending < move->held_minor ||
                              book->touched[move->credit_slot].credits_pending < move->held_minor);
}

/* ---- one transfer, one chain, a batch ---- */

static enum err decide(struct book *book, const struct rules_batch *batch,
                       const struct ledger_transfer *t, struct ledger_result *ret)
{
    bool known = false;
    enum err err = check_form(t, batch->is_engine);
    if (err != ERR_OK) {
        return err;
    }
    err = check_known(book, batch, t, ret, &known);
    if (known) {
        return err;
    }
    struct move move = {
        .request = t,
        .debit_account = t->debit_account.v,
        .credit_account = t->credit_account.v,
        .amount_minor = t->amount_minor,
        .currency = (uint16_t)t->currency,
    };
    bool is_resolving = (t->flags & RESOLVING) != 0;
    if (is_resolving) {
        err = check_hold(book, batch, &move);
        if (err != ERR_OK) {
            return err;
        }
    }
    err = check_accounts(book, &move);
    if (err == ERR_OK && is_resolving && is_resolved_elsewhere(book, &move)) {
        book->is_stale = true;
        return ERR_STORE_CONFLICT;
    }
    /* Resolving only turns held into posted or free: what was within the limits stays there. */
    if (err == ERR_OK && !is_resolving) {
        err = check_limits(book, &move);
    }
    if (err != ERR_OK) {
        return err;
    }
    apply(book, batch, &move, ret);
    return ERR_OK;
}

static void burn(struct book *book, const struct rules_batch *batch,
                 const struct ledger_transfer *t, enum err code)
{
    struct failure *failure = book_add_failure(book, t->id.v);
    failure->created_at_us = batch->now_us;
    failure->code = code;
    failure->content_length = (uint8_t)chain_encode_content(t, failure->content);
}

/* Records a verdict; burns the id if the verdict does and the id is not known yet. */
static void fail(struct book *book, const struct rules_batch *batch,
                 const struct ledger_transfer *t, enum err code, struct ledger_result *ret)
{
    if (!ret->replayed && err_info(code)->burns_key) {
        burn(book, batch, t, code);
        ret->created_at_us = batch->now_us;
    }
    ret->code = code;
}

/* A member that did not fail itself. What it was told before, it is told again; a new one is burnt
 * if the member that failed is. */
static void fail_with_chain(struct book *book, const struct rules_batch *batch,
                            const struct ledger_transfer *t, bool burns, struct ledger_result *ret)
{
    bool known = false;
    *ret = (struct ledger_result){.code = ERR_LINKED_EVENT_FAILED};
    if (t->id.v <= 0) {
        return;
    }
    enum err err = check_known(book, batch, t, ret, &known);
    if (known) {
        bool same = ret->replayed;
        if (!same) {
            *ret = (struct ledger_result){0};
        }
        ret->code = same ? err : ERR_LINKED_EVENT_FAILED;
        return;
    }
    if (burns) {
        fail(book, batch, t, ERR_LINKED_EVENT_FAILED, ret);
    }
}

/* A chain is stored as a whole or not at all, so that its links can be checked for ever. The first
 * new member of one that is stored in part; `count` when there is none. */
static size_t find_mixed(const struct ledger_result *results, size_t count)
{
    size_t first_new = count;
    bool any_stored = false;
    for (size_t i = count; i > 0; i--) {
        if (results[i - 1].replayed) {
            any_stored = true;
        } else {
            first_new = i - 1;
        }
    }
    return any_stored ? first_new : count;
}

static void post_chain(struct book *book, const struct rules_batch *batch, size_t first,
                       size_t count, struct ledger_result *ret)
{
    const struct ledger_transfer *t = &batch->transfers[first];
    struct book_mark mark;
    struct ledger_result verdict = {0};
    size_t failed = count;
    bool is_open = (t[count - 1].flags & LEDGER_LINKED) != 0;
    book_mark(book, &mark);
    if (is_open) {
        failed = count - 1;
        verdict.code = ERR_LINKED_CHAIN_OPEN;
    }
    for (size_t i = 0; i < count && failed == count; i++) {
        ret[first + i] = (struct ledger_result){0};
        enum err err = decide(book, batch, &t[i], &ret[first + i]);
        if (err != ERR_OK) {
            failed = i;
            verdict = ret[first + i];
            verdict.code = err;
        }
    }
    if (failed == count) {
        failed = find_mixed(&ret[first], count);
        verdict = (struct ledger_result){.code = ERR_LINKED_CHAIN_MIXED};
    }
    if (failed == count) {
        return;
    }
    book_undo_to(book, &mark, true);
    ret[first + failed] = verdict;
    fail(book, batch, &t[failed], verdict.code, &ret[first + failed]);
    bool burns = err_info(verdict.code)->burns_key;
    for (size_t i = 0; i < count; i++) {
        if (i != failed) {
            fail_with_chain(book, batch, &t[i], burns, &ret[first + i]);
        }
    }
}

static void prefetch_ahead(const struct book *book, const struct rules_batch *batch, size_t i)
{
    if (i + PLACE_AHEAD < batch->count) {
        const struct ledger_transfer *later = &batch->transfers[i + PLACE_AHEAD];
        book_prefetch_place(book, later->debit_account.v);
        book_prefetch_place(book, later->credit_account.v);
    }
    if (i + ACCOUNT_AHEAD < batch->count) {
        const struct ledger_transfer *next = &batch->transfers[i + ACCOUNT_AHEAD];
        book_prefetch_account(book, next->debit_account.v);
        book_prefetch_account(book, next->credit_account.v);
    }
}

void rules_post(struct book *book, const struct rules_batch *batch, struct ledger_result *ret)
{
    BUG_IF(batch->now_us < book->last_at_us);
    book->last_at_us = batch->now_us;
    for (size_t i = 0; i < batch->count;) {
        const struct ledger_transfer *t = &batch->transfers[i];
        prefetch_ahead(book, batch, i);
        if ((t->flags & LEDGER_LINKED) != 0) {
            size_t end = i;
            while (end + 1 < batch->count && (batch->transfers[end].flags & LEDGER_LINKED) != 0) {
                end++;
            }
            post_chain(book, batch, i, end - i + 1, ret);
            i = end + 1;
            continue;
        }
        ret[i] = (struct ledger_result){0};
        enum err err = decide(book, batch, t, &ret[i]);
        if (err != ERR_OK) {
            fail(book, batch, t, err, &ret[i]);
        }
        i++;
    }
}

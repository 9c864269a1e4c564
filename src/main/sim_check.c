/* sim_check.c — what the ledger says, compared with what the model says. */
#include "main/sim_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/sha256.h"

bool sim_differs(struct sim *sim, const char *format, ...)
{
    va_list arguments;
    if (sim->problem[0] == '\0') {
        va_start(arguments, format);
        vsnprintf(sim->problem, sizeof(sim->report.problem), format, arguments);
        va_end(arguments);
    }
    return false;
}

static long long ll(int64_t v)
{
    return (long long)v;
}

/* ---- one stored transfer ---- */

static bool check_side(struct sim *sim, int64_t transfer, const char *which,
                       const struct ledger_entry *got, const struct sim_side *want)
{
    if (got->seq != want->seq || got->prev_transfer.v != want->prev_transfer ||
        got->posted_minor != want->posted_minor ||
        got->held_debits_minor != want->held_debits_minor ||
        got->held_credits_minor != want->held_credits_minor) {
        return sim_differs(sim,
                           "transfer %lld, %s side: ledger says seq %lld prev %lld posted %lld "
                           "held %lld/%lld, model says %lld %lld %lld %lld/%lld",
                           ll(transfer), which, ll(got->seq), ll(got->prev_transfer.v),
                           ll(got->posted_minor), ll(got->held_debits_minor),
                           ll(got->held_credits_minor), ll(want->seq), ll(want->prev_transfer),
                           ll(want->posted_minor), ll(want->held_debits_minor),
                           ll(want->held_credits_minor));
    }
    return true;
}

static bool check_stored(struct sim *sim, const struct ledger_posted *got,
                         const struct sim_transfer *want)
{
    const struct ledger_transfer *a = &got->transfer, *b = &want->t;
    if (a->id.v != b->id.v || a->debit_account.v != b->debit_account.v ||
        a->credit_account.v != b->credit_account.v || a->amount_minor != b->amount_minor ||
        a->currency != b->currency || a->pending_id.v != b->pending_id.v) {
        return sim_differs(sim,
                           "transfer %lld: ledger says %lld to %lld amount %lld for %lld, model "
                           "says transfer %lld: %lld to %lld amount %lld for %lld",
                           ll(a->id.v), ll(a->debit_account.v), ll(a->credit_account.v),
                           ll(a->amount_minor), ll(a->pending_id.v), ll(b->id.v),
                           ll(b->debit_account.v), ll(b->credit_account.v), ll(b->amount_minor),
                           ll(b->pending_id.v));
    }
    bool expiry = (b->flags & LEDGER_EXPIRE_PENDING) != 0;
    if (a->flags != b->flags || (!expiry && (a->code != b->code || a->reference != b->reference)) ||
        got->created_at_us != want->created_at_us || got->expires_at_us != want->expires_at_us) {
        return sim_differs(
            sim,
            "transfer %lld: ledger says flags %x code %u at %lld until %lld, model %x %u %lld %lld",
            ll(a->id.v), a->flags, (unsigned)a->code, ll(got->created_at_us),
            ll(got->expires_at_us), b->flags, (unsigned)b->code, ll(want->created_at_us),
            ll(want->expires_at_us));
    }
    if (!expiry && (a->has_commitment != b->has_commitment ||
                    (a->has_commitment && !hash_equal(&a->commitment, &b->commitment)))) {
        return sim_differs(sim, "transfer %lld: another commitment", ll(a->id.v));
    }
    return check_side(sim, a->id.v, "debit", &got->debit, &want->debit) &&
           check_side(sim, a->id.v, "credit", &got->credit, &want->credit);
}

/* ---- a batch ---- */

bool sim_check_batch(struct sim *sim, const struct sim_batch *batch, const enum err *codes,
                     const bool *replayed)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct ledger_result *got = &batch->results[i];
        int64_t id = batch->transfers[i].id.v;
        if (got->code != codes[i] || got->replayed != replayed[i]) {
            return sim_differs(sim,
                               "member %zu of %zu, id %lld, flags %x: ledger says %s%s, model says "
                               "%s%s",
                               i, batch->count, ll(id), batch->transfers[i].flags,
                               err_code(got->code), got->replayed ? " again" : "",
                               err_code(codes[i]), replayed[i] ? " again" : "");
        }
        if (codes[i] != ERR_OK) {
            continue;
        }
        const struct sim_transfer *want = sim_model_transfer(sim->model, id);
        if (want == NULL || got->created_at_us != want->created_at_us ||
            got->debit_seq != want->debit.seq || got->credit_seq != want->credit.seq ||
            got->debit_posted_minor != want->debit.posted_minor ||
            got->credit_posted_minor != want->credit.posted_minor) {
            return sim_differs(sim,
                               "member %zu, id %lld: answer says seq %lld/%lld posted %lld/%lld at "
                               "%lld, which is not the model's",
                               i, ll(id), ll(got->debit_seq), ll(got->credit_seq),
                               ll(got->debit_posted_minor), ll(got->credit_posted_minor),
                               ll(got->created_at_us));
        }
    }
    return true;
}

/* ---- accounts and sums ---- */

bool sim_check_accounts(struct sim *sim)
{
    for (size_t i = 0; i < sim->model->account_count; i++) {
        const struct sim_account *want = &sim->model->accounts[i];
        struct ledger_account got;
        enum err err = ledger_get_account(sim->engine.ledger, want->spec.id, &got);
        if (err != ERR_OK) {
            return sim_differs(sim, "account %lld: %s", ll(want->spec.id.v), err_code(err));
        }
        uint32_t flags = want->spec.flags | (want->closed ? (uint32_t)LEDGER_ACCOUNT_CLOSED : 0);
        if (got.owner != want->spec.owner || got.kind != want->spec.kind ||
            got.currency != want->spec.currency || got.flags != flags ||
            got.overdraft_minor != want->spec.overdraft_minor ||
            got.balance_max_minor != want->spec.balance_max_minor ||
            got.created_at_us != want->created_at_us) {
            return sim_differs(sim, "account %lld: flags %x at %lld, model says %x at %lld",
                               ll(got.id.v), got.flags, ll(got.created_at_us), flags,
                               ll(want->created_at_us));
        }
        if (got.debits_posted != want->debits_posted ||
            got.credits_posted != want->credits_posted ||
            got.debits_pending != want->debits_pending ||
            got.credits_pending != want->credits_pending || got.seq != want->seq ||
            got.last_transfer.v != want->last_transfer) {
            return sim_differs(sim,
                               "account %lld: ledger says posted %lld/%lld held %lld/%lld seq %lld "
                               "last %lld, model says %lld/%lld %lld/%lld %lld %lld",
                               ll(got.id.v), ll(got.debits_posted), ll(got.credits_posted),
                               ll(got.debits_pending), ll(got.credits_pending), ll(got.seq),
                               ll(got.last_transfer.v), ll(want->debits_posted),
                               ll(want->credits_posted), ll(want->debits_pending),
                               ll(want->credits_pending), ll(want->seq), ll(want->last_transfer));
        }
    }
    return true;
}

bool sim_check_totals(struct sim *sim)
{
    struct ledger_totals totals[16];
    size_t count;
    enum err err = ledger_totals(sim->engine.ledger, totals, ARRAY_COUNT(totals), &count);
    if (err != ERR_OK) {
        return sim_differs(sim, "totals: %s", err_code(err));
    }
    for (size_t i = 0; i < count; i++) {
        struct ledger_totals want = {.currency = totals[i].currency};
        for (size_t k = 0; k < SIM_CURRENCIES; k++) {
            if (sim->baseline[k].currency == totals[i].currency) {
                want = sim->baseline[k];
            }
        }
        for (size_t k = 0; k < sim->model->account_count; k++) {
            const struct sim_account *account = &sim->model->accounts[k];
            bool same = account->spec.currency == want.currency;
            want.debits_posted += same ? account->debits_posted : 0;
            want.credits_posted += same ? account->credits_posted : 0;
            want.debits_pending += same ? account->debits_pending : 0;
            want.credits_pending += same ? account->credits_pending : 0;
        }
        if (totals[i].debits_posted != totals[i].credits_posted ||
            totals[i].debits_pending != totals[i].credits_pending ||
            totals[i].debits_posted != want.debits_posted ||
            totals[i].debits_pending != want.debits_pending) {
            return sim_differs(
                sim, "%s: debits %lld credits %lld held %lld/%lld, model says %lld and %lld",
                currency_code(want.currency), ll(totals[i].debits_posted),
                ll(totals[i].credits_posted), ll(totals[i].debits_pending),
                ll(totals[i].credits_pending), ll(want.debits_posted), ll(want.debits_pending));
        }
    }
    return true;
}

/* ---- questions about the past ---- */

static bool ask_balance(struct sim *sim, const struct sim_account *account)
{
    int64_t span_us = clock_now_us(&sim->clock) - account->created_at_us + 2;
    int64_t at_us = account->created_at_us - 1 + (int64_t)rng_below(&sim->rng, (uint64_t)span_us);
    struct sim_side want;
    struct ledger_entry got;
    if (sim->model->transfer_count > 0 && rng_chance(&sim->rng, 1, 2)) {
        /* Exactly at a transfer, where an off-by-one would show. */
        size_t at = rng_below(&sim->rng, sim->model->transfer_count);
        at_us = sim->model->transfers[at].created_at_us - (int64_t)rng_below(&sim->rng, 2);
    }
    bool open = sim_model_balance_at(sim->model, account->spec.id.v, at_us, &want);
    enum err err = sim_engine_balance_at(&sim->engine, account->spec.id.v, at_us, &got);
    if (err != (open ? ERR_OK : ERR_ACCOUNT_NOT_FOUND)) {
        return sim_differs(sim, "balance of %lld at %lld: %s", ll(account->spec.id.v), ll(at_us),
                           err_code(err));
    }
    if (open && (got.seq != want.seq || got.posted_minor != want.posted_minor ||
                 got.held_debits_minor != want.held_debits_minor ||
                 got.held_credits_minor != want.held_credits_minor)) {
        return sim_differs(sim,
                           "balance of %lld at %lld: ledger says seq %lld posted %lld held "
                           "%lld/%lld, model says %lld %lld %lld/%lld",
                           ll(account->spec.id.v), ll(at_us), ll(got.seq), ll(got.posted_minor),
                           ll(got.held_debits_minor), ll(got.held_credits_minor), ll(want.seq),
                           ll(want.posted_minor), ll(want.held_debits_minor),
                           ll(want.held_credits_minor));
    }
    return true;
}

static bool matches(const struct ledger_entry_filter *filter, const struct sim_transfer *t)
{
    bool debit = t->t.debit_account.v == filter->account.v;
    int64_t other = debit ? t->t.credit_account.v : t->t.debit_account.v;
    return (debit || t->t.credit_account.v == filter->account.v) &&
           (filter->from_us == 0 || t->created_at_us >= filter->from_us) &&
           (filter->until_us == 0 || t->created_at_us < filter->until_us) &&
           (filter->amount_min == 0 || t->t.amount_minor >= filter->amount_min) &&
           (filter->amount_max == 0 || t->t.amount_minor <= filter->amount_max) &&
           (filter->counterparty.v == 0 || filter->counterparty.v == other) &&
           (filter->code == 0 || filter->code == t->t.code) &&
           (filter->side == 0 || filter->side == (debit ? LEDGER_DEBIT : LEDGER_CREDIT));
}

/* The next match after `at` (in the filter's direction), or NULL; *at moves. */
static const struct sim_transfer *next_match(const struct sim *sim,
                                             const struct ledger_entry_filter *filter, size_t *at)
{
    while (*at < sim->model->transfer_count) {
        size_t place = filter->ascending ? *at : sim->model->transfer_count - 1 - *at;
        const struct sim_transfer *t = &sim->model->transfers[place];
        (*at)++;
        if (matches(filter, t)) {
            return t;
        }
    }
    return NULL;
}

static struct ledger_entry_filter random_filter(struct sim *sim, const struct sim_account *account)
{
    struct ledger_entry_filter filter = {.account = account->spec.id};
    const struct sim_model *model = sim->model;
    filter.ascending = rng_chance(&sim->rng, 1, 2);
    if (model->transfer_count > 0 && rng_chance(&sim->rng, 1, 3)) {
        filter.from_us =
            model->transfers[rng_below(&sim->rng, model->transfer_count)].created_at_us;
    }
    if (model->transfer_count > 0 && rng_chance(&sim->rng, 1, 3)) {
        filter.until_us =
            model->transfers[rng_below(&sim->rng, model->transfer_count)].created_at_us;
    }
    if (rng_chance(&sim->rng, 1, 5)) {
        filter.amount_min = 1 + (int64_t)rng_below(&sim->rng, 10000);
    }
    if (rng_chance(&sim->rng, 1, 5)) {
        filter.amount_max = filter.amount_min + 1 + (int64_t)rng_below(&sim->rng, 10000);
    }
    if (rng_chance(&sim->rng, 1, 6)) {
        filter.counterparty = model->accounts[rng_below(&sim->rng, model->account_count)].spec.id;
    }
    if (rng_chance(&sim->rng, 1, 5)) {
        /* Never the code an expiry carries by itself, which the model does not predict. */
        filter.code = (uint16_t)(1 + rng_below(&sim->rng, 9));
    }
    if (rng_chance(&sim->rng, 1, 4)) {
        filter.side = rng_chance(&sim->rng, 1, 2) ? LEDGER_DEBIT : LEDGER_CREDIT;
    }
    return filter;
}

#define HISTORY_PAGE 40

static bool ask_history(struct sim *sim, const struct sim_account *account)
{
    struct ledger_entry_filter filter = random_filter(sim, account);
    struct ledger_posted page[HISTORY_PAGE];
    size_t max = 1 + rng_below(&sim->rng, HISTORY_PAGE), at = 0, count;
    do {
        int64_t next = 0;
        enum err err = sim_engine_entries(&sim->engine, &filter, max, page, &count, &next);
        if (err != ERR_OK) {
            return sim_differs(sim, "history of %lld: %s", ll(account->spec.id.v), err_code(err));
        }
        for (size_t i = 0; i < count; i++) {
            const struct sim_transfer *want = next_match(sim, &filter, &at);
            if (want == NULL) {
                return sim_differs(sim, "history of %lld: one entry too many, transfer %lld",
                                   ll(account->spec.id.v), ll(page[i].transfer.id.v));
            }
            if (!check_stored(sim, &page[i], want)) {
                return false;
            }
        }
        filter.after_seq = next;
    } while (filter.after_seq != 0);
    const struct sim_transfer *missing = next_match(sim, &filter, &at);
    if (missing != NULL) {
        return sim_differs(sim, "history of %lld ends before transfer %lld", ll(account->spec.id.v),
                           ll(missing->t.id.v));
    }
    return true;
}

static bool ask_transfer(struct sim *sim)
{
    size_t at = rng_below(&sim->rng, sim->model->transfer_count);
    const struct sim_transfer *want = &sim->model->transfers[at];
    struct ledger_posted got;
    struct ledger_hold hold;
    enum err err = sim_engine_get_transfer(&sim->engine, want->t.id.v, &got);
    if (err != ERR_OK) {
        return sim_differs(sim, "transfer %lld: %s", ll(want->t.id.v), err_code(err));
    }
    if (!check_stored(sim, &got, want)) {
        return false;
    }
    bool is_hold = (want->t.flags & LEDGER_PENDING) != 0;
    err = sim_engine_get_hold(&sim->engine, want->t.id.v, &hold);
    if (err != (is_hold ? ERR_OK : ERR_HOLD_NOT_FOUND)) {
        return sim_differs(sim, "hold %lld: %s", ll(want->t.id.v), err_code(err));
    }
    bool open = want->state == LEDGER_HOLD_OPEN;
    if (is_hold &&
        (hold.state != want->state || hold.resolved_by.v != want->resolved_by ||
         hold.captured_minor != want->captured_minor ||
         hold.released_minor != (open ? 0 : want->t.amount_minor - want->captured_minor))) {
        return sim_differs(sim,
                           "hold %lld: ledger says state %d by %lld captured %lld released %lld, "
                           "model says %d by %lld captured %lld",
                           ll(want->t.id.v), (int)hold.state, ll(hold.resolved_by.v),
                           ll(hold.captured_minor), ll(hold.released_minor), (int)want->state,
                           ll(want->resolved_by), ll(want->captured_minor));
    }
    return true;
}

bool sim_check_questions(struct sim *sim, size_t count)
{
    bool held = true;
    for (size_t i = 0; i < count && held; i++) {
        size_t at = rng_below(&sim->rng, sim->model->account_count);
        const struct sim_account *account = &sim->model->accounts[at];
        held = ask_balance(sim, account) && ask_history(sim, account) &&
               (sim->model->transfer_count == 0 || ask_transfer(sim));
    }
    return held;
}

/* ---- the log ---- */

#define LOG_PAGE 100

bool sim_check_log(struct sim *sim)
{
    struct ledger_posted *page = calloc(LOG_PAGE, sizeof(*page));
    int64_t indexes[LOG_PAGE], from = sim->log_from, last = sim->log_from - 1;
    size_t count = 0, at = 0;
    uint32_t leaves;
    bool held = true;
    BUG_IF(page == NULL);
    enum err err = ledger_seal_pending(sim->engine.ledger, &leaves);
    while (err == ERR_OK && held) {
        int64_t next = from;
        err = sim_engine_log(&sim->engine, from, LOG_PAGE, page, indexes, &count, &next);
        if (err != ERR_OK || next <= from) {
            break;
        }
        for (size_t i = 0; i < count && held; i++, at++) {
            if (at >= sim->model->transfer_count || indexes[i] <= last) {
                held = sim_differs(sim, "log index %lld: transfer %lld is not expected there",
                                   ll(indexes[i]), ll(page[i].transfer.id.v));
            } else {
                held = check_stored(sim, &page[i], &sim->model->transfers[at]);
            }
            last = indexes[i];
        }
        from = next;
    }
    free(page);
    if (err != ERR_OK) {
        return sim_differs(sim, "log from index %lld: %s", ll(from), err_code(err));
    }
    if (held && at != sim->model->transfer_count) {
        return sim_differs(sim, "the log holds %zu of %zu transfers", at,
                           sim->model->transfer_count);
    }
    return held;
}

/* ---- hash ---- */

void sim_state_hash(struct sim *sim, struct sha256_hash *ret)
{
    /* Ids and times depend on what was in the database before and are left out. */
    for (size_t i = 0; i < sim->model->account_count; i++) {
        const struct sim_account *account = &sim->model->accounts[i];
        buf_add_u64be(&sim->verdicts, (uint64_t)account->debits_posted);
        buf_add_u64be(&sim->verdicts, (uint64_t)account->credits_posted);
        buf_add_u64be(&sim->verdicts, (uint64_t)account->debits_pending);
        buf_add_u64be(&sim->verdicts, (uint64_t)account->credits_pending);
        buf_add_u64be(&sim->verdicts, (uint64_t)account->seq);
        buf_add_u8(&sim->verdicts, account->closed);
    }
    BUG_IF(!buf_ok(&sim->verdicts));
    sha256(sim->verdicts.data, sim->verdicts.length, ret);
}

/* sim_world.c — the actors: what is asked of the ledger, mostly sensible, sometimes not at all.
 * Choices look at the model, so that holds get captured and wallets have money to spend. */
#include "main/sim_int.h"

#include <string.h>

#define TEN_YEARS_S INT64_C(315360000)

const enum currency sim_currencies[SIM_CURRENCIES] = {CURRENCY_CNY, CURRENCY_JPY, CURRENCY_KWD};

static uint64_t below(struct sim *sim, uint64_t bound)
{
    return rng_below(&sim->rng, bound);
}

static bool one_in(struct sim *sim, uint32_t n)
{
    return rng_chance(&sim->rng, 1, n);
}

/* ---- accounts ---- */

/* One weight each; wallets are most of them. */
static const enum ledger_account_kind kinds[] = {
    LEDGER_WALLET,   LEDGER_WALLET,     LEDGER_WALLET,      LEDGER_WALLET,
    LEDGER_MERCHANT, LEDGER_TRANSIT_IN, LEDGER_TRANSIT_OUT, LEDGER_FEE_INCOME,
    LEDGER_RESERVE,  LEDGER_SUSPENSE,   LEDGER_BANK,        LEDGER_PROVISIONAL_CREDIT,
};

static void spoil_account(struct sim *sim, struct ledger_account_spec *spec)
{
    switch (below(sim, 6)) {
    case 0:
        spec->id.v = 0;
        break;
    case 1:
        spec->kind = 999;
        break;
    case 2:
        spec->currency = 1;
        break;
    case 3:
        spec->flags = 1u << below(sim, 32);
        break;
    case 4:
        spec->overdraft_minor = -1;
        break;
    case 5:
        if (sim->model->account_count > 0) {
            spec->id = sim->model->accounts[below(sim, sim->model->account_count)].spec.id;
        }
        break;
    }
}

struct ledger_account_spec sim_make_account(struct sim *sim)
{
    size_t made = sim->model->account_count;
    /* The first of each currency is its bank, on which everybody meets. */
    bool bank = made < SIM_CURRENCIES;
    struct ledger_account_spec spec = {
        .id = {id_draw_one(&sim->ids)},
        .kind = bank ? LEDGER_BANK : kinds[below(sim, ARRAY_COUNT(kinds))],
        .currency = sim_currencies[bank ? made : below(sim, SIM_CURRENCIES)],
        .owner = (int64_t)below(sim, 50),
    };
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        spec.salt.bytes[i] = (uint8_t)rng_next(&sim->rng);
    }
    if (spec.kind == LEDGER_WALLET || spec.kind == LEDGER_MERCHANT) {
        spec.flags = LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS;
        spec.overdraft_minor = one_in(sim, 8) ? (int64_t)below(sim, 20000) : 0;
        spec.balance_max_minor = one_in(sim, 6) ? 1 + (int64_t)below(sim, 200000) : 0;
    } else if (!bank && one_in(sim, 3)) {
        spec.flags = LEDGER_CREDITS_MUST_NOT_EXCEED_DEBITS;
        spec.overdraft_minor = (int64_t)below(sim, 50000);
    }
    if (!bank && one_in(sim, 20)) {
        spoil_account(sim, &spec);
    }
    return spec;
}

/* ---- parts of a transfer ---- */

static const struct sim_account *random_account(struct sim *sim)
{
    size_t count = sim->model->account_count;
    /* A fifth of all sides fall on the hot account. */
    return &sim->model->accounts[one_in(sim, 5) ? 0 : below(sim, count)];
}

static int64_t random_amount(struct sim *sim)
{
    switch (below(sim, 40)) {
    case 0:
        return 0;
    case 1:
        return -(int64_t)below(sim, 1000);
    case 2:
        return MONEY_MINOR_MAX - (int64_t)below(sim, 2);
    case 3:
        return MONEY_MINOR_MAX + 1;
    case 4:
        return INT64_MAX;
    case 5:
    case 6:
        return 1;
    default:
        return 1 + (int64_t)below(sim, 20000);
    }
}

static bool is_hold(const struct sim_transfer *t)
{
    return (t->t.flags & LEDGER_PENDING) != 0;
}

/* Looks back from a random place for a hold, rather an open one; NULL if none is near. */
static const struct sim_transfer *random_hold(struct sim *sim)
{
    size_t count = sim->model->transfer_count;
    bool any_state = one_in(sim, 8);
    for (size_t tries = 0; count > 0 && tries < 60; tries++) {
        size_t back = below(sim, count < 300 ? count : 300);
        const struct sim_transfer *t = &sim->model->transfers[count - 1 - back];
        if (is_hold(t) && (any_state || t->state == LEDGER_HOLD_OPEN)) {
            return t;
        }
    }
    return NULL;
}

static void choose_sides(struct sim *sim, struct ledger_transfer *t)
{
    const struct sim_account *debit = random_account(sim), *credit = random_account(sim);
    /* Rather two of one currency: look a few times. */
    for (size_t tries = 0; tries < 10 && (debit->spec.currency != credit->spec.currency ||
                                          debit->spec.id.v == credit->spec.id.v);
         tries++) {
        credit = random_account(sim);
    }
    t->debit_account = debit->spec.id;
    t->credit_account = credit->spec.id;
    t->currency = debit->spec.currency;
    t->amount_minor = random_amount(sim);
    if (t->amount_minor > 20000 && t->amount_minor <= MONEY_MINOR_MAX && !one_in(sim, 4)) {
        t->amount_minor = 20000;
    }
}

/* ---- kinds of transfers ---- */

static void make_hold(struct sim *sim, struct ledger_transfer *t)
{
    static const int64_t timeouts_s[] = {0, 1, 2, 30, 3600, 86400, 172800};
    choose_sides(sim, t);
    t->flags = LEDGER_PENDING;
    t->timeout_s = timeouts_s[below(sim, ARRAY_COUNT(timeouts_s))];
    if (one_in(sim, 12)) {
        t->flags |= one_in(sim, 2) ? LEDGER_CLOSE_DEBIT : LEDGER_CLOSE_CREDIT;
        t->amount_minor = one_in(sim, 2) ? 0 : t->amount_minor;
        t->timeout_s = one_in(sim, 2) ? 30 : 3600; /* closed accounts come back, mostly */
    }
}

static void make_resolution(struct sim *sim, struct ledger_transfer *t)
{
    const struct sim_transfer *hold = random_hold(sim);
    bool capture = !one_in(sim, 3);
    t->flags = capture ? LEDGER_POST_PENDING : LEDGER_VOID_PENDING;
    if (hold == NULL || one_in(sim, 40)) {
        t->pending_id.v = id_draw_one(&sim->ids);
        return;
    }
    t->pending_id = hold->t.id;
    t->code = hold->t.code;
    if (capture && hold->t.amount_minor > 0 && one_in(sim, 2)) {
        t->amount_minor = 1 + (int64_t)below(sim, (uint64_t)hold->t.amount_minor + 1);
    }
    if (one_in(sim, 3)) {
        t->debit_account = hold->t.debit_account;
        t->credit_account = hold->t.credit_account;
        t->currency = hold->t.currency;
    }
    if (one_in(sim, 30) && sim->model->transfer_count > 0) {
        /* Something that may be no hold at all. */
        t->pending_id = sim->model->transfers[below(sim, sim->model->transfer_count)].t.id;
    }
}

/* One field becomes something else, allowed or not. */
static void change_field(struct sim *sim, struct ledger_transfer *t)
{
    switch (below(sim, 13)) {
    case 0:
        t->debit_account = random_account(sim)->spec.id;
        break;
    case 1:
        t->credit_account = random_account(sim)->spec.id;
        break;
    case 2:
        t->amount_minor = random_amount(sim);
        break;
    case 3:
        t->currency = one_in(sim, 4) ? CURRENCY_NONE : sim_currencies[below(sim, SIM_CURRENCIES)];
        break;
    case 4:
        t->code = (uint16_t)below(sim, 4);
        break;
    case 5:
        t->flags ^= 1u << below(sim, 9);
        break;
    case 6:
        t->pending_id.v = one_in(sim, 3) ? t->id.v : id_draw_one(&sim->ids);
        break;
    case 7:
        t->timeout_s = one_in(sim, 2) ? 60 : TEN_YEARS_S + 1;
        break;
    case 8:
        t->reference = one_in(sim, 2) ? -1 : 7;
        break;
    case 9:
        t->has_commitment = !t->has_commitment;
        break;
    case 10:
        t->id.v = one_in(sim, 2) ? 0 : -5;
        break;
    case 11:
        t->debit_account.v = one_in(sim, 2) ? 0 : id_draw_one(&sim->ids);
        break;
    case 12:
        t->credit_account.v = one_in(sim, 2) ? 0 : id_draw_one(&sim->ids);
        break;
    }
}

static void make_transfer(struct sim *sim, struct ledger_transfer *t)
{
    uint64_t dice = below(sim, 100);
    *t = (struct ledger_transfer){
        .id = {id_draw_one(&sim->ids)},
        .code = (uint16_t)(1 + below(sim, 9)),
        .reference = one_in(sim, 2) ? (int64_t)below(sim, 100000) : 0,
    };
    if (one_in(sim, 10)) {
        t->has_commitment = true;
        memset(t->commitment.bytes, (int)below(sim, 256), SHA256_BYTES);
    }
    if (dice < 60) {
        choose_sides(sim, t);
    } else if (dice < 80) {
        make_hold(sim, t);
    } else {
        make_resolution(sim, t);
    }
    if (one_in(sim, 25)) {
        change_field(sim, t);
    }
}

/* A transfer seen before: as it was, or with one field changed. */
static void make_repeat(struct sim *sim, struct ledger_transfer *t)
{
    const struct sim_batch *batch = sim->memory[below(sim, sim->memory_count)];
    *t = batch->transfers[below(sim, batch->count)];
    t->flags &= ~(uint32_t)LEDGER_LINKED;
    if (one_in(sim, 2)) {
        change_field(sim, t);
    }
}

static size_t random_batch_size(struct sim *sim)
{
    switch (below(sim, 10)) {
    case 0:
        return 1 + below(sim, SIM_BATCH_MAX);
    case 1:
    case 2:
    case 3:
        return 1 + below(sim, 8);
    default:
        return 1;
    }
}

void sim_make_batch(struct sim *sim, struct sim_batch *batch)
{
    size_t linked_left = 0;
    memset(batch, 0, sizeof(*batch));
    batch->count = random_batch_size(sim);
    for (size_t i = 0; i < batch->count; i++) {
        struct ledger_transfer *t = &batch->transfers[i];
        if (sim->memory_count > 0 && one_in(sim, 25)) {
            make_repeat(sim, t);
        } else {
            make_transfer(sim, t);
        }
        if (linked_left == 0 && batch->count > 1 && one_in(sim, 6)) {
            linked_left = 1 + below(sim, 4);
        }
        /* The last of a batch keeps the flag now and then: a chain left open. */
        bool last = i + 1 == batch->count;
        if (linked_left > 0 && (!last || one_in(sim, 10))) {
            t->flags |= LEDGER_LINKED;
            linked_left--;
        }
    }
}

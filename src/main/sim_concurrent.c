/* sim_concurrent.c — many callers at once, where the order is not predicted: what must hold in
 * every order is checked afterwards, from what each caller was told and from what is stored.
 *
 *   - what a caller was told is stored, in these words; what it was refused is not; the same
 * request again gets the same answer, also while others go on;
 *   - each account's entries are numbered without a gap, in the order of time, and its balances are
 *     the replay of their amounts;
 *   - no entry ever broke its account's limit; a hold was resolved once;
 *   - nothing is stored that nobody asked for, and debits equal credits.
 *
 * A seed gives the callers' choices; the interleaving is the machine's. Locks: pool->lock guards
 * the holds that callers share. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "main/sim_int.h"

#define ACCOUNTS     16
#define BATCH_MAX    8
#define POOL_MAX     512
#define PAGE         64
#define CLOCK_STEP   INT64_C(50000)
#define HOLD_SECONDS 2
#define CODE         5

struct pool {
    pthread_mutex_t lock;
    struct transfer_id holds[POOL_MAX];
    size_t count;
};

/* What a caller asked and was told. */
struct told {
    struct ledger_transfer request;
    struct ledger_result answer;
};

struct caller {
    struct sim *sim;
    struct pool *pool;
    const struct account_id *accounts;
    struct rng rng;
    struct id_source ids;
    struct told *told;
    size_t told_count, told_capacity;
    uint32_t steps;
    uint64_t expired;
    uint64_t replayed;
    const char *problem; /* static; NULL: none */
    enum err err;
};

/* ---- callers ---- */

static struct transfer_id take_hold(struct caller *caller)
{
    struct transfer_id hold = {0};
    struct pool *pool = caller->pool;
    pthread_mutex_lock(&pool->lock);
    if (pool->count > 0) {
        /* Not taken away: several callers resolve the same one. */
        hold = pool->holds[rng_below(&caller->rng, pool->count)];
    }
    pthread_mutex_unlock(&pool->lock);
    return hold;
}

static void share_hold(struct caller *caller, struct transfer_id hold)
{
    struct pool *pool = caller->pool;
    pthread_mutex_lock(&pool->lock);
    size_t place = pool->count < POOL_MAX ? pool->count++ : rng_below(&caller->rng, POOL_MAX);
    pool->holds[place] = hold;
    pthread_mutex_unlock(&pool->lock);
}

static struct ledger_transfer make_request(struct caller *caller)
{
    struct ledger_transfer t = {.id = {id_draw_one(&caller->ids)}, .code = CODE};
    uint64_t dice = rng_below(&caller->rng, 10);
    struct transfer_id hold = dice < 3 ? take_hold(caller) : (struct transfer_id){0};
    if (hold.v != 0) {
        bool capture = rng_chance(&caller->rng, 1, 2);
        t.flags = capture ? LEDGER_POST_PENDING : LEDGER_VOID_PENDING;
        t.pending_id = hold;
        return t;
    }
    size_t from = rng_below(&caller->rng, ACCOUNTS);
    t.debit_account = caller->accounts[from];
    t.credit_account =
        caller->accounts[(from + 1 + rng_below(&caller->rng, ACCOUNTS - 1)) % ACCOUNTS];
    t.amount_minor = 1 + (int64_t)rng_below(&caller->rng, 300);
    t.currency = CURRENCY_CNY;
    if (dice < 6) {
        t.flags = LEDGER_PENDING;
        t.timeout_s = rng_chance(&caller->rng, 1, 3) ? HOLD_SECONDS : 0;
    }
    return t;
}

static void note(struct caller *caller, const struct ledger_transfer *request,
                 const struct ledger_result *answer)
{
    if (caller->told_count == caller->told_capacity) {
        caller->told_capacity = caller->told_capacity == 0 ? 256 : 2 * caller->told_capacity;
        caller->told = realloc(caller->told, caller->told_capacity * sizeof(*caller->told));
        BUG_IF(caller->told == NULL);
    }
    caller->told[caller->told_count++] = (struct told){.request = *request, .answer = *answer};
    if (answer->code == ERR_OK && (request->flags & LEDGER_PENDING) != 0) {
        share_hold(caller, request->id);
    }
}

static bool same_answer(const struct ledger_result *a, const struct ledger_result *b)
{
    return a->code == b->code && a->created_at_us == b->created_at_us &&
           a->debit_seq == b->debit_seq && a->credit_seq == b->credit_seq &&
           a->debit_posted_minor == b->debit_posted_minor &&
           a->credit_posted_minor == b->credit_posted_minor;
}

static void post_new(struct caller *caller, struct sim_batch *batch)
{
    batch->count = 1 + rng_below(&caller->rng, BATCH_MAX);
    for (size_t i = 0; i < batch->count; i++) {
        batch->transfers[i] = make_request(caller);
    }
    sim_engine_post(&caller->sim->engine, &batch, 1);
    for (size_t i = 0; i < batch->count && batch->outcome == ERR_OK; i++) {
        note(caller, &batch->transfers[i], &batch->results[i]);
    }
}

/* One that burns nothing may well go through the second time. */
static void post_again(struct caller *caller, struct sim_batch *batch)
{
    const struct told *told = &caller->told[rng_below(&caller->rng, caller->told_count)];
    if (told->answer.code != ERR_OK && !err_info(told->answer.code)->burns_key) {
        return;
    }
    batch->count = 1;
    batch->transfers[0] = told->request;
    sim_engine_post(&caller->sim->engine, &batch, 1);
    if (batch->outcome == ERR_OK &&
        (!batch->results[0].replayed || !same_answer(&batch->results[0], &told->answer))) {
        caller->problem = "the same request got another answer";
    }
    caller->replayed++;
}

static void *run_caller(void *arg)
{
    struct caller *caller = arg;
    struct sim_batch *batch = calloc(1, sizeof(*batch));
    BUG_IF(batch == NULL);
    while (caller->steps-- > 0 && caller->err == ERR_OK && caller->problem == NULL) {
        uint32_t expired = 0;
        batch->outcome = ERR_OK;
        if (rng_chance(&caller->rng, 1, 12)) {
            clock_advance(&caller->sim->clock, CLOCK_STEP * 10);
            caller->err = sim_engine_expire(&caller->sim->engine, 50, &expired);
            caller->expired += expired;
            continue;
        }
        clock_advance(&caller->sim->clock, CLOCK_STEP);
        if (caller->told_count > 0 && rng_chance(&caller->rng, 1, 6)) {
            post_again(caller, batch);
        } else {
            post_new(caller, batch);
        }
        caller->err = batch->outcome;
    }
    free(batch);
    return NULL;
}

/* ---- what must hold in every order ---- */

static bool check_told(struct sim *sim, const struct told *told)
{
    const struct ledger_result *answer = &told->answer;
    long long id = (long long)told->request.id.v;
    struct ledger_posted got;
    enum err err = sim_engine_get_transfer(&sim->engine, told->request.id.v, &got);
    if (answer->code != ERR_OK) {
        return err == ERR_TRANSFER_NOT_FOUND ||
               sim_differs(sim, "transfer %lld was refused with %s and is there (%s)", id,
                           err_code(answer->code), err_code(err));
    }
    if (err != ERR_OK || got.debit.seq != answer->debit_seq ||
        got.credit.seq != answer->credit_seq || got.created_at_us != answer->created_at_us ||
        got.debit.posted_minor != answer->debit_posted_minor ||
        got.credit.posted_minor != answer->credit_posted_minor) {
        return sim_differs(sim, "transfer %lld was acknowledged and is not as it was told (%s)", id,
                           err_code(err));
    }
    return true;
}

/* Adds the transfer to the account's running sums, by its amount alone. */
static bool replay(struct sim *sim, const struct ledger_posted *posted, bool debit,
                   struct sim_side *side)
{
    const struct ledger_transfer *t = &posted->transfer;
    int64_t *held = debit ? &side->held_debits_minor : &side->held_credits_minor;
    struct ledger_posted hold;
    struct ledger_hold state;
    if ((t->flags & LEDGER_PENDING) != 0) {
        *held += t->amount_minor;
        return true;
    }
    if (t->pending_id.v != 0) {
        if (sim_engine_get_transfer(&sim->engine, t->pending_id.v, &hold) != ERR_OK ||
            sim_engine_get_hold(&sim->engine, t->pending_id.v, &state) != ERR_OK ||
            state.resolved_by.v != t->id.v) {
            return sim_differs(sim, "hold %lld was resolved twice, or by nobody",
                               (long long)t->pending_id.v);
        }
        *held -= hold.transfer.amount_minor;
    }
    if ((t->flags & (LEDGER_VOID_PENDING | LEDGER_EXPIRE_PENDING)) == 0) {
        side->posted_minor += debit ? -t->amount_minor : t->amount_minor;
    }
    return true;
}

static bool check_entry(struct sim *sim, const struct ledger_account *account,
                        const struct ledger_posted *posted, struct sim_side *side)
{
    bool debit = posted->transfer.debit_account.v == account->id.v;
    const struct ledger_entry *entry = debit ? &posted->debit : &posted->credit;
    if (!replay(sim, posted, debit, side)) {
        return false;
    }
    side->seq++;
    if (entry->seq != side->seq || entry->prev_transfer.v != side->prev_transfer ||
        entry->posted_minor != side->posted_minor ||
        entry->held_debits_minor != side->held_debits_minor ||
        entry->held_credits_minor != side->held_credits_minor) {
        return sim_differs(sim, "account %lld: entry %lld is not the replay of what was before",
                           (long long)account->id.v, (long long)entry->seq);
    }
    if ((account->flags & LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS) != 0 &&
        side->posted_minor - side->held_debits_minor + account->overdraft_minor < 0) {
        return sim_differs(sim, "account %lld: entry %lld breaks its limit",
                           (long long)account->id.v, (long long)entry->seq);
    }
    side->prev_transfer = posted->transfer.id.v;
    return true;
}

static bool check_account(struct sim *sim, struct account_id id, uint64_t *entries)
{
    struct ledger_entry_filter filter = {.account = id, .ascending = true};
    struct ledger_posted page[PAGE];
    struct ledger_account account;
    struct sim_side side = {0};
    int64_t last_us = 0;
    size_t count;
    enum err err = ledger_get_account(sim->engine.ledger, id, &account);
    do {
        int64_t next = 0;
        if (err == ERR_OK) {
            err = sim_engine_entries(&sim->engine, &filter, PAGE, page, &count, &next);
        }
        if (err != ERR_OK) {
            return sim_differs(sim, "account %lld: %s", (long long)id.v, err_code(err));
        }
        for (size_t i = 0; i < count; i++) {
            if (page[i].created_at_us < last_us) {
                return sim_differs(sim, "account %lld: time goes back", (long long)id.v);
            }
            last_us = page[i].created_at_us;
            if (!check_entry(sim, &account, &page[i], &side)) {
                return false;
            }
        }
        filter.after_seq = next;
    } while (filter.after_seq != 0);
    *entries += (uint64_t)side.seq;
    if (account.seq != side.seq || account.last_transfer.v != side.prev_transfer ||
        account.credits_posted - account.debits_posted != side.posted_minor ||
        account.debits_pending != side.held_debits_minor ||
        account.credits_pending != side.held_credits_minor) {
        return sim_differs(sim, "account %lld is not what its last entry says", (long long)id.v);
    }
    return true;
}

static bool check_sums(struct sim *sim)
{
    struct ledger_totals totals[16];
    size_t count;
    enum err err = ledger_totals(sim->engine.ledger, totals, ARRAY_COUNT(totals), &count);
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        if (totals[i].debits_posted != totals[i].credits_posted ||
            totals[i].debits_pending != totals[i].credits_pending) {
            return sim_differs(sim, "%s: debits do not equal credits",
                               currency_code(totals[i].currency));
        }
    }
    return err == ERR_OK || sim_differs(sim, "totals: %s", err_code(err));
}

static bool check_all(struct sim *sim, const struct caller *callers, size_t count)
{
    uint64_t entries = 0;
    bool held = check_sums(sim);
    for (size_t i = 0; i < count && held; i++) {
        const struct caller *caller = &callers[i];
        if (caller->err != ERR_OK || caller->problem != NULL) {
            return sim_differs(sim, "caller %zu: %s", i,
                               caller->problem != NULL ? caller->problem : err_code(caller->err));
        }
        for (size_t k = 0; k < caller->told_count && held; k++) {
            held = check_told(sim, &caller->told[k]);
            sim->report.transfers += caller->told[k].answer.code == ERR_OK;
            sim->report.rejected += caller->told[k].answer.code != ERR_OK;
        }
        sim->report.expired += caller->expired;
        sim->report.replayed += caller->replayed;
    }
    for (size_t i = 0; i < ACCOUNTS && held; i++) {
        held = check_account(sim, callers[0].accounts[i], &entries);
    }
    uint64_t expected = 2 * (sim->report.transfers + sim->report.expired);
    if (held && entries != expected) {
        return sim_differs(sim, "%llu entries are stored where callers and expiry made %llu",
                           (unsigned long long)entries, (unsigned long long)expected);
    }
    return held;
}

/* ---- the run ---- */

static bool open_accounts(struct sim *sim, struct account_id *ret)
{
    struct ledger_account_spec specs[ACCOUNTS];
    enum err results[ACCOUNTS];
    for (size_t i = 0; i < ACCOUNTS; i++) {
        ret[i].v = id_draw_one(&sim->ids);
        specs[i] = (struct ledger_account_spec){
            .id = ret[i],
            .kind = LEDGER_WALLET,
            .currency = CURRENCY_CNY,
            /* Half of them may not overdraw, the first is everybody's source. */
            .flags = i % 2 == 1 ? LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS : 0,
            .overdraft_minor = i % 4 == 1 ? 500 : 0,
        };
    }
    enum err err = sim_engine_open_accounts(&sim->engine, specs, ACCOUNTS, results);
    for (size_t i = 0; i < ACCOUNTS && err == ERR_OK; i++) {
        err = results[i];
    }
    return err == ERR_OK || sim_differs(sim, "opening accounts: %s", err_code(err));
}

/* Whatever can expire does, so that nothing of this run acts in a later one. */
static bool expire_rest(struct sim *sim)
{
    uint32_t expired = 0;
    enum err err = ERR_OK;
    clock_advance(&sim->clock, (HOLD_SECONDS + 1) * INT64_C(1000000));
    do {
        err = sim_engine_expire(&sim->engine, 100, &expired);
        sim->report.expired += err == ERR_OK ? expired : 0;
    } while (err == ERR_OK && expired > 0);
    return err == ERR_OK || sim_differs(sim, "expiring: %s", err_code(err));
}

bool sim_run_callers(struct sim *sim)
{
    struct account_id accounts[ACCOUNTS];
    struct pool pool = {.count = 0};
    uint32_t count = sim->config->callers;
    struct caller *callers = calloc(count, sizeof(*callers));
    pthread_t *threads = calloc(count, sizeof(*threads));
    BUG_IF(callers == NULL || threads == NULL);
    bool held = open_accounts(sim, accounts);
    pthread_mutex_init(&pool.lock, NULL);
    for (uint32_t i = 0; i < count; i++) {
        callers[i] = (struct caller){.sim = sim,
                                     .pool = &pool,
                                     .accounts = accounts,
                                     .steps = held ? sim->config->steps / count + 1 : 0};
        rng_init(&callers[i].rng, sim->config->seed * SIM_CALLERS_MAX + i);
        id_source_init(&callers[i].ids, &sim->clock, (uint8_t)(SIM_CALLER_NODE + i), 0);
        int failed = pthread_create(&threads[i], NULL, run_caller, &callers[i]);
        BUG_IF(failed != 0);
    }
    for (uint32_t i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    held = held && expire_rest(sim) && check_all(sim, callers, count);
    sim->report.accounts = ACCOUNTS;
    sim->report.step = sim->config->steps;
    for (uint32_t i = 0; i < count; i++) {
        free(callers[i].told);
    }
    pthread_mutex_destroy(&pool.lock);
    free(callers);
    free(threads);
    return held;
}

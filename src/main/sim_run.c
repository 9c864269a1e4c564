/* sim_run.c — one run of one seed: choose a step, do it to the ledger and to the model, compare. */
#include "main/sim_int.h"

#include <stdlib.h>
#include <string.h>

#define START_US     INT64_C(1767225600000000) /* 2026-01-01T00:00:00Z, unless the books are ahead */
#define MINUTE_US    INT64_C(60000000)
#define HOUR_US      (60 * MINUTE_US)
#define DAY_US       (24 * HOUR_US)
#define LANES        2 /* for callers at once, on PostgreSQL */
#define VERDICTS_MAX (256u << 20)

static uint64_t below(struct sim *sim, uint64_t bound)
{
    return rng_below(&sim->rng, bound);
}

/* ---- time ---- */

static void move_clock(struct sim *sim)
{
    uint64_t dice = below(sim, 100);
    int64_t most_us = dice < 40 ? 2000 : dice < 80 ? 10 * MINUTE_US : dice < 97 ? HOUR_US : DAY_US;
    clock_advance(&sim->clock, (int64_t)below(sim, (uint64_t)most_us));
}

/* ---- steps: each returns false when the ledger and the model disagree ---- */

static bool step_open(struct sim *sim)
{
    struct ledger_account_spec specs[8];
    enum err got[8];
    size_t count = 1 + below(sim, ARRAY_COUNT(specs));
    for (size_t i = 0; i < count; i++) {
        specs[i] = sim_make_account(sim);
    }
    int64_t now_us = clock_now_us(&sim->clock);
    enum err err = sim_engine_open_accounts(&sim->engine, specs, count, got);
    if (err != ERR_OK && sim_crash_happened(sim)) {
        /* Opening is idempotent: whether it happened or not, asking again gives the same answers.
         */
        if (!sim_crash_recover(sim)) {
            return false;
        }
        err = sim_engine_open_accounts(&sim->engine, specs, count, got);
    }
    if (err != ERR_OK) {
        return sim_differs(sim, "opening accounts: %s", err_code(err));
    }
    for (size_t i = 0; i < count; i++) {
        enum err want = sim_model_open(sim->model, &specs[i], now_us);
        if (got[i] != want) {
            return sim_differs(sim, "opening account %lld: ledger says %s, model says %s",
                               (long long)specs[i].id.v, err_code(got[i]), err_code(want));
        }
    }
    return true;
}

static void remember(struct sim *sim, const struct sim_batch *batch)
{
    size_t place = sim->memory_count;
    if (place < SIM_MEMORY_MAX) {
        sim->memory[place] = malloc(sizeof(*batch));
        BUG_IF(sim->memory[place] == NULL);
        sim->memory_count++;
    } else {
        place = below(sim, SIM_MEMORY_MAX);
    }
    *sim->memory[place] = *batch;
}

bool sim_settle_batch(struct sim *sim, const struct sim_batch *batch)
{
    enum err codes[SIM_BATCH_MAX];
    bool replayed[SIM_BATCH_MAX];
    if (batch->outcome != ERR_OK) {
        return sim_differs(sim, "a batch of %zu: %s", batch->count, err_code(batch->outcome));
    }
    sim_model_post(sim->model, batch->transfers, batch->count, clock_now_us(&sim->clock), codes,
                   replayed);
    for (size_t i = 0; i < batch->count; i++) {
        buf_add_u16be(&sim->verdicts, (uint16_t)codes[i]);
        sim->report.replayed += replayed[i];
        sim->report.rejected += codes[i] != ERR_OK;
    }
    return sim_check_batch(sim, batch, codes, replayed);
}

static bool post_batches(struct sim *sim, struct sim_batch **batches, size_t count)
{
    bool held = true;
    sim_engine_post(&sim->engine, batches, count);
    for (size_t i = 0; i < count && held; i++) {
        held = batches[i]->outcome != ERR_OK && sim_crash_happened(sim)
                   ? sim_crash_settle_batch(sim, batches[i])
                   : sim_settle_batch(sim, batches[i]);
    }
    return held;
}

static bool step_restart(struct sim *sim);

static bool step_post(struct sim *sim)
{
    struct sim_batch *batches[SIM_GROUP_MAX];
    size_t count = rng_chance(&sim->rng, 1, 4) ? 1 + below(sim, SIM_GROUP_MAX) : 1;
    if (sim->crash_planned) {
        count = 1; /* with several it would depend on timing which of them the crash hits */
    }
    struct sim_batch *storage = calloc(count, sizeof(*storage));
    BUG_IF(storage == NULL);
    for (size_t i = 0; i < count; i++) {
        batches[i] = &storage[i];
        sim_make_batch(sim, batches[i]);
    }
    bool held = post_batches(sim, batches, count);
    if (held && rng_chance(&sim->rng, 1, 12)) {
        /* The reply was lost: the client asks again, perhaps after a restart. */
        sim->report.lost_replies++;
        if (rng_chance(&sim->rng, 1, 4)) {
            held = step_restart(sim);
        }
        move_clock(sim);
        held = held && post_batches(sim, &batches[below(sim, count)], 1);
    }
    for (size_t i = 0; i < count && held; i++) {
        remember(sim, batches[i]);
    }
    free(storage);
    return held;
}

static bool step_repeat(struct sim *sim)
{
    if (sim->memory_count == 0) {
        return true;
    }
    struct sim_batch *batch = sim->memory[below(sim, sim->memory_count)];
    memset(batch->results, 0, sizeof(batch->results));
    return post_batches(sim, &batch, 1);
}

static bool expire_some(struct sim *sim, uint32_t max)
{
    int64_t now_us = clock_now_us(&sim->clock);
    uint32_t got, want = 0;
    enum err err = sim_engine_expire(&sim->engine, max, &got);
    if (err != ERR_OK && sim_crash_happened(sim)) {
        return sim_crash_settle_expiry(sim, max, err);
    }
    if (err != ERR_OK) {
        return sim_differs(sim, "expiring: %s", err_code(err));
    }
    for (; want < max; want++) {
        const struct sim_transfer *due = sim_model_next_due(sim->model, now_us);
        struct ledger_hold hold;
        if (due == NULL) {
            break;
        }
        int64_t id = due->t.id.v;
        err = sim_engine_get_hold(&sim->engine, id, &hold);
        if (err != ERR_OK || hold.state != LEDGER_HOLD_EXPIRED) {
            return sim_differs(sim, "hold %lld is due and did not expire (%s)", (long long)id,
                               err_code(err));
        }
        sim_model_expire(sim->model, id, hold.resolved_by.v, now_us);
        sim->report.expired++;
    }
    if (got != want) {
        return sim_differs(sim, "%u holds expired, the model says %u", got, want);
    }
    return true;
}

static bool step_expire(struct sim *sim)
{
    return expire_some(sim, 1 + (uint32_t)below(sim, 20));
}

bool sim_check_everything(struct sim *sim)
{
    return sim_check_accounts(sim) && sim_check_totals(sim) && sim_check_questions(sim, 4);
}

static bool step_restart(struct sim *sim)
{
    sim_engine_stop(&sim->engine);
    enum err err = sim_crash_happened(sim) ? ERR_STORE_UNAVAILABLE : sim_engine_start(&sim->engine);
    sim->report.restarts++;
    if (err != ERR_OK && sim_crash_happened(sim)) {
        return sim_crash_recover(sim); /* the power failed while it stopped or started */
    }
    if (err != ERR_OK) {
        return sim_differs(sim, "starting again: %s", err_code(err));
    }
    return sim_check_everything(sim);
}

static bool step_crash(struct sim *sim)
{
    sim->crash_planned = sim_crash_plan(sim);
    return true;
}

static bool step_ask(struct sim *sim)
{
    return sim_check_totals(sim) && sim_check_questions(sim, 2);
}

/* ---- the run ---- */

static const struct {
    uint32_t weight;
    bool (*run)(struct sim *sim);
} steps[] = {
    {800, step_post}, {50, step_repeat},  {60, step_expire}, {50, step_ask},
    {25, step_open},  {15, step_restart}, {20, step_crash},
};

static bool take_step(struct sim *sim)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
        sum += steps[i].weight;
    }
    uint32_t dice = (uint32_t)below(sim, sum);
    for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
        if (dice < steps[i].weight) {
            return steps[i].run(sim);
        }
        dice -= steps[i].weight;
    }
    BUG_IF(true);
}

static enum err note_baseline(struct sim *sim)
{
    struct ledger_totals totals[16];
    struct ledger_log_head head;
    uint32_t leaves;
    size_t count;
    enum err err = ledger_totals(sim->engine.ledger, totals, ARRAY_COUNT(totals), &count);
    if (err != ERR_OK) {
        return err;
    }
    for (size_t i = 0; i < SIM_CURRENCIES; i++) {
        sim->baseline[i].currency = sim_currencies[i];
        for (size_t k = 0; k < count; k++) {
            if (totals[k].currency == sim_currencies[i]) {
                sim->baseline[i] = totals[k];
            }
        }
    }
    err = ledger_seal_pending(sim->engine.ledger, &leaves);
    if (err == ERR_OK) {
        err = ledger_log_head(sim->engine.ledger, &head);
    }
    if (err == ERR_OK) {
        sim->log_from = head.size;
    }
    return err;
}

/* Opens the engine with the clock beyond everything that is in the database. */
static enum err set_up(struct sim *sim)
{
    int64_t last_id;
    clock_init_virtual(&sim->clock, START_US);
    sim->engine = (struct sim_engine){.url = sim->config->url,
                                      .clock = &sim->clock,
                                      .lane_count = sim->config->callers > 0 ? LANES : 1};
    if (sim->config->callers == 0) {
        sim_crash_init(sim);
    }
    enum err err = sim_engine_start(&sim->engine);
    if (err != ERR_OK) {
        return err;
    }
    err = ledger_last_id(sim->engine.store, &last_id);
    if (err != ERR_OK) {
        return err;
    }
    int64_t ahead_us = (id_time_ms(last_id) + 1000) * 1000 - START_US;
    if (ahead_us > 0) {
        clock_advance(&sim->clock, ahead_us);
    }
    id_source_init(&sim->ids, &sim->clock, 1, last_id);
    return note_baseline(sim);
}

static bool run_steps(struct sim *sim)
{
    bool held = true;
    while (sim->model->account_count < SIM_CURRENCIES + 10 && held) {
        held = step_open(sim);
    }
    while (held && sim->report.step < sim->config->steps) {
        sim->report.step++;
        move_clock(sim);
        held = take_step(sim);
        if (held && sim_crash_happened(sim)) {
            held = sim_crash_recover(sim); /* at a moment when nothing was asked */
        }
        if (held && sim->config->progress != NULL) {
            sim->config->progress(sim->config->progress_arg, sim->report.step);
        }
    }
    sim_crash_cancel(sim);
    /* Whatever can expire does, so that nothing of this run acts in a later one. */
    clock_advance(&sim->clock, 3 * DAY_US);
    while (held && sim_model_next_due(sim->model, clock_now_us(&sim->clock)) != NULL) {
        held = expire_some(sim, 100);
    }
    sim->report.accounts = sim->model->account_count;
    sim->report.transfers = sim->model->transfer_count;
    return held && sim_check_everything(sim) && sim_check_log(sim);
}

enum err sim_run(const struct sim_config *config, struct sim_report *ret)
{
    struct sim *sim = calloc(1, sizeof(*sim));
    BUG_IF(sim == NULL);
    sim->config = config;
    sim->problem = sim->report.problem;
    sim->model = sim_model_create();
    rng_init(&sim->rng, config->seed);
    buf_init(&sim->verdicts, VERDICTS_MAX);
    enum err err = set_up(sim);
    if (err == ERR_OK) {
        sim->report.held = config->callers > 0 ? sim_run_callers(sim) : run_steps(sim);
        sim_state_hash(sim, &sim->report.state);
        *ret = sim->report;
    }
    sim_engine_stop(&sim->engine);
    sim_crash_done(sim);
    for (size_t i = 0; i < sim->memory_count; i++) {
        free(sim->memory[i]);
    }
    buf_done(&sim->verdicts);
    sim_model_free(sim->model);
    free(sim);
    return err;
}

/* sim_crash.c — power failures: what was acknowledged must be there afterwards, what was refused
 * must not, and what is unknown is settled by asking again with the same ids (docs/outcomes.md). */
#include "main/sim_int.h"

#include <string.h>

#include "core/str.h"

#define OPERATIONS_MAX 120

/* ---- the disk of SQLite ---- */

static void disk_plan(void *state, uint64_t random)
{
    struct store_crash_plan plan = {.at_operation = 1 + random % OPERATIONS_MAX};
    random /= OPERATIONS_MAX;
    switch (random % 3) {
    case 0:
        plan.survives_256 = 0;
        break;
    case 1:
        plan.survives_256 = 256;
        break;
    case 2:
        plan.survives_256 = (uint32_t)(random / 3 % 257);
        break;
    }
    store_crash_arm(state, &plan);
}

static bool disk_has_failed(void *state)
{
    return store_crash_happened(state);
}

static void disk_restore(void *state)
{
    store_crash_disarm(state);
}

/* ---- the power, whoever's ---- */

void sim_crash_init(struct sim *sim)
{
    if (sim->config->power != NULL) {
        sim->power = *sim->config->power;
        sim->has_power = true;
    } else if (str_starts_with(sim->config->url, "sqlite:")) {
        sim->crash = store_crash_create(SIM_CRASH_VFS);
        sim->engine.vfs = SIM_CRASH_VFS;
        sim->power = (struct sim_power){.state = sim->crash,
                                        .plan = disk_plan,
                                        .has_failed = disk_has_failed,
                                        .restore = disk_restore};
        sim->has_power = true;
    }
}

void sim_crash_done(struct sim *sim)
{
    store_crash_free(TAKE_PTR(sim->crash));
}

bool sim_crash_plan(struct sim *sim)
{
    if (sim->has_power) {
        sim->power.plan(sim->power.state, rng_next(&sim->rng));
    }
    return sim->has_power;
}

bool sim_crash_happened(const struct sim *sim)
{
    return sim->has_power && sim->power.has_failed(sim->power.state);
}

void sim_crash_cancel(struct sim *sim)
{
    if (sim->has_power) {
        sim->power.restore(sim->power.state);
    }
    sim->crash_planned = false;
}

static bool start_again(struct sim *sim)
{
    sim_engine_stop(&sim->engine);
    sim_crash_cancel(sim);
    enum err err = sim_engine_start(&sim->engine);
    sim->report.crashes++;
    if (err != ERR_OK) {
        return sim_differs(sim, "starting again after a crash: %s", err_code(err));
    }
    return true;
}

bool sim_crash_recover(struct sim *sim)
{
    return start_again(sim) && sim_check_everything(sim);
}

/* Whether an id that the batch brought is stored. */
static bool batch_is_there(struct sim *sim, const struct sim_batch *batch, bool *ret_there)
{
    *ret_there = false;
    for (size_t i = 0; i < batch->count; i++) {
        struct ledger_posted got;
        int64_t id = batch->transfers[i].id.v;
        if (id <= 0 || sim_model_transfer(sim->model, id) != NULL) {
            continue;
        }
        enum err err = sim_engine_get_transfer(&sim->engine, id, &got);
        if (err != ERR_OK && err != ERR_TRANSFER_NOT_FOUND) {
            return sim_differs(sim, "transfer %lld after a crash: %s", (long long)id,
                               err_code(err));
        }
        *ret_there |= err == ERR_OK;
    }
    return true;
}

/* The client asks again. The first attempt may have burnt ids, which nobody can see: then the same
 * verdict comes back as a repetition, and either is right. */
static bool ask_again(struct sim *sim, struct sim_batch *batch)
{
    enum err codes[SIM_BATCH_MAX];
    bool replayed[SIM_BATCH_MAX];
    memset(batch->results, 0, sizeof(batch->results));
    sim_engine_post(&sim->engine, &batch, 1);
    if (batch->outcome != ERR_OK) {
        return sim_differs(sim, "asking again after a crash: %s", err_code(batch->outcome));
    }
    sim_model_post(sim->model, batch->transfers, batch->count, clock_now_us(&sim->clock), codes,
                   replayed);
    for (size_t i = 0; i < batch->count; i++) {
        if (codes[i] != ERR_OK) {
            replayed[i] = batch->results[i].replayed;
        }
    }
    return sim_check_batch(sim, batch, codes, replayed);
}

bool sim_crash_settle_batch(struct sim *sim, struct sim_batch *batch)
{
    enum err outcome = batch->outcome;
    bool there, replayed[SIM_BATCH_MAX];
    enum err codes[SIM_BATCH_MAX];
    if (!start_again(sim) || !batch_is_there(sim, batch, &there)) {
        return false;
    }
    if (there && outcome != ERR_OUTCOME_UNKNOWN) {
        return sim_differs(sim, "a batch was answered %s and is there after the crash",
                           err_code(outcome));
    }
    if (there) {
        sim_model_post(sim->model, batch->transfers, batch->count, clock_now_us(&sim->clock), codes,
                       replayed);
        if (!sim_check_everything(sim)) {
            return false;
        }
    }
    return ask_again(sim, batch) && sim_check_everything(sim);
}

bool sim_crash_settle_expiry(struct sim *sim, uint32_t max, enum err outcome)
{
    int64_t now_us = clock_now_us(&sim->clock);
    const struct sim_transfer *due;
    if (!start_again(sim)) {
        return false;
    }
    for (uint32_t i = 0; i < max && (due = sim_model_next_due(sim->model, now_us)) != NULL; i++) {
        struct ledger_hold hold;
        int64_t id = due->t.id.v;
        enum err err = sim_engine_get_hold(&sim->engine, id, &hold);
        if (err != ERR_OK) {
            return sim_differs(sim, "hold %lld after a crash: %s", (long long)id, err_code(err));
        }
        if (hold.state != LEDGER_HOLD_EXPIRED) {
            break;
        }
        if (outcome != ERR_OUTCOME_UNKNOWN) {
            return sim_differs(sim, "expiry was answered %s and hold %lld did expire",
                               err_code(outcome), (long long)id);
        }
        sim_model_expire(sim->model, id, hold.resolved_by.v, now_us);
        sim->report.expired++;
    }
    return sim_check_everything(sim);
}

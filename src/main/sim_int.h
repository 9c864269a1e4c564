/* sim_int.h — inside the simulation: the world that acts, the engine under test, the checks.
 *
 * One struct sim is one run of one seed, on one thread. Every random choice comes from sim->rng and
 * time from sim->clock, so a seed replays exactly. Functions that check return false after writing
 * what differs into sim->problem. */
#ifndef JN_MAIN_SIM_INT_H
#define JN_MAIN_SIM_INT_H

#include "core/buf.h"
#include "core/rng.h"
#include "ledger/ledger.h"
#include "main/sim.h"
#include "main/sim_model.h"
#include "store/sqlite_crash.h"
#include "store/store.h"

#define SIM_BATCH_MAX   64
#define SIM_GROUP_MAX   8
#define SIM_MEMORY_MAX  16
#define SIM_CURRENCIES  3
#define SIM_CALLER_NODE 100 /* of the first caller's ids */
#define SIM_CRASH_VFS   "jinnang-simulated-disk"

struct sim_batch {
    struct ledger_transfer transfers[SIM_BATCH_MAX];
    struct ledger_result results[SIM_BATCH_MAX];
    size_t count;
    enum err outcome;
};

struct sim_engine {
    const char *url;
    struct clock *clock;
    struct store *store;
    struct ledger *ledger;
    struct id_source ids;
    uint32_t lane_count;
    const char *vfs; /* SQLite: the disk it runs on; NULL: a real one */
};

struct sim {
    const struct sim_config *config;
    struct rng rng;
    struct clock clock;
    struct id_source ids; /* the actors'; the engine draws its own */
    struct sim_model *model;
    struct sim_engine engine;
    struct buf verdicts;                      /* every code in order, for the state hash */
    struct sim_batch *memory[SIM_MEMORY_MAX]; /* batches that may be sent again */
    size_t memory_count;
    struct ledger_totals baseline[SIM_CURRENCIES]; /* what was in the database before */
    int64_t log_from;                              /* and how long its log was */
    struct sim_power power;
    bool has_power;            /* something below the engine can fail */
    bool crash_planned;        /* since then one batch at a time */
    struct store_crash *crash; /* SQLite, without a power of the caller's */
    struct sim_report report;
    char *problem; /* report.problem */
};

/* The currencies of the world, in ascending order. */
extern const enum currency sim_currencies[SIM_CURRENCIES];

/* ---- sim_engine.c ---- */

JN_MUST_USE enum err sim_engine_start(struct sim_engine *engine);
void sim_engine_stop(struct sim_engine *engine);
JN_MUST_USE enum err sim_engine_open_accounts(struct sim_engine *engine,
                                              const struct ledger_account_spec *specs, size_t count,
                                              enum err *ret_results);
/* Queues all batches before waiting, so that they may share a commit; each gets its outcome. */
void sim_engine_post(struct sim_engine *engine, struct sim_batch **batches, size_t count);
JN_MUST_USE enum err sim_engine_expire(struct sim_engine *engine, uint32_t max,
                                       uint32_t *ret_count);
JN_MUST_USE enum err sim_engine_get_hold(struct sim_engine *engine, int64_t id,
                                         struct ledger_hold *ret);
JN_MUST_USE enum err sim_engine_get_transfer(struct sim_engine *engine, int64_t id,
                                             struct ledger_posted *ret);
JN_MUST_USE enum err sim_engine_balance_at(struct sim_engine *engine, int64_t account,
                                           int64_t at_us, struct ledger_entry *ret);
JN_MUST_USE enum err sim_engine_entries(struct sim_engine *engine,
                                        const struct ledger_entry_filter *filter, size_t max,
                                        struct ledger_posted *ret, size_t *ret_count,
                                        int64_t *ret_next_seq);
JN_MUST_USE enum err sim_engine_log(struct sim_engine *engine, int64_t from_index, size_t max,
                                    struct ledger_posted *ret, int64_t *ret_indexes,
                                    size_t *ret_count, int64_t *ret_next_index);

/* ---- sim_crash.c ---- */

/* Before the engine starts; and after it stopped. */
void sim_crash_init(struct sim *sim);
void sim_crash_done(struct sim *sim);
/* Has the power fail soon. False when nothing can fail. */
bool sim_crash_plan(struct sim *sim);
bool sim_crash_happened(const struct sim *sim);
/* Nothing is planned any more. */
void sim_crash_cancel(struct sim *sim);
/* After a crash: starts again and finds everything that was acknowledged. */
JN_MUST_USE bool sim_crash_recover(struct sim *sim);
/* The same when a batch (or, with NULL, an expiry of up to `max` holds) got `outcome` as the power
 * failed: settles whether it happened, and has the client ask again. */
JN_MUST_USE bool sim_crash_settle_batch(struct sim *sim, struct sim_batch *batch);
JN_MUST_USE bool sim_crash_settle_expiry(struct sim *sim, uint32_t max, enum err outcome);

/* ---- sim_run.c ---- */

JN_MUST_USE bool sim_check_everything(struct sim *sim);
/* Applies a batch that was answered to the model and compares. */
JN_MUST_USE bool sim_settle_batch(struct sim *sim, const struct sim_batch *batch);

/* ---- sim_world.c ---- */

struct ledger_account_spec sim_make_account(struct sim *sim);
void sim_make_batch(struct sim *sim, struct sim_batch *batch);

/* ---- sim_concurrent.c ---- */

JN_MUST_USE bool sim_run_callers(struct sim *sim);

/* ---- sim_check.c ---- */

JN_MUST_USE bool sim_check_batch(struct sim *sim, const struct sim_batch *batch,
                                 const enum err *codes, const bool *replayed);
JN_MUST_USE bool sim_check_accounts(struct sim *sim);
JN_MUST_USE bool sim_check_totals(struct sim *sim);
/* A few random questions about the past, holds and histories. */
JN_MUST_USE bool sim_check_questions(struct sim *sim, size_t count);
/* The log holds exactly the model's transfers, in the model's order. */
JN_MUST_USE bool sim_check_log(struct sim *sim);
void sim_state_hash(struct sim *sim, struct sha256_hash *ret);

/* Writes the problem once (the first counts) and returns false. */
bool sim_differs(struct sim *sim, const char *format, ...) JN_PRINTF(2, 3);

#endif

/* sim.h — the simulation: seeded actors drive the real ledger and a naive model, and everything the
 * ledger says must be what the model says.
 *
 * Purpose: find what nobody thought of. A seed gives the actors, the clock, the batches, the lost
 * replies, the duplicates and the crashes; the same seed does the same again.
 *
 * Non-goals: speed, HTTP (tests/scenario). */
#ifndef JN_MAIN_SIM_H
#define JN_MAIN_SIM_H

#include "core/base.h"
#include "core/err.h"
#include "core/sha256.h"

/* What may fail below the engine. On SQLite the simulation brings its own: a disk on which the
 * power fails (store/sqlite_crash.h). For PostgreSQL a test may bring one. */
struct sim_power {
    void *state;
    /* Has it fail soon, in a way that follows from `random`. */
    void (*plan)(void *state, uint64_t random);
    /* It failed; nothing works until restore. */
    bool (*has_failed)(void *state);
    /* Works again, and no failure is planned. */
    void (*restore)(void *state);
};

#define SIM_CALLERS_MAX 64

struct sim_config {
    uint64_t seed;
    uint32_t steps;
    uint32_t callers; /* 0: one after the other, against the model; 2..SIM_CALLERS_MAX: at once,
                         checking what holds in every order; then the power does not fail and the
                         state's hash is that of nothing */
    const char *url;  /* a database that may be written to; created and migrated if needed */
    const struct sim_power *power; /* NULL: SQLite's own, or none on PostgreSQL */
    /* Called after each step; may be NULL. */
    void (*progress)(void *arg, uint32_t step);
    void *progress_arg;
};

struct sim_report {
    bool held; /* every check did */
    char problem[512];
    uint32_t step; /* reached */
    uint64_t accounts, transfers, rejected, replayed, expired, restarts, crashes, lost_replies;
    struct sha256_hash state; /* of all verdicts and the final accounts */
};

/* The error is the engine's or the database's when a run could not be set up; a disagreement is not
 * an error but report->held == false. */
JN_MUST_USE enum err sim_run(const struct sim_config *config, struct sim_report *ret);

#endif

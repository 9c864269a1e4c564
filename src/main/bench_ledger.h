/* bench_ledger.h — the ledger under load, in process: what `jinnang bench ledger` measures.
 *
 * Purpose: callers hand batches to the store's lanes and wait for the durable answer; rules, chains
 * and the log are all on. Beside it, in the same run and with the same settings, a bare loop that
 * binds and inserts rows of the same shape with the same commit cadence and does nothing else.
 *
 * Non-goals: HTTP (bench payments). */
#ifndef JN_MAIN_BENCH_LEDGER_H
#define JN_MAIN_BENCH_LEDGER_H

#include "core/base.h"
#include "core/err.h"

struct bench_ledger_config {
    const char *url; /* NULL: a SQLite file of its own in `directory`, removed afterwards */
    const char *directory;
    int64_t accounts, transfers, batch;
    int64_t holds_percent; /* of the transfers; each is captured or voided by a later one */
    int64_t callers;       /* 0: 256 for batches of one, else 2, PostgreSQL 16 */
    int64_t runs;
    bool without_bare;
    void (*progress)(void *arg, uint64_t done, uint64_t total);
    void *progress_arg;
};

#define BENCH_RUNS_MAX 32
struct bench_ledger_result {
    int64_t transfers_per_second; /* median of the runs */
    int64_t bare_per_second;      /* 0: not measured (PostgreSQL) */
    int64_t run_per_second[BENCH_RUNS_MAX];
    int64_t bare_run_per_second[BENCH_RUNS_MAX];
    int64_t batch_us_p50, batch_us_p99, batch_us_max; /* submitted to durable, over all runs */
    int64_t groups, callers;                          /* groups: over all runs */
    int64_t log_size;                                 /* of the last run's database */
    int64_t resident_bytes;                           /* after the last run */
};
JN_MUST_USE enum err bench_ledger(const struct bench_ledger_config *config,
                                  struct bench_ledger_result *ret);

#endif

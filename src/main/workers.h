/* workers.h — threads that do something again and again, with a clear stop.
 *
 * Purpose: expiry of holds, sealing and signing the log, and whatever else must happen by itself.
 * Each worker is one thread that runs its function, sleeps for its interval, and stops when told
 * to, never in the middle of a run.
 *
 * Non-goals: work that must happen exactly once over several processes: the function itself takes a
 * lease where that matters.
 *
 * A function's error is logged when it begins and when it ends, not each time. */
#ifndef JN_MAIN_WORKERS_H
#define JN_MAIN_WORKERS_H

#include "core/base.h"
#include "core/err.h"

struct workers;

struct worker_spec {
    const char *name; /* for the log */
    int64_t interval_us;
    /* *ret_more = true: run again at once. */
    enum err (*run)(void *arg, bool *ret_more);
    void *arg;
};

#define WORKERS_MAX 16

/* Copies the specs; count <= WORKERS_MAX. */
struct workers *workers_start(const struct worker_spec *specs, size_t count);
/* Waits for runs under way, then frees. NULL is fine. */
void workers_stop(struct workers *workers);

#endif

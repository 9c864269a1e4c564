/* lease.h — one holder at a time for work that must not run twice: sealing, clocks.
 *
 * A lease is a row with a holder, a time and a fence number. A holder checks its fence inside each
 * write transaction of that work: if it was paused past its time and another took over, its write
 * fails with ERR_LEASE_LOST and leaves nothing behind. The clocks of the processes may
 * disagree; that costs a change of holder, never two writers.
 *
 * On SQLite one process owns the file and leases are always free; the same code runs. */
#ifndef JN_STORE_LEASE_H
#define JN_STORE_LEASE_H

#include "store/store.h"

struct lease {
    const char *name; /* static: "ledger_seal" */
    int64_t holder;   /* who we are: drawn once per process, > 0 */
    int64_t fence;    /* 0: not held */
    int64_t expires_at_us;
};

/* Acquires or renews until now + duration_us. ERR_LEASE_LOST: somebody else holds it;
 * lease->fence is 0 then. Other errors leave *lease as it was. A renewal that finds the time run
 * out gets a new fence. Waits for the outcome; not to be called from a lane. */
JN_MUST_USE enum err lease_acquire(struct store *store, struct lease *lease, int64_t duration_us);
/* First thing in each write transaction of the work. ERR_LEASE_LOST: return it. */
JN_MUST_USE enum err lease_check(struct store_tx *tx, const struct lease *lease);
/* Gives it up early; errors do not matter, it runs out by itself. */
void lease_release(struct store *store, struct lease *lease);

#endif

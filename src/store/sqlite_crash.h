/* sqlite_crash.h — a VFS below SQLite on which the power fails at a chosen operation.
 *
 * Purpose: the simulation restarts the engine from exactly what a crash would have left. The
 * wrapper counts every operation that changes a file. When the armed one is reached, each file
 * loses what was written since its last sync (or all but a torn beginning of it), and from then on
 * every operation fails, as if nobody were there any more. After disarming, the files are opened
 * again like after a reboot.
 *
 * Non-goals: faults after which the program goes on (tests/kill has those); speed.
 *
 * Threads: arm and disarm only while no database is open on the VFS; counting is locked. */
#ifndef JN_STORE_SQLITE_CRASH_H
#define JN_STORE_SQLITE_CRASH_H

#include "core/base.h"

struct store_crash;

/* Registers a VFS under `name` (copied) on top of the default one. */
struct store_crash *store_crash_create(const char *name);
/* No database may be open on it. NULL is fine. */
void store_crash_free(struct store_crash *crash);

struct store_crash_plan {
    uint64_t at_operation; /* counted from arming; 0: never */
    /* Of 256 parts of each unsynced write, how many survive, oldest writes first in full: 0 loses
     * everything unsynced, 256 keeps it all (kill -9 without a power failure). */
    uint32_t survives_256;
};
void store_crash_arm(struct store_crash *crash, const struct store_crash_plan *plan);
void store_crash_disarm(struct store_crash *crash);
bool store_crash_happened(const struct store_crash *crash);
/* Operations since arming. */
uint64_t store_crash_operations(const struct store_crash *crash);

#endif

/* memory_world.h — the rules and the book on a database that is a few arrays: for tests of what is
 * decided, without a store. Single-threaded. */
#ifndef JN_TESTS_MEMORY_WORLD_H
#define JN_TESTS_MEMORY_WORLD_H

#include "ledger/ledger_int.h"
#include "support/ledger_scenario.h"

struct memory_world {
    struct book book;
    int64_t now_us, next_engine_id;
    struct stored_item *items; /* everything committed */
    size_t count, capacity;
};

void memory_world_init(struct memory_world *world);
void memory_world_done(struct memory_world *world);
/* As ledger_scenario.h wants it. */
struct world memory_world_face(struct memory_world *world);

/* One call of a group that is not committed yet. */
void memory_world_run(struct memory_world *world, const struct ledger_transfer *transfers,
                      size_t count, bool is_engine, struct ledger_result *ret);
/* Keeps what the group queued, and publishes it. */
void memory_world_commit(struct memory_world *world);
const struct stored_item *memory_world_find(const struct memory_world *world, int64_t id);

#endif

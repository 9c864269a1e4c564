/* ledger_world.h — a ledger on a real database of its own, as a scenario's world; also for the
 * ledger's own tests. Domain time is virtual. Everything fails the test on an unexpected error. */
#ifndef JN_TESTS_LEDGER_STORE_WORLD_H
#define JN_TESTS_LEDGER_STORE_WORLD_H

#include "ledger/ledger.h"
#include "support/ledger_scenario.h"
#include "support/test_db.h"

struct store_world {
    struct test_db db;
    struct clock clock;
    struct id_source ids;
    struct store *store;
    struct ledger *ledger;
    uint32_t lane_count; /* PostgreSQL; 0: default */
    bool is_abrupt;      /* a restart writes nothing back first */
    bool is_attached;
    const char *vfs; /* SQLite: for the next opening; NULL: the system's */
    uint8_t node;
};

/* backend: "sqlite" or "postgres". A fresh database, migrated, started. */
void store_world_init(struct store_world *world, const char *backend);
/* As a further process on another world's database (PostgreSQL); done before it. */
void store_world_attach(struct store_world *world, const struct store_world *other);
void store_world_done(struct store_world *world);
/* Closes and opens again; unless is_abrupt, after a checkpoint. */
void store_world_restart(struct store_world *world);
/* Closes as a crash would leave it, and opens again, or says why not. */
void store_world_close(struct store_world *world);
enum err store_world_reopen(struct store_world *world);
struct world store_world_face(struct store_world *world);

/* One callback each; the outcome must be ERR_OK. */
void store_world_open(struct store_world *world, const struct ledger_account_spec *specs,
                      size_t count, enum err *ret);
void store_world_post(struct store_world *world, const struct ledger_transfer *transfers,
                      size_t count, struct ledger_result *ret);
/* As store_world_post, whose outcome may be an error. */
enum err store_world_try(struct store_world *world, const struct ledger_transfer *transfers,
                         size_t count, struct ledger_result *ret);
uint32_t store_world_expire(struct store_world *world, uint32_t max);

#endif

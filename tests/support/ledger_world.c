/* ledger_world.c — see ledger_world.h. */
#include "support/ledger_world.h"

#include <string.h>

static void must(enum err err)
{
    if (err != ERR_OK) {
        bug_report(__FILE__, __LINE__, __func__, err_code(err));
    }
}

static enum err open_all(struct store_world *world)
{
    int64_t last = 0;
    const struct store_config config = {.url = world->db.url,
                                        .clock = &world->clock,
                                        .lane_count = world->lane_count,
                                        .create = true,
                                        .vfs = world->vfs};
    must(store_open(&config, &world->store));
    uint32_t applied;
    must(store_migrate(world->store, &applied));
    must(ledger_last_id(world->store, &last));
    id_source_init(&world->ids, &world->clock, world->node, last);
    const struct ledger_config ledger = {
        .store = world->store, .clock = &world->clock, .ids = &world->ids};
    enum err err = ledger_open(&ledger, &world->ledger);
    if (err == ERR_OK) {
        must(store_start(world->store));
    }
    return err;
}

static void close_all(struct store_world *world)
{
    store_close(world->store);
    ledger_close(world->ledger);
    world->store = NULL;
    world->ledger = NULL;
}

void store_world_init(struct store_world *world, const char *backend)
{
    memset(world, 0, sizeof(*world));
    world->node = 1;
    test_db_create(&world->db, backend[0] == 'p' ? STORE_POSTGRES : STORE_SQLITE);
    clock_init_virtual(&world->clock, INT64_C(1700000000000000));
    must(open_all(world));
}

void store_world_attach(struct store_world *world, const struct store_world *other)
{
    memset(world, 0, sizeof(*world));
    world->db = other->db;
    world->is_attached = true;
    world->node = (uint8_t)(other->node + 1);
    clock_init_virtual(&world->clock, clock_now_us(&other->clock));
    must(open_all(world));
}

void store_world_done(struct store_world *world)
{
    close_all(world);
    if (!world->is_attached) {
        test_db_drop(&world->db);
    }
}

void store_world_restart(struct store_world *world)
{
    if (!world->is_abrupt) {
        must(ledger_checkpoint(world->ledger));
    }
    close_all(world);
    must(open_all(world));
}

void store_world_close(struct store_world *world)
{
    close_all(world);
}

enum err store_world_reopen(struct store_world *world)
{
    return open_all(world);
}

/* ---- callbacks ---- */

struct call {
    struct ledger *ledger;
    const struct ledger_account_spec *specs;
    const struct ledger_transfer *transfers;
    size_t count;
    uint32_t max, expired;
    enum err *codes;
    struct ledger_result *results;
};

static enum err run_open(struct store_tx *tx, void *arg)
{
    struct call *call = arg;
    return ledger_open_accounts(tx, call->ledger, call->specs, call->count, call->codes);
}

static enum err run_post(struct store_tx *tx, void *arg)
{
    struct call *call = arg;
    return ledger_post_transfers(tx, call->ledger, call->transfers, call->count, call->results);
}

static enum err run_expire(struct store_tx *tx, void *arg)
{
    struct call *call = arg;
    return ledger_expire_due(tx, call->ledger, call->max, &call->expired);
}

void store_world_open(struct store_world *world, const struct ledger_account_spec *specs,
                      size_t count, enum err *ret)
{
    struct call call = {.ledger = world->ledger, .specs = specs, .count = count, .codes = ret};
    must(store_write_sync(world->store, run_open, &call, specs[0].id.v));
}

enum err store_world_try(struct store_world *world, const struct ledger_transfer *transfers,
                         size_t count, struct ledger_result *ret)
{
    struct call call = {
        .ledger = world->ledger, .transfers = transfers, .count = count, .results = ret};
    return store_write_sync(world->store, run_post, &call, transfers[0].debit_account.v);
}

void store_world_post(struct store_world *world, const struct ledger_transfer *transfers,
                      size_t count, struct ledger_result *ret)
{
    must(store_world_try(world, transfers, count, ret));
}

uint32_t store_world_expire(struct store_world *world, uint32_t max)
{
    struct call call = {.ledger = world->ledger, .max = max};
    must(store_write_sync(world->store, run_expire, &call, 0));
    return call.expired;
}

/* ---- as a scenario's world ---- */

static void face_open(void *state, const struct ledger_account_spec *spec, enum err *ret)
{
    store_world_open(state, spec, 1, ret);
}

static void face_post(void *state, const struct ledger_transfer *transfers, size_t count,
                      struct ledger_result *ret)
{
    store_world_post(state, transfers, count, ret);
}

static uint32_t face_expire(void *state)
{
    return store_world_expire(state, 1000);
}

static bool face_account(void *state, int64_t id, struct ledger_account *ret)
{
    struct store_world *world = state;
    enum err err = ledger_get_account(world->ledger, (struct account_id){id}, ret);
    if (err != ERR_ACCOUNT_NOT_FOUND) {
        must(err);
    }
    return err == ERR_OK;
}

static void face_advance(void *state, int64_t us)
{
    struct store_world *world = state;
    clock_advance(&world->clock, us);
}

static void face_restart(void *state)
{
    struct store_world *world = state;
    store_world_restart(world);
    world->is_abrupt = !world->is_abrupt; /* both kinds, in turn */
}

struct world store_world_face(struct store_world *world)
{
    return (struct world){.state = world,
                          .open = face_open,
                          .post = face_post,
                          .expire = face_expire,
                          .account = face_account,
                          .advance = face_advance,
                          .restart = face_restart};
}

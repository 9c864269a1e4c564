/* Faults and starts on SQLite, where the book is in memory: a COMMIT whose outcome is unknown, a
 * graceful stop, a database that does not add up. (On PostgreSQL a lane keeps nothing that could be
 * in doubt.) */
#include "unit.h"

#include <sqlite3.h>
#include <string.h>

#include "core/rng.h"
#include "fault/vfs_fault.h"
#include "ledger/ledger_int.h"
#include "ledger_check.h"

/* ---- a COMMIT whose outcome is unknown ---- */

/* Sends until there is a definite answer, as a client would. */
static void send_until_definite(struct store_world *world, const struct ledger_transfer *batch,
                                size_t count, struct ledger_result *ret)
{
    for (int tries = 0; tries < 500; tries++) {
        if (store_world_try(world, batch, count, ret) == ERR_OK) {
            return;
        }
        (void)usleep(10000);
    }
    fail_msg("no definite answer");
}

static void an_unknown_outcome_is_settled(void **state)
{
    (void)state;
    static struct ledger_transfer batch[700]; /* enough for the helper thread */
    static struct ledger_result results[700];
    static const struct fault faults[] = {
        {.file = FAULT_LOG, .operation = FAULT_WRITE, .effect = FAULT_DISK_FULL, .times = 1},
        {.file = FAULT_LOG, .operation = FAULT_SYNC, .effect = FAULT_IO_ERROR, .times = 1},
    };
    struct store_world world;
    struct ledger_account_spec specs[LEDGER_CHECK_ACCOUNTS];
    size_t posted = 0, unknown = 0;
    fault_vfs_register();
    fault_disarm_all();
    store_world_init(&world, "sqlite");
    ledger_check_open(&world, specs);
    world.vfs = FAULT_VFS;
    store_world_restart(&world);
    for (size_t round = 0; round < 12; round++) {
        /* One, many, and a burnt id alone: three ways to ask what has become of it. */
        size_t count = round % 3 == 1 ? ARRAY_COUNT(batch) : 1;
        for (size_t i = 0; i < count; i++) {
            batch[i] = ledger_check_move(id_draw_one(&world.ids), round % 3 == 2 ? 4 : 1, 2, 3);
        }
        fault_arm(&faults[round % 2]);
        enum err err = store_world_try(&world, batch, count, results);
        unknown += err == ERR_OUTCOME_UNKNOWN ? 1 : 0;
        send_until_definite(&world, batch, count, results);
        fault_disarm_all();
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(results[i].code, round % 3 == 2 ? ERR_INSUFFICIENT_FUNDS : ERR_OK);
        }
        posted += round % 3 == 2 ? 0 : count;
        store_world_post(&world, batch, count, results);
        assert_true(results[0].replayed);
        assert_int_equal(ledger_check_all(&world, specs, LEDGER_CHECK_ACCOUNTS), posted);
    }
    assert_true(unknown >= 10);
    store_world_close(&world);
    assert_int_equal(store_world_reopen(&world), ERR_OK);
    assert_int_equal(ledger_check_all(&world, specs, LEDGER_CHECK_ACCOUNTS), posted);
    store_world_done(&world);
}

/* ---- a database that does not add up ---- */

static void damage(const struct store_world *world, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(world->db.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_changes(db), 1);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int64_t stored_fold_from(const struct store_world *world)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_open(world->db.path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT fold_from_index FROM log_state", -1, &stmt, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t from = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return from;
}

static void a_graceful_stop_leaves_nothing_to_fold(void **state)
{
    (void)state;
    struct store_world world;
    struct ledger_account_spec specs[LEDGER_CHECK_ACCOUNTS];
    store_world_init(&world, "sqlite");
    ledger_check_open(&world, specs);
    for (int64_t id = 10; id < 30; id++) {
        assert_int_equal(ledger_check_post(&world, ledger_check_move(id, 1, 2, 5)), ERR_OK);
    }
    store_world_close(&world);
    assert_int_equal(stored_fold_from(&world), 0);
    assert_int_equal(store_world_reopen(&world), ERR_OK);
    assert_int_equal(ledger_checkpoint(world.ledger), ERR_OK);
    assert_int_equal(ledger_checkpoint(world.ledger), ERR_OK);
    store_world_close(&world);
    assert_int_equal(stored_fold_from(&world), LEDGER_CHECK_ACCOUNTS + 20);
    assert_int_equal(store_world_reopen(&world), ERR_OK);
    assert_int_equal(ledger_check_all(&world, specs, LEDGER_CHECK_ACCOUNTS), 20);
    store_world_done(&world);
}

static void what_does_not_add_up_is_not_opened(void **state)
{
    (void)state;
    static const char *const damages[] = {
        "DELETE FROM transfers WHERE transfer_id = 12",
        "UPDATE transfers SET amount_minor = 6 WHERE transfer_id = 12",
        "UPDATE transfers SET credit_seq = 3 WHERE transfer_id = 11",
        "UPDATE transfers SET debit_prev_id = 9 WHERE transfer_id = 12",
        "UPDATE transfers SET credit_posted_minor = 1 WHERE transfer_id = 12",
        "UPDATE transfers SET debit_hash = zeroblob(32) WHERE transfer_id = 11",
        "UPDATE transfers SET created_at_us = 5 WHERE transfer_id = 12",
        "DELETE FROM accounts WHERE account_id = 2",
        "UPDATE accounts SET kind = 999 WHERE account_id = 2",
        "UPDATE log_segments SET first_index = 100 WHERE first_index = 8",
        "UPDATE log_segments SET leaf_count = 2 WHERE first_index = 8",
        "UPDATE log_segments SET leaf_refs = zeroblob(9) WHERE first_index = 8",
    };
    for (size_t i = 0; i < ARRAY_COUNT(damages); i++) {
        struct store_world world;
        struct ledger_account_spec specs[LEDGER_CHECK_ACCOUNTS];
        store_world_init(&world, "sqlite");
        ledger_check_open(&world, specs);
        for (int64_t id = 10; id < 14; id++) {
            assert_int_equal(ledger_check_post(&world, ledger_check_move(id, 1, 2, 5)), ERR_OK);
        }
        store_world_close(&world); /* abruptly: the next start must fold */
        damage(&world, damages[i]);
        assert_int_equal(store_world_reopen(&world), ERR_LEDGER_CORRUPT);
        store_world_done(&world);
    }
}

#define LATER 30 /* accounts opened between sweeps */

static void one_round(struct store_world *world, struct rng *rng, int64_t accounts, int64_t *moved)
{
    struct ledger_transfer batch[9];
    struct ledger_result results[ARRAY_COUNT(batch)];
    size_t count = 1 + rng_below(rng, ARRAY_COUNT(batch));
    world->ledger->lanes[0]->sweep.period_min = 1 + rng_below(rng, 60);
    for (size_t i = 0; i < count; i++) {
        int64_t credit = 2 + (int64_t)rng_below(rng, (uint64_t)accounts - 1);
        batch[i] = ledger_check_move(id_draw_one(&world->ids), 1, credit, 1);
    }
    store_world_post(world, batch, count, results);
    *moved += (int64_t)count;
    if (rng_chance(rng, 1, 6)) {
        world->is_abrupt = !rng_chance(rng, 1, 5);
        store_world_restart(world);
    }
}

static int64_t open_later(struct store_world *world, const struct ledger_account_spec *like,
                          int64_t id)
{
    struct ledger_account_spec later = *like;
    enum err opened = ERR_INTERNAL;
    later.id.v = id;
    store_world_open(world, &later, 1, &opened);
    assert_int_equal(opened, ERR_OK);
    return id;
}

/* Sweeps that go around every few groups, crashes at any point of them, accounts that come later.
 */
static void sweeps_and_crashes(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct store_world world;
        struct ledger_account_spec specs[LEDGER_CHECK_ACCOUNTS];
        struct rng rng;
        int64_t accounts = LEDGER_CHECK_ACCOUNTS, moved = 0, sum = 0;
        rng_init(&rng, seed);
        store_world_init(&world, "sqlite");
        ledger_check_open(&world, specs);
        for (int round = 0; round < 150; round++) {
            one_round(&world, &rng, accounts, &moved);
            if (accounts < LEDGER_CHECK_ACCOUNTS + LATER && rng_chance(&rng, 1, 3)) {
                accounts = open_later(&world, &specs[1], accounts + 1);
            }
        }
        for (int64_t id = 2; id <= accounts; id++) {
            struct ledger_account account;
            assert_int_equal(ledger_get_account(world.ledger, (struct account_id){id}, &account),
                             ERR_OK);
            assert_int_equal(account.credits_posted, account.seq);
            sum += account.credits_posted;
        }
        assert_int_equal(sum, moved);
        store_world_close(&world);
        assert_true(stored_fold_from(&world) > LEDGER_CHECK_ACCOUNTS);
        assert_int_equal(store_world_reopen(&world), ERR_OK);
        store_world_done(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_outcome_is_settled),
        cmocka_unit_test(a_graceful_stop_leaves_nothing_to_fold),
        cmocka_unit_test(sweeps_and_crashes),
        cmocka_unit_test(what_does_not_add_up_is_not_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_races.c — 2 to 64 callers at once on one hold, one id, one account; both databases, and on
 * PostgreSQL also two engines on one database, which is what two server processes are.
 *
 * Purpose: whatever the order, a hold resolves once, an
 * id has one content and one answer, a closed account takes nothing after its closing, a wallet
 * never pays what it does not have, and debits equal credits after every round.
 *
 * The order of events is not predicted; only what must hold in every order is checked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger.h"
#include "support/test_db.h"

#define CALLERS_MAX  64
#define ENGINES_MAX  2
#define CODE         7
#define HOLD_TIMEOUT 1 /* second */

/* ThreadSanitizer is slow and needs interleavings, not numbers. */
#if defined(__SANITIZE_THREAD__)
#define ROUNDS(n) ((n) / 10)
#else
#define ROUNDS(n) (getenv("JN_TEST_QUICK") != NULL ? (n) / 5 : (n))
#endif

struct engine {
    struct store *store;
    struct ledger *ledger;
    struct id_source ids;
};

struct world {
    struct test_db db;
    struct clock clock;
    struct id_source ids; /* the callers' */
    struct engine engines[ENGINES_MAX];
    size_t engine_count;
    struct account_id bank, shop;
};

/* ---- opening and closing ---- */

static void engine_open(struct world *world, struct engine *engine, uint8_t node)
{
    const struct store_config config = {.url = world->db.url,
                                        .clock = &world->clock,
                                        .lane_count = 2,
                                        .reader_count = 2,
                                        .create = true,
                                        .disk_reserve_bytes = 1 << 20};
    uint32_t applied;
    int64_t last_id;
    assert_int_equal(store_open(&config, &engine->store), ERR_OK);
    assert_int_equal(store_migrate(engine->store, &applied), ERR_OK);
    assert_int_equal(ledger_last_id(engine->store, &last_id), ERR_OK);
    id_source_init(&engine->ids, &world->clock, node, last_id);
    const struct ledger_config ledger_config = {
        .store = engine->store, .clock = &world->clock, .ids = &engine->ids};
    assert_int_equal(ledger_open(&ledger_config, &engine->ledger), ERR_OK);
    assert_int_equal(store_start(engine->store), ERR_OK);
}

static void world_close(struct world *world)
{
    for (size_t i = 0; i < world->engine_count; i++) {
        store_close(world->engines[i].store);
        ledger_close(world->engines[i].ledger);
    }
    test_db_drop(&world->db);
}

/* ---- calls ---- */

struct call {
    struct engine *engine;
    struct clock *clock;
    pthread_barrier_t *start; /* NULL: at once */
    struct ledger_transfer transfers[4];
    struct ledger_result results[4];
    struct ledger_transfer *long_batch; /* NULL: transfers and results above */
    struct ledger_result *long_results;
    size_t count; /* 0: expire what is due, after moving the clock */
    uint32_t expired;
    enum err outcome;
};

static enum err run_call(struct store_tx *tx, void *arg)
{
    struct call *call = arg;
    if (call->count == 0) {
        return ledger_expire_due(tx, call->engine->ledger, 100, &call->expired);
    }
    if (call->long_batch != NULL) {
        return ledger_post_transfers(tx, call->engine->ledger, call->long_batch, call->count,
                                     call->long_results);
    }
    return ledger_post_transfers(tx, call->engine->ledger, call->transfers, call->count,
                                 call->results);
}

static void *caller(void *arg)
{
    struct call *call = arg;
    if (call->start != NULL) {
        pthread_barrier_wait(call->start);
    }
    if (call->count == 0) {
        clock_advance(call->clock, (HOLD_TIMEOUT + 1) * INT64_C(1000000));
    }
    const struct ledger_transfer *first =
        call->long_batch != NULL ? call->long_batch : call->transfers;
    int64_t affinity = call->count == 0 ? 0 : first->debit_account.v;
    call->outcome = store_write_sync(call->engine->store, run_call, call, affinity);
    return NULL;
}

/* All at once, spread over the engines; each must be answered. */
static void call_all(struct world *world, struct call *calls, size_t count)
{
    pthread_t threads[CALLERS_MAX];
    pthread_barrier_t start;
    assert_true(count <= CALLERS_MAX);
    pthread_barrier_init(&start, NULL, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        calls[i].engine = &world->engines[i % world->engine_count];
        calls[i].clock = &world->clock;
        calls[i].start = &start;
        assert_int_equal(pthread_create(&threads[i], NULL, caller, &calls[i]), 0);
    }
    for (size_t i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&start);
    for (size_t i = 0; i < count; i++) {
        if (calls[i].outcome != ERR_OK) {
            fail_msg("caller %zu of %zu: %s", i, count, err_code(calls[i].outcome));
        }
    }
}

static struct ledger_result post_one(struct world *world, const struct ledger_transfer *transfer)
{
    struct call call = {.engine = &world->engines[0], .transfers = {*transfer}, .count = 1};
    caller(&call);
    assert_int_equal(call.outcome, ERR_OK);
    return call.results[0];
}

static struct ledger_transfer pay(struct world *world, struct account_id from, struct account_id to,
                                  int64_t amount_minor)
{
    return (struct ledger_transfer){.id = {id_draw_one(&world->ids)},
                                    .debit_account = from,
                                    .credit_account = to,
                                    .amount_minor = amount_minor,
                                    .currency = CURRENCY_CNY,
                                    .code = CODE};
}

static struct ledger_transfer settle(struct world *world, struct transfer_id hold, uint32_t flag,
                                     int64_t amount_minor)
{
    return (struct ledger_transfer){.id = {id_draw_one(&world->ids)},
                                    .amount_minor = amount_minor,
                                    .code = CODE,
                                    .flags = flag,
                                    .pending_id = hold};
}

/* ---- accounts ---- */

struct opening {
    struct ledger *ledger;
    struct ledger_account_spec spec;
    enum err result;
};

static enum err open_in_tx(struct store_tx *tx, void *arg)
{
    struct opening *opening = arg;
    return ledger_open_accounts(tx, opening->ledger, &opening->spec, 1, &opening->result);
}

static struct account_id open_account(struct world *world, enum ledger_account_kind kind)
{
    struct opening opening = {
        .ledger = world->engines[0].ledger,
        .spec = {.id = {id_draw_one(&world->ids)},
                 .kind = kind,
                 .currency = CURRENCY_CNY,
                 .flags = kind == LEDGER_WALLET ? LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS : 0},
    };
    assert_int_equal(store_write_sync(world->engines[0].store, open_in_tx, &opening, 0), ERR_OK);
    assert_int_equal(opening.result, ERR_OK);
    return opening.spec.id;
}

static struct account_id open_wallet(struct world *world, int64_t funds_minor)
{
    struct account_id wallet = open_account(world, LEDGER_WALLET);
    struct ledger_transfer top_up = pay(world, world->bank, wallet, funds_minor);
    assert_int_equal(post_one(world, &top_up).code, ERR_OK);
    return wallet;
}

/* Every engine must say the same. */
static struct ledger_account look(struct world *world, struct account_id id)
{
    struct ledger_account first = {0};
    for (size_t i = 0; i < world->engine_count; i++) {
        struct ledger_account account;
        assert_int_equal(ledger_get_account(world->engines[i].ledger, id, &account), ERR_OK);
        if (i == 0) {
            first = account;
        }
        assert_int_equal(account.debits_posted, first.debits_posted);
        assert_int_equal(account.credits_posted, first.credits_posted);
        assert_int_equal(account.debits_pending, first.debits_pending);
        assert_int_equal(account.seq, first.seq);
    }
    return first;
}

static void check_sums(struct world *world)
{
    struct ledger_totals totals[8];
    size_t count;
    assert_int_equal(ledger_totals(world->engines[0].ledger, totals, ARRAY_COUNT(totals), &count),
                     ERR_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(totals[i].debits_posted, totals[i].credits_posted);
        assert_int_equal(totals[i].debits_pending, totals[i].credits_pending);
    }
}

static size_t callers_of_round(size_t round)
{
    static const size_t sizes[] = {2, 3, 4, 8, 3, 16, 2, 32, 5, 64};
    return sizes[round % ARRAY_COUNT(sizes)];
}

struct hold_call {
    struct transfer_id id;
    struct ledger_hold hold;
};

static enum err hold_in_tx(struct store_tx *tx, void *arg)
{
    struct hold_call *call = arg;
    return ledger_get_hold(tx, call->id, &call->hold);
}

/* ---- the races ---- */

/* capture × void × expire: one wins, the money follows it, everybody else is told who won. */
static void race_hold(struct world *world, size_t round)
{
    struct call calls[CALLERS_MAX] = {0};
    size_t count = callers_of_round(round), captured = 0, voided = 0;
    struct account_id wallet = open_wallet(world, 1000);
    struct ledger_transfer hold = pay(world, wallet, world->shop, 1000);
    hold.flags = LEDGER_PENDING;
    hold.timeout_s = HOLD_TIMEOUT;
    assert_int_equal(post_one(world, &hold).code, ERR_OK);
    for (size_t i = 0; i < count; i++) {
        size_t role = (i + round) % 5;
        calls[i].count = role == 4 ? 0 : 1;
        calls[i].transfers[0] = role < 2 ? settle(world, hold.id, LEDGER_POST_PENDING, 400)
                                         : settle(world, hold.id, LEDGER_VOID_PENDING, 0);
    }
    call_all(world, calls, count);
    for (size_t i = 0; i < count; i++) {
        bool ok = calls[i].count == 1 && calls[i].results[0].code == ERR_OK;
        captured += ok && calls[i].transfers[0].flags == LEDGER_POST_PENDING;
        voided += ok && calls[i].transfers[0].flags == LEDGER_VOID_PENDING;
    }
    struct hold_call got = {.id = hold.id};
    assert_int_equal(store_read(world->engines[0].store, hold_in_tx, &got), ERR_OK);
    if (got.hold.state == LEDGER_HOLD_OPEN) {
        /* Only expiry was left to win and its caller came too early: the clock has moved on. */
        struct call expiry = {.engine = &world->engines[0], .clock = &world->clock};
        caller(&expiry);
        assert_int_equal(expiry.outcome, ERR_OK);
        assert_int_equal(store_read(world->engines[0].store, hold_in_tx, &got), ERR_OK);
    }
    assert_int_equal(captured, got.hold.state == LEDGER_HOLD_POSTED);
    assert_int_equal(voided, got.hold.state == LEDGER_HOLD_VOIDED);
    assert_int_not_equal(got.hold.state, LEDGER_HOLD_OPEN);
    assert_int_equal(got.hold.captured_minor, captured ? 400 : 0);
    assert_int_equal(got.hold.captured_minor + got.hold.released_minor, 1000);
    struct ledger_account after = look(world, wallet);
    assert_int_equal(after.debits_posted, got.hold.captured_minor);
    assert_int_equal(after.debits_pending, 0);
    assert_int_equal(after.seq, 3); /* top-up, hold, resolution */
}

/* The same id with the same content: one posts, the others get its answer. */
static void race_same_id(struct world *world, size_t round)
{
    struct call calls[CALLERS_MAX] = {0};
    size_t count = callers_of_round(round), first = 0;
    struct account_id wallet = open_wallet(world, 1000);
    struct ledger_transfer transfer = pay(world, wallet, world->shop, round % 3 == 0 ? 2000 : 300);
    enum err wanted = round % 3 == 0 ? ERR_INSUFFICIENT_FUNDS : ERR_OK;
    for (size_t i = 0; i < count; i++) {
        calls[i].transfers[0] = transfer;
        calls[i].count = 1;
    }
    call_all(world, calls, count);
    for (size_t i = 0; i < count; i++) {
        const struct ledger_result *result = &calls[i].results[0];
        assert_int_equal(result->code, wanted);
        assert_int_equal(result->debit_seq, calls[0].results[0].debit_seq);
        assert_int_equal(result->created_at_us, calls[0].results[0].created_at_us);
        first += !result->replayed;
    }
    assert_int_equal(first, 1);
    struct ledger_account after = look(world, wallet);
    assert_int_equal(after.debits_posted, wanted == ERR_OK ? 300 : 0);
    if (wanted != ERR_OK) {
        /* Failed once, failed for good, also when the money is there. */
        struct ledger_transfer top_up = pay(world, world->bank, wallet, 5000);
        assert_int_equal(post_one(world, &top_up).code, ERR_OK);
        assert_int_equal(post_one(world, &transfer).code, wanted);
    }
}

/* The same id with different contents: one posts, the others learn which field differs. */
static void race_contents(struct world *world, size_t round)
{
    struct call calls[CALLERS_MAX] = {0};
    size_t count = callers_of_round(round), posted = 0;
    struct account_id wallet = open_wallet(world, 1000);
    struct ledger_transfer transfer = pay(world, wallet, world->shop, 1);
    int64_t winner = 0;
    for (size_t i = 0; i < count; i++) {
        calls[i].transfers[0] = transfer;
        calls[i].transfers[0].amount_minor = (int64_t)i + 1;
        calls[i].count = 1;
    }
    call_all(world, calls, count);
    for (size_t i = 0; i < count; i++) {
        if (calls[i].results[0].code == ERR_OK) {
            posted++;
            winner = (int64_t)i + 1;
        } else {
            assert_int_equal(calls[i].results[0].code, ERR_EXISTS_WITH_DIFFERENT_AMOUNT);
        }
    }
    assert_int_equal(posted, 1);
    assert_int_equal(look(world, wallet).debits_posted, winner);
}

/* close × transfer: what went through came before the closing. */
static void race_closing(struct world *world, size_t round)
{
    struct call calls[CALLERS_MAX] = {0};
    size_t count = callers_of_round(round), closing = round % count, paid = 0;
    struct account_id wallet = open_wallet(world, 1000);
    for (size_t i = 0; i < count; i++) {
        calls[i].transfers[0] = pay(world, wallet, world->shop, 1);
        calls[i].count = 1;
    }
    calls[closing].transfers[0].amount_minor = 0;
    calls[closing].transfers[0].flags = LEDGER_PENDING | LEDGER_CLOSE_DEBIT;
    call_all(world, calls, count);
    assert_int_equal(calls[closing].results[0].code, ERR_OK);
    for (size_t i = 0; i < count; i++) {
        const struct ledger_result *result = &calls[i].results[0];
        if (i == closing) {
            continue;
        }
        if (result->code == ERR_OK) {
            assert_true(result->debit_seq < calls[closing].results[0].debit_seq);
            paid++;
        } else {
            assert_int_equal(result->code, ERR_DEBIT_ACCOUNT_CLOSED);
        }
    }
    struct ledger_account after = look(world, wallet);
    assert_int_equal(after.debits_posted, (int64_t)paid);
    assert_true((after.flags & LEDGER_ACCOUNT_CLOSED) != 0);
    struct ledger_transfer reopen =
        settle(world, calls[closing].transfers[0].id, LEDGER_VOID_PENDING, 0);
    assert_int_equal(post_one(world, &reopen).code, ERR_OK);
    assert_true((look(world, wallet).flags & LEDGER_ACCOUNT_CLOSED) == 0);
}

/* A hot wallet with less money than is asked of it: exactly what is there is paid. */
static void race_hot_account(struct world *world, size_t round)
{
    struct call calls[CALLERS_MAX] = {0};
    size_t count = callers_of_round(round), paid = 0;
    int64_t funds = (int64_t)(2 * count); /* each caller asks for four */
    struct account_id wallet = open_wallet(world, funds);
    for (size_t i = 0; i < count; i++) {
        calls[i].count = 4;
        for (size_t k = 0; k < 4; k++) {
            calls[i].transfers[k] = pay(world, wallet, world->shop, 1);
        }
    }
    call_all(world, calls, count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < 4; k++) {
            enum err code = calls[i].results[k].code;
            assert_true(code == ERR_OK || code == ERR_INSUFFICIENT_FUNDS);
            paid += code == ERR_OK;
        }
    }
    assert_int_equal(paid, funds);
    struct ledger_account after = look(world, wallet);
    assert_int_equal(after.debits_posted, funds);
    assert_int_equal(ledger_balance_minor(&after), 0);
    assert_int_equal(after.seq, funds + 1);
}

/* Linked pairs that cross between two wallets: all or nothing, and nobody waits for ever. */
static void race_linked(struct world *world, size_t round)
{
    struct call calls[CALLERS_MAX] = {0};
    size_t count = callers_of_round(round);
    struct account_id a = open_wallet(world, 20), b = open_wallet(world, 20);
    int64_t moved = 0;
    for (size_t i = 0; i < count; i++) {
        bool forth = i % 2 == 0;
        calls[i].count = 2;
        calls[i].transfers[0] = pay(world, forth ? a : b, forth ? b : a, 7);
        calls[i].transfers[0].flags = LEDGER_LINKED;
        calls[i].transfers[1] = pay(world, forth ? b : a, world->shop, 1);
    }
    call_all(world, calls, count);
    for (size_t i = 0; i < count; i++) {
        enum err first = calls[i].results[0].code, second = calls[i].results[1].code;
        assert_true((first == ERR_OK) == (second == ERR_OK));
        moved += first == ERR_OK;
    }
    struct ledger_account after_a = look(world, a), after_b = look(world, b);
    assert_int_equal(ledger_balance_minor(&after_a) + ledger_balance_minor(&after_b), 40 - moved);
    assert_true(ledger_balance_minor(&after_a) >= 0 && ledger_balance_minor(&after_b) >= 0);
}

#define LONG_BATCH 300 /* long enough to go by COPY on PostgreSQL */

/* The same ids between different accounts, so that nothing but the ids is in the way: one caller
 * posts all of its batch, the others learn that every id is taken. In some rounds they also come in
 * another order, and wait for each other in a circle. */
static void race_long_batches(struct world *world, size_t round)
{
    struct call calls[CALLERS_MAX] = {0};
    size_t count = 2 + round % 3, won = 0;
    struct transfer_id ids[LONG_BATCH];
    struct account_id wallets[4];
    for (size_t k = 0; k < LONG_BATCH; k++) {
        ids[k].v = id_draw_one(&world->ids);
    }
    for (size_t i = 0; i < count; i++) {
        struct account_id shop = open_account(world, LEDGER_MERCHANT);
        wallets[i] = open_wallet(world, LONG_BATCH);
        calls[i].long_batch = calloc(LONG_BATCH, sizeof(*calls[i].long_batch));
        calls[i].long_results = calloc(LONG_BATCH, sizeof(*calls[i].long_results));
        assert_true(calls[i].long_batch != NULL && calls[i].long_results != NULL);
        calls[i].count = LONG_BATCH;
        bool is_reversed = round % 4 == 3 && i % 2 == 1;
        for (size_t k = 0; k < LONG_BATCH; k++) {
            calls[i].long_batch[k] = pay(world, wallets[i], shop, 1);
            calls[i].long_batch[k].id = ids[is_reversed ? LONG_BATCH - 1 - k : k];
        }
    }
    call_all(world, calls, count);
    for (size_t i = 0; i < count; i++) {
        bool has_won = calls[i].long_results[0].code == ERR_OK;
        for (size_t k = 0; k < LONG_BATCH; k++) {
            assert_true((calls[i].long_results[k].code == ERR_OK) == has_won);
        }
        won += has_won;
        struct ledger_account after = look(world, wallets[i]);
        assert_int_equal(after.debits_posted, has_won ? LONG_BATCH : 0);
        free(calls[i].long_batch);
        free(calls[i].long_results);
    }
    assert_int_equal(won, 1);
}

/* ---- the table ---- */

static const struct {
    const char *name;
    void (*run)(struct world *world, size_t round);
    size_t rounds;
} races[] = {
    {"hold", race_hold, 600},         {"same id", race_same_id, 400},
    {"contents", race_contents, 300}, {"closing", race_closing, 300},
    {"hot", race_hot_account, 300},   {"linked", race_linked, 300},
    {"long", race_long_batches, 40},
};

static void run_races(enum store_backend backend, size_t engine_count)
{
    struct world *world = calloc(1, sizeof(*world));
    assert_non_null(world);
    test_db_create(&world->db, backend);
    clock_init_virtual(&world->clock, INT64_C(1767225600000000));
    id_source_init(&world->ids, &world->clock, 9, 0);
    for (size_t i = 0; i < engine_count; i++) {
        engine_open(world, &world->engines[i], (uint8_t)i);
        world->engine_count++;
    }
    world->bank = open_account(world, LEDGER_BANK);
    world->shop = open_account(world, LEDGER_MERCHANT);
    for (size_t r = 0; r < ARRAY_COUNT(races); r++) {
        /* A round on PostgreSQL takes four times as long. */
        size_t rounds = ROUNDS(races[r].rounds) / (backend == STORE_POSTGRES ? 4 : 1);
        for (size_t round = 0; round < rounds; round++) {
            races[r].run(world, round);
            check_sums(world);
        }
        print_message("%s: %zu rounds\n", races[r].name, rounds);
    }
    world_close(world);
    free(world);
}

static void one_engine_on_sqlite(void **state)
{
    (void)state;
    run_races(STORE_SQLITE, 1);
}

static void one_engine_on_postgres(void **state)
{
    (void)state;
    run_races(STORE_POSTGRES, 1);
}

static void two_engines_on_postgres(void **state)
{
    (void)state;
    run_races(STORE_POSTGRES, 2);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest on_sqlite[] = {cmocka_unit_test(one_engine_on_sqlite)};
    const struct CMUnitTest on_postgres[] = {cmocka_unit_test(one_engine_on_postgres),
                                             cmocka_unit_test(two_engines_on_postgres)};
    if (argc != 2) {
        fprintf(stderr, "usage: test_races sqlite|postgres\n");
        return 2;
    }
    return strcmp(argv[1], "sqlite") == 0 ? cmocka_run_group_tests(on_sqlite, NULL, NULL)
                                          : cmocka_run_group_tests(on_postgres, NULL, NULL);
}

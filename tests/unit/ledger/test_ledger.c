/* The ledger on a database, sqlite or postgres by the program's argument: everything it stores is
 * recomputed; restarts, history, balances at past moments, groups that fail, many writers. */
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "core/rng.h"
#include "ledger_check.h"

#define BATCH 40

static const char *backend;

static bool is_sqlite(void)
{
    return backend[0] == 's';
}

static struct ledger_transfer random_transfer(struct store_world *world, struct rng *rng,
                                              int64_t *known, size_t known_count)
{
    struct ledger_transfer t = ledger_check_move(
        id_draw_one(&world->ids), 1 + (int64_t)rng_below(rng, LEDGER_CHECK_ACCOUNTS),
        1 + (int64_t)rng_below(rng, LEDGER_CHECK_ACCOUNTS), 1 + (int64_t)rng_below(rng, 100));
    uint64_t what = rng_below(rng, 10);
    if (what < 3) {
        t.debit_account.v = 1; /* money comes in */
    } else if (what < 5) {
        t.flags = LEDGER_PENDING;
        t.timeout_s = rng_chance(rng, 1, 2) ? 3 : 0;
    } else if (what < 8 && known_count > 0) {
        t = (struct ledger_transfer){.id = t.id,
                                     .code = 1,
                                     .flags = what == 5 ? LEDGER_VOID_PENDING : LEDGER_POST_PENDING,
                                     .pending_id = {known[rng_below(rng, known_count)]},
                                     .amount_minor = what == 7 ? 1 : 0};
    }
    if (rng_chance(rng, 1, 8) && known_count > 0) {
        t.id.v = known[rng_below(rng, known_count)]; /* again, or with other content */
    }
    t.reference = rng_chance(rng, 1, 2) ? t.id.v : 0;
    t.has_commitment = rng_chance(rng, 1, 4);
    memset(t.commitment.bytes, 7, sizeof(t.commitment.bytes));
    t.flags |= rng_chance(rng, 1, 6) ? LEDGER_LINKED : 0;
    return t;
}

static void random_life(struct store_world *world, uint64_t seed, int rounds)
{
    struct ledger_account_spec specs[LEDGER_CHECK_ACCOUNTS];
    struct ledger_transfer batch[BATCH];
    struct ledger_result results[BATCH];
    int64_t known[64] = {0};
    size_t known_count = 0, posted = 0;
    struct rng rng;
    rng_init(&rng, seed);
    ledger_check_open(world, specs);
    for (int round = 0; round < rounds; round++) {
        size_t count = 1 + rng_below(&rng, BATCH);
        for (size_t i = 0; i < count; i++) {
            batch[i] = random_transfer(world, &rng, known, known_count);
        }
        batch[count - 1].flags &= ~(uint32_t)LEDGER_LINKED;
        store_world_post(world, batch, count, results);
        for (size_t i = 0; i < count; i++) {
            known[rng_below(&rng, ARRAY_COUNT(known))] = batch[i].id.v;
            posted += results[i].code == ERR_OK && !results[i].replayed ? 1 : 0;
        }
        known_count = ARRAY_COUNT(known);
        for (size_t i = 0; i < ARRAY_COUNT(known); i++) {
            known[i] = known[i] == 0 ? batch[0].id.v : known[i];
        }
        clock_advance(&world->clock, (int64_t)rng_below(&rng, 1000000));
        posted += store_world_expire(world, 100);
        if (rng_chance(&rng, 1, 12)) {
            world->is_abrupt = rng_chance(&rng, 1, 2);
            store_world_restart(world);
        }
    }
    assert_int_equal(ledger_check_all(world, specs, LEDGER_CHECK_ACCOUNTS), posted);
    assert_true(posted > 100);
    world->is_abrupt = true;
    store_world_restart(world);
    assert_int_equal(ledger_check_all(world, specs, LEDGER_CHECK_ACCOUNTS), posted);
}

static void random_lives_are_recomputed(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct store_world world;
        store_world_init(&world, backend);
        random_life(&world, seed, 60);
        store_world_done(&world);
    }
}

/* Big enough for the helper thread, full tiles, marks, and a sweep that goes around. */
static void big_batches_are_recomputed(void **state)
{
    (void)state;
    static struct ledger_transfer batch[2000];
    static struct ledger_result results[2000];
    struct store_world world;
    struct ledger_account_spec specs[LEDGER_CHECK_ACCOUNTS];
    store_world_init(&world, backend);
    ledger_check_open(&world, specs);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < ARRAY_COUNT(batch); i++) {
            batch[i] = ledger_check_move(id_draw_one(&world.ids), 1,
                                         2 + (int64_t)(i % (LEDGER_CHECK_ACCOUNTS - 1)), 1);
            batch[i].flags = i % 10 == 3 ? LEDGER_PENDING : 0;
            if (i % 10 == 7) {
                batch[i] = (struct ledger_transfer){.id = batch[i].id,
                                                    .code = 1,
                                                    .flags = LEDGER_POST_PENDING,
                                                    .pending_id = batch[i - 4].id};
            }
        }
        store_world_post(&world, batch, ARRAY_COUNT(batch), results);
        for (size_t i = 0; i < ARRAY_COUNT(batch); i++) {
            assert_int_equal(results[i].code, ERR_OK);
        }
        world.is_abrupt = round != 1;
        store_world_restart(&world);
    }
    assert_int_equal(ledger_check_all(&world, specs, LEDGER_CHECK_ACCOUNTS), 6000);
    store_world_done(&world);
}

/* ---- history ---- */

struct list {
    struct ledger *ledger;
    struct ledger_entry_filter filter;
    struct ledger_posted rows[50];
    size_t max, count;
    int64_t next_seq;
};

static enum err run_list(struct store_tx *tx, void *arg)
{
    struct list *list = arg;
    return ledger_list_entries(tx, list->ledger, &list->filter, list->max, list->rows, &list->count,
                               &list->next_seq);
}

static void list_page(struct store_world *world, struct list *list)
{
    list->ledger = world->ledger;
    assert_int_equal(store_read(world->store, run_list, list), ERR_OK);
}

struct at {
    struct ledger *ledger;
    struct account_id id;
    int64_t at_us;
    struct ledger_entry entry;
};

static enum err run_at(struct store_tx *tx, void *arg)
{
    struct at *at = arg;
    return ledger_get_balance_at(tx, at->ledger, at->id, at->at_us, &at->entry);
}

#define ENTRIES 300 /* of account 2: past several marks */

/* Entry k moves k to account 2 from account 1 or 3, k seconds after the start. */
static int64_t make_history(struct store_world *world)
{
    struct ledger_account_spec specs[LEDGER_CHECK_ACCOUNTS];
    int64_t start_us = clock_now_us(&world->clock);
    ledger_check_open(world, specs);
    assert_int_equal(ledger_check_post(world, ledger_check_move(5, 1, 3, 1000000)), ERR_OK);
    for (int64_t k = 1; k <= ENTRIES; k++) {
        clock_advance(&world->clock, 1000000);
        struct ledger_transfer t = ledger_check_move(1000 + k, k % 3 == 0 ? 3 : 1, 2, k);
        t.code = (uint16_t)(1 + k % 5);
        assert_int_equal(ledger_check_post(world, t), ERR_OK);
    }
    return start_us;
}

static void check_pages(struct store_world *world, bool ascending, size_t page_size)
{
    struct list list = {.filter = {.account = {2}, .ascending = ascending}, .max = page_size};
    int64_t expected = ascending ? 1 : ENTRIES;
    size_t seen = 0;
    do {
        list_page(world, &list);
        for (size_t i = 0; i < list.count; i++, seen++) {
            assert_int_equal(list.rows[i].credit.seq, expected);
            assert_int_equal(list.rows[i].transfer.amount_minor, expected);
            assert_int_equal(list.rows[i].credit.posted_minor, expected * (expected + 1) / 2);
            expected += ascending ? 1 : -1;
        }
        list.filter.after_seq = list.next_seq;
    } while (list.next_seq != 0);
    assert_int_equal(seen, ENTRIES);
}

static size_t count_matching(struct store_world *world, struct ledger_entry_filter filter)
{
    struct list list = {.filter = filter, .max = 50};
    size_t seen = 0;
    do {
        list_page(world, &list);
        seen += list.count;
        list.filter.after_seq = list.next_seq;
    } while (list.next_seq != 0);
    return seen;
}

static void history_runs_both_ways(void **state)
{
    (void)state;
    struct store_world world;
    store_world_init(&world, backend);
    int64_t start_us = make_history(&world);
    check_pages(&world, false, 50);
    check_pages(&world, false, 7);
    check_pages(&world, true, 50);
    check_pages(&world, true, 1);
    for (int ascending = 0; ascending < 2; ascending++) {
        struct ledger_entry_filter any = {.account = {2}, .ascending = ascending != 0};
        struct ledger_entry_filter filter = any;
        filter.from_us = start_us + 100 * 1000000;
        filter.until_us = start_us + 110 * 1000000;
        assert_int_equal(count_matching(&world, filter), 10);
        filter = any;
        filter.counterparty.v = 3;
        assert_int_equal(count_matching(&world, filter), ENTRIES / 3);
        filter = any;
        filter.code = 2;
        assert_int_equal(count_matching(&world, filter), ENTRIES / 5);
        filter = any;
        filter.amount_min = 10;
        filter.amount_max = 19;
        assert_int_equal(count_matching(&world, filter), 10);
        filter = any;
        filter.side = LEDGER_DEBIT;
        assert_int_equal(count_matching(&world, filter), 0);
        filter.side = LEDGER_CREDIT;
        assert_int_equal(count_matching(&world, filter), ENTRIES);
    }
    store_world_done(&world);
}

static void balances_at_past_moments(void **state)
{
    (void)state;
    struct store_world world;
    store_world_init(&world, backend);
    int64_t start_us = make_history(&world);
    for (int64_t k = 0; k <= ENTRIES; k += 13) {
        struct at at = {
            .ledger = world.ledger, .id = {2}, .at_us = start_us + k * 1000000 + 999999};
        assert_int_equal(store_read(world.store, run_at, &at), ERR_OK);
        assert_int_equal(at.entry.seq, k);
        assert_int_equal(at.entry.posted_minor, k * (k + 1) / 2);
    }
    struct at exact = {.ledger = world.ledger, .id = {2}, .at_us = start_us + 64 * 1000000};
    assert_int_equal(store_read(world.store, run_at, &exact), ERR_OK);
    assert_int_equal(exact.entry.seq, 64);
    struct at now = {.ledger = world.ledger, .id = {2}, .at_us = INT64_MAX};
    assert_int_equal(store_read(world.store, run_at, &now), ERR_OK);
    assert_int_equal(now.entry.seq, ENTRIES);
    struct at before = {.ledger = world.ledger, .id = {2}, .at_us = start_us - 1};
    assert_int_equal(store_read(world.store, run_at, &before), ERR_ACCOUNT_NOT_FOUND);
    struct at nobody = {.ledger = world.ledger, .id = {99}, .at_us = start_us};
    assert_int_equal(store_read(world.store, run_at, &nobody), ERR_ACCOUNT_NOT_FOUND);
    store_world_done(&world);
}

/* ---- reading single things ---- */

struct get {
    struct transfer_id id;
    struct ledger_posted posted;
    struct ledger_hold hold;
};

static enum err run_get_transfer(struct store_tx *tx, void *arg)
{
    struct get *get = arg;
    return ledger_get_transfer(tx, get->id, &get->posted);
}

static enum err run_get_hold(struct store_tx *tx, void *arg)
{
    struct get *get = arg;
    return ledger_get_hold(tx, get->id, &get->hold);
}

static void transfers_and_holds_are_read(void **state)
{
    (void)state;
    struct store_world world;
    struct ledger_account_spec specs[LEDGER_CHECK_ACCOUNTS];
    store_world_init(&world, backend);
    ledger_check_open(&world, specs);
    struct ledger_transfer hold = ledger_check_move(10, 1, 2, 70);
    hold.flags = LEDGER_PENDING;
    hold.timeout_s = 60;
    hold.reference = 42;
    assert_int_equal(ledger_check_post(&world, hold), ERR_OK);
    struct get get = {.id = {10}};
    assert_int_equal(store_read(world.store, run_get_hold, &get), ERR_OK);
    assert_int_equal(get.hold.state, LEDGER_HOLD_OPEN);
    struct ledger_transfer part = {.id = {11},
                                   .code = 1,
                                   .flags = LEDGER_POST_PENDING,
                                   .pending_id = {10},
                                   .amount_minor = 30};
    assert_int_equal(ledger_check_post(&world, part), ERR_OK);
    assert_int_equal(store_read(world.store, run_get_hold, &get), ERR_OK);
    assert_int_equal(get.hold.state, LEDGER_HOLD_POSTED);
    assert_int_equal(get.hold.resolved_by.v, 11);
    assert_int_equal(get.hold.captured_minor, 30);
    assert_int_equal(get.hold.released_minor, 40);
    assert_int_equal(store_read(world.store, run_get_transfer, &get), ERR_OK);
    assert_int_equal(get.posted.transfer.amount_minor, 70);
    assert_int_equal(get.posted.transfer.timeout_s, 60);
    assert_int_equal(get.posted.transfer.reference, 42);
    assert_int_equal(get.posted.expires_at_us - get.posted.created_at_us, 60000000);
    assert_int_equal(get.posted.credit.held_credits_minor, 70);
    get.id.v = 11;
    assert_int_equal(store_read(world.store, run_get_transfer, &get), ERR_OK);
    assert_int_equal(get.posted.transfer.pending_id.v, 10);
    assert_int_equal(get.posted.credit.posted_minor, 30);
    assert_int_equal(store_read(world.store, run_get_hold, &get), ERR_HOLD_NOT_FOUND);
    get.id.v = 12;
    assert_int_equal(store_read(world.store, run_get_transfer, &get), ERR_TRANSFER_NOT_FOUND);
    store_world_done(&world);
}

static void accounts_are_listed(void **state)
{
    (void)state;
    struct store_world world;
    struct ledger_account_spec specs[LEDGER_CHECK_ACCOUNTS];
    struct ledger_account accounts[LEDGER_CHECK_ACCOUNTS];
    struct ledger_account_filter filter = {.owner = 0};
    size_t count = 0;
    store_world_init(&world, backend);
    ledger_check_open(&world, specs);
    assert_int_equal(ledger_check_post(&world, ledger_check_move(10, 1, 3, 70)), ERR_OK);
    assert_int_equal(
        ledger_list_accounts(world.ledger, &filter, LEDGER_CHECK_ACCOUNTS, accounts, &count),
        ERR_OK);
    assert_int_equal(count, LEDGER_CHECK_ACCOUNTS);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(accounts[i].id.v, i + 1);
    }
    assert_int_equal(ledger_balance_minor(&accounts[2]), 70);
    assert_int_equal(ledger_balance_minor(&accounts[0]), 70); /* an asset grows by debits */
    filter.after.v = 3;
    filter.kind = LEDGER_WALLET;
    assert_int_equal(ledger_list_accounts(world.ledger, &filter, 2, accounts, &count), ERR_OK);
    assert_int_equal(count, 2);
    assert_int_equal(accounts[0].id.v, 4);
    filter = (struct ledger_account_filter){.owner = 5};
    assert_int_equal(ledger_list_accounts(world.ledger, &filter, 9, accounts, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(accounts[0].id.v, 6);
    filter.currency = CURRENCY_USD;
    assert_int_equal(ledger_list_accounts(world.ledger, &filter, 9, accounts, &count), ERR_OK);
    assert_int_equal(count, 0);
    store_world_done(&world);
}

/* ---- groups ---- */

struct failing {
    struct ledger *ledger;
    struct ledger_transfer transfer;
    struct ledger_result result;
};

static enum err run_and_fail(struct store_tx *tx, void *arg)
{
    struct failing *failing = arg;
    enum err err =
        ledger_post_transfers(tx, failing->ledger, &failing->transfer, 1, &failing->result);
    return err == ERR_OK ? ERR_CURRENCY_MISMATCH : err; /* something else in the callback failed */
}

static void a_failed_callback_leaves_nothing(void **state)
{
    (void)state;
    struct store_world world;
    struct ledger_account_spec specs[LEDGER_CHECK_ACCOUNTS];
    store_world_init(&world, backend);
    ledger_check_open(&world, specs);
    for (int64_t id = 10; id < 20; id++) {
        struct failing failing = {.ledger = world.ledger,
                                  .transfer = ledger_check_move(id, 1, 2, 5)};
        assert_int_equal(store_write_sync(world.store, run_and_fail, &failing, 0),
                         ERR_CURRENCY_MISMATCH);
        assert_int_equal(failing.result.code, ERR_OK);
        failing.transfer = ledger_check_move(id, 2, 3, 5000); /* would burn */
        assert_int_equal(store_write_sync(world.store, run_and_fail, &failing, 0),
                         ERR_CURRENCY_MISMATCH);
        assert_int_equal(ledger_check_post(&world, ledger_check_move(id, 1, 2, 5)), ERR_OK);
    }
    assert_int_equal(ledger_check_all(&world, specs, LEDGER_CHECK_ACCOUNTS), 10);
    store_world_done(&world);
}

/* ---- many writers ---- */

#define THREADS 6
#define ROUNDS  60

struct writer {
    struct store_world *world;
    uint64_t seed;
    _Atomic uint32_t *posted;
};

/* Everybody uses the same ids: each must be posted by exactly one of them, or burnt for all. */
static void *write_rounds(void *arg)
{
    struct writer *writer = arg;
    struct rng rng;
    rng_init(&rng, writer->seed);
    for (int64_t round = 0; round < ROUNDS; round++) {
        struct ledger_transfer batch[3];
        struct ledger_result results[3];
        int64_t id = 1000 + round * 10;
        batch[0] = ledger_check_move(id, 1, 2 + round % 3, 10);
        batch[1] = ledger_check_move(id + 1, 2 + round % 3, 5, 4);
        /* Some ask for too much under the id under which others ask for little. */
        batch[2] = ledger_check_move(id + 2, 5, 6, writer->seed % 2 == 0 ? 1 : 1000000);
        size_t count = 1 + rng_below(&rng, 3);
        store_world_post(writer->world, batch, count, results);
        for (size_t i = 0; i < count; i++) {
            if (results[i].code == ERR_OK && !results[i].replayed) {
                atomic_fetch_add(&writer->posted[id + (int64_t)i], 1);
            }
        }
    }
    return NULL;
}

static void run_writers(struct store_world *a, struct store_world *b, _Atomic uint32_t *posted)
{
    pthread_t threads[THREADS];
    struct writer writers[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        writers[i] = (struct writer){.world = i % 2 == 0 ? a : b, .seed = i + 1, .posted = posted};
        writers[i].seed = i / 2 + 1; /* both worlds meet both kinds */
        assert_int_equal(pthread_create(&threads[i], NULL, write_rounds, &writers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
}

static void check_each_id(struct store_world *world, const _Atomic uint32_t *posted,
                          size_t *ret_count)
{
    size_t count = 0;
    for (int64_t id = 1000; id < 1000 + ROUNDS * 10; id++) {
        uint32_t times = atomic_load(&posted[id]);
        struct get get = {.id = {id}};
        enum err err = store_read(world->store, run_get_transfer, &get);
        assert_true(times <= 1);
        assert_int_equal(err, times == 1 ? ERR_OK : ERR_TRANSFER_NOT_FOUND);
        count += times;
        if (id % 10 == 2) {
            /* Posted for little, or burnt by the greedy: and it stays so. */
            enum err little = ledger_check_post(world, ledger_check_move(id, 5, 6, 1));
            enum err much = ledger_check_post(world, ledger_check_move(id, 5, 6, 1000000));
            if (times == 1) {
                assert_int_equal(little, ERR_OK);
                assert_int_equal(much, ERR_EXISTS_WITH_DIFFERENT_AMOUNT);
            } else if (much == ERR_INSUFFICIENT_FUNDS) {
                assert_int_equal(little, ERR_ID_ALREADY_FAILED_WITH_OTHER_CONTENT);
            } else {
                /* Little was asked for when there was nothing yet; or nobody asked before. */
                assert_true(much == ERR_ID_ALREADY_FAILED_WITH_OTHER_CONTENT ||
                            much == ERR_EXISTS_WITH_DIFFERENT_AMOUNT);
                count += much == ERR_EXISTS_WITH_DIFFERENT_AMOUNT ? 1 : 0;
            }
        }
    }
    *ret_count = count;
}

static void many_writers_post_each_id_once(void **state)
{
    (void)state;
    static _Atomic uint32_t posted[1000 + ROUNDS * 10];
    struct store_world a, b;
    struct ledger_account_spec specs[LEDGER_CHECK_ACCOUNTS];
    size_t count = 0;
    memset(posted, 0, sizeof(posted));
    store_world_init(&a, backend);
    ledger_check_open(&a, specs);
    if (!is_sqlite()) {
        store_world_attach(&b, &a); /* another process on the same database */
    }
    run_writers(&a, is_sqlite() ? &a : &b, posted);
    check_each_id(&a, posted, &count);
    assert_int_equal(ledger_check_all(&a, specs, LEDGER_CHECK_ACCOUNTS), count);
    if (!is_sqlite()) {
        store_world_done(&b);
    }
    store_world_done(&a);
}

/* ---- readers beside the writer ---- */

struct reader {
    struct store_world *world;
    _Atomic bool *stop;
    uint64_t reads;
};

/* Account 2 only ever receives 1: whatever moment is seen, all its numbers are of that moment. */
static void *read_on(void *arg)
{
    struct reader *reader = arg;
    int64_t seq = 0;
    while (!atomic_load(reader->stop)) {
        struct ledger_account account;
        struct ledger_totals totals;
        size_t count = 0;
        assert_int_equal(
            ledger_get_account(reader->world->ledger, (struct account_id){2}, &account), ERR_OK);
        assert_true(account.seq >= seq);
        assert_int_equal(account.credits_posted, account.seq);
        assert_int_equal(account.last_transfer.v, account.seq == 0 ? 0 : 100000 + account.seq);
        seq = account.seq;
        assert_int_equal(ledger_totals(reader->world->ledger, &totals, 1, &count), ERR_OK);
        assert_true(count == 0 || totals.debits_posted == totals.credits_posted);
        reader->reads++;
    }
    return NULL;
}

static void readers_see_whole_moments(void **state)
{
    (void)state;
    static struct ledger_transfer batch[500];
    static struct ledger_result results[500];
    struct store_world world;
    struct ledger_account_spec specs[LEDGER_CHECK_ACCOUNTS];
    _Atomic bool stop = false;
    pthread_t threads[2];
    struct reader readers[2];
    int64_t id = 100000;
    store_world_init(&world, backend);
    ledger_check_open(&world, specs);
    for (size_t i = 0; i < ARRAY_COUNT(threads); i++) {
        readers[i] = (struct reader){.world = &world, .stop = &stop};
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &readers[i]), 0);
    }
    for (int round = 0; round < 20; round++) {
        size_t count = round % 2 == 0 ? ARRAY_COUNT(batch) : 1;
        for (size_t i = 0; i < count; i++) {
            batch[i] = ledger_check_move(++id, 1, 2, 1);
        }
        store_world_post(&world, batch, count, results);
    }
    atomic_store(&stop, true);
    for (size_t i = 0; i < ARRAY_COUNT(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(readers[i].reads > 0);
    }
    assert_int_equal(ledger_check_all(&world, specs, LEDGER_CHECK_ACCOUNTS),
                     10 * ARRAY_COUNT(batch) + 10);
    store_world_done(&world);
}

/* ---- ids ---- */

static void ids_far_in_the_future_are_not_followed(void **state)
{
    (void)state;
    struct store_world world;
    struct ledger_account_spec specs[LEDGER_CHECK_ACCOUNTS];
    store_world_init(&world, backend);
    ledger_check_open(&world, specs);
    int64_t last = 0, after = 0;
    assert_int_equal(ledger_last_id(world.store, &last), ERR_OK);
    assert_int_equal(ledger_check_post(&world, ledger_check_move(INT64_MAX, 1, 2, 5)), ERR_OK);
    assert_int_equal(ledger_last_id(world.store, &after), ERR_OK);
    assert_true(after >= last && after < INT64_MAX / 2);
    store_world_restart(&world);
    assert_int_equal(ledger_check_post(&world, ledger_check_move(INT64_MAX, 1, 2, 5)), ERR_OK);
    assert_int_equal(ledger_check_post(&world, ledger_check_move(id_draw_one(&world.ids), 1, 2, 5)),
                     ERR_OK);
    assert_int_equal(ledger_check_all(&world, specs, LEDGER_CHECK_ACCOUNTS), 2);
    store_world_done(&world);
}

/* ---- what HTTP cannot send ---- */

static void what_only_a_caller_in_c_can_do_wrong(void **state)
{
    (void)state;
    struct store_world world;
    struct ledger_account_spec specs[LEDGER_CHECK_ACCOUNTS];
    store_world_init(&world, backend);
    ledger_check_open(&world, specs);
    struct ledger_account_spec wrong[] = {specs[0], specs[1]};
    wrong[0].id.v = 0;
    wrong[1].kind = (enum ledger_account_kind)999;
    enum err results[ARRAY_COUNT(wrong)];
    store_world_open(&world, wrong, ARRAY_COUNT(wrong), results);
    assert_int_equal(results[0], ERR_LEDGER_ACCOUNT_ID_REQUIRED);
    assert_int_equal(results[1], ERR_LEDGER_ACCOUNT_KIND_UNKNOWN);
    assert_int_equal(ledger_check_post(&world, ledger_check_move(0, 1, 2, 5)),
                     ERR_TRANSFER_ID_REQUIRED);
    struct ledger_transfer negative = ledger_check_move(id_draw_one(&world.ids), 1, 2, 5);
    negative.reference = -1;
    assert_int_equal(ledger_check_post(&world, negative), ERR_TRANSFER_REFERENCE_INVALID);
    struct ledger_transfer too_much =
        ledger_check_move(id_draw_one(&world.ids), 1, 2, MONEY_MINOR_MAX + 1);
    assert_int_equal(ledger_check_post(&world, too_much), ERR_AMOUNT_OUT_OF_RANGE);
    assert_int_equal(ledger_check_all(&world, specs, LEDGER_CHECK_ACCOUNTS), 0);
    store_world_done(&world);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_lives_are_recomputed),
        cmocka_unit_test(big_batches_are_recomputed),
        cmocka_unit_test(history_runs_both_ways),
        cmocka_unit_test(balances_at_past_moments),
        cmocka_unit_test(transfers_and_holds_are_read),
        cmocka_unit_test(accounts_are_listed),
        cmocka_unit_test(a_failed_callback_leaves_nothing),
        cmocka_unit_test(many_writers_post_each_id_once),
        cmocka_unit_test(readers_see_whole_moments),
        cmocka_unit_test(ids_far_in_the_future_are_not_followed),
        cmocka_unit_test(what_only_a_caller_in_c_can_do_wrong),
    };
    if (argc != 2) {
        return 2;
    }
    backend = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}

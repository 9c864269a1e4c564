/* The rules, by the scenarios of tests/scenario/ledger, and by random batches against a naive
 * recomputation; undo at every kind of mark. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/rng.h"
#include "memory_world.h"

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = calloc(1, 1 << 16);
    assert_non_null(text);
    size_t length = fread(text, 1, (1 << 16) - 1, file);
    assert_true(length > 0 && length < (1 << 16) - 1);
    (void)fclose(file);
    return text;
}

static void play(const char *name)
{
    char path[512];
    struct memory_world memory;
    memory_world_init(&memory);
    struct world world = memory_world_face(&memory);
    (void)snprintf(path, sizeof(path), "%s/%s.scn", SCENARIO_DIR, name);
    char *text = read_file(path);
    unsigned steps = 0;
    assert_int_equal(scenario_play(name, text, &world, &steps), 0);
    assert_true(steps > 10);
    free(text);
    memory_world_done(&memory);
}

static void every_rung_of_the_ladder(void **state)
{
    (void)state;
    play("ladder");
}

static void linked_chains(void **state)
{
    (void)state;
    play("chains");
}

static void holds_and_closing(void **state)
{
    (void)state;
    play("holds");
}

static void opening_accounts(void **state)
{
    (void)state;
    play("accounts");
}

/* A scenario that expects the wrong thing is noticed: the player is no rubber stamp. */
static void the_player_notices(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "account a wallet CNY | account_not_found\n",
        "account a wallet CNY\nexpect a 1.00 held 0 0\n",
        "account a wallet CNY\naccount b wallet CNY\ntransfer T1 a→b 1.00 | insufficient_funds\n",
        "account a wallet CNY\nexpire 1\n",
        "dance\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        struct memory_world memory;
        unsigned steps;
        memory_world_init(&memory);
        struct world world = memory_world_face(&memory);
        fprintf(stderr, "expected complaint: ");
        assert_true(scenario_play("wrong", wrong[i], &world, &steps) > 0);
        memory_world_done(&memory);
    }
}

/* ---- random batches ---- */

#define ACCOUNTS 6
#define BATCH    12

static void open_accounts(struct memory_world *world)
{
    for (int64_t id = 1; id <= ACCOUNTS; id++) {
        struct ledger_account_spec spec = {.id = {id},
                                           .kind = id == 1 ? LEDGER_BANK : LEDGER_WALLET,
                                           .currency = CURRENCY_CNY,
                                           .flags =
                                               id == 1 ? 0 : LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS,
                                           .balance_max_minor = id == 2 ? 500 : 0};
        assert_int_equal(rules_open_account(&world->book, &spec, world->now_us), ERR_OK);
    }
    memory_world_commit(world);
}

static struct ledger_transfer random_transfer(struct rng *rng, int64_t *next_id)
{
    struct ledger_transfer t = {.code = 1, .currency = CURRENCY_CNY};
    /* Mostly new ids, sometimes an old one. */
    t.id.v = rng_chance(rng, 1, 8) && *next_id > 1 ? 1 + (int64_t)rng_below(rng, (uint64_t)*next_id)
                                                   : ++*next_id;
    uint64_t what = rng_below(rng, 10);
    if (what < 3 && *next_id > 1) {
        t.flags = what == 0 ? LEDGER_VOID_PENDING : LEDGER_POST_PENDING;
        t.currency = CURRENCY_NONE;
        t.pending_id.v = 1 + (int64_t)rng_below(rng, (uint64_t)*next_id);
        t.amount_minor = what == 2 ? (int64_t)rng_below(rng, 60) : 0;
    } else {
        t.debit_account.v = 1 + (int64_t)rng_below(rng, ACCOUNTS);
        t.credit_account.v = 1 + (int64_t)rng_below(rng, ACCOUNTS);
        t.amount_minor = (int64_t)rng_below(rng, 100);
        t.flags = what < 6 ? LEDGER_PENDING : 0;
        t.timeout_s = (t.flags & LEDGER_PENDING) != 0 && rng_chance(rng, 1, 2) ? 5 : 0;
    }
    if (rng_chance(rng, 1, 4)) {
        t.flags |= LEDGER_LINKED;
    }
    return t;
}

/* Recomputes an account from every stored transfer, in order. */
static void recompute(const struct memory_world *world, int64_t id, struct ledger_account *ret)
{
    memset(ret, 0, sizeof(*ret));
    for (size_t i = 0; i < world->count; i++) {
        const struct stored_item *item = &world->items[i];
        const struct ledger_transfer *t = &item->posted.transfer;
        if (item->kind != STORED_TRANSFER ||
            (t->debit_account.v != id && t->credit_account.v != id)) {
            continue;
        }
        bool is_debit = t->debit_account.v == id;
        const struct ledger_entry *entry = is_debit ? &item->posted.debit : &item->posted.credit;
        assert_int_equal(entry->prev_transfer.v, ret->last_transfer.v);
        assert_int_equal(entry->seq, ++ret->seq);
        ret->last_transfer = t->id;
        int64_t *pending = is_debit ? &ret->debits_pending : &ret->credits_pending;
        int64_t *posted = is_debit ? &ret->debits_posted : &ret->credits_posted;
        if ((t->flags & LEDGER_PENDING) != 0) {
            *pending += t->amount_minor;
        } else {
            if (t->pending_id.v != 0) {
                *pending -= memory_world_find(world, t->pending_id.v)->posted.transfer.amount_minor;
            }
            if ((t->flags & (LEDGER_VOID_PENDING | LEDGER_EXPIRE_PENDING)) == 0) {
                *posted += t->amount_minor;
            }
        }
        assert_int_equal(entry->posted_minor, ret->credits_posted - ret->debits_posted);
        assert_int_equal(entry->held_debits_minor, ret->debits_pending);
        assert_int_equal(entry->held_credits_minor, ret->credits_pending);
    }
}

static void agrees_with_recomputation(struct memory_world *world)
{
    for (int64_t id = 1; id <= ACCOUNTS; id++) {
        struct account_record record;
        struct ledger_account expected;
        assert_true(book_read_account(&world->book, id, &record));
        recompute(world, id, &expected);
        assert_int_equal(record.debits_posted, expected.debits_posted);
        assert_int_equal(record.credits_posted, expected.credits_posted);
        assert_int_equal(record.debits_pending, expected.debits_pending);
        assert_int_equal(record.credits_pending, expected.credits_pending);
        assert_int_equal(record.seq, expected.seq);
        assert_int_equal(record.last_transfer, expected.last_transfer.v);
        if (id != 1) {
            assert_true(record.debits_posted + record.debits_pending <= record.credits_posted);
        }
        if (id == 2) {
            assert_true(record.credits_posted + record.credits_pending - record.debits_posted <=
                        500);
        }
    }
}

/* Everything that a group may change, byte for byte. */
struct picture {
    struct account_record records[ACCOUNTS];
    uint32_t holds, rows, failures, leaves;
};

static void take_picture(const struct memory_world *world, struct picture *ret)
{
    memset(ret, 0, sizeof(*ret));
    for (uint32_t i = 0; i < ACCOUNTS; i++) {
        ret->records[i] = *book_record(&world->book, i);
    }
    ret->holds = world->book.hold_count;
    ret->rows = world->book.row_count;
    ret->failures = world->book.failure_count;
    ret->leaves = world->book.leaf_count;
}

/* A group of several callbacks, of which some are undone, and sometimes the whole group. */
static void run_group(struct memory_world *world, struct rng *rng, int64_t *next_id)
{
    struct ledger_transfer batch[BATCH];
    struct ledger_result results[BATCH], first[BATCH];
    struct picture before, after;
    take_picture(world, &before);
    for (int callback = 0; callback < 3; callback++) {
        struct book_mark mark;
        size_t count = 1 + rng_below(rng, BATCH);
        for (size_t i = 0; i < count; i++) {
            batch[i] = random_transfer(rng, next_id);
        }
        book_mark(&world->book, &mark);
        memory_world_run(world, batch, count, false, results);
        if (rng_chance(rng, 1, 3)) {
            /* Undone, then run again: the same verdicts, as if it had never been. */
            memcpy(first, results, sizeof(first));
            book_undo_to(&world->book, &mark, false);
            assert_int_equal(world->book.row_count, mark.rows);
            memory_world_run(world, batch, count, false, results);
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(first[i].code, results[i].code);
                assert_int_equal(first[i].replayed, results[i].replayed);
                assert_int_equal(first[i].debit_seq, results[i].debit_seq);
                assert_int_equal(first[i].credit_posted_minor, results[i].credit_posted_minor);
            }
        } else if (rng_chance(rng, 1, 4)) {
            book_undo_to(&world->book, &mark, false);
        }
    }
    if (rng_chance(rng, 1, 4)) {
        book_drop_group(&world->book);
        take_picture(world, &after);
        assert_memory_equal(&before, &after, sizeof(before));
        return;
    }
    memory_world_commit(world);
}

static void random_batches_agree_with_recomputation(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct memory_world world;
        struct rng rng;
        int64_t next_id = 0;
        rng_init(&rng, seed);
        memory_world_init(&world);
        open_accounts(&world);
        for (int group = 0; group < 40; group++) {
            world.now_us += (int64_t)rng_below(&rng, 2000000);
            run_group(&world, &rng, &next_id);
            agrees_with_recomputation(&world);
        }
        (void)memory_world_face(&world).expire(&world);
        agrees_with_recomputation(&world);
        memory_world_done(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rung_of_the_ladder),
        cmocka_unit_test(linked_chains),
        cmocka_unit_test(holds_and_closing),
        cmocka_unit_test(opening_accounts),
        cmocka_unit_test(the_player_notices),
        cmocka_unit_test(random_batches_agree_with_recomputation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

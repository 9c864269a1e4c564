/* test_limits.c — limits: what forbids, what is left, what renews, and that no race goes past. */
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "policy/limits.h"
#include "support/test_db.h"

#define PERSON INT64_C(4711)
#define DAY_US INT64_C(86400000000)
#define NOON   INT64_C(1763785282000000) /* 2025-11-22T04:21:22Z, 12:21 in Shanghai */

struct fixture {
    struct test_db db;
    struct clock clock;
    struct store *store;
    struct pack *pack;
};

static enum store_backend backend;

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct policy_fault fault;
    uint32_t applied;

    clock_init_virtual(&fixture->clock, NOON);
    test_db_create(&fixture->db, backend);
    assert_int_equal(store_open(&(struct store_config){.url = fixture->db.url,
                                                       .clock = &fixture->clock,
                                                       .lane_count = 4,
                                                       .create = true},
                                &fixture->store),
                     ERR_OK);
    assert_int_equal(store_migrate(fixture->store, &applied), ERR_OK);
    assert_int_equal(store_start(fixture->store), ERR_OK);
    assert_int_equal(pack_load(NULL, "cn", &fixture->pack, &fault), ERR_OK);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    pack_free(fixture->pack);
    store_close(fixture->store);
    test_db_drop(&fixture->db);
    free(fixture);
    return 0;
}

/* ---- calls ---- */

struct use_call {
    const struct pack *pack;
    struct limit_request request;
    struct limit_verdict verdict;
};

static enum err run_use(struct store_tx *tx, void *arg)
{
    struct use_call *call = arg;

    return limits_use(tx, call->pack, &call->request, &call->verdict);
}

static struct limit_request request_of(uint32_t level, enum policy_operation operation,
                                       int64_t minor, int64_t at_us)
{
    return (struct limit_request){.person_id = PERSON,
                                  .level = level,
                                  .operation = operation,
                                  .amount = {minor, CURRENCY_CNY},
                                  .strength = POLICY_STRENGTH_SINGLE,
                                  .at_us = at_us};
}

static struct limit_verdict use(struct fixture *fixture, struct limit_request request)
{
    struct use_call call = {.pack = fixture->pack, .request = request};

    assert_int_equal(store_write_sync(fixture->store, run_use, &call, 0), ERR_OK);
    return call.verdict;
}

struct release_call {
    const struct pack *pack;
    struct limit_release release;
};

static enum err run_release(struct store_tx *tx, void *arg)
{
    const struct release_call *call = arg;

    return limits_release(tx, call->pack, &call->release);
}

static void release(struct fixture *fixture, int64_t minor, int64_t used_at_us)
{
    struct release_call call = {
        .pack = fixture->pack,
        .release = {.person_id = PERSON,
                    .operation = POLICY_PAYMENT,
                    .amount = {minor, CURRENCY_CNY},
                    .strength = POLICY_STRENGTH_SINGLE,
                    .used_at_us = used_at_us,
                    .is_whole = true},
    };

    assert_int_equal(store_write_sync(fixture->store, run_release, &call, 0), ERR_OK);
}

struct own_call {
    const struct pack *pack;
    struct own_limit_change change;
    struct own_limit now;
};

static enum err run_own(struct store_tx *tx, void *arg)
{
    struct own_call *call = arg;

    return own_limit_set(tx, call->pack, &call->change, &call->now);
}

static enum err set_own(struct fixture *fixture, enum policy_period period, int64_t minor,
                        int64_t at_us, struct own_limit *ret)
{
    struct own_call call = {.pack = fixture->pack,
                            .change = {.person_id = PERSON,
                                       .level = 2,
                                       .operation = POLICY_PAYMENT,
                                       .period = period,
                                       .currency = CURRENCY_CNY,
                                       .minor = minor,
                                       .at_us = at_us}};
    enum err err = store_write_sync(fixture->store, run_own, &call, 0);

    *ret = call.now;
    return err;
}

struct read_call {
    struct limit_counters counters;
    struct own_limits own;
};

static enum err run_read(struct store_tx *tx, void *arg)
{
    struct read_call *call = arg;

    return limits_read(tx, PERSON, CURRENCY_CNY, &call->counters, &call->own);
}

/* ---- verdicts ---- */

static void test_class_one_is_for_life(void **state)
{
    struct fixture *fixture = *state;
    struct limit_verdict verdict;

    assert_int_equal(use(fixture, request_of(1, POLICY_PAYMENT, 60000, NOON)).err, ERR_OK);
    /* Payments, transfers and withdrawals count together, and years later still. */
    verdict = use(fixture, request_of(1, POLICY_WITHDRAWAL, 40001, NOON + 900 * DAY_US));
    assert_int_equal(verdict.err, ERR_LIMIT_LIFETIME_EXCEEDED);
    assert_string_equal(verdict.code, "lifetime_out");
    assert_int_equal(verdict.used_minor, 60000);
    assert_int_equal(verdict.left_minor, 40000);
    assert_int_equal(verdict.limit_minor, 100000);
    assert_true(verdict.renews_at_us == 0);
    assert_int_equal(verdict.level_needed, 2);
    assert_int_equal(use(fixture, request_of(1, POLICY_WITHDRAWAL, 40000, NOON)).err, ERR_OK);
    assert_int_equal(use(fixture, request_of(1, POLICY_TRANSFER, 1, NOON)).err,
                     ERR_LIMIT_LIFETIME_EXCEEDED);
    /* Class II does not count withdrawals: 1,000 of 100,000 are used. */
    assert_int_equal(use(fixture, request_of(2, POLICY_TRANSFER, 100, NOON)).err, ERR_OK);
}

static void test_refusals(void **state)
{
    struct fixture *fixture = *state;
    struct limit_request request = request_of(0, POLICY_PAYMENT, 100, NOON);
    struct limit_verdict verdict = use(fixture, request);

    assert_int_equal(verdict.err, ERR_IDENTITY_NOT_VERIFIED);
    assert_int_equal(verdict.level_needed, 1);
    request.level = 1;
    request.amount.currency = CURRENCY_USD;
    assert_int_equal(use(fixture, request).err, ERR_CURRENCY_UNSUPPORTED);
    verdict = use(fixture, request_of(1, POLICY_PAYMENT, 100001, NOON));
    assert_int_equal(verdict.err, ERR_LIMIT_EACH_EXCEEDED);
    assert_int_equal(verdict.left_minor, 100000);
    verdict = use(fixture, request_of(3, POLICY_PAYMENT, 100000000, NOON));
    assert_int_equal(verdict.err, ERR_LIMIT_EACH_EXCEEDED);
    assert_int_equal(verdict.level_needed, 0); /* no level would help */
    request = request_of(1, POLICY_TOP_UP, 30000, NOON);
    request.balance_after_minor = 100001;
    verdict = use(fixture, request);
    assert_int_equal(verdict.err, ERR_LIMIT_BALANCE_EXCEEDED);
    assert_int_equal(verdict.left_minor, 29999);
    assert_int_equal(verdict.level_needed, 2);
}

static void test_days_and_years_renew(void **state)
{
    struct fixture *fixture = *state;
    int64_t at_us = NOON;
    struct limit_verdict verdict;

    for (int i = 0; i < 2; i++) {
        assert_int_equal(use(fixture, request_of(2, POLICY_PAYMENT, 2000000, at_us)).err, ERR_OK);
    }
    verdict = use(fixture, request_of(2, POLICY_TRANSFER, 1500000, at_us));
    assert_int_equal(verdict.err, ERR_LIMIT_DAY_EXCEEDED);
    assert_int_equal(verdict.left_minor, 1000000);
    assert_true(verdict.renews_at_us == policy_period_end_us(fixture->pack, POLICY_DAY, at_us));
    at_us = verdict.renews_at_us; /* the first microsecond of the next day */
    assert_int_equal(use(fixture, request_of(2, POLICY_TRANSFER, 1500000, at_us)).err, ERR_OK);
    for (int i = 0; i < 2; i++) {
        at_us += DAY_US;
        assert_int_equal(use(fixture, request_of(2, POLICY_PAYMENT, 2000000, at_us)).err, ERR_OK);
    }
    at_us += DAY_US;
    verdict = use(fixture, request_of(2, POLICY_PAYMENT, 500001, at_us));
    assert_int_equal(verdict.err, ERR_LIMIT_YEAR_EXCEEDED);
    assert_int_equal(verdict.left_minor, 500000);
    assert_int_equal(verdict.level_needed, 3);
    assert_int_equal(use(fixture, request_of(2, POLICY_PAYMENT, 500001, verdict.renews_at_us)).err,
                     ERR_OK);
}

static void test_the_month_counts_in_its_pack(void **state)
{
    struct fixture *fixture = *state;
    struct limit_counters counters = {0};
    struct own_limits own = {0};
    struct limit_verdict verdict;
    struct policy_fault fault;
    struct pack *eu = NULL;
    struct limit_request request = request_of(1, POLICY_PAYMENT, 10001, NOON);

    (void)fixture;
    assert_int_equal(pack_load(NULL, "eu", &eu, &fault), ERR_OK);
    request.amount.currency = CURRENCY_EUR;
    counters.by_operation[POLICY_PAYMENT].by_period[POLICY_MONTH] =
        (struct limit_count){policy_period_start_us(eu, POLICY_MONTH, NOON), 5000, 1};
    limits_evaluate(eu, &counters, &own, &request, &verdict);
    assert_int_equal(verdict.err, ERR_LIMIT_MONTH_EXCEEDED);
    assert_int_equal(verdict.left_minor, 10000);
    request.operation = POLICY_TRANSFER;
    limits_evaluate(eu, &counters, &own, &request, &verdict);
    assert_int_equal(verdict.err, ERR_LEVEL_OPERATION_NOT_OFFERED);
    assert_int_equal(verdict.level_needed, 2);
    pack_free(eu);
}

static void test_count(void **state)
{
    struct fixture *fixture = *state;
    struct limit_verdict verdict;

    for (int i = 0; i < 20; i++) {
        assert_int_equal(use(fixture, request_of(2, POLICY_WITHDRAWAL, 1, NOON)).err, ERR_OK);
    }
    verdict = use(fixture, request_of(2, POLICY_WITHDRAWAL, 1, NOON));
    assert_int_equal(verdict.err, ERR_LIMIT_COUNT_EXCEEDED);
    assert_int_equal(verdict.left_minor, 0);
    assert_int_equal(use(fixture, request_of(2, POLICY_WITHDRAWAL, 1, NOON + DAY_US)).err, ERR_OK);
}

static void test_release(void **state)
{
    struct fixture *fixture = *state;
    struct read_call read;
    int64_t by_strength[POLICY_STRENGTH_MAX + 1];

    assert_int_equal(use(fixture, request_of(1, POLICY_PAYMENT, 100000, NOON)).err, ERR_OK);
    release(fixture, 100000, NOON);
    assert_int_equal(use(fixture, request_of(1, POLICY_PAYMENT, 100000, NOON)).err, ERR_OK);
    /* A day later the day has forgotten; the lifetime gets it back. */
    assert_int_equal(use(fixture, request_of(2, POLICY_PAYMENT, 700, NOON + DAY_US)).err, ERR_OK);
    release(fixture, 100000, NOON);
    assert_int_equal(store_read(fixture->store, run_read, &read), ERR_OK);
    assert_int_equal(read.counters.by_operation[POLICY_PAYMENT].by_period[POLICY_DAY].minor, 700);
    assert_int_equal(read.counters.by_operation[POLICY_PAYMENT].by_period[POLICY_LIFETIME].minor,
                     700);
    limits_day_by_strength(fixture->pack, &read.counters, NOON + DAY_US, by_strength);
    assert_int_equal(by_strength[POLICY_STRENGTH_SINGLE], 700);
    assert_int_equal(by_strength[POLICY_STRENGTH_DOUBLE], 0);
    limits_day_by_strength(fixture->pack, &read.counters, NOON + 2 * DAY_US, by_strength);
    assert_int_equal(by_strength[POLICY_STRENGTH_SINGLE], 0);
    /* Never below nothing. */
    release(fixture, 5000, NOON + DAY_US);
    assert_int_equal(store_read(fixture->store, run_read, &read), ERR_OK);
    assert_int_equal(read.counters.by_operation[POLICY_PAYMENT].by_period[POLICY_LIFETIME].minor,
                     0);
}

static void test_own_limits(void **state)
{
    struct fixture *fixture = *state;
    struct limit_verdict verdict;
    struct own_limit own;

    assert_int_equal(set_own(fixture, POLICY_DAY, 10000, NOON, &own), ERR_OK);
    assert_true(own.is_set && own.minor == 10000 && own.next_from_us == 0);
    verdict = use(fixture, request_of(2, POLICY_PAYMENT, 10001, NOON));
    assert_int_equal(verdict.err, ERR_OWN_LIMIT_EXCEEDED);
    assert_string_equal(verdict.code, "own_day");
    assert_int_equal(use(fixture, request_of(2, POLICY_PAYMENT, 10000, NOON)).err, ERR_OK);
    /* Only its own operation. */
    assert_int_equal(use(fixture, request_of(2, POLICY_TRANSFER, 10000, NOON)).err, ERR_OK);
    /* Raising waits a day, to the microsecond. */
    assert_int_equal(set_own(fixture, POLICY_DAY, 50000, NOON, &own), ERR_OK);
    assert_true(own.minor == 10000 && own.next_minor == 50000 && own.next_from_us == NOON + DAY_US);
    assert_int_equal(use(fixture, request_of(2, POLICY_PAYMENT, 20000, NOON + DAY_US - 1)).err,
                     ERR_OWN_LIMIT_EXCEEDED);
    assert_int_equal(use(fixture, request_of(2, POLICY_PAYMENT, 20000, NOON + DAY_US)).err, ERR_OK);
    /* So does taking it away; lowering meanwhile holds at once. */
    assert_int_equal(set_own(fixture, POLICY_DAY, -1, NOON + DAY_US, &own), ERR_OK);
    assert_true(own.minor == 50000 && own.next_minor == -1);
    assert_int_equal(set_own(fixture, POLICY_DAY, 30000, NOON + DAY_US, &own), ERR_OK);
    assert_int_equal(use(fixture, request_of(2, POLICY_PAYMENT, 10001, NOON + DAY_US)).err,
                     ERR_OWN_LIMIT_EXCEEDED);
    /* The law's limit stays the bound. */
    assert_int_equal(set_own(fixture, POLICY_EACH, 2000001, NOON, &own), ERR_OWN_LIMIT_ABOVE_LEVEL);
    assert_int_equal(set_own(fixture, POLICY_EACH, 2000000, NOON, &own), ERR_OK);
    assert_int_equal(use(fixture, request_of(2, POLICY_PAYMENT, 2000001, NOON)).err,
                     ERR_LIMIT_EACH_EXCEEDED);
}

/* ---- races ---- */

struct racer {
    struct fixture *fixture;
    pthread_t thread;
    pthread_barrier_t *barrier;
    struct use_call call;
    int64_t affinity;
};

static void *race(void *arg)
{
    struct racer *racer = arg;
    enum err err;

    pthread_barrier_wait(racer->barrier);
    do {
        err = store_write_sync(racer->fixture->store, run_use, &racer->call, racer->affinity);
    } while (err == ERR_STORE_BUSY || err == ERR_STORE_CONFLICT);
    BUG_IF(err != ERR_OK);
    return NULL;
}

/* n at once over every lane and three operations that count together: exactly five fit. */
static void test_raced(void **state)
{
    static const int counts[] = {2, 8, 64};
    struct fixture *fixture = *state;
    struct racer *racers = calloc(64, sizeof(*racers));

    for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
        pthread_barrier_t barrier;
        int fitted = 0, refused = 0;

        pthread_barrier_init(&barrier, NULL, (unsigned)counts[i]);
        for (int n = 0; n < counts[i]; n++) {
            racers[n] = (struct racer){.fixture = fixture, .barrier = &barrier, .affinity = n + 1};
            racers[n].call = (struct use_call){
                .pack = fixture->pack,
                .request = request_of(1, (enum policy_operation)(1 + n % 3), 20000, NOON)};
            racers[n].call.request.person_id = PERSON + counts[i];
            assert_int_equal(pthread_create(&racers[n].thread, NULL, race, &racers[n]), 0);
        }
        for (int n = 0; n < counts[i]; n++) {
            pthread_join(racers[n].thread, NULL);
            fitted += racers[n].call.verdict.err == ERR_OK;
            refused += racers[n].call.verdict.err == ERR_LIMIT_LIFETIME_EXCEEDED;
        }
        pthread_barrier_destroy(&barrier);
        assert_int_equal(fitted, counts[i] < 5 ? counts[i] : 5);
        assert_int_equal(fitted + refused, counts[i]);
    }
    free(racers);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_class_one_is_for_life, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refusals, setup, teardown),
        cmocka_unit_test_setup_teardown(test_days_and_years_renew, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_month_counts_in_its_pack, setup, teardown),
        cmocka_unit_test_setup_teardown(test_count, setup, teardown),
        cmocka_unit_test_setup_teardown(test_release, setup, teardown),
        cmocka_unit_test_setup_teardown(test_own_limits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_raced, setup, teardown),
    };

    backend = argc > 1 && strcmp(argv[1], "postgres") == 0 ? STORE_POSTGRES : STORE_SQLITE;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

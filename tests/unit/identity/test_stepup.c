/* test_stepup.c — confirmations: made for one request of one session, given factors, consumed once;
 * days counted by how well; quick pay within two limits; all of it under races. */
#include "factor_world.h"

#include <stdatomic.h>
#include <string.h>

#include "core/rng.h"
#include "identity/stepup.h"

#define PIN      FACTOR_BIT(FACTOR_PIN)
#define TOTP     FACTOR_BIT(FACTOR_TOTP)
#define PASSKEY  FACTOR_BIT(FACTOR_PASSKEY)
#define CODE     FACTOR_BIT(FACTOR_CODE)
#define PASSWORD FACTOR_BIT(FACTOR_PASSWORD)

enum { NONE = 1, SINGLE = 2, DOUBLE = 3, SIGNED = 4 };

/* Up to 1,000 a day by one factor, up to 5,000 by two, beyond that signed. */
static enum err demand_of(const void *arg, const struct stepup_use *use, struct stepup_demand *ret)
{
    int64_t minor = use->amount.minor;

    (void)arg;
    memset(ret, 0, sizeof(*ret));
    if (use->action == STEPUP_CARD_BIND) {
        ret->is_free = true;
        ret->strength = NONE;
    } else if (use->action == STEPUP_CREDENTIAL) {
        *ret = (struct stepup_demand){false, DOUBLE, 3, {PASSKEY, PASSWORD | CODE, PIN | CODE}};
    } else if (use->quick_pay_on) {
        ret->is_free = true;
        ret->strength = NONE;
    } else if (use->day_minor[NONE] + use->day_minor[SINGLE] + minor <= 100000) {
        *ret = (struct stepup_demand){false, SINGLE, 2, {PIN, PASSKEY}};
    } else if (use->day_minor[NONE] + use->day_minor[SINGLE] + use->day_minor[DOUBLE] + minor <=
               500000) {
        *ret = (struct stepup_demand){false, DOUBLE, 2, {PIN | TOTP, PASSKEY}};
    } else {
        *ret = (struct stepup_demand){false, SIGNED, 1, {PASSKEY}};
    }
    return ERR_OK;
}

static const struct stepup_policy policy = {.demand = demand_of, .utc_offset_s = 8 * 3600};

struct call {
    struct factor_world *world;
    enum { CHECK, OPEN, GIVE, GET, QUICK_ON, QUICK_OFF, QUICK_GET } step;
    struct stepup_need need;
    struct session session;
    enum factor factor;
    struct confirmation confirmation;
    struct quick_pay quick;
    enum err verdict;
    _Atomic int *passed;
};

static struct confirmation_key key_of(const struct call *call)
{
    return (struct confirmation_key){call->need.person, call->session.id, call->confirmation.id};
}

static enum err run(struct store_tx *tx, void *arg)
{
    struct call *c = arg;
    const struct confirmation_key key = key_of(c);

    switch (c->step) {
    case CHECK:
        c->verdict = stepup_check(tx, c->world->vault, &policy, &c->need, &c->confirmation);
        /* a confirmation that was made is kept; other refusals undo what was done */
        return c->verdict == ERR_CONFIRMATION_REQUIRED ? ERR_OK : c->verdict;
    case OPEN:
        return confirmation_open(tx, c->world->vault, &key, c->factor, &c->confirmation);
    case GIVE: {
        enum err err = confirmation_open(tx, c->world->vault, &key, c->factor, &c->confirmation);
        return err == ERR_OK ? confirmation_give(tx, &c->confirmation, c->factor) : err;
    }
    case GET:
        return confirmation_get(tx, c->world->vault, &key, &c->confirmation);
    case QUICK_ON:
        return quick_pay_turn_on(tx, c->need.person, &c->quick);
    case QUICK_OFF:
        return quick_pay_turn_off(tx, c->need.person);
    case QUICK_GET:
        return quick_pay_get(tx, &policy, c->need.person, &c->quick);
    }
    return ERR_INTERNAL;
}

static enum err step(struct call *call, int what)
{
    call->step = what;
    return world_write(call->world, run, call);
}

static void set_up(struct call *call, struct factor_world *world)
{
    *call = (struct call){.world = world};
    call->session = (struct session){.id = {7}, .person = ANNE};
    call->need = (struct stepup_need){.person = ANNE,
                                      .session = &call->session,
                                      .action = STEPUP_TRANSFER,
                                      .amount = {20000, CURRENCY_CNY},
                                      .payee_id = 99,
                                      .payee = "张*"};
    memset(call->need.request_hash.bytes, 5, SHA256_BYTES);
}

/* One request, as the API sends it. */
static enum err ask(struct call *call, struct confirmation_id given)
{
    enum err err;

    call->need.given = given;
    call->need.fresh.v = id_draw_one(&call->world->ids);
    rng_secure(call->need.nonce.bytes, SHA256_BYTES);
    call->need.session = &call->session;
    err = step(call, CHECK);
    return err == ERR_OK ? call->verdict : err;
}

static const struct confirmation_id nothing;

static enum err give(struct call *call, enum factor factor)
{
    call->factor = factor;
    return step(call, GIVE);
}

static void test_once_for_this_request(void **state)
{
    struct call call, other;
    struct confirmation_id id;

    set_up(&call, *state);
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    id = call.confirmation.id;
    assert_int_equal(call.confirmation.expires_at_us, WORLD_START_US + STEPUP_LIFE_US);
    assert_string_equal(call.confirmation.payee, "张*");
    assert_int_equal(ask(&call, id), ERR_CONFIRMATION_REQUIRED); /* nothing was given yet */
    assert_int_equal(call.confirmation.id.v, id.v);
    assert_int_equal(give(&call, FACTOR_CODE), ERR_FACTOR_NOT_ACCEPTED);
    assert_int_equal(give(&call, FACTOR_PIN), ERR_OK);
    assert_true(confirmation_is_complete(&call.confirmation));
    assert_int_equal(give(&call, FACTOR_PIN), ERR_OK); /* the reply was lost */

    other = call; /* another amount, payee, body, action, person, session */
    other.need.amount.minor++;
    assert_int_equal(ask(&other, id), ERR_CONFIRMATION_MISMATCH);
    other = call;
    other.need.payee_id++;
    assert_int_equal(ask(&other, id), ERR_CONFIRMATION_MISMATCH);
    other = call;
    other.need.request_hash.bytes[31] ^= 1;
    assert_int_equal(ask(&other, id), ERR_CONFIRMATION_MISMATCH);
    other = call;
    other.need.action = STEPUP_PAYMENT;
    assert_int_equal(ask(&other, id), ERR_CONFIRMATION_MISMATCH);
    other = call;
    other.session.id.v++;
    assert_int_equal(ask(&other, id), ERR_CONFIRMATION_MISMATCH);
    other = call;
    other.need.person = BERT;
    assert_int_equal(ask(&other, id), ERR_CONFIRMATION_NOT_FOUND);
    other.need.person = ANNE;
    assert_int_equal(ask(&other, (struct confirmation_id){12345}), ERR_CONFIRMATION_NOT_FOUND);

    assert_int_equal(ask(&call, id), ERR_OK);
    assert_int_equal(ask(&call, id), ERR_CONFIRMATION_USED);
    assert_int_equal(give(&call, FACTOR_PASSKEY), ERR_CONFIRMATION_USED);
}

static void test_it_ends(void **state)
{
    struct call call;
    struct confirmation_id id;

    set_up(&call, *state);
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    id = call.confirmation.id;
    assert_int_equal(give(&call, FACTOR_PIN), ERR_OK);
    clock_advance(&call.world->clock, STEPUP_LIFE_US);
    assert_int_equal(give(&call, FACTOR_PASSKEY), ERR_CONFIRMATION_EXPIRED);
    assert_int_equal(ask(&call, id), ERR_CONFIRMATION_EXPIRED);
    world_restart(call.world);
    call.confirmation.id = id;
    assert_int_equal(step(&call, GET), ERR_OK); /* whoever waits is told what became of it */
    assert_string_equal(call.confirmation.payee, "张*");
}

static void test_two_factors(void **state)
{
    struct call call;

    set_up(&call, *state);
    call.need.amount.minor = 200000;
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    assert_int_equal(confirmation_helpful(&call.confirmation, PIN | TOTP), PIN | TOTP);
    assert_int_equal(confirmation_helpful(&call.confirmation, PIN), 0);
    assert_int_equal(confirmation_missing(&call.confirmation, PIN), TOTP);
    assert_int_equal(confirmation_missing(&call.confirmation, PASSKEY), 0);
    assert_int_equal(give(&call, FACTOR_PIN), ERR_OK);
    assert_false(confirmation_is_complete(&call.confirmation));
    assert_int_equal(confirmation_helpful(&call.confirmation, PIN | TOTP), TOTP);
    assert_int_equal(ask(&call, call.confirmation.id), ERR_CONFIRMATION_REQUIRED);
    assert_int_equal(give(&call, FACTOR_TOTP), ERR_OK);
    assert_int_equal(ask(&call, call.confirmation.id), ERR_OK);
}

static void test_a_passkey_signs_the_operation(void **state)
{
    struct call call;
    struct confirmation altered;
    struct sha256_hash challenge, other;

    set_up(&call, *state);
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    confirmation_challenge(&call.confirmation, &challenge);
    assert_int_equal(step(&call, GET), ERR_OK);
    confirmation_challenge(&call.confirmation, &other);
    assert_true(hash_equal(&challenge, &other)); /* the same from the database */
#define ALTERED(what)                                                                              \
    altered = call.confirmation;                                                                   \
    altered.what;                                                                                  \
    confirmation_challenge(&altered, &other);                                                      \
    assert_false(hash_equal(&challenge, &other))
    ALTERED(amount.minor++);
    ALTERED(amount.currency = CURRENCY_USD);
    ALTERED(payee_id++);
    ALTERED(payee[0] ^= 1);
    ALTERED(expires_at_us++);
    ALTERED(session.v++);
    ALTERED(person.v++);
    ALTERED(action = STEPUP_PAYMENT);
    ALTERED(request_hash.bytes[0] ^= 1);
    ALTERED(nonce.bytes[0] ^= 1);
    ALTERED(id.v++);
    assert_int_equal(give(&call, FACTOR_PASSKEY), ERR_OK);
    assert_int_equal(give(&call, FACTOR_PASSKEY), ERR_PASSKEY_CHALLENGE_WRONG); /* replayed */
    assert_int_equal(ask(&call, call.confirmation.id), ERR_OK);
}

static void test_days_are_counted(void **state)
{
    struct call call, late;

    set_up(&call, *state);
    call.need.amount.minor = 60000;
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    assert_int_equal(give(&call, FACTOR_PIN), ERR_OK);
    late = call; /* confirmed by one factor, too, and not sent yet */
    assert_int_equal(ask(&late, nothing), ERR_CONFIRMATION_REQUIRED);
    assert_int_equal(give(&late, FACTOR_PIN), ERR_OK);
    assert_int_equal(ask(&call, call.confirmation.id), ERR_OK);
    /* 600 of 1,000 by one factor are used: 600 more need two, also when one was given before */
    assert_int_equal(ask(&late, late.confirmation.id), ERR_CONFIRMATION_EXPIRED);
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    assert_int_equal(call.confirmation.ways[0], PIN | TOTP);
    call.need.amount.minor = 40000;
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    assert_int_equal(call.confirmation.ways[0], PIN);
    /* a new day where the person lives: 2025-11-22 04:21 UTC is 12:21 there */
    clock_advance(&call.world->clock, INT64_C(11) * 60 * MINUTE_US);
    call.need.amount.minor = 60000;
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    assert_int_equal(call.confirmation.ways[0], PIN | TOTP);
    clock_advance(&call.world->clock, 60 * MINUTE_US);
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    assert_int_equal(call.confirmation.ways[0], PIN);
}

static void test_quick_pay(void **state)
{
    struct call call;

    set_up(&call, *state);
    assert_int_equal(step(&call, QUICK_GET), ERR_OK);
    assert_false(call.quick.is_on);
    call.quick = (struct quick_pay){
        .currency = CURRENCY_CNY, .each_max_minor = 20000, .day_max_minor = 50000};
    assert_int_equal(step(&call, QUICK_ON), ERR_OK);
    assert_int_equal(ask(&call, nothing), ERR_OK);
    call.need.amount.minor = 20001;
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    call.need.amount.minor = 20000;
    assert_int_equal(ask(&call, nothing), ERR_OK);
    assert_int_equal(step(&call, QUICK_GET), ERR_OK);
    assert_int_equal(call.quick.used_today_minor, 40000);
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    call.need.amount.minor = 10000;
    assert_int_equal(ask(&call, nothing), ERR_OK);
    call.need.amount.minor = 1;
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    clock_advance(&call.world->clock, INT64_C(24) * 60 * MINUTE_US);
    assert_int_equal(ask(&call, nothing), ERR_OK);
    call.need.amount.currency = CURRENCY_USD;
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    call.need.amount.currency = CURRENCY_CNY;
    assert_int_equal(step(&call, QUICK_OFF), ERR_OK);
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
}

static void test_signing_in_a_moment_ago_counts_where_no_money_moves(void **state)
{
    struct call call;

    set_up(&call, *state);
    call.need.action = STEPUP_CREDENTIAL;
    call.need.amount = (struct money){0, CURRENCY_NONE};
    call.need.payee_id = 0;
    call.need.payee = NULL;
    call.session.methods = AUTH_PASSWORD | AUTH_CODE;
    call.session.authenticated_at_us = WORLD_START_US;
    assert_int_equal(ask(&call, nothing), ERR_OK);
    call.session.methods = AUTH_PASSWORD;
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    assert_int_equal(call.confirmation.given, PASSWORD);
    assert_int_equal(give(&call, FACTOR_CODE), ERR_OK);
    assert_int_equal(ask(&call, call.confirmation.id), ERR_OK);
    call.session.methods = AUTH_PASSWORD | AUTH_CODE;
    clock_advance(&call.world->clock, STEPUP_FRESH_US);
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    assert_int_equal(call.confirmation.given, 0);
    /* a payment needs a factor of its own whatever the session */
    set_up(&call, *state);
    call.session.methods = AUTH_PASSKEY;
    call.session.authenticated_at_us = clock_now_us(&call.world->clock);
    assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
    call.need.action = STEPUP_CARD_BIND;
    call.need.amount = (struct money){0, CURRENCY_NONE};
    assert_int_equal(ask(&call, nothing), ERR_OK); /* free */
}

/* ---- races ---- */

static void race(void *arg)
{
    struct call *call = arg;
    enum err err = ask(call, call->confirmation.id);

    if (err == ERR_OK) {
        atomic_fetch_add(call->passed, 1);
    } else if (err != ERR_CONFIRMATION_USED) {
        fail_msg("%s", err_code(err));
    }
}

static void test_races_for_one_confirmation(void **state)
{
    static struct call calls[WORLD_THREADS_MAX];
    static const size_t counts[] = {2, 3, 8, 64};
    void *args[WORLD_THREADS_MAX];

    for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
        _Atomic int passed = 0;
        struct call call;

        set_up(&call, *state);
        call.need.amount.minor = 100;
        assert_int_equal(ask(&call, nothing), ERR_CONFIRMATION_REQUIRED);
        assert_int_equal(give(&call, FACTOR_PIN), ERR_OK);
        for (size_t j = 0; j < counts[i]; j++) {
            calls[j] = call;
            calls[j].passed = &passed;
            args[j] = &calls[j];
        }
        world_together(race, args, counts[i]);
        assert_int_equal(passed, 1);
    }
}

static void race_quick(void *arg)
{
    struct call *call = arg;

    if (ask(call, nothing) == ERR_OK) {
        atomic_fetch_add(call->passed, 1);
    }
}

static void test_races_for_the_days_limit(void **state)
{
    static struct call calls[WORLD_THREADS_MAX];
    void *args[WORLD_THREADS_MAX];
    _Atomic int passed = 0;
    struct call call;

    set_up(&call, *state);
    call.quick = (struct quick_pay){
        .currency = CURRENCY_CNY, .each_max_minor = 20000, .day_max_minor = 50000};
    assert_int_equal(step(&call, QUICK_ON), ERR_OK);
    call.need.amount.minor = 5000;
    for (size_t i = 0; i < WORLD_THREADS_MAX; i++) {
        calls[i] = call;
        calls[i].passed = &passed;
        args[i] = &calls[i];
    }
    world_together(race_quick, args, WORLD_THREADS_MAX);
    assert_int_equal(passed, 10);
    assert_int_equal(step(&call, QUICK_GET), ERR_OK);
    assert_int_equal(call.quick.used_today_minor, 50000);
}

int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_once_for_this_request),
        TEST(test_it_ends),
        TEST(test_two_factors),
        TEST(test_a_passkey_signs_the_operation),
        TEST(test_days_are_counted),
        TEST(test_quick_pay),
        TEST(test_signing_in_a_moment_ago_counts_where_no_money_moves),
        TEST(test_races_for_one_confirmation),
        TEST(test_races_for_the_days_limit),
    };

    world_backend = argc > 1 && strcmp(argv[1], "postgres") == 0 ? STORE_POSTGRES : STORE_SQLITE;
    return cmocka_run_group_tests_name("identity/stepup", tests, NULL, NULL);
}

/* test_people.c — sessions, codes, attempts, signing in and recovery against a clock that is moved:
 * what ends when, what is counted, and what a race may not get. */
#include "factor_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/attempts.h"
#include "identity/credentials.h"
#include "identity/locks.h"
#include "identity/recovery.h"
#include "identity/signin.h"
#include "identity/signup.h"

#define HOUR_US (60 * MINUTE_US)
#define DAY_US  (24 * HOUR_US)
#define PHONE   "+8613800138000"
#define RIGHT   "lantern-orbit-cabbage-41"
#define RACERS  16

struct call {
    struct factor_world *world;
    struct person_id person;
    struct contact_value value;
    struct contact_id contact;
    struct session_token token;
    struct session_id session;
    enum person_kind kind;
    enum session_level level;
    struct code_draft code;
    struct code_sent sent;
    struct code_check check;
    enum err verdict, err;
    uint32_t left;
    int64_t count, until_us;
    struct signin signin;
    struct signin_result result;
    struct recovery_key key;
    struct recovery recovery;
    const char *text;
};

static enum err write(struct call *call, store_write_fn fn)
{
    return store_write_sync(call->world->store, fn, call, call->person.v);
}

/* ---- sessions ---- */

static enum err start_session(struct store_tx *tx, void *arg)
{
    struct call *call = arg;

    return session_start(tx,
                         &(struct session_new){.id = call->session,
                                               .person = call->person,
                                               .kind = call->kind,
                                               .level = call->level,
                                               .place = "local"},
                         &call->token);
}

static void begin_session(struct call *call, enum person_kind kind, enum session_level level)
{
    call->kind = kind;
    call->level = level;
    call->session.v = id_draw_one(&call->world->ids);
    session_token_draw(&call->token);
    assert_int_equal(write(call, start_session), ERR_OK);
}

static enum err authenticate(struct call *call, struct sessions *sessions)
{
    struct session session;

    return sessions_authenticate(sessions, call->token.text, strlen(call->token.text), &session);
}

static void test_sessions_end_unused(void **state)
{
    static const struct {
        enum person_kind kind;
        enum session_level level;
        int64_t idle_us, absolute_us;
    } rows[] = {
        {PERSON_CONSUMER, SESSION_FULL, 7 * DAY_US, 30 * DAY_US},
        {PERSON_STAFF, SESSION_FULL, 15 * MINUTE_US, 10 * HOUR_US},
        {PERSON_CONSUMER, SESSION_SIGNING_IN, 10 * MINUTE_US, 10 * MINUTE_US},
    };
    struct call call = {.world = *state, .person = ANNE};
    struct sessions *sessions = sessions_create(call.world->store, &call.world->clock);

    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        int64_t used_us = 0;

        begin_session(&call, rows[i].kind, rows[i].level);
        clock_advance(&call.world->clock, rows[i].idle_us - 2 * MINUTE_US);
        assert_int_equal(authenticate(&call, sessions), ERR_OK);
        clock_advance(&call.world->clock, 2 * MINUTE_US);
        assert_int_equal(authenticate(&call, sessions), ERR_NOT_SIGNED_IN);
        /* Used again and again it lives to its absolute end, and not beyond. */
        begin_session(&call, rows[i].kind, rows[i].level);
        while (used_us + rows[i].idle_us / 2 < rows[i].absolute_us) {
            assert_int_equal(authenticate(&call, sessions), ERR_OK);
            assert_int_equal(sessions_write_used(sessions), ERR_OK);
            clock_advance(&call.world->clock, rows[i].idle_us / 2);
            used_us += rows[i].idle_us / 2;
        }
        clock_advance(&call.world->clock, rows[i].absolute_us - used_us);
        assert_int_equal(authenticate(&call, sessions), ERR_NOT_SIGNED_IN);
    }
    sessions_free(sessions);
}

static void test_tokens_that_are_none(void **state)
{
    struct call call = {.world = *state, .person = ANNE};
    struct sessions *sessions = sessions_create(call.world->store, &call.world->clock);
    struct session session;
    size_t length;

    begin_session(&call, PERSON_CONSUMER, SESSION_FULL);
    length = strlen(call.token.text);
    assert_int_equal(authenticate(&call, sessions), ERR_OK);
    for (size_t i = 0; i < length; i++) {
        char text[SESSION_TOKEN_TEXT_MAX];

        memcpy(text, call.token.text, sizeof(text));
        text[i] = text[i] == '0' ? '1' : '0';
        assert_int_equal(sessions_authenticate(sessions, text, length, &session),
                         ERR_NOT_SIGNED_IN);
        assert_int_equal(sessions_authenticate(sessions, call.token.text, i, &session),
                         ERR_NOT_SIGNED_IN);
    }
    sessions_free(sessions);
}

static enum err raise(struct store_tx *tx, void *arg)
{
    struct call *call = arg;
    struct session_change change = {
        .id = call->session, .kind = PERSON_CONSUMER, .level = SESSION_FULL};
    struct session_token token = {.bytes = {7}};

    token.bytes[1] = (uint8_t)call->count;
    token_hash(call->token.bytes, &change.old_token_hash);
    return session_raise(tx, &change, &token);
}

static void raise_thread(void *arg)
{
    struct call *call = arg;

    call->err = write(call, raise);
}

static void test_one_raise_of_many_wins(void **state)
{
    struct call first = {.world = *state, .person = ANNE}, calls[RACERS];
    struct sessions *sessions = sessions_create(first.world->store, &first.world->clock);
    void *args[RACERS];
    int won = 0;

    begin_session(&first, PERSON_CONSUMER, SESSION_SIGNING_IN);
    for (int i = 0; i < RACERS; i++) {
        calls[i] = first;
        calls[i].count = i;
        args[i] = &calls[i];
    }
    world_together(raise_thread, args, RACERS);
    for (int i = 0; i < RACERS; i++) {
        won += calls[i].err == ERR_OK;
        assert_true(calls[i].err == ERR_OK || calls[i].err == ERR_NOT_SIGNED_IN);
    }
    assert_int_equal(won, 1);
    assert_int_equal(authenticate(&first, sessions), ERR_NOT_SIGNED_IN); /* the old token */
    sessions_free(sessions);
}

/* ---- codes ---- */

static enum err send_code(struct store_tx *tx, void *arg)
{
    struct call *call = arg;
    struct code_order order = {.person = call->person, .purpose = CODE_CARD, .subject_id = 5};

    contact_index(call->world->vault, &call->value, &order.contact_index);
    return codes_send(tx, call->world->vault, &order, &call->code, &call->sent);
}

static enum err check_code(struct store_tx *tx, void *arg)
{
    struct call *call = arg;

    return codes_check(tx, call->world->vault, &call->check, &call->verdict, &call->left);
}

static enum err send_one(struct call *call)
{
    codes_draw(&call->world->ids, &call->code);
    return write(call, send_code);
}

static enum err check_one(struct call *call, const char *digits)
{
    call->check = (struct code_check){.person = call->person,
                                      .purpose = CODE_CARD,
                                      .subject_id = 5,
                                      .digits = digits,
                                      .length = strlen(digits)};
    assert_int_equal(write(call, check_code), ERR_OK);
    return call->verdict;
}

static void code_call(struct call *call, struct factor_world *world)
{
    memset(call, 0, sizeof(*call));
    call->world = world;
    call->person = ANNE;
    assert_int_equal(contact_normalise(PHONE, strlen(PHONE), &call->value), ERR_OK);
}

static void test_codes(void **state)
{
    struct call call;
    char old[CODE_DIGITS + 1];

    code_call(&call, *state);
    assert_int_equal(check_one(&call, "123456"), ERR_CODE_EXPIRED); /* none was sent */
    assert_int_equal(send_one(&call), ERR_OK);
    memcpy(old, call.code.digits, sizeof(old));
    call.check = (struct code_check){
        .person = BERT, .purpose = CODE_CARD, .subject_id = 5, .digits = old, .length = 6};
    assert_int_equal(write(&call, check_code), ERR_OK);
    assert_int_equal(call.verdict, ERR_CODE_EXPIRED); /* somebody else's */
    call.check.person = ANNE;
    call.check.purpose = CODE_CONFIRM;
    assert_int_equal(write(&call, check_code), ERR_OK);
    assert_int_equal(call.verdict, ERR_CODE_EXPIRED); /* for something else */
    assert_int_equal(check_one(&call, old), ERR_OK);
    assert_int_equal(check_one(&call, old), ERR_CODE_EXPIRED); /* used up */
    /* A new one ends the one before; 5 minutes end it. */
    clock_advance(&call.world->clock, MINUTE_US);
    assert_int_equal(send_one(&call), ERR_OK);
    memcpy(old, call.code.digits, sizeof(old));
    clock_advance(&call.world->clock, 2 * MINUTE_US);
    assert_int_equal(send_one(&call), ERR_OK);
    if (strcmp(old, call.code.digits) != 0) {
        assert_int_equal(check_one(&call, old), ERR_CODE_WRONG);
    }
    clock_advance(&call.world->clock, CODE_LIFETIME_US);
    assert_int_equal(check_one(&call, call.code.digits), ERR_CODE_EXPIRED);
}

static void test_pauses_and_caps_of_codes(void **state)
{
    struct call call;
    int64_t now_us;

    code_call(&call, *state);
    for (int i = 1; i <= 5; i++) { /* 60 s after the first, 120 s after the second, … */
        now_us = clock_now_us(&call.world->clock);
        assert_int_equal(send_one(&call), ERR_OK);
        assert_true(call.sent.again_at_us == now_us + i * MINUTE_US);
        clock_advance(&call.world->clock, i * MINUTE_US - 1);
        assert_int_equal(send_one(&call), ERR_TOO_MANY_ATTEMPTS);
        assert_true(call.sent.again_at_us == now_us + i * MINUTE_US);
        clock_advance(&call.world->clock, 1);
    }
    assert_int_equal(send_one(&call), ERR_TOO_MANY_ATTEMPTS); /* the hour's */
    assert_true(call.sent.again_at_us == WORLD_START_US + HOUR_US);
    clock_advance(&call.world->clock, HOUR_US);
    for (int i = 1; i <= 5; i++) {
        assert_int_equal(send_one(&call), ERR_OK);
        clock_advance(&call.world->clock, i * MINUTE_US);
    }
    clock_advance(&call.world->clock, 2 * HOUR_US);
    assert_int_equal(send_one(&call), ERR_TOO_MANY_ATTEMPTS); /* the day's */
    clock_advance(&call.world->clock, DAY_US);
    assert_int_equal(send_one(&call), ERR_OK);
}

static enum err send_from_address(struct store_tx *tx, void *arg)
{
    struct call *call = arg;
    struct code_order order = {.person = call->person,
                               .purpose = CODE_CARD,
                               .subject_id = call->count,
                               .contact_index = {{1, (uint8_t)call->count}},
                               .address_index = {{2}}};

    return codes_send(tx, call->world->vault, &order, &call->code, &call->sent);
}

static void test_codes_from_one_address(void **state)
{
    struct call call;

    code_call(&call, *state);
    for (call.count = 1; call.count <= 31; call.count++) { /* each to another contact */
        codes_draw(&call.world->ids, &call.code);
        assert_int_equal(write(&call, send_from_address),
                         call.count <= 30 ? ERR_OK : ERR_TOO_MANY_ATTEMPTS);
    }
    clock_advance(&call.world->clock, HOUR_US);
    codes_draw(&call.world->ids, &call.code);
    assert_int_equal(write(&call, send_from_address), ERR_OK);
}

static void check_thread(void *arg)
{
    struct call *call = arg;

    call->err = write(call, check_code);
}

static void test_five_tries_of_many(void **state)
{
    struct call first, calls[RACERS];
    void *args[RACERS];
    int wrong = 0;

    code_call(&first, *state);
    assert_int_equal(send_one(&first), ERR_OK);
    first.check = (struct code_check){.person = ANNE,
                                      .purpose = CODE_CARD,
                                      .subject_id = 5,
                                      .digits = "12345", /* never right */
                                      .length = 5};
    for (int i = 0; i < RACERS; i++) {
        calls[i] = first;
        args[i] = &calls[i];
    }
    world_together(check_thread, args, RACERS);
    for (int i = 0; i < RACERS; i++) {
        assert_int_equal(calls[i].err, ERR_OK);
        wrong += calls[i].verdict == ERR_CODE_WRONG;
    }
    assert_int_equal(wrong, CODE_TRIES_MAX);
    assert_int_equal(check_one(&first, first.code.digits), ERR_CODE_EXPIRED);
}

static void test_one_code_counts_for_one_of_many(void **state)
{
    struct call first, calls[RACERS];
    void *args[RACERS];
    int right = 0;

    code_call(&first, *state);
    assert_int_equal(send_one(&first), ERR_OK);
    for (int i = 0; i < RACERS; i++) {
        calls[i] = first;
        calls[i].check = (struct code_check){.person = ANNE,
                                             .purpose = CODE_CARD,
                                             .subject_id = 5,
                                             .digits = first.code.digits,
                                             .length = CODE_DIGITS};
        args[i] = &calls[i];
    }
    world_together(check_thread, args, RACERS);
    for (int i = 0; i < RACERS; i++) {
        assert_int_equal(calls[i].err, ERR_OK);
        right += calls[i].verdict == ERR_OK;
    }
    assert_int_equal(right, 1);
}

/* ---- a member, and signing in ---- */

static enum err make_member(struct store_tx *tx, void *arg)
{
    struct call *call = arg;
    struct sha256_hash peppered;
    struct password_hash hash;
    enum err err = person_create(tx, call->world->vault,
                                 &(struct person_new){.id = call->person, .kind = PERSON_CONSUMER});

    if (err == ERR_OK) {
        err = contact_claim(tx, call->world->vault,
                            &(struct contact_new){.id = call->contact,
                                                  .person = call->person,
                                                  .kind = PERSON_CONSUMER,
                                                  .value = &call->value});
    }
    if (err == ERR_OK) {
        err = contact_confirm(tx, call->person, call->contact);
    }
    password_pepper(call->world->vault, call->person, RIGHT, strlen(RIGHT), &peppered);
    if (err == ERR_OK) {
        err = password_hash(&peppered, &hash);
    }
    if (err == ERR_OK) {
        err = password_put(tx, call->person, &hash);
    }
    return err == ERR_OK ? person_set_state(tx, call->person, PERSON_PENDING, PERSON_ACTIVE) : err;
}

static void member(struct call *call, struct factor_world *world)
{
    code_call(call, world);
    call->person.v = id_draw_one(&world->ids);
    call->contact.v = id_draw_one(&world->ids);
    assert_int_equal(write(call, make_member), ERR_OK);
}

static enum err prepare(struct store_tx *tx, void *arg)
{
    struct call *call = arg;

    return signin_prepare(tx, call->world->vault, &call->signin, &call->result);
}

static enum err complete(struct store_tx *tx, void *arg)
{
    struct call *call = arg;

    return signin_complete(tx, call->world->vault, &call->signin, &call->result);
}

/* The verdict, or ERR_TOO_MANY_ATTEMPTS. */
static enum err sign_in(struct call *call, const char *password)
{
    struct signin *signin = &call->signin;
    enum err err;

    memset(signin, 0, sizeof(*signin));
    signin->kind = PERSON_CONSUMER;
    signin->value = call->value;
    signin->password_length = strlen(password);
    memcpy(signin->password, password, signin->password_length);
    signin->session_id.v = id_draw_one(&call->world->ids);
    signin->device.new_id.v = id_draw_one(&call->world->ids);
    signin->device.fresh[0] = (uint8_t)signin->session_id.v;
    signin->device.name = "curl";
    signin->place = "local";
    signin->lock_id.v = id_draw_one(&call->world->ids);
    id_draw(&call->world->ids, 2, signin->notice_ids);
    session_token_draw(&signin->token);
    err = write(call, prepare);
    if (err != ERR_OK) {
        return err;
    }
    signin_compare(call->world->vault, signin);
    assert_int_equal(write(call, complete), ERR_OK);
    return call->result.verdict;
}

static enum err effects(struct store_tx *tx, void *arg)
{
    struct call *call = arg;
    uint32_t found = 0;
    enum err err = locks_effects(tx, call->person, &found);

    call->left = found;
    return err;
}

static void test_guessing_pauses_and_locks(void **state)
{
    struct call call;
    int tried = 0;

    member(&call, *state);
    assert_int_equal(sign_in(&call, RIGHT), ERR_OK);
    assert_int_equal(call.result.session.level, SESSION_FULL);
    for (int i = 1; i <= 6; i++) {
        assert_int_equal(sign_in(&call, "wrong"), ERR_SIGN_IN_WRONG);
    }
    assert_int_equal(sign_in(&call, RIGHT), ERR_TOO_MANY_ATTEMPTS); /* also the right one */
    assert_true(call.result.until_us == clock_now_us(&call.world->clock) + MINUTE_US);
    clock_advance(&call.world->clock, MINUTE_US);
    assert_int_equal(sign_in(&call, RIGHT), ERR_OK);
    while (tried < SIGNIN_LOCK_COUNT) {
        enum err verdict = sign_in(&call, "wrong");

        if (verdict == ERR_TOO_MANY_ATTEMPTS) {
            clock_advance(&call.world->clock,
                          call.result.until_us - clock_now_us(&call.world->clock));
        } else {
            tried++;
        }
        assert_true(verdict == ERR_SIGN_IN_WRONG || verdict == ERR_TOO_MANY_ATTEMPTS);
    }
    assert_int_equal(store_read(call.world->store, effects, &call), ERR_OK);
    assert_true((call.left & LOCK_SIGN_IN) != 0);
    clock_advance(&call.world->clock, SIGNIN_LOCK_US);
    assert_int_equal(store_read(call.world->store, effects, &call), ERR_OK);
    assert_int_equal(call.left, 0);
}

static void test_nobody_is_counted_alike(void **state)
{
    struct call call;

    code_call(&call, *state);
    for (int i = 1; i <= 6; i++) {
        assert_int_equal(sign_in(&call, "wrong"), ERR_SIGN_IN_WRONG);
    }
    assert_int_equal(sign_in(&call, "wrong"), ERR_TOO_MANY_ATTEMPTS);
}

/* ---- contacts ---- */

static enum err claim(struct store_tx *tx, void *arg)
{
    struct call *call = arg;

    return contact_claim(tx, call->world->vault,
                         &(struct contact_new){.id = call->contact,
                                               .person = call->person,
                                               .kind = PERSON_CONSUMER,
                                               .value = &call->value});
}

static enum err drop(struct store_tx *tx, void *arg)
{
    struct call *call = arg;
    const struct session session = {.person = call->person, .authenticated_at_us = call->until_us};
    const int64_t notices[2] = {call->count, call->count + 1};

    return contact_drop(tx, call->world->vault, &session, call->contact, notices);
}

static void test_only_so_many_contacts(void **state)
{
    struct call call;
    struct contact_id first;

    member(&call, *state);
    first = call.contact;
    for (int i = 1; i < CONTACTS_MAX; i++) {
        call.contact.v = id_draw_one(&call.world->ids);
        assert_int_equal(write(&call, claim), ERR_OK);
    }
    call.contact.v = id_draw_one(&call.world->ids);
    assert_int_equal(write(&call, claim), ERR_CONTACT_LIMIT);
    /* Giving up: soon after signing in, and never the last one in use. */
    call.until_us = clock_now_us(&call.world->clock);
    call.count = id_draw_one(&call.world->ids);
    assert_int_equal(write(&call, drop), ERR_CONTACT_NOT_FOUND);
    call.contact = first;
    assert_int_equal(write(&call, drop), ERR_CONTACT_LAST);
    clock_advance(&call.world->clock, CREDENTIAL_FRESH_US + 1);
    assert_int_equal(write(&call, drop), ERR_SIGN_IN_STALE);
}

/* ---- recovery ---- */

static enum err recovery_open(struct store_tx *tx, void *arg)
{
    struct call *call = arg;

    return recovery_begin(tx, call->world->vault,
                          &(struct recovery_begin){.id = call->key.id,
                                                   .secret_hash = call->key.secret_hash,
                                                   .value = &call->value,
                                                   .code = call->code},
                          &call->recovery, &call->sent);
}

static enum err recovery_show(struct store_tx *tx, void *arg)
{
    struct call *call = arg;

    return recovery_prove(tx, call->world->vault,
                          &(struct recovery_proof){.key = call->key,
                                                   .factor = FACTOR_CODE,
                                                   .text = {call->text, CODE_DIGITS},
                                                   .waiting_us = DAY_US,
                                                   .notice_id = call->count,
                                                   .place = "CN"},
                          &call->verdict, &call->left, &call->recovery);
}

static enum err recovery_end(struct store_tx *tx, void *arg)
{
    struct call *call = arg;
    struct recovery_finish finish = {
        .key = call->key, .notice_id = call->count, .device_name = "curl"};

    snprintf(finish.hash.text, sizeof(finish.hash.text), "$argon2id$new");
    return recovery_finish(tx, call->world->vault, &finish, &call->recovery);
}

static void end_thread(void *arg)
{
    struct call *call = arg;

    call->err = write(call, recovery_end);
}

static void test_recovery_waits_and_ends_once(void **state)
{
    struct call call, calls[RACERS];
    struct sessions *sessions;
    void *args[RACERS];
    int won = 0;

    member(&call, *state);
    sessions = sessions_create(call.world->store, &call.world->clock);
    begin_session(&call, PERSON_CONSUMER, SESSION_FULL);
    call.key.id.v = id_draw_one(&call.world->ids);
    codes_draw(&call.world->ids, &call.code);
    assert_int_equal(write(&call, recovery_open), ERR_OK);
    assert_int_equal(write(&call, recovery_end), ERR_RECOVERY_PROOF_MISSING);
    call.text = call.code.digits;
    call.count = id_draw_one(&call.world->ids);
    assert_int_equal(write(&call, recovery_show), ERR_OK);
    assert_int_equal(call.verdict, ERR_OK);
    /* There is no second proof: three times the waiting time. */
    assert_int_equal(call.recovery.state, RECOVERY_WAITING);
    assert_true(call.recovery.ready_at_us ==
                clock_now_us(&call.world->clock) + RECOVERY_LONGER * DAY_US);
    clock_advance(&call.world->clock, RECOVERY_LONGER * DAY_US - 1);
    assert_int_equal(write(&call, recovery_end), ERR_RECOVERY_WAITING);
    assert_int_equal(authenticate(&call, sessions), ERR_OK);
    clock_advance(&call.world->clock, 1);
    for (int i = 0; i < RACERS; i++) {
        calls[i] = call;
        calls[i].count = id_draw_one(&call.world->ids);
        args[i] = &calls[i];
    }
    world_together(end_thread, args, RACERS);
    for (int i = 0; i < RACERS; i++) {
        won += calls[i].err == ERR_OK;
        assert_true(calls[i].err == ERR_OK || calls[i].err == ERR_RECOVERY_NOT_FOUND);
    }
    assert_int_equal(won, 1);
    assert_int_equal(authenticate(&call, sessions), ERR_NOT_SIGNED_IN);
    assert_int_equal(sign_in(&call, RIGHT), ERR_SIGN_IN_WRONG); /* the lost password */
    sessions_free(sessions);
}

int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_sessions_end_unused),       TEST(test_tokens_that_are_none),
        TEST(test_one_raise_of_many_wins),    TEST(test_codes),
        TEST(test_pauses_and_caps_of_codes),  TEST(test_codes_from_one_address),
        TEST(test_five_tries_of_many),        TEST(test_one_code_counts_for_one_of_many),
        TEST(test_guessing_pauses_and_locks), TEST(test_nobody_is_counted_alike),
        TEST(test_only_so_many_contacts),     TEST(test_recovery_waits_and_ends_once),
    };

    world_backend = argc > 1 && strcmp(argv[1], "postgres") == 0 ? STORE_POSTGRES : STORE_SQLITE;
    return cmocka_run_group_tests_name("identity/people", tests, NULL, NULL);
}

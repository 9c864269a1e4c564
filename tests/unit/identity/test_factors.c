/* test_factors.c — factors on a database: guesses are counted before they are checked, whatever
 * races; pauses grow and outlive a restart; a TOTP step, a recovery code, a challenge count once.
 */
#include "factor_world.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/rng.h"
#include "identity/passkeys.h"
#include "identity/pins.h"
#include "identity/recovery_codes.h"
#include "identity/totps.h"

struct call {
    struct factor_world *world;
    enum {
        PIN_SET,
        PIN_BEGIN,
        PIN_END,
        PIN_GET,
        TOTP_SHOW,
        TOTP_CONFIRM,
        TOTP_USE,
        TOTP_REMOVE,
        TOTP_LIST,
        CODES_PUT,
        CODES_USE,
        CODES_GET,
        CHALLENGE_PUT,
        CHALLENGE_TAKE,
        PASSKEY_ADD,
        PASSKEY_FIND,
        PASSKEY_USED,
        PASSKEY_COPIED,
        PASSKEY_REMOVE,
        PASSKEY_LIST,
        COUNT
    } step;
    struct person_id person;
    struct password_hash hash;
    struct factor_pause pause;
    struct pin_info pin;
    struct totp_secret secret;
    struct totp_id totp;
    struct totp_info totps[TOTPS_MAX];
    size_t count;
    const char *text;
    enum err verdict;
    struct recovery_code codes[RECOVERY_CODE_COUNT];
    struct recovery_codes_info codes_info;
    enum passkey_challenge_kind challenge_kind;
    struct sha256_hash challenge;
    struct passkey passkey;
    struct webauthn_seen seen;
    struct passkey passkeys[PASSKEYS_MAX];
    bool flag;
    struct factor_counts counts;
};

static struct store_text text_of(const char *text)
{
    return (struct store_text){text, (uint32_t)strlen(text)};
}

static enum err run_secret(struct store_tx *tx, struct call *c)
{
    struct vault *vault = c->world->vault;

    switch ((int)c->step) {
    case TOTP_SHOW:
        return totp_show(tx, vault,
                         &(struct totp_new){c->totp, c->person, text_of("my phone"), &c->secret});
    case TOTP_CONFIRM:
        return totp_confirm(tx, vault, c->person, c->totp, c->text);
    case TOTP_USE:
        return totp_use(tx, vault, c->person, c->text, &c->verdict, &c->pause);
    case TOTP_REMOVE:
        return totp_remove(tx, c->person, c->totp);
    case TOTP_LIST:
        return totps_list(tx, vault, c->person, c->totps, &c->count);
    case CODES_PUT:
        return recovery_codes_put(tx, vault, c->person, c->codes);
    case CODES_USE:
        return recovery_code_use(tx, vault, c->person, text_of(c->text), &c->verdict, &c->pause);
    case CODES_GET:
        return recovery_codes_get(tx, c->person, &c->codes_info);
    default:
        return ERR_INTERNAL;
    }
}

static enum err run(struct store_tx *tx, void *arg)
{
    struct call *c = arg;
    struct vault *vault = c->world->vault;

    switch ((int)c->step) {
    case PIN_SET:
        return pin_set(tx, c->person, &c->hash);
    case PIN_BEGIN:
        c->verdict = pin_begin(tx, c->person, &c->hash, &c->pause);
        return ERR_OK;
    case PIN_END:
        c->verdict = pin_end(tx, c->person, &c->hash);
        return ERR_OK;
    case PIN_GET:
        return pin_get(tx, c->person, &c->pin);
    case CHALLENGE_PUT:
        return passkey_challenge_put(tx, c->challenge_kind, c->person, &c->challenge);
    case CHALLENGE_TAKE:
        return passkey_challenge_take(tx, c->challenge_kind, c->person, &c->challenge);
    case PASSKEY_ADD:
        return passkey_add(tx, vault,
                           &(struct passkey_new){c->passkey.id, c->person, text_of("blue key"),
                                                 &c->passkey.credential});
    case PASSKEY_FIND:
        return passkey_find(
            tx, (struct webauthn_bytes){c->passkey.credential.id, c->passkey.credential.id_length},
            &c->passkey);
    case PASSKEY_USED:
        return passkey_used(tx, c->passkey.id, &c->seen);
    case PASSKEY_COPIED:
        return passkey_mark_copied(tx, c->passkey.id, &c->flag);
    case PASSKEY_REMOVE:
        return passkey_remove(tx, c->person, c->passkey.id);
    case PASSKEY_LIST:
        return passkeys_list(tx, vault, c->person, c->passkeys, &c->count);
    case COUNT:
        return factors_count(tx, c->person, &c->counts);
    default:
        return run_secret(tx, c);
    }
}

static enum err step(struct call *call, int step)
{
    call->step = step;
    return world_write(call->world, run, call);
}

/* ---- PIN ---- */

static void set_pin(struct call *call, const char *pin)
{
    struct sha256_hash peppered;

    pin_pepper(call->world->vault, call->person, pin, &peppered);
    assert_int_equal(password_hash(&peppered, &call->hash), ERR_OK);
    assert_int_equal(step(call, PIN_SET), ERR_OK);
}

/* A whole guess, as the API makes it. */
static enum err guess(struct call *call, const char *pin)
{
    struct sha256_hash peppered;

    assert_int_equal(step(call, PIN_BEGIN), ERR_OK);
    if (call->verdict != ERR_OK) {
        return call->verdict;
    }
    pin_pepper(call->world->vault, call->person, pin, &peppered);
    if (!password_matches(&call->hash, &peppered)) {
        return ERR_PIN_WRONG;
    }
    assert_int_equal(step(call, PIN_END), ERR_OK);
    return call->verdict;
}

static void test_pin(void **state)
{
    struct call anne = {.world = *state, .person = ANNE}, bert = {.world = *state, .person = BERT};

    assert_int_equal(guess(&anne, "802649"), ERR_FACTOR_NOT_ENROLLED);
    set_pin(&anne, "802649");
    assert_int_equal(guess(&bert, "802649"), ERR_FACTOR_NOT_ENROLLED);
    assert_int_equal(guess(&anne, "802648"), ERR_PIN_WRONG);
    assert_int_equal(anne.pause.left, FACTOR_TRIES - 1);
    assert_int_equal(guess(&anne, "802649"), ERR_OK);
    assert_int_equal(step(&anne, PIN_GET), ERR_OK);
    assert_int_equal(anne.pin.last_used_at_us, WORLD_START_US);
    /* the same PIN of another person has another hash and does not match */
    set_pin(&bert, "802649");
    struct password_hash berts = bert.hash;
    struct sha256_hash peppered;
    pin_pepper(anne.world->vault, ANNE, "802649", &peppered);
    assert_false(password_matches(&berts, &peppered));
    /* it was changed while the old one was being checked */
    assert_int_equal(step(&anne, PIN_BEGIN), ERR_OK);
    struct password_hash old = anne.hash;
    set_pin(&anne, "190407");
    anne.hash = old;
    assert_int_equal(step(&anne, PIN_END), ERR_OK);
    assert_int_equal(anne.verdict, ERR_PIN_WRONG);
}

static void test_pauses_grow_and_end_in_a_lock(void **state)
{
    static const int64_t pauses_us[] = {10 * MINUTE_US, 60 * MINUTE_US, 24 * 60 * MINUTE_US};
    struct call anne = {.world = *state, .person = ANNE};

    set_pin(&anne, "802649");
    for (size_t round = 0; round < ARRAY_COUNT(pauses_us); round++) {
        for (int i = 0; i < FACTOR_TRIES; i++) {
            assert_int_equal(guess(&anne, "111111"), ERR_PIN_WRONG);
        }
        int64_t began_us = clock_now_us(&anne.world->clock);
        assert_int_equal(guess(&anne, "802649"), ERR_FACTOR_PAUSED); /* the right one, too */
        assert_int_equal(anne.pause.until_us, began_us + pauses_us[round]);
        world_restart(anne.world);
        clock_advance(&anne.world->clock, pauses_us[round] - MINUTE_US);
        assert_int_equal(guess(&anne, "802649"), ERR_FACTOR_PAUSED);
        clock_advance(&anne.world->clock, MINUTE_US);
    }
    for (int i = 0; i < FACTOR_TRIES; i++) {
        assert_int_equal(guess(&anne, "111111"), ERR_PIN_WRONG);
    }
    clock_advance(&anne.world->clock, 400 * 24 * 60 * MINUTE_US);
    assert_int_equal(guess(&anne, "802649"), ERR_FACTOR_LOCKED);
    set_pin(&anne, "190407"); /* set anew: which needs another factor */
    assert_int_equal(guess(&anne, "190407"), ERR_OK);
}

static void test_a_right_guess_begins_the_count_anew(void **state)
{
    struct call anne = {.world = *state, .person = ANNE};

    set_pin(&anne, "802649");
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < FACTOR_TRIES - 1; i++) {
            assert_int_equal(guess(&anne, "111111"), ERR_PIN_WRONG);
        }
        assert_int_equal(guess(&anne, "802649"), ERR_OK);
    }
}

struct racer {
    struct call call;
    _Atomic int *verified;
};

static void race_begin(void *arg)
{
    struct racer *racer = arg;

    assert_int_equal(step(&racer->call, PIN_BEGIN), ERR_OK);
    if (racer->call.verdict == ERR_OK) {
        atomic_fetch_add(racer->verified, 1);
    }
}

static void test_never_more_than_five_of_64_are_checked(void **state)
{
    static struct racer racers[WORLD_THREADS_MAX];
    struct call anne = {.world = *state, .person = ANNE};
    void *args[WORLD_THREADS_MAX];

    set_pin(&anne, "802649");
    for (int round = 0; round < 3; round++) {
        _Atomic int verified = 0;

        for (size_t i = 0; i < WORLD_THREADS_MAX; i++) {
            racers[i] = (struct racer){.call = anne, .verified = &verified};
            args[i] = &racers[i];
        }
        world_together(race_begin, args, WORLD_THREADS_MAX);
        assert_int_equal(verified, FACTOR_TRIES);
        for (size_t i = 0; i < WORLD_THREADS_MAX; i++) {
            assert_true(racers[i].call.verdict == ERR_OK ||
                        racers[i].call.verdict == ERR_FACTOR_PAUSED);
        }
        clock_advance(&anne.world->clock, 25 * 60 * MINUTE_US);
    }
}

/* ---- TOTP ---- */

static void code_now(const struct call *call, int64_t offset, char ret[TOTP_DIGITS + 1])
{
    totp_code(&call->secret, clock_now_us(&call->world->clock) / 1000000 / TOTP_STEP_S + offset,
              ret);
}

static void show_totp(struct call *call)
{
    totp_secret_draw(&call->secret);
    call->totp.v = id_draw_one(&call->world->ids);
    assert_int_equal(step(call, TOTP_SHOW), ERR_OK);
}

static enum err use_totp(struct call *call, const char *code)
{
    call->text = code;
    assert_int_equal(step(call, TOTP_USE), ERR_OK);
    return call->verdict;
}

static void test_totp(void **state)
{
    struct call anne = {.world = *state, .person = ANNE}, bert = {.world = *state, .person = BERT};
    char code[TOTP_DIGITS + 1];

    show_totp(&anne);
    code_now(&anne, 0, code);
    assert_int_equal(use_totp(&anne, code), ERR_FACTOR_NOT_ENROLLED); /* not in use yet */
    anne.text = "000000";
    code_now(&anne, 1, code);
    assert_int_equal(step(&anne, TOTP_CONFIRM),
                     strcmp(code, "000000") == 0 ? ERR_OK : ERR_TOTP_WRONG);
    code_now(&anne, 0, code);
    anne.text = code;
    bert.totp = anne.totp;
    bert.text = code;
    assert_int_equal(step(&bert, TOTP_CONFIRM), ERR_FACTOR_NOT_FOUND);
    assert_int_equal(step(&anne, TOTP_CONFIRM), ERR_OK);
    assert_int_equal(use_totp(&anne, code), ERR_TOTP_USED);
    code_now(&anne, -1, code);
    assert_int_equal(use_totp(&anne, code), ERR_TOTP_USED); /* earlier than one that counted */
    code_now(&anne, 1, code);
    assert_int_equal(use_totp(&anne, code), ERR_OK);
    assert_int_equal(use_totp(&anne, code), ERR_TOTP_USED);
    world_restart(anne.world);
    assert_int_equal(use_totp(&anne, code), ERR_TOTP_USED);
    assert_int_equal(step(&anne, TOTP_LIST), ERR_OK);
    assert_int_equal(anne.count, 1);
    assert_string_equal(anne.totps[0].name, "my phone");
    assert_int_equal(anne.totps[0].state, TOTP_IN_USE);
    assert_int_equal(step(&bert, TOTP_REMOVE), ERR_FACTOR_NOT_FOUND);
    assert_int_equal(step(&anne, TOTP_REMOVE), ERR_OK);
    assert_int_equal(step(&anne, TOTP_REMOVE), ERR_FACTOR_NOT_FOUND);
}

static void test_totp_guesses_are_counted(void **state)
{
    struct call anne = {.world = *state, .person = ANNE};
    char code[TOTP_DIGITS + 1], wrong[TOTP_DIGITS + 1];

    show_totp(&anne);
    code_now(&anne, 0, code);
    anne.text = code;
    assert_int_equal(step(&anne, TOTP_CONFIRM), ERR_OK);
    code_now(&anne, 7, wrong);
    for (int i = 0; i < FACTOR_TRIES; i++) {
        assert_int_equal(use_totp(&anne, wrong), ERR_TOTP_WRONG);
    }
    code_now(&anne, 1, code);
    assert_int_equal(use_totp(&anne, code), ERR_FACTOR_PAUSED);
    clock_advance(&anne.world->clock, 10 * MINUTE_US);
    code_now(&anne, 0, code);
    assert_int_equal(use_totp(&anne, code), ERR_OK);
}

static void race_totp(void *arg)
{
    struct racer *racer = arg;

    if (use_totp(&racer->call, racer->call.text) == ERR_OK) {
        atomic_fetch_add(racer->verified, 1);
    }
}

static void test_a_code_counts_for_one_of_many(void **state)
{
    static struct racer racers[4];
    struct call anne = {.world = *state, .person = ANNE};
    void *args[4];
    char code[TOTP_DIGITS + 1];

    show_totp(&anne);
    code_now(&anne, 0, code);
    anne.text = code;
    assert_int_equal(step(&anne, TOTP_CONFIRM), ERR_OK);
    for (int round = 0; round < 5; round++) {
        _Atomic int right = 0;

        clock_advance(&anne.world->clock, MINUTE_US);
        code_now(&anne, 0, code);
        for (size_t i = 0; i < ARRAY_COUNT(racers); i++) {
            racers[i] = (struct racer){.call = anne, .verified = &right};
            args[i] = &racers[i];
        }
        world_together(race_totp, args, ARRAY_COUNT(racers));
        assert_int_equal(right, 1);
        clock_advance(&anne.world->clock, 60 * MINUTE_US); /* losers counted as guesses */
        code_now(&anne, 0, code);
        assert_int_equal(use_totp(&anne, code), ERR_OK);
    }
}

static void test_only_so_many_totps(void **state)
{
    struct call anne = {.world = *state, .person = ANNE};
    char code[TOTP_DIGITS + 1];

    for (int i = 0; i < TOTPS_MAX; i++) {
        show_totp(&anne);
        show_totp(&anne); /* the first of the two is forgotten */
        code_now(&anne, 0, code);
        anne.text = code;
        assert_int_equal(step(&anne, TOTP_CONFIRM), ERR_OK);
    }
    anne.totp.v = id_draw_one(&anne.world->ids);
    assert_int_equal(step(&anne, TOTP_SHOW), ERR_FACTOR_LIMIT);
}

/* ---- recovery codes ---- */

static enum err use_code(struct call *call, const char *text)
{
    call->text = text;
    assert_int_equal(step(call, CODES_USE), ERR_OK);
    return call->verdict;
}

static void draw_codes(struct call *call)
{
    for (size_t i = 0; i < RECOVERY_CODE_COUNT; i++) {
        recovery_code_draw(&call->codes[i]);
    }
    assert_int_equal(step(call, CODES_PUT), ERR_OK);
}

static void test_recovery_codes(void **state)
{
    struct call anne = {.world = *state, .person = ANNE}, bert = {.world = *state, .person = BERT};
    char shown[RECOVERY_CODE_SHOWN], old[RECOVERY_CODE_SHOWN];

    assert_int_equal(use_code(&anne, "0000-0000-0000-0000"), ERR_FACTOR_NOT_ENROLLED);
    draw_codes(&anne);
    draw_codes(&bert);
    recovery_code_show(&anne.codes[3], shown);
    assert_int_equal(use_code(&bert, shown), ERR_RECOVERY_CODE_WRONG);
    assert_int_equal(use_code(&anne, shown), ERR_OK);
    assert_int_equal(use_code(&anne, shown), ERR_RECOVERY_CODE_WRONG);
    assert_int_equal(use_code(&anne, "nonsense"), ERR_RECOVERY_CODE_WRONG);
    assert_int_equal(step(&anne, CODES_GET), ERR_OK);
    assert_int_equal(anne.codes_info.left, RECOVERY_CODE_COUNT - 1);
    recovery_code_show(&anne.codes[4], old);
    draw_codes(&anne); /* the old ones end */
    assert_int_equal(use_code(&anne, old), ERR_RECOVERY_CODE_WRONG);
    for (size_t i = 0; i < RECOVERY_CODE_COUNT; i++) {
        assert_int_equal(use_code(&anne, anne.codes[i].digits), ERR_OK);
    }
    assert_int_equal(use_code(&anne, anne.codes[0].digits), ERR_FACTOR_NOT_ENROLLED);
    for (int i = 1; i < FACTOR_TRIES; i++) {
        assert_int_equal(use_code(&bert, "0000-0000-0000-0000"), ERR_RECOVERY_CODE_WRONG);
    }
    assert_int_equal(use_code(&bert, bert.codes[0].digits), ERR_FACTOR_PAUSED);
}

static void race_code(void *arg)
{
    struct racer *racer = arg;

    if (use_code(&racer->call, racer->call.text) == ERR_OK) {
        atomic_fetch_add(racer->verified, 1);
    }
}

static void test_a_recovery_code_counts_once(void **state)
{
    static struct racer racers[FACTOR_TRIES];
    struct call anne = {.world = *state, .person = ANNE};
    void *args[FACTOR_TRIES];
    _Atomic int right = 0;

    draw_codes(&anne);
    for (size_t i = 0; i < FACTOR_TRIES; i++) {
        racers[i] = (struct racer){.call = anne, .verified = &right};
        racers[i].call.text = anne.codes[0].digits;
        args[i] = &racers[i];
    }
    world_together(race_code, args, FACTOR_TRIES);
    assert_int_equal(right, 1);
}

/* ---- passkeys ---- */

static void test_challenges_are_answered_once(void **state)
{
    struct call anne = {.world = *state, .person = ANNE, .challenge_kind = PASSKEY_TO_ADD};
    struct call bert = {.world = *state, .person = BERT, .challenge_kind = PASSKEY_TO_ADD};

    rng_secure(anne.challenge.bytes, SHA256_BYTES);
    bert.challenge = anne.challenge;
    assert_int_equal(step(&anne, CHALLENGE_TAKE), ERR_PASSKEY_CHALLENGE_WRONG);
    assert_int_equal(step(&anne, CHALLENGE_PUT), ERR_OK);
    assert_int_equal(step(&bert, CHALLENGE_TAKE), ERR_PASSKEY_CHALLENGE_WRONG);
    anne.challenge_kind = PASSKEY_TO_SIGN_IN;
    assert_int_equal(step(&anne, CHALLENGE_TAKE), ERR_PASSKEY_CHALLENGE_WRONG);
    anne.challenge_kind = PASSKEY_TO_ADD;
    assert_int_equal(step(&anne, CHALLENGE_TAKE), ERR_OK);
    assert_int_equal(step(&anne, CHALLENGE_TAKE), ERR_PASSKEY_CHALLENGE_WRONG);
    assert_int_equal(step(&anne, CHALLENGE_PUT), ERR_OK);
    clock_advance(&anne.world->clock, PASSKEY_CHALLENGE_LIFE_US);
    assert_int_equal(step(&anne, CHALLENGE_TAKE), ERR_PASSKEY_CHALLENGE_WRONG);
}

static void draw_passkey(struct call *call)
{
    struct webauthn_credential *credential = &call->passkey.credential;

    memset(&call->passkey, 0, sizeof(call->passkey));
    call->passkey.id.v = id_draw_one(&call->world->ids);
    credential->id_length = 32;
    rng_secure(credential->id, 32);
    credential->algorithm = WEBAUTHN_EDDSA;
    credential->public_key_length = 32;
    rng_secure(credential->public_key, 32);
    credential->flags = WEBAUTHN_USER_PRESENT;
}

static void test_passkeys(void **state)
{
    struct call anne = {.world = *state, .person = ANNE}, bert = {.world = *state, .person = BERT};
    struct passkey added;

    draw_passkey(&anne);
    assert_int_equal(step(&anne, PASSKEY_FIND), ERR_PASSKEY_UNKNOWN);
    assert_int_equal(step(&anne, PASSKEY_ADD), ERR_OK);
    added = anne.passkey;
    bert.passkey = added;
    bert.passkey.id.v = id_draw_one(&bert.world->ids);
    assert_int_equal(step(&bert, PASSKEY_ADD), ERR_PASSKEY_EXISTS);
    assert_int_equal(step(&bert, PASSKEY_FIND), ERR_OK);
    assert_int_equal(bert.passkey.person.v, ANNE.v);
    assert_memory_equal(&bert.passkey.credential, &added.credential, sizeof(added.credential));
    assert_int_equal(step(&anne, PASSKEY_LIST), ERR_OK);
    assert_int_equal(anne.count, 1);
    assert_string_equal(anne.passkeys[0].name, "blue key");
    /* a counter that stays at zero counts nothing; one that moved only grows */
    assert_int_equal(step(&anne, PASSKEY_USED), ERR_OK);
    assert_int_equal(step(&anne, PASSKEY_USED), ERR_OK);
    anne.seen.sign_count = 9;
    assert_int_equal(step(&anne, PASSKEY_USED), ERR_OK);
    assert_int_equal(step(&anne, PASSKEY_USED), ERR_PASSKEY_COUNTER_BACK);
    anne.seen.sign_count = 0;
    assert_int_equal(step(&anne, PASSKEY_USED), ERR_PASSKEY_COUNTER_BACK);
    assert_int_equal(step(&anne, COUNT), ERR_OK);
    assert_int_equal(anne.counts.passkey_count, 1);
    assert_int_equal(step(&anne, PASSKEY_COPIED), ERR_OK);
    assert_true(anne.flag);
    assert_int_equal(step(&anne, PASSKEY_COPIED), ERR_OK);
    assert_false(anne.flag);
    assert_int_equal(step(&anne, PASSKEY_FIND), ERR_PASSKEY_UNKNOWN);
    assert_int_equal(step(&anne, COUNT), ERR_OK);
    assert_int_equal(anne.counts.passkey_count, 0);
    assert_int_equal(step(&anne, PASSKEY_LIST), ERR_OK);
    assert_true(anne.passkeys[0].copied_at_us != 0);
    bert.passkey.id = added.id;
    assert_int_equal(step(&bert, PASSKEY_REMOVE), ERR_FACTOR_NOT_FOUND);
    anne.passkey.id = added.id;
    assert_int_equal(step(&anne, PASSKEY_REMOVE), ERR_OK);
    assert_int_equal(step(&anne, PASSKEY_REMOVE), ERR_FACTOR_NOT_FOUND);
}

static void test_only_so_many_passkeys(void **state)
{
    struct call anne = {.world = *state, .person = ANNE};

    for (int i = 0; i < PASSKEYS_MAX; i++) {
        draw_passkey(&anne);
        assert_int_equal(step(&anne, PASSKEY_ADD), ERR_OK);
    }
    draw_passkey(&anne);
    assert_int_equal(step(&anne, PASSKEY_ADD), ERR_FACTOR_LIMIT);
}

int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_pin),
        TEST(test_pauses_grow_and_end_in_a_lock),
        TEST(test_a_right_guess_begins_the_count_anew),
        TEST(test_never_more_than_five_of_64_are_checked),
        TEST(test_totp),
        TEST(test_totp_guesses_are_counted),
        TEST(test_a_code_counts_for_one_of_many),
        TEST(test_only_so_many_totps),
        TEST(test_recovery_codes),
        TEST(test_a_recovery_code_counts_once),
        TEST(test_challenges_are_answered_once),
        TEST(test_passkeys),
        TEST(test_only_so_many_passkeys),
    };

    world_backend = argc > 1 && strcmp(argv[1], "postgres") == 0 ? STORE_POSTGRES : STORE_SQLITE;
    return cmocka_run_group_tests_name("identity/factors", tests, NULL, NULL);
}

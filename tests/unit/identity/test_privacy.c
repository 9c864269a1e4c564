/* test_privacy.c — consents are added and never changed; the copy of one's data opens all of it; an
 * account ends in its steps, and what is sealed opens no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "identity/access_log.h"
#include "identity/consents.h"
#include "identity/deletion.h"
#include "identity/people.h"
#include "identity/personal_data.h"
#include "support/test_db.h"

#define NOW_US  INT64_C(1763785282000000)
#define DAY_US  INT64_C(86400000000)
#define PERSON  ((struct person_id){41})
#define OTHER   ((struct person_id){42})
#define TEXT(t) ((struct store_text){(t), sizeof(t) - 1})
#define PHONE   "+8613800138000"

static enum store_backend backend;

struct fixture {
    struct test_db db;
    struct clock clock;
    struct store *store;
    struct vault *vault;
    struct arena *arena;
};

struct call {
    struct fixture *f;
    enum err (*run)(struct store_tx *tx, struct call *call);
    struct person_id person;
    struct consent_said said[4];
    size_t said_count;
    struct consent consents[CONSENTS_MAX];
    struct deletion deletion;
    struct deletion_due due[DELETIONS_AT_ONCE];
    struct personal_value *values;
    size_t count;
    int64_t at_us;
    bool answer;
    struct person person_row;
    struct contact contact;
};

static enum err run_call(struct store_tx *tx, void *arg)
{
    struct call *call = arg;

    return call->run(tx, call);
}

static enum err write_it(struct call *call, enum err (*run)(struct store_tx *tx, struct call *call))
{
    call->run = run;
    return store_write_sync(call->f->store, run_call, call, 0);
}

static enum err read_it(struct call *call, enum err (*run)(struct store_tx *tx, struct call *call))
{
    call->run = run;
    return store_read(call->f->store, run_call, call);
}

static enum err make_person(struct store_tx *tx, struct call *call)
{
    struct contact_value phone;
    enum err err = person_create(tx, call->f->vault,
                                 &(struct person_new){.id = call->person, .kind = PERSON_CONSUMER});

    if (err == ERR_OK) {
        err = contact_normalise(PHONE, sizeof(PHONE) - 1, &phone);
    }
    if (err == ERR_OK) {
        err = contact_claim(tx, call->f->vault,
                            &(struct contact_new){.id = {call->person.v * 10},
                                                  .person = call->person,
                                                  .kind = PERSON_CONSUMER,
                                                  .value = &phone});
    }
    return err;
}

static enum err confirm(struct store_tx *tx, struct call *call)
{
    return contact_confirm(tx, call->person, (struct contact_id){call->person.v * 10});
}

static enum err find(struct store_tx *tx, struct call *call)
{
    struct contact_value phone;
    enum err err = contact_normalise(PHONE, sizeof(PHONE) - 1, &phone);

    return err != ERR_OK ? err
                         : contact_find(tx, call->f->vault, PERSON_CONSUMER, &phone, &call->contact,
                                        &call->answer);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    struct call *call = calloc(1, sizeof(*call));
    uint32_t applied;

    clock_init_virtual(&f->clock, NOW_US);
    f->arena = arena_create((size_t)16 << 20);
    test_db_create(&f->db, backend);
    assert_int_equal(
        store_open(&(struct store_config){.url = f->db.url, .clock = &f->clock, .create = true},
                   &f->store),
        ERR_OK);
    assert_int_equal(store_migrate(f->store, &applied), ERR_OK);
    assert_int_equal(store_start(f->store), ERR_OK);
    assert_int_equal(vault_open(&(struct vault_config){.store = f->store,
                                                       .clock = &f->clock,
                                                       .data_dir = f->db.directory},
                                &f->vault),
                     ERR_OK);
    for (int64_t id = PERSON.v; id <= OTHER.v; id++) {
        *call = (struct call){.f = f, .person = {id}};
        assert_int_equal(write_it(call, make_person), ERR_OK);
    }
    *call = (struct call){.f = f, .person = PERSON};
    assert_int_equal(write_it(call, confirm), ERR_OK);
    free(call);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    vault_close(f->vault);
    store_close(f->store);
    test_db_drop(&f->db);
    arena_free(f->arena);
    free(f);
    return 0;
}

static struct call *call_of(struct fixture *f)
{
    struct call *call = calloc(1, sizeof(*call));

    *call = (struct call){.f = f, .person = PERSON};
    return call;
}

/* ---- consents ---- */

static enum err list(struct store_tx *tx, struct call *call)
{
    return consents_list(tx, call->person, NOW_US, call->f->arena, call->consents, &call->count);
}

static enum err say(struct store_tx *tx, struct call *call)
{
    return consents_say(tx, call->person, call->said, call->said_count);
}

static enum err has_marketing(struct store_tx *tx, struct call *call)
{
    return consents_has(tx, call->person, CONSENT_MARKETING, &call->answer);
}

static const struct consent *marketing(struct call *call)
{
    assert_int_equal(read_it(call, list), ERR_OK);
    for (size_t i = 0; i < call->count; i++) {
        if (strcmp(call->consents[i].name.data, CONSENT_MARKETING) == 0) {
            return &call->consents[i];
        }
    }
    fail();
    return NULL;
}

static void test_consents(void **state)
{
    struct call *call = call_of(*state);

    assert_false(marketing(call)->is_given);
    assert_int_equal(marketing(call)->said_version, 0);
    assert_true(call->consents[0].is_required);
    call->said_count = 2;
    call->said[0] = (struct consent_said){TEXT(CONSENT_MARKETING), 1, true};
    call->said[1] = (struct consent_said){TEXT("everything"), 1, true};
    assert_int_equal(write_it(call, say), ERR_CONSENT_UNKNOWN);
    assert_false(marketing(call)->is_given); /* all or nothing */
    call->said_count = 1;
    call->said[0].version = 2;
    assert_int_equal(write_it(call, say), ERR_CONSENT_OUTDATED);
    call->said[0].version = 1;
    assert_int_equal(write_it(call, say), ERR_OK);
    assert_true(marketing(call)->is_given);
    assert_int_equal(marketing(call)->said_at_us, NOW_US);
    clock_advance(&call->f->clock, DAY_US);
    assert_int_equal(write_it(call, say), ERR_OK); /* again: nothing new is said */
    assert_int_equal(marketing(call)->said_at_us, NOW_US);
    call->said[0].is_given = false;
    assert_int_equal(write_it(call, say), ERR_OK);
    assert_int_equal(marketing(call)->said_at_us, NOW_US + DAY_US);
    assert_int_equal(read_it(call, has_marketing), ERR_OK);
    assert_false(call->answer);
    call->said[0] = (struct consent_said){TEXT(CONSENT_TERMS), 1, false};
    assert_int_equal(write_it(call, say), ERR_CONSENT_REQUIRED);
    call->person = OTHER;
    assert_int_equal(marketing(call)->said_version, 0);
    free(call);
}

/* ---- the copy ---- */

static enum err look_and_read(struct store_tx *tx, struct call *call)
{
    struct access_look look = {.staff = OTHER,
                               .person = call->person,
                               .classes = ACCESS_CLASS(VAULT_CONTACT),
                               .why = ACCESS_FOR_SUPPORT,
                               .reason = TEXT("asked about a transfer")};
    struct access_grant grant;

    return access_log_append(tx, call->f->vault, &look, &grant);
}

static enum err read_data(struct store_tx *tx, struct call *call)
{
    return personal_data_read(tx, call->f->vault, call->person, call->f->arena, &call->values,
                              &call->count);
}

static const struct personal_value *value_of(const struct call *call, int64_t field)
{
    for (size_t i = 0; i < call->count; i++) {
        if (call->values[i].field->number == field) {
            return &call->values[i];
        }
    }
    return NULL;
}

static void test_the_copy_opens_what_is_sealed(void **state)
{
    struct call *call = call_of(*state);

    assert_int_equal(write_it(call, look_and_read), ERR_OK);
    assert_int_equal(read_it(call, read_data), ERR_OK);
    assert_non_null(value_of(call, 201));
    assert_string_equal(value_of(call, 201)->words.data, PHONE);
    assert_string_equal(value_of(call, 202)->words.data, "phone");
    assert_string_equal(value_of(call, 902)->words.data, "asked about a transfer");
    assert_int_equal(value_of(call, 101)->number, NOW_US);
    for (size_t i = 1; i < call->count; i++) {
        assert_true(call->values[i - 1].section->number <= call->values[i].section->number);
    }
    call->person = (struct person_id){99};
    assert_int_equal(read_it(call, read_data), ERR_OK);
    assert_int_equal(call->count, 0);
    free(call);
}

/* ---- the end ---- */

static enum err ask(struct store_tx *tx, struct call *call)
{
    return deletion_request(tx, call->f->vault,
                            &(struct deletion_ask){.person = call->person,
                                                   .outbox_id = 1000 + call->at_us,
                                                   .cooling_us = 15 * DAY_US},
                            &call->deletion);
}

static enum err cancel(struct store_tx *tx, struct call *call)
{
    return deletion_cancel(tx, call->f->vault, call->person, 2000);
}

static enum err due(struct store_tx *tx, struct call *call)
{
    return deletions_due(tx, call->at_us, call->due, &call->count);
}

static enum err postpone(struct store_tx *tx, struct call *call)
{
    return deletion_postpone(tx, call->person, call->at_us);
}

static enum err close_keeping(struct store_tx *tx, struct call *call)
{
    return deletion_close(tx, call->f->vault, call->person, call->at_us);
}

static enum err erase(struct store_tx *tx, struct call *call)
{
    return deletion_erase(tx, call->f->vault, call->person);
}

static enum err get_person(struct store_tx *tx, struct call *call)
{
    return person_get(tx, call->person, &call->person_row);
}

static enum err get(struct store_tx *tx, struct call *call)
{
    return deletion_get(tx, call->person, &call->deletion);
}

static enum person_state state_of(struct call *call)
{
    assert_int_equal(read_it(call, get_person), ERR_OK);
    return call->person_row.state;
}

static size_t due_at(struct call *call, int64_t at_us)
{
    call->at_us = at_us;
    assert_int_equal(read_it(call, due), ERR_OK);
    return call->count;
}

static void test_a_mind_may_be_changed(void **state)
{
    struct call *call = call_of(*state);

    assert_int_equal(write_it(call, cancel), ERR_DELETION_NOT_FOUND);
    assert_int_equal(write_it(call, ask), ERR_OK);
    assert_int_equal(call->deletion.due_at_us, NOW_US + 15 * DAY_US);
    assert_int_equal(state_of(call), PERSON_CLOSING);
    clock_advance(&call->f->clock, DAY_US);
    call->at_us = 1;
    assert_int_equal(write_it(call, ask), ERR_OK); /* again: the first one counts */
    assert_int_equal(call->deletion.due_at_us, NOW_US + 15 * DAY_US);
    assert_int_equal(due_at(call, NOW_US + 15 * DAY_US - 1), 0);
    assert_int_equal(due_at(call, NOW_US + 15 * DAY_US), 1);
    call->at_us = NOW_US + 20 * DAY_US;
    assert_int_equal(write_it(call, postpone), ERR_OK);
    assert_int_equal(due_at(call, NOW_US + 19 * DAY_US), 0);
    assert_int_equal(write_it(call, cancel), ERR_OK);
    assert_int_equal(state_of(call), PERSON_PENDING); /* as it was before */
    assert_int_equal(due_at(call, INT64_MAX), 0);
    free(call);
}

static void test_all_goes_at_once_when_nothing_is_kept(void **state)
{
    struct call *call = call_of(*state);

    assert_int_equal(write_it(call, find), ERR_OK);
    assert_true(call->answer);
    assert_int_equal(write_it(call, look_and_read), ERR_OK);
    call->at_us = 0;
    assert_int_equal(write_it(call, close_keeping), ERR_DELETION_NOT_FOUND);
    assert_int_equal(write_it(call, ask), ERR_OK);
    call->at_us = 0;
    assert_int_equal(write_it(call, close_keeping), ERR_OK);
    vault_forget(call->f->vault, PERSON);
    assert_int_equal(state_of(call), PERSON_ERASED);
    assert_int_equal(write_it(call, find), ERR_OK);
    assert_false(call->answer); /* the number is free for somebody else */
    assert_int_equal(read_it(call, read_data), ERR_VAULT_PERSON_ERASED); /* the look's reason */
    assert_int_equal(write_it(call, cancel), ERR_DELETION_NOT_FOUND);
    assert_int_equal(due_at(call, INT64_MAX), 0);
    call->person = OTHER;
    assert_int_equal(read_it(call, read_data), ERR_OK);
    assert_string_equal(value_of(call, 201)->words.data, PHONE);
    free(call);
}

static void test_what_is_kept_goes_later(void **state)
{
    struct call *call = call_of(*state);
    int64_t until_us = NOW_US + 365 * DAY_US;

    assert_int_equal(write_it(call, ask), ERR_OK);
    call->at_us = until_us;
    assert_int_equal(write_it(call, close_keeping), ERR_OK);
    assert_int_equal(read_it(call, read_data), ERR_OK); /* the key is still there */
    assert_null(value_of(call, 201));                   /* the phone is not */
    assert_int_equal(due_at(call, until_us - 1), 0);
    assert_int_equal(due_at(call, until_us), 1);
    assert_true(call->due[0].is_closed);
    assert_int_equal(write_it(call, erase), ERR_OK);
    assert_int_equal(read_it(call, get), ERR_OK);
    assert_true(call->deletion.erased_at_us > 0);
    assert_int_equal(due_at(call, INT64_MAX), 0);
    free(call);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_consents, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_copy_opens_what_is_sealed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_mind_may_be_changed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_goes_at_once_when_nothing_is_kept, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_what_is_kept_goes_later, setup, teardown),
    };

    backend = argc > 1 && strcmp(argv[1], "postgres") == 0 ? STORE_POSTGRES : STORE_SQLITE;
    return cmocka_run_group_tests_name("identity/privacy", tests, NULL, NULL);
}

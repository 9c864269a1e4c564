/* test_api_keys.c — API keys: what is stored, who is let in, and the two limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/sha256.h"
#include "identity/api_keys.h"
#include "support/test_db.h"

struct fixture {
    struct test_db db;
    struct clock clock;
    struct id_source ids;
    struct store *store;
    struct api_keys *keys;
};

#define NOW_US INT64_C(1763785282000000)

static enum store_backend backend;

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    uint32_t applied;

    clock_init_virtual(&fixture->clock, NOW_US);
    id_source_init(&fixture->ids, &fixture->clock, 0, 0);
    test_db_create(&fixture->db, backend);
    assert_int_equal(store_open(&(struct store_config){.url = fixture->db.url,
                                                       .clock = &fixture->clock,
                                                       .create = true},
                                &fixture->store),
                     ERR_OK);
    assert_int_equal(store_migrate(fixture->store, &applied), ERR_OK);
    assert_int_equal(store_start(fixture->store), ERR_OK);
    assert_int_equal(api_keys_open(fixture->store, &fixture->clock, &fixture->keys), ERR_OK);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    api_keys_close(fixture->keys);
    store_close(fixture->store);
    test_db_drop(&fixture->db);
    free(fixture);
    return 0;
}

static enum err who(struct fixture *fixture, const char *text, struct api_key *ret)
{
    return api_keys_authenticate(fixture->keys, text, strlen(text), ret);
}

struct creation {
    struct api_key key;
    struct api_key_secret secret;
};

static enum err run_create(struct store_tx *tx, void *arg)
{
    struct creation *creation = arg;

    return api_keys_create(tx, &creation->key, &creation->secret);
}

static enum err create(struct fixture *fixture, uint32_t scopes, struct creation *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->key.id.v = id_draw_one(&fixture->ids);
    snprintf(ret->key.name, sizeof(ret->key.name), "shop");
    ret->key.scopes = scopes;
    ret->key.created_at_us = NOW_US;
    api_key_secret_draw(ret->key.id, &ret->secret);
    return store_write_sync(fixture->store, run_create, ret, 0);
}

struct revocation {
    struct api_key_id id;
    struct api_key key;
};

static enum err run_revoke(struct store_tx *tx, void *arg)
{
    struct revocation *revocation = arg;

    return api_keys_revoke(tx, revocation->id, NOW_US + 5, &revocation->key);
}

static enum err revoke(struct fixture *fixture, struct api_key_id id, struct api_key *ret)
{
    struct revocation revocation = {.id = id};
    enum err err = store_write_sync(fixture->store, run_revoke, &revocation, 0);

    *ret = revocation.key;
    return err;
}

static void test_the_first_key_is_made_once(void **state)
{
    struct fixture *fixture = *state;
    struct api_key_secret secret, second;
    struct api_key key;

    assert_int_equal(api_keys_create_first(fixture->store, &fixture->ids, "first", NOW_US, &secret),
                     ERR_OK);
    assert_int_equal(strlen(secret.text), API_KEY_TEXT_MAX - 1);
    memset(&second, 7, sizeof(second));
    assert_int_equal(
        api_keys_create_first(fixture->store, &fixture->ids, "second", NOW_US, &second),
        ERR_ALREADY_INITIALISED);
    assert_int_equal(second.bytes[0], 7);
    if (backend == STORE_SQLITE) { /* on PostgreSQL an unknown key is looked for again */
        assert_int_equal(who(fixture, secret.text, &key), ERR_UNAUTHORIZED);
    }
    assert_int_equal(api_keys_refresh(fixture->keys), ERR_OK);
    assert_int_equal(who(fixture, secret.text, &key), ERR_OK);
    assert_string_equal(key.name, "first");
    assert_int_equal(key.scopes, API_SCOPES_ALL);
}

static void test_only_the_exact_text_is_let_in(void **state)
{
    struct fixture *fixture = *state;
    struct creation made, other;
    struct api_key key;
    char text[API_KEY_TEXT_MAX + 1];

    assert_int_equal(create(fixture, API_SCOPE_LEDGER_READ, &made), ERR_OK);
    assert_int_equal(create(fixture, API_SCOPE_LEDGER_READ, &other), ERR_OK);
    assert_int_equal(api_keys_refresh(fixture->keys), ERR_OK);
    assert_int_equal(who(fixture, made.secret.text, &key), ERR_OK);
    assert_int_equal(key.id.v, made.key.id.v);
    for (size_t i = 0; i < strlen(made.secret.text); i++) {
        memcpy(text, made.secret.text, API_KEY_TEXT_MAX);
        text[i] = text[i] == 'x' ? 'y' : 'x';
        assert_int_equal(who(fixture, text, &key), ERR_UNAUTHORIZED);
    }
    /* the id of one with the secret of another */
    memcpy(text, made.secret.text, API_KEY_TEXT_MAX);
    memcpy(text, other.secret.text, 16);
    assert_int_equal(who(fixture, text, &key), ERR_UNAUTHORIZED);
    snprintf(text, sizeof(text), "%s0", made.secret.text);
    assert_int_equal(who(fixture, text, &key), ERR_UNAUTHORIZED);
    text[strlen(made.secret.text) - 1] = '\0';
    assert_int_equal(who(fixture, text, &key), ERR_UNAUTHORIZED);
    assert_int_equal(who(fixture, "", &key), ERR_UNAUTHORIZED);
}

static void test_scopes(void **state)
{
    struct fixture *fixture = *state;
    struct creation made;

    assert_int_equal(create(fixture, 0, &made), ERR_SCOPE_UNKNOWN);
    assert_int_equal(create(fixture, 16, &made), ERR_SCOPE_UNKNOWN);
    assert_true(api_scopes_allow(API_SCOPE_LEDGER_READ, API_SCOPE_LEDGER_READ));
    assert_true(api_scopes_allow(API_SCOPE_ADMIN, API_SCOPE_LEDGER_WRITE));
    assert_false(api_scopes_allow(API_SCOPE_LEDGER_READ, API_SCOPE_LEDGER_WRITE));
    assert_false(api_scopes_allow(0, API_SCOPE_LEDGER_WRITE));
}

static void test_revoking(void **state)
{
    struct fixture *fixture = *state;
    struct creation first, second, reader;
    struct api_key key;

    assert_int_equal(create(fixture, API_SCOPE_ADMIN, &first), ERR_OK);
    assert_int_equal(create(fixture, API_SCOPE_LEDGER_READ, &reader), ERR_OK);
    assert_int_equal(revoke(fixture, first.key.id, &key), ERR_API_KEY_LAST_ADMIN);
    assert_int_equal(create(fixture, API_SCOPE_ADMIN, &second), ERR_OK);
    assert_int_equal(revoke(fixture, first.key.id, &key), ERR_OK);
    assert_int_equal(key.revoked_at_us, NOW_US + 5);
    assert_int_equal(revoke(fixture, first.key.id, &key), ERR_OK); /* again changes nothing */
    assert_int_equal(revoke(fixture, second.key.id, &key), ERR_API_KEY_LAST_ADMIN);
    assert_int_equal(revoke(fixture, (struct api_key_id){99}, &key), ERR_API_KEY_NOT_FOUND);
    assert_int_equal(revoke(fixture, reader.key.id, &key), ERR_OK);
    assert_int_equal(api_keys_refresh(fixture->keys), ERR_OK);
    assert_int_equal(who(fixture, first.secret.text, &key), ERR_UNAUTHORIZED);
    assert_int_equal(who(fixture, reader.secret.text, &key), ERR_UNAUTHORIZED);
    assert_int_equal(who(fixture, second.secret.text, &key), ERR_OK);
}

static enum err run_list(struct store_tx *tx, void *arg)
{
    struct api_key *keys = arg;
    size_t count = 0;
    enum err err = api_keys_list(tx, keys, &count);

    keys[count].id.v = -1;
    return err;
}

static void test_use_is_remembered_to_the_minute(void **state)
{
    struct fixture *fixture = *state;
    struct api_key *list = calloc(API_KEYS_MAX + 1, sizeof(*list));
    struct creation used, idle;
    struct api_key key;

    assert_int_equal(create(fixture, API_SCOPE_LEDGER_READ, &used), ERR_OK);
    assert_int_equal(create(fixture, API_SCOPE_LEDGER_READ, &idle), ERR_OK);
    assert_int_equal(api_keys_refresh(fixture->keys), ERR_OK);
    clock_advance(&fixture->clock, 90 * INT64_C(1000000));
    assert_int_equal(who(fixture, used.secret.text, &key), ERR_OK);
    assert_int_equal(api_keys_write_used(fixture->keys), ERR_OK);
    assert_int_equal(api_keys_write_used(fixture->keys), ERR_OK);
    assert_int_equal(store_read(fixture->store, run_list, list), ERR_OK);
    assert_int_equal(list[0].id.v, idle.key.id.v); /* newest first */
    assert_int_equal(list[0].last_used_at_us, 0);
    assert_int_equal(list[1].id.v, used.key.id.v);
    assert_int_equal(list[1].last_used_at_us, (NOW_US + 90000000) / 60000000 * 60000000);
    assert_int_equal(list[2].id.v, -1);
    free(list);
}

static void test_there_is_a_limit(void **state)
{
    struct fixture *fixture = *state;
    struct creation made;
    int64_t last = 0;

    for (unsigned i = 0; i < API_KEYS_MAX; i++) {
        assert_int_equal(create(fixture, API_SCOPE_LEDGER_READ, &made), ERR_OK);
    }
    assert_int_equal(api_keys_last_id(fixture->store, &last), ERR_OK);
    assert_int_equal(last, made.key.id.v);
    assert_int_equal(create(fixture, API_SCOPE_LEDGER_READ, &made), ERR_API_KEY_LIMIT);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_first_key_is_made_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_only_the_exact_text_is_let_in, setup, teardown),
        cmocka_unit_test_setup_teardown(test_scopes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_revoking, setup, teardown),
        cmocka_unit_test_setup_teardown(test_use_is_remembered_to_the_minute, setup, teardown),
        cmocka_unit_test_setup_teardown(test_there_is_a_limit, setup, teardown),
    };

    backend = argc > 1 && strcmp(argv[1], "postgres") == 0 ? STORE_POSTGRES : STORE_SQLITE;
    return cmocka_run_group_tests_name("identity/api_keys", tests, NULL, NULL);
}

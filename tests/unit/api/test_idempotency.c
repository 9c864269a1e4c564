/* test_idempotency.c — the same key and request, the same answer; another request, an error that
 * names what differs; another caller's key, another key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/idempotency.h"
#include "identity/vault.h"
#include "support/test_db.h"

struct fixture {
    struct test_db db;
    struct clock clock;
    struct store *store;
    struct arena *arena;
};

static enum store_backend backend;

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    uint32_t applied;

    clock_init_real(&fixture->clock);
    test_db_create(&fixture->db, backend);
    assert_int_equal(store_open(&(struct store_config){.url = fixture->db.url,
                                                       .clock = &fixture->clock,
                                                       .create = true},
                                &fixture->store),
                     ERR_OK);
    assert_int_equal(store_migrate(fixture->store, &applied), ERR_OK);
    assert_int_equal(store_start(fixture->store), ERR_OK);
    fixture->arena = arena_create(256u << 20);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    store_close(fixture->store);
    test_db_drop(&fixture->db);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

struct attempt {
    struct fixture *fixture;
    struct idempotency key;
    struct idempotency_answer kept;
    const char *answer; /* what the work answers */
    size_t answer_length;
    enum err work; /* what the work returns */
    int runs;      /* how often the work was done */
};

static void attempt_init(struct attempt *attempt, struct fixture *fixture, int64_t owner,
                         const char *key, const char *path, const char *body)
{
    memset(attempt, 0, sizeof(*attempt));
    attempt->fixture = fixture;
    assert_int_equal(idempotency_init(&attempt->key, owner, key, strlen(key), "POST"), ERR_OK);
    idempotency_set_request(&attempt->key, path, strlen(path), body, strlen(body));
    attempt->answer = "{\"first\":true}";
    attempt->answer_length = strlen(attempt->answer);
}

static enum err run(struct store_tx *tx, void *arg)
{
    struct attempt *attempt = arg;
    enum err err =
        idempotency_claim(tx, &attempt->key, 1000, attempt->fixture->arena, &attempt->kept);

    if (err != ERR_OK || attempt->kept.status != 0) {
        return err;
    }
    attempt->runs++;
    if (attempt->work != ERR_OK) {
        return attempt->work;
    }
    return idempotency_keep(tx, &attempt->key, 201, attempt->answer, attempt->answer_length);
}

static enum err try(struct attempt *attempt)
{
    return store_write_sync(attempt->fixture->store, run, attempt, 0);
}

static void assert_kept(const struct attempt *attempt, const char *answer, size_t length)
{
    assert_int_equal(attempt->runs, 0);
    assert_int_equal(attempt->kept.status, 201);
    assert_int_equal(attempt->kept.length, length);
    assert_memory_equal(attempt->kept.body, answer, length);
}

static void test_which_keys_are_keys(void **state)
{
    static const struct {
        const char *key;
        enum err err;
    } table[] = {
        {"12345678", ERR_OK},
        {"0193a4b2-7c6d-7e8f-9a0b-1c2d3e4f5a6b", ERR_OK},
        {"order:1.2_3-4", ERR_OK},
        {"1234567", ERR_IDEMPOTENCY_KEY_INVALID},
        {"", ERR_IDEMPOTENCY_KEY_INVALID},
        {"with space in it", ERR_IDEMPOTENCY_KEY_INVALID},
        {"semicolon;semicolon", ERR_IDEMPOTENCY_KEY_INVALID},
        {"\xe9\x92\xb1\xe9\x92\xb1\xe9\x92\xb1", ERR_IDEMPOTENCY_KEY_INVALID},
    };
    struct idempotency key;
    char longest[IDEMPOTENCY_KEY_MAX + 1];

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        assert_int_equal(idempotency_init(&key, 1, table[i].key, strlen(table[i].key), "POST"),
                         table[i].err);
    }
    memset(longest, 'a', sizeof(longest));
    assert_int_equal(idempotency_init(&key, 1, longest, IDEMPOTENCY_KEY_MAX, "POST"), ERR_OK);
    assert_int_equal(idempotency_init(&key, 1, longest, IDEMPOTENCY_KEY_MAX + 1, "POST"),
                     ERR_IDEMPOTENCY_KEY_INVALID);
}

static void test_the_same_again_gives_the_first_answer(void **state)
{
    struct attempt first, again;

    attempt_init(&first, *state, 1, "order-0001", "/v1/x", "{}");
    assert_int_equal(try(&first), ERR_OK);
    assert_int_equal(first.runs, 1);
    for (int i = 0; i < 3; i++) {
        attempt_init(&again, *state, 1, "order-0001", "/v1/x", "{}");
        again.answer = "{\"second\":true}";
        assert_int_equal(try(&again), ERR_OK);
        assert_kept(&again, first.answer, first.answer_length);
    }
}

static void test_another_request_is_an_error_that_names_the_difference(void **state)
{
    struct attempt first, other;

    attempt_init(&first, *state, 1, "order-0001", "/v1/x", "{}");
    assert_int_equal(try(&first), ERR_OK);
    attempt_init(&other, *state, 1, "order-0001", "/v1/x", "{ }");
    assert_int_equal(try(&other), ERR_IDEMPOTENCY_KEY_REUSED);
    assert_string_equal(other.kept.differs, "body");
    attempt_init(&other, *state, 1, "order-0001", "/v1/y", "{}");
    assert_int_equal(try(&other), ERR_IDEMPOTENCY_KEY_REUSED);
    assert_string_equal(other.kept.differs, "path");
    attempt_init(&other, *state, 1, "order-0001", "/v1/y", "{ }");
    other.key.method = "PATCH";
    assert_int_equal(try(&other), ERR_IDEMPOTENCY_KEY_REUSED);
    assert_string_equal(other.kept.differs, "method");
    assert_int_equal(other.runs, 0);
    attempt_init(&other, *state, 1, "order-0001", "/v1/x", "{}");
    assert_int_equal(try(&other), ERR_OK); /* and the first answer is still there */
    assert_kept(&other, first.answer, first.answer_length);
}

static void test_a_key_belongs_to_its_owner(void **state)
{
    struct attempt first, other;

    attempt_init(&first, *state, 1, "order-0001", "/v1/x", "{}");
    assert_int_equal(try(&first), ERR_OK);
    attempt_init(&other, *state, 2, "order-0001", "/v1/x", "{}");
    other.answer = "{\"mine\":true}";
    other.answer_length = strlen(other.answer);
    assert_int_equal(try(&other), ERR_OK);
    assert_int_equal(other.runs, 1);
}

static void test_work_that_was_undone_does_not_burn_the_key(void **state)
{
    struct attempt failing, working;

    attempt_init(&failing, *state, 1, "order-0001", "/v1/x", "{}");
    failing.work = ERR_API_KEY_LIMIT;
    assert_int_equal(try(&failing), ERR_API_KEY_LIMIT);
    attempt_init(&working, *state, 1, "order-0001", "/v1/x", "{\"other\":1}");
    assert_int_equal(try(&working), ERR_OK);
    assert_int_equal(working.runs, 1);
}

static void test_long_answers_come_back_whole(void **state)
{
    const size_t lengths[] = {0, 1, 2047, 2048, 100000, 3000000};
    char *answer = malloc(3000000);
    char key[32];

    for (size_t i = 0; i < 3000000; i++) {
        answer[i] = (char)('a' + i * i % 26);
    }
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct attempt first, again;

        snprintf(key, sizeof(key), "long-answer-%zu", i);
        attempt_init(&first, *state, 1, key, "/v1/x", "{}");
        first.answer = answer;
        first.answer_length = lengths[i];
        assert_int_equal(try(&first), ERR_OK);
        attempt_init(&again, *state, 1, key, "/v1/x", "{}");
        assert_int_equal(try(&again), ERR_OK);
        assert_kept(&again, answer, lengths[i]);
    }
    free(answer);
}

static void test_a_sealed_answer_opens_for_its_credential_only(void **state)
{
    struct attempt first, again, thief;

    attempt_init(&first, *state, 1, "create-key-1", "/v1/x", "{}");
    idempotency_seal(&first.key, "credential", 10);
    assert_int_equal(try(&first), ERR_OK);
    attempt_init(&again, *state, 1, "create-key-1", "/v1/x", "{}");
    idempotency_seal(&again.key, "credential", 10);
    assert_int_equal(try(&again), ERR_OK);
    assert_kept(&again, first.answer, first.answer_length);
    attempt_init(&thief, *state, 1, "create-key-1", "/v1/x", "{}");
    idempotency_seal(&thief.key, "credentiaL", 10);
    assert_int_equal(try(&thief), ERR_INTERNAL);
    attempt_init(&thief, *state, 1, "create-key-1", "/v1/x", "{}");
    assert_int_equal(try(&thief), ERR_INTERNAL);
    idempotency_done(&first.key);
    idempotency_done(&again.key);
}

/* ---- a person's ---- */

struct erasure {
    struct vault *vault;
    struct person_id person;
};

static enum err create_person(struct store_tx *tx, void *arg)
{
    const struct erasure *erasure = arg;

    return vault_person_create(tx, erasure->vault, erasure->person);
}

static enum err erase_person(struct store_tx *tx, void *arg)
{
    const struct erasure *erasure = arg;

    return vault_erase(tx, erasure->vault, erasure->person);
}

static void person_attempt(struct attempt *attempt, struct fixture *fixture, struct vault *vault,
                           int64_t person, const char *body)
{
    attempt_init(attempt, fixture, person, "set-pin-1", "/v1/me/pin", "");
    idempotency_of_person(&attempt->key, vault);
    idempotency_set_request(&attempt->key, "/v1/me/pin", 10, body, strlen(body));
}

static void test_a_person_has_the_answer_again_until_they_are_erased(void **state)
{
    struct fixture *fixture = *state;
    struct erasure erasure = {.person = {7}};
    struct attempt first, again;
    struct sha256_hash plain;
    static const char body[] = "{\"pin\":\"493817\"}";

    assert_int_equal(vault_open(&(struct vault_config){.store = fixture->store,
                                                       .data_dir = fixture->db.directory},
                                &erasure.vault),
                     ERR_OK);
    assert_int_equal(store_write_sync(fixture->store, create_person, &erasure, 0), ERR_OK);
    person_attempt(&first, fixture, erasure.vault, 7, body);
    assert_int_equal(try(&first), ERR_OK);
    /* A PIN could be found from a plain hash of the request by trying a million of them. */
    sha256(body, strlen(body), &plain);
    assert_memory_not_equal(first.key.body_hash.bytes, plain.bytes, sizeof(plain.bytes));
    person_attempt(&again, fixture, erasure.vault, 7, body);
    assert_int_equal(try(&again), ERR_OK);
    assert_kept(&again, first.answer, first.answer_length);
    person_attempt(&again, fixture, erasure.vault, 7, "{\"pin\":\"493818\"}");
    assert_int_equal(try(&again), ERR_IDEMPOTENCY_KEY_REUSED);
    assert_string_equal(again.kept.differs, "body");
    assert_int_equal(store_write_sync(fixture->store, erase_person, &erasure, 0), ERR_OK);
    vault_forget(erasure.vault, erasure.person);
    person_attempt(&again, fixture, erasure.vault, 7, body);
    assert_int_equal(try(&again), ERR_VAULT_PERSON_ERASED);
    assert_int_equal(again.runs, 0);
    vault_close(erasure.vault);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which_keys_are_keys),
        cmocka_unit_test_setup_teardown(test_the_same_again_gives_the_first_answer, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_another_request_is_an_error_that_names_the_difference,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_key_belongs_to_its_owner, setup, teardown),
        cmocka_unit_test_setup_teardown(test_work_that_was_undone_does_not_burn_the_key, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_long_answers_come_back_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_sealed_answer_opens_for_its_credential_only, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_person_has_the_answer_again_until_they_are_erased,
                                        setup, teardown),
    };

    backend = argc > 1 && strcmp(argv[1], "postgres") == 0 ? STORE_POSTGRES : STORE_SQLITE;
    return cmocka_run_group_tests_name("api/idempotency", tests, NULL, NULL);
}

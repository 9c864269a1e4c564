/* test_vault.c — the vault: what it seals opens at its place only, survives a restart, and is gone
 * when the key is; the master key is guarded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/str.h"
#include "identity/vault.h"
#include "identity/vault_int.h"
#include "support/test_db.h"

#define NOW_US INT64_C(1763785282000000)
#define PERSON ((struct person_id){41})
#define OTHER  ((struct person_id){42})
#define PHONE  "+8613800138000"
#define PLAIN  ((struct store_text){PHONE, sizeof(PHONE) - 1})

struct fixture {
    struct test_db db;
    struct clock clock;
    struct store *store;
    struct vault *vault;
    struct arena *arena;
};

static enum store_backend backend;

static enum err open_vault(struct fixture *f, uint32_t cached)
{
    return vault_open(&(struct vault_config){.store = f->store,
                                             .data_dir = f->db.directory,
                                             .cached_keys = cached},
                      &f->vault);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
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
    assert_int_equal(open_vault(f, 0), ERR_OK);
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

/* ---- steps ---- */

enum step { CREATE, ERASE, SEAL, UNSEAL, CREATE_AND_FAIL };

struct call {
    struct fixture *f;
    enum step step;
    struct vault_place place;
    struct store_text text;
    struct store_blob sealed;
};

static struct vault_place place_of(struct person_id person)
{
    return (struct vault_place){.person = person,
                                .class = VAULT_CONTACT,
                                .table = "person_contacts",
                                .column = "value_sealed",
                                .row_id = 7};
}

static enum err run(struct store_tx *tx, void *arg)
{
    struct call *call = arg;
    struct fixture *f = call->f;

    switch (call->step) {
    case CREATE:
        return vault_person_create(tx, f->vault, call->place.person);
    case ERASE:
        return vault_erase(tx, f->vault, call->place.person);
    case SEAL:
        return vault_seal_text(tx, f->vault, &call->place, call->text, f->arena, &call->sealed);
    case UNSEAL:
        return vault_unseal_text(tx, f->vault, &call->place, VAULT_FOR_SELF, call->sealed, f->arena,
                                 &call->text);
    case CREATE_AND_FAIL: {
        enum err err = vault_person_create(tx, f->vault, call->place.person);

        if (err == ERR_OK) {
            err = vault_seal_text(tx, f->vault, &call->place, PLAIN, f->arena, &call->sealed);
        }
        return err == ERR_OK ? ERR_TOO_LARGE : err;
    }
    }
    return ERR_INTERNAL;
}

static enum err write_step(struct fixture *f, enum step step, struct person_id person)
{
    struct call call = {.f = f, .step = step, .place = place_of(person)};

    return store_write_sync(f->store, run, &call, 0);
}

static enum err seal(struct fixture *f, struct person_id person, struct store_text text,
                     struct store_blob *ret)
{
    struct call call = {.f = f, .step = SEAL, .place = place_of(person), .text = text};
    enum err err = store_write_sync(f->store, run, &call, 0);

    if (err == ERR_OK) {
        *ret = call.sealed;
    }
    return err;
}

static enum err unseal_at(struct fixture *f, const struct vault_place *place,
                          struct store_blob sealed, struct store_text *ret)
{
    struct call call = {.f = f, .step = UNSEAL, .place = *place, .sealed = sealed};
    enum err err = store_read(f->store, run, &call);

    if (err == ERR_OK) {
        *ret = call.text;
    }
    return err;
}

static enum err unseal(struct fixture *f, struct person_id person, struct store_blob sealed,
                       struct store_text *ret)
{
    struct vault_place place = place_of(person);

    return unseal_at(f, &place, sealed, ret);
}

static void assert_text(struct store_text text, const char *expected)
{
    assert_int_equal(text.length, strlen(expected));
    assert_string_equal(text.data, expected);
}

static void reopen(struct fixture *f, uint32_t cached)
{
    vault_close(f->vault);
    f->vault = NULL;
    assert_int_equal(open_vault(f, cached), ERR_OK);
}

/* ---- tests ---- */

static void test_what_is_sealed_opens_also_after_a_restart(void **state)
{
    struct fixture *f = *state;
    struct store_blob sealed, again;
    struct store_text text;

    assert_int_equal(write_step(f, CREATE, PERSON), ERR_OK);
    assert_int_equal(seal(f, PERSON, PLAIN, &sealed), ERR_OK);
    assert_int_equal(seal(f, PERSON, PLAIN, &again), ERR_OK);
    assert_int_equal(sealed.length, again.length);
    assert_memory_not_equal(sealed.data, again.data, sealed.length);
    assert_null(memmem(sealed.data, sealed.length, "138001", 6));
    assert_int_equal(unseal(f, PERSON, sealed, &text), ERR_OK);
    assert_text(text, PHONE);
    reopen(f, 0);
    assert_int_equal(unseal(f, PERSON, sealed, &text), ERR_OK);
    assert_text(text, PHONE);
}

static void test_every_length(void **state)
{
    struct fixture *f = *state;
    static char long_text[VAULT_PLAIN_MAX + 1];
    struct store_blob sealed, one, ten;
    struct store_text text;

    memset(long_text, '\x80', sizeof(long_text)); /* as the padding's mark */
    assert_int_equal(write_step(f, CREATE, PERSON), ERR_OK);
    for (uint32_t length = 0; length < 70; length++) {
        assert_int_equal(seal(f, PERSON, (struct store_text){long_text, length}, &sealed), ERR_OK);
        assert_true(sealed.length <= length + VAULT_ENVELOPE_EXTRA);
        assert_int_equal(unseal(f, PERSON, sealed, &text), ERR_OK);
        assert_int_equal(text.length, length);
        assert_int_equal(text.data[length], '\0');
    }
    assert_int_equal(seal(f, PERSON, (struct store_text){"\0\0", 2}, &one), ERR_OK);
    assert_int_equal(seal(f, PERSON, (struct store_text){long_text, 10}, &ten), ERR_OK);
    assert_int_equal(one.length, ten.length); /* a name's length does not show */
    assert_int_equal(unseal(f, PERSON, one, &text), ERR_OK);
    assert_int_equal(text.length, 2);
    assert_int_equal(seal(f, PERSON, (struct store_text){long_text, VAULT_PLAIN_MAX}, &sealed),
                     ERR_OK);
    assert_int_equal(unseal(f, PERSON, sealed, &text), ERR_OK);
    assert_int_equal(text.length, VAULT_PLAIN_MAX);
    assert_int_equal(seal(f, PERSON, (struct store_text){long_text, VAULT_PLAIN_MAX + 1}, &sealed),
                     ERR_TOO_LARGE);
}

static void test_it_opens_at_its_place_only(void **state)
{
    struct fixture *f = *state;
    struct vault_place home = place_of(PERSON), place;
    struct store_blob sealed;
    struct store_text text;
    struct vault_stats stats;

    assert_int_equal(write_step(f, CREATE, PERSON), ERR_OK);
    assert_int_equal(write_step(f, CREATE, OTHER), ERR_OK);
    assert_int_equal(seal(f, PERSON, PLAIN, &sealed), ERR_OK);
    place = home;
    place.person = OTHER;
    assert_int_equal(unseal_at(f, &place, sealed, &text), ERR_VAULT_SEAL_BROKEN);
    place = home;
    place.class = VAULT_IDENTITY;
    assert_int_equal(unseal_at(f, &place, sealed, &text), ERR_VAULT_SEAL_BROKEN);
    place = home;
    place.table = "cards";
    assert_int_equal(unseal_at(f, &place, sealed, &text), ERR_VAULT_SEAL_BROKEN);
    place = home;
    place.column = "other_sealed";
    assert_int_equal(unseal_at(f, &place, sealed, &text), ERR_VAULT_SEAL_BROKEN);
    place = home;
    place.row_id = 8;
    assert_int_equal(unseal_at(f, &place, sealed, &text), ERR_VAULT_SEAL_BROKEN);
    vault_stats(f->vault, &stats);
    assert_int_equal(stats.broken, 5);
    assert_int_equal(unseal_at(f, &home, sealed, &text), ERR_OK);
}

static void test_a_changed_byte_is_found(void **state)
{
    struct fixture *f = *state;
    struct store_blob sealed;
    struct store_text text = {"untouched", 9};
    uint8_t changed[128];

    assert_int_equal(write_step(f, CREATE, PERSON), ERR_OK);
    assert_int_equal(seal(f, PERSON, PLAIN, &sealed), ERR_OK);
    assert_true(sealed.length < sizeof(changed));
    for (uint32_t i = 0; i < sealed.length; i++) {
        memcpy(changed, sealed.data, sealed.length);
        changed[i] ^= 0x10;
        assert_int_equal(unseal(f, PERSON, (struct store_blob){changed, sealed.length}, &text),
                         ERR_VAULT_SEAL_BROKEN);
        assert_int_equal(unseal(f, PERSON, (struct store_blob){sealed.data, i}, &text),
                         ERR_VAULT_SEAL_BROKEN);
    }
    assert_text(text, "untouched");
}

static void test_an_erased_person_is_gone(void **state)
{
    struct fixture *f = *state;
    struct store_blob sealed, others;
    struct store_text text;

    assert_int_equal(write_step(f, CREATE, PERSON), ERR_OK);
    assert_int_equal(write_step(f, CREATE, OTHER), ERR_OK);
    assert_int_equal(seal(f, PERSON, PLAIN, &sealed), ERR_OK);
    assert_int_equal(seal(f, OTHER, PLAIN, &others), ERR_OK);
    assert_int_equal(unseal(f, PERSON, sealed, &text), ERR_OK); /* now in the cache */
    assert_int_equal(write_step(f, ERASE, PERSON), ERR_OK);
    vault_forget(f->vault, PERSON);
    assert_int_equal(unseal(f, PERSON, sealed, &text), ERR_VAULT_PERSON_ERASED);
    assert_int_equal(seal(f, PERSON, PLAIN, &sealed), ERR_VAULT_PERSON_ERASED);
    assert_int_equal(write_step(f, ERASE, PERSON), ERR_OK);
    assert_int_equal(write_step(f, CREATE, PERSON), ERR_STORE_DUPLICATE);
    assert_int_equal(write_step(f, ERASE, (struct person_id){99}), ERR_VAULT_PERSON_UNKNOWN);
    assert_int_equal(unseal(f, OTHER, others, &text), ERR_OK);
    reopen(f, 0);
    assert_int_equal(unseal(f, PERSON, sealed, &text), ERR_VAULT_PERSON_ERASED);
}

static void test_an_undone_key_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct store_blob sealed;
    struct store_text text;

    assert_int_equal(seal(f, PERSON, PLAIN, &sealed), ERR_VAULT_PERSON_UNKNOWN);
    assert_int_equal(write_step(f, CREATE_AND_FAIL, PERSON), ERR_TOO_LARGE);
    assert_int_equal(seal(f, PERSON, PLAIN, &sealed), ERR_VAULT_PERSON_UNKNOWN);
    assert_int_equal(write_step(f, CREATE, PERSON), ERR_OK);
    assert_int_equal(seal(f, PERSON, PLAIN, &sealed), ERR_OK);
    reopen(f, 0); /* under the key that was committed */
    assert_int_equal(unseal(f, PERSON, sealed, &text), ERR_OK);
    assert_text(text, PHONE);
}

static void test_a_small_cache_serves_many(void **state)
{
    struct fixture *f = *state;
    struct store_blob sealed[9];
    struct vault_stats stats;
    struct store_text text;

    reopen(f, 3);
    for (int64_t i = 1; i < 9; i++) {
        assert_int_equal(write_step(f, CREATE, (struct person_id){i}), ERR_OK);
        assert_int_equal(seal(f, (struct person_id){i}, PLAIN, &sealed[i]), ERR_OK);
    }
    vault_stats(f->vault, &stats);
    assert_int_equal(stats.cached, 0); /* nothing of a write that might be undone */
    for (int64_t round = 0; round < 20; round++) {
        int64_t i = 1 + round * 5 % 8;

        assert_int_equal(unseal(f, (struct person_id){i}, sealed[i], &text), ERR_OK);
        assert_text(text, PHONE);
    }
    vault_stats(f->vault, &stats);
    assert_int_equal(stats.cached, 3);
    assert_true(stats.misses >= 20);
    assert_int_equal(unseal(f, (struct person_id){1}, sealed[1], &text), ERR_OK);
    stats.hits = 0;
    vault_stats(f->vault, &stats);
    assert_int_equal(unseal(f, (struct person_id){1}, sealed[1], &text), ERR_OK);
    uint64_t hits = stats.hits;
    vault_stats(f->vault, &stats);
    assert_int_equal(stats.hits, hits + 1);
}

static void test_indexes_and_hashes(void **state)
{
    struct fixture *f = *state;
    struct sha256_hash a, b;

    vault_index(f->vault, VAULT_INDEX_PHONE, PLAIN, &a);
    vault_index(f->vault, VAULT_INDEX_PHONE, PLAIN, &b);
    assert_true(hash_equal(&a, &b));
    reopen(f, 0);
    vault_index(f->vault, VAULT_INDEX_PHONE, PLAIN, &b);
    assert_true(hash_equal(&a, &b));
    vault_index(f->vault, VAULT_INDEX_EMAIL, PLAIN, &b);
    assert_false(hash_equal(&a, &b));
    vault_index(f->vault, VAULT_INDEX_PHONE, (struct store_text){PHONE, 5}, &b);
    assert_false(hash_equal(&a, &b));
    vault_mac(f->vault, VAULT_MAC_PIN, 1, (struct store_blob){"123456", 6}, &a);
    vault_mac(f->vault, VAULT_MAC_PIN, 1, (struct store_blob){"123456", 6}, &b);
    assert_true(hash_equal(&a, &b));
    vault_mac(f->vault, VAULT_MAC_PIN, 2, (struct store_blob){"123456", 6}, &b);
    assert_false(hash_equal(&a, &b));
    vault_mac(f->vault, VAULT_MAC_CODE, 1, (struct store_blob){"123456", 6}, &b);
    assert_false(hash_equal(&a, &b));
}

/* The answers are those of Python's hmac module. */
static void test_primitives_against_known_answers(void **state)
{
    uint8_t key[VAULT_KEY_BYTES], derived[VAULT_KEY_BYTES];
    struct sha256_hash hash;
    char text[65];

    (void)state;
    memset(key, 0x0b, sizeof(key));
    vault_hmac(key, (struct store_blob){"Hi ", 3}, (struct store_blob){"There", 5}, &hash);
    hex_encode(hash.bytes, 32, text);
    assert_string_equal(text, "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7");
    vault_derive(key, "jinnang index 1 1", derived);
    hex_encode(derived, 32, text);
    assert_string_equal(text, "6684f85f3f36f9b502b3ec13927a631584b07f16dae4c66d1b11f989fb269c94");
}

static void key_path(const struct fixture *f, char ret[128])
{
    snprintf(ret, 128, "%s/vault-1.key", f->db.directory);
}

static void test_the_master_key_is_guarded(void **state)
{
    struct fixture *f = *state;
    char path[128], away[140];
    struct stat status;
    FILE *file;

    key_path(f, path);
    snprintf(away, sizeof(away), "%s.away", path);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    vault_close(f->vault);
    f->vault = NULL;
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(open_vault(f, 0), ERR_VAULT_KEY_INVALID);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(rename(path, away), 0);
    assert_int_equal(open_vault(f, 0), ERR_VAULT_KEY_MISSING);
    assert_int_not_equal(access(path, F_OK), 0); /* none was made in its place */
    file = fopen(path, "w");
    fputs("jinnang-vault-master+1+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", file);
    fclose(file);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(open_vault(f, 0), ERR_VAULT_KEY_INVALID); /* another key */
    file = fopen(path, "w");
    fputs("nonsense\n", file);
    fclose(file);
    assert_int_equal(open_vault(f, 0), ERR_VAULT_KEY_INVALID);
    assert_int_equal(rename(away, path), 0);
    assert_int_equal(open_vault(f, 0), ERR_OK);
}

static void version_path(const struct fixture *f, int64_t version, char ret[128])
{
    snprintf(ret, 128, "%s/vault-%d.key", f->db.directory, (int)version);
}

static void rotate_all(struct fixture *f, int steps_max)
{
    bool more = true;

    for (int i = 0; more && i < steps_max; i++) {
        more = false;
        assert_int_equal(vault_rotate_step(f->vault, &more), ERR_OK);
    }
}

#define PEOPLE 450 /* more than two steps */

static void test_the_master_key_changes_while_all_goes_on(void **state)
{
    struct fixture *f = *state;
    struct vault_version versions[VAULT_VERSIONS_MAX];
    struct store_blob sealed[PEOPLE + 2];
    struct sha256_hash before, after;
    struct store_text text;
    int64_t version = 0;
    size_t count = 0;
    char path[128];

    for (int64_t i = 1; i <= PEOPLE; i++) {
        assert_int_equal(write_step(f, CREATE, (struct person_id){i}), ERR_OK);
        assert_int_equal(seal(f, (struct person_id){i}, PLAIN, &sealed[i]), ERR_OK);
    }
    vault_index(f->vault, VAULT_INDEX_PHONE, PLAIN, &before);
    assert_int_equal(vault_rotate(f->vault, &version), ERR_OK);
    assert_int_equal(version, 2);
    rotate_all(f, 1); /* part of it, then a crash */
    assert_int_equal(vault_versions(f->vault, versions, &count), ERR_OK);
    assert_int_equal(versions[0].key_count + versions[1].key_count, PEOPLE);
    assert_true(versions[1].key_count > 0 && versions[0].key_count > 0);
    assert_int_equal(write_step(f, ERASE, (struct person_id){PEOPLE}), ERR_OK);
    reopen(f, 0);
    assert_int_equal(write_step(f, CREATE, (struct person_id){PEOPLE + 1}), ERR_OK);
    assert_int_equal(seal(f, (struct person_id){PEOPLE + 1}, PLAIN, &sealed[PEOPLE + 1]), ERR_OK);
    clock_advance(&f->clock, 120 * INT64_C(1000000));
    rotate_all(f, 100);
    assert_int_equal(vault_versions(f->vault, versions, &count), ERR_OK);
    assert_int_equal(count, 2);
    assert_int_equal(versions[0].key_count, 0);
    assert_true(versions[0].retired_at_us > 0);
    assert_int_equal(versions[1].key_count, PEOPLE);
    assert_int_equal(versions[1].retired_at_us, 0);
    version_path(f, 1, path);
    assert_int_not_equal(access(path, F_OK), 0);
    version_path(f, 2, path);
    assert_int_equal(access(path, F_OK), 0);
    reopen(f, 0); /* with the new key alone */
    vault_index(f->vault, VAULT_INDEX_PHONE, PLAIN, &after);
    assert_true(hash_equal(&before, &after));
    for (int64_t i = 1; i <= PEOPLE + 1; i++) {
        assert_int_equal(unseal(f, (struct person_id){i}, sealed[i], &text),
                         i == PEOPLE ? ERR_VAULT_PERSON_ERASED : ERR_OK);
    }
    rotate_all(f, 2); /* nothing left to do */
    assert_int_equal(vault_rotate(f->vault, &version), ERR_OK);
    assert_int_equal(version, 3);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_is_sealed_opens_also_after_a_restart, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_every_length, setup, teardown),
        cmocka_unit_test_setup_teardown(test_it_opens_at_its_place_only, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_changed_byte_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_erased_person_is_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_undone_key_leaves_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_small_cache_serves_many, setup, teardown),
        cmocka_unit_test_setup_teardown(test_indexes_and_hashes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_master_key_is_guarded, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_master_key_changes_while_all_goes_on, setup,
                                        teardown),
        cmocka_unit_test(test_primitives_against_known_answers),
    };

    backend = argc > 1 && strcmp(argv[1], "postgres") == 0 ? STORE_POSTGRES : STORE_SQLITE;
    return cmocka_run_group_tests_name("identity/vault", tests, NULL, NULL);
}

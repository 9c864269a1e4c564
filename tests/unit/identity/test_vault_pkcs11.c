/* test_vault_pkcs11.c — the vault with its master key in a PKCS#11 token: SoftHSM with a token
 * directory of its own, made here and removed afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "identity/vault.h"
#include "support/test_db.h"

#define MODULE "/usr/lib/softhsm/libsofthsm2.so"
#define TOKEN  "jinnang-test"
#define WHERE  MODULE ":" TOKEN ":vault"
#define PIN    "4321-pin"
#define PERSON ((struct person_id){41})

static enum store_backend backend;

struct fixture {
    struct test_db db;
    struct clock clock;
    struct store *store;
    struct vault *vault;
    struct arena *arena;
    char tokens[64];
};

static void run_program(char *const arguments[])
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        FILE *quiet = freopen("/dev/null", "w", stdout);

        execvp(arguments[0], arguments);
        _exit(quiet == NULL ? 126 : 127);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
}

static void make_token(struct fixture *f)
{
    char conf[128], directory[128];
    FILE *file;

    snprintf(f->tokens, sizeof(f->tokens), "/tmp/jn-hsm-XXXXXX");
    assert_non_null(mkdtemp(f->tokens));
    snprintf(directory, sizeof(directory), "%s/tokens", f->tokens);
    assert_int_equal(mkdir(directory, 0700), 0);
    snprintf(conf, sizeof(conf), "%s/softhsm2.conf", f->tokens);
    file = fopen(conf, "w");
    assert_non_null(file);
    fprintf(file, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n",
            directory);
    fclose(file);
    assert_int_equal(setenv("SOFTHSM2_CONF", conf, 1), 0);
    run_program((char *[]){"softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--so-pin",
                           "0000-so", "--pin", PIN, NULL});
}

static enum err open_vault(struct fixture *f, const char *where, const char *pin)
{
    struct vault_master *master = NULL;
    enum err err = vault_master_pkcs11_open(where, pin, &master);

    return err != ERR_OK
               ? err
               : vault_open(&(struct vault_config){.store = f->store, .master = master}, &f->vault);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    uint32_t applied;

    make_token(f);
    clock_init_real(&f->clock);
    f->arena = arena_create((size_t)1 << 20);
    test_db_create(&f->db, backend);
    assert_int_equal(
        store_open(&(struct store_config){.url = f->db.url, .clock = &f->clock, .create = true},
                   &f->store),
        ERR_OK);
    assert_int_equal(store_migrate(f->store, &applied), ERR_OK);
    assert_int_equal(store_start(f->store), ERR_OK);
    assert_int_equal(open_vault(f, WHERE, PIN), ERR_OK);
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
    run_program((char *[]){"rm", "-rf", f->tokens, NULL});
    free(f);
    return 0;
}

struct call {
    struct fixture *f;
    bool is_first;
    struct store_blob sealed;
    struct store_text text;
};

static const struct vault_place place = {
    .person = {41}, .class = VAULT_CONTACT, .table = "person_contacts", .column = "value_sealed"};

static enum err seal(struct store_tx *tx, void *arg)
{
    struct call *call = arg;
    enum err err = call->is_first ? vault_person_create(tx, call->f->vault, PERSON) : ERR_OK;

    return err != ERR_OK ? err
                         : vault_seal_text(tx, call->f->vault, &place,
                                           (struct store_text){"+8613800138000", 14},
                                           call->f->arena, &call->sealed);
}

static enum err unseal(struct store_tx *tx, void *arg)
{
    struct call *call = arg;

    return vault_unseal_text(tx, call->f->vault, &place, VAULT_FOR_SELF, call->sealed,
                             call->f->arena, &call->text);
}

static void test_keys_stay_in_the_token(void **state)
{
    struct fixture *f = *state;
    struct call call = {.f = f, .is_first = true};
    struct sha256_hash before, after;
    char path[128];
    int64_t version = 0;
    bool more = true;

    assert_int_equal(store_write_sync(f->store, seal, &call, 0), ERR_OK);
    vault_index(f->vault, VAULT_INDEX_PHONE, (struct store_text){"1", 1}, &before);
    vault_close(f->vault);
    f->vault = NULL;
    snprintf(path, sizeof(path), "%s/vault-1.key", f->db.directory);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(open_vault(f, WHERE, "wrong-pin"), ERR_VAULT_TOKEN_FAILED);
    assert_int_equal(open_vault(f, MODULE ":other:vault", PIN), ERR_VAULT_TOKEN_FAILED);
    assert_int_equal(open_vault(f, "/nowhere.so:" TOKEN ":vault", PIN), ERR_VAULT_TOKEN_FAILED);
    assert_int_equal(open_vault(f, MODULE ":" TOKEN, PIN), ERR_VAULT_TOKEN_FAILED);
    assert_int_equal(open_vault(f, MODULE ":" TOKEN ":others", PIN), ERR_VAULT_KEY_MISSING);
    assert_int_equal(open_vault(f, WHERE, PIN), ERR_OK);
    vault_index(f->vault, VAULT_INDEX_PHONE, (struct store_text){"1", 1}, &after);
    assert_true(hash_equal(&before, &after));
    assert_int_equal(store_read(f->store, unseal, &call), ERR_OK);
    assert_string_equal(call.text.data, "+8613800138000");
    /* A new version is made in the token, too. */
    assert_int_equal(vault_rotate(f->vault, &version), ERR_OK);
    while (more) {
        more = false;
        assert_int_equal(vault_rotate_step(f->vault, &more), ERR_OK);
    }
    vault_close(f->vault);
    f->vault = NULL;
    assert_int_equal(open_vault(f, WHERE, PIN), ERR_OK);
    assert_int_equal(store_read(f->store, unseal, &call), ERR_OK);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_keys_stay_in_the_token, setup, teardown),
    };

    backend = argc > 1 && strcmp(argv[1], "postgres") == 0 ? STORE_POSTGRES : STORE_SQLITE;
    return cmocka_run_group_tests_name("identity/vault_pkcs11", tests, NULL, NULL);
}

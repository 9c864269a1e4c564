/* cmd_init.c — `jinnang init`: a new installation and its first key, shown once. */
#include "main/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#include "core/sha256.h"
#include "identity/api_keys.h"
#include "identity/vault.h"
#include "ledger/checkpoint.h"
#include "main/app.h"
#include "main/demo.h"
#include "main/vault_place.h"
#include "main/demo_people.h"

#define FIRST_KEY_NAME "first administrator"
#define DAY_US         INT64_C(86400000000)

/* The directory holds keys and money: nobody else's to read. */
static bool make_directory(const struct cli_args *args, const char *path)
{
    char what[APP_URL_MAX + 128];
    if (mkdir(path, 0700) == 0 || errno == EEXIST) {
        return true;
    }
    snprintf(what, sizeof(what), "cannot make the directory %s: %m", path);
    (void)cli_fail_text(args, what, "give --data a directory that may be made");
    return false;
}

/* The story is told in the past, by a clock of its own. */
static enum err write_demo(const char *url, uint64_t *ret_transfers)
{
    struct clock clock;
    struct app *app;
    clock_init_real(&clock);
    const struct app_config config = {.url = url,
                                      .lane_count = 1,
                                      .reader_count = 1,
                                      .virtual_us = clock_now_us(&clock) - DEMO_DAYS * DAY_US};
    enum err err = app_open(&config, &app);
    if (err != ERR_OK) {
        return err;
    }
    err = demo_write(app, ret_transfers);
    app_close(app);
    return err;
}

/* The first API key, the log's signing key, and the vault's master key; with them, the people of
 * the demonstration. */
static enum err create_keys(const struct cli_args *args, const struct app_place *place,
                            struct api_key_secret *ret_secret)
{
    const struct vault_source source = vault_source_of(args, place->data);
    struct sealer *sealer = NULL;
    struct vault *vault = NULL;
    struct app *app;
    enum err err =
        app_open(&(struct app_config){.url = place->url, .lane_count = 1, .reader_count = 1}, &app);
    if (err != ERR_OK) {
        return err;
    }
    err = sealer_open(&(struct sealer_config){.store = app->store,
                                              .ledger = app->ledger,
                                              .clock = &app->clock,
                                              .data_dir = place->data,
                                              .origin = cli_text(args, "origin")},
                      &sealer);
    if (err == ERR_OK) {
        err = vault_source_open(&source, app->store, &app->clock, &vault);
    }
    if (err == ERR_OK && cli_flag(args, "demo")) {
        err = demo_people_write(app, vault);
    }
    if (err == ERR_OK) {
        err = api_keys_create_first(app->store, &app->ids, FIRST_KEY_NAME,
                                    clock_now_us(&app->clock), ret_secret);
    }
    vault_close(vault);
    sealer_close(sealer);
    app_close(app);
    return err;
}

static json_t *people_json(bool is_demo)
{
    json_t *list = json_array();
    for (size_t i = 0; is_demo && i < DEMO_PEOPLE_COUNT; i++) {
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s}", "name", demo_people[i].name, "contact",
                                        demo_people[i].phone, "password", DEMO_PASSWORD));
    }
    return list;
}

static void print_people(void)
{
    printf("Its people sign in to the wallet with the password %s:\n", DEMO_PASSWORD);
    for (size_t i = 0; i < DEMO_PEOPLE_COUNT; i++) {
        printf("  %-4s %s\n", demo_people[i].name, demo_people[i].phone);
    }
}

static void print_result(const struct cli_args *args, const struct app_place *place,
                         enum app_mode mode, const char *key, uint64_t transfers)
{
    char shown[APP_URL_MAX];
    app_url_for_people(place->url, shown);
    if (cli_flag(args, "json")) {
        json_t *object =
            json_pack("{s:b, s:s, s:s, s:s, s:s, s:I, s:o}", "ok", 1, "db", shown, "data",
                      place->data, "mode", app_mode_name(mode), "api_key", key, "demo_transfers",
                      (json_int_t)transfers, "demo_people", people_json(transfers > 0));
        BUG_IF(object == NULL);
        json_dumpf(object, stdout, JSON_COMPACT);
        fputc('\n', stdout);
        json_decref(object);
        return;
    }
    printf("Made %s (%s).\n", shown, app_mode_name(mode));
    if (transfers > 0) {
        printf("It holds a demonstration: %" PRIu64 " transfers of the last %d days.\n", transfers,
               DEMO_DAYS);
        print_people();
    }
    printf("\nThe administrator's API key, shown this once and stored only hashed:\n\n  %s\n\n",
           key);
    printf("Next: jinnang serve%s%s, then\n"
           "  curl -H 'Authorization: Bearer <the key>' http://127.0.0.1:8080/v1/ledger/totals\n",
           place->is_default ? " --data " : " --db ", place->is_default ? place->data : shown);
}

static int initialise(const struct cli_args *args, const struct app_place *place,
                      enum app_mode mode)
{
    char shown[APP_URL_MAX], doing[APP_URL_MAX + 16];
    struct api_key_secret secret;
    uint64_t transfers = 0;
    enum err err = app_create(place->url, mode, cli_text(args, "pack"));
    if (err != ERR_OK) {
        app_url_for_people(place->url, shown);
        snprintf(doing, sizeof(doing), "initialise %s", shown);
        return cli_fail(args, err, doing);
    }
    if (cli_flag(args, "demo")) {
        err = write_demo(place->url, &transfers);
        if (err != ERR_OK) {
            return cli_fail(args, err, "write the demonstration data");
        }
    }
    err = create_keys(args, place, &secret);
    if (err != ERR_OK) {
        return cli_fail(args, err, "create the keys");
    }
    print_result(args, place, mode, secret.text, transfers);
    secret_wipe(&secret, sizeof(secret));
    return CLI_OK;
}

/* Before anything is made. */
static bool check_pack(const struct cli_args *args)
{
    const char *directory = cli_text(args, "packs"), *name = cli_text(args, "pack");
    struct policy_fault fault = {0};
    char text[POLICY_FAULT_TEXT_MAX], doing[POLICY_FAULT_TEXT_MAX + 32];
    struct pack *pack = NULL;
    enum err err = pack_load(directory, name, &pack, &fault);
    if (err != ERR_OK) {
        policy_fault_text(&fault, directory, name, text);
        snprintf(doing, sizeof(doing), "load the pack: %s", text);
        (void)cli_fail(args, err, doing);
    }
    pack_free(pack);
    return err == ERR_OK;
}

int cmd_init(const struct cli_args *args)
{
    enum app_mode mode = cli_flag(args, "sandbox") ? APP_SANDBOX : APP_LIVE;
    struct app_place place;
    if (!app_place(args, &place)) {
        return CLI_FAILED;
    }
    if (cli_flag(args, "demo") && mode != APP_SANDBOX) {
        return cli_fail(args, ERR_SANDBOX_ONLY, "write demonstration data");
    }
    if (!check_pack(args)) {
        return CLI_FAILED;
    }
    return make_directory(args, place.data) ? initialise(args, &place, mode) : CLI_FAILED;
}

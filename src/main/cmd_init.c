/* cmd_init.c — `jinnang init`: a new installation and its first key, shown once. */
#include "main/commands.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#include "core/sha256.h"
#include "identity/api_keys.h"
#include "main/app.h"

#define FIRST_KEY_NAME "first administrator"

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

static enum err create_key(const char *url, struct api_key_secret *ret_secret)
{
    struct clock clock;
    struct id_source ids;
    struct store *store;
    clock_init_real(&clock);
    id_source_init(&ids, &clock, 0, 0);
    const struct store_config config = {
        .url = url, .clock = &clock, .lane_count = 1, .reader_count = 1};
    enum err err = store_open(&config, &store);
    if (err != ERR_OK) {
        return err;
    }
    err = store_start(store);
    if (err == ERR_OK) {
        err = api_keys_create_first(store, &ids, FIRST_KEY_NAME, clock_now_us(&clock), ret_secret);
    }
    store_close(store);
    return err;
}

static void print_result(const struct cli_args *args, const char *url, enum app_mode mode,
                         const char *key)
{
    char shown[APP_URL_MAX];
    app_url_for_people(url, shown);
    if (cli_flag(args, "json")) {
        json_t *object = json_pack("{s:b, s:s, s:s, s:s}", "ok", 1, "db", shown, "mode",
                                   app_mode_name(mode), "api_key", key);
        BUG_IF(object == NULL);
        json_dumpf(object, stdout, JSON_COMPACT);
        fputc('\n', stdout);
        json_decref(object);
        return;
    }
    printf("Made %s (%s).\n\nThe administrator's API key, shown this once and stored only hashed:\n"
           "\n  %s\n\nNext: jinnang serve, then\n"
           "  curl -H 'Authorization: Bearer <the key>' http://127.0.0.1:8080/v1/ledger/totals\n",
           shown, app_mode_name(mode), key);
}

int cmd_init(const struct cli_args *args)
{
    enum app_mode mode = cli_flag(args, "sandbox") ? APP_SANDBOX : APP_LIVE;
    struct api_key_secret secret;
    struct app_place place;
    if (!app_place(args, &place)) {
        return CLI_FAILED;
    }
    if (!make_directory(args, place.data)) {
        return CLI_FAILED;
    }
    enum err err = app_create(place.url, mode);
    if (err != ERR_OK) {
        char shown[APP_URL_MAX], doing[APP_URL_MAX + 16];
        app_url_for_people(place.url, shown);
        snprintf(doing, sizeof(doing), "initialise %s", shown);
        return cli_fail(args, err, doing);
    }
    err = create_key(place.url, &secret);
    if (err != ERR_OK) {
        return cli_fail(args, err, "create the administrator's key");
    }
    print_result(args, place.url, mode, secret.text);
    secret_wipe(&secret, sizeof(secret));
    return CLI_OK;
}

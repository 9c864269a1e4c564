/* cmd_keys_rotate.c — `jinnang keys rotate`: a new signing key for the log. Old receipts keep
 * verifying, because the old key signs the change and both stay in /log/keys.
 *
 * With --vault a new master key for the vault instead: a server wraps the data keys anew while it
 * serves; without one this process does it and returns when it is done. */
#include "main/commands.h"

#include "identity/vault.h"
#include "ledger/checkpoint.h"
#include "main/app.h"
#include "main/control.h"
#include "main/vault_place.h"

static enum err rotate_directly(const struct app_place *place)
{
    struct sealer *sealer = NULL;
    struct app *app;
    enum err err =
        app_open(&(struct app_config){.url = place->url, .lane_count = 1, .reader_count = 1}, &app);
    if (err != ERR_OK) {
        return err;
    }
    err = sealer_open(&(struct sealer_config){.store = app->store,
                                              .ledger = app->ledger,
                                              .clock = &app->clock,
                                              .data_dir = place->data},
                      &sealer);
    if (err == ERR_OK) {
        err = sealer_rotate_key(sealer);
    }
    sealer_close(sealer);
    app_close(app);
    return err;
}

static enum err rewrap_all(struct vault *vault)
{
    bool more = true;
    enum err err = ERR_OK;

    while (more && err == ERR_OK) {
        more = false;
        err = vault_rotate_step(vault, &more);
    }
    return err;
}

static enum err rotate_vault_directly(const struct cli_args *args, const struct app_place *place)
{
    const struct vault_source source = vault_source_of(args, place->data);
    struct vault *vault = NULL;
    struct app *app;
    int64_t version;
    enum err err =
        app_open(&(struct app_config){.url = place->url, .lane_count = 1, .reader_count = 1}, &app);

    if (err != ERR_OK) {
        return err;
    }
    err = vault_source_open(&source, app->store, &app->clock, &vault);
    if (err == ERR_OK) {
        err = vault_rotate(vault, &version);
    }
    if (err == ERR_OK) {
        err = rewrap_all(vault);
    }
    vault_close(vault);
    app_close(app);
    return err;
}

static int rotate_vault(const struct cli_args *args, const struct app_place *place)
{
    const char *path = app_sqlite_path(place->url);
    enum err err = path != NULL ? control_rotate_vault(path) : ERR_FILE_NOT_FOUND;

    if (err == ERR_FILE_NOT_FOUND) {
        err = rotate_vault_directly(args, place);
    }
    if (err != ERR_OK) {
        return cli_fail(args, err, "change the vault's master key");
    }
    puts(cli_flag(args, "json")
             ? "{\"ok\":true}"
             : "The vault has a new master key. Data keys are wrapped anew while the server goes "
               "on; "
               "then the old key\nis deleted. Copy the new vault-*.key to where you keep the copy "
               "of "
               "the old one, and keep the old copy as\nlong as you keep backups made before now: "
               "they need it.");
    return CLI_OK;
}

int cmd_keys_rotate(const struct cli_args *args)
{
    struct app_place place;
    if (!app_place(args, &place)) {
        return CLI_FAILED;
    }
    if (cli_flag(args, "vault")) {
        return rotate_vault(args, &place);
    }
    const char *path = app_sqlite_path(place.url);
    enum err err = path != NULL ? control_rotate(path) : ERR_FILE_NOT_FOUND;
    if (err == ERR_FILE_NOT_FOUND) {
        err = rotate_directly(&place); /* no server has the file, or PostgreSQL */
    }
    if (err != ERR_OK) {
        return cli_fail(args, err, "change the log's signing key");
    }
    puts(cli_flag(args, "json")
             ? "{\"ok\":true}"
             : "The log has a new signing key, and the old one signed the change. Copy the new "
               "log-*.key from the data\ndirectory to where you keep the copy of the old one.");
    return CLI_OK;
}

/* cmd_keys_rotate.c — `jinnang keys rotate`: a new signing key for the log. Old receipts keep
 * verifying, because the old key signs the change and both stay in /log/keys. */
#include "main/commands.h"

#include "ledger/checkpoint.h"
#include "main/app.h"
#include "main/control.h"

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

int cmd_keys_rotate(const struct cli_args *args)
{
    struct app_place place;
    if (!app_place(args, &place)) {
        return CLI_FAILED;
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

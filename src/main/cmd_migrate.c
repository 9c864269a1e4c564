/* cmd_migrate.c — `jinnang migrate`: brings the tables up to this program's version. */
#include "main/commands.h"

#include <inttypes.h>
#include <jansson.h>

#include "main/app.h"

int cmd_migrate(const struct cli_args *args)
{
    struct app_place place;
    struct store *store;
    struct clock clock;
    uint32_t applied = 0;
    if (!app_place(args, &place)) {
        return CLI_FAILED;
    }
    clock_init_real(&clock);
    const struct store_config config = {
        .url = place.url, .clock = &clock, .lane_count = 1, .reader_count = 1};
    enum err err = store_open(&config, &store);
    if (err != ERR_OK) {
        return app_open_failed(args, err, place.url);
    }
    err = store_migrate(store, &applied);
    store_close(store);
    if (err != ERR_OK) {
        return cli_fail(args, err, "migrate the database");
    }
    if (cli_flag(args, "json")) {
        printf("{\"ok\":true,\"applied\":%" PRIu32 "}\n", applied);
    } else if (applied == 0) {
        puts("Nothing to do: the database is current.");
    } else {
        printf("Applied %" PRIu32 " migration%s.\n", applied, applied == 1 ? "" : "s");
    }
    return CLI_OK;
}

/* app.c — opening and creating an installation. The contract is in app.h. */
#include "main/app.h"

#include <stdlib.h>
#include <string.h>

#include "core/log.h"

/* ---- opening ---- */

static enum err open_parts(struct app *app)
{
    int64_t last_id;
    enum err err = store_check_schema(app->store);
    if (err == ERR_OK) {
        err = app_mode_read(app->store, &app->mode);
    }
    if (err == ERR_OK) {
        err = ledger_last_id(app->store, &last_id);
    }
    if (err != ERR_OK) {
        return err;
    }
    id_source_init(&app->ids, &app->clock, app->ids.node, last_id);
    const struct ledger_config config = {
        .store = app->store, .clock = &app->clock, .ids = &app->ids};
    err = ledger_open(&config, &app->ledger);
    return err == ERR_OK ? store_start(app->store) : err;
}

enum err app_open(const struct app_config *config, struct app **ret)
{
    struct app *app = calloc(1, sizeof(*app));
    BUG_IF(app == NULL || strlen(config->url) >= sizeof(app->url));
    memcpy(app->url, config->url, strlen(config->url) + 1);
    if (config->virtual_us > 0) {
        clock_init_virtual(&app->clock, config->virtual_us);
    } else {
        clock_init_real(&app->clock);
    }
    app->ids.node = config->node;
    const struct store_config store_config = {
        .url = app->url,
        .clock = &app->clock,
        .lane_count = config->lane_count,
        .reader_count = config->reader_count,
    };
    enum err err = store_open(&store_config, &app->store);
    if (err == ERR_OK) {
        err = open_parts(app);
    }
    if (err != ERR_OK) {
        app_close(app);
        return err;
    }
    *ret = app;
    return ERR_OK;
}

void app_close(struct app *app)
{
    if (app == NULL) {
        return;
    }
    if (app->ledger != NULL) {
        /* So that the next start has nothing to fold. Where it fails, that start does the work. */
        enum err err = ledger_checkpoint(app->ledger);
        if (err != ERR_OK) {
            LOG(LOG_WARN, "last_checkpoint_failed", LOG_TEXT("error", err_code(err)));
        }
    }
    store_close(app->store);
    ledger_close(app->ledger);
    free(app);
}

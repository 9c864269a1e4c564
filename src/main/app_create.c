/* app_create.c — what is fixed at init: a database with its tables, and its mode. The contract is
 * in app.h. */
#include "main/app.h"

#include <string.h>
#include <unistd.h>

#include "core/arena.h"
#include "q_main.h"

#define SETTING_MODE "mode"

const char *app_mode_name(enum app_mode mode)
{
    switch (mode) {
    case APP_LIVE:
        return "live";
    case APP_SANDBOX:
        return "sandbox";
    }
    BUG_IF(true);
}

static struct store_text text_of(const char *text)
{
    return (struct store_text){.data = text, .length = (uint32_t)strlen(text)};
}

/* ---- the mode ---- */

struct mode_call {
    enum app_mode mode;
    enum err verdict;
};

static enum err read_mode(struct store_tx *tx, void *arg)
{
    struct mode_call *call = arg;
    struct q_main_setting_get_in in = {.name = text_of(SETTING_MODE)};
    struct q_main_setting_get_row row;
    struct arena *arena = arena_create(4096);
    bool found = false;
    enum err err = q_main_setting_get(tx, &in, arena, &row, &found);
    call->verdict = ERR_NOT_INITIALISED;
    if (err == ERR_OK && found) {
        for (enum app_mode mode = APP_LIVE; mode <= APP_SANDBOX; mode++) {
            const char *name = app_mode_name(mode);
            if (strlen(name) == row.value.length &&
                memcmp(name, row.value.data, row.value.length) == 0) {
                call->mode = mode;
                call->verdict = ERR_OK;
            }
        }
    }
    arena_free(arena);
    return err;
}

static enum err write_mode(struct store_tx *tx, void *arg)
{
    struct mode_call *call = arg;
    struct mode_call there = {0};
    enum err err = read_mode(tx, &there);
    if (err != ERR_OK) {
        return err;
    }
    if (there.verdict == ERR_OK) {
        return ERR_ALREADY_INITIALISED;
    }
    struct q_main_setting_insert_in in = {.name = text_of(SETTING_MODE),
                                          .value = text_of(app_mode_name(call->mode))};
    return q_main_setting_insert(tx, &in, NULL);
}

enum err app_mode_read(struct store *store, enum app_mode *ret)
{
    struct mode_call call = {0};
    enum err err = store_read(store, read_mode, &call);
    if (err == ERR_OK) {
        err = call.verdict;
    }
    if (err == ERR_OK) {
        *ret = call.mode;
    }
    return err;
}

enum err app_create(const char *url, enum app_mode mode)
{
    const char *path = app_sqlite_path(url);
    struct clock clock;
    struct mode_call call = {.mode = mode};
    struct store *store = NULL;
    uint32_t applied;
    if (path != NULL && access(path, F_OK) == 0) {
        return ERR_FILE_EXISTS;
    }
    clock_init_real(&clock);
    const struct store_config config = {
        .url = url, .clock = &clock, .lane_count = 1, .reader_count = 1, .create = true};
    enum err err = store_open(&config, &store);
    if (err == ERR_OK) {
        err = store_migrate(store, &applied);
    }
    if (err == ERR_OK) {
        err = store_start(store);
    }
    if (err == ERR_OK) {
        err = store_write_sync(store, write_mode, &call, 0);
    }
    store_close(store);
    return err;
}

/* app_create.c — what is fixed at init: a database with its tables, its mode and its pack. The
 * contract is in app.h. */
#include "main/app.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/arena.h"
#include "q_main.h"

#define SETTING_MODE "mode"
#define SETTING_PACK "pack"

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
    const char *pack;
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
    err = q_main_setting_insert(tx, &in, NULL);
    if (err == ERR_OK) {
        in = (struct q_main_setting_insert_in){.name = text_of(SETTING_PACK),
                                               .value = text_of(call->pack)};
        err = q_main_setting_insert(tx, &in, NULL);
    }
    return err;
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

/* ---- the pack ---- */

struct pack_call {
    char name[64];
};

static enum err read_pack(struct store_tx *tx, void *arg)
{
    struct pack_call *call = arg;
    struct q_main_setting_get_in in = {.name = text_of(SETTING_PACK)};
    struct q_main_setting_get_row row;
    struct arena *arena = arena_create(4096);
    bool found = false;
    enum err err = q_main_setting_get(tx, &in, arena, &row, &found);
    if (err == ERR_OK) {
        snprintf(call->name, sizeof(call->name), "%.*s", found ? (int)row.value.length : 63,
                 found ? row.value.data : PACK_NAME_DEFAULT);
    }
    arena_free(arena);
    return err;
}

enum err app_pack_load(struct store *store, const char *directory, const char *name,
                       struct pack **ret, char ret_why[APP_WHY_MAX])
{
    struct policy_fault fault = {0};
    char text[POLICY_FAULT_TEXT_MAX];
    struct pack_call call;
    enum err err = store_read(store, read_pack, &call);
    ret_why[0] = '\0';
    if (err != ERR_OK) {
        return err;
    }
    if (name != NULL && strcmp(name, call.name) != 0) {
        snprintf(ret_why, APP_WHY_MAX, "it was made with the pack %s", call.name);
        return ERR_PACK_DIFFERS;
    }
    err = pack_load(directory, call.name, ret, &fault);
    if (err != ERR_OK) {
        policy_fault_text(&fault, directory, call.name, text);
        snprintf(ret_why, APP_WHY_MAX, "%s", text);
    }
    return err;
}

enum err app_create(const char *url, enum app_mode mode, const char *pack)
{
    const char *path = app_sqlite_path(url);
    struct clock clock;
    struct mode_call call = {.mode = mode, .pack = pack};
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

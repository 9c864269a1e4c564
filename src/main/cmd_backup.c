/* cmd_backup.c — `jinnang backup`: a consistent copy of a SQLite database, also while it is served.
 *
 * A SQLite file belongs to one process. If a server runs, it is asked to write the copy
 * (control.h); if none runs, this process opens the file itself. */
#include "main/commands.h"

#include <inttypes.h>
#include <jansson.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "main/app.h"
#include "main/control.h"

static void show_progress(void *arg, uint64_t done, uint64_t total)
{
    cli_progress_step(arg, done, total);
}

/* The server has another working directory. The file itself need not exist. */
static bool absolute(const char *path, char ret[PATH_MAX])
{
    char directory[PATH_MAX], name[PATH_MAX], real[PATH_MAX];
    snprintf(directory, sizeof(directory), "%s", path);
    snprintf(name, sizeof(name), "%s", path);
    if (realpath(dirname(directory), real) == NULL) {
        return false;
    }
    int length = snprintf(ret, PATH_MAX, "%s/%s", real, basename(name));
    return length > 0 && length < PATH_MAX;
}

static enum err backup_directly(const char *url, const char *target, struct cli_progress *progress)
{
    struct store *store;
    struct clock clock;
    clock_init_real(&clock);
    const struct store_config config = {.url = url, .clock = &clock, .reader_count = 1};
    enum err err = store_open(&config, &store);
    if (err != ERR_OK) {
        return err;
    }
    err = backup_write(store, target, show_progress, progress);
    store_close(store);
    return err;
}

static int report(const struct cli_args *args, const char *target)
{
    struct stat status;
    if (stat(target, &status) != 0) {
        return cli_fail(args, ERR_STORE_BACKUP_FAILED, "find the backup that was just written");
    }
    if (cli_flag(args, "json")) {
        json_t *object = json_pack("{s:b, s:s, s:I}", "ok", 1, "file", target, "bytes",
                                   (json_int_t)status.st_size);
        BUG_IF(object == NULL);
        json_dumpf(object, stdout, JSON_COMPACT);
        fputc('\n', stdout);
        json_decref(object);
    } else {
        printf("Backed up to %s, %lld bytes. Keep it where this machine's disk is not.\n", target,
               (long long)status.st_size);
    }
    return CLI_OK;
}

int cmd_backup(const struct cli_args *args)
{
    char target[PATH_MAX], doing[PATH_MAX + 16];
    struct cli_progress progress;
    struct app_place place;
    if (!app_place(args, &place)) {
        return CLI_FAILED;
    }
    const char *database = app_sqlite_path(place.url);
    if (database == NULL) {
        return cli_fail_text(args, "PostgreSQL is backed up with its own tools",
                             "use pg_dump --format=custom, or base backups with archived WAL for "
                             "recovery to any moment");
    }
    if (!absolute(cli_operand(args, "file"), target)) {
        return cli_fail(args, ERR_FILE_NOT_FOUND, "find the directory of the backup");
    }
    cli_progress_start(&progress, "backing up, page");
    enum err err = control_backup(database, target, show_progress, &progress);
    if (err == ERR_FILE_NOT_FOUND) {
        err = backup_directly(place.url, target, &progress);
    }
    cli_progress_end(&progress);
    if (err != ERR_OK) {
        snprintf(doing, sizeof(doing), "back up to %s", target);
        return cli_fail(args, err, doing);
    }
    return report(args, target);
}

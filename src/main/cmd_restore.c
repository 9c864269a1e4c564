/* cmd_restore.c — `jinnang restore`: puts a backup in the place of a database, and says what is
 * lost.
 *
 * A backup knows less than the world does: transfers, burnt ids and keys of the time after it are
 * gone, and the log that grows from it is another log. So the copy is checked first, begins a new
 * epoch that every later checkpoint carries, and what was there before is kept under another name.
 */
#include "main/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "ledger/checkpoint.h"
#include "main/app.h"

#define COPY_BYTES ((size_t)1 << 20)

/* ---- files ---- */

static enum err copy_bytes(int from, int to, struct cli_progress *progress)
{
    struct stat status;
    off_t done = 0;
    if (fstat(from, &status) != 0) {
        return ERR_IO_FAILED;
    }
    while (done < status.st_size) {
        ssize_t moved = copy_file_range(from, NULL, to, NULL, COPY_BYTES, 0);
        if (moved <= 0) {
            return ERR_IO_FAILED;
        }
        done += moved;
        cli_progress_step(progress, (uint64_t)done, (uint64_t)status.st_size);
    }
    return fsync(to) == 0 ? ERR_OK : ERR_IO_FAILED;
}

static enum err copy_file(const char *from_path, const char *to_path, struct cli_progress *progress)
{
    int from = open(from_path, O_RDONLY | O_CLOEXEC);
    if (from < 0) {
        return ERR_FILE_NOT_FOUND;
    }
    int to = open(to_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (to < 0) {
        enum err err = errno == EEXIST ? ERR_FILE_EXISTS : ERR_IO_FAILED;
        close(from);
        return err;
    }
    enum err err = copy_bytes(from, to, progress);
    close(from);
    if (close(to) != 0 && err == ERR_OK) {
        err = ERR_IO_FAILED;
    }
    return err;
}

static void remove_database(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
    char name[APP_URL_MAX + 16];
    for (size_t i = 0; i < ARRAY_COUNT(suffixes); i++) {
        snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        (void)unlink(name);
    }
}

/* ---- what a database holds ---- */

struct contents {
    int64_t log_size;
    enum app_mode mode;
};

static enum err look_into(const char *url, struct contents *ret)
{
    struct ledger_log_head head;
    struct app *app;
    enum err err = app_open(&(struct app_config){.url = url, .reader_count = 1}, &app);
    if (err != ERR_OK) {
        return err;
    }
    err = ledger_log_head(app->ledger, &head);
    if (err == ERR_OK) {
        *ret = (struct contents){.log_size = head.size, .mode = app->mode};
    }
    app_close(app);
    return err;
}

static enum err begin_epoch(const char *url, const char *data_dir, int64_t *ret_epoch)
{
    struct app *app;
    enum err err = app_open(&(struct app_config){.url = url, .reader_count = 1}, &app);
    if (err != ERR_OK) {
        return err;
    }
    err = checkpoint_begin_epoch(app->store, data_dir, clock_now_us(&app->clock), ret_epoch);
    app_close(app);
    return err;
}

/* ---- the steps ---- */

struct restoring {
    const struct cli_args *args;
    const char *backup, *target, *data_dir;
    char copy[APP_URL_MAX], copy_url[APP_URL_MAX + 16];
    char kept[APP_URL_MAX + 64]; /* where the old database went; empty: there was none */
    struct contents then, now;
    int64_t epoch;
};

static int step_failed(const struct restoring *r, enum err err, const char *what, const char *path)
{
    char doing[2 * APP_URL_MAX];
    snprintf(doing, sizeof(doing), "%s %s", what, path);
    return cli_fail(r->args, err, doing);
}

/* The database in use is opened too: that takes its lock, so a running server refuses us here. */
static int look_at_target(struct restoring *r)
{
    char url[APP_URL_MAX + 16];
    if (access(r->target, F_OK) != 0) {
        return CLI_OK;
    }
    snprintf(url, sizeof(url), "sqlite:%s", r->target);
    enum err err = look_into(url, &r->now);
    if (err == ERR_STORE_IN_USE) {
        return step_failed(r, err, "replace", r->target);
    }
    /* One that cannot be read any more is a good reason to restore. */
    char stamp[CLOCK_TEXT_MAX];
    struct clock clock;
    clock_init_real(&clock);
    clock_format_rfc3339(clock_now_us(&clock), stamp);
    snprintf(r->kept, sizeof(r->kept), "%s.before-restore-%s", r->target, stamp);
    return CLI_OK;
}

static int check_copy(struct restoring *r)
{
    struct cli_progress progress;
    int length = snprintf(r->copy, sizeof(r->copy), "%s.restoring", r->target);
    if (length < 0 || (size_t)length >= sizeof(r->copy)) {
        return cli_fail_text(r->args, "the path is too long", "use a shorter one");
    }
    snprintf(r->copy_url, sizeof(r->copy_url), "sqlite:%s", r->copy);
    remove_database(r->copy); /* left by a restore that was cut short */
    cli_progress_start(&progress, "copying, byte");
    enum err err = copy_file(r->backup, r->copy, &progress);
    cli_progress_end(&progress);
    if (err != ERR_OK) {
        return step_failed(r, err, "copy", r->backup);
    }
    err = look_into(r->copy_url, &r->then);
    if (err == ERR_OK) {
        err = begin_epoch(r->copy_url, r->data_dir, &r->epoch);
    }
    if (err != ERR_OK) {
        remove_database(r->copy);
        return step_failed(r, err, "use the backup", r->backup);
    }
    return CLI_OK;
}

/* The old file gets a second name before the copy takes its first, so there is a database under it
 * at every moment. A write-ahead log is left of the old one only if it could not be opened. */
static int take_its_place(struct restoring *r)
{
    char wal[APP_URL_MAX + 16], lock[APP_URL_MAX + 16], kept_wal[APP_URL_MAX + 80];
    snprintf(wal, sizeof(wal), "%s-wal", r->target);
    snprintf(kept_wal, sizeof(kept_wal), "%s-wal", r->kept);
    bool moved = r->kept[0] == '\0' || link(r->target, r->kept) == 0;
    if (moved && r->kept[0] != '\0' && access(wal, F_OK) == 0) {
        moved = rename(wal, kept_wal) == 0;
    }
    if (!moved || rename(r->copy, r->target) != 0) {
        return step_failed(r, ERR_IO_FAILED, "put the backup in the place of", r->target);
    }
    snprintf(wal, sizeof(wal), "%s-shm", r->target);
    (void)unlink(wal);
    snprintf(lock, sizeof(lock), "%s.lock", r->copy);
    (void)unlink(lock);
    return CLI_OK;
}

static void report(const struct restoring *r)
{
    int64_t lost = r->now.log_size > r->then.log_size ? r->now.log_size - r->then.log_size : 0;
    if (cli_flag(r->args, "json")) {
        json_t *object = json_pack(
            "{s:b, s:s, s:s, s:I, s:I, s:I, s:I, s:s?}", "ok", 1, "db", r->target, "mode",
            app_mode_name(r->then.mode), "epoch", (json_int_t)r->epoch, "log_size_then",
            (json_int_t)r->then.log_size, "log_size_now", (json_int_t)r->now.log_size,
            "log_entries_lost", (json_int_t)lost, "kept_as", r->kept[0] != '\0' ? r->kept : NULL);
        BUG_IF(object == NULL);
        json_dumpf(object, stdout, JSON_COMPACT);
        fputc('\n', stdout);
        json_decref(object);
        return;
    }
    printf("Restored %s (%s) with %" PRId64 " log entries; epoch %" PRId64 " begins.\n", r->target,
           app_mode_name(r->then.mode), r->then.log_size, r->epoch);
    if (r->kept[0] == '\0') {
        puts("There was no database here before, so what the backup lacks cannot be counted.");
        return;
    }
    printf("The log had %" PRId64 " entries before: %" PRId64 " of them are not in the backup.\n"
           "What was there is kept as %s.\n",
           r->now.log_size, lost, r->kept);
    if (lost > 0) {
        puts("Transfers acknowledged after the backup, and ids that failed after it, are unknown "
             "now. Post them again\nfrom that file (jinnang export json --db sqlite:…) before you "
             "serve, and tell whoever holds a receipt of them.");
    }
}

int cmd_restore(const struct cli_args *args)
{
    struct app_place place;
    if (!app_place(args, &place)) {
        return CLI_FAILED;
    }
    struct restoring r = {.args = args,
                          .backup = cli_operand(args, "file"),
                          .target = app_sqlite_path(place.url),
                          .data_dir = place.data};
    if (r.target == NULL) {
        return cli_fail_text(args, "PostgreSQL is restored with its own tools",
                             "use pg_restore into an empty database");
    }
    int status = look_at_target(&r);
    status = status == CLI_OK ? check_copy(&r) : status;
    status = status == CLI_OK ? take_its_place(&r) : status;
    if (status == CLI_OK) {
        report(&r);
    }
    return status;
}

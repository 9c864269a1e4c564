/* sqlite_backup.c — a copy of the running database, and putting one in place of it.
 *
 * The copy is one snapshot: the source connection holds a read transaction from the first page to
 * the last, so that writers do not make it begin again. The log cannot start over meanwhile. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "store/migrate.h"
#include "store/sqlite_int.h"

#define PAGES_A_STEP 256

static enum err file_error(const char *what)
{
    LOG(LOG_ERROR, what, LOG_NUMBER("errno", errno));
    return errno == ENOSPC ? ERR_DISK_FULL : ERR_STORE_FAILED;
}

static enum err result_error(const char *what, int rc)
{
    LOG(LOG_ERROR, what, LOG_NUMBER("sqlite", rc), LOG_TEXT("message", sqlite3_errstr(rc)));
    switch (rc & 0xff) {
    case SQLITE_FULL:
        return ERR_DISK_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_STORE_CORRUPT;
    default:
        return ERR_STORE_FAILED;
    }
}

static enum err sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) {
        return file_error("store_sync_failed");
    }
    int rc = fsync(fd);
    enum err err = rc == 0 ? ERR_OK : file_error("store_sync_failed");
    close(fd);
    return err;
}

static enum err sync_directory_of(const char *path)
{
    char *directory = strdup(path);
    BUG_IF(directory == NULL);
    char *slash = strrchr(directory, '/');
    enum err err;
    if (slash == NULL) {
        err = sync_path(".", O_RDONLY | O_DIRECTORY);
    } else {
        slash[slash == directory ? 1 : 0] = '\0';
        err = sync_path(directory, O_RDONLY | O_DIRECTORY);
    }
    free(directory);
    return err;
}

static int copy_pages(sqlite3 *from, sqlite3 *to, store_progress_fn progress, void *arg)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (backup == NULL) {
        return sqlite3_errcode(to);
    }
    int rc;
    do {
        rc = sqlite3_backup_step(backup, PAGES_A_STEP);
        if (progress != NULL) {
            int total = sqlite3_backup_pagecount(backup);
            progress(arg, (uint64_t)(total - sqlite3_backup_remaining(backup)), (uint64_t)total);
        }
        if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED) {
            struct timespec pause = {.tv_nsec = 5000000};
            nanosleep(&pause, NULL);
        }
    } while (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED);
    int end = sqlite3_backup_finish(backup);
    return rc == SQLITE_DONE ? end : rc;
}

/* Copies a database to a new file and makes it durable; the file is a plain one without a log. */
static enum err copy_database(sqlite3 *from, const char *to_path, store_progress_fn progress,
                              void *arg)
{
    sqlite3 *to = NULL;
    int rc = sqlite3_open_v2(
        to_path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) {
        rc = copy_pages(from, to, progress, arg);
    }
    if (rc == SQLITE_OK) {
        /* The copy says "log" in its header like its source; one file is easier to carry. */
        rc = sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    }
    sqlite3_close(to);
    if (rc != SQLITE_OK) {
        return result_error("store_copy_failed", rc);
    }
    enum err err = sync_path(to_path, O_RDONLY);
    return err == ERR_OK ? sync_directory_of(to_path) : err;
}

static enum err refuse_existing(const char *path)
{
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0) {
        return file_error("store_backup_failed");
    }
    close(fd);
    return ERR_OK;
}

enum err sqlite_backup(struct store *store, const char *path, store_progress_fn progress, void *arg)
{
    struct sqlite_state *state = store->state;
    enum err err = refuse_existing(path);
    if (err != ERR_OK) {
        return err == ERR_STORE_FAILED ? ERR_STORE_BACKUP_FAILED : err;
    }
    sqlite3 *from = NULL;
    atomic_fetch_add(&state->backups, 1);
    err = sqlite_open_db(state, false, true, &from);
    if (err == ERR_OK) {
        int rc = sqlite3_exec(from, "BEGIN; SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
        err = rc == SQLITE_OK ? copy_database(from, path, progress, arg)
                              : result_error("store_backup_failed", rc);
        sqlite3_close(from);
    }
    atomic_fetch_sub(&state->backups, 1);
    if (err != ERR_OK) {
        unlink(path);
    }
    return err == ERR_STORE_FAILED ? ERR_STORE_BACKUP_FAILED : err;
}

/* ---- restoring ---- */

static enum err expect_text(sqlite3 *db, const char *sql, const char *expected)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK) {
        rc = sqlite3_step(stmt);
    }
    enum err err = ERR_STORE_CORRUPT;
    if (rc == SQLITE_ROW) {
        const unsigned char *text = sqlite3_column_text(stmt, 0);
        if (text != NULL && strcmp((const char *)text, expected) == 0) {
            err = ERR_OK;
        } else {
            LOG(LOG_ERROR, "store_restore_refused", LOG_TEXT("check", sql),
                LOG_TEXT("found", text != NULL ? (const char *)text : "nothing"));
        }
    } else {
        LOG(LOG_ERROR, "store_restore_refused", LOG_TEXT("check", sql), LOG_NUMBER("sqlite", rc));
    }
    sqlite3_finalize(stmt);
    return err;
}

/* A whole database of ours, and not one of a newer program. */
static enum err check_backup(sqlite3 *db)
{
    enum err err = expect_text(db, "PRAGMA integrity_check(1)", "ok");
    if (err == ERR_OK) {
        /* tidy: allow sql-in-c: the file is not an open store yet */
        err = expect_text(db,
                          "SELECT name FROM sqlite_schema WHERE type = 'table' AND "
                          "name = 'schema_migrations'",
                          "schema_migrations");
    }
    if (err != ERR_OK) {
        return err;
    }
    char sql[128];
    /* tidy: allow sql-in-c: the file is not an open store yet */
    snprintf(sql, sizeof(sql), "SELECT max(number) <= %lld FROM schema_migrations",
             (long long)store_migrations.list[store_migrations.count - 1].number);
    return expect_text(db, sql, "1") == ERR_OK ? ERR_OK : ERR_STORE_SCHEMA_NEWER;
}

static void remove_suffixed(const char *path, const char *suffix)
{
    char *name = NULL;
    int length = asprintf(&name, "%s%s", path, suffix);
    BUG_IF(length < 0);
    unlink(name);
    free(name);
}

/* The log of the database that is replaced must go before the new file has its name: SQLite would
 * play it into the new one. If we are stopped in between, the old file without its log remains; it
 * is complete, because whoever closed it last moved the log into it. */
static enum err put_in_place(const char *temporary, const char *path)
{
    remove_suffixed(path, "-wal");
    remove_suffixed(path, "-shm");
    if (rename(temporary, path) != 0) {
        return file_error("store_restore_failed");
    }
    return sync_directory_of(path);
}

static enum err settle_old_log(const char *path)
{
    struct sqlite_state state = {.path = strdup(path)};
    BUG_IF(state.path == NULL);
    sqlite3 *db = NULL;
    bool complete = true;
    if (access(path, F_OK) == 0 && sqlite_open_db(&state, false, false, &db) == ERR_OK) {
        /* A damaged old database is no reason not to restore: that is what restoring is for. */
        if (sqlite_checkpoint_all(db, &complete) != ERR_OK) {
            complete = true;
        }
        sqlite3_close(db);
    }
    free(state.path);
    return complete ? ERR_OK : ERR_STORE_IN_USE;
}

enum err store_restore(const char *url, const char *from_path, store_progress_fn progress,
                       void *arg)
{
    if (strncmp(url, "sqlite:", strlen("sqlite:")) != 0) {
        return ERR_NOT_SUPPORTED;
    }
    char *path = sqlite_path_of(url), *temporary = NULL;
    int length = asprintf(&temporary, "%s.restoring", path);
    BUG_IF(length < 0);
    sqlite3 *from = NULL;
    int lock_fd = -1;
    enum err err = sqlite_lock_file(path, &lock_fd);
    if (err != ERR_OK) {
        goto out;
    }
    int rc = sqlite3_open_v2(from_path, &from, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK) {
        err = access(from_path, F_OK) != 0 ? ERR_STORE_NOT_FOUND
                                           : result_error("store_restore_failed", rc);
        goto out;
    }
    err = check_backup(from);
    if (err != ERR_OK) {
        goto out;
    }
    unlink(temporary);
    err = copy_database(from, temporary, progress, arg);
    if (err == ERR_OK) {
        err = settle_old_log(path);
    }
    if (err == ERR_OK) {
        err = put_in_place(temporary, path);
    }
out:
    if (err != ERR_OK) {
        unlink(temporary);
    }
    sqlite3_close(from);
    if (lock_fd >= 0) {
        close(lock_fd);
    }
    free(temporary);
    free(path);
    return err == ERR_STORE_FAILED ? ERR_STORE_RESTORE_FAILED : err;
}

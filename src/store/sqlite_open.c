/* sqlite_open.c — the SQLite backend: files, connections, recovery.
 *
 * One process owns the file: an advisory lock on PATH.lock, held for as long as the store is open.
 * (SQLite's own exclusive mode would shut out our readers.) Other processes may read. The lock is
 * taken before anything else of ours opens the file: closing a descriptor would drop the locks that
 * SQLite holds for this process.
 *
 * After a COMMIT whose outcome is unknown, what the log holds may be in the operating system's
 * cache only: a failing fsync leaves pages that read back but never reach the disk. So recovery
 * closes every connection, opens the file anew, and moves the whole log into the database file with
 * a sync of its own before anybody sees it. The same happens whenever the store is opened.
 *
 * The file is read, not mapped: an I/O error must be an error and not a signal. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/log.h"
#include "store/sqlite_int.h"

#define BUSY_TIMEOUT_MS 5000

/* The directory of a file that is not there yet, resolved. NULL if that is missing too. */
static char *resolve_new(const char *path)
{
    char *copy = strdup(path);
    BUG_IF(copy == NULL);
    char *slash = strrchr(copy, '/');
    const char *name = slash != NULL ? slash + 1 : copy;
    if (slash != NULL) {
        *slash = '\0';
    }
    char *directory = realpath(slash == NULL ? "." : slash == copy ? "/" : copy, NULL);
    char *resolved = NULL;
    if (directory != NULL) {
        int length = asprintf(&resolved, "%s/%s", directory, name);
        BUG_IF(length < 0);
    }
    free(directory);
    free(copy);
    return resolved;
}

/* Resolved, so that one file has one lock whatever links lead to it. */
char *sqlite_path_of(const char *url)
{
    const char *path = url + strlen("sqlite:");
    char *resolved = realpath(path, NULL);
    if (resolved == NULL && path[0] != '\0') {
        resolved = resolve_new(path);
    }
    if (resolved == NULL) {
        resolved = strdup(path); /* opening it says what is wrong */
        BUG_IF(resolved == NULL);
    }
    return resolved;
}

enum err sqlite_lock_file(const char *path, int *ret_fd)
{
    char *name = NULL;
    int length = asprintf(&name, "%s.lock", path);
    BUG_IF(length < 0);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(name);
    if (fd < 0) {
        LOG(LOG_ERROR, "store_lock_failed", LOG_NUMBER("errno", errno));
        return errno == ENOENT ? ERR_STORE_NOT_FOUND : ERR_STORE_FAILED;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int why = errno;
        close(fd);
        return why == EWOULDBLOCK ? ERR_STORE_IN_USE : ERR_STORE_FAILED;
    }
    *ret_fd = fd;
    return ERR_OK;
}

static enum err open_error(sqlite3 *db, int rc)
{
    LOG(LOG_ERROR, "store_open_failed",
        LOG_NUMBER("sqlite", db ? sqlite3_extended_errcode(db) : rc),
        LOG_TEXT("message", sqlite3_errstr(rc)));
    switch (rc & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_STORE_CORRUPT;
    case SQLITE_CANTOPEN:
        return ERR_STORE_NOT_FOUND;
    case SQLITE_FULL:
        return ERR_STORE_READ_ONLY;
    default:
        return ERR_STORE_FAILED;
    }
}

/* The page size and the journal's mode are properties of the file; the rest is per connection. */
static const char writer_settings[] = "PRAGMA page_size = 4096;"
                                      "PRAGMA journal_mode = WAL;"
                                      "PRAGMA synchronous = FULL;"
                                      "PRAGMA wal_autocheckpoint = 0;"
                                      "PRAGMA journal_size_limit = 134217728;"
                                      "PRAGMA cache_size = -32768;"
                                      "PRAGMA temp_store = MEMORY;"
                                      "PRAGMA secure_delete = FAST;"
                                      "PRAGMA foreign_keys = ON;"
                                      "PRAGMA trusted_schema = OFF;"
                                      "PRAGMA cell_size_check = ON;";
static const char reader_settings[] = "PRAGMA query_only = ON;"
                                      "PRAGMA cache_size = -4096;"
                                      "PRAGMA temp_store = MEMORY;"
                                      "PRAGMA trusted_schema = OFF;"
                                      "PRAGMA cell_size_check = ON;";

static bool is_wal(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    bool wal = false;
    if (sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW) {
        const unsigned char *mode = sqlite3_column_text(stmt, 0);
        wal = mode != NULL && strcmp((const char *)mode, "wal") == 0;
    }
    sqlite3_finalize(stmt);
    return wal;
}

enum err sqlite_open_db(const struct sqlite_state *state, bool create, bool read_only,
                        sqlite3 **ret)
{
    sqlite3 *db = NULL;
    /* Each connection is used by one thread at a time. */
    int flags = SQLITE_OPEN_NOMUTEX | (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                (create ? SQLITE_OPEN_CREATE : 0);
    int rc = sqlite3_open_v2(state->path, &db, flags, state->vfs);
    if (rc == SQLITE_OK) {
        sqlite3_extended_result_codes(db, 1);
        sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
        rc = sqlite3_exec(db, read_only ? reader_settings : writer_settings, NULL, NULL, NULL);
    }
    if (rc == SQLITE_OK && !is_wal(db)) {
        rc = SQLITE_CANTOPEN;
    }
    if (rc != SQLITE_OK) {
        enum err err = open_error(db, rc);
        sqlite3_close(db);
        return err;
    }
    *ret = db;
    return ERR_OK;
}

enum err sqlite_checkpoint_all(sqlite3 *db, bool *ret_complete)
{
    int in_log = 0, moved = 0;
    int rc = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, &in_log, &moved);
    if (rc != SQLITE_OK && rc != SQLITE_BUSY) {
        return open_error(db, rc);
    }
    *ret_complete = rc == SQLITE_OK;
    return ERR_OK;
}

/* A new file is its owner's alone; SQLite gives the log and its index the same mode. What fails
 * here fails again, and is reported, when SQLite opens the file. */
static void create_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) {
        close(fd);
    }
}

static enum err backend_open(struct store *store, const struct store_config *config)
{
    struct sqlite_state *state = calloc(1, sizeof(*state));
    BUG_IF(state == NULL);
    store->state = state;
    state->path = sqlite_path_of(config->url);
    state->vfs = config->vfs != NULL ? strdup(config->vfs) : NULL;
    state->lock_fd = -1;
    state->disk_reserve_bytes =
        config->disk_reserve_bytes == 0 ? UINT64_C(128) << 20 : config->disk_reserve_bytes;
    pthread_mutex_init(&state->lock, NULL);
    pthread_mutex_init(&state->checkpoint_lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&state->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_cond_init(&state->gate, NULL);

    if (state->path[0] == '\0') {
        return ERR_STORE_URL_INVALID;
    }
    if (!config->create && access(state->path, F_OK) != 0) {
        return ERR_STORE_NOT_FOUND;
    }
    enum err err = sqlite_lock_file(state->path, &state->lock_fd);
    if (err != ERR_OK) {
        return err;
    }
    if (config->create) {
        create_private(state->path);
    }
    err = sqlite_open_db(state, config->create, false, &state->checkpoint_db);
    if (err != ERR_OK) {
        return err;
    }
    bool complete = false;
    err = sqlite_checkpoint_all(state->checkpoint_db, &complete);
    /* From now on it runs beside the writer, or holds it: it must not wait for others. */
    sqlite3_busy_timeout(state->checkpoint_db, 0);
    return err;
}

static void backend_close(struct store *store)
{
    struct sqlite_state *state = store->state;
    if (state == NULL) {
        return;
    }
    sqlite3_close(state->checkpoint_db);
    if (state->lock_fd >= 0) {
        close(state->lock_fd); /* the file stays: removing it would race with the next owner */
    }
    pthread_mutex_destroy(&state->lock);
    pthread_mutex_destroy(&state->checkpoint_lock);
    pthread_cond_destroy(&state->wake);
    pthread_cond_destroy(&state->gate);
    free(state->path);
    free(state->vfs);
    free(state);
    store->state = NULL;
}

static int note_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    struct store *store = arg;
    sqlite_note_log_pages(store->state, store, (uint32_t)pages);
    return SQLITE_OK;
}

static void conn_close(struct store_conn *conn)
{
    struct sqlite_conn *c = sqlite_conn_of(conn);
    if (c->in_group) {
        sqlite_gate_leave(c->store->state);
        c->in_group = false;
    }
    for (size_t i = 0; i < c->statements.capacity; i++) {
        sqlite3_finalize(c->statements.values[i]);
    }
    stmt_map_done(&c->statements);
    for (size_t i = 0; i < SQLITE_CONTROLS; i++) {
        sqlite3_finalize(c->controls[i]);
    }
    int rc = sqlite3_close(c->db);
    BUG_IF(rc != SQLITE_OK); /* a statement was left behind */
    c->magic = 0;
    free(c);
}

static enum err conn_open(struct store *store, enum conn_role role, struct store_conn **ret)
{
    struct sqlite_conn *c = calloc(1, sizeof(*c));
    BUG_IF(c == NULL);
    c->magic = SQLITE_CONN_MAGIC;
    c->store = store;
    c->role = role;
    enum err err = sqlite_open_db(store->state, false, role == CONN_READER, &c->db);
    if (err == ERR_OK && role == CONN_WRITER) {
        sqlite3_wal_hook(c->db, note_commit, store);
        if (!sqlite_rows_register(c)) {
            err = ERR_STORE_FAILED;
        }
    }
    if (err != ERR_OK) {
        sqlite3_close(c->db);
        free(c);
        return err;
    }
    *ret = (struct store_conn *)c;
    return ERR_OK;
}

static bool conn_usable(struct store_conn *conn)
{
    return !sqlite_conn_of(conn)->bad;
}

static void conn_interrupt(struct store_conn *conn)
{
    sqlite3_interrupt(sqlite_conn_of(conn)->db);
}

static enum err recover_locked(struct store *store)
{
    struct sqlite_state *state = store->state;
    if (state->checkpoint_db != NULL) {
        sqlite3_close(state->checkpoint_db);
        state->checkpoint_db = NULL;
    }
    sqlite3 *db = NULL;
    bool complete = false;
    enum err err = sqlite_open_db(state, false, false, &db);
    if (err == ERR_OK) {
        err = sqlite_checkpoint_all(db, &complete);
    }
    if (err == ERR_OK && !complete) {
        err = ERR_STORE_UNAVAILABLE; /* a reader elsewhere; until it leaves nothing is certain */
    }
    if (err != ERR_OK) {
        sqlite3_close(db);
        return err;
    }
    sqlite3_busy_timeout(db, 0);
    state->checkpoint_db = db;
    return ERR_OK;
}

static enum err recover(struct store *store)
{
    struct sqlite_state *state = store->state;
    readers_refuse(store);
    readers_close_all(store);
    pthread_mutex_lock(&state->checkpoint_lock);
    enum err err = recover_locked(store);
    pthread_mutex_unlock(&state->checkpoint_lock);
    if (err == ERR_OK) {
        readers_accept(store);
    }
    return err;
}

const struct backend store_sqlite_backend = {
    .kind = STORE_SQLITE,
    .savepoints_max = UINT32_MAX,
    .retries_max = 2,
    .single_tries_max = 3,
    .recovers_here = true,
    .retry_duplicate = false,
    .open = backend_open,
    .start = sqlite_checkpointer_start,
    .stop = sqlite_checkpointer_stop,
    .close = backend_close,
    .conn_open = conn_open,
    .conn_close = conn_close,
    .conn_usable = conn_usable,
    .conn_interrupt = conn_interrupt,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .savepoint_release = sqlite_savepoint_release,
    .savepoint_rollback = sqlite_savepoint_rollback,
    .query = sqlite_query,
    .script = sqlite_script,
    .recover = recover,
    .backup = sqlite_backup,
};

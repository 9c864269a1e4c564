/* sqlite_crash.c — the contract is in sqlite_crash.h.
 *
 * Each file keeps, for every write since its last sync, what was there before. A crash plays these
 * back from the newest to the oldest that is lost. Locks: crash->lock guards everything here. */
#include "store/sqlite_crash.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define CRASH_MAGIC UINT32_C(0x43525348)

struct undo {
    struct undo *older;
    sqlite3_int64 offset, size_before; /* of the file */
    int length;
    uint8_t before[];
};

struct crash_file {
    sqlite3_file base;
    struct store_crash *crash;
    struct crash_file *next; /* all open files */
    struct undo *newest;
    sqlite3_file *real; /* behind this struct */
};

struct store_crash {
    uint32_t magic;
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    sqlite3_io_methods methods;
    char *name;
    pthread_mutex_t lock;
    struct store_crash_plan plan;
    uint64_t operations;
    bool happened;
    struct crash_file *files;
};

/* ---- undoing ---- */

static void forget_writes(struct crash_file *file)
{
    while (file->newest != NULL) {
        struct undo *undo = file->newest;
        file->newest = undo->older;
        free(undo);
    }
}

static void remember(struct crash_file *file, sqlite3_int64 offset, int length)
{
    struct undo *undo = calloc(1, sizeof(*undo) + (size_t)length);
    BUG_IF(undo == NULL);
    undo->offset = offset;
    undo->length = length;
    (void)file->real->pMethods->xFileSize(file->real, &undo->size_before);
    if (offset < undo->size_before && length > 0) {
        /* A short read leaves zeros, which is right: there was nothing. */
        (void)file->real->pMethods->xRead(file->real, undo->before, length, offset);
    }
    undo->older = file->newest;
    file->newest = undo;
}

/* Takes back all of the write but its first `kept` bytes. */
static void take_back(struct crash_file *file, const struct undo *undo, int kept)
{
    sqlite3_int64 end = undo->offset + kept;
    if (undo->length > kept) {
        (void)file->real->pMethods->xWrite(file->real, undo->before + kept, undo->length - kept,
                                           end);
    }
    sqlite3_int64 size = kept > 0 && end > undo->size_before ? end : undo->size_before;
    (void)file->real->pMethods->xTruncate(file->real, size);
}

static void lose_unsynced(struct crash_file *file, uint32_t survives_256)
{
    uint64_t total = 0, lost = 0;
    for (const struct undo *undo = file->newest; undo != NULL; undo = undo->older) {
        total += (uint64_t)undo->length;
    }
    uint64_t to_lose = total - total * survives_256 / 256;
    for (const struct undo *undo = file->newest; undo != NULL && lost < to_lose;
         undo = undo->older) {
        uint64_t left = to_lose - lost;
        int kept = left >= (uint64_t)undo->length ? 0 : undo->length - (int)left;
        take_back(file, undo, kept);
        lost += (uint64_t)(undo->length - kept);
    }
    forget_writes(file);
}

/* Called under the lock before an operation that changes something; true: the power is off. */
static bool power_is_off(struct store_crash *crash)
{
    if (crash->happened) {
        return true;
    }
    crash->operations++;
    if (crash->plan.at_operation == 0 || crash->operations < crash->plan.at_operation) {
        return false;
    }
    crash->happened = true;
    for (struct crash_file *file = crash->files; file != NULL; file = file->next) {
        lose_unsynced(file, crash->plan.survives_256);
    }
    return true;
}

/* ---- file methods ---- */

static struct crash_file *file_of(sqlite3_file *base)
{
    struct crash_file *file = (struct crash_file *)base;
    OBJ_CHECK(file->crash, CRASH_MAGIC);
    return file;
}

static int crash_close(sqlite3_file *base)
{
    struct crash_file *file = file_of(base);
    struct store_crash *crash = file->crash;
    pthread_mutex_lock(&crash->lock);
    struct crash_file **link = &crash->files;
    while (*link != file) {
        link = &(*link)->next;
    }
    *link = file->next;
    forget_writes(file); /* closing is no sync, but nobody crashes after it before the next open */
    pthread_mutex_unlock(&crash->lock);
    return file->real->pMethods->xClose(file->real);
}

static int crash_read(sqlite3_file *base, void *data, int length, sqlite3_int64 offset)
{
    struct crash_file *file = file_of(base);
    if (store_crash_happened(file->crash)) {
        return SQLITE_IOERR_READ;
    }
    return file->real->pMethods->xRead(file->real, data, length, offset);
}

static int crash_write(sqlite3_file *base, const void *data, int length, sqlite3_int64 offset)
{
    struct crash_file *file = file_of(base);
    int rc = SQLITE_IOERR_WRITE;
    pthread_mutex_lock(&file->crash->lock);
    if (!file->crash->happened) {
        remember(file, offset, length);
        /* The write under way may be torn like any other. */
        rc = file->real->pMethods->xWrite(file->real, data, length, offset);
        if (power_is_off(file->crash)) {
            rc = SQLITE_IOERR_WRITE;
        }
    }
    pthread_mutex_unlock(&file->crash->lock);
    return rc;
}

static int crash_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct crash_file *file = file_of(base);
    int rc = SQLITE_IOERR_TRUNCATE;
    pthread_mutex_lock(&file->crash->lock);
    if (!power_is_off(file->crash)) {
        rc = file->real->pMethods->xTruncate(file->real, size);
    }
    pthread_mutex_unlock(&file->crash->lock);
    return rc;
}

static int crash_sync(sqlite3_file *base, int flags)
{
    struct crash_file *file = file_of(base);
    int rc = SQLITE_IOERR_FSYNC;
    pthread_mutex_lock(&file->crash->lock);
    if (!power_is_off(file->crash)) {
        rc = file->real->pMethods->xSync(file->real, flags);
        forget_writes(file);
        /* Durable, and the caller may never hear of it: the crash after the sync. */
        if (power_is_off(file->crash)) {
            rc = SQLITE_IOERR_FSYNC;
        }
    }
    pthread_mutex_unlock(&file->crash->lock);
    return rc;
}

static int crash_size(sqlite3_file *base, sqlite3_int64 *ret)
{
    struct crash_file *file = file_of(base);
    return store_crash_happened(file->crash) ? SQLITE_IOERR_FSTAT
                                             : file->real->pMethods->xFileSize(file->real, ret);
}

static int crash_lock(sqlite3_file *base, int level)
{
    struct crash_file *file = file_of(base);
    return file->real->pMethods->xLock(file->real, level);
}

static int crash_unlock(sqlite3_file *base, int level)
{
    struct crash_file *file = file_of(base);
    return file->real->pMethods->xUnlock(file->real, level);
}

static int crash_check_lock(sqlite3_file *base, int *ret)
{
    struct crash_file *file = file_of(base);
    return file->real->pMethods->xCheckReservedLock(file->real, ret);
}

static int crash_file_control(sqlite3_file *base, int op, void *arg)
{
    struct crash_file *file = file_of(base);
    return file->real->pMethods->xFileControl(file->real, op, arg);
}

static int crash_sector_size(sqlite3_file *base)
{
    struct crash_file *file = file_of(base);
    return file->real->pMethods->xSectorSize(file->real);
}

static int crash_traits(sqlite3_file *base)
{
    struct crash_file *file = file_of(base);
    return file->real->pMethods->xDeviceCharacteristics(file->real);
}

static int crash_shm_map(sqlite3_file *base, int page, int size, int extend, void volatile **ret)
{
    struct crash_file *file = file_of(base);
    return file->real->pMethods->xShmMap(file->real, page, size, extend, ret);
}

static int crash_shm_lock(sqlite3_file *base, int offset, int count, int flags)
{
    struct crash_file *file = file_of(base);
    return file->real->pMethods->xShmLock(file->real, offset, count, flags);
}

static void crash_shm_barrier(sqlite3_file *base)
{
    struct crash_file *file = file_of(base);
    file->real->pMethods->xShmBarrier(file->real);
}

static int crash_shm_unmap(sqlite3_file *base, int delete_it)
{
    struct crash_file *file = file_of(base);
    return file->real->pMethods->xShmUnmap(file->real, delete_it);
}

/* ---- VFS methods ---- */

static struct store_crash *crash_of(sqlite3_vfs *vfs)
{
    struct store_crash *crash = vfs->pAppData;
    OBJ_CHECK(crash, CRASH_MAGIC);
    return crash;
}

static int crash_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags,
                      int *ret_flags)
{
    struct store_crash *crash = crash_of(vfs);
    struct crash_file *file = (struct crash_file *)base;
    *file = (struct crash_file){.crash = crash, .real = (sqlite3_file *)(file + 1)};
    if (store_crash_happened(crash)) {
        return SQLITE_CANTOPEN;
    }
    int rc = crash->real->xOpen(crash->real, path, file->real, flags, ret_flags);
    if (rc != SQLITE_OK) {
        return rc;
    }
    file->base.pMethods = &crash->methods;
    pthread_mutex_lock(&crash->lock);
    file->next = crash->files;
    crash->files = file;
    pthread_mutex_unlock(&crash->lock);
    return SQLITE_OK;
}

static int crash_delete(sqlite3_vfs *vfs, const char *path, int sync_directory)
{
    struct store_crash *crash = crash_of(vfs);
    int rc = SQLITE_IOERR_DELETE;
    pthread_mutex_lock(&crash->lock);
    if (!power_is_off(crash)) {
        rc = crash->real->xDelete(crash->real, path, sync_directory);
    }
    pthread_mutex_unlock(&crash->lock);
    return rc;
}

static int crash_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret)
{
    struct store_crash *crash = crash_of(vfs);
    return store_crash_happened(crash) ? SQLITE_IOERR_ACCESS
                                       : crash->real->xAccess(crash->real, path, flags, ret);
}

static int crash_full_path(sqlite3_vfs *vfs, const char *path, int size, char *ret)
{
    struct store_crash *crash = crash_of(vfs);
    return crash->real->xFullPathname(crash->real, path, size, ret);
}

static const sqlite3_io_methods crash_methods = {
    .iVersion = 2, /* no xFetch: what is mapped could not be undone */
    .xClose = crash_close,
    .xRead = crash_read,
    .xWrite = crash_write,
    .xTruncate = crash_truncate,
    .xSync = crash_sync,
    .xFileSize = crash_size,
    .xLock = crash_lock,
    .xUnlock = crash_unlock,
    .xCheckReservedLock = crash_check_lock,
    .xFileControl = crash_file_control,
    .xSectorSize = crash_sector_size,
    .xDeviceCharacteristics = crash_traits,
    .xShmMap = crash_shm_map,
    .xShmLock = crash_shm_lock,
    .xShmBarrier = crash_shm_barrier,
    .xShmUnmap = crash_shm_unmap,
};

struct store_crash *store_crash_create(const char *name)
{
    struct store_crash *crash = calloc(1, sizeof(*crash));
    BUG_IF(crash == NULL);
    crash->magic = CRASH_MAGIC;
    crash->name = strdup(name);
    crash->real = sqlite3_vfs_find(NULL);
    BUG_IF(crash->name == NULL || crash->real == NULL);
    crash->methods = crash_methods;
    crash->vfs = *crash->real;
    crash->vfs.pNext = NULL;
    crash->vfs.zName = crash->name;
    crash->vfs.pAppData = crash;
    crash->vfs.szOsFile = (int)sizeof(struct crash_file) + crash->real->szOsFile;
    crash->vfs.xOpen = crash_open;
    crash->vfs.xDelete = crash_delete;
    crash->vfs.xAccess = crash_access;
    crash->vfs.xFullPathname = crash_full_path;
    pthread_mutex_init(&crash->lock, NULL);
    int rc = sqlite3_vfs_register(&crash->vfs, 0);
    BUG_IF(rc != SQLITE_OK);
    return crash;
}

void store_crash_free(struct store_crash *crash)
{
    if (crash == NULL) {
        return;
    }
    OBJ_CHECK(crash, CRASH_MAGIC);
    BUG_IF(crash->files != NULL);
    sqlite3_vfs_unregister(&crash->vfs);
    pthread_mutex_destroy(&crash->lock);
    free(crash->name);
    crash->magic = 0;
    free(crash);
}

void store_crash_arm(struct store_crash *crash, const struct store_crash_plan *plan)
{
    OBJ_CHECK(crash, CRASH_MAGIC);
    pthread_mutex_lock(&crash->lock);
    crash->plan = *plan;
    crash->operations = 0;
    crash->happened = false;
    pthread_mutex_unlock(&crash->lock);
}

void store_crash_disarm(struct store_crash *crash)
{
    store_crash_arm(crash, &(struct store_crash_plan){.at_operation = 0});
}

bool store_crash_happened(const struct store_crash *crash)
{
    struct store_crash *locked = (struct store_crash *)(uintptr_t)crash; /* for its lock only */
    pthread_mutex_lock(&locked->lock);
    bool happened = locked->happened;
    pthread_mutex_unlock(&locked->lock);
    return happened;
}

uint64_t store_crash_operations(const struct store_crash *crash)
{
    struct store_crash *locked = (struct store_crash *)(uintptr_t)crash; /* for its lock only */
    pthread_mutex_lock(&locked->lock);
    uint64_t operations = locked->operations;
    pthread_mutex_unlock(&locked->lock);
    return operations;
}

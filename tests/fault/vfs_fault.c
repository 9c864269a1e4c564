/* vfs_fault.c — see vfs_fault.h. The lock guards the table of faults; it is not held while the real
 * operation runs. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "fault/vfs_fault.h"

#define FAULTS_MAX 8

static struct {
    pthread_mutex_t lock;
    struct fault faults[FAULTS_MAX];
    int count;
    int64_t hits;
    int64_t seen[2][3];
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
} fault_state = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct fault_handle {
    sqlite3_file base;
    bool watched;
    enum fault_file kind;
    sqlite3_file *real; /* lies behind this struct */
};

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct fault_handle *)file)->real;
}

/* The fault that strikes this operation, if any: its effect and place. */
static bool strikes(const struct fault_handle *handle, enum fault_operation operation,
                    struct fault *ret)
{
    if (!handle->watched) {
        return false;
    }
    bool struck = false;
    pthread_mutex_lock(&fault_state.lock);
    fault_state.seen[handle->kind][operation]++;
    for (int i = 0; i < fault_state.count && !struck; i++) {
        struct fault *fault = &fault_state.faults[i];
        if (fault->file != handle->kind || fault->operation != operation || fault->times == 0) {
            continue;
        }
        if (fault->skip > 0) {
            fault->skip--;
            continue;
        }
        fault->times--;
        fault_state.hits++;
        *ret = *fault;
        struck = true;
    }
    pthread_mutex_unlock(&fault_state.lock);
    return struck;
}

static int fault_read(sqlite3_file *file, void *data, int bytes, sqlite3_int64 at)
{
    struct fault fault;
    bool struck = strikes((struct fault_handle *)file, FAULT_READ, &fault);
    if (struck && fault.effect == FAULT_IO_ERROR) {
        return SQLITE_IOERR_READ;
    }
    int rc = real_of(file)->pMethods->xRead(real_of(file), data, bytes, at);
    if (struck && fault.effect == FAULT_FLIP && fault.at >= at && fault.at < at + bytes) {
        ((uint8_t *)data)[fault.at - at] ^= 0x10;
    }
    return rc;
}

static int fault_write(sqlite3_file *file, const void *data, int bytes, sqlite3_int64 at)
{
    struct fault fault;
    sqlite3_file *real = real_of(file);
    if (!strikes((struct fault_handle *)file, FAULT_WRITE, &fault)) {
        return real->pMethods->xWrite(real, data, bytes, at);
    }
    switch (fault.effect) {
    case FAULT_DISK_FULL:
        return SQLITE_FULL;
    case FAULT_IO_ERROR:
        return SQLITE_IOERR_WRITE;
    case FAULT_TEAR:
        (void)real->pMethods->xWrite(real, data, bytes / 2, at);
        _exit(FAULT_CRASH_STATUS);
    case FAULT_CRASH:
        _exit(FAULT_CRASH_STATUS);
    case FAULT_CRASH_AFTER:
        (void)real->pMethods->xWrite(real, data, bytes, at);
        _exit(FAULT_CRASH_STATUS);
    case FAULT_FLIP:
        break;
    }
    abort();
}

static int fault_sync(sqlite3_file *file, int flags)
{
    struct fault fault;
    sqlite3_file *real = real_of(file);
    if (!strikes((struct fault_handle *)file, FAULT_SYNC, &fault)) {
        return real->pMethods->xSync(real, flags);
    }
    if (fault.effect == FAULT_CRASH) {
        _exit(FAULT_CRASH_STATUS);
    }
    if (fault.effect == FAULT_CRASH_AFTER) {
        (void)real->pMethods->xSync(real, flags);
        _exit(FAULT_CRASH_STATUS);
    }
    return fault.effect == FAULT_DISK_FULL ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
}

/* ---- what only passes through ---- */

static int fault_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}
static int fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}
static int fault_file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), ret);
}
static int fault_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}
static int fault_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
static int fault_check_lock(sqlite3_file *file, int *ret)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret);
}
static int fault_control(sqlite3_file *file, int operation, void *arg)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), operation, arg);
}
static int fault_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}
static int fault_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}
static int fault_shm_map(sqlite3_file *file, int page, int bytes, int extend, void volatile **ret)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, bytes, extend, ret);
}
static int fault_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}
static void fault_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}
static int fault_shm_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

/* Version 2: with shared memory for the log, without memory-mapped reads. */
static const sqlite3_io_methods fault_methods = {
    .iVersion = 2,
    .xClose = fault_close,
    .xRead = fault_read,
    .xWrite = fault_write,
    .xTruncate = fault_truncate,
    .xSync = fault_sync,
    .xFileSize = fault_file_size,
    .xLock = fault_lock,
    .xUnlock = fault_unlock,
    .xCheckReservedLock = fault_check_lock,
    .xFileControl = fault_control,
    .xSectorSize = fault_sector_size,
    .xDeviceCharacteristics = fault_characteristics,
    .xShmMap = fault_shm_map,
    .xShmLock = fault_shm_lock,
    .xShmBarrier = fault_shm_barrier,
    .xShmUnmap = fault_shm_unmap,
};

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                      int *ret_flags)
{
    (void)vfs;
    struct fault_handle *handle = (struct fault_handle *)file;
    *handle = (struct fault_handle){.real = (sqlite3_file *)(handle + 1)};
    handle->watched = (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0;
    handle->kind = flags & SQLITE_OPEN_WAL ? FAULT_LOG : FAULT_DB;
    int rc = fault_state.real->xOpen(fault_state.real, name, handle->real, flags, ret_flags);
    /* A file whose open failed half-way still wants to be closed. */
    handle->base.pMethods = handle->real->pMethods != NULL ? &fault_methods : NULL;
    return rc;
}

void fault_vfs_register(void)
{
    if (sqlite3_vfs_find(FAULT_VFS) != NULL) {
        return;
    }
    fault_state.real = sqlite3_vfs_find(NULL);
    fault_state.vfs = *fault_state.real; /* paths, time, deleting: the system's own */
    fault_state.vfs.zName = FAULT_VFS;
    fault_state.vfs.pNext = NULL;
    fault_state.vfs.szOsFile = (int)sizeof(struct fault_handle) + fault_state.real->szOsFile;
    fault_state.vfs.xOpen = fault_open;
    if (sqlite3_vfs_register(&fault_state.vfs, 0) != SQLITE_OK) {
        abort();
    }
}

void fault_arm(const struct fault *fault)
{
    pthread_mutex_lock(&fault_state.lock);
    if (fault_state.count == FAULTS_MAX) {
        abort();
    }
    fault_state.faults[fault_state.count++] = *fault;
    pthread_mutex_unlock(&fault_state.lock);
}

void fault_disarm_all(void)
{
    pthread_mutex_lock(&fault_state.lock);
    fault_state.count = 0;
    fault_state.hits = 0;
    memset(fault_state.seen, 0, sizeof(fault_state.seen));
    pthread_mutex_unlock(&fault_state.lock);
}

int64_t fault_hits(void)
{
    pthread_mutex_lock(&fault_state.lock);
    int64_t hits = fault_state.hits;
    pthread_mutex_unlock(&fault_state.lock);
    return hits;
}

int64_t fault_seen(enum fault_file file, enum fault_operation operation)
{
    pthread_mutex_lock(&fault_state.lock);
    int64_t seen = fault_state.seen[file][operation];
    pthread_mutex_unlock(&fault_state.lock);
    return seen;
}

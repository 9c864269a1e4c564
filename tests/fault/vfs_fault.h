/* vfs_fault.h — a SQLite VFS that passes everything to the system's own, except for the faults that
 * were armed: a write, a sync or a read that fails, a full disk, a torn write at a crash, a flipped
 * bit. For tests only.
 *
 * One set of faults for the whole process; arming and firing may happen on different threads. */
#ifndef JN_TESTS_VFS_FAULT_H
#define JN_TESTS_VFS_FAULT_H

#include "core/base.h"

#define FAULT_VFS "fault"
/* What a process that was told to crash exits with. */
#define FAULT_CRASH_STATUS 86

enum fault_file { FAULT_DB = 0, FAULT_LOG = 1 };
enum fault_operation { FAULT_READ = 0, FAULT_WRITE = 1, FAULT_SYNC = 2 };
enum fault_effect {
    FAULT_IO_ERROR = 1,
    FAULT_DISK_FULL = 2,
    FAULT_CRASH = 3,       /* the process ends at once, before the operation */
    FAULT_CRASH_AFTER = 4, /* … right after it */
    FAULT_TEAR = 5,        /* half of the bytes are written, then the process ends */
    FAULT_FLIP = 6,        /* a read gives back its bytes with one bit of byte `at` turned over */
};

struct fault {
    enum fault_file file;
    enum fault_operation operation;
    enum fault_effect effect;
    int64_t skip;  /* operations that still succeed */
    int64_t times; /* how many are hit then */
    int64_t at;    /* FAULT_FLIP: offset in the file */
};

/* Makes the VFS known to SQLite under FAULT_VFS. */
void fault_vfs_register(void);
/* Adds a fault; at most 8. */
void fault_arm(const struct fault *fault);
void fault_disarm_all(void);
/* How often armed faults have struck since the last fault_disarm_all(). */
int64_t fault_hits(void);
/* Operations seen since the last fault_disarm_all(), to aim with. */
int64_t fault_seen(enum fault_file file, enum fault_operation operation);

#endif

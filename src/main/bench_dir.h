/* bench_dir.h — a scratch directory for a benchmark, removed with the files in it. */
#ifndef JN_MAIN_BENCH_DIR_H
#define JN_MAIN_BENCH_DIR_H

#include <stddef.h>

#include "core/err.h"

/* Under TMPDIR or /var/tmp, which is on a disk where /tmp may be memory; ERR_IO_FAILED. */
JN_MUST_USE enum err bench_dir_make(char *ret_path, size_t path_max);
/* Removes its files and itself; one level. */
void bench_dir_remove(const char *path);

#endif

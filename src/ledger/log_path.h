/* log_path.h — the paths of C2SP tlog-tiles, behind "tile/". Private to ledger/. */
#ifndef JN_LEDGER_LOG_PATH_H
#define JN_LEDGER_LOG_PATH_H

#include "core/base.h"

#define LOG_PATH_ENTRIES (-1) /* the level that stands for entry bundles */
#define LOG_PATH_MAX     96

struct log_path {
    int level;     /* 0..7, or LOG_PATH_ENTRIES */
    int64_t index; /* number of the tile */
    int width;     /* 1..255 for a partial tile, 256 for a full one */
};
/* "0/x001/234.p/7", "entries/067". False when it is written in any other way than the one. */
JN_MUST_USE bool log_path_parse(const char *path, size_t length, struct log_path *ret);
/* Returns the length; ret is NUL-terminated. */
size_t log_path_format(const struct log_path *path, char ret[LOG_PATH_MAX]);

#endif

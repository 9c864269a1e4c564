/* bench_dir.c — see bench_dir.h. */
#include "main/bench_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum err bench_dir_make(char *ret_path, size_t path_max)
{
    const char *base = getenv("TMPDIR");
    int length = snprintf(ret_path, path_max, "%s/jinnang-bench-XXXXXX",
                          base == NULL || base[0] == '\0' ? "/var/tmp" : base);

    if (length < 0 || (size_t)length >= path_max || mkdtemp(ret_path) == NULL) {
        return ERR_IO_FAILED;
    }
    return ERR_OK;
}

void bench_dir_remove(const char *path)
{
    DIR *directory = opendir(path);

    if (directory == NULL) {
        return;
    }
    int fd = dirfd(directory);
    BUG_IF(fd < 0);
    for (const struct dirent *entry = readdir(directory); entry != NULL;
         entry = readdir(directory)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            (void)unlinkat(fd, entry->d_name, 0);
        }
    }
    closedir(directory);
    (void)rmdir(path);
}

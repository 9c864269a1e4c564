/* log_path.c — see log_path.h. A number is written in groups of three digits, all but the last
 * behind an 'x'. What is parsed is written again and compared, so that one tile has one path. */
#include "ledger/log_path.h"

#include <stdio.h>
#include <string.h>

#define INDEX_MAX (INT64_C(1) << 54)

static int digits(const char *text, const char *end, size_t count_max, int64_t *ret)
{
    int64_t value = 0;
    size_t count = 0;
    while (text + count < end && count < count_max && text[count] >= '0' && text[count] <= '9') {
        value = value * 10 + (text[count] - '0');
        count++;
    }
    *ret = value;
    return (int)count;
}

static bool parse(const char *path, const char *end, struct log_path *ret)
{
    static const char ENTRIES[] = "entries/";
    const size_t entries = sizeof(ENTRIES) - 1;
    int64_t value = 0;
    *ret = (struct log_path){.level = LOG_PATH_ENTRIES, .width = 256};
    if ((size_t)(end - path) > entries && memcmp(path, ENTRIES, entries) == 0) {
        path += entries;
    } else {
        int count = digits(path, end, 2, &value);
        if (count == 0 || path + count >= end || path[count] != '/' || value > 63) {
            return false;
        }
        ret->level = (int)value;
        path += count + 1;
    }
    for (;;) {
        bool more = path < end && *path == 'x';
        path += more ? 1 : 0;
        if (digits(path, end, 3, &value) != 3 || ret->index > INDEX_MAX / 1000) {
            return false;
        }
        ret->index = ret->index * 1000 + value;
        path += 3;
        if (!more) {
            break;
        }
        if (path >= end || *path != '/') {
            return false;
        }
        path++;
    }
    if (path == end) {
        return true;
    }
    if (end - path < 4 || memcmp(path, ".p/", 3) != 0) {
        return false;
    }
    path += 3;
    int count = digits(path, end, 3, &value);
    ret->width = (int)value;
    return count > 0 && path + count == end && value >= 1 && value <= 255;
}

bool log_path_parse(const char *path, size_t length, struct log_path *ret)
{
    struct log_path found;
    char again[LOG_PATH_MAX];
    if (!parse(path, path + length, &found) || log_path_format(&found, again) != length ||
        memcmp(again, path, length) != 0) {
        return false;
    }
    *ret = found;
    return true;
}

size_t log_path_format(const struct log_path *path, char ret[LOG_PATH_MAX])
{
    int64_t scale = 1;
    int at = path->level == LOG_PATH_ENTRIES ? snprintf(ret, LOG_PATH_MAX, "entries/")
                                             : snprintf(ret, LOG_PATH_MAX, "%d/", path->level);
    BUG_IF(path->index < 0 || path->index > INDEX_MAX || at < 0);
    while (path->index / scale >= 1000) {
        scale *= 1000;
    }
    for (; scale > 1; scale /= 1000) {
        at += snprintf(ret + at, LOG_PATH_MAX - (size_t)at, "x%03d/",
                       (int)(path->index / scale % 1000));
    }
    at += snprintf(ret + at, LOG_PATH_MAX - (size_t)at, "%03d", (int)(path->index % 1000));
    if (path->width < 256) {
        at += snprintf(ret + at, LOG_PATH_MAX - (size_t)at, ".p/%d", path->width);
    }
    BUG_IF(at >= LOG_PATH_MAX);
    return (size_t)at;
}

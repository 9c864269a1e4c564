/* Paths of C2SP tlog-tiles: one path a tile, everything else refused. */
#include "../core/unit.h"

#include <string.h>

#include "ledger/log_path.h"

struct path_case {
    const char *path;
    int level;
    int64_t index;
    int width;
};

static const struct path_case GOOD[] = {
    {"0/000", 0, 0, 256},
    {"0/000.p/1", 0, 0, 1},
    {"1/255.p/255", 1, 255, 255},
    {"7/x001/234", 7, 1234, 256},
    {"0/x001/x234/067", 0, 1234067, 256}, /* the specification's example */
    {"entries/x001/x234/067.p/9", LOG_PATH_ENTRIES, 1234067, 9},
    {"63/001", 63, 1, 256},
};

static const char *const BAD[] = {
    "",
    "0",
    "0/",
    "0/0",
    "0/00",
    "0/0000",
    "0/x000/001",
    "00/000",
    "64/000",
    "-1/000",
    "0/000.p/0",
    "0/000.p/256",
    "0/000.p/01",
    "0/000.p/",
    "0/000.p/1/",
    "0/000.P/1",
    "0/x001",
    "0/x001/",
    "0/x001/23",
    "0/001/234",
    "entries",
    "entries/",
    "data/000",
    "0/000 ",
    "0/x01/234",
    "0/x001//234",
    "/000",
    "0//000",
    "0/000.p/1000",
    "0/000/000",
    "0/x999/x999/x999/x999/x999/x999/x999/x999/999",
};

static void paths_are_read_and_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(GOOD); i++) {
        struct log_path path;
        char again[LOG_PATH_MAX];
        assert_true(log_path_parse(GOOD[i].path, strlen(GOOD[i].path), &path));
        assert_int_equal(path.level, GOOD[i].level);
        assert_int_equal(path.index, GOOD[i].index);
        assert_int_equal(path.width, GOOD[i].width);
        assert_int_equal(log_path_format(&path, again), strlen(GOOD[i].path));
        assert_string_equal(again, GOOD[i].path);
    }
}

static void other_ways_of_writing_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(BAD); i++) {
        struct log_path path;
        if (log_path_parse(BAD[i], strlen(BAD[i]), &path)) {
            fail_msg("accepted: %s", BAD[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_read_and_written),
        cmocka_unit_test(other_ways_of_writing_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

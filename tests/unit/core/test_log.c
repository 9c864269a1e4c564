/* A log line is one JSON object whatever somebody sends; jansson is the judge. */
#include "unit.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"

struct captured {
    int saved;
    int pipe_fd[2];
};

static void capture_begin(struct captured *captured)
{
    assert_int_equal(pipe(captured->pipe_fd), 0);
    captured->saved = dup(STDERR_FILENO);
    assert_true(captured->saved >= 0);
    assert_int_equal(dup2(captured->pipe_fd[1], STDERR_FILENO), STDERR_FILENO);
}

static size_t capture_end(struct captured *captured, char *ret, size_t bytes_max)
{
    assert_int_equal(dup2(captured->saved, STDERR_FILENO), STDERR_FILENO);
    (void)close(captured->saved);
    (void)close(captured->pipe_fd[1]);
    ssize_t got = read(captured->pipe_fd[0], ret, bytes_max - 1);
    (void)close(captured->pipe_fd[0]);
    assert_true(got >= 0);
    ret[got] = 0;
    return (size_t)got;
}

static void a_line_is_one_json_object(void **state)
{
    (void)state;
    struct captured captured;
    char text[8192];
    capture_begin(&captured);
    LOG(LOG_WARN, "http.request", LOG_TEXT("path", "/a\"b\\c\n\x01\x7f"), LOG_NUMBER("status", -7),
        LOG_TEXT("name", "余额"), LOG_TEXT("bytes", "bad \xff here"));
    size_t length = capture_end(&captured, text, sizeof(text));
    assert_int_equal(text[length - 1], '\n');
    assert_ptr_equal(strchr(text, '\n'), text + length - 1);
    json_error_t error;
    json_t *line = json_loads(text, 0, &error);
    assert_non_null(line);
    assert_string_equal(json_string_value(json_object_get(line, "level")), "warn");
    assert_string_equal(json_string_value(json_object_get(line, "event")), "http.request");
    assert_string_equal(json_string_value(json_object_get(line, "path")), "/a\"b\\c\n\x01\x7f");
    assert_int_equal(json_integer_value(json_object_get(line, "status")), -7);
    assert_string_equal(json_string_value(json_object_get(line, "name")), "余额");
    assert_string_equal(json_string_value(json_object_get(line, "bytes")), "bad ? here");
    json_decref(line);
}

static void a_field_that_does_not_fit_is_left_out_whole(void **state)
{
    (void)state;
    static char long_text[5000];
    memset(long_text, 'x', sizeof(long_text) - 1);
    struct captured captured;
    char text[8192];
    capture_begin(&captured);
    LOG(LOG_ERROR, "event", LOG_TEXT("long", long_text), LOG_NUMBER("after", 5));
    (void)capture_end(&captured, text, sizeof(text));
    json_t *line = json_loads(text, 0, NULL);
    assert_non_null(line);
    assert_null(json_object_get(line, "long"));
    assert_int_equal(json_integer_value(json_object_get(line, "after")), 5);
    json_decref(line);
}

static void what_is_below_the_level_is_not_written(void **state)
{
    (void)state;
    struct captured captured;
    char text[8192];
    capture_begin(&captured);
    log_event(LOG_DEBUG, "hidden", NULL, 0);
    log_set_level(LOG_DEBUG);
    log_event(LOG_DEBUG, "shown", NULL, 0);
    log_set_level(LOG_INFO);
    (void)capture_end(&captured, text, sizeof(text));
    assert_null(strstr(text, "hidden"));
    assert_non_null(strstr(text, "shown"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_one_json_object),
        cmocka_unit_test(a_field_that_does_not_fit_is_left_out_whole),
        cmocka_unit_test(what_is_below_the_level_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

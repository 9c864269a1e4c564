/* test_parse.c — the strict readers of strangers' bytes. */
#include "../core/unit.h"

#include <string.h>

#include "http/http_int.h"

static void test_percent_decoding(void **state)
{
    static const struct {
        const char *text, *decoded; /* NULL: refused */
    } table[] = {
        {"", ""},
        {"abc", "abc"},
        {"a%20b", "a b"},
        {"%e5%88%86", "\xe5\x88\x86"},
        {"%E5%88%86", "\xe5\x88\x86"},
        {"100%25", "100%"},
        {"%2F", "/"},
        {"%", NULL},
        {"%4", NULL},
        {"a%4", NULL},
        {"%g0", NULL},
        {"%00", NULL},
        {"%0a", NULL},
        {"%7f", NULL},
        {"%ff", NULL},
        {"%ed%a0%80", NULL}, /* a surrogate */
        {"%c0%af", NULL},    /* an overlong slash */
        {"\xff", NULL},
    };
    struct arena *arena = arena_create(65536);

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        struct http_text text = {"untouched", 9};
        bool ok = parse_percent(arena, table[i].text, strlen(table[i].text), &text);

        assert_int_equal(ok, table[i].decoded != NULL);
        assert_string_equal(text.data, ok ? table[i].decoded : "untouched");
        assert_int_equal(text.length, strlen(text.data));
    }
    arena_free(arena);
}

static void test_languages(void **state)
{
    static const struct {
        const char *header;
        enum http_language language;
    } table[] = {
        {"", HTTP_EN},
        {"zh", HTTP_ZH},
        {"zh-CN", HTTP_ZH},
        {"ZH-hans-cn", HTTP_ZH},
        {"zhx", HTTP_EN},
        {"en-GB, zh", HTTP_EN},
        {"en;q=0.5, zh;q=0.7", HTTP_ZH},
        {"en;q=0.5,zh;q=0.499", HTTP_EN},
        {"fr, de, zh;q=0.001", HTTP_ZH},
        {"zh;q=0", HTTP_EN},
        {"zh;q=1.000, en", HTTP_ZH},
        {"zh ; q=0.3 , en ; q=0.4", HTTP_EN},
        {",,;;q=zh", HTTP_EN},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        assert_int_equal(parse_language(table[i].header, strlen(table[i].header)),
                         table[i].language);
    }
}

static void test_qualities(void **state)
{
    static const struct {
        const char *header, *token;
        int quality;
    } table[] = {
        {"gzip, br", "br", 1000},     {"gzip, br", "zstd", -1},
        {"gzip;q=0.25", "gzip", 250}, {"gzip;q=0", "gzip", 0},
        {"gzip;q=0.0", "gzip", 0},    {"gzip;level=1;q=0.5", "gzip", 500},
        {"GZIP", "gzip", 1000},       {"gzipper", "gzip", -1},
        {"gzip;q=x", "gzip", 0},      {"text/html, */*;q=0.8", "*/*", 800},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        assert_int_equal(parse_quality(table[i].header, strlen(table[i].header), table[i].token),
                         table[i].quality);
    }
}

static void test_traceparent(void **state)
{
    static const char good[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    char trace[HTTP_TRACE_TEXT_MAX] = "untouched", bad[sizeof(good)];

    (void)state;
    assert_true(parse_traceparent(good, strlen(good), trace));
    assert_string_equal(trace, "0af7651916cd43dd8448eb211c80319c");
    assert_false(parse_traceparent(good, strlen(good) - 1, trace));
    for (size_t i = 0; i < strlen(good); i++) {
        memcpy(bad, good, sizeof(good));
        bad[i] = 'G';
        assert_false(parse_traceparent(bad, strlen(bad), trace));
    }
    memcpy(bad, good, sizeof(good));
    memset(bad + 3, '0', 32);
    assert_false(parse_traceparent(bad, strlen(bad), trace));
}

static void test_methods_and_header_names(void **state)
{
    (void)state;
    assert_int_equal(parse_method("GET"), HTTP_GET);
    assert_int_equal(parse_method("get"), HTTP_METHOD_OTHER);
    assert_int_equal(parse_method(""), HTTP_METHOD_OTHER);
    assert_int_equal(parse_method("OTHER"), HTTP_METHOD_OTHER);
    assert_int_equal(parse_header_name("content-LENGTH", 14), HTTP_CONTENT_LENGTH);
    assert_int_equal(parse_header_name("Idempotency-Key", 15), HTTP_IDEMPOTENCY_KEY);
    assert_int_equal(parse_header_name("Host2", 5), HTTP_HEADER_COUNT);
    assert_int_equal(parse_header_name("", 0), HTTP_HEADER_COUNT);
}

static void test_json_strings(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        const char *json;
    } table[] = {
        {"", 0, "\"\""},
        {"plain", 5, "\"plain\""},
        {"a\"b\\c", 5, "\"a\\u0022b\\u005cc\""},
        {"\n\t\x1f\x7f", 4, "\"\\u000a\\u0009\\u001f\\u007f\""},
        {"a\0b", 3, "\"a\\u0000b\""},
        {"\xe5\x88\x86", 3, "\"\xe5\x88\x86\""},
        {"\xf0\x9f\x98\x80", 4, "\"\xf0\x9f\x98\x80\""},
        {"\xff"
         "a\xe5\x88",
         4,
         "\"\xef\xbf\xbd"
         "a\xef\xbf\xbd\xef\xbf\xbd\""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        struct buf out;

        buf_init(&out, 1024);
        http_json_string(&out, table[i].text, table[i].length);
        assert_string_equal((const char *)out.data, table[i].json);
        buf_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_percent_decoding),
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_qualities),
        cmocka_unit_test(test_traceparent),
        cmocka_unit_test(test_methods_and_header_names),
        cmocka_unit_test(test_json_strings),
    };

    return cmocka_run_group_tests_name("http/parse", tests, NULL, NULL);
}

/* E-mails as bytes: nothing from outside can begin a header or end the message. */
#include "unit.h"

#include <string.h>

#include "notify/mime.h"

static struct mime_mail mail_of(const char *subject, const char *body)
{
    return (struct mime_mail){.from_name = "锦囊",
                              .from_address = "noreply@wallet.test",
                              .to_address = "li.hua+x@mail.test",
                              .message_id = "dlv_1.2",
                              .subject = subject,
                              .body = body,
                              .at_us = INT64_C(1795377860000000),
                              .language = "zh-CN"};
}

static void the_whole_is_as_the_standards_say(void **state)
{
    (void)state;
    struct buf out;
    struct mime_mail mail = mail_of("Hello", "a\nb");
    buf_init(&out, MIME_MAIL_MAX);
    mime_write(&mail, &out);
    assert_string_equal((char *)out.data, "Date: Sun, 22 Nov 2026 20:04:20 +0000\r\n"
                                          "From: =?UTF-8?B?6ZSm5ZuK?=\r\n <noreply@wallet.test>\r\n"
                                          "To: <li.hua+x@mail.test>\r\n"
                                          "Message-ID: <dlv_1.2@wallet.test>\r\n"
                                          "Subject: Hello\r\n"
                                          "MIME-Version: 1.0\r\n"
                                          "Content-Type: text/plain; charset=utf-8\r\n"
                                          "Content-Transfer-Encoding: base64\r\n"
                                          "Content-Language: zh-CN\r\n"
                                          "Auto-Submitted: auto-generated\r\n"
                                          "\r\n"
                                          "YQ0KYg==\r\n");
    buf_done(&out);
}

static void a_subject_cannot_become_a_header(void **state)
{
    (void)state;
    static const char *const subjects[] = {
        "x\r\nBcc: evil@mail.test", "x\nBcc: evil@mail.test",
        "=?UTF-8?B?eA==?=", "很长的主题很长的主题很长的主题很长的主题很长的主题很长的主题"};
    for (size_t i = 0; i < ARRAY_COUNT(subjects); i++) {
        struct buf out;
        struct mime_mail mail = mail_of(subjects[i], "x");
        buf_init(&out, MIME_MAIL_MAX);
        mime_write(&mail, &out);
        assert_null(strstr((char *)out.data, "\nBcc"));
        assert_non_null(strstr((char *)out.data, "Subject: =?UTF-8?B?"));
        for (const char *line = (char *)out.data; *line != '\0';) {
            const char *end = strstr(line, "\r\n");
            assert_non_null(end);
            assert_true(end - line <= 76);
            line = end + 2;
        }
        buf_done(&out);
    }
}

static void addresses_are_plain_or_refused(void **state)
{
    (void)state;
    static const char *const good[] = {"a@b", "li.hua+x@mail.test", "o'neil_1@a-b.c.test"};
    static const char *const bad[] = {
        "",      "a",     "@b",          "a@",           "a@b@c",       "a b@c.test",
        "a@b c", "<a@b>", "a@b\r\nX: y", ".a@b",         "a.@b",        "a..b@c",
        "a@.b",  "a@b.",  "a@-b",        "李@mail.test", "a@邮件.test", "\"a\"@b",
        "-oQ@b", "a,b@c"};
    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        assert_true(mime_address_ok(good[i]));
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        assert_false(mime_address_ok(bad[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_is_as_the_standards_say),
        cmocka_unit_test(a_subject_cannot_become_a_header),
        cmocka_unit_test(addresses_are_plain_or_refused),
    };
    return cmocka_run_group_tests_name("notify_mime", tests, NULL, NULL);
}

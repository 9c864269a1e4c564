/* Messages written out: every topic in both languages, values of every type, nothing to tap in an
 * SMS. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/kv.h"
#include "core/str.h"
#include "notify/render.h"

static const struct notify_topic *topic(const char *name)
{
    const struct notify_topic *found = notify_topic_find(name, strlen(name));
    assert_non_null(found);
    return found;
}

struct rendering {
    struct buf params, out;
    struct notify_view view;
};

static void start(struct rendering *r, const char *name, enum notify_language language)
{
    buf_init(&r->params, 4096);
    buf_init(&r->out, NOTIFY_RENDERED_MAX);
    r->view =
        (struct notify_view){.topic = topic(name), .language = language, .utc_offset_min = 480};
}

static void use_params(struct rendering *r)
{
    r->view.params = r->params.data;
    r->view.params_length = r->params.length;
}

static void finish(struct rendering *r)
{
    buf_done(&r->params);
    buf_done(&r->out);
}

static void values_are_written_for_people(void **state)
{
    (void)state;
    struct rendering r;
    start(&r, "money_out", NOTIFY_ZH);
    kv_add_str(&r.params, "amount", "1050 CNY");
    kv_add_str(&r.params, "balance", "-7 CNY");
    kv_add_str(&r.params, "at", "1795377860000000"); /* 2026-11-22 20:04:20 UTC */
    kv_add_str(&r.params, "transfer", "tr_1");
    use_params(&r);
    r.view.code = "ABCDE-FGHJK";
    notify_render_sms(&r.view, &r.out);
    assert_string_equal((char *)r.out.data, "【锦囊】2026-11-23 04:04支出10.50元，余额-0.07元。"
                                            "非本人操作？在应用或官网输入ABCDE-FGHJK。");
    buf_clear(&r.out);
    r.view.language = NOTIFY_EN;
    r.view.utc_offset_min = -300;
    notify_render_text(&r.view, &r.out);
    assert_string_equal(
        (char *)r.out.data,
        "CNY 10.50 went out at 2026-11-22 15:04. Balance: CNY -0.07. Transfer tr_1.");
    buf_clear(&r.out);
    notify_render_title(&r.view, &r.out);
    assert_string_equal((char *)r.out.data, "−CNY 10.50");
    finish(&r);
}

static void words_follow_the_language(void **state)
{
    (void)state;
    struct rendering r;
    start(&r, "factor_removed", NOTIFY_EN);
    kv_add_str(&r.params, "factor", "passkey");
    kv_add_i64(&r.params, "at", 0);
    use_params(&r);
    notify_render_text(&r.view, &r.out);
    assert_string_equal((char *)r.out.data,
                        "Removed from your account at 1970-01-01 08:00: passkey.");
    buf_clear(&r.out);
    r.view.language = NOTIFY_ZH;
    notify_render_text(&r.view, &r.out);
    assert_string_equal((char *)r.out.data, "您的账户于1970-01-01 08:00移除了通行密钥。");
    buf_clear(&r.out);
    buf_clear(&r.params);
    kv_add_str(&r.params, "factor", "palm");
    use_params(&r);
    notify_render_text(&r.view, &r.out);
    assert_string_equal((char *)r.out.data, "您的账户于—移除了palm。");
    finish(&r);
}

static void what_is_wrong_becomes_a_dash(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "1050", "1050 XXX", "10.50 CNY", " CNY", "99999999999999999 CNY", "1050 cny"};
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        struct rendering r;
        start(&r, "money_in", NOTIFY_EN);
        kv_add_str(&r.params, "amount", wrong[i]);
        use_params(&r);
        notify_render_subject(&r.view, &r.out);
        assert_string_equal((char *)r.out.data, "— came in");
        finish(&r);
    }
}

/* What makes a telephone underline something. */
static bool can_be_tapped(const char *text)
{
    return strpbrk(text, ".@") != NULL &&
           (strstr(text, "evil.") != NULL || strstr(text, "://") != NULL ||
            strchr(text, '@') != NULL);
}

static void no_sms_holds_a_link(void **state)
{
    (void)state;
    static const char *const tries[] = {"https://evil.example", "www.evil.example/x",
                                        "a@evil.example",       "evil。example",
                                        "evil．example",        "evil｡example"};
    for (size_t t = 0; t < ARRAY_COUNT(tries); t++) {
        struct rendering r;
        start(&r, "new_device", NOTIFY_EN);
        kv_add_str(&r.params, "device", tries[t]);
        kv_add_str(&r.params, "place", tries[t]);
        use_params(&r);
        notify_render_sms(&r.view, &r.out);
        assert_false(can_be_tapped((char *)r.out.data));
        assert_null(strstr((char *)r.out.data, "。e"));
        assert_null(strstr((char *)r.out.data, "．e"));
        assert_null(strstr((char *)r.out.data, "｡e"));
        finish(&r);
    }
    for (size_t i = 0; i < notify_topic_count; i++) {
        for (int language = 0; language < 2; language++) {
            const char *sms = notify_topics[i].texts[language].sms;
            assert_int_equal(sms != NULL, (notify_topics[i].channels & NOTIFY_SMS) != 0);
            if (sms != NULL) {
                assert_null(strstr(sms, "://"));
                assert_null(strstr(sms, "www"));
                assert_null(strchr(sms, '@'));
            }
        }
    }
}

static void every_topic_can_be_said(void **state)
{
    (void)state;
    assert_true(notify_topic_count > 20);
    for (size_t i = 0; i < 2 * notify_topic_count; i++) {
        struct rendering r;
        start(&r, notify_topics[i / 2].name, i % 2 == 0 ? NOTIFY_EN : NOTIFY_ZH);
        r.view.code = r.view.topic->secret ? NULL : "ABCDE-FGHJK";
        r.view.phrase = "蓝色的船";
        notify_render_title(&r.view, &r.out);
        if ((r.view.topic->channels & NOTIFY_IN_APP) != 0) {
            notify_render_text(&r.view, &r.out);
        }
        if ((r.view.topic->channels & NOTIFY_SMS) != 0) {
            notify_render_sms(&r.view, &r.out);
        }
        if ((r.view.topic->channels & NOTIFY_EMAIL) != 0) {
            notify_render_subject(&r.view, &r.out);
            notify_render_email(&r.view, &r.out);
            assert_non_null(strstr((char *)r.out.data, "蓝色的船"));
        }
        assert_true(buf_ok(&r.out));
        assert_true(str_is_utf8(r.out.data, r.out.length));
        assert_null(strchr((char *)r.out.data, '{'));
        finish(&r);
    }
    assert_null(notify_topic_find("no_such", 7));
    assert_null(notify_topic_find("money_i", 7));
    assert_null(notify_topic_find("", 0));
}

static void a_code_survives_people(void **state)
{
    (void)state;
    static const uint8_t mac[32] = {0xff, 0x00, 0xff, 0x12, 0x34, 0x56, 0x78, 0x9a};
    char code[NOTIFY_CODE_TEXT_MAX], read[NOTIFY_CODE_TEXT_MAX] = "untouched";
    notify_code_text(mac, code);
    assert_string_equal(code, "ZW0FY-4HMAS");
    assert_true(notify_code_read(" zwofy 4hmas ", 13, read));
    assert_string_equal(read, code);
    static const char *const wrong[] = {"", "ZW0FY-4HMA", "ZW0FY-4HMASS", "ZW0FY-4HMAU",
                                        "ZW0FY_4HMAS"};
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        assert_false(notify_code_read(wrong[i], strlen(wrong[i]), read));
    }
    assert_string_equal(read, code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_written_for_people),
        cmocka_unit_test(words_follow_the_language),
        cmocka_unit_test(what_is_wrong_becomes_a_dash),
        cmocka_unit_test(no_sms_holds_a_link),
        cmocka_unit_test(every_topic_can_be_said),
        cmocka_unit_test(a_code_survives_people),
    };
    return cmocka_run_group_tests_name("notify_render", tests, NULL, NULL);
}

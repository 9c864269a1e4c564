/* By which ways and when: security always, money by amount, the rest by choice, quiet hours. */
#include "unit.h"

#include <string.h>

#include "notify/route.h"

#define HOUR_US  (INT64_C(3600) * 1000000)
#define NIGHT_US (20 * HOUR_US) /* 1970-01-01 20:00 UTC is 4:00 at UTC+8 */
#define NOON_US  (4 * HOUR_US)

static const struct notify_contact contacts[] = {
    {11, NOTIFY_SMS, true},
    {12, NOTIFY_EMAIL, true},
    {13, NOTIFY_SMS, true},
    {14, NOTIFY_EMAIL, false},
};

struct asked {
    struct notify_preferences preferences;
    struct notify_case what;
    struct notify_ways ways;
};

static void ask(struct asked *a, const char *topic, int64_t now_us)
{
    memset(a, 0, sizeof(*a));
    notify_preferences_default(&a->preferences);
    a->what = (struct notify_case){.topic = notify_topic_find(topic, strlen(topic)),
                                   .preferences = &a->preferences,
                                   .contacts = contacts,
                                   .contact_count = ARRAY_COUNT(contacts),
                                   .now_us = now_us};
    assert_non_null(a->what.topic);
}

static void route(struct asked *a)
{
    notify_route(&a->what, &a->ways);
}

static bool goes_to(const struct asked *a, int64_t contact_id)
{
    for (size_t i = 0; i < a->ways.count; i++) {
        if (a->ways.ways[i].contact_id == contact_id) {
            return true;
        }
    }
    return false;
}

static void security_is_never_off_nor_late(void **state)
{
    (void)state;
    struct asked a;
    ask(&a, "new_device", NIGHT_US);
    a.preferences.choices = 0;
    a.preferences.sms_from = a.preferences.email_from = MONEY_MINOR_MAX;
    route(&a);
    assert_true(a.ways.in_app);
    assert_int_equal(a.ways.count, 2);
    assert_true(goes_to(&a, 11) && goes_to(&a, 12));
    assert_int_equal(a.ways.ways[0].due_at_us, NIGHT_US);
}

static void some_news_goes_to_every_address(void **state)
{
    (void)state;
    struct asked a;
    ask(&a, "recovery_started", NOON_US);
    route(&a);
    assert_int_equal(a.ways.count, 3);
    assert_false(goes_to(&a, 14)); /* not confirmed */
}

static void a_code_goes_one_way(void **state)
{
    (void)state;
    struct asked a;
    ask(&a, "one_time_code", NIGHT_US);
    a.what.only_contact_id = 14;
    route(&a);
    assert_false(a.ways.in_app);
    assert_int_equal(a.ways.count, 1);
    assert_true(goes_to(&a, 14));
    a.what.only_contact_id = 99;
    route(&a);
    assert_int_equal(a.ways.count, 0);
    a.what.only_contact_id = 0;
    route(&a);
    assert_int_equal(a.ways.count, 1);
    assert_true(goes_to(&a, 11));
}

static void money_is_told_by_amount(void **state)
{
    (void)state;
    static const struct {
        struct money amount;
        size_t count;
    } cases[] = {
        {{9999, CURRENCY_CNY}, 0},   {{10000, CURRENCY_CNY}, 1},  {{-10000, CURRENCY_CNY}, 1},
        {{100000, CURRENCY_CNY}, 2}, {{99, CURRENCY_JPY}, 0},     {{100, CURRENCY_JPY}, 1},
        {{99999, CURRENCY_KWD}, 0},  {{100000, CURRENCY_KWD}, 1}, {{0, CURRENCY_NONE}, 2},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct asked a;
        ask(&a, "money_out", NOON_US);
        a.what.amount = cases[i].amount;
        route(&a);
        assert_true(a.ways.in_app);
        assert_int_equal(a.ways.count, cases[i].count);
        a.preferences.choices = 0;
        route(&a);
        assert_true(a.ways.in_app); /* always */
        assert_int_equal(a.ways.count, 0);
    }
}

static void quiet_hours_hold_back_what_can_wait(void **state)
{
    (void)state;
    struct asked a;
    ask(&a, "money_in", NIGHT_US);
    a.what.amount = (struct money){100000, CURRENCY_CNY};
    route(&a);
    assert_int_equal(a.ways.count, 2);
    assert_int_equal(a.ways.ways[0].channel, NOTIFY_SMS);
    assert_int_equal(a.ways.ways[0].due_at_us, 24 * HOUR_US); /* 8:00 at UTC+8 */
    assert_int_equal(a.ways.ways[1].due_at_us, NIGHT_US);     /* e-mail wakes nobody */
    ask(&a, "money_out", NIGHT_US);
    a.what.amount = (struct money){100000, CURRENCY_CNY};
    route(&a);
    assert_int_equal(a.ways.ways[0].due_at_us, NIGHT_US);
}

static void quiet_hours_are_local_and_wrap(void **state)
{
    (void)state;
    struct notify_preferences p;
    notify_preferences_default(&p);
    assert_int_equal(notify_after_quiet(&p, NOON_US), NOON_US);
    assert_int_equal(notify_after_quiet(&p, 14 * HOUR_US - 1), 14 * HOUR_US - 1); /* 22:00 less 1 */
    assert_int_equal(notify_after_quiet(&p, 14 * HOUR_US), 24 * HOUR_US);
    assert_int_equal(notify_after_quiet(&p, 24 * HOUR_US), 24 * HOUR_US);
    p = (struct notify_preferences){
        .utc_offset_min = -720, .quiet_from_min = 60, .quiet_to_min = 120};
    assert_int_equal(notify_after_quiet(&p, 13 * HOUR_US), 14 * HOUR_US);
    assert_int_equal(notify_after_quiet(&p, 1), 1);
    p.quiet_to_min = 60;
    assert_int_equal(notify_after_quiet(&p, 13 * HOUR_US), 13 * HOUR_US);
}

static void marketing_needs_a_choice(void **state)
{
    (void)state;
    struct notify_topic offer = {.name = "offer",
                                 .kind = NOTIFY_MARKETING,
                                 .severity = NOTIFY_INFO,
                                 .channels = NOTIFY_IN_APP | NOTIFY_SMS | NOTIFY_EMAIL};
    struct asked a;
    ask(&a, "welcome", NOON_US);
    a.what.topic = &offer;
    route(&a);
    assert_false(a.ways.in_app);
    assert_int_equal(a.ways.count, 0);
    a.preferences.choices = NOTIFY_MARKETING_EMAIL;
    route(&a);
    assert_int_equal(a.ways.count, 1);
    assert_true(goes_to(&a, 12));
}

static void preferences_have_limits(void **state)
{
    (void)state;
    struct notify_preferences p;
    notify_preferences_default(&p);
    assert_true(notify_preferences_ok(&p));
    struct notify_preferences wrong[6];
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        wrong[i] = p;
    }
    wrong[0].choices = 256;
    wrong[1].utc_offset_min = 841;
    wrong[2].quiet_from_min = 1440;
    wrong[3].quiet_to_min = -1;
    wrong[4].sms_from = -1;
    wrong[5].email_from = MONEY_MINOR_MAX + 1;
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        assert_false(notify_preferences_ok(&wrong[i]));
    }
}

static void pauses_grow_to_an_hour(void **state)
{
    (void)state;
    assert_int_equal(notify_backoff_us(1), 5000000);
    assert_int_equal(notify_backoff_us(2), 10000000);
    assert_int_equal(notify_backoff_us(9), INT64_C(1280000000));
    assert_int_equal(notify_backoff_us(10), INT64_C(2560000000));
    assert_int_equal(notify_backoff_us(11), HOUR_US);
    assert_int_equal(notify_backoff_us(1000000), HOUR_US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(security_is_never_off_nor_late),
        cmocka_unit_test(some_news_goes_to_every_address),
        cmocka_unit_test(a_code_goes_one_way),
        cmocka_unit_test(money_is_told_by_amount),
        cmocka_unit_test(quiet_hours_hold_back_what_can_wait),
        cmocka_unit_test(quiet_hours_are_local_and_wrap),
        cmocka_unit_test(marketing_needs_a_choice),
        cmocka_unit_test(preferences_have_limits),
        cmocka_unit_test(pauses_grow_to_an_hour),
    };
    return cmocka_run_group_tests_name("notify_route", tests, NULL, NULL);
}

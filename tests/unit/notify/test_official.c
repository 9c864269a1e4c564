/* Is it really you: what is ours in every way that people write it, and what imitators try. */
#include "unit.h"

#include <string.h>

#include "notify/official.h"

struct row {
    const char *text;
    enum official_verdict verdict;
    enum official_kind kind;
    enum official_reason reason;
};

static const struct row rows[] = {
    /* ours, however it is written */
    {"+861000000000", OFFICIAL_YES, OFFICIAL_PHONE, OFFICIAL_LISTED},
    {" 0086 100-0000 000 ", OFFICIAL_YES, OFFICIAL_PHONE, OFFICIAL_LISTED},
    {"1000000000", OFFICIAL_YES, OFFICIAL_PHONE, OFFICIAL_LISTED},
    {"＋８６１００００００００", OFFICIAL_NO, OFFICIAL_PHONE,
     OFFICIAL_NOT_LISTED}, /* a zero too few */
    {"＋８６１０００００００００", OFFICIAL_YES, OFFICIAL_PHONE, OFFICIAL_LISTED},
    {"tel:+861000000000", OFFICIAL_YES, OFFICIAL_PHONE, OFFICIAL_LISTED},
    {"Help@Jinnang.Example", OFFICIAL_YES, OFFICIAL_EMAIL, OFFICIAL_LISTED},
    {"mailto:help@jinnang.example", OFFICIAL_YES, OFFICIAL_EMAIL, OFFICIAL_LISTED},
    {"jinnang.example", OFFICIAL_YES, OFFICIAL_DOMAIN, OFFICIAL_LISTED},
    {"https://jinnang.example/security?x=1#y", OFFICIAL_YES, OFFICIAL_DOMAIN, OFFICIAL_LISTED},
    {"https://www.jinnang.example:443/", OFFICIAL_YES, OFFICIAL_DOMAIN, OFFICIAL_LISTED},
    {"jinnang。example", OFFICIAL_YES, OFFICIAL_DOMAIN, OFFICIAL_LISTED},
    {"jinnang.example.", OFFICIAL_YES, OFFICIAL_DOMAIN, OFFICIAL_LISTED},
    /* not ours */
    {"+861000000001", OFFICIAL_NO, OFFICIAL_PHONE, OFFICIAL_NOT_LISTED},
    {"95588", OFFICIAL_NO, OFFICIAL_PHONE, OFFICIAL_NOT_LISTED},
    {"friend@mail.test", OFFICIAL_NO, OFFICIAL_EMAIL, OFFICIAL_NOT_LISTED},
    {"https://bank.test/", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_NOT_LISTED},
    /* tricks */
    {"boss@jinnang.example", OFFICIAL_NO, OFFICIAL_EMAIL, OFFICIAL_IMITATION},
    {"help@jinnang-service.test", OFFICIAL_NO, OFFICIAL_EMAIL, OFFICIAL_IMITATION},
    {"jinnang.example.evil.test", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_IMITATION},
    {"notjinnang.example", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_IMITATION},
    {"j1nnang.example", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_IMITATION},
    {"jin-nang.example", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_IMITATION},
    {"jinang.example", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_IMITATION},
    {"jinnagn.example", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_IMITATION},
    {"jinnaang.test", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_IMITATION},
    {"jinn\xd0\xb0ng.example", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_FOREIGN}, /* Cyrillic a */
    {"help@jinn\xd0\xb0ng.example", OFFICIAL_NO, OFFICIAL_EMAIL, OFFICIAL_FOREIGN},
    {"https://xn--jinnng-5of.example/", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_FOREIGN},
    {"http://jinnang.example/", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_NOT_SECURE},
    {"https://jinnang.example@evil.test/", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_HIDDEN_HOST},
    {"https://jinnang.example:x@evil.test/", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_HIDDEN_HOST},
    {"https://evil.test\\@jinnang.example/", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_NOT_LISTED},
    {"https://evil.test/https://jinnang.example", OFFICIAL_NO, OFFICIAL_DOMAIN,
     OFFICIAL_NOT_LISTED},
    {"https://evil.test?jinnang.example", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_NOT_LISTED},
    {"https://evil.test#jinnang.example", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_NOT_LISTED},
    {"http://192.0.2.1/jinnang", OFFICIAL_NO, OFFICIAL_DOMAIN, OFFICIAL_ADDRESS},
    {"jinnang.exa\xe2\x80\x8bmple", OFFICIAL_YES, OFFICIAL_DOMAIN,
     OFFICIAL_LISTED}, /* unseen space */
    /* nothing that can be checked */
    {"", OFFICIAL_UNKNOWN, OFFICIAL_NOTHING, OFFICIAL_UNREADABLE},
    {"   ", OFFICIAL_UNKNOWN, OFFICIAL_NOTHING, OFFICIAL_UNREADABLE},
    {"your bank", OFFICIAL_UNKNOWN, OFFICIAL_NOTHING, OFFICIAL_UNREADABLE},
    {"12", OFFICIAL_UNKNOWN, OFFICIAL_NOTHING, OFFICIAL_UNREADABLE},
    {"\xff", OFFICIAL_UNKNOWN, OFFICIAL_NOTHING, OFFICIAL_UNREADABLE},
    {"a@b@c", OFFICIAL_UNKNOWN, OFFICIAL_NOTHING, OFFICIAL_UNREADABLE},
};

static void each_way_of_writing_is_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct official_answer answer;
        official_check(rows[i].text, strlen(rows[i].text), &answer);
        if (answer.verdict != rows[i].verdict || answer.kind != rows[i].kind ||
            answer.reason != rows[i].reason) {
            fail_msg("\"%s\": verdict %d kind %d reason %d, compared \"%s\"", rows[i].text,
                     answer.verdict, answer.kind, answer.reason, answer.value);
        }
        assert_int_equal(answer.contact != NULL, answer.verdict == OFFICIAL_YES);
    }
}

static void too_much_is_not_read(void **state)
{
    (void)state;
    char text[1000];
    struct official_answer answer;
    memset(text, 'a', sizeof(text));
    official_check(text, sizeof(text), &answer);
    assert_int_equal(answer.verdict, OFFICIAL_UNKNOWN);
}

static void versions_compare_by_number(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int order;
    } cases[] = {{"1.0.0", "1.0.0", 0},
                 {"1.9.0", "1.10.0", -1},
                 {"2.0.0", "1.99.99", 1},
                 {"0.0.1", "0.0.2", -1}};
    static const char *const wrong[] = {"",       "1",         "1.0",    "1.0.",
                                        "1..0",   "1.0.0.0",   "v1.0.0", "1.0.-1",
                                        "1.0.0 ", "12345.0.0", "-1.0.0"};
    int order = 7;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_true(official_version_compare(cases[i].a, strlen(cases[i].a), cases[i].b, &order));
        assert_int_equal(order, cases[i].order);
    }
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        assert_false(official_version_compare(wrong[i], strlen(wrong[i]), "1.0.0", &order));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_of_writing_is_judged),
        cmocka_unit_test(too_much_is_not_read),
        cmocka_unit_test(versions_compare_by_number),
    };
    return cmocka_run_group_tests_name("notify_official", tests, NULL, NULL);
}

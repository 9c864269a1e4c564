/* test_pack.c — packs: the shipped ones hold, and each way to be wrong is named with its place. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "policy/pack.h"

static struct pack *shipped(const char *name)
{
    struct pack *pack = NULL;
    struct policy_fault fault = {0};
    char text[POLICY_FAULT_TEXT_MAX];

    if (pack_load(NULL, name, &pack, &fault) != ERR_OK) {
        policy_fault_text(&fault, NULL, name, text);
        fail_msg("%s", text);
    }
    return pack;
}

static void test_shipped_packs(void **state)
{
    struct pack *cn = shipped("cn"), *eu = shipped("eu");

    (void)state;
    assert_string_equal(cn->name, "cn");
    assert_int_equal(cn->currency, CURRENCY_CNY);
    assert_int_equal(cn->levels.count, 3);
    assert_string_equal(pack_level_at(cn, 1)->code, "II");
    assert_int_equal(pack_level_at(cn, 0)->balance_max_minor, 100000);
    assert_int_equal(eu->currency, CURRENCY_EUR);
    assert_int_equal(eu->quick_pay.each_max_minor, 3000);
    for (int kind = POLICY_LOCK_USER; kind <= POLICY_LOCK_LAW; kind++) {
        assert_non_null(pack_lock_of(cn, (enum policy_lock_kind)kind));
    }
    pack_free(cn);
    pack_free(eu);
}

/* The sums of announcement 43 (2015), art. 11, each as written there. */
static void test_class_limits_of_cn(void **state)
{
    struct pack *cn = shipped("cn");
    static const struct {
        size_t level;
        const char *code;
        int period;
        uint32_t operations;
        int64_t minor;
    } wanted[] = {
        {0, "lifetime_out", POLICY_LIFETIME,
         1u << POLICY_PAYMENT | 1u << POLICY_TRANSFER | 1u << POLICY_WITHDRAWAL, 100000},
        {1, "year_out", POLICY_YEAR, 1u << POLICY_PAYMENT | 1u << POLICY_TRANSFER, 10000000},
        {2, "year_out", POLICY_YEAR, 1u << POLICY_PAYMENT | 1u << POLICY_TRANSFER, 20000000},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        const struct pack_level *level = pack_level_at(cn, wanted[i].level);
        const struct pack_limit *limit = level->limits.items;

        assert_string_equal(limit->code, wanted[i].code);
        assert_int_equal(limit->period, wanted[i].period);
        assert_int_equal(limit->operations, wanted[i].operations);
        assert_int_equal(limit->amount_minor, wanted[i].minor);
    }
    pack_free(cn);
}

static void test_levels_are_reached(void **state)
{
    struct pack *cn = shipped("cn");

    (void)state;
    assert_int_equal(policy_level_of(cn, (struct level_facts){0}), 0);
    assert_int_equal(policy_level_of(cn, (struct level_facts){.channels = 1}), 1);
    assert_int_equal(policy_level_of(cn, (struct level_facts){.channels = 2}), 1);
    assert_int_equal(policy_level_of(cn, (struct level_facts){.channels = 3}), 2);
    assert_int_equal(policy_level_of(cn, (struct level_facts){.channels = 4}), 2);
    assert_int_equal(policy_level_of(cn, (struct level_facts){.channels = 5}), 3);
    assert_int_equal(policy_level_of(cn, (struct level_facts){.in_person = true}), 3);
    pack_free(cn);
}

#define F(name) (1u << POLICY_FACTOR_##name)

static void test_strength(void **state)
{
    (void)state;
    assert_int_equal(policy_strength_of(0), POLICY_STRENGTH_NONE);
    assert_int_equal(policy_strength_of(F(PIN)), POLICY_STRENGTH_SINGLE);
    assert_int_equal(policy_strength_of(F(PIN) | F(PASSWORD)), POLICY_STRENGTH_SINGLE);
    assert_int_equal(policy_strength_of(F(CODE) | F(TOTP)), POLICY_STRENGTH_SINGLE);
    assert_int_equal(policy_strength_of(F(PIN) | F(CODE)), POLICY_STRENGTH_DOUBLE);
    assert_int_equal(policy_strength_of(F(PASSWORD) | F(TOTP)), POLICY_STRENGTH_DOUBLE);
    assert_int_equal(policy_strength_of(F(PASSKEY)), POLICY_STRENGTH_SIGNED);
}

/* ---- confirmation of payments: announcement 43, art. 24 ---- */

struct step_case {
    const char *name;
    int64_t minor;
    int64_t none, single, twice; /* used today, by strength */
    bool quick_pay_on;
    int strength;
    uint32_t first_way;
};

static void test_step_up_of_payments(void **state)
{
    static const struct step_case cases[] = {
        {"quick pay", 20000, 0, 0, 0, true, POLICY_STRENGTH_NONE, 0},
        {"quick pay is off", 20000, 0, 0, 0, false, POLICY_STRENGTH_SINGLE, F(PIN)},
        {"quick pay to the fen", 100000, 0, 0, 0, true, POLICY_STRENGTH_NONE, 0},
        {"one fen more", 100001, 0, 0, 0, true, POLICY_STRENGTH_DOUBLE, F(PIN) | F(CODE)},
        {"quick pay used up", 20000, 80001, 0, 0, true, POLICY_STRENGTH_DOUBLE, F(PIN) | F(CODE)},
        {"single counts quick pay", 50000, 50000, 0, 0, false, POLICY_STRENGTH_SINGLE, F(PIN)},
        {"single is full", 50001, 20000, 30000, 0, false, POLICY_STRENGTH_DOUBLE, F(PIN) | F(CODE)},
        {"double counts all below", 100000, 50000, 50000, 300000, false, POLICY_STRENGTH_DOUBLE,
         F(PIN) | F(CODE)},
        {"double is full", 100001, 50000, 50000, 300000, false, POLICY_STRENGTH_SIGNED, F(PASSKEY)},
        {"all of it", MONEY_MINOR_MAX, 0, 0, 0, true, POLICY_STRENGTH_SIGNED, F(PASSKEY)},
        {"no sum overflows", MONEY_MINOR_MAX, MONEY_MINOR_MAX, MONEY_MINOR_MAX, MONEY_MINOR_MAX,
         true, POLICY_STRENGTH_SIGNED, F(PASSKEY)},
    };
    struct pack *cn = shipped("cn");

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const struct step_case *c = &cases[i];
        const struct step_up_use use = {
            .amount = {c->minor, CURRENCY_CNY},
            .day_minor = {[POLICY_STRENGTH_NONE] = c->none,
                          [POLICY_STRENGTH_SINGLE] = c->single,
                          [POLICY_STRENGTH_DOUBLE] = c->twice},
            .quick_pay_on = c->quick_pay_on,
        };
        struct step_up_policy policy;

        print_message("  %s\n", c->name);
        assert_int_equal(policy_step_up_of(cn, POLICY_ACTION_PAYMENT, &use, &policy), ERR_OK);
        assert_int_equal(policy.strength, c->strength);
        assert_int_equal(policy.is_free, c->strength == POLICY_STRENGTH_NONE);
        assert_int_equal(policy.way_count > 0 ? policy.ways[0] : 0, c->first_way);
    }
    pack_free(cn);
}

static void test_step_up_without_money(void **state)
{
    struct pack *cn = shipped("cn");
    struct step_up_policy policy = {0};
    const struct step_up_use dollars = {.amount = {100, CURRENCY_USD}};

    (void)state;
    for (int action = 1; action <= POLICY_ACTION_MAX; action++) {
        assert_int_equal(policy_step_up_of(cn, (enum policy_action)action,
                                           &(struct step_up_use){.quick_pay_on = false}, &policy),
                         ERR_OK);
        assert_int_equal(policy.is_free, action == POLICY_ACTION_CARD_BIND);
        /* What a way asks for is worth what the band claims, or more. */
        for (size_t i = 0; i < policy.way_count; i++) {
            assert_true((int)policy_strength_of(policy.ways[i]) >= policy.strength);
        }
    }
    assert_int_equal(policy_step_up_of(cn, POLICY_ACTION_TRANSFER, &dollars, &policy),
                     ERR_CURRENCY_UNSUPPORTED);
    pack_free(cn);
}

/* ---- rejections ---- */

struct rejection {
    const char *from, *to; /* the first `from` of the shipped cn pack becomes `to` */
    const char *where, *what;
};

static char *replaced(const struct rejection *rejection, const char *text, size_t length)
{
    const char *at = strstr(text, rejection->from);
    size_t from = strlen(rejection->from), to = strlen(rejection->to);
    char *ret = malloc(length + to + 1);

    assert_non_null(at);
    assert_non_null(ret);
    memcpy(ret, text, (size_t)(at - text));
    memcpy(ret + (at - text), rejection->to, to);
    memcpy(ret + (at - text) + to, at + from, length - (size_t)(at - text) - from + 1);
    return ret;
}

/* The line on which the first changed byte is; 1 for rules between values. */
static uint32_t line_in(const char *text, const char *at)
{
    uint32_t line = 1;

    for (const char *p = text; p < at; p++) {
        line += *p == '\n';
    }
    return line;
}

#define BAND                                                                                       \
    "{strength: single, day_max: \"1000.00\", ways: [{factors: [pin]}, {factors: [passkey]}]}"
#define LAST "{strength: signed, ways: [{factors: [passkey]}]}"

static const struct rejection rejections[] = {
    {"pack: cn", "pack: [cn]", "pack", "must be a single value"},
    {"pack: cn", "pack: \"\"", "pack", "must not be empty"},
    {"pack: cn", "pack: a_name_that_is_too_long", "pack", "is too long"},
    {"version: 1", "version: 0", "version", "must be 1 to 1000000"},
    {"version: 1", "version: one", "version", "must be a whole number"},
    {"version: 1", "version: \"1\"", "version", "must be a whole number"},
    {"version: 1", "version: 1.0", "version", "must be a whole number"},
    {"version: 1\n", "version: 1\nextra: 1\n", "extra", "unknown key"},
    {"version: 1\n", "version: 1\nversion: 1\n", "", "a key stands twice in one map"},
    {"version: 1\n", "version: &a 1\n", "", "anchors, aliases and tags are not used here"},
    {"version: 1\n", "version: *a\n", "", "anchors, aliases and tags are not used here"},
    {"version: 1\n", "version: !!int 1\n", "", "anchors, aliases and tags are not used here"},
    {"version: 1\n", "<<: {version: 1}\n", "", "merge keys are not used here"},
    {"version: 1\n", "version: 1\n? [a]\n: 1\n", "", "a key must be a text"},
    {"2026-11-01", "2026-11-31", "effective_from", "must be a date such as 2026-01-31"},
    {"2026-11-01", "2026-02-29", "effective_from", "must be a date such as 2026-01-31"},
    {"zh: 中国大陆, ", "", "title.en", NULL},
    {"currency: CNY", "currency: XAU", "currency", "unknown currency"},
    {"currency: CNY", "currency: {a: b}", "currency", "must be given as a single value"},
    {"currency: CNY\n", "", "currency", "must be given as a single value"},
    {"time_zone: {", "time_zone: [{", NULL, NULL},
    {"offset_minutes: 480", "offset_minutes: 9999", "time_zone.offset_minutes",
     "must be -720 to 840"},
    {"daylight_saving: none", "daylight_saving: us", "time_zone.daylight_saving",
     "unknown word: us"},
    {"weekend: [saturday", "weekend: [sunday", "calendar.weekend", "stands twice: sunday"},
    {"weekend: [saturday, sunday]", "weekend: []", "calendar.weekend", "must not be empty"},
    {"weekend: [saturday, sunday]", "weekend: saturday", "calendar.weekend", "must be a list"},
    {"weekend: [saturday", "weekend: [{a: b}", "calendar.weekend", "must be a word"},
    {"date: 2026-01-02", "date: 2026-01-01", "calendar.holidays[1]", "dates must rise"},
    {"date: 2026-10-07", "date: 2027-10-07", "calendar.holidays[32]", "lies after known_until"},
    {"date: 2026-10-10", "date: 2027-10-10", "calendar.work_days[5]", "lies after known_until"},
    {"    channels_min: 1\n", "", "levels[0].channels_min", NULL},
    {"channels_min: 3", "channels_min: 0", "levels[1].channels_min", "must be 1 to 16"},
    {"channels_min: 5", "channels_min: 2", "levels[2]", "asks for less than the level below"},
    {"in_person_suffices: true", "in_person_suffices: yes", "levels[0].in_person_suffices",
     "must be true or false"},
    {"operations: [payment, transfer, withdrawal, top_up]", "operations: [payment, transfer]",
     "levels[0]", "limits an operation that the level does not offer"},
    {"operations: [payment, transfer, withdrawal, top_up]", "operations: [gamble]",
     "levels[0].operations", "unknown word: gamble"},
    {"balance_max: \"1000.00\"", "balance_max: \"-1.00\"", "levels[0].balance_max",
     "must be an amount such as \"100.00\""},
    {"amount: \"1000.00\"", "amount: \"1000.001\"", "levels[0].limits[0].amount",
     "must be an amount such as \"100.00\""},
    {"amount: \"1000.00\"", "amount: lots", "levels[0].limits[0].amount",
     "must be an amount such as \"100.00\""},
    {"count: 20", "count: 0", "levels[0].limits[2].count", "must be 1 to 1000000"},
    {"period: each, amount: \"1000.00\"", "period: each, amount: \"1000.00\", count: 1",
     "levels[0]", "a limit for each operation has no count"},
    {"code: each_out", "code: lifetime_out", "levels[0]", "two limits have the same code"},
    {"amount: \"200000.00\"", "amount: \"99999.99\"", "levels[2]",
     "allows less than the level below"},
    {"    channels_min: 3\n", "    channels_min: 3\n    balance_max: \"900.00\"\n", "levels[1]",
     "allows less than the level below"},
    {BAND, "{strength: single, ways: []}", "step_up[0].bands[1].ways", "has too few items"},
    {BAND, "{strength: single, ways: [{factors: [pin]}]}", "step_up[0]",
     "only the last band may be without bounds"},
    {BAND, "{strength: single, day_max: \"1.00\", ways: [{factors: []}]}", "step_up[0]",
     "strength none and no factors go together"},
    {BAND, "{strength: single, day_max: \"1.00\", ways: [{factors: [eyes]}]}",
     "step_up[0].bands[1].ways[0].factors", "unknown word: eyes"},
    {BAND, "{strength: single, quick_pay: true, day_max: \"1.00\", ways: [{factors: [pin]}]}",
     "step_up[0]", "quick pay asks for no factor"},
    {LAST, "{strength: signed, day_max: \"1.00\", ways: [{factors: [passkey]}]}", "step_up[0]",
     "the last band must have no bounds"},
    {LAST, "{strength: none, quick_pay: true, ways: [{factors: []}]}", "step_up[0]",
     "the last band must have no bounds"},
    {"- action: transfer", "- action: payment", "step_up[1]", "the action stands twice"},
    {"  - action: export\n    bands: [{strength: single, ways: [{factors: [passkey]}, {factors: "
     "[password]}, {factors: [pin]}]}]\n",
     "", "step_up", "the action export is missing"},
    {"each_default: \"200.00\"", "each_default: \"1000.01\"", "quick_pay",
     "a proposal or a single payment above its bound"},
    {"limits_raise: 24", "limits_raise: 999999", "cooling_hours.limits_raise", "must be 0 to 2160"},
    {"age_min: 16", "age_min: 200", "verification.age_min", "must be 0 to 120"},
    {"cards_max: 15", "cards_max: 0", "cards.cards_max", "must be 1 to 50"},
    {"digits_min: 11", "digits_min: 12", "phone", "digits_min is above digits_max"},
    {"kind: brute_force", "kind: user", "locks[1]", "the kind stands twice"},
    {"kind: sms", "kind: pigeon", "contacts[1].kind", "unknown word: pigeon"},
    {"levels:", "levels: []\nnothing:", "levels", "has too few items"},
};

static void test_rejections(void **state)
{
    struct arena *arena = arena_create((size_t)1 << 22);
    const char *text;
    size_t length;

    (void)state;
    assert_int_equal(pack_file_read(NULL, "cn", arena, &text, &length), ERR_OK);
    for (size_t i = 0; i < ARRAY_COUNT(rejections); i++) {
        const struct rejection *rejection = &rejections[i];
        char *changed = replaced(rejection, text, length);
        struct policy_fault fault = {0};
        struct pack *pack = NULL;

        print_message("  %s -> %s\n", rejection->from, rejection->to);
        assert_int_equal(pack_parse(changed, strlen(changed), &pack, &fault), ERR_PACK_INVALID);
        assert_null(pack);
        assert_true(fault.line >= 1 && fault.what[0] != '\0');
        if (rejection->what != NULL) {
            assert_string_equal(fault.where, rejection->where);
            assert_string_equal(fault.what, rejection->what);
        }
        free(changed);
    }
    arena_free(arena);
}

static void test_the_line_is_named(void **state)
{
    struct arena *arena = arena_create((size_t)1 << 22);
    const struct rejection at = {"kind: sms", "kind: pigeon", NULL, NULL};
    struct policy_fault fault = {0};
    char message[POLICY_FAULT_TEXT_MAX], wanted[POLICY_FAULT_TEXT_MAX];
    struct pack *pack = NULL;
    const char *text;
    size_t length;
    char *changed;

    (void)state;
    assert_int_equal(pack_file_read(NULL, "cn", arena, &text, &length), ERR_OK);
    changed = replaced(&at, text, length);
    assert_int_equal(pack_parse(changed, strlen(changed), &pack, &fault), ERR_PACK_INVALID);
    assert_int_equal(fault.line, line_in(text, strstr(text, "kind: sms")));
    policy_fault_text(&fault, NULL, "cn", message);
    snprintf(wanted, sizeof(wanted), "packs/cn.yaml:%u: contacts[1].kind: unknown word: pigeon",
             fault.line);
    assert_string_equal(message, wanted);
    free(changed);
    arena_free(arena);
}

static void refuse(const char *text, size_t length, const char *what)
{
    struct policy_fault fault = {0};
    struct pack *pack = NULL;

    assert_int_equal(pack_parse(text, length, &pack, &fault), ERR_PACK_INVALID);
    assert_string_equal(fault.what, what);
}

static void test_texts_that_are_no_document(void **state)
{
    static const char deep[] = "a: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]";
    struct buf buf;

    (void)state;
    refuse("", 0, "the document is empty");
    refuse("a: b\n---\na: b\n", 14, "there is more than one document");
    refuse("\xff\xfe", 2, "the document is not UTF-8");
    refuse("a: \"\\0\"", 7, "a text holds a NUL byte");
    refuse("just a text", 11, "must be a map");
    refuse(deep, strlen(deep), "lists and maps are nested too deeply");
    buf_init(&buf, (size_t)4 << 20);
    buf_add_str(&buf, "a: [");
    for (size_t i = 0; i <= YAML_NODES_MAX; i++) {
        buf_add_str(&buf, "1,");
    }
    buf_add_str(&buf, "]");
    refuse((const char *)buf.data, buf.length, "the document has too many values");
    while (buf.length <= YAML_TEXT_BYTES_MAX) {
        buf_add_str(&buf, "# a long comment\n");
    }
    refuse((const char *)buf.data, buf.length, "the document is too large");
    buf_done(&buf);
}

static void test_files(void **state)
{
    char directory[] = "/tmp/jn-packs-XXXXXX", path[64];
    struct policy_fault fault = {0};
    struct pack *pack = NULL;
    FILE *file;

    (void)state;
    assert_non_null(mkdtemp(directory));
    assert_int_equal(pack_load(NULL, "xx", &pack, &fault), ERR_PACK_NOT_FOUND);
    assert_int_equal(pack_load(NULL, "../cn", &pack, &fault), ERR_PACK_NOT_FOUND);
    assert_int_equal(pack_load(directory, "cn", &pack, &fault), ERR_PACK_NOT_FOUND);
    snprintf(path, sizeof(path), "%s/mine.yaml", directory);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs("pack: cn\n", file);
    fclose(file);
    assert_int_equal(pack_load(directory, "mine", &pack, &fault), ERR_PACK_INVALID);
    assert_string_equal(fault.what, "must be given as a single value");
    unlink(path);
    rmdir(directory);
}

static void test_dates(void **state)
{
    int32_t days = 0;

    (void)state;
    assert_int_equal(date_days(1970, 1, 1), 0);
    assert_int_equal(date_days(2000, 2, 29), 11016);
    assert_true(date_parse("2026-11-22", 10, &days));
    assert_int_equal(days, 20779);
    for (int32_t day = date_days(1900, 1, 1); day <= date_days(2999, 12, 31); day += 17) {
        struct date date = date_of_days(day);

        assert_int_equal(date_days(date.year, date.month, date.day), day);
    }
    assert_false(date_parse("1900-02-29", 10, &days));
    assert_false(date_parse("2026-1-22", 9, &days));
    assert_false(date_parse("2026/11/22", 10, &days));
    assert_false(date_parse("2026-00-22", 10, &days));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped_packs),
        cmocka_unit_test(test_class_limits_of_cn),
        cmocka_unit_test(test_levels_are_reached),
        cmocka_unit_test(test_strength),
        cmocka_unit_test(test_step_up_of_payments),
        cmocka_unit_test(test_step_up_without_money),
        cmocka_unit_test(test_rejections),
        cmocka_unit_test(test_the_line_is_named),
        cmocka_unit_test(test_texts_that_are_no_document),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_dates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

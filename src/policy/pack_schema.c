/* pack_schema.c — the tables by which a pack is read (docs/packs.md says what the keys mean). */
#include "policy/pack_int.h"

#define END         {.name = NULL}
#define AT(s, m)    .offset = offsetof(struct s, m)
#define DAYS_MAX    366
#define HOURS_MAX   (24 * 90)
#define MINUTES_MAX (60 * 24 * 365)

/* ---- words ---- */

static const struct schema_word operations[] = {{"payment", POLICY_PAYMENT},
                                                {"transfer", POLICY_TRANSFER},
                                                {"withdrawal", POLICY_WITHDRAWAL},
                                                {"top_up", POLICY_TOP_UP},
                                                END};
static const struct schema_word periods[] = {{"each", POLICY_EACH},         {"day", POLICY_DAY},
                                             {"month", POLICY_MONTH},       {"year", POLICY_YEAR},
                                             {"lifetime", POLICY_LIFETIME}, END};
static const struct schema_word factors[] = {
    {"pin", POLICY_FACTOR_PIN},           {"totp", POLICY_FACTOR_TOTP},
    {"passkey", POLICY_FACTOR_PASSKEY},   {"code", POLICY_FACTOR_CODE},
    {"password", POLICY_FACTOR_PASSWORD}, END};
static const struct schema_word strengths[] = {{"none", POLICY_STRENGTH_NONE},
                                               {"single", POLICY_STRENGTH_SINGLE},
                                               {"double", POLICY_STRENGTH_DOUBLE},
                                               {"signed", POLICY_STRENGTH_SIGNED},
                                               END};
static const struct schema_word actions[] = {{"payment", POLICY_ACTION_PAYMENT},
                                             {"transfer", POLICY_ACTION_TRANSFER},
                                             {"withdrawal", POLICY_ACTION_WITHDRAWAL},
                                             {"top_up", POLICY_ACTION_TOP_UP},
                                             {"card_bind", POLICY_ACTION_CARD_BIND},
                                             {"card_unbind", POLICY_ACTION_CARD_UNBIND},
                                             {"limits_raise", POLICY_ACTION_LIMITS_RAISE},
                                             {"quick_pay", POLICY_ACTION_QUICK_PAY},
                                             {"credential", POLICY_ACTION_CREDENTIAL},
                                             {"contact", POLICY_ACTION_CONTACT},
                                             {"export", POLICY_ACTION_EXPORT},
                                             {"close", POLICY_ACTION_CLOSE},
                                             {"unfreeze", POLICY_ACTION_UNFREEZE},
                                             END};
static const struct schema_word lock_kinds[] = {{"user", POLICY_LOCK_USER},
                                                {"brute_force", POLICY_LOCK_BRUTE_FORCE},
                                                {"risk", POLICY_LOCK_RISK},
                                                {"law", POLICY_LOCK_LAW},
                                                END};
static const struct schema_word works[] = {{"sign_in", POLICY_WORKS_SIGN_IN},
                                           {"read", POLICY_WORKS_READ},
                                           {"receive", POLICY_WORKS_RECEIVE},
                                           {"complain", POLICY_WORKS_COMPLAIN},
                                           {"export", POLICY_WORKS_EXPORT},
                                           {"top_up", POLICY_WORKS_TOP_UP},
                                           END};
static const struct schema_word contact_kinds[] = {
    {"phone", POLICY_CONTACT_PHONE},         {"sms", POLICY_CONTACT_SMS},
    {"email", POLICY_CONTACT_EMAIL},         {"domain", POLICY_CONTACT_DOMAIN},
    {"authority", POLICY_CONTACT_AUTHORITY}, END};
static const struct schema_word checks[] = {{"name_id", POLICY_CHECK_NAME_ID},
                                            {"phone", POLICY_CHECK_PHONE},
                                            {"card", POLICY_CHECK_CARD},
                                            {"in_person", POLICY_CHECK_IN_PERSON},
                                            END};
static const struct schema_word id_kinds[] = {{"cn_resident", POLICY_ID_CN_RESIDENT},
                                              {"passport", POLICY_ID_PASSPORT},
                                              {"national", POLICY_ID_NATIONAL},
                                              END};
static const struct schema_word daylight[] = {
    {"none", POLICY_DST_NONE}, {"eu", POLICY_DST_EU}, END};
static const struct schema_word week[] = {
    {"monday", 1}, {"tuesday", 2},  {"wednesday", 3}, {"thursday", 4},
    {"friday", 5}, {"saturday", 6}, {"sunday", 7},    END};

static const char *name_of(const struct schema_word *words, int value)
{
    for (const struct schema_word *word = words; word->name != NULL; word++) {
        if (word->value == value) {
            return word->name;
        }
    }
    return NULL;
}

const char *policy_operation_name(enum policy_operation operation)
{
    return name_of(operations, operation);
}

const char *policy_period_name(enum policy_period period)
{
    return name_of(periods, period);
}

const char *policy_factor_name(enum policy_factor factor)
{
    return name_of(factors, factor);
}

const char *policy_action_name(enum policy_action action)
{
    return name_of(actions, action);
}

/* ---- maps ---- */

static const struct schema_field text_fields[] = {
    {"zh", SCHEMA_TEXT, AT(pack_text, zh)}, {"en", SCHEMA_TEXT, AT(pack_text, en)}, END};
#define TEXTS_AT(s, m) SCHEMA_MAP, AT(s, m), .fields = text_fields

static const struct schema_field limit_fields[] = {
    {"code", SCHEMA_TEXT, AT(pack_limit, code), .max = 32},
    {"operations", SCHEMA_WORDS, AT(pack_limit, operations), .min = 1, .words = operations},
    {"period", SCHEMA_WORD, AT(pack_limit, period), .words = periods},
    {"amount", SCHEMA_AMOUNT, AT(pack_limit, amount_minor)},
    {"count", SCHEMA_NUMBER, true, AT(pack_limit, count_max), .min = 1, .max = 1000000},
    END};

static const struct schema_field level_fields[] = {
    {"code", SCHEMA_TEXT, AT(pack_level, code), .max = 8},
    {"title", TEXTS_AT(pack_level, title)},
    {"summary", TEXTS_AT(pack_level, summary)},
    {"channels_min", SCHEMA_NUMBER, AT(pack_level, channels_min), .min = 1, .max = 16},
    {"in_person_suffices", SCHEMA_BOOL, AT(pack_level, in_person_suffices)},
    {"operations", SCHEMA_WORDS, AT(pack_level, operations), .min = 1, .words = operations},
    {"balance_max", SCHEMA_AMOUNT, true, AT(pack_level, balance_max_minor)},
    {"limits", SCHEMA_LIST, AT(pack_level, limits), .min = 1, .max = PACK_LIMITS_MAX,
     .fields = limit_fields, .item_size = sizeof(struct pack_limit)},
    END};

static const struct schema_field way_fields[] = {
    {"factors", SCHEMA_WORDS, AT(pack_way, factors), .words = factors}, END};
static const struct schema_field band_fields[] = {
    {"strength", SCHEMA_WORD, AT(pack_band, strength), .words = strengths},
    {"quick_pay", SCHEMA_BOOL, true, AT(pack_band, is_quick_pay)},
    {"each_max", SCHEMA_AMOUNT, true, AT(pack_band, each_max_minor)},
    {"day_max", SCHEMA_AMOUNT, true, AT(pack_band, day_max_minor)},
    {"ways", SCHEMA_LIST, AT(pack_band, ways), .min = 1, .max = STEP_UP_WAYS_MAX,
     .fields = way_fields, .item_size = sizeof(struct pack_way)},
    END};
static const struct schema_field step_up_fields[] = {
    {"action", SCHEMA_WORD, AT(pack_step_up, action), .words = actions},
    {"bands", SCHEMA_LIST, AT(pack_step_up, bands), .min = 1, .max = 8, .fields = band_fields,
     .item_size = sizeof(struct pack_band)},
    END};

static const struct schema_field quick_pay_fields[] = {
    {"each_max", SCHEMA_AMOUNT, AT(pack_quick_pay, each_max_minor)},
    {"day_max", SCHEMA_AMOUNT, AT(pack_quick_pay, day_max_minor)},
    {"each_default", SCHEMA_AMOUNT, AT(pack_quick_pay, each_default_minor)},
    {"day_default", SCHEMA_AMOUNT, AT(pack_quick_pay, day_default_minor)},
    END};

#define HOURS(m) {#m, SCHEMA_NUMBER, AT(pack_cooling, m), .min = 0, .max = HOURS_MAX}
static const struct schema_field cooling_fields[] = {HOURS(limits_raise),
                                                     HOURS(recovery),
                                                     HOURS(contact_change),
                                                     HOURS(new_device),
                                                     HOURS(credential_change),
                                                     HOURS(account_close),
                                                     END};

static const struct schema_field lock_fields[] = {
    {"kind", SCHEMA_WORD, AT(pack_lock, kind), .words = lock_kinds},
    {"title", TEXTS_AT(pack_lock, title)},
    {"why", TEXTS_AT(pack_lock, why)},
    {"contest", TEXTS_AT(pack_lock, contest)},
    {"lasts_minutes", SCHEMA_NUMBER, AT(pack_lock, lasts_minutes), .min = 0, .max = MINUTES_MAX},
    {"review_business_days", SCHEMA_NUMBER, AT(pack_lock, review_business_days), .min = 0,
     .max = DAYS_MAX},
    {"still_works", SCHEMA_WORDS, AT(pack_lock, still_works), .min = 1, .words = works},
    END};

static const struct schema_field contact_fields[] = {
    {"kind", SCHEMA_WORD, AT(pack_contact, kind), .words = contact_kinds},
    {"value", SCHEMA_TEXT, AT(pack_contact, value), .max = 120},
    {"title", TEXTS_AT(pack_contact, title)},
    END};

static const struct schema_field verification_fields[] = {
    {"id_kinds", SCHEMA_WORDS, AT(pack_verification, id_kinds), .min = 1, .words = id_kinds},
    {"checks", SCHEMA_WORDS, AT(pack_verification, checks), .min = 1, .words = checks},
    {"age_min", SCHEMA_NUMBER, AT(pack_verification, age_min), .min = 0, .max = 120},
    {"attempts_per_day", SCHEMA_NUMBER, AT(pack_verification, attempts_per_day), .min = 1,
     .max = 100},
    {"review_business_days", SCHEMA_NUMBER, AT(pack_verification, review_business_days), .min = 1,
     .max = DAYS_MAX},
    END};

static const struct schema_field cards_fields[] = {
    {"cards_max", SCHEMA_NUMBER, AT(pack_cards, cards_max), .min = 1, .max = 50},
    {"code_required", SCHEMA_BOOL, AT(pack_cards, code_required)},
    END};

static const struct schema_field phone_fields[] = {
    {"country_code", SCHEMA_TEXT, AT(pack_phone, country_code), .max = 3},
    {"digits_min", SCHEMA_NUMBER, AT(pack_phone, digits_min), .min = 4, .max = 15},
    {"digits_max", SCHEMA_NUMBER, AT(pack_phone, digits_max), .min = 4, .max = 15},
    {"first_digits", SCHEMA_TEXT, AT(pack_phone, first_digits), .max = 10},
    END};

static const struct schema_field alerts_fields[] = {
    {"sms_from", SCHEMA_AMOUNT, AT(pack_alerts, sms_from_minor)},
    {"email_from", SCHEMA_AMOUNT, AT(pack_alerts, email_from_minor)},
    {"quiet_from_hour", SCHEMA_NUMBER, AT(pack_alerts, quiet_from_hour), .min = 0, .max = 23},
    {"quiet_until_hour", SCHEMA_NUMBER, AT(pack_alerts, quiet_until_hour), .min = 0, .max = 23},
    END};

static const struct schema_field time_zone_fields[] = {
    {"name", SCHEMA_TEXT, AT(pack_time_zone, name), .max = 64},
    {"offset_minutes", SCHEMA_NUMBER, AT(pack_time_zone, offset_minutes), .min = -720, .max = 840},
    {"daylight_saving", SCHEMA_WORD, AT(pack_time_zone, daylight_saving), .words = daylight},
    END};

static const struct schema_field day_fields[] = {
    {"date", SCHEMA_DATE, AT(pack_day, date)},
    {"name", SCHEMA_TEXT, AT(pack_day, name), .max = 64},
    END};
static const struct schema_field calendar_fields[] = {
    {"weekend", SCHEMA_WORDS, AT(pack_calendar, weekend), .min = 1, .words = week},
    {"known_until", SCHEMA_DATE, AT(pack_calendar, known_until)},
    {"holidays", SCHEMA_LIST, AT(pack_calendar, holidays), .fields = day_fields,
     .item_size = sizeof(struct pack_day)},
    {"work_days", SCHEMA_LIST, AT(pack_calendar, work_days), .fields = day_fields,
     .item_size = sizeof(struct pack_day)},
    END};

const struct schema_field pack_fields[] = {
    {"pack", SCHEMA_TEXT, AT(pack, name), .max = PACK_NAME_MAX},
    {"version", SCHEMA_NUMBER, AT(pack, version), .min = 1, .max = 1000000},
    {"effective_from", SCHEMA_DATE, AT(pack, effective_from)},
    {"title", TEXTS_AT(pack, title)},
    {"currency", SCHEMA_TEXT, AT(pack, currency_code), .max = 3},
    {"time_zone", SCHEMA_MAP, AT(pack, time_zone), .fields = time_zone_fields},
    {"calendar", SCHEMA_MAP, AT(pack, calendar), .fields = calendar_fields},
    {"levels", SCHEMA_LIST, AT(pack, levels), .min = 1, .max = PACK_LEVELS_MAX,
     .fields = level_fields, .item_size = sizeof(struct pack_level)},
    {"step_up", SCHEMA_LIST, AT(pack, step_up), .min = 1, .max = POLICY_ACTION_MAX,
     .fields = step_up_fields, .item_size = sizeof(struct pack_step_up)},
    {"quick_pay", SCHEMA_MAP, AT(pack, quick_pay), .fields = quick_pay_fields},
    {"cooling_hours", SCHEMA_MAP, AT(pack, cooling_hours), .fields = cooling_fields},
    {"verification", SCHEMA_MAP, AT(pack, verification), .fields = verification_fields},
    {"cards", SCHEMA_MAP, AT(pack, cards), .fields = cards_fields},
    {"phone", SCHEMA_MAP, AT(pack, phone), .fields = phone_fields},
    {"alerts", SCHEMA_MAP, AT(pack, alerts), .fields = alerts_fields},
    {"locks", SCHEMA_LIST, AT(pack, locks), .min = 1, .max = 8, .fields = lock_fields,
     .item_size = sizeof(struct pack_lock)},
    {"contacts", SCHEMA_LIST, AT(pack, contacts), .min = 1, .max = 64, .fields = contact_fields,
     .item_size = sizeof(struct pack_contact)},
    END};

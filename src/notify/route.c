/* route.c — see route.h. */
#include "notify/route.h"

#define MINUTE_US       (INT64_C(60) * 1000000)
#define BACKOFF_US      (INT64_C(5) * 1000000)
#define BACKOFF_MAX_US  (INT64_C(3600) * 1000000)
#define FROM_MAX        MONEY_MINOR_MAX
#define HUNDREDTHS_EXP  2
#define BACKOFF_DOUBLES 11

void notify_preferences_default(struct notify_preferences *ret)
{
    *ret = (struct notify_preferences){
        .choices =
            NOTIFY_MONEY_SMS | NOTIFY_MONEY_EMAIL | NOTIFY_SERVICE_IN_APP | NOTIFY_SERVICE_EMAIL,
        .utc_offset_min = 480,
        .quiet_from_min = 22 * 60,
        .quiet_to_min = 8 * 60,
        .sms_from = 10000,
        .email_from = 100000,
    };
}

static bool within(int64_t value, int64_t min, int64_t max)
{
    return value >= min && value <= max;
}

bool notify_preferences_ok(const struct notify_preferences *p)
{
    return (p->choices & ~NOTIFY_CHOICES_ALL) == 0 &&
           within(p->utc_offset_min, NOTIFY_UTC_OFFSET_MIN, NOTIFY_UTC_OFFSET_MAX) &&
           within(p->quiet_from_min, 0, NOTIFY_MINUTES_A_DAY - 1) &&
           within(p->quiet_to_min, 0, NOTIFY_MINUTES_A_DAY - 1) &&
           within(p->sms_from, 0, FROM_MAX) && within(p->email_from, 0, FROM_MAX);
}

/* The choice that stands for a kind and a channel; 0: nothing to choose. */
static uint32_t choice_of(enum notify_kind kind, enum notify_channel channel)
{
    switch (kind) {
    case NOTIFY_SECURITY:
        return 0;
    case NOTIFY_MONEY:
        return channel == NOTIFY_IN_APP ? 0
               : channel == NOTIFY_SMS  ? NOTIFY_MONEY_SMS
                                        : NOTIFY_MONEY_EMAIL;
    case NOTIFY_SERVICE:
        return channel == NOTIFY_IN_APP ? NOTIFY_SERVICE_IN_APP
               : channel == NOTIFY_SMS  ? NOTIFY_SERVICE_SMS
                                        : NOTIFY_SERVICE_EMAIL;
    case NOTIFY_MARKETING:
        return channel == NOTIFY_IN_APP ? NOTIFY_MARKETING_IN_APP
               : channel == NOTIFY_SMS  ? NOTIFY_MARKETING_SMS
                                        : NOTIFY_MARKETING_EMAIL;
    }
    BUG_IF(true);
}

/* Compared in hundredths of the unit, whatever the currency's exponent. */
static bool reaches(struct money amount, int64_t from)
{
    if (amount.currency == CURRENCY_NONE) {
        return true;
    }
    int exponent = currency_exponent(amount.currency);
    int64_t minor = amount.minor < 0 ? -amount.minor : amount.minor;
    __int128 left = minor, right = from;

    for (int i = exponent; i < HUNDREDTHS_EXP; i++) {
        left *= 10;
    }
    for (int i = HUNDREDTHS_EXP; i < exponent; i++) {
        right *= 10;
    }
    return left >= right;
}

static bool is_wanted(const struct notify_case *what, enum notify_channel channel)
{
    uint32_t choice = choice_of(what->topic->kind, channel);

    if ((what->topic->channels & channel) == 0) {
        return false;
    }
    if (choice != 0 && (what->preferences->choices & choice) == 0) {
        return false;
    }
    if (what->topic->kind != NOTIFY_MONEY || channel == NOTIFY_IN_APP) {
        return true;
    }
    return reaches(what->amount, channel == NOTIFY_SMS ? what->preferences->sms_from
                                                       : what->preferences->email_from);
}

static bool may_wait(const struct notify_topic *topic)
{
    return topic->kind != NOTIFY_SECURITY &&
           !(topic->kind == NOTIFY_MONEY && topic->severity != NOTIFY_INFO);
}

int64_t notify_after_quiet(const struct notify_preferences *p, int64_t now_us)
{
    int64_t local_us = now_us + p->utc_offset_min * MINUTE_US;
    int64_t day_us = NOTIFY_MINUTES_A_DAY * MINUTE_US;
    int64_t in_day_us = ((local_us % day_us) + day_us) % day_us;
    int64_t from_us = p->quiet_from_min * MINUTE_US, to_us = p->quiet_to_min * MINUTE_US;
    bool quiet = from_us < to_us ? in_day_us >= from_us && in_day_us < to_us
                                 : from_us != to_us && (in_day_us >= from_us || in_day_us < to_us);

    if (!quiet) {
        return now_us;
    }
    return now_us + (to_us - in_day_us + day_us) % day_us;
}

static void add_way(const struct notify_case *what, const struct notify_contact *contact,
                    struct notify_ways *ret)
{
    bool quiet = contact->channel == NOTIFY_SMS && may_wait(what->topic);

    if (ret->count == NOTIFY_CONTACTS_MAX) {
        return;
    }
    ret->ways[ret->count].contact_id = contact->contact_id;
    ret->ways[ret->count].channel = contact->channel;
    ret->ways[ret->count].due_at_us =
        quiet ? notify_after_quiet(what->preferences, what->now_us) : what->now_us;
    ret->count++;
}

static void add_channel(const struct notify_case *what, enum notify_channel channel,
                        struct notify_ways *ret)
{
    for (size_t i = 0; i < what->contact_count; i++) {
        const struct notify_contact *contact = &what->contacts[i];

        if (contact->channel != channel || !contact->confirmed) {
            continue;
        }
        add_way(what, contact, ret);
        if (!what->topic->every_contact) {
            return;
        }
    }
}

void notify_route(const struct notify_case *what, struct notify_ways *ret)
{
    *ret = (struct notify_ways){.in_app = is_wanted(what, NOTIFY_IN_APP)};
    if (what->only_contact_id != 0) {
        for (size_t i = 0; i < what->contact_count; i++) {
            if (what->contacts[i].contact_id == what->only_contact_id &&
                (what->topic->channels & what->contacts[i].channel) != 0) {
                add_way(what, &what->contacts[i], ret);
            }
        }
        return;
    }
    if (is_wanted(what, NOTIFY_SMS)) {
        add_channel(what, NOTIFY_SMS, ret);
    }
    /* A secret goes one way only. */
    if (is_wanted(what, NOTIFY_EMAIL) && !(what->topic->secret && ret->count > 0)) {
        add_channel(what, NOTIFY_EMAIL, ret);
    }
}

int64_t notify_backoff_us(int64_t attempts)
{
    int64_t wait_us = BACKOFF_US;

    BUG_IF(attempts < 1);
    for (int64_t i = 1; i < attempts && i < BACKOFF_DOUBLES; i++) {
        wait_us *= 2;
    }
    return wait_us < BACKOFF_MAX_US ? wait_us : BACKOFF_MAX_US;
}

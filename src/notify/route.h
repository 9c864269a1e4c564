/* route.h — by which ways a message goes, and when. Pure.
 *
 * Security goes at once, to the app and to every way its topic names; nothing turns it off. Money
 * is always in the app; by SMS and e-mail if chosen and from an amount on. The rest is by choice.
 * Quiet hours hold back SMS of the rest and of money that came in or was released; money that goes
 * out is told at once, because somebody else may be spending it.
 *
 * Non-goals: the database, texts. */
#ifndef JN_NOTIFY_ROUTE_H
#define JN_NOTIFY_ROUTE_H

#include "core/money.h"
#include "notify/catalogue.h"

/* What can be chosen; bits of notify_choices. Append only: they are in the database. */
enum notify_choice {
    NOTIFY_MONEY_SMS = 1,
    NOTIFY_MONEY_EMAIL = 2,
    NOTIFY_SERVICE_IN_APP = 4,
    NOTIFY_SERVICE_SMS = 8,
    NOTIFY_SERVICE_EMAIL = 16,
    NOTIFY_MARKETING_IN_APP = 32,
    NOTIFY_MARKETING_SMS = 64,
    NOTIFY_MARKETING_EMAIL = 128,
};
#define NOTIFY_CHOICES_ALL 255u

#define NOTIFY_UTC_OFFSET_MIN (-720)
#define NOTIFY_UTC_OFFSET_MAX 840
#define NOTIFY_MINUTES_A_DAY  1440

struct notify_preferences {
    uint32_t choices;
    int32_t utc_offset_min;
    int32_t quiet_from_min, quiet_to_min; /* after midnight, local; equal: none */
    /* Movements below are not told that way: hundredths of the currency's unit, >= 0. */
    int64_t sms_from, email_from;
};
/* Money by SMS from 100.00 and by e-mail from 1000.00, service in the app and by e-mail, no
 * marketing; UTC+8, quiet from 22:00 to 8:00. */
void notify_preferences_default(struct notify_preferences *ret);
bool notify_preferences_ok(const struct notify_preferences *preferences);

#define NOTIFY_CONTACTS_MAX 16
struct notify_contact {
    int64_t contact_id;
    enum notify_channel channel; /* NOTIFY_SMS or NOTIFY_EMAIL */
    bool confirmed;              /* in use; others get only what is sent to them by name */
};

struct notify_ways {
    bool in_app;
    size_t count;
    struct {
        int64_t contact_id;
        enum notify_channel channel;
        int64_t due_at_us;
    } ways[NOTIFY_CONTACTS_MAX];
};

struct notify_case {
    const struct notify_topic *topic;
    const struct notify_preferences *preferences;
    const struct notify_contact *contacts; /* oldest first */
    size_t contact_count;
    int64_t only_contact_id; /* 0: any */
    struct money amount;     /* of a movement; CURRENCY_NONE: no amount, never below a threshold */
    int64_t now_us;
};
void notify_route(const struct notify_case *what, struct notify_ways *ret);

/* The first moment from now on that is not in quiet hours. */
int64_t notify_after_quiet(const struct notify_preferences *preferences, int64_t now_us);
/* How long after its n-th failed attempt (>= 1) a delivery waits: 5 s, doubling, at most an hour.
 */
int64_t notify_backoff_us(int64_t attempts);

#endif

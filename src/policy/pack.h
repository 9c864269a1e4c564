/* pack.h — a jurisdiction pack: what one place's rules say, as data (packs/NAME.yaml).
 *
 * Purpose: classes of accounts with their limits, which factors count for which amount, cooling
 * periods, the texts of locks, official contacts, the calendar. Code knows the mechanism, the pack
 * knows the numbers. docs/packs.md describes the file.
 *
 * Non-goals: who a person is and what they used (identity and limits.h know); message templates.
 *
 * Invariants of a pack that was loaded: every required value is there and in range; each operation
 * has step-up bands that end without bounds; limits of a higher level are never lower; every text
 * is in both languages. Read-only afterwards, so any thread may read it. */
#ifndef JN_POLICY_PACK_H
#define JN_POLICY_PACK_H

#include "core/err.h"
#include "policy/schema.h"

/* What moves money out of or into a wallet. The values are in the database. */
enum policy_operation {
    POLICY_PAYMENT = 1,
    POLICY_TRANSFER = 2,
    POLICY_WITHDRAWAL = 3,
    POLICY_TOP_UP = 4,
};
#define POLICY_OPERATION_MAX 4
/* "payment"; NULL for a value that is none. Static. */
const char *policy_operation_name(enum policy_operation operation);

enum policy_period {
    POLICY_EACH = 1, /* one operation by itself */
    POLICY_DAY = 2,  /* calendar days, months, years of the pack's time zone */
    POLICY_MONTH = 3,
    POLICY_YEAR = 4,
    POLICY_LIFETIME = 5,
};
#define POLICY_PERIOD_MAX 5
const char *policy_period_name(enum policy_period period);

struct pack_text {
    const char *zh, *en;
};

/* ---- levels ---- */

struct pack_limit {
    const char *code;    /* stable within the level: "year_out" */
    uint32_t operations; /* a bit (1 << operation) for each operation that counts together */
    int period;          /* enum policy_period */
    int64_t amount_minor;
    int64_t count_max; /* 0: the number of operations is not limited */
};

struct pack_level {
    const char *code; /* "I" */
    struct pack_text title, summary;
    int64_t channels_min;      /* independent sources that must have confirmed the person */
    bool in_person_suffices;   /* or one check face to face */
    uint32_t operations;       /* bits of what may be done at all */
    int64_t balance_max_minor; /* 0: none */
    struct schema_list limits; /* struct pack_limit */
};

/* ---- confirmation of operations ---- */

enum policy_factor {
    POLICY_FACTOR_PIN = 1,
    POLICY_FACTOR_TOTP = 2,
    POLICY_FACTOR_PASSKEY = 3,
    POLICY_FACTOR_CODE = 4, /* one-time code to the phone or e-mail */
    POLICY_FACTOR_PASSWORD = 5,
};
#define POLICY_FACTOR_MAX 5
const char *policy_factor_name(enum policy_factor factor);

/* How well an operation was confirmed; amounts are counted per day by it. */
enum policy_strength {
    POLICY_STRENGTH_NONE = 1,   /* quick pay: none */
    POLICY_STRENGTH_SINGLE = 2, /* fewer than two elements */
    POLICY_STRENGTH_DOUBLE = 3, /* two elements, none a digital signature */
    POLICY_STRENGTH_SIGNED = 4, /* two elements, one a digital signature over the operation */
};
#define POLICY_STRENGTH_MAX 4

enum policy_action {
    POLICY_ACTION_PAYMENT = 1,
    POLICY_ACTION_TRANSFER = 2,
    POLICY_ACTION_WITHDRAWAL = 3,
    POLICY_ACTION_TOP_UP = 4,
    POLICY_ACTION_CARD_BIND = 5,
    POLICY_ACTION_CARD_UNBIND = 6,
    POLICY_ACTION_LIMITS_RAISE = 7,
    POLICY_ACTION_QUICK_PAY = 8,  /* turn it on, or raise it */
    POLICY_ACTION_CREDENTIAL = 9, /* change password or PIN, add or remove a factor */
    POLICY_ACTION_CONTACT = 10,   /* change phone or e-mail */
    POLICY_ACTION_EXPORT = 11,    /* export of my data */
    POLICY_ACTION_CLOSE = 12,     /* close the account */
    POLICY_ACTION_UNFREEZE = 13,  /* lift one's own freeze */
};
#define POLICY_ACTION_MAX 13
const char *policy_action_name(enum policy_action action);

struct pack_way {
    uint32_t factors; /* bits; all of them are needed. 0: nothing (quick pay) */
};
/* The first band of an operation that holds the amount counts. */
struct pack_band {
    int strength;           /* enum policy_strength of what the ways amount to */
    bool is_quick_pay;      /* only for a person who turned quick pay on, within their own limits */
    int64_t each_max_minor; /* 0: no bound */
    int64_t day_max_minor;  /* of everything confirmed this well or less today; 0: no bound */
    struct schema_list ways; /* struct pack_way, any of them will do */
};
struct pack_step_up {
    int action;               /* enum policy_action */
    struct schema_list bands; /* struct pack_band */
};

/* ---- other parts ---- */

struct pack_quick_pay {
    int64_t each_max_minor, day_max_minor;         /* the most a person may choose */
    int64_t each_default_minor, day_default_minor; /* what is proposed */
};

struct pack_cooling { /* hours */
    int64_t limits_raise, recovery, contact_change, new_device, credential_change, account_close;
};

enum policy_lock_kind {
    POLICY_LOCK_USER = 1,
    POLICY_LOCK_BRUTE_FORCE = 2,
    POLICY_LOCK_RISK = 3,
    POLICY_LOCK_LAW = 4,
};
enum policy_still_works { /* bits 1 << value */
                          POLICY_WORKS_SIGN_IN = 1,
                          POLICY_WORKS_READ = 2,
                          POLICY_WORKS_RECEIVE = 3,
                          POLICY_WORKS_COMPLAIN = 4,
                          POLICY_WORKS_EXPORT = 5,
                          POLICY_WORKS_TOP_UP = 6,
};
struct pack_lock {
    int kind; /* enum policy_lock_kind */
    struct pack_text title, why, contest;
    int64_t lasts_minutes;        /* 0: until somebody lifts it */
    int64_t review_business_days; /* 0: no review is promised */
    uint32_t still_works;
};

enum policy_contact_kind {
    POLICY_CONTACT_PHONE = 1,
    POLICY_CONTACT_SMS = 2, /* number that texts come from */
    POLICY_CONTACT_EMAIL = 3,
    POLICY_CONTACT_DOMAIN = 4,
    POLICY_CONTACT_AUTHORITY = 5, /* a body outside that hears complaints */
};
struct pack_contact {
    int kind;
    const char *value;
    struct pack_text title;
};

enum policy_check { /* the sources that can confirm a person */
                    POLICY_CHECK_NAME_ID = 1,
                    POLICY_CHECK_PHONE = 2,
                    POLICY_CHECK_CARD = 3, /* each issuing bank counts once */
                    POLICY_CHECK_IN_PERSON = 4,
};
enum policy_id_kind {
    POLICY_ID_CN_RESIDENT = 1, /* GB 11643 */
    POLICY_ID_PASSPORT = 2,
    POLICY_ID_NATIONAL = 3, /* any other national number: shape only */
};
struct pack_verification {
    uint32_t id_kinds; /* bits of enum policy_id_kind */
    uint32_t checks;   /* bits of enum policy_check that are offered */
    int64_t age_min;
    int64_t attempts_per_day;
    int64_t review_business_days;
};

struct pack_cards {
    int64_t cards_max;
    bool code_required; /* a one-time code to the phone the bank has */
};

struct pack_phone {
    const char *country_code; /* "86" */
    int64_t digits_min, digits_max;
    const char *first_digits; /* what a mobile number may begin with: "1" */
};

struct pack_alerts {
    int64_t sms_from_minor, email_from_minor;
    int64_t quiet_from_hour, quiet_until_hour;
};

enum policy_dst { POLICY_DST_NONE = 1, POLICY_DST_EU = 2 };
struct pack_time_zone {
    const char *name;
    int64_t offset_minutes; /* of standard time, east of UTC */
    int daylight_saving;    /* enum policy_dst */
};

struct pack_day {
    int32_t date;
    const char *name;
};
struct pack_calendar {
    uint32_t weekend;             /* bits: 1 << day, Monday is 1, Sunday 7 */
    int32_t known_until;          /* after it only weekends are known */
    struct schema_list holidays;  /* struct pack_day, ascending */
    struct schema_list work_days; /* struct pack_day: weekend days that are worked */
};

struct pack {
    const char *name;
    int64_t version;
    int32_t effective_from;
    struct pack_text title;
    const char *currency_code;
    enum currency currency;
    struct pack_time_zone time_zone;
    struct pack_calendar calendar;
    struct schema_list levels;  /* struct pack_level, lowest first */
    struct schema_list step_up; /* struct pack_step_up: one for each action */
    struct pack_quick_pay quick_pay;
    struct pack_cooling cooling_hours;
    struct pack_verification verification;
    struct pack_cards cards;
    struct pack_phone phone;
    struct pack_alerts alerts;
    struct schema_list locks;    /* struct pack_lock, one for each kind */
    struct schema_list contacts; /* struct pack_contact */
    struct arena *arena;         /* owns everything above */
};

#define PACK_NAME_DEFAULT "cn"

/* Reads a pack from a text; `file` is its name in messages. ERR_PACK_INVALID with *ret_fault. */
JN_MUST_USE enum err pack_parse(const char *text, size_t length, struct pack **ret,
                                struct policy_fault *ret_fault);
/* By name: from DIRECTORY/NAME.yaml, or, when directory is NULL, from what the program carries.
 * ERR_PACK_NOT_FOUND when there is none; ERR_PACK_INVALID when it is wrong, or calls itself
 * otherwise; *ret_fault is set in both cases. */
JN_MUST_USE enum err pack_load(const char *directory, const char *name, struct pack **ret,
                               struct policy_fault *ret_fault);
void pack_free(struct pack *pack); /* NULL is fine */
/* "packs/cn.yaml:12: levels[0].title: what" */
#define POLICY_FAULT_TEXT_MAX 720
void policy_fault_text(const struct policy_fault *fault, const char *directory, const char *name,
                       char ret[POLICY_FAULT_TEXT_MAX]);

/* Reads a data file of that name, of the directory or of those the program carries, as bytes.
 * *ret lives in the arena. ERR_PACK_NOT_FOUND, ERR_IO_FAILED. */
JN_MUST_USE enum err pack_file_read(const char *directory, const char *name, struct arena *arena,
                                    const char **ret, size_t *ret_length);

/* ---- looking up ---- */

static inline const struct pack_level *pack_level_at(const struct pack *pack, size_t index)
{
    BUG_IF(index >= pack->levels.count);
    return (const struct pack_level *)pack->levels.items + index;
}
/* NULL when the pack has no such thing; of locks and step-up a loaded pack has every kind. */
const struct pack_lock *pack_lock_of(const struct pack *pack, enum policy_lock_kind kind);

/* What is known about how a person was confirmed. */
struct level_facts {
    uint32_t channels; /* independent sources that said yes */
    bool in_person;
};
/* The number of the highest level that the facts reach, 1-based; 0: none. */
uint32_t policy_level_of(const struct pack *pack, struct level_facts facts);

/* ---- which confirmation ---- */

struct step_up_use {
    struct money amount; /* of the operation; minor 0 where no money moves */
    /* Confirmed today already, by strength (index: enum policy_strength), without this one. */
    int64_t day_minor[POLICY_STRENGTH_MAX + 1];
    bool quick_pay_on; /* and within the person's own limits */
};
#define STEP_UP_WAYS_MAX 6
struct step_up_policy {
    bool is_free; /* nothing is needed */
    int strength; /* enum policy_strength that this operation counts for */
    size_t way_count;
    uint32_t ways[STEP_UP_WAYS_MAX]; /* bits of enum policy_factor; any of them will do */
};
/* What factors that were used amount to: by how many of knowledge (PIN, password) and possession
 * (code, TOTP) they are, and whether one is a signature over the operation (passkey, which proves
 * possession and the person at once). */
enum policy_strength policy_strength_of(uint32_t factors);
/* ERR_CURRENCY_UNSUPPORTED when the amount is not in the pack's currency. */
JN_MUST_USE enum err policy_step_up_of(const struct pack *pack, enum policy_action action,
                                       const struct step_up_use *use, struct step_up_policy *ret);

#endif

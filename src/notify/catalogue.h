/* catalogue.h — what can be told to people: topics with their texts in both languages.
 *
 * The tables are generated from packs/messages/ by tools/gen_messages.py, which checks that each
 * text has its placeholders and no SMS a link. Non-goals: who hears it (route.h), how it is written
 * out (render.h). */
#ifndef JN_NOTIFY_CATALOGUE_H
#define JN_NOTIFY_CATALOGUE_H

#include "core/base.h"

/* Values are in the database: append only. */
enum notify_kind {
    NOTIFY_SECURITY = 1, /* at once, always */
    NOTIFY_MONEY = 2,
    NOTIFY_SERVICE = 3,
    NOTIFY_MARKETING = 4, /* only with consent */
};
enum notify_severity {
    NOTIFY_INFO = 1,
    NOTIFY_NOTICE = 2,
    NOTIFY_WARNING = 3,
    NOTIFY_ALARM = 4,
};
/* Bits. */
enum notify_channel { NOTIFY_IN_APP = 1, NOTIFY_SMS = 2, NOTIFY_EMAIL = 4 };
enum notify_language { NOTIFY_EN = 0, NOTIFY_ZH = 1 };

enum notify_param_type {
    NOTIFY_PARAM_TEXT = 1,  /* as it is; in an SMS nothing in it can become a link */
    NOTIFY_PARAM_WORD = 2,  /* a name of notify_words; another value is shown as it is */
    NOTIFY_PARAM_TIME = 3,  /* microseconds since 1970, shown in the person's zone */
    NOTIFY_PARAM_MONEY = 4, /* minor units, a space, the ISO 4217 code: "1050 CNY" */
    NOTIFY_PARAM_CODE = 5,  /* digits and letters */
};
struct notify_param {
    const char *name;
    enum notify_param_type type;
};

/* NULL where the topic does not use the channel. */
struct notify_texts {
    const char *title, *text; /* in the app; the title also names the message elsewhere */
    const char *sms;
    const char *subject, *email;
};

struct notify_topic {
    const char *name;
    enum notify_kind kind;
    enum notify_severity severity;
    uint32_t channels;
    bool secret;        /* holds a code: sent, never shown later */
    bool not_me;        /* offers "it was not me" */
    bool every_contact; /* goes to every confirmed address and not only to the first */
    int64_t lifetime_s; /* an attempt after this long is worthless */
    const struct notify_param *params;
    size_t param_count;
    struct notify_texts texts[2]; /* by enum notify_language */
};
/* Ascending by name. */
extern const struct notify_topic notify_topics[];
extern const size_t notify_topic_count;

struct notify_word {
    const char *name;
    const char *text[2];
};
extern const struct notify_word notify_words[];
extern const size_t notify_word_count;
extern const char *const notify_brand[2];

/* NULL if there is none of this name. */
const struct notify_topic *notify_topic_find(const char *name, size_t length);
const struct notify_word *notify_word_find(const char *name, size_t length);

#endif

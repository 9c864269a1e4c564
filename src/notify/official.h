/* official.h — "is it really you?": whether a number, an address or a link is the operator's. Pure.
 *
 * The list (packs/contacts/official.yaml) is complete: what can be read as a number, an address or
 * a link and is not on it, is not official. People paste what imitators wrote: spaces, full-width
 * letters, letters of other alphabets, names before an @ in a link, punycode. All of that is
 * undone or recognised, and the reason says which trick it was.
 *
 * Non-goals: codes of messages (notify_find_code), whether a stranger is honest. */
#ifndef JN_NOTIFY_OFFICIAL_H
#define JN_NOTIFY_OFFICIAL_H

#include "core/base.h"

/* The numbers are the contract's. */
enum official_kind {
    OFFICIAL_NOTHING = 0, /* it cannot be read as any of them */
    OFFICIAL_PHONE = 1,
    OFFICIAL_EMAIL = 2,
    OFFICIAL_DOMAIN = 3, /* a link, or the name of a site */
};
enum official_verdict { OFFICIAL_YES = 1, OFFICIAL_NO = 2, OFFICIAL_UNKNOWN = 3 };
enum official_reason {
    OFFICIAL_LISTED = 1,
    OFFICIAL_NOT_LISTED = 2,
    OFFICIAL_IMITATION = 3,   /* made to look like ours */
    OFFICIAL_FOREIGN = 4,     /* letters that look like others, or punycode */
    OFFICIAL_NOT_SECURE = 5,  /* our site, but not over https */
    OFFICIAL_HIDDEN_HOST = 6, /* a name before an @ hides where the link goes */
    OFFICIAL_ADDRESS = 7,     /* a link to a bare network address */
    OFFICIAL_UNREADABLE = 8,
};

struct official_contact {
    enum official_kind kind;
    const char *value; /* in its one written form */
    const char *text[2];
};
extern const struct official_contact official_contacts[];
extern const size_t official_contact_count;
extern const char *const official_brand_words[];
extern const size_t official_brand_word_count;

/* "1.0.0": an app older than minimum gets no further, older than recommended is told. */
extern const char official_app_minimum[], official_app_recommended[];

#define OFFICIAL_VALUE_MAX 255
struct official_answer {
    enum official_verdict verdict;
    enum official_kind kind;
    enum official_reason reason;
    char value[OFFICIAL_VALUE_MAX + 1];     /* what was compared; "" when unreadable */
    const struct official_contact *contact; /* with OFFICIAL_YES */
};
/* Any bytes. */
void official_check(const char *text, size_t length, struct official_answer *ret);

/* <0, 0, >0 as a is older than, the same as, newer than b; false if a is not three numbers. */
JN_MUST_USE bool official_version_compare(const char *a, size_t a_length, const char *b, int *ret);

#endif

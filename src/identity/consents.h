/* consents.h — what a person agreed to, in which version, and when they took it back.
 *
 * The texts are rows, versioned; the newest that has begun counts. What a person says is added and
 * never changed, so that it can be shown what they had agreed to on any day. A consent without
 * which there can be no account (is_required) is not withdrawn but by ending the account
 * (deletion.h).
 *
 * Non-goals: what depends on a consent (whoever sends offers asks consents_has()).
 * Threads: everything runs inside the caller's transaction. */
#ifndef JN_IDENTITY_CONSENTS_H
#define JN_IDENTITY_CONSENTS_H

#include "core/arena.h"
#include "core/base.h"
#include "core/err.h"
#include "core/ids.h"
#include "store/store.h"

#define CONSENTS_MAX          32
#define CONSENT_NAME_MAX      32
#define CONSENT_TERMS         "terms"
#define CONSENT_PRIVACY       "privacy"
#define CONSENT_MARKETING     "marketing"
#define CONSENT_PERSONAL_TIPS "personal_tips"

struct consent {
    struct store_text name; /* in the arena, like the texts; each followed by a NUL */
    int64_t version;        /* the one that counts now */
    bool is_required;
    struct store_text title_en, title_zh, text_en, text_zh;
    /* what the person said last */
    bool is_given;
    int64_t said_version; /* 0: never said anything */
    int64_t said_at_us;
};
/* All of them, required ones first; ret holds CONSENTS_MAX. */
JN_MUST_USE enum err consents_list(struct store_tx *tx, struct person_id person, int64_t now_us,
                                   struct arena *arena, struct consent *ret, size_t *ret_count);

struct consent_said {
    struct store_text name;
    int64_t version; /* which text was shown */
    bool is_given;
};
/* In a write: adds what differs from what was said last. ERR_CONSENT_UNKNOWN, ERR_CONSENT_OUTDATED
 * (another version counts: show that one), ERR_CONSENT_REQUIRED (cannot be withdrawn). All or
 * nothing. */
JN_MUST_USE enum err consents_say(struct store_tx *tx, struct person_id person,
                                  const struct consent_said *said, size_t count);
/* True when the person's last word is yes, to whichever version. */
JN_MUST_USE enum err consents_has(struct store_tx *tx, struct person_id person, const char *name,
                                  bool *ret);

#endif

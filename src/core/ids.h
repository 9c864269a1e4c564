/* ids.h — 64-bit time-ordered identifiers, typed by one-field structs.
 *
 * Layout, high to low: 0 | 42 bits milliseconds since 1970 | 8 bits node | 13 bits counter. Drawn
 * ids never go back: time = max(now, last), a full counter borrows the next millisecond. Outside
 * the program an id is a string: prefix, underscore, 13 Crockford base32 digits in lower case, for
 * example tr_01hq3k9zv5w8x. The value 0 means "none" and is never drawn. */
#ifndef JN_CORE_IDS_H
#define JN_CORE_IDS_H

#include <pthread.h>

#include "core/base.h"
#include "core/clock.h"
#include "core/err.h"

struct account_id {
    int64_t v;
};
struct transfer_id {
    int64_t v;
};
struct segment_id {
    int64_t v;
};
struct api_key_id {
    int64_t v;
};
struct person_id {
    int64_t v;
};
struct lock_id {
    int64_t v;
};
struct approval_id {
    int64_t v;
};
struct contact_id {
    int64_t v;
};
struct session_id {
    int64_t v;
};
struct device_id {
    int64_t v;
};
struct code_id {
    int64_t v;
};
struct totp_id {
    int64_t v;
};
struct passkey_id {
    int64_t v;
};
struct confirmation_id {
    int64_t v;
};

struct message_id {
    int64_t v;
};
struct delivery_id {
    int64_t v;
};

struct recovery_id {
    int64_t v;
};

struct verification_id {
    int64_t v;
};
struct review_id {
    int64_t v;
};
struct card_id {
    int64_t v;
};

/* How they are written outside the program. */
#define ID_VERIFICATION_PREFIX "ver"
#define ID_REVIEW_PREFIX       "rev"
#define ID_CARD_PREFIX         "card"
#define ID_RECOVERY_PREFIX     "rcv"
#define ID_PERSON_PREFIX       "per"
#define ID_CONTACT_PREFIX      "con"
#define ID_SESSION_PREFIX      "ses"
#define ID_DEVICE_PREFIX       "dev"
#define ID_CODE_PREFIX         "otc"
#define ID_LOCK_PREFIX         "lck"
#define ID_APPROVAL_PREFIX     "apr"
#define ID_TOTP_PREFIX         "totp"
#define ID_PASSKEY_PREFIX      "pk"
#define ID_MESSAGE_PREFIX      "msg"
#define ID_DELIVERY_PREFIX     "dlv"

#define ID_CONFIRMATION_PREFIX "cnf"

#define ID_TEXT_MAX 24 /* prefix of at most 8, underscore, 13 digits, NUL */

/* Writes "<prefix>_<13 digits>" and a NUL; returns the length. v > 0. */
size_t id_format(const char *prefix, int64_t v, char ret[ID_TEXT_MAX]);
/* Accepts exactly what id_format writes (lower case, no look-alike letters, v > 0);
 * ERR_ID_MALFORMED otherwise, *ret untouched. */
JN_MUST_USE enum err id_parse(const char *prefix, const char *text, size_t length, int64_t *ret);

struct id_source {
    pthread_mutex_t lock;
    const struct clock *clock;
    int64_t last;
    uint8_t node;
};
/* `last` is the greatest id in the database (0 if none). */
void id_source_init(struct id_source *source, const struct clock *clock, uint8_t node,
                    int64_t last);
/* Thread-safe. Draws `count` (>= 1) consecutive ids, returns the first; they are first, first+1, …
 * only in the sense that each is greater than the one before: use the array. */
void id_draw(struct id_source *source, size_t count, int64_t *ret_ids);
int64_t id_draw_one(struct id_source *source);
/* Milliseconds since 1970 that the id carries. */
int64_t id_time_ms(int64_t v);

#endif

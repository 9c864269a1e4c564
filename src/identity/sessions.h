/* sessions.h — who is signed in, from which device, how, and until when.
 *
 * A session is known by its token: "js_" and 256 random bits, in a cookie or as a bearer. Stored is
 * SHA-256 of it. A token is drawn anew at each change of privilege (signing in, a second factor,
 * finishing the sign-up): whoever planted or saw the old one has nothing.
 *
 * A session ends when it is ended (signed out, revoked, password changed), after a time without
 * use, and at its absolute end, whatever is done with it; staff's are shorter. When it was last
 * used is kept to the minute, in memory first: a worker writes it down (sessions_write_used), so a
 * session may end up to two minutes early; one that ended never revives.
 *
 * What a session may do follows from its level; whether its person is locked (locks.h) is looked at
 * on every authentication and makes a full session a limited one for as long as the lock holds.
 *
 * Non-goals: passwords and factors (they only say here what they found), cookies (api).
 * Threads: everything may be called from any thread. Lock: one mutex around what was used. */
#ifndef JN_IDENTITY_SESSIONS_H
#define JN_IDENTITY_SESSIONS_H

#include "core/base.h"
#include "core/clock.h"
#include "core/err.h"
#include "core/ids.h"
#include "core/token.h"
#include "store/store.h"

enum person_kind { PERSON_CONSUMER = 1, PERSON_STAFF = 2 };

/* The numbers are the contract's (api_match.c). */
enum session_level {
    SESSION_FULL = 1,
    SESSION_LOCKED = 2,     /* never stored: full, but a lock holds */
    SESSION_SIGNING_UP = 4, /* a pending person */
    SESSION_SIGNING_IN = 8, /* the password was right, a second factor is missing */
};

/* How the person showed who they are; bits. */
enum auth_method {
    AUTH_PASSWORD = 1,
    AUTH_CODE = 2, /* one-time code to a contact */
    AUTH_TOTP = 4,
    AUTH_PASSKEY = 8,
    AUTH_RECOVERY_CODE = 16,
    AUTH_ENROLMENT = 32, /* the secret that a staff member was given */
};

enum session_end {
    SESSION_SIGNED_OUT = 1,
    SESSION_REVOKED = 2,            /* by the person, from another device */
    SESSION_CREDENTIAL_CHANGED = 3, /* password, contact or factor */
    SESSION_RECOVERED = 4,          /* the account was recovered */
    SESSION_BY_STAFF = 5,
    SESSION_REPLACED = 6, /* its browser signed in anew */
    SESSION_ERASED = 7,
    SESSION_REPORTED = 8, /* "it was not me" */
};

#define SESSION_DEVICE_NAME_MAX 63
#define SESSION_PLACE_MAX       7
#define SESSION_TOKEN_TEXT_MAX  56 /* js_ + 52, NUL */
#define SESSIONS_LISTED_MAX     50

struct session {
    struct session_id id;
    struct person_id person;
    enum person_kind kind;
    enum session_level level;
    uint32_t capabilities; /* of staff */
    uint32_t methods;      /* enum auth_method bits */
    struct device_id device;
    char device_name[SESSION_DEVICE_NAME_MAX + 1];
    char place[SESSION_PLACE_MAX + 1]; /* "CN", "local", "" when unknown */
    int64_t created_at_us;
    int64_t authenticated_at_us;   /* when the last method was shown */
    int64_t last_used_at_us;       /* to the minute */
    int64_t expires_at_us;         /* at the latest */
    int64_t idle_us;               /* ends after so long without use */
    struct sha256_hash token_hash; /* of the token it was authenticated by */
};

/* A token with its text. The caller wipes it. */
struct session_token {
    uint8_t bytes[TOKEN_BYTES];
    char text[SESSION_TOKEN_TEXT_MAX];
};
void session_token_draw(struct session_token *ret);

struct sessions;
/* Store and clock outlive it. */
struct sessions *sessions_create(struct store *store, const struct clock *clock);
void sessions_free(struct sessions *sessions); /* NULL is fine */

/* Who sent this text. ERR_NOT_SIGNED_IN when it is malformed, unknown, ended or expired (which of
 * them is not said); store errors. Remembers that it was used. Reads in a snapshot of its own. */
JN_MUST_USE enum err sessions_authenticate(struct sessions *sessions, const char *text,
                                           size_t length, struct session *ret);
/* A worker calls it about once a minute. */
JN_MUST_USE enum err sessions_write_used(struct sessions *sessions);

/* ---- inside a transaction ---- */

struct session_new {
    struct session_id id;
    struct person_id person;
    enum person_kind kind;
    enum session_level level; /* not SESSION_LOCKED */
    uint32_t capabilities, methods;
    struct device_id device; /* 0: none */
    const char *place;
};
/* Absolute end and idle time follow from kind and level. */
JN_MUST_USE enum err session_start(struct store_tx *tx, const struct session_new *new,
                                   const struct session_token *token);
/* A change of privilege: the new token replaces the old one, which is dead from the commit on.
 * `methods` are added; the absolute end is counted anew. ERR_NOT_SIGNED_IN when it ended meanwhile
 * or its token is not `old` any more (two changes raced: one wins). */
struct session_change {
    struct session_id id;
    struct sha256_hash old_token_hash;
    enum person_kind kind;
    enum session_level level;
    uint32_t capabilities, methods;
    struct device_id device; /* 0: unchanged */
};
JN_MUST_USE enum err session_raise(struct store_tx *tx, const struct session_change *change,
                                   const struct session_token *token);
/* ERR_SESSION_NOT_FOUND: none such of this person that goes on. */
JN_MUST_USE enum err session_end(struct store_tx *tx, struct person_id person, struct session_id id,
                                 enum session_end why);
/* Whichever session this token belongs to; none is fine. */
JN_MUST_USE enum err session_end_token(struct store_tx *tx, const struct sha256_hash *token_hash,
                                       enum session_end why);
/* ERR_SESSION_NOT_FOUND: none such of this person that goes on. */
JN_MUST_USE enum err session_get(struct store_tx *tx, struct person_id person, struct session_id id,
                                 struct session *ret);
/* The stored hash of a token as sent; false when it cannot be one. */
JN_MUST_USE bool session_token_hash(const char *text, size_t length, struct sha256_hash *ret);
/* All sessions of the person but `keep` (0: none is kept). *ret_count may be NULL. */
JN_MUST_USE enum err sessions_end_others(struct store_tx *tx, struct person_id person,
                                         struct session_id keep, enum session_end why,
                                         int64_t *ret_count);
/* Those that go on, newest first; `ret` holds SESSIONS_LISTED_MAX. */
JN_MUST_USE enum err sessions_list(struct store_tx *tx, struct person_id person, int64_t now_us,
                                   struct session *ret, size_t *ret_count);

#endif

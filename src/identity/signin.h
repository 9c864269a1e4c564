/* signin.h — letting a person in by contact and password, and by a second factor where they have
 * one.
 *
 * In three parts, because hashing takes long and belongs to no lane:
 *   signin_prepare   counts the attempt, finds the person, reads the hash
 *   signin_compare   on the hash pool
 *   signin_complete  judges; begins a session, or none
 *
 * Somebody who does not exist costs the same: the same statements' shape, the same counting, a hash
 * of nobody to compare with, and the same answer. Attempts are counted by person and by address
 * before the password is looked at: five are free, then each costs a growing pause; after
 * SIGNIN_LOCK_COUNT in a day the account is locked for a day, which is told.
 *
 * A person with a second factor gets a session that can do nothing but show it. Staff always need
 * one.
 *
 * Threads: prepare and complete run inside the caller's transactions, compare on any thread. */
#ifndef JN_IDENTITY_SIGNIN_H
#define JN_IDENTITY_SIGNIN_H

#include "identity/devices.h"
#include "identity/factors.h"
#include "identity/locks.h"
#include "identity/password.h"
#include "identity/people.h"

#define SIGNIN_LOCK_COUNT 30
#define SIGNIN_LOCK_US    (INT64_C(24) * 3600 * 1000000)

struct signin {
    /* what the caller gives */
    enum person_kind kind;
    struct contact_value value;
    char password[PASSWORD_BYTES_MAX + 1]; /* wiped by signin_wipe */
    size_t password_length;
    struct sha256_hash address_index; /* all zero: not known, and not counted */
    struct session_id session_id;     /* drawn */
    struct session_token token;       /* drawn */
    struct device_seen device;        /* drawn; `person` is filled in here */
    const char *place;
    int64_t notice_ids[2];        /* drawn, of the outbox */
    struct lock_id lock_id;       /* drawn */
    struct sha256_hash old_token; /* of the session that the browser still had; all zero: none */
    /* what the parts tell each other */
    struct sha256_hash subject;
    bool known;
    struct person_id person;
    struct password_hash hash, rehashed;
    bool matches, has_rehashed;
    int64_t count;
};

struct signin_result {
    enum err verdict;       /* ERR_OK, or ERR_SIGN_IN_WRONG, ERR_SIGN_IN_FACTOR_NEEDED
                             * (staff without any) */
    struct session session; /* with ERR_OK */
    uint32_t factors; /* with level SESSION_SIGNING_IN: FACTOR_BIT of each that would complete it */
    bool is_new_device;
    int64_t until_us; /* with ERR_TOO_MANY_ATTEMPTS from prepare */
};

/* ERR_TOO_MANY_ATTEMPTS: nothing was tried; ret->until_us says when to come back. */
JN_MUST_USE enum err signin_prepare(struct store_tx *tx, struct vault *vault, struct signin *signin,
                                    struct signin_result *ret);
void signin_compare(const struct vault *vault, struct signin *signin);
/* The verdict is in *ret; commit whatever it is. */
JN_MUST_USE enum err signin_complete(struct store_tx *tx, struct vault *vault,
                                     const struct signin *signin, struct signin_result *ret);
/* The second factor: from signing in (or, for staff who enrol, from signing up) to a full session
 * under a new token. */
struct signin_factor {
    const struct session *session; /* as authenticated */
    enum factor factor;            /* FACTOR_TOTP or FACTOR_RECOVERY_CODE */
    struct store_text text;        /* as typed */
    struct session_token token;
};
/* *ret_verdict as totp_use() and recovery_code_use(); commit whatever it is. ERR_STEP_DONE when the
 * session needs none; ERR_NOT_SIGNED_IN when two raced. */
JN_MUST_USE enum err signin_factor(struct store_tx *tx, struct vault *vault,
                                   const struct signin_factor *in, enum err *ret_verdict,
                                   struct factor_pause *ret_pause);
/* The factor was checked elsewhere (a passkey): the same raise. `method`: enum auth_method. */
JN_MUST_USE enum err signin_raise(struct store_tx *tx, const struct session *session,
                                  uint32_t method, const struct session_token *token);
/* A password that is shown again while signed in counts like a sign-in. ERR_TOO_MANY_ATTEMPTS. */
JN_MUST_USE enum err signin_attempt(struct store_tx *tx, const struct vault *vault,
                                    struct person_id person, int64_t *ret_until_us);
JN_MUST_USE enum err signin_forgive(struct store_tx *tx, const struct vault *vault,
                                    struct person_id person);
/* Lets a person in who has shown a factor that suffices alone (a passkey): begins a session as
 * signin_complete does, without asking for more. The verdict ERR_SIGN_IN_WRONG when the person is
 * of another kind, or gone. */
struct signin_by_factor {
    enum person_kind kind;
    struct person_id person; /* who was shown */
    uint32_t method;         /* enum auth_method */
    struct session_id session_id;
    struct session_token token;
    struct device_seen device;
    const char *place;
    int64_t notice_id;
    struct sha256_hash old_token;
};
JN_MUST_USE enum err signin_by_factor(struct store_tx *tx, struct vault *vault,
                                      const struct signin_by_factor *by, struct signin_result *ret);
/* Passwords and hashes. */
void signin_wipe(struct signin *signin);

#endif

/* credentials.h — a member changes what lets them in: the password, and the contacts that codes and
 * warnings go to.
 *
 * A change shows the present password first, counted like a sign-in. Afterwards every other session
 * is ended, this one goes on under a new token, and the person is told on every channel; a contact
 * that is given up is told for the last time.
 *
 * Non-goals: recovery (recovery.h).
 * Threads: everything with a transaction runs inside the caller's; credential_compare on the hash
 * pool. */
#ifndef JN_IDENTITY_CREDENTIALS_H
#define JN_IDENTITY_CREDENTIALS_H

#include "identity/codes.h"
#include "identity/password.h"
#include "identity/people.h"

/* The present password, as one shows it again. */
struct credential {
    const struct session *session; /* as authenticated */
    const char *current;
    size_t current_length;
    const char *next; /* the password to be; NULL: none */
    size_t next_length;
    /* what the parts tell each other */
    struct password_hash hash, next_hash;
    bool matches;
    enum err hashed;
    int64_t until_us; /* with ERR_TOO_MANY_ATTEMPTS */
};
/* Counts the attempt and reads the hash. ERR_TOO_MANY_ATTEMPTS. */
JN_MUST_USE enum err credential_prepare(struct store_tx *tx, struct vault *vault,
                                        struct credential *credential);
/* On the hash pool. ERR_HASH_BUSY. */
JN_MUST_USE enum err credential_compare(const struct vault *vault, struct credential *credential);
/* *ret_verdict: ERR_OK, or ERR_PASSWORD_WRONG: also when it was changed meanwhile. Forgives what
 * was counted. */
JN_MUST_USE enum err credential_judge(struct store_tx *tx, struct vault *vault,
                                      const struct credential *credential, enum err *ret_verdict);
void credential_wipe(struct credential *credential);

/* After credential_judge: `next` is the password. */
struct password_change {
    const struct credential *credential;
    struct session_change change;
    struct session_token token;
    int64_t notice_id;
    const char *device_name;
};
JN_MUST_USE enum err password_change(struct store_tx *tx, struct vault *vault,
                                     const struct password_change *change);

/* After credential_judge: a claimed contact and a code to it. ERR_CONTACT_LIMIT,
 * ERR_TOO_MANY_ATTEMPTS. When it is somebody else's: the same, and no code is sent. */
struct contact_add {
    struct contact_new contact;
    struct code_draft code;
    struct sha256_hash address_index;
    bool is_test;
};
JN_MUST_USE enum err contact_add(struct store_tx *tx, struct vault *vault,
                                 const struct contact_add *add, struct code_sent *ret);
/* The code came back: it is the person's, who is told. *ret_verdict as codes_check(), and
 * ERR_CONTACT_TAKEN. ERR_STEP_DONE: it is theirs already; ERR_CONTACT_NOT_FOUND. */
struct contact_prove {
    struct person_id person;
    struct contact_id id;
    const char *digits;
    size_t length;
    int64_t notice_id;
};
JN_MUST_USE enum err contact_prove(struct store_tx *tx, struct vault *vault,
                                   const struct contact_prove *prove, enum err *ret_verdict,
                                   uint32_t *ret_tries_left);
/* Gives it up and tells, there for the last time. A session that was left open is not enough:
 * ERR_SIGN_IN_STALE when the person showed who they are more than CREDENTIAL_FRESH_US ago.
 * ERR_CONTACT_LAST: another one in use must remain. ERR_CONTACT_NOT_FOUND. */
#define CREDENTIAL_FRESH_US (INT64_C(10) * 60 * 1000000)
JN_MUST_USE enum err contact_drop(struct store_tx *tx, struct vault *vault,
                                  const struct session *session, struct contact_id id,
                                  const int64_t notice_ids[2]);

#endif

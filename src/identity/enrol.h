/* enrol.h — how a member of staff comes in for the first time: by the one-time secret of their
 * invitation they set a password and get a session that can only set up a second factor. Showing
 * that factor (signin_factor, signin_raise) uses the secret up.
 *
 * Threads: everything runs inside the caller's transaction. */
#ifndef JN_IDENTITY_ENROL_H
#define JN_IDENTITY_ENROL_H

#include "identity/password.h"
#include "identity/people.h"

struct enrol {
    struct sha256_hash secret_hash;
    struct password_hash password;
    struct session_new session; /* person is filled in here */
    struct session_token token;
};
/* Whose secret it is. ERR_ENROLMENT_INVALID. */
JN_MUST_USE enum err enrol_find(struct store_tx *tx, const struct sha256_hash *secret_hash,
                                struct person_id *ret);
/* Other sessions end. ERR_ENROLMENT_INVALID. */
JN_MUST_USE enum err enrol_begin(struct store_tx *tx, const struct enrol *enrol);

#endif

/* signup.h — from a phone number or e-mail address to a person: step by step, each one saved.
 *
 * contact (a code that was sent there) → password → identity → card. After the password the person
 * is active; the last two raise limits and may be skipped. Until then the session is limited and
 * the token changes with each step.
 *
 * Somebody who types a contact that has an account is answered exactly as anybody else; no code is
 * sent, and whoever has the account is told.
 *
 * Non-goals: identity and card (they mark their steps with person_mark_steps()), what a level
 * allows.
 * Threads: everything runs inside the caller's transaction. What must be drawn was drawn before. */
#ifndef JN_IDENTITY_SIGNUP_H
#define JN_IDENTITY_SIGNUP_H

#include "identity/codes.h"
#include "identity/devices.h"
#include "identity/password.h"
#include "identity/people.h"

/* Bits, in the order of the steps; the numbers are the contract's. */
enum signup_step {
    SIGNUP_CONTACT = 1,
    SIGNUP_PASSWORD = 2,
    SIGNUP_IDENTITY = 4,
    SIGNUP_CARD = 8,
};
#define SIGNUP_STEPS_ALL 15u
#define SIGNUP_MAY_SKIP  ((uint32_t)(SIGNUP_IDENTITY | SIGNUP_CARD))

struct signup_progress {
    struct person person;
    struct contact contact;     /* the one it began with; id 0: none any more */
    struct contact_value value; /* in the clear; wipe it */
    uint32_t next;              /* enum signup_step; 0: finished */
};
/* ERR_PERSON_NOT_FOUND. */
JN_MUST_USE enum err signup_get(struct store_tx *tx, struct vault *vault, struct person_id person,
                                struct signup_progress *ret);

struct signup_begin {
    struct person_new person;
    struct contact_new contact;
    struct session_new session;
    struct session_token token;
    struct code_draft code;
    int64_t notice_id;                /* of the outbox: for whoever has the contact already */
    struct sha256_hash address_index; /* all zero: not known, and not counted */
    bool is_test;                     /* a contact of nobody, in a sandbox */
};
/* ERR_TOO_MANY_ATTEMPTS (too many from this address, or codes to this contact; `ret` says until
 * when). */
JN_MUST_USE enum err signup_begin(struct store_tx *tx, struct vault *vault,
                                  const struct signup_begin *begin, struct code_sent *ret);

/* Another code to the same contact. ERR_TOO_MANY_ATTEMPTS; ERR_STEP_DONE. */
JN_MUST_USE enum err signup_send_again(struct store_tx *tx, struct vault *vault,
                                       struct person_id person, struct code_draft *code,
                                       const struct sha256_hash *address_index, bool is_sandbox,
                                       struct code_sent *ret);

/* The code that was sent. *ret_verdict as in codes_check(), and ERR_CONTACT_TAKEN: somebody else
 * was faster. With ERR_OK the session goes on under `token`. ERR_STEP_DONE; ERR_NOT_SIGNED_IN. */
struct signup_confirm {
    struct person_id person;
    const char *digits;
    size_t length;
    struct session_change change;
    struct session_token token;
};
JN_MUST_USE enum err signup_confirm(struct store_tx *tx, struct vault *vault,
                                    const struct signup_confirm *confirm, enum err *ret_verdict,
                                    uint32_t *ret_tries_left);

/* The password, judged and hashed already: the person is active, the session full, the device
 * known. ERR_STEP_MISSING: the contact is not confirmed; ERR_STEP_DONE. */
struct signup_finish {
    struct person_id person;
    struct password_hash hash;
    struct session_change change; /* level and device are filled in here */
    struct session_token token;
    struct device_seen device;
};
JN_MUST_USE enum err signup_finish(struct store_tx *tx, const struct signup_finish *finish,
                                   bool *ret_is_new_device);

/* ERR_STEP_NOT_SKIPPABLE; ERR_STEP_DONE. */
JN_MUST_USE enum err signup_skip(struct store_tx *tx, struct person_id person, uint32_t step);

#endif

/* recovery.h — back into an account whose password is lost, without making the account weaker.
 *
 *   begin (a code is sent to a contact) → code → second proof, where the person has one → waiting
 *   time, told on every channel → new password
 *
 * The second proof is a code of an authenticator app or a recovery code. Who has neither waits
 * RECOVERY_LONGER times as long. Until the waiting time is over anybody who is signed in as the
 * person can stop it. At the end every session has ended, no device is known any more, and signing
 * in still asks for the second factor: recovery replaces the password and nothing else.
 *
 * Whoever asks for a contact that nobody has is answered the same.
 *
 * Threads: everything runs inside the caller's transaction. */
#ifndef JN_IDENTITY_RECOVERY_H
#define JN_IDENTITY_RECOVERY_H

#include "identity/codes.h"
#include "identity/factors.h"
#include "identity/password.h"
#include "identity/people.h"

#define RECOVERY_LONGER  3
#define RECOVERY_OPEN_US (INT64_C(3600) * 1000000)                   /* to give the proofs */
#define RECOVERY_KEPT_US (INT64_C(7) * 24 * 3600 * INT64_C(1000000)) /* to set the password */

enum recovery_state {
    RECOVERY_OPEN = 1,
    RECOVERY_WAITING = 2,
    RECOVERY_DONE = 3,
    RECOVERY_STOPPED = 4,
};
struct recovery {
    struct recovery_id id;
    struct person_id person; /* 0: nobody */
    enum recovery_state state;
    uint32_t proofs;     /* FACTOR_BITs that were given */
    uint32_t wanted;     /* FACTOR_BITs of which one is still wanted; 0: none */
    int64_t ready_at_us; /* 0: the waiting time has not begun */
    int64_t expires_at_us;
};

struct recovery_begin {
    struct recovery_id id;
    struct sha256_hash secret_hash;
    const struct contact_value *value;
    struct code_draft code;
    struct sha256_hash address_index; /* all zero: not known, and not counted */
    bool is_test;
};
/* ERR_TOO_MANY_ATTEMPTS: `ret_sent` says until when. */
JN_MUST_USE enum err recovery_begin(struct store_tx *tx, struct vault *vault,
                                    const struct recovery_begin *begin, struct recovery *ret,
                                    struct code_sent *ret_sent);

/* Which one, and who asks: an id that does not exist, has ended, or whose secret is another, is
 * ERR_RECOVERY_NOT_FOUND everywhere below. */
struct recovery_key {
    struct recovery_id id;
    struct sha256_hash secret_hash;
};
struct recovery_proof {
    struct recovery_key key;
    enum factor factor; /* FACTOR_CODE first, then FACTOR_TOTP or FACTOR_RECOVERY_CODE */
    struct store_text text;
    int64_t waiting_us; /* of the pack */
    int64_t notice_id;
    const char *place;
};
/* *ret_verdict: ERR_OK, or what codes_check(), totp_use() or recovery_code_use() found; commit
 * whatever it is. ERR_STEP_MISSING: the code comes first; ERR_STEP_DONE. */
JN_MUST_USE enum err recovery_prove(struct store_tx *tx, struct vault *vault,
                                    const struct recovery_proof *proof, enum err *ret_verdict,
                                    uint32_t *ret_tries_left, struct recovery *ret);
/* Whose it is, for the pepper; and whether a password may be set now. ERR_RECOVERY_PROOF_MISSING,
 * ERR_RECOVERY_WAITING: ret->ready_at_us says until when. */
JN_MUST_USE enum err recovery_check(struct store_tx *tx, const struct recovery_key *key,
                                    struct recovery *ret);
struct recovery_finish {
    struct recovery_key key;
    struct password_hash hash;
    int64_t notice_id;
    const char *device_name;
};
JN_MUST_USE enum err recovery_finish(struct store_tx *tx, struct vault *vault,
                                     const struct recovery_finish *finish, struct recovery *ret);
/* Stops whatever goes on for the person, who is told. *ret_count: how many. */
JN_MUST_USE enum err recovery_stop(struct store_tx *tx, struct vault *vault,
                                   struct person_id person, int64_t notice_id, int64_t *ret_count);

#endif

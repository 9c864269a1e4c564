/* codes.h — one-time codes: six digits sent to a contact, good once, for one thing, for 5 minutes.
 *
 * Stored is a keyed hash over the code, its id, purpose, person and subject: neither the database
 * alone nor another code's row helps a guesser. Five tries, counted before they are compared, in
 * one statement; comparing takes constant time. A new code ends the one before. Between two codes
 * to one contact lies a growing pause, and a contact and an address each have an hourly cap, so
 * that nobody's phone can be bombed.
 *
 * Odds of guessing: a contact gets at most 5 codes an hour and 10 a day, each with 5 tries of a
 * million: 50 in a million a day.
 *
 * Threads: everything runs inside the caller's transaction. */
#ifndef JN_IDENTITY_CODES_H
#define JN_IDENTITY_CODES_H

#include "core/base.h"
#include "core/err.h"
#include "core/ids.h"
#include "core/sha256.h"
#include "identity/contacts.h"
#include "identity/vault.h"
#include "store/store.h"

#define CODE_DIGITS      6
#define CODE_TRIES_MAX   5
#define CODE_LIFETIME_US (INT64_C(5) * 60 * 1000000)

/* Numbers are in the database. */
enum code_purpose {
    CODE_SIGN_UP = 1,
    CODE_SIGN_IN = 2,
    CODE_RECOVERY = 3,
    CODE_CONTACT = 4, /* to show that a new contact is one's own */
    CODE_CARD = 5,
    CODE_CONFIRM = 6, /* a payment or another operation */
};

/* Drawn before the transaction, by codes_draw. The caller wipes it. */
struct code_draft {
    struct code_id id;
    int64_t outbox_id;
    char digits[CODE_DIGITS + 1];
};
void codes_draw(struct id_source *ids, struct code_draft *ret);

/* In a sandbox: a contact that belongs to nobody has a code that is known, the last six digits of
 * +86 100 … (no such numbers are assigned) or of name+123456@…. False: draw one. */
JN_MUST_USE bool codes_of_test_contact(const struct contact_value *value, struct code_draft *draft);

struct code_order {
    struct person_id person;
    enum code_purpose purpose;
    int64_t subject_id;               /* what it is for: a contact, a card, a recovery */
    struct contact_id contact;        /* where it is sent */
    struct sha256_hash contact_index; /* of that contact (contact_index()); all zero: nobody's, a
                                       * contact for tests that no limits protect */
    struct sha256_hash address_index; /* of who asks (VAULT_INDEX_ADDRESS); all zero: not known */
    bool silent; /* count it like any other and send nothing: the contact is somebody else's */
};
struct code_sent {
    int64_t expires_at_us;
    int64_t again_at_us; /* when the next one may be sent; with ERR_TOO_MANY_ATTEMPTS too */
};
/* Stores the code and adds the message to the outbox. ERR_TOO_MANY_ATTEMPTS: too soon, or too many
 * this hour or day; then the transaction must be undone. *ret is filled in both cases. */
JN_MUST_USE enum err codes_send(struct store_tx *tx, struct vault *vault,
                                const struct code_order *order, const struct code_draft *draft,
                                struct code_sent *ret);

/* Counts a try of the newest code and compares. Returns store errors only; *ret_verdict:
 *   ERR_OK             it was right and is used up
 *   ERR_CODE_WRONG     *ret_tries_left says how many remain
 *   ERR_CODE_EXPIRED   none is open: expired, used, or tried too often: ask for a new one
 * The transaction must be committed also when the verdict is not ERR_OK (return ERR_OK), or the
 * try is not counted. */
struct code_check {
    struct person_id person;
    enum code_purpose purpose;
    int64_t subject_id;
    const char *digits; /* as typed */
    size_t length;
};
JN_MUST_USE enum err codes_check(struct store_tx *tx, struct vault *vault,
                                 const struct code_check *check, enum err *ret_verdict,
                                 uint32_t *ret_tries_left);

/* Removes at most count_max codes that ended before before_us. */
JN_MUST_USE enum err codes_prune(struct store_tx *tx, int64_t before_us, int64_t count_max,
                                 int64_t *ret_count);

#endif

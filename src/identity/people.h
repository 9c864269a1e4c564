/* people.h — who there is: people and how they are reached.
 *
 * One row a human in one of two roles: consumer (the wallet) or staff (the console). Everything
 * personal is sealed by the vault; contacts are found by their blind index. Several people may
 * claim the same contact while they sign up; the first who shows a code sent there has it, and from
 * then on nobody else of that kind.
 *
 * Non-goals: names and ids (verification), passwords, sessions, sending anything.
 * Threads: everything runs inside the caller's transaction. */
#ifndef JN_IDENTITY_PEOPLE_H
#define JN_IDENTITY_PEOPLE_H

#include "core/arena.h"
#include "core/base.h"
#include "core/err.h"
#include "core/ids.h"
#include "identity/contacts.h"
#include "identity/sessions.h"
#include "identity/vault.h"
#include "store/store.h"

enum person_state {
    PERSON_PENDING = 1, /* signing up */
    PERSON_ACTIVE = 2,
    PERSON_CLOSING = 3,
    PERSON_ERASED = 4,
};
enum person_language { PERSON_EN = 0, PERSON_ZH = 1 };

struct person {
    struct person_id id;
    enum person_kind kind;
    enum person_state state;
    enum person_language language;      /* of messages */
    uint32_t steps_done, steps_skipped; /* enum signup_step bits */
    int64_t created_at_us, state_at_us;
};

struct person_new {
    struct person_id id;
    enum person_kind kind;
    enum person_language language;
};
/* A pending person with a data key of their own. */
JN_MUST_USE enum err person_create(struct store_tx *tx, struct vault *vault,
                                   const struct person_new *new);
/* ERR_PERSON_NOT_FOUND. */
JN_MUST_USE enum err person_get(struct store_tx *tx, struct person_id id, struct person *ret);
/* ERR_PERSON_NOT_FOUND also when the person is not in state `from`: two changes raced. */
JN_MUST_USE enum err person_set_state(struct store_tx *tx, struct person_id id,
                                      enum person_state from, enum person_state to);
JN_MUST_USE enum err person_set_language(struct store_tx *tx, struct person_id id,
                                         enum person_language language);
/* Adds bits; a step that is done is no longer skipped. */
JN_MUST_USE enum err person_mark_steps(struct store_tx *tx, struct person_id id, uint32_t done,
                                       uint32_t skipped);

/* ---- contacts ---- */

#define CONTACTS_MAX       8 /* in use or claimed, of one person */
#define CONTACT_SEALED_MAX 512

enum contact_state { CONTACT_CLAIMED = 1, CONTACT_IN_USE = 2, CONTACT_GONE = 3 };

struct contact {
    struct contact_id id;
    struct person_id person;
    enum contact_channel channel;
    enum contact_state state;
    int64_t created_at_us;
    int64_t confirmed_at_us; /* 0: never */
    uint32_t sealed_length;
    uint8_t sealed[CONTACT_SEALED_MAX];
};

struct contact_new {
    struct contact_id id;
    struct person_id person;
    enum person_kind kind;
    const struct contact_value *value;
};
/* Claimed. ERR_CONTACT_LIMIT when the person has CONTACTS_MAX. */
JN_MUST_USE enum err contact_claim(struct store_tx *tx, struct vault *vault,
                                   const struct contact_new *new);
/* From claimed to in use: a code that was sent there came back. ERR_CONTACT_TAKEN when somebody
 * else of this kind has it by now; ERR_CONTACT_NOT_FOUND when it is not claimed by this person. */
JN_MUST_USE enum err contact_confirm(struct store_tx *tx, struct person_id person,
                                     struct contact_id id);
/* Ends a claim or a use; the value opens no more look-ups. ERR_CONTACT_NOT_FOUND. */
JN_MUST_USE enum err contact_end(struct store_tx *tx, struct person_id person,
                                 struct contact_id id);
/* Who uses this contact. *ret_found false: nobody, *ret untouched. */
JN_MUST_USE enum err contact_find(struct store_tx *tx, const struct vault *vault,
                                  enum person_kind kind, const struct contact_value *value,
                                  struct contact *ret, bool *ret_found);
/* Also one that was given up: look at its state. ERR_CONTACT_NOT_FOUND: also when it is another
 * person's. */
JN_MUST_USE enum err contact_get(struct store_tx *tx, struct person_id person, struct contact_id id,
                                 struct contact *ret);
/* Claimed and in use, oldest first; ret holds CONTACTS_MAX. */
JN_MUST_USE enum err contacts_list(struct store_tx *tx, struct person_id person,
                                   struct contact *ret, size_t *ret_count);
/* Where it is sealed: for whoever opens it under a grant of the access log. */
struct vault_place contact_place(struct person_id person, struct contact_id id);
/* The contact in the clear; wipe it after use. Vault errors. */
JN_MUST_USE enum err contact_open(struct store_tx *tx, struct vault *vault,
                                  const struct contact *contact, enum vault_purpose purpose,
                                  struct contact_value *ret);
/* The blind index of a contact, as limits are counted by. */
void contact_index(const struct vault *vault, const struct contact_value *value,
                   struct sha256_hash *ret);

#endif

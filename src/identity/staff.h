/* staff.h — who works in the console: members, roles, capabilities.
 *
 * A staff member is a row of `people` of kind staff with a row of `staff_members`. What a member
 * may do is the union of the capabilities of their roles; a role's capabilities are a row of the
 * table `roles`. A member who has not enrolled a second factor, or is disabled, may do nothing.
 *
 * A session carries the capabilities it began with. Whoever changes a member's roles or disables
 * them ends their sessions in the same transaction (staff_endings), and approvals look at the
 * tables, never at a session.
 *
 * One human, one working account: the blind index of the personnel number is unique among those
 * that are not disabled, and two eyes of one head are recognised by it also across accounts.
 *
 * Invariants: there is always a member who works and has staff:manage, once there was one. Changes
 * of staff are one after another (table staff_guard).
 * Non-goals: signing in, passwords, factors (sessions, factors); sealing names (the caller).
 * Locks (threads): none; everything runs inside the caller's transaction. */
#ifndef JN_IDENTITY_STAFF_H
#define JN_IDENTITY_STAFF_H

#include "core/arena.h"
#include "core/base.h"
#include "core/err.h"
#include "core/ids.h"
#include "core/sha256.h"
#include "core/token.h"
#include "store/store.h"

/* The bits are the contract's x-bits of StaffCapability. */
enum staff_capability {
    STAFF_PEOPLE_SEARCH = 1,
    STAFF_PEOPLE_READ = 2,
    STAFF_PEOPLE_UNMASK = 4,
    STAFF_REVIEWS_READ = 8,
    STAFF_REVIEWS_DECIDE = 16,
    STAFF_LOCKS_PUT = 32,
    STAFF_LOCKS_LIFT = 64,
    STAFF_APPROVALS_DECIDE = 128,
    STAFF_STAFF_READ = 256,
    STAFF_STAFF_MANAGE = 512,
    STAFF_ACCESS_READ = 1024,
};
#define STAFF_CAPABILITIES_ALL 2047u
#define STAFF_ROLES_MAX        16 /* kinds of roles, and roles of a member */
#define STAFF_ROLE_BYTES       24
#define STAFF_LISTED_MAX       500
#define STAFF_NAME_SEALED_MAX  512
#define STAFF_ENROL_US         (72 * INT64_C(3600000000)) /* how long an invitation holds */

struct staff_role {
    char role[STAFF_ROLE_BYTES + 1];
    uint32_t capabilities;
    char title_en[65], title_zh[65];
};
/* All roles, by name; `ret` holds STAFF_ROLES_MAX. */
JN_MUST_USE enum err staff_roles(struct store_tx *tx, struct staff_role *ret, size_t *ret_count);

/* A set of roles by name, sorted and without doubles. */
struct staff_role_set {
    char roles[STAFF_ROLES_MAX][STAFF_ROLE_BYTES + 1];
    size_t count;
};
/* Adds one; false when the set is full or the name too long. Adding a double changes nothing. */
JN_MUST_USE bool staff_role_set_add(struct staff_role_set *set, const char *role, size_t length);
/* "agent,risk" and back; false when malformed. `ret` holds STAFF_ROLE_SET_TEXT_MAX. */
#define STAFF_ROLE_SET_TEXT_MAX (STAFF_ROLES_MAX * (STAFF_ROLE_BYTES + 1) + 1)
void staff_role_set_format(const struct staff_role_set *set, char *ret);
JN_MUST_USE bool staff_role_set_parse(const char *text, size_t length, struct staff_role_set *ret);

struct staff_member {
    struct person_id person;
    struct sha256_hash human_index;
    uint32_t name_length;
    uint8_t name_sealed[STAFF_NAME_SEALED_MAX];
    struct staff_role_set roles;
    uint32_t capabilities; /* 0 while they cannot work */
    struct person_id invited_by;
    int64_t invited_at_us;
    int64_t enrol_until_us; /* 0: no invitation is open */
    int64_t enrolled_at_us; /* 0: not yet */
    int64_t disabled_at_us; /* 0: not */
    int64_t changed_at_us;
};

/* What the person may do now: 0 for whoever is no member, not enrolled, or disabled. */
JN_MUST_USE enum err staff_capabilities(struct store_tx *tx, struct person_id person,
                                        uint32_t *ret);
/* ERR_STAFF_NOT_FOUND. */
JN_MUST_USE enum err staff_get(struct store_tx *tx, struct person_id person,
                               struct staff_member *ret);
/* Newest first; `ret` holds STAFF_LISTED_MAX. */
JN_MUST_USE enum err staff_list(struct store_tx *tx, struct staff_member *ret, size_t *ret_count);
/* How many members may now do all of `capabilities`. */
JN_MUST_USE enum err staff_count_able(struct store_tx *tx, uint32_t capabilities, int64_t *ret);

/* ---- changes; each in a write ---- */

/* The one-time secret of an invitation: "je_" and 256 random bits; only its hash is stored. The
 * caller wipes it. */
#define STAFF_SECRET_TEXT_MAX (3 + TOKEN_DIGITS + 1)
struct staff_secret {
    char text[STAFF_SECRET_TEXT_MAX];
    struct sha256_hash hash;
};
void staff_secret_draw(struct staff_secret *ret);
/* False unless it is what staff_secret_draw writes. */
JN_MUST_USE bool staff_secret_parse(const char *text, size_t length, struct sha256_hash *ret_hash);

struct staff_invitation {
    struct person_id person; /* a new row of people, kind staff, is the caller's to write */
    struct sha256_hash human_index;
    struct store_blob name_sealed; /* (staff_members, name_sealed) */
    struct person_id by;           /* 0: the operator */
    struct sha256_hash enrol_hash; /* of the one-time secret */
};
/* A member without roles who can do nothing but enrol, for STAFF_ENROL_US. ERR_STAFF_EXISTS: this
 * human has a working account. */
JN_MUST_USE enum err staff_invite(struct store_tx *tx, const struct staff_invitation *invitation);
/* A new secret in the place of the old one, for `lasts_us`: for whoever has not enrolled, or lost
 * every factor; the member must enrol again. Their sessions are the caller's to end.
 * ERR_STAFF_NOT_FOUND, ERR_STAFF_DISABLED. */
JN_MUST_USE enum err staff_reinvite(struct store_tx *tx, struct person_id person,
                                    const struct sha256_hash *enrol_hash, int64_t lasts_us);
/* Whose invitation this secret is. ERR_ENROLMENT_INVALID: nobody's, used, or too late. The secret
 * stays good until staff_enrolled(). */
JN_MUST_USE enum err staff_enrolment_of(struct store_tx *tx, const struct sha256_hash *enrol_hash,
                                        struct person_id *ret);
/* The member has a second factor now: the secret is used up, and from here on roles count. Once
 * more changes nothing. ERR_STAFF_NOT_FOUND. */
JN_MUST_USE enum err staff_enrolled(struct store_tx *tx, struct person_id person);

/* ERR_ROLE_UNKNOWN unless every role exists. */
JN_MUST_USE enum err staff_roles_check(struct store_tx *tx, const struct staff_role_set *roles);
/* Replaces all roles of a member. ERR_STAFF_NOT_FOUND, ERR_ROLE_UNKNOWN, ERR_STAFF_LAST_MANAGER.
 * `by` 0: the operator. The member's sessions are the caller's to end. */
JN_MUST_USE enum err staff_roles_set(struct store_tx *tx, struct person_id person,
                                     const struct staff_role_set *roles, struct person_id by);
/* From now on the member can do nothing; again: nothing changes. ERR_STAFF_NOT_FOUND,
 * ERR_STAFF_SELF, ERR_STAFF_LAST_MANAGER. Their sessions are the caller's to end. */
JN_MUST_USE enum err staff_disable(struct store_tx *tx, struct person_id person,
                                   struct person_id by);
/* ERR_STAFF_NOT_FOUND, ERR_STAFF_EXISTS (this human has another working account meanwhile). */
JN_MUST_USE enum err staff_enable(struct store_tx *tx, struct person_id person);

/* True if both are one human. ERR_STAFF_NOT_FOUND if either is no member. */
JN_MUST_USE enum err staff_is_same_human(struct store_tx *tx, struct person_id a,
                                         struct person_id b, bool *ret);

#endif

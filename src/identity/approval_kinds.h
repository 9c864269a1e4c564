/* approval_kinds.h — the proposals that identity itself knows how to carry out, as rows for
 * approvals_register(). Other modules bring rows of their own.
 *
 * Lifting a lock tells the person in the same transaction; ids[0] of the run is the outbox row's.
 * Locks (threads): none. */
#ifndef JN_IDENTITY_APPROVAL_KINDS_H
#define JN_IDENTITY_APPROVAL_KINDS_H

#include "identity/approvals.h"
#include "identity/locks.h"
#include "identity/staff.h"
#include "identity/vault.h"

#define APPROVAL_LOCK_LIFT    "lock_lift"
#define APPROVAL_STAFF_ROLES  "staff_roles"
#define APPROVAL_STAFF_ENABLE "staff_enable"

/* Registers the three. The vault outlives them. */
void approval_kinds_register(struct approvals *approvals, struct vault *vault);

/* Payloads. lock_lift: subject the lock. */
void approval_lock_lift_payload(const struct lock *lock, struct approval_payload *ret);
/* staff_roles: subject the member; `from` what they have now, for the decider to see. Carried out
 * only while they still have it: ERR_APPROVAL_OUTDATED. */
void approval_staff_roles_payload(struct person_id person, const struct staff_role_set *from,
                                  const struct staff_role_set *to, struct approval_payload *ret);
/* staff_enable: subject the member. */
void approval_staff_enable_payload(struct person_id person, struct approval_payload *ret);

#endif

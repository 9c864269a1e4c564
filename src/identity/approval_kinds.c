/* approval_kinds.c — see approval_kinds.h. */
#include "identity/approval_kinds.h"

#include <string.h>

#include "core/str.h"
#include "identity/lock_tell.h"
#include "identity/sessions.h"

#define DAY_US (24 * INT64_C(3600000000))

/* ---- payloads ---- */

void approval_lock_lift_payload(const struct lock *lock, struct approval_payload *ret)
{
    char lock_text[ID_TEXT_MAX], person_text[ID_TEXT_MAX];

    id_format(ID_LOCK_PREFIX, lock->id.v, lock_text);
    id_format(ID_PERSON_PREFIX, lock->person.v, person_text);
    *ret = (struct approval_payload){.length = 0};
    approval_payload_add(ret, "lock", lock_text);
    approval_payload_add(ret, "person", person_text);
    approval_payload_add(ret, "why", lock->why->code);
}

void approval_staff_roles_payload(struct person_id person, const struct staff_role_set *from,
                                  const struct staff_role_set *to, struct approval_payload *ret)
{
    char text[STAFF_ROLE_SET_TEXT_MAX], person_text[ID_TEXT_MAX];

    id_format(ID_PERSON_PREFIX, person.v, person_text);
    *ret = (struct approval_payload){.length = 0};
    staff_role_set_format(from, text);
    approval_payload_add(ret, "from", text);
    approval_payload_add(ret, "person", person_text);
    staff_role_set_format(to, text);
    approval_payload_add(ret, "to", text);
}

void approval_staff_enable_payload(struct person_id person, struct approval_payload *ret)
{
    char person_text[ID_TEXT_MAX];

    id_format(ID_PERSON_PREFIX, person.v, person_text);
    *ret = (struct approval_payload){.length = 0};
    approval_payload_add(ret, "person", person_text);
}

/* ---- executors ---- */

/* The lock may have ended by itself or with another proposal meanwhile: nothing is left to do. */
static enum err run_lock_lift(struct store_tx *tx, const struct approval *approval,
                              const struct approval_run *run, void *context)
{
    struct lock_id id = {approval->subject_id};
    struct lock lock;
    enum err err = locks_get(tx, id, (struct person_id){0}, &lock);
    bool held = err == ERR_OK && lock_holds(&lock, store_tx_now_us(tx));

    if (!held) {
        return err;
    }
    err = locks_lift(
        tx,
        &(struct lock_lift){.id = id, .by = LOCK_BY_STAFF, .staff = run->decider, .approved = true},
        NULL);
    return err != ERR_OK ? err
                         : lock_tell(tx, context, &lock,
                                     &(struct lock_news){.topic = "account_unlocked",
                                                         .outbox_id = run->ids[0]});
}

static enum err end_sessions(struct store_tx *tx, struct person_id person)
{
    return sessions_end_others(tx, person, (struct session_id){0}, SESSION_BY_STAFF, NULL);
}

static enum err run_staff_roles(struct store_tx *tx, const struct approval *approval,
                                const struct approval_run *run, void *context)
{
    struct person_id person = {approval->subject_id};
    struct staff_role_set from, to;
    struct approval_field field;
    struct staff_member member;
    enum err err;

    (void)context;
    BUG_IF(!approval_payload_get(&approval->payload, "from", &field) ||
           !staff_role_set_parse(field.value, field.value_length, &from));
    BUG_IF(!approval_payload_get(&approval->payload, "to", &field) ||
           !staff_role_set_parse(field.value, field.value_length, &to));
    err = staff_get(tx, person, &member);
    if (err == ERR_OK && (from.count != member.roles.count ||
                          memcmp(from.roles, member.roles.roles, sizeof(from.roles)) != 0)) {
        err = ERR_APPROVAL_OUTDATED;
    }
    if (err == ERR_OK && run->decider.v == person.v) {
        err = ERR_STAFF_SELF;
    }
    if (err == ERR_OK) {
        err = staff_roles_set(tx, person, &to, run->decider);
    }
    return err == ERR_OK ? end_sessions(tx, person) : err;
}

static enum err run_staff_enable(struct store_tx *tx, const struct approval *approval,
                                 const struct approval_run *run, void *context)
{
    (void)run;
    (void)context;
    return staff_enable(tx, (struct person_id){approval->subject_id});
}

static const struct approval_kind kinds[] = {
    {.name = APPROVAL_LOCK_LIFT,
     .propose = STAFF_LOCKS_LIFT,
     .decide = STAFF_APPROVALS_DECIDE | STAFF_LOCKS_LIFT,
     .lasts_us = 3 * DAY_US,
     .execute = run_lock_lift},
    {.name = APPROVAL_STAFF_ROLES,
     .propose = STAFF_STAFF_MANAGE,
     .decide = STAFF_APPROVALS_DECIDE | STAFF_STAFF_MANAGE,
     .lasts_us = 3 * DAY_US,
     .execute = run_staff_roles},
    {.name = APPROVAL_STAFF_ENABLE,
     .propose = STAFF_STAFF_MANAGE,
     .decide = STAFF_APPROVALS_DECIDE | STAFF_STAFF_MANAGE,
     .lasts_us = 3 * DAY_US,
     .execute = run_staff_enable},
};

void approval_kinds_register(struct approvals *approvals, struct vault *vault)
{
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        struct approval_kind kind = kinds[i];

        kind.context = vault;
        approvals_register(approvals, &kind);
    }
}

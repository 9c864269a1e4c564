/* signup.c — see signup.h. */
#include "identity/signup.h"

#include <string.h>

#include "core/buf.h"
#include "core/kv.h"
#include "identity/attempts.h"
#include "identity/tell.h"

static const struct attempt_rule address_rule = {.kind = ATTEMPT_SIGN_UP_ADDRESS,
                                                 .window_us = INT64_C(3600000000),
                                                 .free_count = INT32_MAX,
                                                 .count_max = 60};

static const struct sha256_hash no_address;

static uint32_t next_step(const struct person *person)
{
    uint32_t settled = person->steps_done | person->steps_skipped;

    for (uint32_t step = 1; step <= SIGNUP_STEPS_ALL; step <<= 1) {
        if ((settled & step) == 0) {
            return step;
        }
    }
    return 0;
}

/* The contact a sign-up began with is the person's oldest. */
static enum err first_contact(struct store_tx *tx, struct person_id person, struct contact *ret)
{
    struct contact contacts[CONTACTS_MAX];
    size_t count = 0;
    enum err err = contacts_list(tx, person, contacts, &count);

    if (err != ERR_OK || count == 0) {
        return err == ERR_OK ? ERR_CONTACT_NOT_FOUND : err;
    }
    *ret = contacts[0];
    return ERR_OK;
}

enum err signup_get(struct store_tx *tx, struct vault *vault, struct person_id person,
                    struct signup_progress *ret)
{
    struct signup_progress progress = {0};
    enum err err = person_get(tx, person, &progress.person);

    if (err != ERR_OK) {
        return err;
    }
    err = first_contact(tx, person, &progress.contact);
    if (err == ERR_OK) {
        err = contact_open(tx, vault, &progress.contact, VAULT_FOR_SELF, &progress.value);
    } else if (err == ERR_CONTACT_NOT_FOUND) {
        err = ERR_OK;
    }
    if (err == ERR_OK) {
        progress.next = next_step(&progress.person);
        *ret = progress;
    }
    return err;
}

static enum err tell_owner(struct store_tx *tx, struct vault *vault,
                           const struct signup_begin *begin, struct person_id owner)
{
    struct tell tell = {.outbox_id = begin->notice_id,
                        .person = owner,
                        .topic = "sign_up_attempt",
                        .about = begin->person.id.v};
    struct buf params;
    enum err err;

    buf_init(&params, 256);
    kv_add_i64(&params, "at", store_tx_now_us(tx));
    tell.params = &params;
    err = identity_tell(tx, vault, &tell);
    buf_done(&params);
    return err;
}

enum err signup_begin(struct store_tx *tx, struct vault *vault, const struct signup_begin *begin,
                      struct code_sent *ret)
{
    struct code_order order = {.person = begin->person.id,
                               .purpose = CODE_SIGN_UP,
                               .subject_id = begin->contact.id.v,
                               .contact = begin->contact.id,
                               .address_index = begin->address_index};
    struct contact owner = {0};
    enum err err = ERR_OK;

    if (!begin->is_test) {
        contact_index(vault, begin->contact.value, &order.contact_index);
    }
    if (!hash_equal(&begin->address_index, &no_address)) {
        err = attempt_count(tx, &address_rule, &begin->address_index, NULL, &ret->again_at_us);
    }
    if (err == ERR_OK) {
        err = contact_find(tx, vault, begin->person.kind, begin->contact.value, &owner,
                           &order.silent);
    }
    if (err == ERR_OK) {
        err = person_create(tx, vault, &begin->person);
    }
    if (err == ERR_OK) {
        err = contact_claim(tx, vault, &begin->contact);
    }
    if (err == ERR_OK) {
        err = codes_send(tx, vault, &order, &begin->code, ret);
    }
    if (err == ERR_OK && order.silent) {
        err = tell_owner(tx, vault, begin, owner.person);
    }
    return err == ERR_OK ? session_start(tx, &begin->session, &begin->token) : err;
}

enum err signup_send_again(struct store_tx *tx, struct vault *vault, struct person_id person,
                           struct code_draft *code, const struct sha256_hash *address_index,
                           bool is_sandbox, struct code_sent *ret)
{
    struct code_order order = {
        .person = person, .purpose = CODE_SIGN_UP, .address_index = *address_index};
    struct signup_progress progress = {0};
    struct contact owner;
    enum err err = signup_get(tx, vault, person, &progress);

    if (err == ERR_OK && (progress.person.steps_done & SIGNUP_CONTACT) != 0) {
        err = ERR_STEP_DONE;
    }
    if (err == ERR_OK && progress.contact.id.v == 0) {
        err = ERR_CONTACT_NOT_FOUND;
    }
    if (err == ERR_OK) {
        order.subject_id = progress.contact.id.v;
        order.contact = progress.contact.id;
        if (!is_sandbox || !codes_of_test_contact(&progress.value, code)) {
            contact_index(vault, &progress.value, &order.contact_index);
        }
        err = contact_find(tx, vault, progress.person.kind, &progress.value, &owner, &order.silent);
    }
    if (err == ERR_OK) {
        err = codes_send(tx, vault, &order, code, ret);
    }
    secret_wipe(&progress.value, sizeof(progress.value));
    return err;
}

static enum err confirmed(struct store_tx *tx, const struct signup_confirm *confirm,
                          struct contact_id contact, enum err *ret_verdict)
{
    enum err err = contact_confirm(tx, confirm->person, contact);

    if (err == ERR_CONTACT_TAKEN) {
        *ret_verdict = err;
        return ERR_OK;
    }
    if (err == ERR_OK) {
        err = person_mark_steps(tx, confirm->person, SIGNUP_CONTACT, 0);
    }
    return err == ERR_OK ? session_raise(tx, &confirm->change, &confirm->token) : err;
}

enum err signup_confirm(struct store_tx *tx, struct vault *vault,
                        const struct signup_confirm *confirm, enum err *ret_verdict,
                        uint32_t *ret_tries_left)
{
    struct code_check check = {.person = confirm->person,
                               .purpose = CODE_SIGN_UP,
                               .digits = confirm->digits,
                               .length = confirm->length};
    struct person person;
    struct contact contact;
    enum err err = person_get(tx, confirm->person, &person);

    if (err == ERR_OK && (person.steps_done & SIGNUP_CONTACT) != 0) {
        err = ERR_STEP_DONE;
    }
    if (err == ERR_OK) {
        err = first_contact(tx, confirm->person, &contact);
    }
    if (err != ERR_OK) {
        return err;
    }
    check.subject_id = contact.id.v;
    err = codes_check(tx, vault, &check, ret_verdict, ret_tries_left);
    return err != ERR_OK || *ret_verdict != ERR_OK
               ? err
               : confirmed(tx, confirm, contact.id, ret_verdict);
}

enum err signup_finish(struct store_tx *tx, const struct signup_finish *finish,
                       bool *ret_is_new_device)
{
    struct session_change change = finish->change;
    struct person person;
    enum err err = person_get(tx, finish->person, &person);

    if (err == ERR_OK && (person.steps_done & SIGNUP_CONTACT) == 0) {
        err = ERR_STEP_MISSING;
    }
    if (err == ERR_OK && (person.steps_done & SIGNUP_PASSWORD) != 0) {
        err = ERR_STEP_DONE;
    }
    if (err == ERR_OK) {
        /* Two that race meet in this row: the second finds another state. */
        err = person_set_state(tx, finish->person, PERSON_PENDING, PERSON_ACTIVE);
        err = err == ERR_PERSON_NOT_FOUND ? ERR_STEP_DONE : err;
    }
    if (err == ERR_OK) {
        err = password_put(tx, finish->person, &finish->hash);
    }
    if (err == ERR_OK) {
        err = person_mark_steps(tx, finish->person, SIGNUP_PASSWORD, 0);
    }
    if (err == ERR_OK) {
        err = device_see(tx, &finish->device, &change.device, ret_is_new_device);
    }
    change.level = SESSION_FULL;
    change.methods |= AUTH_PASSWORD;
    return err == ERR_OK ? session_raise(tx, &change, &finish->token) : err;
}

enum err signup_skip(struct store_tx *tx, struct person_id person, uint32_t step)
{
    struct person row;
    enum err err = person_get(tx, person, &row);

    if (err != ERR_OK) {
        return err;
    }
    if ((step & SIGNUP_MAY_SKIP) == 0) {
        return ERR_STEP_NOT_SKIPPABLE;
    }
    if ((row.steps_done & step) != 0) {
        return ERR_STEP_DONE;
    }
    return person_mark_steps(tx, person, 0, step);
}

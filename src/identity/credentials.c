/* credentials.c — see credentials.h. */
#include "identity/credentials.h"

#include <string.h>

#include "core/buf.h"
#include "core/kv.h"
#include "identity/signin.h"
#include "identity/tell.h"

void credential_wipe(struct credential *credential)
{
    secret_wipe(&credential->hash, sizeof(credential->hash));
    secret_wipe(&credential->next_hash, sizeof(credential->next_hash));
    secret_wipe((char *)(uintptr_t)credential->current, credential->current_length);
    if (credential->next != NULL) {
        secret_wipe((char *)(uintptr_t)credential->next, credential->next_length);
    }
}

enum err credential_prepare(struct store_tx *tx, struct vault *vault, struct credential *credential)
{
    struct password_row row;
    bool found = false;
    enum err err = signin_attempt(tx, vault, credential->session->person, &credential->until_us);

    if (err == ERR_OK) {
        err = password_get(tx, credential->session->person, &row, &found);
    }
    if (err == ERR_OK && !found) {
        err = ERR_PASSWORD_WRONG;
    }
    if (err == ERR_OK) {
        credential->hash = row.hash;
    }
    return err;
}

enum err credential_compare(const struct vault *vault, struct credential *credential)
{
    struct person_id person = credential->session->person;
    struct sha256_hash peppered;
    enum err err = ERR_OK;

    password_pepper(vault, person, credential->current, credential->current_length, &peppered);
    credential->matches = password_matches(&credential->hash, &peppered);
    if (credential->matches && credential->next != NULL) {
        password_pepper(vault, person, credential->next, credential->next_length, &peppered);
        err = password_hash(&peppered, &credential->next_hash);
    }
    secret_wipe(&peppered, sizeof(peppered));
    return err;
}

enum err credential_judge(struct store_tx *tx, struct vault *vault,
                          const struct credential *credential, enum err *ret_verdict)
{
    struct person_id person = credential->session->person;
    struct password_row row;
    bool found = false;
    enum err err = password_get(tx, person, &row, &found);

    *ret_verdict = ERR_PASSWORD_WRONG;
    if (err != ERR_OK || !found || !credential->matches ||
        strcmp(row.hash.text, credential->hash.text) != 0) {
        return err;
    }
    *ret_verdict = ERR_OK;
    return signin_forgive(tx, vault, person);
}

enum err password_change(struct store_tx *tx, struct vault *vault,
                         const struct password_change *change)
{
    struct person_id person = change->credential->session->person;
    struct tell tell = {.outbox_id = change->notice_id,
                        .person = person,
                        .topic = "password_changed",
                        .about = change->notice_id};
    struct buf params;
    enum err err = password_put(tx, person, &change->credential->next_hash);

    if (err == ERR_OK) {
        err = sessions_end_others(tx, person, change->change.id, SESSION_CREDENTIAL_CHANGED, NULL);
    }
    if (err == ERR_OK) {
        err = session_raise(tx, &change->change, &change->token);
    }
    if (err != ERR_OK) {
        return err;
    }
    buf_init(&params, 512);
    kv_add_str(&params, "device", change->device_name);
    kv_add_i64(&params, "at", store_tx_now_us(tx));
    tell.params = &params;
    err = identity_tell(tx, vault, &tell);
    buf_done(&params);
    return err;
}

/* ---- contacts ---- */

enum err contact_add(struct store_tx *tx, struct vault *vault, const struct contact_add *add,
                     struct code_sent *ret)
{
    struct code_order order = {.person = add->contact.person,
                               .purpose = CODE_CONTACT,
                               .subject_id = add->contact.id.v,
                               .contact = add->contact.id,
                               .address_index = add->address_index};
    struct contact owner;
    enum err err =
        contact_find(tx, vault, add->contact.kind, add->contact.value, &owner, &order.silent);

    if (!add->is_test) {
        contact_index(vault, add->contact.value, &order.contact_index);
    }
    if (err == ERR_OK) {
        err = contact_claim(tx, vault, &add->contact);
    }
    return err == ERR_OK ? codes_send(tx, vault, &order, &add->code, ret) : err;
}

/* `to` 0: everywhere. */
static enum err tell_contact(struct store_tx *tx, struct vault *vault,
                             const struct contact *contact, const char *topic, int64_t notice_id,
                             struct contact_id to)
{
    struct tell tell = {.outbox_id = notice_id,
                        .person = contact->person,
                        .contact = to,
                        .topic = topic,
                        .about = notice_id};
    struct contact_value value;
    char masked[CONTACT_MASK_MAX];
    struct buf params;
    enum err err = contact_open(tx, vault, contact, VAULT_FOR_MESSAGE, &value);

    if (err != ERR_OK) {
        return err;
    }
    contact_mask(&value, masked);
    secret_wipe(&value, sizeof(value));
    buf_init(&params, 512);
    kv_add_str(&params, "what", contact->channel == CONTACT_PHONE ? "phone" : "email");
    kv_add_str(&params, "masked", masked);
    kv_add_i64(&params, "at", store_tx_now_us(tx));
    tell.params = &params;
    err = identity_tell(tx, vault, &tell);
    buf_done(&params);
    return err;
}

enum err contact_prove(struct store_tx *tx, struct vault *vault, const struct contact_prove *prove,
                       enum err *ret_verdict, uint32_t *ret_tries_left)
{
    const struct code_check check = {.person = prove->person,
                                     .purpose = CODE_CONTACT,
                                     .subject_id = prove->id.v,
                                     .digits = prove->digits,
                                     .length = prove->length};
    struct contact contact;
    enum err err = contact_get(tx, prove->person, prove->id, &contact);

    if (err == ERR_OK && contact.state != CONTACT_CLAIMED) {
        err = contact.state == CONTACT_IN_USE ? ERR_STEP_DONE : ERR_CONTACT_NOT_FOUND;
    }
    if (err != ERR_OK) {
        return err;
    }
    err = codes_check(tx, vault, &check, ret_verdict, ret_tries_left);
    if (err != ERR_OK || *ret_verdict != ERR_OK) {
        return err;
    }
    err = contact_confirm(tx, prove->person, prove->id);
    if (err == ERR_CONTACT_TAKEN) {
        *ret_verdict = err;
        return ERR_OK;
    }
    return err == ERR_OK ? tell_contact(tx, vault, &contact, "contact_added", prove->notice_id,
                                        (struct contact_id){0})
                         : err;
}

enum err contact_drop(struct store_tx *tx, struct vault *vault, const struct session *session,
                      struct contact_id id, const int64_t notice_ids[2])
{
    struct contact contacts[CONTACTS_MAX], *found = NULL;
    struct person_id person = session->person;
    size_t count = 0, others = 0;
    enum err err = store_tx_now_us(tx) - session->authenticated_at_us > CREDENTIAL_FRESH_US
                       ? ERR_SIGN_IN_STALE
                       : contacts_list(tx, person, contacts, &count);

    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        if (contacts[i].id.v == id.v) {
            found = &contacts[i];
        } else if (contacts[i].state == CONTACT_IN_USE) {
            others++;
        }
    }
    if (err != ERR_OK || found == NULL) {
        return err == ERR_OK ? ERR_CONTACT_NOT_FOUND : err;
    }
    if (found->state == CONTACT_IN_USE && others == 0) {
        return ERR_CONTACT_LAST;
    }
    if (found->state == CONTACT_IN_USE) {
        err = tell_contact(tx, vault, found, "contact_removed", notice_ids[0],
                           (struct contact_id){0});
        if (err == ERR_OK) {
            err = tell_contact(tx, vault, found, "contact_removed", notice_ids[1], id);
        }
    }
    return err == ERR_OK ? contact_end(tx, person, id) : err;
}

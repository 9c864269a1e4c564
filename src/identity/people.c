/* people.c — see people.h. */
#include "identity/people.h"

#include <string.h>

#include "q_identity.h"

/* ---- people ---- */

enum err person_create(struct store_tx *tx, struct vault *vault, const struct person_new *new)
{
    enum err err = q_identity_person_insert(
        tx,
        &(struct q_identity_person_insert_in){.person_id = new->id.v,
                                              .kind = new->kind,
                                              .language = new->language,
                                              .now_us = store_tx_now_us(tx)},
        NULL);

    return err == ERR_OK ? vault_person_create(tx, vault, new->id) : err;
}

enum err person_get(struct store_tx *tx, struct person_id id, struct person *ret)
{
    struct q_identity_person_get_row row;
    bool found;
    enum err err = q_identity_person_get(tx, &(struct q_identity_person_get_in){.person_id = id.v},
                                         &row, &found);

    if (err != ERR_OK || !found) {
        return err == ERR_OK ? ERR_PERSON_NOT_FOUND : err;
    }
    *ret = (struct person){
        .id = id,
        .kind = (enum person_kind)row.kind,
        .state = (enum person_state)row.state,
        .language = (enum person_language)row.language,
        .steps_done = (uint32_t)row.steps_done,
        .steps_skipped = (uint32_t)row.steps_skipped,
        .created_at_us = row.created_at_us,
        .state_at_us = row.state_at_us,
    };
    return ERR_OK;
}

enum err person_set_state(struct store_tx *tx, struct person_id id, enum person_state from,
                          enum person_state to)
{
    int64_t changed = 0;
    enum err err = q_identity_person_set_state(
        tx,
        &(struct q_identity_person_set_state_in){
            .person_id = id.v, .from_state = from, .to_state = to, .now_us = store_tx_now_us(tx)},
        &changed);

    return err == ERR_OK && changed == 0 ? ERR_PERSON_NOT_FOUND : err;
}

enum err person_set_language(struct store_tx *tx, struct person_id id,
                             enum person_language language)
{
    int64_t changed = 0;
    enum err err = q_identity_person_set_language(
        tx, &(struct q_identity_person_set_language_in){.person_id = id.v, .language = language},
        &changed);

    return err == ERR_OK && changed == 0 ? ERR_PERSON_NOT_FOUND : err;
}

enum err person_mark_steps(struct store_tx *tx, struct person_id id, uint32_t done,
                           uint32_t skipped)
{
    int64_t changed = 0;
    enum err err =
        q_identity_person_mark_steps(tx,
                                     &(struct q_identity_person_mark_steps_in){
                                         .person_id = id.v, .done = done, .skipped = skipped},
                                     &changed);

    return err == ERR_OK && changed == 0 ? ERR_PERSON_NOT_FOUND : err;
}

/* ---- contacts ---- */

struct vault_place contact_place(struct person_id person, struct contact_id id)
{
    return (struct vault_place){.person = person,
                                .class = VAULT_CONTACT,
                                .table = "person_contacts",
                                .column = "value_sealed",
                                .row_id = id.v};
}

void contact_index(const struct vault *vault, const struct contact_value *value,
                   struct sha256_hash *ret)
{
    vault_index(vault, value->channel == CONTACT_PHONE ? VAULT_INDEX_PHONE : VAULT_INDEX_EMAIL,
                (struct store_text){value->text, (uint32_t)value->length}, ret);
}

struct contact_list {
    struct contact *contacts;
    size_t count;
};

static void contact_from_row(const struct q_identity_contact_find_row *row, struct contact *ret)
{
    BUG_IF(row->value_sealed.length > CONTACT_SEALED_MAX);
    memset(ret, 0, sizeof(*ret));
    ret->id.v = row->contact_id;
    ret->person.v = row->person_id;
    ret->channel = (enum contact_channel)row->channel;
    ret->state = (enum contact_state)row->state;
    ret->created_at_us = row->created_at_us;
    ret->confirmed_at_us = row->confirmed_at_us;
    ret->sealed_length = row->value_sealed.length;
    memcpy(ret->sealed, row->value_sealed.data, row->value_sealed.length);
}

_Static_assert(sizeof(struct q_identity_contact_find_row) ==
                   sizeof(struct q_identity_contacts_of_person_row),
               "both queries give the same columns");

static bool contact_take(const struct q_identity_contacts_of_person_row *row, void *arg)
{
    struct contact_list *list = arg;
    struct q_identity_contact_find_row same;

    memcpy(&same, row, sizeof(same));
    contact_from_row(&same, &list->contacts[list->count++]);
    return list->count < CONTACTS_MAX;
}

enum err contacts_list(struct store_tx *tx, struct person_id person, struct contact *ret,
                       size_t *ret_count)
{
    struct contact_list list = {.contacts = ret};
    enum err err = q_identity_contacts_of_person_each(
        tx, &(struct q_identity_contacts_of_person_in){.person_id = person.v}, contact_take, &list);

    if (err == ERR_OK) {
        *ret_count = list.count;
    }
    return err;
}

_Static_assert(sizeof(struct q_identity_contact_find_row) ==
                   sizeof(struct q_identity_contact_get_row),
               "both queries give the same columns");

enum err contact_get(struct store_tx *tx, struct person_id person, struct contact_id id,
                     struct contact *ret)
{
    struct q_identity_contact_get_row row;
    struct q_identity_contact_find_row same;
    struct arena *arena = arena_create(4096);
    bool found = false;
    enum err err = q_identity_contact_get(
        tx, &(struct q_identity_contact_get_in){.person_id = person.v, .contact_id = id.v}, arena,
        &row, &found);

    if (err == ERR_OK && found) {
        memcpy(&same, &row, sizeof(same));
        contact_from_row(&same, ret);
    }
    arena_free(arena);
    return err == ERR_OK && !found ? ERR_CONTACT_NOT_FOUND : err;
}

enum err contact_claim(struct store_tx *tx, struct vault *vault, const struct contact_new *new)
{
    const struct contact_value *value = new->value;
    const struct vault_place place = contact_place(new->person, new->id);
    struct q_identity_contact_insert_in in = {
        .contact_id = new->id.v,
        .person_id = new->person.v,
        .kind = new->kind,
        .channel = value->channel,
        .now_us = store_tx_now_us(tx),
    };
    struct contact contacts[CONTACTS_MAX];
    struct arena *arena;
    size_t count = 0;
    enum err err = contacts_list(tx, new->person, contacts, &count);

    if (err != ERR_OK || count == CONTACTS_MAX) {
        return err == ERR_OK ? ERR_CONTACT_LIMIT : err;
    }
    arena = arena_create(8192);
    contact_index(vault, value, &in.value_index);
    err = vault_seal_text(tx, vault, &place,
                          (struct store_text){value->text, (uint32_t)value->length}, arena,
                          &in.value_sealed);
    BUG_IF(err == ERR_OK && in.value_sealed.length > CONTACT_SEALED_MAX);
    if (err == ERR_OK) {
        err = q_identity_contact_insert(tx, &in, NULL);
    }
    arena_free(arena);
    return err;
}

enum err contact_confirm(struct store_tx *tx, struct person_id person, struct contact_id id)
{
    struct contact contact;
    int64_t changed = 0;
    enum err err = contact_get(tx, person, id, &contact);

    if (err != ERR_OK) {
        return err;
    }
    if (contact.state != CONTACT_CLAIMED) {
        return ERR_CONTACT_NOT_FOUND;
    }
    /* Two who confirm at once meet in the unique index; the lane runs the loser again. */
    err = q_identity_contact_confirm(
        tx,
        &(struct q_identity_contact_confirm_in){
            .contact_id = id.v, .person_id = person.v, .now_us = store_tx_now_us(tx)},
        &changed);
    return err == ERR_OK && changed == 0 ? ERR_CONTACT_TAKEN : err;
}

enum err contact_end(struct store_tx *tx, struct person_id person, struct contact_id id)
{
    int64_t changed = 0;
    enum err err = q_identity_contact_end(
        tx,
        &(struct q_identity_contact_end_in){
            .contact_id = id.v, .person_id = person.v, .now_us = store_tx_now_us(tx)},
        &changed);

    return err == ERR_OK && changed == 0 ? ERR_CONTACT_NOT_FOUND : err;
}

enum err contact_find(struct store_tx *tx, const struct vault *vault, enum person_kind kind,
                      const struct contact_value *value, struct contact *ret, bool *ret_found)
{
    struct q_identity_contact_find_in in = {.kind = kind, .channel = value->channel};
    struct q_identity_contact_find_row row;
    struct arena *arena = arena_create(4096);
    bool found = false;
    enum err err;

    contact_index(vault, value, &in.value_index);
    err = q_identity_contact_find(tx, &in, arena, &row, &found);
    if (err == ERR_OK && found) {
        contact_from_row(&row, ret);
    }
    arena_free(arena);
    if (err == ERR_OK) {
        *ret_found = found;
    }
    return err;
}

enum err contact_open(struct store_tx *tx, struct vault *vault, const struct contact *contact,
                      enum vault_purpose purpose, struct contact_value *ret)
{
    const struct vault_place place = contact_place(contact->person, contact->id);
    struct arena *arena = arena_create(8192);
    struct store_text text;
    enum err err = vault_unseal_text(tx, vault, &place, purpose,
                                     (struct store_blob){contact->sealed, contact->sealed_length},
                                     arena, &text);

    if (err == ERR_OK) {
        BUG_IF(text.length > CONTACT_VALUE_MAX);
        ret->channel = contact->channel;
        ret->length = text.length;
        memcpy(ret->text, text.data, text.length);
        ret->text[text.length] = '\0';
        secret_wipe((char *)(uintptr_t)text.data, text.length);
    }
    arena_free(arena);
    return err;
}

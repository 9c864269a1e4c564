/* people_json.c — see people_json.h. */
#include "api/people_json.h"

#include <string.h>

#include "core/sha256.h"

enum err people_look(struct store_tx *tx, struct api_app *app, const struct people_look *look,
                     struct access_grant *ret)
{
    struct person person;
    enum err err = person_get(tx, look->person, &person);

    if (err == ERR_OK && (person.kind != PERSON_CONSUMER || person.state == PERSON_ERASED)) {
        err = ERR_PERSON_NOT_FOUND;
    }
    if (err != ERR_OK) {
        return err;
    }
    return access_log_append(tx, app->vault,
                             &(struct access_look){.staff = look->caller->person,
                                                   .person = look->person,
                                                   .classes = look->classes,
                                                   .why = look->why,
                                                   .reason = look->reason},
                             ret);
}

static enum err mask_contact(struct store_tx *tx, struct api_app *app,
                             const struct access_grant *grant, struct arena *arena,
                             struct contact_view *view)
{
    const struct contact *contact = &view->contact;
    const struct vault_place place = contact_place(contact->person, contact->id);
    struct contact_value value;
    struct store_text text;
    enum err err = access_unseal_text(tx, app->vault, grant, &place,
                                      (struct store_blob){contact->sealed, contact->sealed_length},
                                      arena, &text);

    if (err != ERR_OK) {
        return err;
    }
    err = contact_normalise(text.data, text.length, &value);
    BUG_IF(err != ERR_OK); /* what is sealed was normalised */
    contact_mask(&value, view->mask);
    secret_wipe(&value, sizeof(value));
    return ERR_OK;
}

enum err person_view_read(struct store_tx *tx, struct api_app *app,
                          const struct access_grant *grant, struct person_id id,
                          struct arena *arena, struct person_view *ret)
{
    struct contact contacts[CONTACTS_MAX];
    size_t count = 0;
    enum err err = person_get(tx, id, &ret->person);

    if (err == ERR_OK) {
        err = contacts_list(tx, id, contacts, &count);
    }
    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        ret->contacts[i].contact = contacts[i];
        err = mask_contact(tx, app, grant, arena, &ret->contacts[i]);
    }
    ret->contact_count = count;
    return err;
}

void people_json_basics(struct json_out *out, const struct person_view *view)
{
    json_out_id(out, "person_id", ID_PERSON_PREFIX, view->person.id.v);
    json_out_name(out, "state", &api_staff_person_state_names, view->person.state);
    json_out_text(out, "language", view->person.language == PERSON_ZH ? "zh" : "en");
    json_out_time(out, "created_at", view->person.created_at_us);
    json_out_open_list(out, "contacts");
    for (size_t i = 0; i < view->contact_count; i++) {
        const struct contact *contact = &view->contacts[i].contact;

        json_out_open(out, NULL);
        json_out_id(out, "id", ID_CONTACT_PREFIX, contact->id.v);
        json_out_text(out, "channel", contact->channel == CONTACT_PHONE ? "phone" : "email");
        json_out_text(out, "masked", view->contacts[i].mask);
        json_out_bool(out, "in_use", contact->state == CONTACT_IN_USE);
        json_out_time(out, "confirmed_at", contact->confirmed_at_us);
        json_out_close(out);
    }
    json_out_close_list(out);
}

/* GET /v1/me — the person who asks, contacts masked. */
#include "api/api_people.h"
#include "identity/password.h"

#include <string.h>

struct reading {
    struct api_app *app;
    struct person_id id;
    struct signup_progress progress;
    struct contact contacts[CONTACTS_MAX];
    char masked[CONTACTS_MAX][CONTACT_MASK_MAX];
    size_t count;
    struct password_row password;
    bool has_password;
};

static enum err read_me(struct store_tx *tx, void *arg)
{
    struct reading *reading = arg;
    struct vault *vault = reading->app->vault;
    struct contact_value value;
    enum err err = signup_get(tx, vault, reading->id, &reading->progress);

    if (err == ERR_OK) {
        err = contacts_list(tx, reading->id, reading->contacts, &reading->count);
    }
    for (size_t i = 0; err == ERR_OK && i < reading->count; i++) {
        err = contact_open(tx, vault, &reading->contacts[i], VAULT_FOR_SELF, &value);
        if (err == ERR_OK) {
            contact_mask(&value, reading->masked[i]);
            secret_wipe(&value, sizeof(value));
        }
    }
    return err == ERR_OK ? password_get(tx, reading->id, &reading->password, &reading->has_password)
                         : err;
}

static void contacts_json(struct json_out *out, const struct reading *reading)
{
    json_out_open_list(out, "contacts");
    for (size_t i = 0; i < reading->count; i++) {
        const struct contact *contact = &reading->contacts[i];

        json_out_open(out, NULL);
        json_out_id(out, "id", ID_CONTACT_PREFIX, contact->id.v);
        json_out_name(out, "channel", &api_contact_channel_names, contact->channel);
        json_out_name(out, "state", &api_contact_state_names, contact->state);
        json_out_text(out, "masked", reading->masked[i]);
        json_out_time(out, "created_at", contact->created_at_us);
        json_out_time(out, "confirmed_at", contact->confirmed_at_us);
        json_out_close(out);
    }
    json_out_close_list(out);
}

static void me_json(struct http_request *request, const struct reading *reading)
{
    const struct person *person = &reading->progress.person;
    struct json_out out;

    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_id(&out, "id", ID_PERSON_PREFIX, person->id.v);
    json_out_name(&out, "state", &api_person_state_names, person->state);
    json_out_name(&out, "language", &api_language_names, person->language);
    contacts_json(&out, reading);
    api_session_json(&out, "session", &api_caller_of(request)->session, true);
    if (reading->progress.next == 0) {
        json_out_null(&out, "next_step");
    } else {
        json_out_name(&out, "next_step", &api_signup_step_name_names, reading->progress.next);
    }
    json_out_time(&out, "created_at", person->created_at_us);
    json_out_time(&out, "password_changed_at",
                  reading->has_password ? reading->password.changed_at_us : 0);
    json_out_close(&out);
    json_out_end(&out);
}

enum http_verdict api_me_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct reading *reading;

    if (!api_me_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    reading = arena_alloc(request->arena, sizeof(*reading));
    reading->app = app;
    reading->id = api_caller_of(request)->person;
    if (!api_read(request, app, read_me, reading)) {
        return HTTP_ANSWERED;
    }
    secret_wipe(&reading->password.hash, sizeof(reading->password.hash));
    secret_wipe(&reading->progress.value, sizeof(reading->progress.value));
    me_json(request, reading);
    return api_answer_json(request, 200);
}

/* POST /v1/staff/people/{person_id}/contacts/{contact_id}/unmask — one contact of a person in full,
 * for a reason of its own. */
#include "api/people_json.h"

struct unmasking {
    struct people_look look;
    struct contact_id contact;
    struct arena *arena;
    struct store_text value;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct unmasking *unmasking = arg;
    const struct vault_place place = contact_place(unmasking->look.person, unmasking->contact);
    struct contact contact = {0};
    struct access_grant grant;
    enum err err = people_look(tx, app, &unmasking->look, &grant);

    if (err == ERR_OK) {
        err = contact_get(tx, unmasking->look.person, unmasking->contact, &contact);
    }
    if (err != ERR_OK) {
        return err;
    }
    return access_unseal_text(tx, app->vault, &grant, &place,
                              (struct store_blob){contact.sealed, contact.sealed_length},
                              unmasking->arena, &unmasking->value);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct unmasking *unmasking = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_id(&out, "contact_id", ID_CONTACT_PREFIX, unmasking->contact.v);
    json_out_bytes(&out, "value", unmasking->value.data, unmasking->value.length);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_staff_people_id_contacts_id_unmask_post(struct http_request *request,
                                                              void *arg)
{
    struct api_staff_people_id_contacts_id_unmask_post_in in;
    struct unmasking *unmasking;

    if (!api_staff_people_id_contacts_id_unmask_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    unmasking = arena_alloc(request->arena, sizeof(*unmasking));
    unmasking->look = (struct people_look){
        .caller = api_caller_of(request),
        .person = in.person_id,
        .classes = ACCESS_CLASS(VAULT_CONTACT),
        .why = (enum access_why)in.body.why,
        .reason = {in.body.reason.data, (uint32_t)in.body.reason.length},
    };
    unmasking->contact = in.contact_id;
    unmasking->arena = request->arena;
    return api_write_plain(
        request, arg, &(struct api_plain_spec){.run = run, .answer = answer, .arg = unmasking});
}

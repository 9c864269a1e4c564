/* POST /v1/confirmations/{confirmation_id}/code/send — sends a one-time code to the person's phone,
 * or e-mail where there is no phone. It is good for this confirmation only. */
#include "api/api_confirm.h"
#include "api/api_people.h"

struct sending {
    struct api_confirm confirm;
    struct code_draft code;
    struct api_origin origin;
    struct code_sent sent;
    char masked[CONTACT_MASK_MAX];
};

/* The oldest phone in use, or the oldest e-mail. ERR_FACTOR_NOT_ENROLLED. */
static enum err choose_contact(struct store_tx *tx, struct person_id person, struct contact *ret)
{
    struct contact contacts[CONTACTS_MAX];
    const struct contact *chosen = NULL;
    size_t count = 0;
    enum err err = contacts_list(tx, person, contacts, &count);

    for (size_t i = 0; i < count; i++) {
        if (contacts[i].state == CONTACT_IN_USE &&
            (chosen == NULL ||
             (chosen->channel == CONTACT_EMAIL && contacts[i].channel == CONTACT_PHONE))) {
            chosen = &contacts[i];
        }
    }
    if (err == ERR_OK && chosen == NULL) {
        err = ERR_FACTOR_NOT_ENROLLED;
    }
    if (err == ERR_OK) {
        *ret = *chosen;
    }
    return err;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct sending *sending = arg;
    struct api_confirm *confirm = &sending->confirm;
    struct code_order order = {.person = confirm->key.person,
                               .purpose = CODE_CONFIRM,
                               .subject_id = confirm->key.id.v,
                               .address_index = sending->origin.address_index};
    struct contact contact;
    struct contact_value value;
    enum err err = api_confirm_open(tx, app, confirm);

    if (err == ERR_OK) {
        err = choose_contact(tx, confirm->key.person, &contact);
    }
    if (err == ERR_OK) {
        err = contact_open(tx, app->vault, &contact, VAULT_FOR_CONFIRMATION, &value);
    }
    if (err != ERR_OK) {
        return err;
    }
    contact_mask(&value, sending->masked);
    order.contact = contact.id;
    if (!app->is_sandbox || !codes_of_test_contact(&value, &sending->code)) {
        contact_index(app->vault, &value, &order.contact_index);
    }
    secret_wipe(&value, sizeof(value));
    return codes_send(tx, app->vault, &order, &sending->code, &sending->sent);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct sending *sending = arg;
    struct json_out out;

    (void)app;
    secret_wipe(&sending->code, sizeof(sending->code));
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_text(&out, "to", sending->masked);
    json_out_time(&out, "expires_at", sending->sent.expires_at_us);
    json_out_time(&out, "again_at", sending->sent.again_at_us);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

static bool refuse(struct http_request *request, struct api_app *app, void *arg, enum err outcome)
{
    struct sending *sending = arg;

    secret_wipe(&sending->code, sizeof(sending->code));
    return api_refuse_pause(request, app, outcome, sending->sent.again_at_us);
}

enum http_verdict api_confirmations_id_code_send_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_confirmations_id_code_send_post_in in;
    struct sending *sending;

    if (!api_confirmations_id_code_send_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    sending = arena_alloc(request->arena, sizeof(*sending));
    api_confirm_begin(request, app, in.confirmation_id, FACTOR_CODE, &sending->confirm);
    api_origin_of(request, app, &sending->origin);
    api_code_of(app, NULL, &sending->code, NULL);
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){
            .stages = {.refuse = refuse}, .run = run, .answer = answer, .arg = sending});
}

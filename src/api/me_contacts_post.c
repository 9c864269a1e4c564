/* POST /v1/me/contacts — another phone number or e-mail address, after the password was shown; it
 * counts once the code that is sent there comes back. */
#include "api/api_people.h"

#include "identity/credentials.h"
#include "identity/locks.h"

struct adding {
    struct credential credential;
    struct contact_add add;
    struct contact_value value;
    enum err verdict;
    struct api_origin origin;
    struct code_sent sent;
};

static enum err prepare(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct adding *adding = arg;

    return credential_prepare(tx, app->vault, &adding->credential);
}

static enum err slow(struct api_app *app, void *arg)
{
    struct adding *adding = arg;

    return credential_compare(app->vault, &adding->credential);
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct adding *adding = arg;
    enum err err = credential_judge(tx, app->vault, &adding->credential, &adding->verdict);

    if (err != ERR_OK || adding->verdict != ERR_OK) {
        return err;
    }
    err = locks_check(tx, adding->add.contact.person, LOCK_CREDENTIALS, NULL);
    return err == ERR_OK ? contact_add(tx, app->vault, &adding->add, &adding->sent) : err;
}

static void wipe(struct adding *adding)
{
    credential_wipe(&adding->credential);
    secret_wipe(&adding->value, sizeof(adding->value));
    secret_wipe(&adding->add.code, sizeof(adding->add.code));
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct adding *adding = arg;
    struct json_out out;

    (void)app;
    if (adding->verdict != ERR_OK) {
        api_answer_problem(request,
                           (struct api_problem){.err = adding->verdict, .field = "/password"});
    } else {
        json_out_begin(&out, request->out);
        json_out_open(&out, NULL);
        json_out_id(&out, "contact_id", ID_CONTACT_PREFIX, adding->add.contact.id.v);
        api_code_sent_json(&out, "code", &adding->sent);
        json_out_close(&out);
        json_out_end(&out);
        api_answer_json(request, 201);
    }
    wipe(adding);
}

static bool refuse(struct http_request *request, struct api_app *app, void *arg, enum err outcome)
{
    struct adding *adding = arg;
    int64_t until_us = adding->sent.again_at_us > adding->credential.until_us
                           ? adding->sent.again_at_us
                           : adding->credential.until_us;

    wipe(adding);
    return api_refuse_pause(request, app, outcome, until_us);
}

enum http_verdict api_me_contacts_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_caller *caller = api_caller_of(request);
    struct api_me_contacts_post_in in;
    struct adding *adding;

    if (!api_me_contacts_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    adding = arena_alloc(request->arena, sizeof(*adding));
    if (!api_contact_of(request, &in.body.contact, &adding->value)) {
        return HTTP_ANSWERED;
    }
    api_origin_of(request, app, &adding->origin);
    adding->credential = (struct credential){.session = &caller->session,
                                             .current = in.body.password.data,
                                             .current_length = in.body.password.length};
    adding->add.contact = (struct contact_new){.id = {id_draw_one(app->ids)},
                                               .person = caller->person,
                                               .kind = PERSON_CONSUMER,
                                               .value = &adding->value};
    adding->add.address_index = adding->origin.address_index;
    api_code_of(app, &adding->value, &adding->add.code, &adding->add.is_test);
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){.stages = {.prepare = prepare, .slow = slow, .refuse = refuse},
                                 .run = run,
                                 .answer = answer,
                                 .arg = adding,
                                 .affinity = caller->person.v});
}

/* DELETE /v1/me/contacts/{contact_id} — gives a contact up; it is told for the last time. Soon
 * after signing in only: a session that was left open must not be enough. */
#include "api/api_people.h"

#include "identity/credentials.h"
#include "identity/locks.h"

struct dropping {
    const struct api_caller *caller;
    struct contact_id id;
    int64_t notice_ids[2];
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct dropping *dropping = arg;
    const struct session *session = &dropping->caller->session;
    enum err err = locks_check(tx, session->person, LOCK_CREDENTIALS, NULL);

    return err == ERR_OK ? contact_drop(tx, app->vault, session, dropping->id, dropping->notice_ids)
                         : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct dropping *dropping = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_id(&out, "contact_id", ID_CONTACT_PREFIX, dropping->id.v);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_me_contacts_id_delete(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_contacts_id_delete_in in;
    struct dropping *dropping;

    if (!api_me_contacts_id_delete_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    dropping = arena_alloc(request->arena, sizeof(*dropping));
    dropping->caller = api_caller_of(request);
    dropping->id = in.contact_id;
    id_draw(app->ids, ARRAY_COUNT(dropping->notice_ids), dropping->notice_ids);
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){
            .run = run, .answer = answer, .arg = dropping, .affinity = dropping->caller->person.v});
}

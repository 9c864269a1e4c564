/* DELETE /v1/me/passkeys/{passkey_id} — removes a passkey. Staff keep at least one second factor.
 */
#include "api/api_factors.h"

#include "identity/passkeys.h"

struct removing {
    struct api_stepup stepup;
    struct passkey_id id;
    int64_t outbox_id;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct removing *removing = arg;
    const struct person_id person = removing->stepup.need.person;
    const struct factor_news news = {removing->outbox_id, person, FACTOR_PASSKEY};
    struct factor_counts counts;
    enum err err = api_stepup_check(tx, app, &removing->stepup);

    if (err == ERR_OK) {
        err = passkey_remove(tx, person, removing->id);
    }
    if (err == ERR_OK) {
        err = factors_count(tx, person, &counts);
    }
    if (err == ERR_OK && removing->stepup.need.session->kind == PERSON_STAFF &&
        factors_second_count(&counts) == 0) {
        err = ERR_LAST_SECOND_FACTOR;
    }
    return err == ERR_OK ? factor_tell(tx, app->vault, &news, FACTOR_REMOVED) : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct removing *removing = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_id(&out, "id", ID_PASSKEY_PREFIX, removing->id.v);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_me_passkeys_id_delete(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_passkeys_id_delete_in in;
    struct removing *removing;

    if (!api_me_passkeys_id_delete_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    removing = arena_alloc(request->arena, sizeof(*removing));
    if (!api_stepup_begin(request, app, STEPUP_CREDENTIAL, &removing->stepup)) {
        return HTTP_ANSWERED;
    }
    removing->id = in.passkey_id;
    removing->outbox_id = id_draw_one(app->ids);
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.stages = {.stepup = &removing->stepup},
                                                    .run = run,
                                                    .answer = answer,
                                                    .arg = removing});
}

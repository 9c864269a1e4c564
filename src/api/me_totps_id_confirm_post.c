/* POST /v1/me/totps/{totp_id}/confirm — the first code of a new authenticator app puts it in use.
 */
#include "api/api_factors.h"

#include <string.h>

#include "identity/totps.h"

struct confirming {
    struct person_id person;
    struct totp_id id;
    char code[TOTP_DIGITS + 1];
    int64_t outbox_id;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    const struct confirming *c = arg;
    const struct factor_news news = {c->outbox_id, c->person, FACTOR_TOTP};
    enum err err = totp_confirm(tx, app->vault, c->person, c->id, c->code);

    return err == ERR_OK ? factor_tell(tx, app->vault, &news, FACTOR_ADDED) : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct confirming *c = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_id(&out, "id", ID_TOTP_PREFIX, c->id.v);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_me_totps_id_confirm_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_totps_id_confirm_post_in in;
    struct confirming *c;

    if (!api_me_totps_id_confirm_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    c = arena_alloc(request->arena, sizeof(*c));
    c->person = api_caller_of(request)->person;
    c->id = in.totp_id;
    c->outbox_id = id_draw_one(app->ids);
    BUG_IF(in.body.code.length != TOTP_DIGITS);
    memcpy(c->code, in.body.code.data, TOTP_DIGITS);
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.run = run, .answer = answer, .arg = c});
}

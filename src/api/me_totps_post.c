/* POST /v1/me/totps — a new authenticator app: its secret is shown this once, and counts from its
 * first right code on (POST /v1/me/totps/{totp_id}/confirm). */
#include "api/api_factors.h"

#include "identity/totps.h"

#define ISSUER "Jinnang"

struct showing {
    struct api_stepup stepup;
    struct totp_secret secret;
    struct totp_id id;
    struct store_text name;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct showing *showing = arg;
    enum err err = api_stepup_check(tx, app, &showing->stepup);

    return err == ERR_OK ? totp_show(tx, app->vault,
                                     &(struct totp_new){.id = showing->id,
                                                        .person = showing->stepup.need.person,
                                                        .name = showing->name,
                                                        .secret = &showing->secret})
                         : err;
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct showing *showing = arg;
    char text[TOTP_TEXT_MAX], uri[TOTP_URI_MAX], account[ID_TEXT_MAX];
    struct json_out out;

    (void)app;
    /* The account's id and not its phone: what an app shows, others may see. */
    id_format(ID_PERSON_PREFIX, showing->stepup.need.person.v, account);
    BUG_IF(!totp_uri(&showing->secret, ISSUER, account, uri));
    totp_secret_text(&showing->secret, text);
    json_out_begin(&out, body);
    json_out_open(&out, NULL);
    json_out_id(&out, "id", ID_TOTP_PREFIX, showing->id.v);
    json_out_text(&out, "secret", text);
    json_out_text(&out, "uri", uri);
    json_out_close(&out);
    json_out_end(&out);
    secret_wipe(text, sizeof(text));
    secret_wipe(uri, sizeof(uri));
    return 201;
}

static void done(struct http_request *request, struct api_app *app, void *arg, bool committed)
{
    struct showing *showing = arg;

    (void)request;
    (void)app;
    (void)committed;
    secret_wipe(&showing->secret, sizeof(showing->secret));
}

enum http_verdict api_me_totps_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_totps_post_in in;
    struct showing *showing;

    if (!api_me_totps_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    showing = arena_alloc(request->arena, sizeof(*showing));
    if (!api_stepup_begin(request, app, STEPUP_CREDENTIAL, &showing->stepup)) {
        return HTTP_ANSWERED;
    }
    showing->id.v = id_draw_one(app->ids);
    showing->name = (struct store_text){in.body.name.data, (uint32_t)in.body.name.length};
    totp_secret_draw(&showing->secret);
    return api_write_once(request, app,
                          &(struct api_write_spec){.stages = {.stepup = &showing->stepup},
                                                   .run = run,
                                                   .encode = encode,
                                                   .done = done,
                                                   .arg = showing});
}

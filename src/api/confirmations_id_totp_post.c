/* POST /v1/confirmations/{confirmation_id}/totp — gives a code of an authenticator app. */
#include "api/api_confirm.h"
#include "identity/totps.h"

struct giving {
    struct api_confirm confirm; /* first */
    const char *code;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct giving *giving = arg;
    struct api_confirm *confirm = &giving->confirm;
    enum err err = api_confirm_open(tx, app, confirm);

    if (err == ERR_OK) {
        err = totp_use(tx, app->vault, confirm->key.person, giving->code, &confirm->verdict,
                       &confirm->pause);
    }
    return err == ERR_OK ? api_confirm_settle(tx, app, confirm) : err;
}

enum http_verdict api_confirmations_id_totp_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_confirmations_id_totp_post_in in;
    struct giving *giving;

    if (!api_confirmations_id_totp_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    giving = arena_alloc(request->arena, sizeof(*giving));
    api_confirm_begin(request, app, in.confirmation_id, FACTOR_TOTP, &giving->confirm);
    giving->code = in.body.code.data;
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){.run = run, .answer = api_confirm_answer, .arg = giving});
}

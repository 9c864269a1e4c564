/* POST /v1/confirmations/{confirmation_id}/code — gives the one-time code that was sent for it. */
#include "api/api_confirm.h"
#include "identity/codes.h"

struct giving {
    struct api_confirm confirm; /* first */
    struct store_text code;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct giving *giving = arg;
    struct api_confirm *confirm = &giving->confirm;
    const struct code_check check = {.person = confirm->key.person,
                                     .purpose = CODE_CONFIRM,
                                     .subject_id = confirm->key.id.v,
                                     .digits = giving->code.data,
                                     .length = giving->code.length};
    enum err err = api_confirm_open(tx, app, confirm);

    if (err == ERR_OK) {
        err = codes_check(tx, app->vault, &check, &confirm->verdict, &confirm->pause.left);
    }
    return err == ERR_OK ? api_confirm_settle(tx, app, confirm) : err;
}

enum http_verdict api_confirmations_id_code_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_confirmations_id_code_post_in in;
    struct giving *giving;

    if (!api_confirmations_id_code_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    giving = arena_alloc(request->arena, sizeof(*giving));
    api_confirm_begin(request, app, in.confirmation_id, FACTOR_CODE, &giving->confirm);
    giving->code = (struct store_text){in.body.code.data, (uint32_t)in.body.code.length};
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){.run = run, .answer = api_confirm_answer, .arg = giving});
}

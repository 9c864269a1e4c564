/* GET /v1/confirmations/{confirmation_id} — what is to be confirmed, by what, until when. */
#include "api/api_confirm.h"

struct reading {
    struct api_app *app;
    struct api_confirm confirm;
};

static enum err read_confirmation(struct store_tx *tx, void *arg)
{
    struct reading *reading = arg;
    struct api_confirm *confirm = &reading->confirm;
    enum err err = confirmation_get(tx, reading->app->vault, &confirm->key, &confirm->confirmation);

    return err == ERR_OK ? factors_count(tx, confirm->key.person, &confirm->counts) : err;
}

enum http_verdict api_confirmations_id_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_confirmations_id_get_in in;
    struct reading *reading;

    if (!api_confirmations_id_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    reading = arena_alloc(request->arena, sizeof(*reading));
    reading->app = app;
    api_confirm_begin(request, app, in.confirmation_id, FACTOR_PIN, &reading->confirm);
    if (api_read(request, app, read_confirmation, reading)) {
        api_confirm_answer(request, app, &reading->confirm);
    }
    return HTTP_ANSWERED;
}

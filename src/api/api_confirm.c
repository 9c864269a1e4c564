/* api_confirm.c — see api_confirm.h. */
#include "api/api_confirm.h"

void api_confirm_begin(struct http_request *request, struct api_app *app, struct confirmation_id id,
                       enum factor factor, struct api_confirm *ret)
{
    const struct api_caller *caller = api_caller_of(request);

    BUG_IF(caller == NULL || caller->person.v == 0);
    *ret = (struct api_confirm){.key = {caller->person, caller->session.id, id},
                                .factor = factor,
                                .outbox_id = id_draw_one(app->ids)};
}

enum err api_confirm_open(struct store_tx *tx, struct api_app *app, struct api_confirm *confirm)
{
    confirm->verdict = ERR_OK;
    return confirmation_open(tx, app->vault, &confirm->key, confirm->factor,
                             &confirm->confirmation);
}

enum err api_confirm_settle(struct store_tx *tx, struct api_app *app, struct api_confirm *confirm)
{
    const struct factor_news news = {confirm->outbox_id, confirm->key.person, confirm->factor};
    enum err err = factors_count(tx, confirm->key.person, &confirm->counts);

    if (err == ERR_OK && confirm->verdict == ERR_OK) {
        err = confirmation_give(tx, &confirm->confirmation, confirm->factor);
    } else if (err == ERR_OK && api_factor_paused_now(confirm->verdict, &confirm->pause)) {
        err = factor_tell_paused(tx, app->vault, &news);
    }
    return err;
}

void api_confirm_answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct api_confirm *confirm = arg;
    struct json_out out;

    if (confirm->verdict != ERR_OK) {
        api_answer_factor(request, app, confirm->verdict, &confirm->pause);
        return;
    }
    json_out_begin(&out, request->out);
    api_confirmation_json(&out, NULL, request->language, &confirm->confirmation, &confirm->counts);
    json_out_end(&out);
    api_answer_json(request, 200);
}

bool api_confirm_refuse(struct http_request *request, struct api_app *app, void *arg,
                        enum err outcome)
{
    struct api_confirm *confirm = arg;

    if (outcome != ERR_FACTOR_PAUSED) {
        return false;
    }
    api_answer_factor(request, app, outcome, &confirm->pause);
    return true;
}

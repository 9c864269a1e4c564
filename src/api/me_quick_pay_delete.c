/* DELETE /v1/me/quick-pay — turns quick pay off; no confirmation is needed to be safer. */
#include "api/api_quick_pay.h"
#include "policy/pack.h"

struct ending {
    struct person_id person;
    struct quick_pay quick;
    int64_t outbox_id;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct ending *ending = arg;
    const struct stepup_policy policy = api_stepup_policy(app);
    const struct factor_news news = {ending->outbox_id, ending->person, FACTOR_PIN};
    const struct money none = {0, app->pack->currency};
    enum err err = quick_pay_get(tx, &policy, ending->person, &ending->quick);

    if (err == ERR_OK && ending->quick.is_on) {
        err = quick_pay_turn_off(tx, ending->person);
        if (err == ERR_OK) {
            err = factor_tell_quick_pay(tx, app->vault, &news, none, none);
        }
        ending->quick = (struct quick_pay){0};
    }
    return err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct ending *ending = arg;

    api_quick_pay_json(request->out, app, &ending->quick);
    api_answer_json(request, 200);
}

enum http_verdict api_me_quick_pay_delete(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct ending *ending;

    if (!api_me_quick_pay_delete_decode(request)) {
        return HTTP_ANSWERED;
    }
    ending = arena_alloc(request->arena, sizeof(*ending));
    ending->person = api_caller_of(request)->person;
    ending->outbox_id = id_draw_one(app->ids);
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.run = run, .answer = answer, .arg = ending});
}

/* PUT /v1/me/quick-pay — turns quick pay on, or changes its limits, up to the pack's. */
#include "api/api_quick_pay.h"
#include "policy/pack.h"

struct setting {
    struct api_stepup stepup;
    struct quick_pay quick;
    int64_t outbox_id;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct setting *setting = arg;
    const struct stepup_policy policy = api_stepup_policy(app);
    const struct person_id person = setting->stepup.need.person;
    const struct factor_news news = {setting->outbox_id, person, FACTOR_PIN};
    const enum currency currency = setting->quick.currency;
    enum err err = api_stepup_check(tx, app, &setting->stepup);

    if (err == ERR_OK) {
        err = quick_pay_turn_on(tx, person, &setting->quick);
    }
    if (err == ERR_OK) {
        err = factor_tell_quick_pay(tx, app->vault, &news,
                                    (struct money){setting->quick.each_max_minor, currency},
                                    (struct money){setting->quick.day_max_minor, currency});
    }
    return err == ERR_OK ? quick_pay_get(tx, &policy, person, &setting->quick) : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct setting *setting = arg;

    api_quick_pay_json(request->out, app, &setting->quick);
    api_answer_json(request, 200);
}

enum http_verdict api_me_quick_pay_put(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    const struct pack_quick_pay *pack = &app->pack->quick_pay;
    struct api_me_quick_pay_put_in in;
    struct setting *setting;

    if (!api_me_quick_pay_put_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    if (in.body.each_max_minor > pack->each_max_minor) {
        return api_answer_problem(request, (struct api_problem){.err = ERR_QUICK_PAY_LIMIT_TOO_HIGH,
                                                                .field = "/each_max_minor"});
    }
    if (in.body.day_max_minor > pack->day_max_minor ||
        in.body.day_max_minor < in.body.each_max_minor) {
        return api_answer_problem(
            request, (struct api_problem){.err = in.body.day_max_minor > pack->day_max_minor
                                                     ? ERR_QUICK_PAY_LIMIT_TOO_HIGH
                                                     : ERR_FIELD_OUT_OF_RANGE,
                                          .field = "/day_max_minor"});
    }
    setting = arena_alloc(request->arena, sizeof(*setting));
    if (!api_stepup_begin(request, app, STEPUP_QUICK_PAY, &setting->stepup)) {
        return HTTP_ANSWERED;
    }
    setting->outbox_id = id_draw_one(app->ids);
    setting->quick = (struct quick_pay){.currency = app->pack->currency,
                                        .each_max_minor = in.body.each_max_minor,
                                        .day_max_minor = in.body.day_max_minor};
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){
            .stages = {.stepup = &setting->stepup}, .run = run, .answer = answer, .arg = setting});
}

/* PUT /v1/me/limits — a lower limit of the caller's own. Raising it needs a confirmation, and
 * waits. */
#include "api/api_stepup.h"
#include "api/levels_json.h"

struct changing {
    struct api_stepup stepup;
    struct own_limit_change change;
    struct own_limit now;
};

/* Whether less would be limited than now. */
static enum err is_raising(struct store_tx *tx, const struct own_limit_change *change, bool *ret)
{
    struct limit_counters counters;
    struct own_limits own;
    int64_t now_minor = 0;
    enum err err = limits_read(tx, change->person_id, change->currency, &counters, &own);

    if (err == ERR_OK) {
        *ret =
            own_limit_at(&own.at[change->operation][change->period], change->at_us, &now_minor) &&
            (change->minor < 0 || change->minor > now_minor);
    }
    return err;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct changing *changing = arg;
    const struct person_id person = {changing->change.person_id};
    bool raising = false;
    enum err err = api_level_of(tx, app->pack, person, &changing->change.level);

    if (err == ERR_OK) {
        err = is_raising(tx, &changing->change, &raising);
    }
    if (err == ERR_OK && raising) {
        err = api_stepup_check(tx, app, &changing->stepup);
    }
    return err == ERR_OK ? own_limit_set(tx, app->pack, &changing->change, &changing->now) : err;
}

static bool refuse(struct http_request *request, struct api_app *app, void *arg, enum err outcome)
{
    (void)app;
    (void)arg;
    if (outcome != ERR_OWN_LIMIT_ABOVE_LEVEL) {
        return false;
    }
    api_answer_problem(request, (struct api_problem){.err = outcome, .field = "/amount_minor"});
    return true;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct changing *changing = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    api_own_limit_json(&out, NULL, changing->change.operation, changing->change.period,
                       &changing->now);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_me_limits_put(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_limits_put_in in;
    struct changing *changing;

    if (!api_me_limits_put_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    changing = arena_alloc(request->arena, sizeof(*changing));
    if (!api_stepup_begin(request, app, STEPUP_LIMITS_RAISE, &changing->stepup)) {
        return HTTP_ANSWERED;
    }
    changing->change = (struct own_limit_change){
        .person_id = api_caller_of(request)->person.v,
        .operation = (enum policy_operation)in.body.operation,
        .period = (enum policy_period)in.body.period,
        .currency = app->pack->currency,
        .minor = in.body.amount_minor,
        .at_us = clock_now_us(app->clock),
    };
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){.stages = {.refuse = refuse, .stepup = &changing->stepup},
                                 .run = run,
                                 .answer = answer,
                                 .arg = changing,
                                 .affinity = changing->change.person_id});
}

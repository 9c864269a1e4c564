/* api_quick_pay.c — see api_quick_pay.h. */
#include "api/api_quick_pay.h"

#include "policy/pack.h"

enum err api_quick_pay_read(struct store_tx *tx, void *arg)
{
    struct api_quick_pay_reading *reading = arg;
    const struct stepup_policy policy = api_stepup_policy(reading->app);

    return quick_pay_get(tx, &policy, reading->person, &reading->quick);
}

void api_quick_pay_json(struct buf *body, const struct api_app *app, const struct quick_pay *quick)
{
    const struct pack_quick_pay *pack = &app->pack->quick_pay;
    struct json_out out;

    json_out_begin(&out, body);
    json_out_open(&out, NULL);
    json_out_bool(&out, "is_on", quick->is_on);
    json_out_currency(&out, "currency", app->pack->currency);
    json_out_i64(&out, "each_max_minor",
                 quick->is_on ? quick->each_max_minor : pack->each_default_minor);
    json_out_i64(&out, "day_max_minor",
                 quick->is_on ? quick->day_max_minor : pack->day_default_minor);
    json_out_i64(&out, "used_today_minor", quick->used_today_minor);
    json_out_i64(&out, "each_most_minor", pack->each_max_minor);
    json_out_i64(&out, "day_most_minor", pack->day_max_minor);
    json_out_close(&out);
    json_out_end(&out);
}

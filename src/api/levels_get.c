/* GET /v1/levels — the classes of accounts, before anybody signs up. */
#include "api/levels_json.h"

static void limit_json(struct json_out *out, const struct pack_limit *limit)
{
    json_out_open(out, NULL);
    json_out_text(out, "code", limit->code);
    json_out_open_list(out, "operations");
    for (int operation = 1; operation <= POLICY_OPERATION_MAX; operation++) {
        if ((limit->operations & (UINT32_C(1) << operation)) != 0) {
            json_out_name(out, NULL, &api_operation_names, operation);
        }
    }
    json_out_close_list(out);
    json_out_name(out, "period", &api_limit_period_names, limit->period);
    json_out_i64(out, "amount_minor", limit->amount_minor);
    json_out_i64(out, "count", limit->count_max);
    json_out_close(out);
}

static void level_json(struct json_out *out, const struct pack_level *level, size_t number)
{
    json_out_open(out, NULL);
    json_out_i64(out, "level", (int64_t)number);
    json_out_text(out, "code", level->code);
    json_out_text(out, "title_en", level->title.en);
    json_out_text(out, "title_zh", level->title.zh);
    json_out_text(out, "summary_en", level->summary.en);
    json_out_text(out, "summary_zh", level->summary.zh);
    json_out_i64(out, "channels_min", level->channels_min);
    json_out_bool(out, "in_person_suffices", level->in_person_suffices);
    json_out_open_list(out, "operations");
    for (int operation = 1; operation <= POLICY_OPERATION_MAX; operation++) {
        if ((level->operations & (UINT32_C(1) << operation)) != 0) {
            json_out_name(out, NULL, &api_operation_names, operation);
        }
    }
    json_out_close_list(out);
    json_out_i64(out, "balance_max_minor", level->balance_max_minor);
    json_out_open_list(out, "limits");
    for (size_t i = 0; i < level->limits.count; i++) {
        limit_json(out, (const struct pack_limit *)level->limits.items + i);
    }
    json_out_close_list(out);
    json_out_close(out);
}

enum http_verdict api_levels_get(struct http_request *request, void *arg)
{
    const struct api_app *app = arg;
    const struct pack *pack = app->pack;
    struct json_out out;

    if (!api_levels_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_text(&out, "pack", pack->name);
    json_out_i64(&out, "version", pack->version);
    json_out_currency(&out, "currency", pack->currency);
    json_out_open_list(&out, "levels");
    for (size_t i = 0; i < pack->levels.count; i++) {
        level_json(&out, pack_level_at(pack, i), i + 1);
    }
    json_out_close_list(&out);
    json_out_i64(&out, "quick_pay_each_max_minor", pack->quick_pay.each_max_minor);
    json_out_i64(&out, "quick_pay_day_max_minor", pack->quick_pay.day_max_minor);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

/* GET /v1/me/limits — each limit of the caller's class, what was used and what is left. */
#include "api/levels_json.h"

struct reading {
    const struct pack *pack;
    struct person_id person;
    int64_t now_us;
    uint32_t level;
    struct limit_counters counters;
    struct own_limits own;
};

static enum err read_limits(struct store_tx *tx, void *arg)
{
    struct reading *reading = arg;
    enum err err = api_level_of(tx, reading->pack, reading->person, &reading->level);

    return err == ERR_OK ? limits_read(tx, reading->person.v, reading->pack->currency,
                                       &reading->counters, &reading->own)
                         : err;
}

static void limit_json(struct json_out *out, const struct reading *reading,
                       const struct pack_limit *limit)
{
    struct limit_count used = limit_used(reading->pack, &reading->counters, limit, reading->now_us);
    int64_t left_minor = limit->amount_minor - used.minor;
    bool is_full = limit->count_max != 0 && used.count >= limit->count_max;

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
    json_out_i64(out, "used_minor", used.minor);
    json_out_i64(out, "left_minor",
                 reading->level == 0 || is_full || left_minor < 0 ? 0 : left_minor);
    json_out_i64(out, "count", limit->count_max);
    json_out_i64(out, "used_count", used.count);
    json_out_time(
        out, "renews_at",
        policy_period_end_us(reading->pack, (enum policy_period)limit->period, reading->now_us));
    json_out_close(out);
}

static void own_json(struct json_out *out, const struct reading *reading)
{
    json_out_open_list(out, "own");
    for (int operation = 1; operation <= POLICY_OPERATION_MAX; operation++) {
        for (int period = POLICY_EACH; period <= POLICY_DAY; period++) {
            struct own_limit own = reading->own.at[operation][period];
            int64_t minor = -1;
            bool holds = own_limit_at(&own, reading->now_us, &minor);

            if (own.next_from_us <= reading->now_us) { /* the change is done */
                own = (struct own_limit){.is_set = holds, .minor = minor, .next_minor = -1};
            }
            if (holds) {
                api_own_limit_json(out, NULL, operation, period, &own);
            }
        }
    }
    json_out_close_list(out);
}

enum http_verdict api_me_limits_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    const struct pack_level *level;
    struct reading *reading;
    struct json_out out;

    if (!api_me_limits_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    reading = arena_alloc(request->arena, sizeof(*reading));
    reading->pack = app->pack;
    reading->person = api_caller_of(request)->person;
    reading->now_us = clock_now_us(app->clock);
    if (!api_read(request, app, read_limits, reading)) {
        return HTTP_ANSWERED;
    }
    level = pack_level_at(app->pack, reading->level == 0 ? 0 : reading->level - 1);
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_i64(&out, "level", reading->level);
    json_out_text(&out, "level_code", api_level_code(app->pack, reading->level));
    json_out_currency(&out, "currency", app->pack->currency);
    json_out_open_list(&out, "limits");
    for (size_t i = 0; i < level->limits.count; i++) {
        limit_json(&out, reading, (const struct pack_limit *)level->limits.items + i);
    }
    json_out_close_list(&out);
    own_json(&out, reading);
    json_out_i64(&out, "raise_cooling_hours", app->pack->cooling_hours.limits_raise);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

/* GET /v1/ledger/chart — the kinds of accounts and the currencies. */
#include "api/api_app.h"
#include "api/ledger_json.h"

static void kind_out(struct json_out *out, const struct ledger_kind_info *info)
{
    json_out_open(out, NULL);
    json_out_text(out, "kind", info->name);
    json_out_i64(out, "number", info->kind);
    json_out_text(out, "title_en", info->title_en);
    json_out_text(out, "title_zh", info->title_zh);
    json_out_name(out, "normal_side", &api_side_names, info->normal_side);
    json_out_bool(out, "client_money", info->is_client_money);
    json_out_text(out, "hledger_path", info->hledger_path);
    json_out_close(out);
}

enum http_verdict api_ledger_chart_get(struct http_request *request, void *app)
{
    size_t kind_count, currency_count;
    const struct ledger_kind_info *kinds = ledger_kind_all(&kind_count);
    const enum currency *currencies = currency_all(&currency_count);
    struct json_out out;

    (void)app;
    if (!api_ledger_chart_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "kinds");
    for (size_t i = 0; i < kind_count; i++) {
        kind_out(&out, &kinds[i]);
    }
    json_out_close_list(&out);
    json_out_open_list(&out, "currencies");
    for (size_t i = 0; i < currency_count; i++) {
        json_out_open(&out, NULL);
        json_out_currency(&out, "code", currencies[i]);
        json_out_i64(&out, "number", currencies[i]);
        json_out_i64(&out, "exponent", currency_exponent(currencies[i]));
        json_out_close(&out);
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

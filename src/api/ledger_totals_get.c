/* GET /v1/ledger/totals — sums over the whole ledger, a currency each. */
#include "api/api_app.h"
#include "api/ledger_json.h"

#define TOTALS_MAX 200

static void totals_out(struct json_out *out, const struct ledger_totals *totals)
{
    json_out_open(out, NULL);
    json_out_currency(out, "currency", totals->currency);
    json_out_bool(out, "balanced",
                  totals->debits_posted == totals->credits_posted &&
                      totals->debits_pending == totals->credits_pending);
    json_out_i64(out, "debits_posted_minor", totals->debits_posted);
    json_out_i64(out, "credits_posted_minor", totals->credits_posted);
    json_out_i64(out, "debits_pending_minor", totals->debits_pending);
    json_out_i64(out, "credits_pending_minor", totals->credits_pending);
    json_out_i64(out, "client_liabilities_minor", totals->client_liabilities);
    json_out_i64(out, "bank_minor", totals->bank);
    json_out_i64(out, "transit_in_minor", totals->transit_in);
    json_out_i64(out, "transit_out_minor", totals->transit_out);
    json_out_close(out);
}

enum http_verdict api_ledger_totals_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct ledger_totals *totals;
    struct json_out out;
    size_t count = 0;
    enum err err;

    if (!api_ledger_totals_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    totals = arena_alloc_array(request->arena, TOTALS_MAX, sizeof(*totals));
    err = ledger_totals(app->ledger, totals, TOTALS_MAX, &count);
    if (err != ERR_OK) {
        return api_answer_error(request, err, false);
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "totals");
    for (size_t i = 0; i < count; i++) {
        totals_out(&out, &totals[i]);
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

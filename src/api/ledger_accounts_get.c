/* GET /v1/ledger/accounts — a page of accounts in the order of their ids. */
#include "api/api_app.h"
#include "api/ledger_json.h"

enum http_verdict api_ledger_accounts_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_ledger_accounts_get_in in;
    struct ledger_account_filter filter;
    struct ledger_account *accounts;
    struct json_out out;
    size_t count = 0, shown;
    enum err err;

    if (!api_ledger_accounts_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    filter = (struct ledger_account_filter){.owner = in.owner,
                                            .kind = (enum ledger_account_kind)in.kind,
                                            .currency = in.currency,
                                            .after.v = in.cursor};
    /* One more than asked for says whether there is a next page. */
    accounts = arena_alloc_array(request->arena, (size_t)in.limit + 1, sizeof(*accounts));
    err = ledger_list_accounts(app->ledger, &filter, (size_t)in.limit + 1, accounts, &count);
    if (err != ERR_OK) {
        return api_answer_error(request, err, false);
    }
    shown = count > (size_t)in.limit ? (size_t)in.limit : count;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "accounts");
    for (size_t i = 0; i < shown; i++) {
        ledger_json_account(&out, NULL, &accounts[i]);
    }
    json_out_close_list(&out);
    json_out_cursor(&out, "next_cursor", count > shown ? accounts[shown - 1].id.v : 0);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

/* GET /v1/ledger/accounts/{account_id} — an account with its state now. */
#include "api/api_app.h"
#include "api/ledger_json.h"

enum http_verdict api_ledger_accounts_id_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_ledger_accounts_id_get_in in;
    struct ledger_account account;
    struct json_out out;
    enum err err;

    if (!api_ledger_accounts_id_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    err = ledger_get_account(app->ledger, in.account_id, &account);
    if (err != ERR_OK) {
        return api_answer_error(request, err, false);
    }
    json_out_begin(&out, request->out);
    ledger_json_account(&out, NULL, &account);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

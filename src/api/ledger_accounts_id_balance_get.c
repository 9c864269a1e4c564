/* GET /v1/ledger/accounts/{account_id}/balance — now, or at the end of a past moment. */
#include "api/api_app.h"
#include "api/ledger_json.h"

struct past {
    struct api_app *app;
    struct account_id account;
    int64_t at_us;
    struct ledger_entry entry;
};

static enum err read_past(struct store_tx *tx, void *arg)
{
    struct past *past = arg;

    return ledger_get_balance_at(tx, past->app->ledger, past->account, past->at_us, &past->entry);
}

static void entry_now(const struct ledger_account *account, struct ledger_entry *ret)
{
    *ret = (struct ledger_entry){
        .seq = account->seq,
        .posted_minor = account->credits_posted - account->debits_posted,
        .held_debits_minor = account->debits_pending,
        .held_credits_minor = account->credits_pending,
    };
}

enum http_verdict api_ledger_accounts_id_balance_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_ledger_accounts_id_balance_get_in in;
    struct ledger_account account;
    struct past past = {.app = app};
    struct json_out out;
    enum err err;

    if (!api_ledger_accounts_id_balance_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    past.account = in.account_id;
    past.at_us = in.has_at_us ? in.at_us : clock_now_us(app->clock);
    err = ledger_get_account(app->ledger, in.account_id, &account);
    if (err != ERR_OK) {
        return api_answer_error(request, err, false);
    }
    if (!in.has_at_us) {
        entry_now(&account, &past.entry);
    } else if (!api_read(request, app, read_past, &past)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_id(&out, "account_id", ACCOUNT_PREFIX, account.id.v);
    json_out_currency(&out, "currency", account.currency);
    json_out_time(&out, "at", past.at_us);
    json_out_i64(&out, "seq", past.entry.seq);
    json_out_i64(&out, "balance_minor", ledger_json_sign(account.kind) * past.entry.posted_minor);
    json_out_i64(&out, "held_debits_minor", past.entry.held_debits_minor);
    json_out_i64(&out, "held_credits_minor", past.entry.held_credits_minor);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

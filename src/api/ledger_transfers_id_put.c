/* PUT /v1/ledger/transfers/{transfer_id} — one transfer under its own id, which is its idempotency
 * key (docs/decisions/0004). */
#include "api/api_app.h"
#include "api/ledger_json.h"

struct put {
    struct ledger_transfer transfer;
    struct ledger_result result;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct put *put = arg;

    /* A verdict is not an error of the transaction: an id it burnt must stay burnt. */
    return ledger_post_transfers(tx, app->ledger, &put->transfer, 1, &put->result);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct put *put = arg;
    struct json_out out;

    (void)app;
    if (put->result.code != ERR_OK) {
        api_answer_error(request, put->result.code, true);
        return;
    }
    http_server_wake_streams(http_request_server(request));
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_id(&out, "id", TRANSFER_PREFIX, put->transfer.id.v);
    json_out_text(&out, "code", "ok");
    ledger_json_result(&out, &put->result);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

static void transfer_from(const struct api_ledger_transfers_id_put_in *in,
                          struct ledger_transfer *ret)
{
    const struct api_transfer_content *content = &in->body;
    struct api_transfer_new whole = {
        .id = in->transfer_id,
        .debit_account_id = content->debit_account_id,
        .credit_account_id = content->credit_account_id,
        .amount_minor = content->amount_minor,
        .currency = content->currency,
        .code = content->code,
        .flags = content->flags,
        .pending_id = content->pending_id,
        .timeout_seconds = content->timeout_seconds,
        .reference = content->reference,
        .has_commitment = content->has_commitment,
        .commitment = content->commitment,
    };

    ledger_json_transfer_from(&whole, ret);
}

enum http_verdict api_ledger_transfers_id_put(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_ledger_transfers_id_put_in in;
    struct put *put;

    if (!api_ledger_transfers_id_put_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    put = arena_alloc(request->arena, sizeof(*put));
    transfer_from(&in, &put->transfer);
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.run = run,
                                                    .answer = answer,
                                                    .arg = put,
                                                    .affinity = put->transfer.debit_account.v,
                                                    .money = true});
}

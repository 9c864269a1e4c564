/* GET /v1/ledger/transfers/{transfer_id}/receipt — a receipt that can be checked offline. Without a
 * side it is the operator's, with both sides. */
#include "api/api_app.h"
#include "ledger/ledger_proof.h"

struct receipt {
    struct api_app *app;
    struct transfer_id id;
    enum ledger_receipt_view view;
    struct buf *out;
};

static enum err write_receipt(struct store_tx *tx, void *arg)
{
    const struct receipt *receipt = arg;

    buf_clear(receipt->out);
    return ledger_write_receipt(tx, receipt->app->prover, receipt->id, receipt->view, true,
                                receipt->out);
}

enum http_verdict api_ledger_transfers_id_receipt_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_ledger_transfers_id_receipt_get_in in;
    struct receipt receipt = {.app = app, .out = request->out};

    if (!api_ledger_transfers_id_receipt_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    receipt.id = in.transfer_id;
    receipt.view = LEDGER_VIEW_BOTH;
    if (in.has_side) {
        receipt.view = in.side == API_SIDE_DEBIT ? LEDGER_VIEW_DEBIT : LEDGER_VIEW_CREDIT;
    }
    return api_read(request, app, write_receipt, &receipt) ? api_answer_json(request, 200)
                                                           : HTTP_ANSWERED;
}

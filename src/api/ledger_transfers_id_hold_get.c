/* GET /v1/ledger/transfers/{transfer_id}/hold — what became of a hold. */
#include "api/api_app.h"
#include "api/ledger_json.h"

static enum err read_hold(struct store_tx *tx, void *arg)
{
    struct ledger_hold *hold = arg;

    return ledger_get_hold(tx, hold->id, hold);
}

enum http_verdict api_ledger_transfers_id_hold_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_ledger_transfers_id_hold_get_in in;
    struct ledger_hold hold = {0};
    struct json_out out;

    if (!api_ledger_transfers_id_hold_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    hold.id = in.transfer_id;
    if (!api_read(request, app, read_hold, &hold)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_id(&out, "id", TRANSFER_PREFIX, hold.id.v);
    json_out_name(&out, "state", &api_hold_state_names, hold.state);
    json_out_id(&out, "resolved_by", TRANSFER_PREFIX, hold.resolved_by.v);
    json_out_i64(&out, "captured_minor", hold.captured_minor);
    json_out_i64(&out, "released_minor", hold.released_minor);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

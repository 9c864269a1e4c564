/* GET /v1/ledger/transfers/{transfer_id} — a stored transfer. */
#include "api/api_app.h"
#include "api/ledger_json.h"

struct lookup {
    struct transfer_id id;
    struct ledger_posted posted;
};

static enum err read_transfer(struct store_tx *tx, void *arg)
{
    struct lookup *lookup = arg;

    return ledger_get_transfer(tx, lookup->id, &lookup->posted);
}

enum http_verdict api_ledger_transfers_id_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_ledger_transfers_id_get_in in;
    struct lookup lookup;
    struct json_out out;

    if (!api_ledger_transfers_id_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    lookup.id = in.transfer_id;
    if (!api_read(request, app, read_transfer, &lookup)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    ledger_json_transfer(&out, NULL, &lookup.posted);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

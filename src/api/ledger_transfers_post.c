/* POST /v1/ledger/transfers — up to 8,190 transfers in order. The status says that the batch was
 * carried out; each result has its own verdict. */
#include "api/api_app.h"
#include "api/ledger_json.h"

struct batch {
    enum http_language language;
    bool only_failures;
    size_t count;
    struct ledger_transfer *transfers;
    struct ledger_result *results;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct batch *batch = arg;

    return ledger_post_transfers(tx, app->ledger, batch->transfers, batch->count, batch->results);
}

static void result_out(struct json_out *out, const struct batch *batch, size_t index)
{
    const struct ledger_result *result = &batch->results[index];

    json_out_open(out, NULL);
    json_out_i64(out, "index", (int64_t)index);
    json_out_id(out, "id", TRANSFER_PREFIX, batch->transfers[index].id.v);
    json_out_text(out, "code", err_code(result->code));
    if (result->code == ERR_OK) {
        ledger_json_result(out, result);
    } else {
        ledger_json_refusal(out, result->code, batch->language);
    }
    json_out_close(out);
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct batch *batch = arg;
    struct json_out out;
    int64_t rejected = 0;

    (void)app;
    json_out_begin(&out, body);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "results");
    for (size_t i = 0; i < batch->count; i++) {
        bool failed = batch->results[i].code != ERR_OK;

        rejected += failed ? 1 : 0;
        if (failed || !batch->only_failures) {
            result_out(&out, batch, i);
        }
    }
    json_out_close_list(&out);
    json_out_i64(&out, "posted", (int64_t)batch->count - rejected);
    json_out_i64(&out, "rejected", rejected);
    json_out_close(&out);
    json_out_end(&out);
    return 200;
}

static void done(struct http_request *request, struct api_app *app, void *arg, bool committed)
{
    (void)app;
    (void)arg;
    if (committed) {
        http_server_wake_streams(http_request_server(request));
    }
}

enum http_verdict api_ledger_transfers_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_ledger_transfers_post_in in;
    struct batch *batch;

    if (!api_ledger_transfers_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    batch = arena_alloc(request->arena, sizeof(*batch));
    batch->language = request->language;
    batch->only_failures = in.results == API_LEDGER_TRANSFERS_POST_RESULTS_FAILURES;
    batch->count = in.body.transfers_count;
    batch->transfers = arena_alloc_array(request->arena, batch->count, sizeof(*batch->transfers));
    batch->results = arena_alloc_array(request->arena, batch->count, sizeof(*batch->results));
    for (size_t i = 0; i < batch->count; i++) {
        ledger_json_transfer_from(&in.body.transfers[i], &batch->transfers[i]);
        if (!in.body.transfers[i].has_id) {
            batch->transfers[i].id.v = id_draw_one(app->ids);
        }
    }
    /* A large batch touches accounts of every lane: all such go to one, and meet no conflict. */
    int64_t affinity = batch->count > 16 ? 0 : batch->transfers[0].debit_account.v;
    return api_write_once(request, app,
                          &(struct api_write_spec){.run = run,
                                                   .encode = encode,
                                                   .done = done,
                                                   .arg = batch,
                                                   .affinity = affinity,
                                                   .money = true});
}

/* GET /readyz — no stop is under way, and the database answers a read. */
#include "api/api_app.h"

enum http_verdict api_readyz_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct store_stats stats;
    struct json_out out;
    int64_t last_id;
    enum err err;

    if (!api_readyz_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    if (http_server_is_draining(http_request_server(request))) {
        return api_answer_error(request, ERR_STORE_STOPPING, false);
    }
    err = api_keys_last_id(app->store, &last_id);
    if (err != ERR_OK) {
        return api_answer_error(request, err, false);
    }
    store_stats(app->store, &stats);
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_text(&out, "status", "ready");
    json_out_text(&out, "database",
                  store_backend(app->store) == STORE_SQLITE ? "sqlite" : "postgres");
    json_out_bool(&out, "writable", stats.available && !stats.read_only);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

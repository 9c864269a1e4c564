/* GET /log/keys — every key that ever signed, oldest first, each named by the one before. */
#include "api/api_app.h"
#include "ledger/checkpoint.h"
#include "verify/document.h"

enum http_verdict api_log_keys_get(struct http_request *request, void *arg)
{
    const struct api_app *app = arg;
    struct document_log log;

    if (!api_log_keys_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    sealer_log(app->sealer, request->arena, &log);
    document_write_keys(&log, request->out);
    return api_answer_json(request, 200);
}

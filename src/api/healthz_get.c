/* GET /healthz — the process answers, so it is alive. */
#include "api/api_app.h"

enum http_verdict api_healthz_get(struct http_request *request, void *app)
{
    (void)app;
    if (!api_healthz_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    buf_add_str(request->out, "{\"status\":\"ok\"}");
    return api_answer_json(request, 200);
}

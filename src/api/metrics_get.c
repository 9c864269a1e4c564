/* GET /metrics — everything that is counted, in Prometheus' text format 0.0.4. */
#include "api/api_app.h"

enum http_verdict api_metrics_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;

    if (!api_metrics_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    metrics_write(app->metrics, request->out);
    http_answer(request, 200, "text/plain; version=0.0.4; charset=utf-8");
    return HTTP_ANSWERED;
}

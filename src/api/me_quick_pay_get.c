/* GET /v1/me/quick-pay — small payments without a factor: whether, how far, and how far one may go.
 */
#include "api/api_quick_pay.h"

enum http_verdict api_me_quick_pay_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_quick_pay_reading reading = {.app = app};

    if (!api_me_quick_pay_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    reading.person = api_caller_of(request)->person;
    if (!api_read(request, app, api_quick_pay_read, &reading)) {
        return HTTP_ANSWERED;
    }
    api_quick_pay_json(request->out, app, &reading.quick);
    return api_answer_json(request, 200);
}

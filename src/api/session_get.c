/* GET /v1/session — the session that asks. */
#include "api/api_people.h"

enum http_verdict api_session_get(struct http_request *request, void *arg)
{
    struct json_out out;

    (void)arg;
    if (!api_session_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    api_session_json(&out, NULL, &api_caller_of(request)->session, true);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

/* GET /v1/app-version — the versions that are safe, and what that means for the one that asks. */
#include "api/api_app.h"
#include "notify/official.h"

enum http_verdict api_app_version_get(struct http_request *request, void *arg)
{
    const struct http_text *yours = &request->headers[HTTP_APP_VERSION];
    int to_minimum = 0, to_recommended = 0;
    struct json_out out;
    bool is_known;

    (void)arg;
    if (!api_app_version_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    is_known =
        yours->data != NULL &&
        official_version_compare(yours->data, yours->length, official_app_minimum, &to_minimum) &&
        official_version_compare(yours->data, yours->length, official_app_recommended,
                                 &to_recommended);
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_text(&out, "minimum", official_app_minimum);
    json_out_text(&out, "recommended", official_app_recommended);
    if (is_known) {
        json_out_bytes(&out, "yours", yours->data, yours->length);
    } else {
        json_out_null(&out, "yours");
    }
    json_out_bool(&out, "is_too_old", to_minimum < 0);
    json_out_bool(&out, "is_behind", to_recommended < 0);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

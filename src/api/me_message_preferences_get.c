/* GET /v1/me/message-preferences — what the caller chose, or the defaults. */
#include "api/messages_json.h"

struct reading {
    struct api_app *app;
    struct http_request *request;
    struct notify_preferences preferences;
    const char *phrase;
};

static enum err read_preferences(struct store_tx *tx, void *arg)
{
    struct reading *reading = arg;

    return notify_preferences_get(tx, reading->app->notify,
                                  api_caller_of(reading->request)->person.v,
                                  reading->request->arena, &reading->preferences, &reading->phrase);
}

enum http_verdict api_me_message_preferences_get(struct http_request *request, void *arg)
{
    struct reading reading = {.app = arg, .request = request};
    struct json_out out;

    if (!api_me_message_preferences_get_decode(request) ||
        !api_read(request, arg, read_preferences, &reading)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    messages_json_preferences(&out, &reading.preferences, reading.phrase);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

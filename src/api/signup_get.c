/* GET /v1/signup — how far the person has signed up. */
#include "api/api_people.h"

struct reading {
    struct api_app *app;
    struct person_id person;
    struct signup_progress progress;
};

static enum err read_progress(struct store_tx *tx, void *arg)
{
    struct reading *reading = arg;

    return signup_get(tx, reading->app->vault, reading->person, &reading->progress);
}

enum http_verdict api_signup_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct reading reading = {.app = app};
    struct json_out out;

    if (!api_signup_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    reading.person = api_caller_of(request)->person;
    if (!api_read(request, app, read_progress, &reading)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    api_signup_json(&out, NULL, &reading.progress);
    json_out_end(&out);
    secret_wipe(&reading.progress.value, sizeof(reading.progress.value));
    return api_answer_json(request, 200);
}

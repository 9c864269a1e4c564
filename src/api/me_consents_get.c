/* GET /v1/me/consents — what the caller is asked to agree to, and what they said last. */
#include "api/privacy_json.h"

struct list {
    struct person_id person;
    struct arena *arena;
    int64_t now_us;
    struct consent consents[CONSENTS_MAX];
    size_t count;
};

static enum err read_list(struct store_tx *tx, void *arg)
{
    struct list *list = arg;

    return consents_list(tx, list->person, list->now_us, list->arena, list->consents, &list->count);
}

enum http_verdict api_me_consents_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct list list = {.arena = request->arena};

    if (!api_me_consents_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    list.person = api_caller_of(request)->person;
    list.now_us = clock_now_us(app->clock);
    if (!api_read(request, app, read_list, &list)) {
        return HTTP_ANSWERED;
    }
    privacy_json_consents(request->out, list.consents, list.count);
    return api_answer_json(request, 200);
}

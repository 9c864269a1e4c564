/* GET /v1/api-keys — every key, newest first, without secrets. */
#include "api/api_app.h"
#include "api/api_keys_json.h"

struct list {
    struct api_key *keys;
    size_t count;
};

static enum err read_keys(struct store_tx *tx, void *arg)
{
    struct list *list = arg;

    return api_keys_list(tx, list->keys, &list->count);
}

enum http_verdict api_api_keys_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct list list = {0};
    struct json_out out;

    if (!api_api_keys_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    list.keys = arena_alloc_array(request->arena, API_KEYS_MAX, sizeof(*list.keys));
    if (!api_read(request, app, read_keys, &list)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "api_keys");
    for (size_t i = 0; i < list.count; i++) {
        api_keys_json_key(&out, NULL, &list.keys[i]);
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

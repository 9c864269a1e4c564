/* GET /v1/me/deletion — what ending the account means, what stands against it, how far it is. */
#include "api/privacy_json.h"

struct look {
    struct person_id person;
    struct deletion deletion;
};

static enum err read_deletion(struct store_tx *tx, void *arg)
{
    struct look *look = arg;

    return deletion_get(tx, look->person, &look->deletion);
}

enum http_verdict api_me_deletion_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct look look = {0};
    uint32_t blocks = 0;
    enum err err;

    if (!api_me_deletion_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    look.person = api_caller_of(request)->person;
    err = deletion_blocks(app->store, app->ledger, look.person, &blocks);
    if (err != ERR_OK) {
        return api_answer_error(request, err, false);
    }
    if (!api_read(request, app, read_deletion, &look)) {
        return HTTP_ANSWERED;
    }
    privacy_json_deletion(request->out, &look.deletion, blocks);
    return api_answer_json(request, 200);
}

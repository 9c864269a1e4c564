/* DELETE /v1/me/deletion — the caller keeps the account after all. */
#include "api/privacy_json.h"

struct keeping {
    struct person_id person;
    int64_t outbox_id;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    const struct keeping *keeping = arg;

    return deletion_cancel(tx, app->vault, keeping->person, keeping->outbox_id);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    (void)app;
    (void)arg;
    privacy_json_deletion(request->out, &(struct deletion){0}, 0);
    api_answer_json(request, 200);
}

enum http_verdict api_me_deletion_delete(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct keeping *keeping;

    if (!api_me_deletion_delete_decode(request)) {
        return HTTP_ANSWERED;
    }
    keeping = arena_alloc(request->arena, sizeof(*keeping));
    keeping->person = api_caller_of(request)->person;
    keeping->outbox_id = id_draw_one(app->ids);
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.run = run, .answer = answer, .arg = keeping});
}

/* DELETE /v1/api-keys/{api_key_id} — the key is refused from now on; again changes nothing. */
#include "api/api_app.h"
#include "api/api_keys_json.h"

struct revocation {
    struct api_key_id id;
    int64_t now_us;
    struct api_key key;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct revocation *revocation = arg;

    (void)app;
    return api_keys_revoke(tx, revocation->id, revocation->now_us, &revocation->key);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct revocation *revocation = arg;
    enum err err = api_keys_refresh(app->keys);
    struct json_out out;

    if (err != ERR_OK) {
        /* Revoked, but this process may let it in for some seconds: say so by failing. */
        api_answer_error(request, err, false);
        return;
    }
    json_out_begin(&out, request->out);
    api_keys_json_key(&out, NULL, &revocation->key);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_api_keys_id_delete(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_api_keys_id_delete_in in;
    struct revocation *revocation;

    if (!api_api_keys_id_delete_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    revocation = arena_alloc(request->arena, sizeof(*revocation));
    revocation->id = in.api_key_id;
    revocation->now_us = clock_now_us(app->clock);
    return api_write_plain(
        request, app, &(struct api_plain_spec){.run = run, .answer = answer, .arg = revocation});
}

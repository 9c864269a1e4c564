/* POST /v1/api-keys — a new key. Its secret is drawn here, shown in the answer, and stored only as
 * a hash; the kept answer is sealed under the caller's own credential (idempotency.h). */
#include "api/api_app.h"

#include <string.h>

#include "api/api_keys_json.h"

struct creation {
    struct api_key key;
    struct api_key_secret secret;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct creation *creation = arg;

    (void)app;
    return api_keys_create(tx, &creation->key, &creation->secret);
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct creation *creation = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, body);
    json_out_open(&out, NULL);
    api_keys_json_basics(&out, &creation->key);
    json_out_text(&out, "secret", creation->secret.text);
    json_out_close(&out);
    json_out_end(&out);
    return 201;
}

static void done(struct http_request *request, struct api_app *app, void *arg, bool committed)
{
    struct creation *creation = arg;

    (void)request;
    secret_wipe(&creation->secret, sizeof(creation->secret));
    /* The key is stored whatever becomes of this; without it other threads see it 3 s later. */
    if (committed && api_keys_refresh(app->keys) != ERR_OK) {
        request->log_code = "api_keys_refresh";
    }
}

enum http_verdict api_api_keys_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_api_keys_post_in in;
    struct creation *creation;

    if (!api_api_keys_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    creation = arena_alloc(request->arena, sizeof(*creation));
    creation->key.id.v = id_draw_one(app->ids);
    BUG_IF(in.body.name.length > API_KEY_NAME_BYTES); /* the contract's limit is lower */
    memcpy(creation->key.name, in.body.name.data, in.body.name.length);
    creation->key.scopes = in.body.scopes;
    creation->key.created_at_us = clock_now_us(app->clock);
    api_key_secret_draw(creation->key.id, &creation->secret);
    return api_write_once(
        request, app,
        &(struct api_write_spec){.run = run, .encode = encode, .done = done, .arg = creation});
}

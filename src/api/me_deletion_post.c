/* POST /v1/me/deletion — the caller wants the account ended; every contact is told, and for some
 * days the mind may be changed. What stands against it is looked at again when it is due. */
#include "api/privacy_json.h"

struct asking {
    struct deletion_ask ask;
    struct deletion deletion;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct asking *asking = arg;

    return deletion_request(tx, app->vault, &asking->ask, &asking->deletion);
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct asking *asking = arg;

    (void)app;
    privacy_json_deletion(body, &asking->deletion, 0);
    return 200;
}

enum http_verdict api_me_deletion_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_deletion_post_in in;
    struct asking *asking;
    uint32_t blocks = 0;
    enum err err;

    if (!api_me_deletion_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    asking = arena_alloc(request->arena, sizeof(*asking));
    asking->ask = (struct deletion_ask){.person = api_caller_of(request)->person,
                                        .outbox_id = id_draw_one(app->ids),
                                        .cooling_us = DELETION_COOLING_US};
    err = deletion_blocks(app->store, app->ledger, asking->ask.person, &blocks);
    if (err == ERR_OK && blocks != 0) {
        err = (blocks & DELETION_MONEY_LEFT) != 0 ? ERR_DELETION_MONEY_LEFT : ERR_DELETION_LOCKED;
    }
    if (err != ERR_OK) {
        return api_answer_error(request, err, false);
    }
    return api_write_once(request, app,
                          &(struct api_write_spec){.run = run, .encode = encode, .arg = asking});
}

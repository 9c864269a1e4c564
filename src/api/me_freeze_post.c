/* POST /v1/me/freeze — the caller freezes their own account; a freeze that holds stays as it is. */
#include "api/api_app.h"
#include "api/locks_json.h"
#include "identity/lock_tell.h"

struct freezing {
    struct lock_new new;
    int64_t outbox_id;
    int64_t now_us;
    struct lock_view view;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct freezing *freezing = arg;
    struct lock_id id;
    enum err err = locks_put(tx, &freezing->new, &id);

    freezing->now_us = store_tx_now_us(tx);
    if (err == ERR_OK) {
        err = locks_get(tx, id, freezing->new.person, &freezing->view.lock);
    }
    if (err == ERR_OK && id.v == freezing->new.id.v) {
        err = lock_tell(
            tx, app->vault, &freezing->view.lock,
            &(struct lock_news){.topic = "account_locked", .outbox_id = freezing->outbox_id});
    }
    return err;
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct freezing *freezing = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, body);
    locks_json_lock(&out, NULL, &freezing->view, freezing->now_us);
    json_out_end(&out);
    return 200;
}

enum http_verdict api_me_freeze_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_freeze_post_in in;
    struct freezing *freezing;

    if (!api_me_freeze_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    freezing = arena_alloc(request->arena, sizeof(*freezing));
    freezing->new = (struct lock_new){
        .id.v = id_draw_one(app->ids),
        .person = api_caller_of(request)->person,
        .why = "frozen_by_you",
        .by = LOCK_BY_PERSON,
        .until_us = in.body.has_until_us ? in.body.until_us : 0,
    };
    freezing->outbox_id = id_draw_one(app->ids);
    return api_write_once(request, app,
                          &(struct api_write_spec){.run = run, .encode = encode, .arg = freezing});
}

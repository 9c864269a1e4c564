/* POST /v1/me/locks/{lock_id}/contest — the caller says that a lock is wrong; staff answer by a
 * date that is told at once. */
#include "api/api_app.h"
#include "api/locks_json.h"
#include "identity/lock_tell.h"

struct contesting {
    struct lock_id id;
    struct person_id person;
    struct store_text text;
    struct arena *arena;
    int64_t outbox_id;
    struct lock_contest contest;
};

static enum err tell(struct store_tx *tx, struct api_app *app, const struct contesting *contesting)
{
    struct lock lock;
    enum err err = locks_get(tx, contesting->id, contesting->person, &lock);

    return err != ERR_OK ? err
                         : lock_tell(tx, app->vault, &lock,
                                     &(struct lock_news){.topic = "lock_contested",
                                                         .outbox_id = contesting->outbox_id,
                                                         .at_name = "by",
                                                         .at_us = contesting->contest.due_at_us});
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct contesting *contesting = arg;
    const struct vault_place place = lock_objection_place(contesting->person, contesting->id);
    struct store_blob sealed;
    enum err err =
        vault_seal_text(tx, app->vault, &place, contesting->text, contesting->arena, &sealed);

    if (err == ERR_OK) {
        err = locks_contest(tx, contesting->id, contesting->person, sealed);
    }
    if (err == ERR_OK) {
        err = locks_contest_get(tx, contesting->id, &contesting->contest);
    }
    return err == ERR_OK ? tell(tx, app, contesting) : err;
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct contesting *contesting = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, body);
    json_out_open(&out, NULL);
    json_out_id(&out, "lock_id", ID_LOCK_PREFIX, contesting->id.v);
    json_out_time(&out, "contested_at", contesting->contest.at_us);
    json_out_time(&out, "answer_due_at", contesting->contest.due_at_us);
    json_out_close(&out);
    json_out_end(&out);
    return 201;
}

enum http_verdict api_me_locks_id_contest_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_locks_id_contest_post_in in;
    struct contesting *contesting;

    if (!api_me_locks_id_contest_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    contesting = arena_alloc(request->arena, sizeof(*contesting));
    *contesting = (struct contesting){
        .id = in.lock_id,
        .person = api_caller_of(request)->person,
        .text = {in.body.text.data, (uint32_t)in.body.text.length},
        .arena = request->arena,
        .outbox_id = id_draw_one(app->ids),
    };
    return api_write_once(
        request, app, &(struct api_write_spec){.run = run, .encode = encode, .arg = contesting});
}

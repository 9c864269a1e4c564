/* POST /v1/staff/locks/{lock_id}/answer — answers an objection; the lock stays until it is lifted.
 */
#include "api/locks_json.h"
#include "identity/lock_tell.h"

struct answering {
    struct lock_id id;
    struct person_id staff;
    struct store_text text;
    struct arena *arena;
    int64_t outbox_id;
    int64_t at_us;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct answering *answering = arg;
    struct vault_place place;
    struct store_blob sealed;
    struct lock lock;
    enum err err = locks_get(tx, answering->id, (struct person_id){0}, &lock);

    if (err != ERR_OK) {
        return err;
    }
    answering->at_us = store_tx_now_us(tx);
    place = lock_answer_place(lock.person, lock.id);
    err = vault_seal_text(tx, app->vault, &place, answering->text, answering->arena, &sealed);
    if (err == ERR_OK) {
        err = locks_answer(tx, answering->id, answering->staff, sealed, &lock);
    }
    return err != ERR_OK ? err
                         : lock_tell(tx, app->vault, &lock,
                                     &(struct lock_news){.topic = "lock_contest_answered",
                                                         .outbox_id = answering->outbox_id});
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct answering *answering = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, body);
    json_out_open(&out, NULL);
    json_out_id(&out, "lock_id", ID_LOCK_PREFIX, answering->id.v);
    json_out_time(&out, "answered_at", answering->at_us);
    json_out_close(&out);
    json_out_end(&out);
    return 200;
}

enum http_verdict api_staff_locks_id_answer_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_staff_locks_id_answer_post_in in;
    struct answering *answering;

    if (!api_staff_locks_id_answer_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    answering = arena_alloc(request->arena, sizeof(*answering));
    *answering = (struct answering){
        .id = in.lock_id,
        .staff = api_caller_of(request)->person,
        .text = {in.body.text.data, (uint32_t)in.body.text.length},
        .arena = request->arena,
        .outbox_id = id_draw_one(app->ids),
    };
    return api_write_once(request, app,
                          &(struct api_write_spec){.run = run, .encode = encode, .arg = answering});
}

/* DELETE /v1/me/freeze — the caller lifts their own freeze, after a confirmation. Other locks stay.
 */
#include "api/api_stepup.h"
#include "api/locks_json.h"
#include "identity/lock_tell.h"

struct lifting {
    struct api_stepup stepup;
    struct person_id person;
    int64_t outbox_id;
    struct arena *arena;
    int64_t now_us;
    struct lock_view *views;
    size_t count;
};

static enum err lift(struct store_tx *tx, struct api_app *app, const struct lifting *lifting)
{
    struct lock *locks = arena_alloc_array(lifting->arena, LOCKS_MAX, sizeof(*locks));
    size_t count = 0;
    enum err err = locks_list(tx, lifting->person, false, locks, &count);

    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        if (locks[i].reason != LOCK_USER) {
            continue;
        }
        err = locks_lift(
            tx,
            &(struct lock_lift){.id = locks[i].id, .person = lifting->person, .by = LOCK_BY_PERSON},
            NULL);
        if (err == ERR_OK) {
            err = lock_tell(
                tx, app->vault, &locks[i],
                &(struct lock_news){.topic = "account_unlocked", .outbox_id = lifting->outbox_id});
        }
    }
    return err;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct lifting *lifting = arg;
    enum err err = api_stepup_check(tx, app, &lifting->stepup);

    lifting->now_us = store_tx_now_us(tx);
    if (err == ERR_OK) {
        err = lift(tx, app, lifting);
    }
    return err == ERR_OK ? lock_views_read(tx, app, lifting->person, false,
                                           &(struct lock_opening){.arena = lifting->arena},
                                           lifting->views, &lifting->count)
                         : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct lifting *lifting = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    locks_json_list(&out, lifting->views, lifting->count, lifting->now_us);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_me_freeze_delete(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_freeze_delete_in in;
    struct lifting *lifting;

    if (!api_me_freeze_delete_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    lifting = arena_alloc(request->arena, sizeof(*lifting));
    if (!api_stepup_begin(request, app, STEPUP_UNFREEZE, &lifting->stepup)) {
        return HTTP_ANSWERED;
    }
    lifting->person = api_caller_of(request)->person;
    lifting->outbox_id = id_draw_one(app->ids);
    lifting->arena = request->arena;
    lifting->views = arena_alloc_array(request->arena, LOCKS_MAX, sizeof(*lifting->views));
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){
            .stages = {.stepup = &lifting->stepup}, .run = run, .answer = answer, .arg = lifting});
}

/* POST /v1/staff/locks/{lock_id}/lift — lifts a lock, or proposes to where two people are needed.
 */
#include "api/locks_json.h"
#include "api/staff_json.h"
#include "identity/lock_tell.h"

struct lifting {
    struct lock_id id;
    struct api_proposal proposal;
    int64_t outbox_id;
    int64_t now_us;
    bool proposed;
    struct lock lock;
};

static enum err lift_now(struct store_tx *tx, struct api_app *app, struct lifting *lifting)
{
    bool held = lock_holds(&lifting->lock, lifting->now_us);
    enum err err = locks_lift(tx,
                              &(struct lock_lift){.id = lifting->id,
                                                  .by = LOCK_BY_STAFF,
                                                  .staff = lifting->proposal.caller->person},
                              &lifting->lock);

    if (err == ERR_OK && held) {
        err = lock_tell(
            tx, app->vault, &lifting->lock,
            &(struct lock_news){.topic = "account_unlocked", .outbox_id = lifting->outbox_id});
    }
    return err;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct lifting *lifting = arg;
    enum err err = locks_get(tx, lifting->id, (struct person_id){0}, &lifting->lock);

    if (err != ERR_OK) {
        return err;
    }
    lifting->now_us = store_tx_now_us(tx);
    lifting->proposed = lock_rule_of(lifting->lock.reason)->lift_needs_two &&
                        lock_holds(&lifting->lock, lifting->now_us);
    if (!lifting->proposed) {
        return lift_now(tx, app, lifting);
    }
    approval_lock_lift_payload(&lifting->lock, &lifting->proposal.payload);
    return api_propose(tx, app, &lifting->proposal);
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct lifting *lifting = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, body);
    json_out_open(&out, NULL);
    json_out_bool(&out, "lifted", !lifting->proposed);
    json_out_id(&out, "approval_id", ID_APPROVAL_PREFIX,
                lifting->proposed ? lifting->proposal.id.v : 0);
    json_out_close(&out);
    json_out_end(&out);
    return 200;
}

enum http_verdict api_staff_locks_id_lift_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_staff_locks_id_lift_post_in in;
    struct lifting *lifting;

    if (!api_staff_locks_id_lift_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    lifting = arena_alloc(request->arena, sizeof(*lifting));
    lifting->id = in.lock_id;
    lifting->outbox_id = id_draw_one(app->ids);
    lifting->proposal = (struct api_proposal){
        .caller = api_caller_of(request),
        .id.v = id_draw_one(app->ids),
        .kind = APPROVAL_LOCK_LIFT,
        .subject_id = in.lock_id.v,
        .reason = {in.body.reason.data, (uint32_t)in.body.reason.length},
        .arena = request->arena,
    };
    return api_write_once(request, app,
                          &(struct api_write_spec){.run = run, .encode = encode, .arg = lifting});
}

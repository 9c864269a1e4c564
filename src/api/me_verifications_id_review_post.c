/* POST /v1/me/verifications/{verification_id}/review — a person shall look at it, by a promised
 * day. */
#include "api/levels_json.h"

struct asking {
    struct review_request request;
    int64_t outbox_id;
    struct api_verification_view view;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct asking *asking = arg;
    struct verification_effect effect = {.decided = true};
    struct review review;
    enum err err = review_request(tx, &asking->request, &review);

    if (err == ERR_OK) {
        err = verification_get(tx, asking->request.verification_id, &effect.now);
    }
    if (err == ERR_OK && review.id == asking->request.review_id) { /* opened just now */
        effect.review_due_us = review.due_at_us;
        err = api_tell_verification(tx, app->vault, app->pack, &effect, asking->outbox_id);
    }
    return err == ERR_OK ? api_verification_view(tx, &effect.now, &asking->view) : err;
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct asking *asking = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, body);
    api_verification_json(&out, NULL, &asking->view);
    json_out_end(&out);
    return 200;
}

enum http_verdict api_me_verifications_id_review_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_verifications_id_review_post_in in;
    struct asking *asking;

    if (!api_me_verifications_id_review_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    asking = arena_alloc(request->arena, sizeof(*asking));
    asking->request = (struct review_request){
        .person = api_caller_of(request)->person,
        .verification_id = in.verification_id.v,
        .review_id = id_draw_one(app->ids),
        .due_at_us = policy_business_days_end_us(app->pack, clock_now_us(app->clock),
                                                 app->pack->verification.review_business_days)};
    asking->outbox_id = id_draw_one(app->ids);
    return api_write_once(
        request, app,
        &(struct api_write_spec){
            .run = run, .encode = encode, .arg = asking, .affinity = asking->request.person.v});
}

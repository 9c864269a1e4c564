/* POST /v1/staff/reviews/{review_id}/decision — staff decide who somebody is; the person is told.
 */
#include "api/levels_json.h"
#include "api/reviews_json.h"
#include "identity/people.h"
#include "identity/signup.h"

struct deciding {
    struct review_decision decision;
    int64_t outbox_id;
    struct review review;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct deciding *deciding = arg;
    struct verification_effect effect;
    enum err err = review_decide(tx, app->vault, &deciding->decision, &effect);

    if (err == ERR_OK && effect.now.state == VERIFICATION_PASSED) {
        err = person_mark_steps(tx, effect.now.person, SIGNUP_IDENTITY, 0);
    }
    if (err == ERR_OK) {
        err = api_tell_verification(tx, app->vault, app->pack, &effect, deciding->outbox_id);
    }
    return err == ERR_OK ? review_get(tx, deciding->decision.review_id, &deciding->review) : err;
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct deciding *deciding = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, body);
    reviews_json_review(&out, NULL, &deciding->review);
    json_out_end(&out);
    return 200;
}

enum http_verdict api_staff_reviews_id_decision_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_staff_reviews_id_decision_post_in in;
    struct deciding *deciding;

    if (!api_staff_reviews_id_decision_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    deciding = arena_alloc(request->arena, sizeof(*deciding));
    deciding->decision = (struct review_decision){
        .review_id = in.review_id.v,
        .staff = api_caller_of(request)->person,
        .approve = in.body.decision == API_REVIEW_DECISION_DECISION_APPROVE,
        .in_person = in.body.in_person,
        .reason = in.body.reason.data,
        .reason_length = in.body.reason.length,
        .follow_id = id_draw_one(app->ids),
    };
    deciding->outbox_id = id_draw_one(app->ids);
    return api_write_once(request, app,
                          &(struct api_write_spec){.run = run, .encode = encode, .arg = deciding});
}

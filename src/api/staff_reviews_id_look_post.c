/* POST /v1/staff/reviews/{review_id}/look — what the person claims to be, in full, for whoever
 * decides; written down as a look at their identity. */
#include "api/people_json.h"
#include "api/reviews_json.h"
#include "core/sha256.h"

struct looking {
    const struct api_caller *caller;
    struct review_id id;
    struct store_text reason;
    struct review review;
    struct review_claim claim;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct looking *looking = arg;
    struct people_look look = {.caller = looking->caller,
                               .classes = ACCESS_CLASS(VAULT_IDENTITY),
                               .why = ACCESS_FOR_REVIEW,
                               .reason = looking->reason};
    struct access_grant grant;
    enum err err = review_get(tx, looking->id.v, &looking->review);

    look.person = looking->review.person;
    if (err == ERR_OK) {
        err = people_look(tx, app, &look, &grant);
    }
    return err == ERR_OK ? review_open_claim(tx, app->vault, &grant, looking->id.v, &looking->claim)
                         : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct looking *looking = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    reviews_json_review(&out, "review", &looking->review);
    json_out_name(&out, "id_kind", &api_id_kind_names, looking->claim.id_kind);
    json_out_text(&out, "name", looking->claim.name);
    json_out_text(&out, "id_number", looking->claim.id_number);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
    secret_wipe(&looking->claim, sizeof(looking->claim));
}

enum http_verdict api_staff_reviews_id_look_post(struct http_request *request, void *arg)
{
    struct api_staff_reviews_id_look_post_in in;
    struct looking *looking;

    if (!api_staff_reviews_id_look_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    looking = arena_alloc(request->arena, sizeof(*looking));
    looking->caller = api_caller_of(request);
    looking->id = in.review_id;
    looking->reason = (struct store_text){in.body.reason.data, (uint32_t)in.body.reason.length};
    return api_write_plain(request, arg,
                           &(struct api_plain_spec){.run = run, .answer = answer, .arg = looking});
}

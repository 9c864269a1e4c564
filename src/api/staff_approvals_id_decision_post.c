/* POST /v1/staff/approvals/{approval_id}/decision — a second person agrees or refuses; agreeing
 * does what was proposed, in the same transaction. */
#include "api/staff_json.h"

struct deciding {
    const struct api_caller *caller;
    struct approval_decision decision;
    struct store_text verdict;
    struct arena *arena;
    struct approval_view view;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct deciding *deciding = arg;
    const struct vault_place place =
        approval_verdict_place(deciding->caller->person, deciding->decision.id);
    enum err err = vault_seal_text(tx, app->vault, &place, deciding->verdict, deciding->arena,
                                   &deciding->decision.verdict_sealed);

    deciding->view = (struct approval_view){.can_decide = false};
    if (err == ERR_OK) {
        err = approvals_decide(tx, app->approvals, &deciding->decision, &deciding->view.approval);
    }
    return err == ERR_OK
               ? approval_view_open(tx, app, deciding->caller, deciding->arena, &deciding->view)
               : err;
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct deciding *deciding = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, body);
    approvals_json_approval(&out, NULL, &deciding->view);
    json_out_end(&out);
    return 200;
}

enum http_verdict api_staff_approvals_id_decision_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_staff_approvals_id_decision_post_in in;
    struct deciding *deciding;

    if (!api_staff_approvals_id_decision_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    deciding = arena_alloc(request->arena, sizeof(*deciding));
    deciding->caller = api_caller_of(request);
    deciding->decision.id = in.approval_id;
    deciding->decision.approve = in.body.decision == API_APPROVAL_DECISION_DECISION_APPROVE;
    deciding->decision.run.decider = deciding->caller->person;
    id_draw(app->ids, APPROVAL_IDS_MAX, deciding->decision.run.ids);
    deciding->verdict = (struct store_text){in.body.reason.data, (uint32_t)in.body.reason.length};
    deciding->arena = request->arena;
    return api_write_once(request, app,
                          &(struct api_write_spec){.run = run, .encode = encode, .arg = deciding});
}

/* POST /v1/staff/members/{person_id}/enable — proposes that a disabled member works again; a second
 * person decides. */
#include "api/staff_json.h"

struct proposing {
    struct person_id person;
    struct api_proposal proposal;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct proposing *proposing = arg;
    struct staff_member member;
    enum err err = proposing->person.v == proposing->proposal.caller->person.v
                       ? ERR_STAFF_SELF
                       : staff_get(tx, proposing->person, &member);

    if (err == ERR_OK && member.disabled_at_us == 0) {
        err = ERR_STAFF_EXISTS;
    }
    if (err != ERR_OK) {
        return err;
    }
    approval_staff_enable_payload(proposing->person, &proposing->proposal.payload);
    return api_propose(tx, app, &proposing->proposal);
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct proposing *proposing = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, body);
    approvals_json_approval(&out, NULL, &proposing->proposal.view);
    json_out_end(&out);
    return 201;
}

enum http_verdict api_staff_members_id_enable_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_staff_members_id_enable_post_in in;
    struct proposing *proposing;

    if (!api_staff_members_id_enable_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    proposing = arena_alloc(request->arena, sizeof(*proposing));
    proposing->person = in.person_id;
    proposing->proposal = (struct api_proposal){
        .caller = api_caller_of(request),
        .id.v = id_draw_one(app->ids),
        .kind = APPROVAL_STAFF_ENABLE,
        .subject_id = in.person_id.v,
        .reason = {in.body.reason.data, (uint32_t)in.body.reason.length},
        .arena = request->arena,
    };
    return api_write_once(request, app,
                          &(struct api_write_spec){.run = run, .encode = encode, .arg = proposing});
}

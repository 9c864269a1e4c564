/* POST /v1/staff/members/{person_id}/roles — proposes what a member shall be from now on; a second
 * person decides. */
#include "api/staff_json.h"

struct proposing {
    struct person_id person;
    struct staff_role_set roles;
    struct api_proposal proposal;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct proposing *proposing = arg;
    struct staff_member member;
    enum err err = proposing->person.v == proposing->proposal.caller->person.v
                       ? ERR_STAFF_SELF
                       : staff_get(tx, proposing->person, &member);

    if (err == ERR_OK) {
        err = staff_roles_check(tx, &proposing->roles);
    }
    if (err != ERR_OK) {
        return err;
    }
    approval_staff_roles_payload(proposing->person, &member.roles, &proposing->roles,
                                 &proposing->proposal.payload);
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

enum http_verdict api_staff_members_id_roles_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_staff_members_id_roles_post_in in;
    struct proposing *proposing;

    if (!api_staff_members_id_roles_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    proposing = arena_alloc(request->arena, sizeof(*proposing));
    for (size_t i = 0; i < in.body.roles_count; i++) {
        if (!staff_role_set_add(&proposing->roles, in.body.roles[i].role.data,
                                in.body.roles[i].role.length)) {
            return api_answer_problem(
                request,
                (struct api_problem){.err = ERR_ROLE_UNKNOWN,
                                     .field = arena_printf(request->arena, "/roles/%zu/role", i)});
        }
    }
    proposing->person = in.person_id;
    proposing->proposal = (struct api_proposal){
        .caller = api_caller_of(request),
        .id.v = id_draw_one(app->ids),
        .kind = APPROVAL_STAFF_ROLES,
        .subject_id = in.person_id.v,
        .reason = {in.body.reason.data, (uint32_t)in.body.reason.length},
        .arena = request->arena,
    };
    return api_write_once(request, app,
                          &(struct api_write_spec){.run = run, .encode = encode, .arg = proposing});
}

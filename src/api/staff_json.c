/* staff_json.c — see staff_json.h. */
#include "api/staff_json.h"

static struct vault_place message_place(struct person_id person, const char *column, int64_t row_id)
{
    return (struct vault_place){.person = person,
                                .class = VAULT_MESSAGE,
                                .table = "approvals",
                                .column = column,
                                .row_id = row_id};
}

struct vault_place staff_name_place(struct person_id staff)
{
    return (struct vault_place){.person = staff,
                                .class = VAULT_IDENTITY,
                                .table = "staff_members",
                                .column = "name_sealed",
                                .row_id = 0};
}

struct vault_place approval_reason_place(struct person_id maker, struct approval_id id)
{
    return message_place(maker, "reason_sealed", id.v);
}

struct vault_place approval_verdict_place(struct person_id decider, struct approval_id id)
{
    return message_place(decider, "verdict_sealed", id.v);
}

static void add_text(struct json_out *out, const char *key, struct store_text text)
{
    if (text.data == NULL) {
        json_out_null(out, key);
    } else {
        json_out_bytes(out, key, text.data, text.length);
    }
}

/* ---- members ---- */

enum err staff_view_open(struct store_tx *tx, struct api_app *app, struct arena *arena,
                         struct staff_view *view)
{
    const struct vault_place place = staff_name_place(view->member.person);

    return vault_unseal_text(
        tx, app->vault, &place, VAULT_FOR_DIRECTORY,
        (struct store_blob){view->member.name_sealed, view->member.name_length}, arena,
        &view->name);
}

enum err staff_view_read(struct store_tx *tx, struct api_app *app, struct person_id person,
                         struct arena *arena, struct staff_view *ret)
{
    enum err err = staff_get(tx, person, &ret->member);

    return err == ERR_OK ? staff_view_open(tx, app, arena, ret) : err;
}

void staff_json_member(struct json_out *out, const char *key, const struct staff_view *view)
{
    const struct staff_member *member = &view->member;
    const char *state = member->disabled_at_us != 0   ? "disabled"
                        : member->enrolled_at_us == 0 ? "invited"
                                                      : "working";

    json_out_open(out, key);
    json_out_id(out, "person_id", ID_PERSON_PREFIX, member->person.v);
    add_text(out, "name", view->name);
    json_out_text(out, "state", state);
    json_out_open_list(out, "roles");
    for (size_t i = 0; i < member->roles.count; i++) {
        json_out_text(out, NULL, member->roles.roles[i]);
    }
    json_out_close_list(out);
    json_out_flags(out, "capabilities", &api_staff_capability_names, member->capabilities);
    json_out_id(out, "invited_by", ID_PERSON_PREFIX, member->invited_by.v);
    json_out_time(out, "invited_at", member->invited_at_us);
    json_out_time(out, "enrol_until", member->enrol_until_us);
    json_out_time(out, "enrolled_at", member->enrolled_at_us);
    json_out_time(out, "disabled_at", member->disabled_at_us);
    json_out_close(out);
}

/* ---- proposals ---- */

static enum err name_of(struct store_tx *tx, struct api_app *app, struct person_id person,
                        struct arena *arena, struct store_text *ret)
{
    struct staff_view view = {0};
    enum err err = person.v == 0 ? ERR_OK : staff_view_read(tx, app, person, arena, &view);

    *ret = view.name;
    return err;
}

static enum err open_text(struct store_tx *tx, struct api_app *app, struct vault_place place,
                          struct store_blob sealed, struct arena *arena, struct store_text *ret)
{
    return sealed.length == 0
               ? ERR_OK
               : vault_unseal_text(tx, app->vault, &place, VAULT_FOR_DIRECTORY, sealed, arena, ret);
}

enum err approval_view_open(struct store_tx *tx, struct api_app *app, const struct api_caller *who,
                            struct arena *arena, struct approval_view *view)
{
    const struct approval *approval = &view->approval;
    const struct approval_kind *kind = approvals_kind(app->approvals, approval->kind);
    bool is_maker = approval->maker.v == who->person.v, is_open = approval->state == APPROVAL_OPEN;
    enum err err = name_of(tx, app, approval->maker, arena, &view->maker_name);

    if (err == ERR_OK) {
        err = name_of(tx, app, approval->decider, arena, &view->decider_name);
    }
    if (err == ERR_OK) {
        err = open_text(tx, app, approval_reason_place(approval->maker, approval->id),
                        (struct store_blob){approval->reason_sealed, approval->reason_length},
                        arena, &view->reason);
    }
    if (err == ERR_OK) {
        err = open_text(tx, app, approval_verdict_place(approval->decider, approval->id),
                        (struct store_blob){approval->verdict_sealed, approval->verdict_length},
                        arena, &view->verdict);
    }
    view->can_withdraw = is_maker && is_open;
    view->can_decide =
        !is_maker && is_open && kind != NULL && (who->capabilities & kind->decide) == kind->decide;
    return err;
}

static void add_fields(struct json_out *out, const struct approval_payload *payload)
{
    struct approval_field fields[APPROVAL_FIELDS_MAX];
    size_t count = approval_payload_fields(payload, fields);

    json_out_open_list(out, "fields");
    for (size_t i = 0; i < count; i++) {
        json_out_open(out, NULL);
        json_out_bytes(out, "name", fields[i].name, fields[i].name_length);
        json_out_bytes(out, "value", fields[i].value, fields[i].value_length);
        json_out_close(out);
    }
    json_out_close_list(out);
}

void approvals_json_approval(struct json_out *out, const char *key,
                             const struct approval_view *view)
{
    const struct approval *approval = &view->approval;

    json_out_open(out, key);
    json_out_id(out, "id", ID_APPROVAL_PREFIX, approval->id.v);
    json_out_text(out, "kind", approval->kind);
    add_fields(out, &approval->payload);
    json_out_id(out, "maker_id", ID_PERSON_PREFIX, approval->maker.v);
    add_text(out, "maker", view->maker_name);
    add_text(out, "reason", view->reason);
    json_out_time(out, "created_at", approval->created_at_us);
    json_out_time(out, "expires_at", approval->expires_at_us);
    json_out_name(out, "state", &api_approval_state_names, approval->state);
    json_out_id(out, "decider_id", ID_PERSON_PREFIX, approval->decider.v);
    add_text(out, "decider", view->decider_name);
    add_text(out, "verdict", view->verdict);
    json_out_time(out, "decided_at", approval->decided_at_us);
    json_out_bool(out, "can_decide", view->can_decide);
    json_out_bool(out, "can_withdraw", view->can_withdraw);
    json_out_close(out);
}

enum err api_propose(struct store_tx *tx, struct api_app *app, struct api_proposal *proposal)
{
    struct person_id maker = proposal->caller->person;
    const struct vault_place place = approval_reason_place(maker, proposal->id);
    struct store_blob sealed;
    enum err err =
        vault_seal_text(tx, app->vault, &place, proposal->reason, proposal->arena, &sealed);

    if (err == ERR_OK) {
        err = approvals_propose(tx, app->approvals,
                                &(struct approval_new){.id = proposal->id,
                                                       .kind = proposal->kind,
                                                       .subject_id = proposal->subject_id,
                                                       .payload = &proposal->payload,
                                                       .maker = maker,
                                                       .reason_sealed = sealed});
    }
    if (err == ERR_OK) {
        proposal->view = (struct approval_view){.can_decide = false};
        err = approvals_get(tx, proposal->id, &proposal->view.approval);
    }
    return err == ERR_OK
               ? approval_view_open(tx, app, proposal->caller, proposal->arena, &proposal->view)
               : err;
}

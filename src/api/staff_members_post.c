/* POST /v1/staff/members — invites a member of staff. Asked by staff, the roles are proposed and
 * wait for a second person; asked by the operator's key while fewer than two members could agree,
 * they are given at once: so the first two come in. */
#include "api/staff_json.h"

#include <string.h>

#include "core/rng.h"
#include "identity/people.h"

#define HUMAN_PREFIX "staff:"

struct inviting {
    const struct api_caller *caller;
    struct person_id person;
    struct contact_id contact_id;
    struct contact_value contact;
    enum person_language language;
    struct store_text name;
    struct sha256_hash human_index;
    struct staff_role_set roles;
    struct staff_secret secret;
    struct arena *arena;
    struct staff_view view;
    struct api_proposal proposal;
    bool proposed;
};

/* The person with a confirmed address: whoever invites vouches for it, and signing in needs more.
 */
static enum err write_person(struct store_tx *tx, struct api_app *app,
                             const struct inviting *inviting)
{
    enum err err = person_create(tx, app->vault,
                                 &(struct person_new){.id = inviting->person,
                                                      .kind = PERSON_STAFF,
                                                      .language = inviting->language});

    if (err == ERR_OK) {
        err = contact_claim(tx, app->vault,
                            &(struct contact_new){.id = inviting->contact_id,
                                                  .person = inviting->person,
                                                  .kind = PERSON_STAFF,
                                                  .value = &inviting->contact});
    }
    if (err == ERR_OK) {
        err = contact_confirm(tx, inviting->person, inviting->contact_id);
    }
    return err == ERR_OK ? person_set_state(tx, inviting->person, PERSON_PENDING, PERSON_ACTIVE)
                         : err;
}

static enum err write_member(struct store_tx *tx, struct api_app *app,
                             const struct inviting *inviting)
{
    const struct vault_place place = staff_name_place(inviting->person);
    struct store_blob sealed;
    enum err err =
        vault_seal_text(tx, app->vault, &place, inviting->name, inviting->arena, &sealed);

    if (err != ERR_OK) {
        return err;
    }
    return staff_invite(tx, &(struct staff_invitation){.person = inviting->person,
                                                       .human_index = inviting->human_index,
                                                       .name_sealed = sealed,
                                                       .by = inviting->caller->person,
                                                       .enrol_hash = inviting->secret.hash});
}

static enum err give_roles(struct store_tx *tx, struct api_app *app, struct inviting *inviting)
{
    static const struct staff_role_set none = {.count = 0};
    int64_t able = 0;
    enum err err;

    if (inviting->roles.count == 0) {
        return ERR_OK;
    }
    if (inviting->caller->kind == API_CALLER_STAFF) {
        approval_staff_roles_payload(inviting->person, &none, &inviting->roles,
                                     &inviting->proposal.payload);
        inviting->proposed = true;
        return api_propose(tx, app, &inviting->proposal);
    }
    err = staff_count_able(tx, STAFF_STAFF_MANAGE | STAFF_APPROVALS_DECIDE, &able);
    if (err == ERR_OK && able >= 2) {
        return ERR_APPROVAL_REQUIRED;
    }
    return err == ERR_OK
               ? staff_roles_set(tx, inviting->person, &inviting->roles, (struct person_id){0})
               : err;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct inviting *inviting = arg;
    enum err err = write_person(tx, app, inviting);

    inviting->proposed = false;
    if (err == ERR_OK) {
        err = write_member(tx, app, inviting);
    }
    if (err == ERR_OK) {
        err = staff_roles_check(tx, &inviting->roles);
    }
    if (err == ERR_OK) {
        err = give_roles(tx, app, inviting);
    }
    return err == ERR_OK
               ? staff_view_read(tx, app, inviting->person, inviting->arena, &inviting->view)
               : err;
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct inviting *inviting = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, body);
    json_out_open(&out, NULL);
    staff_json_member(&out, "member", &inviting->view);
    json_out_text(&out, "secret", inviting->secret.text);
    json_out_id(&out, "approval_id", ID_APPROVAL_PREFIX,
                inviting->proposed ? inviting->proposal.id.v : 0);
    json_out_close(&out);
    json_out_end(&out);
    return 201;
}

static void done(struct http_request *request, struct api_app *app, void *arg, bool committed)
{
    struct inviting *inviting = arg;

    (void)request;
    (void)app;
    (void)committed;
    secret_wipe(&inviting->secret, sizeof(inviting->secret));
    secret_wipe(&inviting->contact, sizeof(inviting->contact));
}

/* False: a problem was answered. */
static bool take_roles(struct http_request *request, const struct api_staff_invitation *body,
                       struct staff_role_set *ret)
{
    for (size_t i = 0; i < body->roles_count; i++) {
        if (!staff_role_set_add(ret, body->roles[i].role.data, body->roles[i].role.length)) {
            api_answer_problem(
                request,
                (struct api_problem){.err = ERR_ROLE_UNKNOWN,
                                     .field = arena_printf(request->arena, "/roles/%zu/role", i)});
            return false;
        }
    }
    return true;
}

static void index_human(const struct api_app *app, struct http_text number, struct arena *arena,
                        struct sha256_hash *ret)
{
    size_t prefix = sizeof(HUMAN_PREFIX) - 1;
    char *text = arena_alloc(arena, prefix + number.length + 1);

    memcpy(text, HUMAN_PREFIX, prefix);
    memcpy(text + prefix, number.data, number.length);
    vault_index(app->vault, VAULT_INDEX_OTHER,
                (struct store_text){text, (uint32_t)(prefix + number.length)}, ret);
}

enum http_verdict api_staff_members_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_staff_members_post_in in;
    struct inviting *inviting;
    enum err err;

    if (!api_staff_members_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    inviting = arena_alloc(request->arena, sizeof(*inviting));
    if (!take_roles(request, &in.body, &inviting->roles)) {
        return HTTP_ANSWERED;
    }
    err = contact_normalise(in.body.email.data, in.body.email.length, &inviting->contact);
    if (err != ERR_OK || inviting->contact.channel != CONTACT_EMAIL) {
        return api_answer_problem(
            request, (struct api_problem){.err = ERR_CONTACT_INVALID, .field = "/email"});
    }
    inviting->caller = api_caller_of(request);
    inviting->person.v = id_draw_one(app->ids);
    inviting->contact_id.v = id_draw_one(app->ids);
    inviting->language =
        in.body.language == API_STAFF_INVITATION_LANGUAGE_ZH ? PERSON_ZH : PERSON_EN;
    inviting->name = (struct store_text){in.body.name.data, (uint32_t)in.body.name.length};
    inviting->arena = request->arena;
    index_human(app, in.body.personnel_number, request->arena, &inviting->human_index);
    staff_secret_draw(&inviting->secret);
    inviting->proposal =
        (struct api_proposal){.caller = inviting->caller,
                              .id.v = id_draw_one(app->ids),
                              .kind = APPROVAL_STAFF_ROLES,
                              .subject_id = inviting->person.v,
                              .reason = {in.body.reason.data, (uint32_t)in.body.reason.length},
                              .arena = request->arena};
    return api_write_once(
        request, app,
        &(struct api_write_spec){.run = run, .encode = encode, .done = done, .arg = inviting});
}

/* POST /v1/staff/people/{person_id}/look — a person's page: contacts masked, locks, sessions, who
 * looked before. The look is written down, with its reason, before anything is shown. */
#include "api/locks_json.h"
#include "api/people_json.h"
#include "api/staff_json.h"

#define LOOKS_SHOWN 50

struct looking {
    struct people_look look;
    struct arena *arena;
    int64_t now_us;
    struct person_view person;
    struct lock_view *locks;
    size_t lock_count;
    struct session *sessions;
    size_t session_count;
    struct access_entry *entries;
    struct store_text *names; /* of who looked, beside entries */
    size_t entry_count;
};

static enum err read_entries(struct store_tx *tx, struct api_app *app, struct looking *looking)
{
    enum err err = access_log_list(tx, app->vault, looking->look.person, INT64_MAX, LOOKS_SHOWN,
                                   looking->arena, looking->entries, &looking->entry_count);

    for (size_t i = 0; err == ERR_OK && i < looking->entry_count; i++) {
        struct staff_view view = {0};

        err = staff_view_read(tx, app, looking->entries[i].staff, looking->arena, &view);
        looking->names[i] = view.name;
    }
    return err;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct looking *looking = arg;
    struct access_grant grant;
    enum err err = people_look(tx, app, &looking->look, &grant);

    looking->now_us = store_tx_now_us(tx);
    if (err == ERR_OK) {
        err = person_view_read(tx, app, &grant, looking->look.person, looking->arena,
                               &looking->person);
    }
    if (err == ERR_OK) {
        err = lock_views_read(tx, app, looking->look.person, true,
                              &(struct lock_opening){.grant = &grant, .arena = looking->arena},
                              looking->locks, &looking->lock_count);
    }
    if (err == ERR_OK) {
        err = sessions_list(tx, looking->look.person, looking->now_us, looking->sessions,
                            &looking->session_count);
    }
    return err == ERR_OK ? read_entries(tx, app, looking) : err;
}

static void add_sessions(struct json_out *out, const struct looking *looking)
{
    json_out_open_list(out, "sessions");
    for (size_t i = 0; i < looking->session_count; i++) {
        const struct session *session = &looking->sessions[i];

        json_out_open(out, NULL);
        json_out_id(out, "id", ID_SESSION_PREFIX, session->id.v);
        json_out_text(out, "device", session->device_name);
        json_out_text(out, "place", session->place);
        json_out_time(out, "created_at", session->created_at_us);
        json_out_time(out, "last_used_at", session->last_used_at_us);
        json_out_close(out);
    }
    json_out_close_list(out);
}

static void add_entries(struct json_out *out, const struct looking *looking)
{
    json_out_open_list(out, "looks");
    for (size_t i = 0; i < looking->entry_count; i++) {
        const struct access_entry *entry = &looking->entries[i];

        json_out_open(out, NULL);
        json_out_id(out, "staff_id", ID_PERSON_PREFIX, entry->staff.v);
        json_out_bytes(out, "staff", looking->names[i].data, looking->names[i].length);
        json_out_name(out, "why", &api_access_why_names, entry->why);
        json_out_bytes(out, "reason", entry->reason.data, entry->reason.length);
        json_out_time(out, "at", entry->at_us);
        json_out_close(out);
    }
    json_out_close_list(out);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct looking *looking = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    people_json_basics(&out, &looking->person);
    locks_json_list(&out, looking->locks, looking->lock_count, looking->now_us);
    add_sessions(&out, looking);
    add_entries(&out, looking);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_staff_people_id_look_post(struct http_request *request, void *arg)
{
    struct api_staff_people_id_look_post_in in;
    struct looking *looking;

    if (!api_staff_people_id_look_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    looking = arena_alloc(request->arena, sizeof(*looking));
    looking->look = (struct people_look){
        .caller = api_caller_of(request),
        .person = in.person_id,
        .classes =
            ACCESS_CLASS(VAULT_CONTACT) | ACCESS_CLASS(VAULT_MESSAGE) | ACCESS_CLASS(VAULT_DEVICE),
        .why = (enum access_why)in.body.why,
        .reason = {in.body.reason.data, (uint32_t)in.body.reason.length},
    };
    looking->arena = request->arena;
    looking->locks = arena_alloc_array(request->arena, LOCKS_MAX, sizeof(*looking->locks));
    looking->sessions =
        arena_alloc_array(request->arena, SESSIONS_LISTED_MAX, sizeof(*looking->sessions));
    looking->entries = arena_alloc_array(request->arena, LOOKS_SHOWN, sizeof(*looking->entries));
    looking->names = arena_alloc_array(request->arena, LOOKS_SHOWN, sizeof(*looking->names));
    return api_write_plain(request, arg,
                           &(struct api_plain_spec){.run = run, .answer = answer, .arg = looking});
}

/* DELETE /v1/staff/members/{person_id} — the member can do nothing from now on: one person is
 * enough to stop somebody. */
#include "api/staff_json.h"

struct disabling {
    struct person_id person, by;
    struct arena *arena;
    struct staff_view view;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct disabling *disabling = arg;
    enum err err = staff_disable(tx, disabling->person, disabling->by);

    if (err == ERR_OK) {
        err = sessions_end_others(tx, disabling->person, (struct session_id){0}, SESSION_BY_STAFF,
                                  NULL);
    }
    return err == ERR_OK
               ? staff_view_read(tx, app, disabling->person, disabling->arena, &disabling->view)
               : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct disabling *disabling = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    staff_json_member(&out, NULL, &disabling->view);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_staff_members_id_delete(struct http_request *request, void *arg)
{
    struct api_staff_members_id_delete_in in;
    struct disabling *disabling;

    if (!api_staff_members_id_delete_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    disabling = arena_alloc(request->arena, sizeof(*disabling));
    disabling->person = in.person_id;
    disabling->by = api_caller_of(request)->person;
    disabling->arena = request->arena;
    return api_write_plain(
        request, arg, &(struct api_plain_spec){.run = run, .answer = answer, .arg = disabling});
}

/* POST /v1/staff/members/{person_id}/reinvite — a new one-time secret, for whoever let the first
 * run out or lost every factor. Until they enrol again they can do nothing. */
#include "api/staff_json.h"

#include "core/rng.h"

#define HOUR_US INT64_C(3600000000)

struct reinviting {
    struct person_id person, by;
    struct staff_secret secret;
    int64_t lasts_us;
    struct arena *arena;
    struct staff_view view;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct reinviting *reinviting = arg;
    enum err err = reinviting->person.v == reinviting->by.v
                       ? ERR_STAFF_SELF
                       : staff_reinvite(tx, reinviting->person, &reinviting->secret.hash,
                                        reinviting->lasts_us);

    if (err == ERR_OK) {
        err = sessions_end_others(tx, reinviting->person, (struct session_id){0}, SESSION_BY_STAFF,
                                  NULL);
    }
    return err == ERR_OK
               ? staff_view_read(tx, app, reinviting->person, reinviting->arena, &reinviting->view)
               : err;
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct reinviting *reinviting = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, body);
    json_out_open(&out, NULL);
    staff_json_member(&out, "member", &reinviting->view);
    json_out_text(&out, "secret", reinviting->secret.text);
    json_out_null(&out, "approval_id");
    json_out_close(&out);
    json_out_end(&out);
    return 200;
}

static void done(struct http_request *request, struct api_app *app, void *arg, bool committed)
{
    struct reinviting *reinviting = arg;

    (void)request;
    (void)app;
    (void)committed;
    secret_wipe(&reinviting->secret, sizeof(reinviting->secret));
}

enum http_verdict api_staff_members_id_reinvite_post(struct http_request *request, void *arg)
{
    struct api_staff_members_id_reinvite_post_in in;
    struct reinviting *reinviting;

    if (!api_staff_members_id_reinvite_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    reinviting = arena_alloc(request->arena, sizeof(*reinviting));
    reinviting->person = in.person_id;
    reinviting->by = api_caller_of(request)->person;
    reinviting->lasts_us = in.body.valid_hours * HOUR_US;
    reinviting->arena = request->arena;
    staff_secret_draw(&reinviting->secret);
    return api_write_once(
        request, arg,
        &(struct api_write_spec){.run = run, .encode = encode, .done = done, .arg = reinviting});
}

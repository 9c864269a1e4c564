/* GET /v1/staff/members — who works here, newest first. */
#include "api/staff_json.h"

struct list {
    struct api_app *app;
    struct arena *arena;
    struct staff_member *members;
    struct staff_view *views;
    size_t count;
};

static enum err read_members(struct store_tx *tx, void *arg)
{
    struct list *list = arg;
    enum err err = staff_list(tx, list->members, &list->count);

    for (size_t i = 0; err == ERR_OK && i < list->count; i++) {
        list->views[i] = (struct staff_view){.member = list->members[i]};
        err = staff_view_open(tx, list->app, list->arena, &list->views[i]);
    }
    return err;
}

enum http_verdict api_staff_members_get(struct http_request *request, void *arg)
{
    struct list list = {.app = arg, .arena = request->arena};
    struct json_out out;

    if (!api_staff_members_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    list.members = arena_alloc_array(request->arena, STAFF_LISTED_MAX, sizeof(*list.members));
    list.views = arena_alloc_array(request->arena, STAFF_LISTED_MAX, sizeof(*list.views));
    if (!api_read(request, arg, read_members, &list)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "members");
    for (size_t i = 0; i < list.count; i++) {
        staff_json_member(&out, NULL, &list.views[i]);
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

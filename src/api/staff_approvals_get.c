/* GET /v1/staff/approvals — proposals that the caller made or may decide, newest first. */
#include "api/staff_json.h"

/* Rows that the caller may not see are skipped: a page is looked for in so many at the most. */
#define ROUNDS_MAX 20

struct list {
    struct api_app *app;
    const struct api_caller *caller;
    struct arena *arena;
    struct approvals_filter filter;
    uint32_t limit;
    struct approval *page;
    struct approval_view *views;
    size_t count;
    int64_t next; /* 0: that was all */
};

static enum err take(struct store_tx *tx, struct list *list, const struct approval *approval)
{
    struct approval_view *view = &list->views[list->count];

    if (!approval_visible(list->app->approvals, approval, list->caller->person,
                          list->caller->capabilities)) {
        return ERR_OK;
    }
    *view = (struct approval_view){.approval = *approval};
    list->count++;
    return approval_view_open(tx, list->app, list->caller, list->arena, view);
}

static enum err read_page(struct store_tx *tx, void *arg)
{
    struct list *list = arg;
    size_t count = APPROVALS_LISTED_MAX;
    enum err err = ERR_OK;

    for (int round = 0; err == ERR_OK && round < ROUNDS_MAX && count == APPROVALS_LISTED_MAX;
         round++) {
        err = approvals_list(tx, &list->filter, list->page, &count);
        for (size_t i = 0; err == ERR_OK && i < count; i++) {
            if (list->count == list->limit) {
                list->next = list->filter.before.v;
                return ERR_OK;
            }
            list->filter.before = list->page[i].id;
            err = take(tx, list, &list->page[i]);
        }
    }
    list->next = count == APPROVALS_LISTED_MAX ? list->filter.before.v : 0;
    return err;
}

enum http_verdict api_staff_approvals_get(struct http_request *request, void *arg)
{
    struct list list = {.app = arg, .caller = api_caller_of(request), .arena = request->arena};
    struct api_staff_approvals_get_in in;
    struct json_out out;

    if (!api_staff_approvals_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    list.limit = in.limit > APPROVALS_LISTED_MAX ? APPROVALS_LISTED_MAX : (uint32_t)in.limit;
    list.filter = (struct approvals_filter){
        .before.v = in.has_cursor ? in.cursor : 0,
        .open_only = !(in.has_state && in.state == API_STAFF_APPROVALS_GET_STATE_ALL),
        .row_max = APPROVALS_LISTED_MAX,
    };
    list.page = arena_alloc_array(request->arena, APPROVALS_LISTED_MAX, sizeof(*list.page));
    list.views = arena_alloc_array(request->arena, list.limit, sizeof(*list.views));
    if (!api_read(request, arg, read_page, &list)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "approvals");
    for (size_t i = 0; i < list.count; i++) {
        approvals_json_approval(&out, NULL, &list.views[i]);
    }
    json_out_close_list(&out);
    json_out_cursor(&out, "next_cursor", list.next);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

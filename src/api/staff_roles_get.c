/* GET /v1/staff/roles — every kind of role and what it allows. */
#include "api/staff_json.h"

struct list {
    struct staff_role roles[STAFF_ROLES_MAX];
    size_t count;
};

static enum err read_roles(struct store_tx *tx, void *arg)
{
    struct list *list = arg;

    return staff_roles(tx, list->roles, &list->count);
}

enum http_verdict api_staff_roles_get(struct http_request *request, void *arg)
{
    struct list *list = arena_alloc(request->arena, sizeof(*list));
    struct json_out out;

    if (!api_staff_roles_get_decode(request) || !api_read(request, arg, read_roles, list)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "roles");
    for (size_t i = 0; i < list->count; i++) {
        json_out_open(&out, NULL);
        json_out_text(&out, "role", list->roles[i].role);
        json_out_text(&out, "title_en", list->roles[i].title_en);
        json_out_text(&out, "title_zh", list->roles[i].title_zh);
        json_out_flags(&out, "capabilities", &api_staff_capability_names,
                       list->roles[i].capabilities);
        json_out_close(&out);
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

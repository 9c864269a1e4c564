/* GET /v1/staff/me — the member of staff who asks. */
#include "api/staff_json.h"

struct reading {
    struct api_app *app;
    struct arena *arena;
    struct person_id person;
    struct staff_view view;
};

static enum err read_member(struct store_tx *tx, void *arg)
{
    struct reading *reading = arg;

    return staff_view_read(tx, reading->app, reading->person, reading->arena, &reading->view);
}

enum http_verdict api_staff_me_get(struct http_request *request, void *arg)
{
    struct reading *reading = arena_alloc(request->arena, sizeof(*reading));
    struct json_out out;

    if (!api_staff_me_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    *reading = (struct reading){
        .app = arg, .arena = request->arena, .person = api_caller_of(request)->person};
    if (!api_read(request, arg, read_member, reading)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    staff_json_member(&out, NULL, &reading->view);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

/* DELETE /v1/staff/approvals/{approval_id} — the maker takes a proposal back. */
#include "api/staff_json.h"

struct withdrawing {
    const struct api_caller *caller;
    struct approval_id id;
    struct arena *arena;
    struct approval_view view;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct withdrawing *withdrawing = arg;
    enum err err = approvals_withdraw(tx, withdrawing->id, withdrawing->caller->person,
                                      &withdrawing->view.approval);

    return err == ERR_OK ? approval_view_open(tx, app, withdrawing->caller, withdrawing->arena,
                                              &withdrawing->view)
                         : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct withdrawing *withdrawing = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    approvals_json_approval(&out, NULL, &withdrawing->view);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_staff_approvals_id_delete(struct http_request *request, void *arg)
{
    struct api_staff_approvals_id_delete_in in;
    struct withdrawing *withdrawing;

    if (!api_staff_approvals_id_delete_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    withdrawing = arena_alloc(request->arena, sizeof(*withdrawing));
    withdrawing->caller = api_caller_of(request);
    withdrawing->id = in.approval_id;
    withdrawing->arena = request->arena;
    return api_write_plain(
        request, arg, &(struct api_plain_spec){.run = run, .answer = answer, .arg = withdrawing});
}

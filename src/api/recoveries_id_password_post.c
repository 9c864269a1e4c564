/* POST /v1/recoveries/{recovery_id}/password — after the waiting time: the new password. Signing in
 * with it still asks for the second factor. */
#include "api/recovery_json.h"

#include "identity/password.h"

struct finishing {
    struct recovery_finish finish;
    struct http_text password;
    struct api_origin origin;
    struct recovery recovery;
};

static enum err prepare(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct finishing *finishing = arg;

    (void)app;
    return recovery_check(tx, &finishing->finish.key, &finishing->recovery);
}

static enum err slow(struct api_app *app, void *arg)
{
    struct finishing *finishing = arg;
    struct sha256_hash peppered;
    enum err err;

    password_pepper(app->vault, finishing->recovery.person, finishing->password.data,
                    finishing->password.length, &peppered);
    err = password_hash(&peppered, &finishing->finish.hash);
    secret_wipe(&peppered, sizeof(peppered));
    return err;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct finishing *finishing = arg;

    return recovery_finish(tx, app->vault, &finishing->finish, &finishing->recovery);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct finishing *finishing = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    recovery_json_members(&out, &finishing->recovery);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
    secret_wipe(&finishing->finish.hash, sizeof(finishing->finish.hash));
}

static bool refuse(struct http_request *request, struct api_app *app, void *arg, enum err outcome)
{
    struct finishing *finishing = arg;

    secret_wipe(&finishing->finish.hash, sizeof(finishing->finish.hash));
    return recovery_refuse_waiting(request, app, outcome, &finishing->recovery);
}

enum http_verdict api_recoveries_id_password_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_recoveries_id_password_post_in in;
    struct finishing *finishing;

    if (!api_recoveries_id_password_post_decode(request, &in) ||
        !api_password_ok(request, &in.body.password, NULL)) {
        return HTTP_ANSWERED;
    }
    finishing = arena_alloc(request->arena, sizeof(*finishing));
    finishing->finish.key.id = in.recovery_id;
    if (!recovery_secret_read(&in.body.secret, &finishing->finish.key.secret_hash)) {
        return api_answer_problem(request, (struct api_problem){.err = ERR_RECOVERY_NOT_FOUND});
    }
    api_origin_of(request, app, &finishing->origin);
    finishing->password = in.body.password;
    finishing->finish.notice_id = id_draw_one(app->ids);
    finishing->finish.device_name = finishing->origin.device_name;
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){.stages = {.prepare = prepare, .slow = slow, .refuse = refuse},
                                 .run = run,
                                 .answer = answer,
                                 .arg = finishing,
                                 .affinity = in.recovery_id.v});
}

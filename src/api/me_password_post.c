/* POST /v1/me/password — a new password, after the present one was shown. Other sessions end, this
 * one goes on under a new token. */
#include "api/api_people.h"

#include "identity/credentials.h"
#include "identity/locks.h"

struct changing {
    struct credential credential;
    struct password_change change;
    enum err verdict;
    struct api_origin origin;
    struct api_opened opened;
};

static enum err prepare(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct changing *changing = arg;

    return credential_prepare(tx, app->vault, &changing->credential);
}

static enum err slow(struct api_app *app, void *arg)
{
    struct changing *changing = arg;

    return credential_compare(app->vault, &changing->credential);
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct changing *changing = arg;
    const struct session *session = changing->credential.session;
    enum err err = credential_judge(tx, app->vault, &changing->credential, &changing->verdict);

    if (err != ERR_OK || changing->verdict != ERR_OK) {
        return err;
    }
    err = locks_check(tx, session->person, LOCK_CREDENTIALS, NULL);
    if (err == ERR_OK) {
        err = password_change(tx, app->vault, &changing->change);
    }
    return err == ERR_OK ? session_get(tx, session->person, session->id, &changing->opened.session)
                         : err;
}

static void wipe(struct changing *changing)
{
    credential_wipe(&changing->credential);
    secret_wipe(&changing->change.token, sizeof(changing->change.token));
    api_opened_wipe(&changing->opened);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct changing *changing = arg;
    struct json_out out;

    (void)app;
    if (changing->verdict != ERR_OK) {
        api_answer_problem(request,
                           (struct api_problem){.err = changing->verdict, .field = "/current"});
    } else {
        json_out_begin(&out, request->out);
        api_opened_json(&out, NULL, &changing->opened);
        json_out_end(&out);
        api_opened_cookies(request, &changing->opened);
        api_answer_json(request, 200);
    }
    wipe(changing);
}

static bool refuse(struct http_request *request, struct api_app *app, void *arg, enum err outcome)
{
    struct changing *changing = arg;

    wipe(changing);
    return api_refuse_pause(request, app, outcome, changing->credential.until_us);
}

enum http_verdict api_me_password_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_caller *caller = api_caller_of(request);
    struct api_me_password_post_in in;
    struct changing *changing;

    if (!api_me_password_post_decode(request, &in) ||
        !api_password_ok(request, &in.body.password, NULL)) {
        return HTTP_ANSWERED;
    }
    changing = arena_alloc(request->arena, sizeof(*changing));
    api_origin_of(request, app, &changing->origin);
    api_opened_begin(caller, &changing->opened, &changing->change.change);
    changing->credential = (struct credential){.session = &caller->session,
                                               .current = in.body.current.data,
                                               .current_length = in.body.current.length,
                                               .next = in.body.password.data,
                                               .next_length = in.body.password.length};
    changing->change.credential = &changing->credential;
    changing->change.change.methods = AUTH_PASSWORD;
    changing->change.token = changing->opened.token;
    changing->change.notice_id = id_draw_one(app->ids);
    changing->change.device_name = changing->origin.device_name;
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){.stages = {.prepare = prepare, .slow = slow, .refuse = refuse},
                                 .run = run,
                                 .answer = answer,
                                 .arg = changing,
                                 .affinity = caller->person.v});
}

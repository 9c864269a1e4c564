/* api_signin.c — counted and looked up on the lane, compared on the hash pool, judged on the lane
 * again. Nobody learns from the answer or its time whether an account exists. See api_signin.h. */
#include "api/api_signin.h"

#include <string.h>

#include "identity/signin.h"

struct entering {
    struct signin signin;
    struct signin_result result;
    struct api_origin origin;
    struct api_opened opened;
};

static enum err prepare(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct entering *entering = arg;

    return signin_prepare(tx, app->vault, &entering->signin, &entering->result);
}

static enum err slow(struct api_app *app, void *arg)
{
    struct entering *entering = arg;

    signin_compare(app->vault, &entering->signin);
    return ERR_OK;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct entering *entering = arg;

    return signin_complete(tx, app->vault, &entering->signin, &entering->result);
}

static void wipe(struct entering *entering)
{
    signin_wipe(&entering->signin);
    api_opened_wipe(&entering->opened);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct entering *entering = arg;
    struct api_opened *opened = &entering->opened;
    struct json_out out;

    (void)app;
    if (entering->result.verdict != ERR_OK) {
        api_answer_problem(request, (struct api_problem){.err = entering->result.verdict});
        wipe(entering);
        return;
    }
    opened->session = entering->result.session;
    opened->factors = entering->result.factors;
    opened->is_new_device = entering->result.is_new_device;
    opened->token = entering->signin.token;
    memcpy(opened->device_token, entering->signin.device.fresh, TOKEN_BYTES);
    json_out_begin(&out, request->out);
    api_opened_json(&out, NULL, opened);
    json_out_end(&out);
    api_opened_cookies(request, opened);
    api_answer_json(request, 201);
    wipe(entering);
}

static bool refuse(struct http_request *request, struct api_app *app, void *arg, enum err outcome)
{
    struct entering *entering = arg;

    wipe(entering);
    return api_refuse_pause(request, app, outcome, entering->result.until_us);
}

/* The session that this browser still has ends when the new one begins. */
static void find_old(const struct http_request *request, struct signin *signin)
{
    const char *cookie = signin->kind == PERSON_STAFF ? API_COOKIE_STAFF : API_COOKIE_SESSION;
    struct http_text old;

    if (!http_cookie(request, cookie, &old) ||
        !session_token_hash(old.data, old.length, &signin->old_token)) {
        memset(&signin->old_token, 0, sizeof(signin->old_token));
    }
}

static void fill(struct http_request *request, struct api_app *app, const struct api_signin_in *in,
                 struct entering *entering)
{
    struct signin *signin = &entering->signin;

    api_origin_of(request, app, &entering->origin);
    api_device_of(request, app, &entering->origin, in->device_token, &signin->device);
    signin->kind = in->kind;
    signin->address_index = entering->origin.address_index;
    signin->place = entering->origin.place;
    signin->session_id.v = id_draw_one(app->ids);
    signin->lock_id.v = id_draw_one(app->ids);
    signin->notice_ids[0] = id_draw_one(app->ids);
    signin->notice_ids[1] = id_draw_one(app->ids);
    session_token_draw(&signin->token);
    find_old(request, signin);
    /* One that is too long is wrong, and costs what a wrong one costs. */
    signin->password_length = in->password->length > PASSWORD_BYTES_MAX ? 0 : in->password->length;
    memcpy(signin->password, in->password->data, signin->password_length);
    secret_wipe((char *)(uintptr_t)in->password->data, in->password->length);
    entering->opened.to_cookie = in->to_cookie;
}

enum http_verdict api_signin(struct http_request *request, struct api_app *app,
                             const struct api_signin_in *in)
{
    struct entering *entering = arena_alloc(request->arena, sizeof(*entering));

    if (!api_contact_of(request, in->contact, &entering->signin.value)) {
        return HTTP_ANSWERED;
    }
    fill(request, app, in, entering);
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){.stages = {.prepare = prepare, .slow = slow, .refuse = refuse},
                                 .run = run,
                                 .answer = answer,
                                 .arg = entering,
                                 .affinity = entering->signin.session_id.v});
}

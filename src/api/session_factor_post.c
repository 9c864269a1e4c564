/* POST /v1/session/factor — the second factor of signing in. A wrong try is committed too, or it
 * would not count. */
#include "api/api_factors.h"
#include "api/api_people.h"

#include <string.h>

#include "identity/recovery_codes.h"
#include "identity/signin.h"

struct showing {
    struct signin_factor in;
    const struct api_caller *caller;
    enum err verdict;
    struct factor_pause pause;
    struct api_opened opened;
    int64_t outbox_id;
};

/* A recovery code that was used up, or a pause that began. */
static enum err tell(struct store_tx *tx, struct api_app *app, const struct showing *showing)
{
    const struct factor_news news = {showing->outbox_id, showing->caller->person,
                                     showing->in.factor};
    struct recovery_codes_info codes;
    enum err err = ERR_OK;

    if (api_factor_paused_now(showing->verdict, &showing->pause)) {
        return factor_tell_paused(tx, app->vault, &news);
    }
    if (showing->verdict == ERR_OK && showing->in.factor == FACTOR_RECOVERY_CODE) {
        err = recovery_codes_get(tx, news.person, &codes);
        if (err == ERR_OK) {
            err = factor_tell_code_used(tx, app->vault, &news, codes.left);
        }
    }
    return err;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct showing *showing = arg;
    const struct session *session = &showing->caller->session;
    enum err err = signin_factor(tx, app->vault, &showing->in, &showing->verdict, &showing->pause);

    if (err == ERR_OK) {
        err = tell(tx, app, showing);
    }
    return err == ERR_OK && showing->verdict == ERR_OK
               ? session_get(tx, session->person, session->id, &showing->opened.session)
               : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct showing *showing = arg;
    struct json_out out;

    if (showing->verdict != ERR_OK) {
        api_answer_problem(request,
                           (struct api_problem){.err = showing->verdict,
                                                .field = "/code",
                                                .retry_at_us = showing->pause.until_us,
                                                .now_us = clock_now_us(app->clock),
                                                .tries_left = showing->pause.left,
                                                .has_tries_left = showing->pause.until_us == 0});
    } else {
        json_out_begin(&out, request->out);
        api_opened_json(&out, NULL, &showing->opened);
        json_out_end(&out);
        api_opened_cookies(request, &showing->opened);
        api_answer_json(request, 200);
    }
    api_opened_wipe(&showing->opened);
    secret_wipe(&showing->in.token, sizeof(showing->in.token));
}

enum http_verdict api_session_factor_post(struct http_request *request, void *arg)
{
    struct api_caller *caller = api_caller_of(request);
    struct api_session_factor_post_in in;
    struct session_change change;
    struct showing *showing;

    if (!api_session_factor_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    showing = arena_alloc(request->arena, sizeof(*showing));
    api_opened_begin(caller, &showing->opened, &change);
    showing->caller = caller;
    showing->outbox_id = id_draw_one(((struct api_app *)arg)->ids);
    showing->in = (struct signin_factor){
        .session = &caller->session,
        .factor =
            in.body.factor == API_SESSION_FACTOR_KIND_TOTP ? FACTOR_TOTP : FACTOR_RECOVERY_CODE,
        .text = {in.body.code.data, (uint32_t)in.body.code.length},
        .token = showing->opened.token,
    };
    return api_write_plain(
        request, arg,
        &(struct api_plain_spec){
            .run = run, .answer = answer, .arg = showing, .affinity = caller->person.v});
}

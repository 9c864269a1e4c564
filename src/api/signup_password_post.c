/* POST /v1/signup/password — the password is judged here, hashed on the pool, and makes the person
 * a member on the lane. */
#include "api/api_people.h"

#include <string.h>

struct finishing {
    struct signup_finish finish;
    struct http_text password;
    struct api_origin origin;
    struct api_opened opened;
    struct signup_progress progress;
};

static enum err slow(struct api_app *app, void *arg)
{
    struct finishing *finishing = arg;
    struct sha256_hash peppered;
    enum err err;

    password_pepper(app->vault, finishing->finish.person, finishing->password.data,
                    finishing->password.length, &peppered);
    err = password_hash(&peppered, &finishing->finish.hash);
    secret_wipe(&peppered, sizeof(peppered));
    return err;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct finishing *finishing = arg;
    const struct signup_finish *finish = &finishing->finish;
    enum err err = signup_finish(tx, finish, &finishing->opened.is_new_device);

    if (err == ERR_OK) {
        err = signup_get(tx, app->vault, finish->person, &finishing->progress);
    }
    return err == ERR_OK
               ? session_get(tx, finish->person, finish->change.id, &finishing->opened.session)
               : err;
}

static void wipe(struct finishing *finishing)
{
    secret_wipe(&finishing->finish, sizeof(finishing->finish));
    secret_wipe(&finishing->progress.value, sizeof(finishing->progress.value));
    api_opened_wipe(&finishing->opened);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct finishing *finishing = arg;
    struct json_out out;

    (void)app;
    memcpy(finishing->opened.device_token, finishing->finish.device.fresh, TOKEN_BYTES);
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    api_signup_json(&out, "signup", &finishing->progress);
    api_opened_json(&out, "opened", &finishing->opened);
    json_out_close(&out);
    json_out_end(&out);
    api_opened_cookies(request, &finishing->opened);
    api_answer_json(request, 200);
    wipe(finishing);
}

struct words_of {
    struct api_app *app;
    struct person_id person;
    struct signup_progress progress;
};

static enum err read_words(struct store_tx *tx, void *arg)
{
    struct words_of *words = arg;

    return signup_get(tx, words->app->vault, words->person, &words->progress);
}

/* False: answered. */
static bool judge(struct http_request *request, struct api_app *app, struct person_id person,
                  const struct http_text *password)
{
    struct words_of reading = {.app = app, .person = person};
    bool ok;

    if (!api_read(request, app, read_words, &reading)) {
        return false;
    }
    ok = api_password_ok(request, password, &reading.progress.value);
    secret_wipe(&reading.progress.value, sizeof(reading.progress.value));
    return ok;
}

enum http_verdict api_signup_password_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_caller *caller = api_caller_of(request);
    struct api_signup_password_post_in in;
    struct finishing *finishing;

    if (!api_signup_password_post_decode(request, &in) ||
        !judge(request, app, caller->person, &in.body.password)) {
        return HTTP_ANSWERED;
    }
    finishing = arena_alloc(request->arena, sizeof(*finishing));
    finishing->password = in.body.password;
    api_origin_of(request, app, &finishing->origin);
    api_opened_begin(caller, &finishing->opened, &finishing->finish.change);
    api_device_of(request, app, &finishing->origin, NULL, &finishing->finish.device);
    finishing->finish.person = caller->person;
    finishing->finish.device.person = caller->person;
    finishing->finish.token = finishing->opened.token;
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.stages = {.slow = slow},
                                                    .run = run,
                                                    .answer = answer,
                                                    .arg = finishing,
                                                    .affinity = caller->person.v});
}

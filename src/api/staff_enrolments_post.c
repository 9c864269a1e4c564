/* POST /v1/staff/enrolments — a member of staff comes in by the secret of their invitation: sets a
 * password and gets a session that can only set up a second factor. */
#include "api/api_people.h"

#include <string.h>

#include "core/str.h"
#include "identity/enrol.h"

#define SECRET_PREFIX "je_"

struct enrolling {
    struct enrol enrol;
    struct person_id person;
    struct http_text password;
    struct api_origin origin;
    struct api_opened opened;
};

static enum err find(struct store_tx *tx, void *arg)
{
    struct enrolling *enrolling = arg;

    return enrol_find(tx, &enrolling->enrol.secret_hash, &enrolling->person);
}

static enum err slow(struct api_app *app, void *arg)
{
    struct enrolling *enrolling = arg;
    struct sha256_hash peppered;
    enum err err;

    password_pepper(app->vault, enrolling->person, enrolling->password.data,
                    enrolling->password.length, &peppered);
    err = password_hash(&peppered, &enrolling->enrol.password);
    secret_wipe(&peppered, sizeof(peppered));
    return err;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct enrolling *enrolling = arg;
    enum err err = enrol_begin(tx, &enrolling->enrol);

    (void)app;
    return err == ERR_OK ? session_get(tx, enrolling->person, enrolling->enrol.session.id,
                                       &enrolling->opened.session)
                         : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    struct enrolling *enrolling = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    api_opened_json(&out, NULL, &enrolling->opened);
    json_out_end(&out);
    api_opened_cookies(request, &enrolling->opened);
    api_answer_json(request, 201);
    api_opened_wipe(&enrolling->opened);
    secret_wipe(&enrolling->enrol, sizeof(enrolling->enrol));
}

static bool read_secret(const struct http_text *text, struct sha256_hash *ret)
{
    const size_t prefix = sizeof(SECRET_PREFIX) - 1;
    uint8_t bytes[TOKEN_BYTES];

    if (text->length != prefix + TOKEN_DIGITS || !str_starts_with(text->data, SECRET_PREFIX) ||
        !token_decode(text->data + prefix, bytes)) {
        return false;
    }
    token_hash(bytes, ret);
    secret_wipe(bytes, sizeof(bytes));
    return true;
}

enum http_verdict api_staff_enrolments_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_staff_enrolments_post_in in;
    struct enrolling *enrolling;

    if (!api_staff_enrolments_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    enrolling = arena_alloc(request->arena, sizeof(*enrolling));
    if (!read_secret(&in.body.secret, &enrolling->enrol.secret_hash)) {
        return api_answer_problem(
            request, (struct api_problem){.err = ERR_ENROLMENT_INVALID, .field = "/secret"});
    }
    if (!api_read(request, app, find, enrolling) ||
        !api_password_ok(request, &in.body.password, NULL)) {
        return HTTP_ANSWERED;
    }
    enrolling->password = in.body.password;
    api_origin_of(request, app, &enrolling->origin);
    session_token_draw(&enrolling->enrol.token);
    enrolling->opened.token = enrolling->enrol.token;
    enrolling->opened.to_cookie = in.body.deliver != API_SESSION_DELIVERY_TOKEN;
    enrolling->enrol.session.id.v = id_draw_one(app->ids);
    enrolling->enrol.session.place = enrolling->origin.place;
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.stages = {.slow = slow},
                                                    .run = run,
                                                    .answer = answer,
                                                    .arg = enrolling,
                                                    .affinity = enrolling->person.v});
}

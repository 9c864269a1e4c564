/* POST /v1/me/verifications — name and id number, to be checked. What can be seen to be wrong is
 * said at once, with the field; the register is asked by a worker. */
#include "api/levels_json.h"

struct claiming {
    struct identity_claim claim;
    char name[PERSON_NAME_BYTES + 1];
    struct national_id number;
    struct api_verification_view view;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct claiming *claiming = arg;
    struct verification verification;
    enum err err = verification_claim_identity(tx, app->vault, &claiming->claim);

    if (err == ERR_OK) {
        err = verification_get(tx, claiming->claim.id, &verification);
    }
    return err == ERR_OK ? api_verification_view(tx, &verification, &claiming->view) : err;
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct claiming *claiming = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, body);
    api_verification_json(&out, NULL, &claiming->view);
    json_out_end(&out);
    return 201;
}

static void wipe(struct claiming *claiming)
{
    secret_wipe(claiming->name, sizeof(claiming->name));
    secret_wipe(&claiming->number, sizeof(claiming->number));
}

static void done(struct http_request *request, struct api_app *app, void *arg, bool committed)
{
    (void)request;
    (void)app;
    (void)committed;
    wipe(arg);
}

static bool refuse(struct http_request *request, struct api_app *app, void *arg, enum err outcome)
{
    (void)app;
    (void)arg;
    if (outcome != ERR_ID_NUMBER_TAKEN) {
        return false;
    }
    api_answer_problem(request, (struct api_problem){.err = outcome, .field = "/id_number"});
    return true;
}

static bool refused(struct http_request *request, enum err err, const char *field)
{
    if (err != ERR_OK) {
        api_answer_problem(request, (struct api_problem){.err = err, .field = field});
    }
    return err != ERR_OK;
}

static enum err check_number(const struct api_app *app, const struct api_verification_new *body,
                             struct national_id *ret)
{
    const struct pack_verification *rules = &app->pack->verification;
    int32_t today = api_today(app->pack, clock_now_us(app->clock)), age;

    switch (national_id_parse((enum national_id_kind)body->id_kind, body->id_number.data,
                              body->id_number.length, today, ret)) {
    case NATIONAL_ID_OK:
        break;
    case NATIONAL_ID_CHECK:
        return ERR_ID_NUMBER_MISTYPED;
    case NATIONAL_ID_LENGTH:
    case NATIONAL_ID_CHARACTER:
    case NATIONAL_ID_REGION:
    case NATIONAL_ID_DATE:
        return ERR_ID_NUMBER_INVALID;
    }
    age = national_id_age(ret, today);
    return age >= 0 && age < rules->age_min ? ERR_AGE_TOO_LOW : ERR_OK;
}

enum http_verdict api_me_verifications_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_verifications_post_in in;
    struct claiming *claiming;
    bool accepted;
    size_t length = 0;

    if (!api_me_verifications_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    claiming = arena_alloc(request->arena, sizeof(*claiming));
    accepted = (app->pack->verification.id_kinds & (UINT32_C(1) << in.body.id_kind)) != 0;
    if (refused(
            request,
            person_name_normalise(in.body.name.data, in.body.name.length, claiming->name, &length),
            "/name") ||
        refused(request, accepted ? ERR_OK : ERR_ID_KIND_NOT_ACCEPTED, "/id_kind") ||
        refused(request, check_number(app, &in.body, &claiming->number), "/id_number")) {
        wipe(claiming);
        return HTTP_ANSWERED;
    }
    claiming->claim =
        (struct identity_claim){.id = id_draw_one(app->ids),
                                .person = api_caller_of(request)->person,
                                .name = claiming->name,
                                .name_length = length,
                                .number = &claiming->number,
                                .attempts_per_day = app->pack->verification.attempts_per_day};
    return api_write_once(request, app,
                          &(struct api_write_spec){.stages = {.refuse = refuse},
                                                   .run = run,
                                                   .encode = encode,
                                                   .done = done,
                                                   .arg = claiming,
                                                   .affinity = claiming->claim.person.v});
}

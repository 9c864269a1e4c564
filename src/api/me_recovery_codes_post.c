/* POST /v1/me/recovery-codes — ten new recovery codes, shown this once; those of before end. */
#include "api/api_factors.h"

#include "identity/recovery_codes.h"

struct drawing {
    struct api_stepup stepup;
    struct recovery_code codes[RECOVERY_CODE_COUNT];
    int64_t outbox_id;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct drawing *drawing = arg;
    const struct person_id person = drawing->stepup.need.person;
    const struct factor_news news = {drawing->outbox_id, person, FACTOR_RECOVERY_CODE};
    struct recovery_codes_info before;
    enum err err = api_stepup_check(tx, app, &drawing->stepup);

    if (err == ERR_OK) {
        err = recovery_codes_get(tx, person, &before);
    }
    if (err == ERR_OK) {
        err = recovery_codes_put(tx, app->vault, person, drawing->codes);
    }
    return err == ERR_OK ? factor_tell(tx, app->vault, &news,
                                       before.created_at_us != 0 ? FACTOR_CHANGED : FACTOR_ADDED)
                         : err;
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct drawing *drawing = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, body);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "codes");
    for (size_t i = 0; i < RECOVERY_CODE_COUNT; i++) {
        char shown[RECOVERY_CODE_SHOWN];

        recovery_code_show(&drawing->codes[i], shown);
        json_out_text(&out, NULL, shown);
        secret_wipe(shown, sizeof(shown));
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
    return 201;
}

static void done(struct http_request *request, struct api_app *app, void *arg, bool committed)
{
    struct drawing *drawing = arg;

    (void)request;
    (void)app;
    (void)committed;
    secret_wipe(drawing->codes, sizeof(drawing->codes));
}

enum http_verdict api_me_recovery_codes_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct drawing *drawing;

    struct api_me_recovery_codes_post_in in;
    if (!api_me_recovery_codes_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    drawing = arena_alloc(request->arena, sizeof(*drawing));
    if (!api_stepup_begin(request, app, STEPUP_CREDENTIAL, &drawing->stepup)) {
        return HTTP_ANSWERED;
    }
    drawing->outbox_id = id_draw_one(app->ids);
    for (size_t i = 0; i < RECOVERY_CODE_COUNT; i++) {
        recovery_code_draw(&drawing->codes[i]);
    }
    return api_write_once(request, app,
                          &(struct api_write_spec){.stages = {.stepup = &drawing->stepup},
                                                   .run = run,
                                                   .encode = encode,
                                                   .done = done,
                                                   .arg = drawing});
}

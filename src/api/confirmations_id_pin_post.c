/* POST /v1/confirmations/{confirmation_id}/pin — gives the payment PIN: counted on the lane before
 * it is looked at, compared on the hash pool, given on the lane. */
#include "api/api_confirm.h"

#include "identity/pins.h"

struct giving {
    struct api_confirm confirm; /* first */
    struct sha256_hash peppered;
    struct password_hash hash;
    bool matches;
};

static enum err prepare(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct giving *giving = arg;
    struct api_confirm *confirm = &giving->confirm;
    enum err err = api_confirm_open(tx, app, confirm);

    return err == ERR_OK ? pin_begin(tx, confirm->key.person, &giving->hash, &confirm->pause) : err;
}

static enum err compare(struct api_app *app, void *arg)
{
    struct giving *giving = arg;

    (void)app;
    giving->matches = password_matches(&giving->hash, &giving->peppered);
    secret_wipe(&giving->peppered, sizeof(giving->peppered));
    return ERR_OK;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct giving *giving = arg;
    struct api_confirm *confirm = &giving->confirm;
    enum err err = api_confirm_open(tx, app, confirm);

    if (err == ERR_OK && !giving->matches) {
        confirm->verdict = ERR_PIN_WRONG;
    } else if (err == ERR_OK) {
        err = pin_end(tx, confirm->key.person, &giving->hash);
        if (err == ERR_PIN_WRONG) { /* it was changed while it was compared */
            confirm->verdict = err;
            err = ERR_OK;
        }
    }
    return err == ERR_OK ? api_confirm_settle(tx, app, confirm) : err;
}

enum http_verdict api_confirmations_id_pin_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_confirmations_id_pin_post_in in;
    struct giving *giving;

    if (!api_confirmations_id_pin_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    giving = arena_alloc(request->arena, sizeof(*giving));
    api_confirm_begin(request, app, in.confirmation_id, FACTOR_PIN, &giving->confirm);
    pin_pepper(app->vault, giving->confirm.key.person, in.body.pin.data, &giving->peppered);
    secret_wipe((char *)(uintptr_t)in.body.pin.data, in.body.pin.length);
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){
            .stages = {.prepare = prepare, .slow = compare, .refuse = api_confirm_refuse},
            .run = run,
            .answer = api_confirm_answer,
            .arg = giving});
}

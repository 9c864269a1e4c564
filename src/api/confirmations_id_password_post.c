/* POST /v1/confirmations/{confirmation_id}/password — gives the password: counted on the lane
 * before it is looked at, compared on the hash pool, given on the lane. */
#include "api/api_confirm.h"

#include <string.h>

#include "identity/password.h"

/* Counts a guess and reads what is stored. */
static enum err password_begin(struct store_tx *tx, struct person_id person,
                               struct password_hash *ret_hash, struct factor_pause *ret_pause)
{
    struct password_row row;
    bool found = false;
    enum err err = password_get(tx, person, &row, &found);

    if (err == ERR_OK && !found) {
        err = ERR_FACTOR_NOT_ENROLLED;
    }
    if (err == ERR_OK) {
        *ret_hash = row.hash;
        err = factor_try_begin(tx, person, FACTOR_PASSWORD, ret_pause);
    }
    return err;
}

static enum err password_end(struct store_tx *tx, struct person_id person,
                             const struct password_hash *hash)
{
    struct password_row row;
    bool found = false;
    enum err err = password_get(tx, person, &row, &found);

    if (err == ERR_OK && (!found || strcmp(row.hash.text, hash->text) != 0)) {
        err = ERR_PASSWORD_WRONG;
    }
    return err == ERR_OK ? factor_try_clear(tx, person, FACTOR_PASSWORD) : err;
}

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

    return err == ERR_OK ? password_begin(tx, confirm->key.person, &giving->hash, &confirm->pause)
                         : err;
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
        confirm->verdict = ERR_PASSWORD_WRONG;
    } else if (err == ERR_OK) {
        err = password_end(tx, confirm->key.person, &giving->hash);
        if (err == ERR_PASSWORD_WRONG) { /* it was changed while it was compared */
            confirm->verdict = err;
            err = ERR_OK;
        }
    }
    return err == ERR_OK ? api_confirm_settle(tx, app, confirm) : err;
}

enum http_verdict api_confirmations_id_password_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_confirmations_id_password_post_in in;
    struct giving *giving;

    if (!api_confirmations_id_password_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    giving = arena_alloc(request->arena, sizeof(*giving));
    api_confirm_begin(request, app, in.confirmation_id, FACTOR_PASSWORD, &giving->confirm);
    password_pepper(app->vault, giving->confirm.key.person, in.body.password.data,
                    in.body.password.length, &giving->peppered);
    secret_wipe((char *)(uintptr_t)in.body.password.data, in.body.password.length);
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){
            .stages = {.prepare = prepare, .slow = compare, .refuse = api_confirm_refuse},
            .run = run,
            .answer = api_confirm_answer,
            .arg = giving});
}

/* PUT /v1/me/pin — sets the payment PIN, or another one. Its rules first, with what we know of the
 * person; hashed on the pool; stored when another factor has confirmed it. */
#include "api/api_factors.h"

#include <string.h>

#include "identity/people.h"
#include "identity/pins.h"
#include "identity/verification.h"

struct setting {
    struct api_app *app;
    struct api_stepup stepup;
    char pin[PIN_DIGITS + 1];
    struct password_hash hash;
    int64_t outbox_id;
    enum err verdict;
    bool was_set;
};

/* With the id number, once the person is verified. */
static enum err check_by_identity(struct store_tx *tx, struct setting *setting)
{
    struct identity identity;
    enum err err = identity_open(tx, setting->app->vault, setting->stepup.need.person,
                                 VAULT_FOR_CONFIRMATION, &identity);

    setting->verdict = pin_check_rules(setting->pin, &(struct pin_known){0});
    if (err == ERR_OK && setting->verdict == ERR_OK) {
        setting->verdict =
            pin_check_rules(setting->pin, &(struct pin_known){.id_number = identity.id_number});
    }
    if (err == ERR_OK) {
        secret_wipe(&identity, sizeof(identity));
    }
    return err == ERR_IDENTITY_NOT_VERIFIED ? ERR_OK : err;
}

/* The phones of the person; the rules take what they find. */
static enum err check_rules(struct store_tx *tx, void *arg)
{
    struct setting *setting = arg;
    struct contact contacts[CONTACTS_MAX];
    size_t count = 0;
    enum err err = check_by_identity(tx, setting);

    if (err == ERR_OK) {
        err = contacts_list(tx, setting->stepup.need.person, contacts, &count);
    }
    for (size_t i = 0; i < count && err == ERR_OK && setting->verdict == ERR_OK; i++) {
        struct contact_value value;

        if (contacts[i].channel != CONTACT_PHONE) {
            continue;
        }
        err = contact_open(tx, setting->app->vault, &contacts[i], VAULT_FOR_CONFIRMATION, &value);
        if (err == ERR_OK) {
            setting->verdict =
                pin_check_rules(setting->pin, &(struct pin_known){.phone = value.text});
            secret_wipe(&value, sizeof(value));
        }
    }
    return err;
}

static enum err hash(struct api_app *app, void *arg)
{
    struct setting *setting = arg;
    struct sha256_hash peppered;
    enum err err;

    pin_pepper(app->vault, setting->stepup.need.person, setting->pin, &peppered);
    err = password_hash(&peppered, &setting->hash);
    secret_wipe(&peppered, sizeof(peppered));
    secret_wipe(setting->pin, sizeof(setting->pin));
    return err;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct setting *setting = arg;
    const struct person_id person = setting->stepup.need.person;
    const struct factor_news news = {setting->outbox_id, person, FACTOR_PIN};
    struct pin_info before;
    enum err err = api_stepup_check(tx, app, &setting->stepup);

    if (err == ERR_OK) {
        err = pin_get(tx, person, &before);
    }
    if (err == ERR_OK) {
        setting->was_set = before.created_at_us != 0;
        err = pin_set(tx, person, &setting->hash);
    }
    return err == ERR_OK ? factor_tell(tx, app->vault, &news,
                                       setting->was_set ? FACTOR_CHANGED : FACTOR_ADDED)
                         : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct setting *setting = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_bool(&out, "changed", setting->was_set);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_me_pin_put(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_pin_put_in in;
    struct setting *setting;

    if (!api_me_pin_put_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    setting = arena_alloc(request->arena, sizeof(*setting));
    if (!api_stepup_begin(request, app, STEPUP_CREDENTIAL, &setting->stepup)) {
        return HTTP_ANSWERED;
    }
    BUG_IF(in.body.pin.length != PIN_DIGITS);
    setting->app = app;
    setting->outbox_id = id_draw_one(app->ids);
    memcpy(setting->pin, in.body.pin.data, PIN_DIGITS);
    secret_wipe((char *)(uintptr_t)in.body.pin.data, in.body.pin.length);
    if (!api_read(request, app, check_rules, setting)) {
        return HTTP_ANSWERED;
    }
    if (setting->verdict != ERR_OK) {
        secret_wipe(setting->pin, sizeof(setting->pin));
        return api_answer_problem(request,
                                  (struct api_problem){.err = setting->verdict, .field = "/pin"});
    }
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){.stages = {.slow = hash, .stepup = &setting->stepup},
                                 .run = run,
                                 .answer = answer,
                                 .arg = setting});
}

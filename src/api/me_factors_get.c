/* GET /v1/me/factors — everything that a person signs in or confirms with. */
#include "api/api_factors.h"

#include "identity/pins.h"
#include "identity/recovery_codes.h"
#include "identity/totps.h"

struct reading {
    struct api_app *app;
    struct person_id person;
    struct factor_counts counts;
    struct pin_info pin;
    struct factor_pause pause;
    struct totp_info totps[TOTPS_MAX];
    struct passkey passkeys[PASSKEYS_MAX];
    size_t totp_count, passkey_count;
    struct recovery_codes_info codes;
};

static enum err read_all(struct store_tx *tx, void *arg)
{
    struct reading *r = arg;
    enum err err = factors_count(tx, r->person, &r->counts);

    if (err == ERR_OK) {
        err = pin_get(tx, r->person, &r->pin);
    }
    if (err == ERR_OK) {
        err = factor_try_get(tx, r->person, FACTOR_PIN, &r->pause);
    }
    if (err == ERR_OK) {
        err = totps_list(tx, r->app->vault, r->person, r->totps, &r->totp_count);
    }
    if (err == ERR_OK) {
        err = passkeys_list(tx, r->app->vault, r->person, r->passkeys, &r->passkey_count);
    }
    return err == ERR_OK ? recovery_codes_get(tx, r->person, &r->codes) : err;
}

static void totps_json(struct json_out *out, const struct reading *r)
{
    json_out_open_list(out, "totps");
    for (size_t i = 0; i < r->totp_count; i++) {
        if (r->totps[i].state == TOTP_IN_USE) {
            json_out_open(out, NULL);
            json_out_id(out, "id", ID_TOTP_PREFIX, r->totps[i].id.v);
            json_out_text(out, "name", r->totps[i].name);
            json_out_time(out, "created_at", r->totps[i].created_at_us);
            json_out_time(out, "last_used_at", r->totps[i].last_used_at_us);
            json_out_close(out);
        }
    }
    json_out_close_list(out);
}

static void passkeys_json(struct json_out *out, const struct reading *r)
{
    json_out_open_list(out, "passkeys");
    for (size_t i = 0; i < r->passkey_count; i++) {
        const struct passkey *passkey = &r->passkeys[i];

        json_out_open(out, NULL);
        json_out_id(out, "id", ID_PASSKEY_PREFIX, passkey->id.v);
        json_out_text(out, "name", passkey->name);
        json_out_bool(out, "backed_up", (passkey->credential.flags & WEBAUTHN_BACKED_UP) != 0);
        json_out_time(out, "created_at", passkey->created_at_us);
        json_out_time(out, "last_used_at", passkey->last_used_at_us);
        json_out_time(out, "copied_at", passkey->copied_at_us);
        json_out_close(out);
    }
    json_out_close_list(out);
}

static void pin_json(struct json_out *out, const struct reading *r)
{
    json_out_open(out, "pin");
    json_out_bool(out, "is_set", r->counts.has_pin);
    json_out_time(out, "changed_at", r->pin.changed_at_us);
    json_out_time(out, "last_used_at", r->pin.last_used_at_us);
    json_out_time(out, "paused_until", r->pause.until_us);
    json_out_bool(out, "locked", r->pause.failed >= FACTOR_TRIES_TO_LOCK);
    json_out_close(out);
}

enum http_verdict api_me_factors_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct reading *r;
    struct json_out out;

    if (!api_me_factors_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    r = arena_alloc(request->arena, sizeof(*r));
    r->app = app;
    r->person = api_caller_of(request)->person;
    if (!api_read(request, app, read_all, r)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    pin_json(&out, r);
    totps_json(&out, r);
    passkeys_json(&out, r);
    json_out_open(&out, "recovery_codes");
    json_out_i64(&out, "left", r->codes.left);
    json_out_time(&out, "created_at", r->codes.created_at_us);
    json_out_time(&out, "last_used_at", r->codes.last_used_at_us);
    json_out_close(&out);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

/* api_people.c — see api_people.h. */
#include "api/api_people.h"

#include <string.h>

#include "core/rng.h"

#define DEVICE_COOKIE_AGE_S 34560000 /* 400 days: browsers keep no cookie longer */

/* ---- who asks, from where ---- */

static bool is_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 || address[0] == '\0';
}

void api_origin_of(struct http_request *request, struct api_app *app, struct api_origin *ret)
{
    const struct http_text *agent = &request->headers[HTTP_USER_AGENT];
    const char *address = request->client_address;

    memset(ret, 0, sizeof(*ret));
    if (!is_loopback(address)) {
        vault_index(app->vault, VAULT_INDEX_ADDRESS,
                    (struct store_text){address, (uint32_t)strlen(address)}, &ret->address_index);
    }
    place_of_address(app->places, address, ret->place);
    device_name(agent->data, agent->length, ret->device_name);
}

void api_device_of(struct http_request *request, struct api_app *app,
                   const struct api_origin *origin, const struct http_text *body_token,
                   struct device_seen *ret)
{
    struct http_text token = {0};

    memset(ret, 0, sizeof(*ret));
    if (body_token != NULL && body_token->data != NULL) {
        token = *body_token;
    } else if (!http_cookie(request, API_COOKIE_DEVICE, &token)) {
        token.length = 0;
    }
    ret->has_token = token.length == TOKEN_DIGITS && token_decode(token.data, ret->token);
    rng_secure(ret->fresh, sizeof(ret->fresh));
    ret->new_id.v = id_draw_one(app->ids);
    ret->name = origin->device_name;
}

void api_code_of(struct api_app *app, const struct contact_value *value, struct code_draft *ret,
                 bool *ret_is_test)
{
    bool is_test;

    codes_draw(app->ids, ret);
    is_test = app->is_sandbox && value != NULL && codes_of_test_contact(value, ret);
    if (ret_is_test != NULL) {
        *ret_is_test = is_test;
    }
}

bool api_contact_of(struct http_request *request, const struct http_text *text,
                    struct contact_value *ret)
{
    enum err err = contact_normalise(text->data, text->length, ret);

    if (err != ERR_OK) {
        api_answer_problem(request, (struct api_problem){.err = err, .field = "/contact"});
    }
    return err == ERR_OK;
}

bool api_password_ok(struct http_request *request, const struct http_text *password,
                     const struct contact_value *own)
{
    struct password_words words = {0};
    struct password_strength strength;

    if (own != NULL) {
        password_words_add(&words, own->text, own->length);
    }
    password_judge(password->data, password->length, &words, &strength);
    secret_wipe(&words, sizeof(words));
    if (strength.fault != PASSWORD_FINE) {
        api_answer_problem(request, (struct api_problem){.err = password_fault_err(strength.fault),
                                                         .field = "/password"});
    }
    return strength.fault == PASSWORD_FINE;
}

/* ---- a session handed over ---- */

void api_opened_begin(const struct api_caller *caller, struct api_opened *opened,
                      struct session_change *ret_change)
{
    memset(opened, 0, sizeof(*opened));
    session_token_draw(&opened->token);
    opened->to_cookie = caller->by_cookie;
    *ret_change = (struct session_change){
        .id = caller->session.id,
        .old_token_hash = caller->session.token_hash,
        .kind = caller->session.kind,
        .level = caller->session.level,
        .capabilities = caller->session.capabilities,
    };
}

/* Behind a proxy that speaks TLS for us the page's own origin tells. */
static bool is_secure(const struct http_request *request)
{
    const struct http_text *origin = &request->headers[HTTP_ORIGIN];

    return request->is_secure ||
           (origin->data != NULL && origin->length > 8 && memcmp(origin->data, "https://", 8) == 0);
}

static const char *cookie_name(enum person_kind kind)
{
    return kind == PERSON_STAFF ? API_COOKIE_STAFF : API_COOKIE_SESSION;
}

static void add_cookie(struct http_request *request, const char *name, const char *value,
                       int64_t age_s)
{
    http_add_header(request, "Set-Cookie",
                    arena_printf(request->arena,
                                 "%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Strict%s", name,
                                 value, (long long)age_s, is_secure(request) ? "; Secure" : ""));
}

void api_opened_cookies(struct http_request *request, const struct api_opened *opened)
{
    const struct session *session = &opened->session;
    char text[TOKEN_DIGITS + 1];

    if (!opened->to_cookie) {
        return;
    }
    add_cookie(request, cookie_name(session->kind), opened->token.text,
               (session->expires_at_us - session->authenticated_at_us) / 1000000);
    if (opened->is_new_device) {
        token_encode(opened->device_token, text);
        add_cookie(request, API_COOKIE_DEVICE, text, DEVICE_COOKIE_AGE_S);
        secret_wipe(text, sizeof(text));
    }
}

void api_cookie_clear(struct http_request *request, enum person_kind kind)
{
    add_cookie(request, cookie_name(kind), "", 0);
}

void api_opened_json(struct json_out *out, const char *key, const struct api_opened *opened)
{
    char text[TOKEN_DIGITS + 1];

    json_out_open(out, key);
    api_session_json(out, "session", &opened->session, true);
    if (opened->factors != 0) {
        json_out_flags(out, "factors", &api_signin_factor_names, opened->factors);
    }
    if (!opened->to_cookie) {
        json_out_text(out, "token", opened->token.text);
    }
    if (!opened->to_cookie && opened->is_new_device) {
        token_encode(opened->device_token, text);
        json_out_text(out, "device_token", text);
        secret_wipe(text, sizeof(text));
    }
    json_out_close(out);
}

void api_opened_wipe(struct api_opened *opened)
{
    secret_wipe(&opened->token, sizeof(opened->token));
    secret_wipe(opened->device_token, sizeof(opened->device_token));
}

/* ---- as JSON ---- */

void api_session_json(struct json_out *out, const char *key, const struct session *session,
                      bool is_current)
{
    json_out_open(out, key);
    json_out_id(out, "id", ID_SESSION_PREFIX, session->id.v);
    json_out_id(out, "person_id", ID_PERSON_PREFIX, session->person.v);
    json_out_name(out, "level", &api_session_level_names, session->level);
    json_out_flags(out, "methods", &api_auth_method_names, session->methods);
    json_out_text(out, "device", session->device_name);
    json_out_text(out, "place", session->place);
    json_out_time(out, "created_at", session->created_at_us);
    json_out_time(out, "last_used_at", session->last_used_at_us);
    json_out_time(out, "expires_at", session->expires_at_us);
    json_out_bool(out, "is_current", is_current);
    json_out_close(out);
}

void api_code_sent_json(struct json_out *out, const char *key, const struct code_sent *sent)
{
    json_out_open(out, key);
    json_out_time(out, "expires_at", sent->expires_at_us);
    json_out_time(out, "again_at", sent->again_at_us);
    json_out_close(out);
}

static enum api_signup_step_state step_state(const struct signup_progress *progress, uint32_t step)
{
    if ((progress->person.steps_done & step) != 0) {
        return API_SIGNUP_STEP_STATE_DONE;
    }
    if ((progress->person.steps_skipped & step) != 0) {
        return API_SIGNUP_STEP_STATE_SKIPPED;
    }
    return progress->next == step ? API_SIGNUP_STEP_STATE_NEXT : API_SIGNUP_STEP_STATE_OPEN;
}

void api_signup_json(struct json_out *out, const char *key, const struct signup_progress *progress)
{
    char masked[CONTACT_MASK_MAX];

    json_out_open(out, key);
    json_out_id(out, "person_id", ID_PERSON_PREFIX, progress->person.id.v);
    json_out_name(out, "state", &api_person_state_names, progress->person.state);
    if (progress->contact.id.v == 0) {
        json_out_null(out, "contact");
    } else {
        contact_mask(&progress->value, masked);
        json_out_text(out, "contact", masked);
    }
    json_out_open_list(out, "steps");
    for (uint32_t step = 1; step <= SIGNUP_STEPS_ALL; step <<= 1) {
        json_out_open(out, NULL);
        json_out_name(out, "step", &api_signup_step_name_names, step);
        json_out_name(out, "state", &api_signup_step_state_names, step_state(progress, step));
        json_out_bool(out, "may_skip", (SIGNUP_MAY_SKIP & step) != 0);
        json_out_close(out);
    }
    json_out_close_list(out);
    if (progress->next == 0) {
        json_out_null(out, "next");
    } else {
        json_out_name(out, "next", &api_signup_step_name_names, progress->next);
    }
    json_out_close(out);
}

bool api_refuse_pause(struct http_request *request, struct api_app *app, enum err outcome,
                      int64_t until_us)
{
    if (outcome != ERR_TOO_MANY_ATTEMPTS) {
        return false;
    }
    api_answer_problem(request, (struct api_problem){.err = outcome,
                                                     .retry_at_us = until_us,
                                                     .now_us = clock_now_us(app->clock)});
    return true;
}

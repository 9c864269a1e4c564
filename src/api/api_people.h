/* api_people.h — what the endpoints of people share: who asks from where, how a session is handed
 * over, and how people and sessions look as JSON.
 *
 * A session goes to a browser as a cookie that no script can read, and to an app as a token in the
 * answer; never both. */
#ifndef JN_API_API_PEOPLE_H
#define JN_API_API_PEOPLE_H

#include "api/api_app.h"
#include "identity/codes.h"
#include "identity/devices.h"
#include "identity/people.h"
#include "identity/signup.h"

/* ---- who asks, from where ---- */

struct api_origin {
    struct sha256_hash address_index; /* all zero: a loopback address tells nothing */
    char place[SESSION_PLACE_MAX + 1];
    char device_name[SESSION_DEVICE_NAME_MAX + 1];
};
void api_origin_of(struct http_request *request, struct api_app *app, struct api_origin *ret);
/* Fills all but the person: the token sent (in the body or a cookie), a fresh one, a drawn id. */
void api_device_of(struct http_request *request, struct api_app *app,
                   const struct api_origin *origin, const struct http_text *body_token,
                   struct device_seen *ret);
/* Draws a code; in a sandbox that of a test contact. *ret_is_test (may be NULL). `value` may be
 * NULL. */
void api_code_of(struct api_app *app, const struct contact_value *value, struct code_draft *ret,
                 bool *ret_is_test);
/* False: contact_invalid was answered. */
JN_MUST_USE bool api_contact_of(struct http_request *request, const struct http_text *text,
                                struct contact_value *ret);

/* A password to be set; `own` is the person's contact, or NULL. False: the reason was answered. */
JN_MUST_USE bool api_password_ok(struct http_request *request, const struct http_text *password,
                                 const struct contact_value *own);

/* ---- a session handed over ---- */

struct api_opened {
    struct session session;
    struct session_token token;
    uint32_t factors; /* FACTOR_BITs that would complete it; 0: none is missing */
    bool to_cookie;
    bool is_new_device;
    uint8_t device_token[TOKEN_BYTES]; /* with is_new_device */
};
/* What `raise` needs from the caller's session; `opened` goes the way the caller came. */
void api_opened_begin(const struct api_caller *caller, struct api_opened *opened,
                      struct session_change *ret_change);
/* Before the answer: the cookies, where they are wanted. */
void api_opened_cookies(struct http_request *request, const struct api_opened *opened);
void api_opened_json(struct json_out *out, const char *key, const struct api_opened *opened);
void api_opened_wipe(struct api_opened *opened);
/* Takes the session's cookie away. */
void api_cookie_clear(struct http_request *request, enum person_kind kind);

/* ---- as JSON ---- */

void api_session_json(struct json_out *out, const char *key, const struct session *session,
                      bool is_current);
void api_code_sent_json(struct json_out *out, const char *key, const struct code_sent *sent);
void api_signup_json(struct json_out *out, const char *key, const struct signup_progress *progress);
/* For api_stages.refuse: too_many_attempts with its time. */
bool api_refuse_pause(struct http_request *request, struct api_app *app, enum err outcome,
                      int64_t until_us);

#endif

/* api_signin.h — signing in by contact and password, the same for people and for staff. */
#ifndef JN_API_API_SIGNIN_H
#define JN_API_API_SIGNIN_H

#include "api/api_people.h"

struct api_signin_in {
    enum person_kind kind;
    const struct http_text *contact, *password, *device_token; /* device_token->data may be NULL */
    bool to_cookie;
};
/* Answers POST /v1/sessions and POST /v1/staff/sessions. */
enum http_verdict api_signin(struct http_request *request, struct api_app *app,
                             const struct api_signin_in *in);

#endif

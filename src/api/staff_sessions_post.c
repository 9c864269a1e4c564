/* POST /v1/staff/sessions — staff sign in; a second factor is always asked for. */
#include "api/api_signin.h"

enum http_verdict api_staff_sessions_post(struct http_request *request, void *arg)
{
    struct api_staff_sessions_post_in in;

    if (!api_staff_sessions_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    return api_signin(
        request, arg,
        &(struct api_signin_in){.kind = PERSON_STAFF,
                                .contact = &in.body.contact,
                                .password = &in.body.password,
                                .device_token = &in.body.device_token,
                                .to_cookie = in.body.deliver != API_SESSION_DELIVERY_TOKEN});
}

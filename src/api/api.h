/* api.h — the HTTP interface as a table of routes, and what its handlers share.
 *
 * Purpose: one file an endpoint, named after its URL: decode → authorise → one call into the domain
 * → encode. Routes, decoders and names are generated from api/openapi.yaml into api_gen.h; a
 * handler that is missing fails the link.
 *
 *   enum http_verdict api_ledger_chart_get(struct http_request *request, void *app)
 *   {
 *       struct api_ledger_chart_get_in in;
 *       if (!api_ledger_chart_get_decode(request, &in)) {
 *           return HTTP_ANSWERED;
 *       }
 *       …
 *   }
 *
 * Locks: none of its own. */
#ifndef JN_API_API_H
#define JN_API_API_H

#include "api/api_decode.h"
#include "api/json_out.h"
#include "api_gen.h"
#include "core/err.h"
#include "http/http.h"

/* Where money is meant: whether it moved. */
enum api_charged {
    API_CHARGED_UNSAID = 0,
    API_CHARGED_FALSE = 1,
    API_CHARGED_TRUE = 2,
    API_CHARGED_UNKNOWN = 3,
};

struct api_problem {
    enum err err;
    const char *field;  /* JSON pointer or parameter; NULL */
    const char *detail; /* English, of this case; no personal data; NULL */
    enum api_charged charged;
    int64_t retry_at_us; /* 0: unsaid; else also Retry-After, by now_us */
    int64_t now_us;      /* with retry_at_us */
    uint32_t tries_left; /* with has_tries_left */
    bool has_tries_left;
};

/* Answers problem+json. Always HTTP_ANSWERED, so that a handler may return it. Where `charged` is
 * unsaid and the operation may move money, it says false. */
enum http_verdict api_answer_problem(struct http_request *request, struct api_problem problem);
/* Answers 2xx application/json with what was written to request->out. */
enum http_verdict api_answer_json(struct http_request *request, int status);

#define API_CURSOR_PREFIX "cur"

#define API_COOKIE_SESSION "jn_session"
#define API_COOKIE_STAFF   "jn_staff"
#define API_COOKIE_DEVICE  "jn_device"

#endif

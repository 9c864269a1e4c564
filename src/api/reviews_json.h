/* reviews_json.h — a manual identity review as staff see it, without what the person claimed. */
#ifndef JN_API_REVIEWS_JSON_H
#define JN_API_REVIEWS_JSON_H

#include "api/api_app.h"
#include "identity/verification.h"

void reviews_json_review(struct json_out *out, const char *key, const struct review *review);

#endif

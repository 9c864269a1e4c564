/* recovery_json.h — what the endpoints of a recovery share. */
#ifndef JN_API_RECOVERY_JSON_H
#define JN_API_RECOVERY_JSON_H

#include "api/api_people.h"
#include "identity/recovery.h"

void recovery_json_members(struct json_out *out, const struct recovery *recovery);
/* The secret as it was handed out, and the key made of it; false when it cannot be one. */
#define RECOVERY_SECRET_MAX (TOKEN_DIGITS + 4) /* jr_, NUL */
void recovery_secret_draw(char ret_text[RECOVERY_SECRET_MAX], struct sha256_hash *ret_hash);
JN_MUST_USE bool recovery_secret_read(const struct http_text *text, struct sha256_hash *ret);
/* recovery_waiting with its time; for api_stages.refuse. */
bool recovery_refuse_waiting(struct http_request *request, struct api_app *app, enum err outcome,
                             const struct recovery *recovery);

#endif

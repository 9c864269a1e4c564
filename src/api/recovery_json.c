/* recovery_json.c — see recovery_json.h. */
#include "api/recovery_json.h"

#include <string.h>

#include "core/rng.h"
#include "core/str.h"

#define PREFIX        "jr_"
#define PREFIX_LENGTH 3

void recovery_json_members(struct json_out *out, const struct recovery *recovery)
{
    json_out_id(out, "id", ID_RECOVERY_PREFIX, recovery->id.v);
    json_out_name(out, "state", &api_recovery_state_names, recovery->state);
    json_out_flags(out, "proofs", &api_recovery_proof_names, recovery->proofs);
    json_out_flags(out, "wanted", &api_recovery_proof_names, recovery->wanted);
    json_out_time(out, "ready_at", recovery->ready_at_us);
    json_out_time(out, "expires_at", recovery->expires_at_us);
}

void recovery_secret_draw(char ret_text[RECOVERY_SECRET_MAX], struct sha256_hash *ret_hash)
{
    uint8_t bytes[TOKEN_BYTES];

    rng_secure(bytes, sizeof(bytes));
    memcpy(ret_text, PREFIX, PREFIX_LENGTH);
    token_encode(bytes, ret_text + PREFIX_LENGTH);
    token_hash(bytes, ret_hash);
    secret_wipe(bytes, sizeof(bytes));
}

bool recovery_secret_read(const struct http_text *text, struct sha256_hash *ret)
{
    uint8_t bytes[TOKEN_BYTES];

    if (text->length != PREFIX_LENGTH + TOKEN_DIGITS || !str_starts_with(text->data, PREFIX) ||
        !token_decode(text->data + PREFIX_LENGTH, bytes)) {
        return false;
    }
    token_hash(bytes, ret);
    secret_wipe(bytes, sizeof(bytes));
    return true;
}

bool recovery_refuse_waiting(struct http_request *request, struct api_app *app, enum err outcome,
                             const struct recovery *recovery)
{
    if (outcome != ERR_RECOVERY_WAITING) {
        return false;
    }
    api_answer_problem(request, (struct api_problem){.err = outcome,
                                                     .retry_at_us = recovery->ready_at_us,
                                                     .now_us = clock_now_us(app->clock)});
    return true;
}

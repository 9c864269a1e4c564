/* api_stepup.h — an operation that needs confirmation, in three steps:
 *
 *     struct api_stepup *stepup = &arg->stepup;              in the handler:
 *     if (!api_stepup_begin(request, app, STEPUP_TRANSFER, stepup)) return HTTP_ANSWERED;
 *     stepup->need.amount = …; .payee_id = …; .payee = …     (where money moves)
 *
 *     err = api_stepup_check(tx, app, &arg->stepup);         first thing in `run`:
 *     if (err != ERR_OK) return err;
 *
 *     .stages = {.stepup = stepup}                           in the spec
 *
 * What is missing is answered as 403 confirmation_required with the confirmation. The app asks for
 * the factors in place (POST /v1/confirmations/…) and repeats the request with the header
 * Confirmation and the same Idempotency-Key, which was left free.
 *
 * The pack decides what is needed; identity/stepup.h keeps and counts. */
#ifndef JN_API_API_STEPUP_H
#define JN_API_API_STEPUP_H

#include "api/api_app.h"
#include "identity/stepup.h"

struct api_stepup {
    struct stepup_need need;
    struct confirmation confirmation; /* when one is needed */
    struct factor_counts counts;      /* likewise */
};

/* False: answered; a malformed header, or a session that a lock limits (but for lifting one's own
 * freeze). The caller must be a person or staff. */
JN_MUST_USE bool api_stepup_begin(struct http_request *request, struct api_app *app,
                                  enum stepup_action action, struct api_stepup *ret);
/* In `run`. ERR_OK: go on. Any error ends the operation; return it. */
JN_MUST_USE enum err api_stepup_check(struct store_tx *tx, struct api_app *app,
                                      struct api_stepup *stepup);
/* For api_write.c: answers confirmation_required. */
void api_stepup_answer(struct http_request *request, struct api_stepup *stepup);

/* What the pack says, as identity asks for it. */
struct stepup_policy api_stepup_policy(const struct api_app *app);
/* The object Confirmation. */
void api_confirmation_json(struct json_out *out, const char *key, enum http_language language,
                           const struct confirmation *confirmation,
                           const struct factor_counts *counts);

#endif

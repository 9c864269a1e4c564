/* POST /log/cosignatures — a witness hands in its signature on a checkpoint of ours. Anyone may
 * call it: what counts is the signature of a witness that the operator configured. Handing in the
 * same one again changes nothing. */
#include "api/api_app.h"
#include "ledger/checkpoint.h"

/* A witness signs about once a second at most; checking costs a signature's verification. */
static const struct http_rate cosignature_rate = {.per_second = 5, .burst = 20};
#define COSIGNATURE_SALT UINT64_C(0xc2b2ae3d27d4eb4f)

enum http_verdict api_log_cosignatures_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_log_cosignatures_post_in in;
    enum err err;

    if (!api_log_cosignatures_post_decode(request, &in) ||
        !http_rate_take(request, request->client_hash ^ COSIGNATURE_SALT, cosignature_rate, 1)) {
        return HTTP_ANSWERED;
    }
    err = sealer_add_cosignature(app->sealer, in.body.data, in.body.length, request->out);
    if (err != ERR_OK) {
        return api_answer_error(request, err, false);
    }
    http_answer(request, 200, "text/plain; charset=utf-8");
    return HTTP_ANSWERED;
}

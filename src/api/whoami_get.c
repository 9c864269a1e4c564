/* GET /v1/whoami — the key that asks. */
#include "api/api_app.h"
#include "api/ledger_json.h"

enum http_verdict api_whoami_get(struct http_request *request, void *arg)
{
    const struct api_app *app = arg;
    const struct api_key *key = &api_caller_of(request)->key;
    struct json_out out;

    if (!api_whoami_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_id(&out, "api_key_id", API_KEY_PREFIX, key->id.v);
    json_out_text(&out, "name", key->name);
    json_out_flags(&out, "scopes", &api_key_scope_names, key->scopes);
    json_out_bool(&out, "sandbox", app->is_sandbox);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

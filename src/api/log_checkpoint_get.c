/* GET /log/checkpoint — the newest checkpoint with its witnesses' signatures (C2SP
 * tlog-checkpoint).
 */
#include "api/api_app.h"

#include <string.h>

#include "ledger/checkpoint.h"

struct latest {
    struct arena *arena;
    struct checkpoint checkpoint;
    const char *note;
};

static enum err read_latest(struct store_tx *tx, void *arg)
{
    struct latest *latest = arg;

    return sealer_latest(tx, latest->arena, &latest->checkpoint, &latest->note);
}

enum http_verdict api_log_checkpoint_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct latest latest = {.arena = request->arena};

    if (!api_log_checkpoint_get_decode(request) || !api_read(request, app, read_latest, &latest)) {
        return HTTP_ANSWERED;
    }
    buf_add_str(request->out, latest.note);
    http_set_header(request, "Access-Control-Allow-Origin", "*");
    http_answer(request, 200, "text/plain; charset=utf-8");
    return HTTP_ANSWERED;
}

/* GET /log/tile/{tile_path} — a tile or an entry bundle (C2SP tlog-tiles). A full one never changes
 * and may be cached for ever; one that is not full never changes either, but will be superseded. */
#include "api/api_app.h"
#include "ledger/ledger_proof.h"

struct tile {
    struct api_app *app;
    struct http_text path;
    struct buf *out;
    bool immutable;
};

static enum err read_tile(struct store_tx *tx, void *arg)
{
    struct tile *tile = arg;

    buf_clear(tile->out);
    return ledger_read_tile(tx, tile->app->prover, tile->path.data, tile->path.length, tile->out,
                            &tile->immutable);
}

enum http_verdict api_log_tile_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_log_tile_get_in in;
    struct tile tile = {.app = app, .out = request->out};

    if (!api_log_tile_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    tile.path = in.tile_path;
    if (!api_read(request, app, read_tile, &tile)) {
        return HTTP_ANSWERED;
    }
    http_set_header(request, "Cache-Control",
                    tile.immutable ? "public, max-age=31536000, immutable" : "public, max-age=60");
    http_set_header(request, "Access-Control-Allow-Origin", "*");
    http_answer(request, 200, "application/octet-stream");
    return HTTP_ANSWERED;
}

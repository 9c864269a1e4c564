/* GET /v1/ledger/accounts/{account_id}/statement — the whole history with proofs, as JSON Lines. */
#include "api/api_app.h"
#include "ledger/ledger_proof.h"

#define STATEMENT_BYTES_MAX (64u << 20)

struct statement {
    struct api_app *app;
    struct account_id account;
    struct buf *out;
    bool too_large;
};

static bool take(void *arg, const void *data, size_t length)
{
    struct statement *statement = arg;

    if (length > STATEMENT_BYTES_MAX - statement->out->length) {
        statement->too_large = true;
        return false;
    }
    buf_add(statement->out, data, length);
    return true;
}

static enum err write_statement(struct store_tx *tx, void *arg)
{
    struct statement *statement = arg;
    enum err err;

    buf_clear(statement->out);
    statement->too_large = false;
    err = ledger_write_statement(tx, statement->app->prover, statement->account, 1, 0, take,
                                 statement);
    return statement->too_large ? ERR_STATEMENT_TOO_LARGE : err;
}

enum http_verdict api_ledger_accounts_id_statement_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_ledger_accounts_id_statement_get_in in;
    struct statement statement = {.app = app, .out = request->out};

    if (!api_ledger_accounts_id_statement_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    statement.account = in.account_id;
    if (!api_read(request, app, write_statement, &statement)) {
        return HTTP_ANSWERED;
    }
    http_answer(request, 200, "application/x-ndjson");
    return HTTP_ANSWERED;
}

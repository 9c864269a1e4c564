/* GET /log/proof/consistency — that the log only grew (RFC 6962, 2.1.2). */
#include "api/api_app.h"
#include "api/log_json.h"
#include "ledger/ledger_proof.h"

struct question {
    struct api_app *app;
    int64_t old_size, size;
    struct ledger_consistency answer;
};

static enum err prove(struct store_tx *tx, void *arg)
{
    struct question *question = arg;

    return ledger_prove_consistency(tx, question->app->prover, question->old_size, question->size,
                                    &question->answer);
}

enum http_verdict api_log_proof_consistency_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_log_proof_consistency_get_in in;
    struct question question = {.app = app};
    struct json_out out;

    if (!api_log_proof_consistency_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    question.old_size = in.old;
    question.size = in.size;
    if (!api_read(request, app, prove, &question)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_i64(&out, "old_size", question.answer.old_size);
    json_out_i64(&out, "log_size", question.answer.size);
    json_out_hash(&out, "old_root", &question.answer.old_root);
    json_out_hash(&out, "root", &question.answer.root);
    log_json_path(&out, &question.answer.proof);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

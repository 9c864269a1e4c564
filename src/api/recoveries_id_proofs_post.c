/* POST /v1/recoveries/{recovery_id}/proofs — the code first, then a second proof. A wrong try is
 * committed too, or it would not count. */
#include "api/recovery_json.h"
#include "policy/pack.h"

#define HOUR_US INT64_C(3600000000)

struct proving {
    struct recovery_proof proof;
    struct api_origin origin;
    enum err verdict;
    uint32_t tries_left;
    struct recovery recovery;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct proving *proving = arg;

    return recovery_prove(tx, app->vault, &proving->proof, &proving->verdict, &proving->tries_left,
                          &proving->recovery);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct proving *proving = arg;
    struct json_out out;

    (void)app;
    if (proving->verdict != ERR_OK) {
        api_answer_problem(request, (struct api_problem){.err = proving->verdict,
                                                         .field = "/code",
                                                         .tries_left = proving->tries_left,
                                                         .has_tries_left = true});
        return;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    recovery_json_members(&out, &proving->recovery);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

static enum factor factor_of(enum api_recovery_proof proof)
{
    switch (proof) {
    case API_RECOVERY_PROOF_TOTP:
        return FACTOR_TOTP;
    case API_RECOVERY_PROOF_RECOVERY_CODE:
        return FACTOR_RECOVERY_CODE;
    case API_RECOVERY_PROOF_CODE:
        break;
    }
    return FACTOR_CODE;
}

enum http_verdict api_recoveries_id_proofs_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_recoveries_id_proofs_post_in in;
    struct proving *proving;

    if (!api_recoveries_id_proofs_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    proving = arena_alloc(request->arena, sizeof(*proving));
    proving->proof.key.id = in.recovery_id;
    if (!recovery_secret_read(&in.body.secret, &proving->proof.key.secret_hash)) {
        return api_answer_problem(request, (struct api_problem){.err = ERR_RECOVERY_NOT_FOUND});
    }
    api_origin_of(request, app, &proving->origin);
    proving->proof.factor = factor_of(in.body.proof);
    proving->proof.text = (struct store_text){in.body.code.data, (uint32_t)in.body.code.length};
    proving->proof.waiting_us = app->pack->cooling_hours.recovery * HOUR_US;
    proving->proof.notice_id = id_draw_one(app->ids);
    proving->proof.place = proving->origin.place;
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){
            .run = run, .answer = answer, .arg = proving, .affinity = in.recovery_id.v});
}

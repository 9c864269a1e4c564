/* POST /v1/me/cards/{card_id}/confirmation — the code that came; the card is bound, and told of. */
#include "api/levels_json.h"
#include "identity/signup.h"

struct confirming {
    struct card_confirmation confirmation;
    int64_t outbox_id;
    enum err verdict;
    uint32_t tries_left;
    struct card card;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct confirming *confirming = arg;
    const struct card_confirmation *confirmation = &confirming->confirmation;
    enum err err =
        card_confirm(tx, app->vault, confirmation, &confirming->verdict, &confirming->tries_left);

    if (err != ERR_OK || confirming->verdict != ERR_OK) {
        return err;
    }
    err = card_get(tx, app->vault, confirmation->person, confirmation->card_id, &confirming->card);
    if (err == ERR_OK) {
        err = person_mark_steps(tx, confirmation->person, SIGNUP_CARD, 0);
    }
    return err == ERR_OK ? api_tell_card(tx, app->vault, "card_bound", &confirming->card,
                                         confirming->outbox_id)
                         : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct confirming *confirming = arg;
    struct json_out out;

    if (confirming->verdict != ERR_OK) {
        bool of_code =
            confirming->verdict == ERR_CODE_WRONG || confirming->verdict == ERR_CODE_EXPIRED;

        api_answer_problem(
            request, (struct api_problem){.err = confirming->verdict,
                                          .field = of_code ? "/code" : NULL,
                                          .tries_left = confirming->tries_left,
                                          .has_tries_left = confirming->verdict == ERR_CODE_WRONG});
        return;
    }
    json_out_begin(&out, request->out);
    api_card_json(&out, NULL, app->bins, &confirming->card);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_me_cards_id_confirmation_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_cards_id_confirmation_post_in in;
    struct confirming *confirming;

    if (!api_me_cards_id_confirmation_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    confirming = arena_alloc(request->arena, sizeof(*confirming));
    confirming->confirmation = (struct card_confirmation){.person = api_caller_of(request)->person,
                                                          .card_id = in.card_id.v,
                                                          .code = in.body.code.data,
                                                          .code_length = in.body.code.length};
    confirming->outbox_id = id_draw_one(app->ids);
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.run = run,
                                                    .answer = answer,
                                                    .arg = confirming,
                                                    .affinity = confirming->confirmation.person.v});
}

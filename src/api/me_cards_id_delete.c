/* DELETE /v1/me/cards/{card_id} — unbinds a card, after a confirmation; the person is told. */
#include "api/api_stepup.h"
#include "api/levels_json.h"

struct ending {
    struct api_stepup stepup;
    struct person_id person;
    int64_t card_id, outbox_id;
    struct card card;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct ending *ending = arg;
    enum err err = api_stepup_check(tx, app, &ending->stepup);

    if (err == ERR_OK) {
        err = card_end(tx, app->vault, ending->person, ending->card_id, &ending->card);
    }
    if (err == ERR_OK && ending->card.state == CARD_BOUND) {
        err = api_tell_card(tx, app->vault, "card_removed", &ending->card, ending->outbox_id);
    }
    if (err == ERR_OK) {
        ending->card.state = CARD_GONE;
        ending->card.is_default = false;
    }
    return err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct ending *ending = arg;
    struct json_out out;

    json_out_begin(&out, request->out);
    api_card_json(&out, NULL, app->bins, &ending->card);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_me_cards_id_delete(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_cards_id_delete_in in;
    struct ending *ending;

    if (!api_me_cards_id_delete_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    ending = arena_alloc(request->arena, sizeof(*ending));
    if (!api_stepup_begin(request, app, STEPUP_CARD_UNBIND, &ending->stepup)) {
        return HTTP_ANSWERED;
    }
    ending->person = api_caller_of(request)->person;
    ending->card_id = in.card_id.v;
    ending->outbox_id = id_draw_one(app->ids);
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.stages = {.stepup = &ending->stepup},
                                                    .run = run,
                                                    .answer = answer,
                                                    .arg = ending,
                                                    .affinity = ending->person.v});
}

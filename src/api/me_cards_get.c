/* GET /v1/me/cards — the caller's bank cards, masked. */
#include "api/levels_json.h"

struct reading {
    struct vault *vault;
    struct person_id person;
    struct card cards[CARDS_LISTED_MAX];
    size_t count;
};

static enum err read_cards(struct store_tx *tx, void *arg)
{
    struct reading *reading = arg;

    return cards_list(tx, reading->vault, reading->person, reading->cards, &reading->count);
}

enum http_verdict api_me_cards_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct reading *reading;
    struct json_out out;

    if (!api_me_cards_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    reading = arena_alloc(request->arena, sizeof(*reading));
    reading->vault = app->vault;
    reading->person = api_caller_of(request)->person;
    if (!api_read(request, app, read_cards, reading)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "cards");
    for (size_t i = 0; i < reading->count; i++) {
        api_card_json(&out, NULL, app->bins, &reading->cards[i]);
    }
    json_out_close_list(&out);
    json_out_i64(&out, "cards_max", app->pack->cards.cards_max);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

/* PUT /v1/me/cards/{card_id} — name, colour, default. */
#include "api/levels_json.h"

#include <string.h>

struct changing {
    struct card_change change;
    char label[CARD_LABEL_BYTES + 1];
    struct card card;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct changing *changing = arg;
    const struct card_change *change = &changing->change;
    enum err err = card_change(tx, app->vault, change);

    return err == ERR_OK
               ? card_get(tx, app->vault, change->person, change->card_id, &changing->card)
               : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct changing *changing = arg;
    struct json_out out;

    json_out_begin(&out, request->out);
    api_card_json(&out, NULL, app->bins, &changing->card);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_me_cards_id_put(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_cards_id_put_in in;
    struct changing *changing;

    if (!api_me_cards_id_put_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    changing = arena_alloc(request->arena, sizeof(*changing));
    if (in.body.has_label) {
        memcpy(changing->label, in.body.label.data, in.body.label.length);
    }
    changing->change =
        (struct card_change){.person = api_caller_of(request)->person,
                             .card_id = in.card_id.v,
                             .label = in.body.has_label ? changing->label : NULL,
                             .color = in.body.has_color ? (int)in.body.color : -1,
                             .make_default = in.body.has_make_default && in.body.make_default};
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){
            .run = run, .answer = answer, .arg = changing, .affinity = changing->change.person.v});
}

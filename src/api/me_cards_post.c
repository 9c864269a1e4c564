/* POST /v1/me/cards — a card to bind. The bank is asked by a worker, which then sends the code. */
#include "api/levels_json.h"

#include <string.h>

struct binding {
    struct card_new new;
    struct card_number number;
    struct bin bin;
    char label[CARD_LABEL_BYTES + 1];
    bool has_contact;
    struct card card;
};

/* The oldest phone in use, where none was named. */
static enum err find_phone(struct store_tx *tx, struct binding *binding)
{
    struct contact contacts[CONTACTS_MAX];
    size_t count = 0;
    enum err err = contacts_list(tx, binding->new.person, contacts, &count);

    for (size_t i = count; err == ERR_OK && i > 0; i--) {
        if (contacts[i - 1].channel == CONTACT_PHONE && contacts[i - 1].state == CONTACT_IN_USE) {
            binding->new.contact = contacts[i - 1].id;
        }
    }
    return err;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct binding *binding = arg;
    enum err err = binding->has_contact ? ERR_OK : find_phone(tx, binding);

    if (err == ERR_OK) {
        err = card_create(tx, app->vault, &binding->new);
    }
    return err == ERR_OK
               ? card_get(tx, app->vault, binding->new.person, binding->new.id, &binding->card)
               : err;
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct binding *binding = arg;
    struct json_out out;

    json_out_begin(&out, body);
    api_card_json(&out, NULL, app->bins, &binding->card);
    json_out_end(&out);
    return 201;
}

static void done(struct http_request *request, struct api_app *app, void *arg, bool committed)
{
    struct binding *binding = arg;

    (void)request;
    (void)app;
    (void)committed;
    secret_wipe(&binding->number, sizeof(binding->number));
}

static bool refuse(struct http_request *request, struct api_app *app, void *arg, enum err outcome)
{
    bool of_number = outcome == ERR_CARD_TAKEN || outcome == ERR_CARD_EXISTS;

    (void)app;
    (void)arg;
    if (!of_number && outcome != ERR_CONTACT_NOT_FOUND) {
        return false;
    }
    api_answer_problem(
        request,
        (struct api_problem){.err = outcome, .field = of_number ? "/number" : "/contact_id"});
    return true;
}

static enum err parse_number(const struct api_app *app, const struct http_text *text,
                             struct binding *binding)
{
    enum err err = card_number_parse(text->data, text->length, &binding->number);

    if (err == ERR_OK &&
        !bins_find(app->bins, binding->number.digits, binding->number.length, &binding->bin)) {
        err = ERR_CARD_NETWORK_UNKNOWN;
    }
    return err;
}

enum http_verdict api_me_cards_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_cards_post_in in;
    struct binding *binding;
    enum err err;

    if (!api_me_cards_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    binding = arena_alloc(request->arena, sizeof(*binding));
    err = parse_number(app, &in.body.number, binding);
    if (err != ERR_OK) {
        return api_answer_problem(request, (struct api_problem){.err = err, .field = "/number"});
    }
    if (in.body.has_label) {
        memcpy(binding->label, in.body.label.data, in.body.label.length);
    }
    binding->has_contact = in.body.has_contact_id;
    binding->new = (struct card_new){
        .id = id_draw_one(app->ids),
        .verification_id = id_draw_one(app->ids),
        .person = api_caller_of(request)->person,
        .number = &binding->number,
        .network = binding->bin.network,
        .bank = binding->bin.bank,
        .kind = (int)binding->bin.kind,
        .label = binding->label,
        .color = in.body.has_color ? (int)in.body.color : 0,
        .contact = in.body.has_contact_id ? in.body.contact_id : (struct contact_id){0},
        .cards_max = app->pack->cards.cards_max,
    };
    return api_write_once(request, app,
                          &(struct api_write_spec){.stages = {.refuse = refuse},
                                                   .run = run,
                                                   .encode = encode,
                                                   .done = done,
                                                   .arg = binding,
                                                   .affinity = binding->new.person.v});
}

/* POST /v1/me/cards/{card_id}/code — sends the code again. */
#include "api/api_people.h"
#include "api/levels_json.h"

struct sending {
    struct person_id person;
    int64_t card_id;
    struct code_draft draft;
    struct code_sent sent;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct sending *sending = arg;

    return card_send_code(tx, app->vault, sending->person, sending->card_id, &sending->draft,
                          app->is_sandbox, &sending->sent);
}

static void write_answer(struct http_request *request, struct sending *sending, bool sent)
{
    struct json_out out;

    secret_wipe(&sending->draft, sizeof(sending->draft));
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_bool(&out, "sent", sent);
    json_out_time(&out, "again_at", sending->sent.again_at_us);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    (void)app;
    write_answer(request, arg, true);
}

static bool refuse(struct http_request *request, struct api_app *app, void *arg, enum err outcome)
{
    (void)app;
    if (outcome == ERR_TOO_MANY_ATTEMPTS) {
        write_answer(request, arg, false);
    }
    return outcome == ERR_TOO_MANY_ATTEMPTS;
}

enum http_verdict api_me_cards_id_code_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_cards_id_code_post_in in;
    struct sending *sending;

    if (!api_me_cards_id_code_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    sending = arena_alloc(request->arena, sizeof(*sending));
    sending->person = api_caller_of(request)->person;
    sending->card_id = in.card_id.v;
    codes_draw(app->ids, &sending->draft);
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.stages = {.refuse = refuse},
                                                    .run = run,
                                                    .answer = answer,
                                                    .arg = sending,
                                                    .affinity = sending->person.v});
}

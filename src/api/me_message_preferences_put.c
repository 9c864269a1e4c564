/* PUT /v1/me/message-preferences — chooses anew; a new anti-phishing phrase is told of. */
#include "api/messages_json.h"

#include "core/kv.h"
#include "identity/tell.h"

struct choosing {
    struct http_request *request;
    struct person_id person;
    struct notify_preferences preferences;
    const char *new_phrase; /* NULL: as it was */
    const char *phrase;     /* as it is then */
    int64_t outbox_id;
    bool phrase_changed;
};

static enum err tell_phrase(struct store_tx *tx, struct api_app *app,
                            const struct choosing *choosing)
{
    struct tell tell = {.outbox_id = choosing->outbox_id,
                        .person = choosing->person,
                        .topic = "phrase_changed",
                        .about = choosing->outbox_id};
    struct buf params;
    enum err err;

    buf_init(&params, 128);
    kv_add_i64(&params, "at", store_tx_now_us(tx));
    tell.params = &params;
    err = identity_tell(tx, app->vault, &tell);
    buf_done(&params);
    return err;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct choosing *choosing = arg;
    enum err err =
        notify_preferences_put(tx, app->notify, choosing->person.v, &choosing->preferences,
                               choosing->new_phrase, &choosing->phrase_changed);

    if (err == ERR_OK && choosing->phrase_changed) {
        err = tell_phrase(tx, app, choosing);
    }
    if (err == ERR_OK) {
        err = notify_preferences_get(tx, app->notify, choosing->person.v, choosing->request->arena,
                                     &choosing->preferences, &choosing->phrase);
    }
    return err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct choosing *choosing = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    messages_json_preferences(&out, &choosing->preferences, choosing->phrase);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_me_message_preferences_put(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_message_preferences_put_in in;
    struct choosing *choosing;

    if (!api_me_message_preferences_put_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    choosing = arena_alloc(request->arena, sizeof(*choosing));
    choosing->request = request;
    choosing->person = api_caller_of(request)->person;
    choosing->outbox_id = id_draw_one(app->ids);
    choosing->new_phrase = in.body.has_phrase ? arena_strndup(request->arena, in.body.phrase.data,
                                                              in.body.phrase.length)
                                              : NULL;
    choosing->preferences = (struct notify_preferences){
        .choices = in.body.choices,
        .utc_offset_min = (int32_t)in.body.utc_offset_min,
        .quiet_from_min = (int32_t)in.body.quiet_from_min,
        .quiet_to_min = (int32_t)in.body.quiet_to_min,
        .sms_from = in.body.money_sms_from,
        .email_from = in.body.money_email_from,
    };
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){
            .run = run, .answer = answer, .arg = choosing, .affinity = choosing->person.v});
}

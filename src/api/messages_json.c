/* messages_json.c — see messages_json.h. */
#include "api/messages_json.h"

#include "core/kv.h"
#include "identity/recovery.h"
#include "identity/tell.h"

enum notify_language api_message_language(const struct http_request *request)
{
    return request->language == HTTP_ZH ? NOTIFY_ZH : NOTIFY_EN;
}

void messages_json_message(struct json_out *out, const char *key,
                           const struct notify_message *message)
{
    json_out_open(out, key);
    json_out_id(out, "id", ID_MESSAGE_PREFIX, message->message_id);
    json_out_text(out, "topic", message->topic->name);
    json_out_name(out, "kind", &api_message_kind_names, message->topic->kind);
    json_out_name(out, "severity", &api_message_severity_names, message->topic->severity);
    json_out_text(out, "title", message->title);
    json_out_text(out, "text", message->text);
    json_out_text(out, "code", message->code);
    json_out_bool(out, "not_me_possible", message->topic->not_me);
    json_out_time(out, "created_at", message->created_at_us);
    json_out_time(out, "read_at", message->read_at_us);
    json_out_time(out, "not_me_at", message->not_me_at_us);
    json_out_close(out);
}

void messages_json_preferences(struct json_out *out, const struct notify_preferences *preferences,
                               const char *phrase)
{
    json_out_open(out, NULL);
    json_out_flags(out, "choices", &api_message_choice_names, preferences->choices);
    json_out_i64(out, "utc_offset_min", preferences->utc_offset_min);
    json_out_i64(out, "quiet_from_min", preferences->quiet_from_min);
    json_out_i64(out, "quiet_to_min", preferences->quiet_to_min);
    json_out_i64(out, "money_sms_from", preferences->sms_from);
    json_out_i64(out, "money_email_from", preferences->email_from);
    if (phrase == NULL) {
        json_out_null(out, "phrase");
    } else {
        json_out_text(out, "phrase", phrase);
    }
    json_out_close(out);
}

/* ---- "it was not me" ---- */

void api_not_me_init(struct api_not_me *not_me, struct api_app *app)
{
    not_me->lock_id.v = id_draw_one(app->ids);
    not_me->outbox_id = id_draw_one(app->ids);
    not_me->recovery_notice_id = id_draw_one(app->ids);
}

static enum err tell_stopped(struct store_tx *tx, struct api_app *app,
                             const struct api_not_me *not_me)
{
    struct tell tell = {.outbox_id = not_me->outbox_id,
                        .person = not_me->person,
                        .topic = "not_me_received",
                        .about = not_me->message_id};
    struct buf params;
    enum err err;

    buf_init(&params, 128);
    kv_add_i64(&params, "at", not_me->said_at_us);
    tell.params = &params;
    err = identity_tell(tx, app->vault, &tell);
    buf_done(&params);
    return err;
}

enum err api_not_me_run(struct store_tx *tx, struct api_app *app, struct api_not_me *not_me)
{
    const struct lock_new freeze = {
        .id = not_me->lock_id, .person = not_me->person, .why = "not_me", .by = LOCK_BY_PERSON};
    struct lock_id lock_id;
    int64_t recoveries = 0;
    uint32_t effects = 0;
    bool first = false;
    enum err err =
        notify_not_me(tx, not_me->person.v, not_me->message_id, &first, &not_me->said_at_us);

    not_me->sessions_ended = 0;
    if (err == ERR_OK && first) {
        err = locks_put(tx, &freeze, &lock_id);
        if (err == ERR_OK) {
            err = sessions_end_others(tx, not_me->person, not_me->keep, SESSION_REPORTED,
                                      &not_me->sessions_ended);
        }
        if (err == ERR_OK) {
            err = recovery_stop(tx, app->vault, not_me->person, not_me->recovery_notice_id,
                                &recoveries);
        }
        if (err == ERR_OK) {
            err = tell_stopped(tx, app, not_me);
        }
    }
    if (err == ERR_OK) {
        err = locks_effects(tx, not_me->person, &effects);
    }
    not_me->frozen = effects != 0;
    return err;
}

void api_not_me_answer(struct http_request *request, const struct api_not_me *not_me)
{
    struct json_out out;

    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_bool(&out, "frozen", not_me->frozen);
    json_out_i64(&out, "sessions_ended", not_me->sessions_ended);
    json_out_time(&out, "said_at", not_me->said_at_us);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

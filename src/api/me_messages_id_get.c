/* GET /v1/me/messages/{message_id} — one message with its deliveries; another person's is answered
 * like one that does not exist. */
#include "api/messages_json.h"

struct reading {
    struct api_app *app;
    struct http_request *request;
    int64_t person_id, message_id;
    struct notify_message message;
    struct notify_delivery deliveries[NOTIFY_DELIVERIES_MAX];
    size_t count;
};

static enum err read_message(struct store_tx *tx, void *arg)
{
    struct reading *reading = arg;
    enum err err = notify_get(tx, reading->app->notify, reading->person_id, reading->message_id,
                              api_message_language(reading->request), reading->request->arena,
                              &reading->message);

    if (err == ERR_OK && reading->message.topic == NULL) {
        err = ERR_MESSAGE_NOT_FOUND;
    }
    return err == ERR_OK ? notify_deliveries(tx, reading->person_id, reading->message_id,
                                             reading->deliveries, &reading->count)
                         : err;
}

static void delivery_json(struct json_out *out, const struct notify_delivery *delivery)
{
    json_out_open(out, NULL);
    json_out_id(out, "id", ID_DELIVERY_PREFIX, delivery->delivery_id);
    json_out_id(out, "contact_id", ID_CONTACT_PREFIX, delivery->contact_id);
    json_out_name(out, "channel", &api_message_channel_names, delivery->channel);
    json_out_name(out, "state", &api_delivery_state_names, delivery->state);
    json_out_i64(out, "attempts", delivery->attempts);
    if (delivery->problem[0] == '\0') {
        json_out_null(out, "problem");
    } else {
        json_out_text(out, "problem", delivery->problem);
    }
    json_out_time(out, "next_attempt_at",
                  delivery->state == NOTIFY_WAITING ? delivery->due_at_us : 0);
    json_out_time(out, "given_up_at", delivery->give_up_at_us);
    json_out_time(out, "done_at", delivery->done_at_us);
    json_out_close(out);
}

enum http_verdict api_me_messages_id_get(struct http_request *request, void *arg)
{
    struct api_me_messages_id_get_in in;
    struct reading *reading;
    struct json_out out;

    if (!api_me_messages_id_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    reading = arena_alloc(request->arena, sizeof(*reading));
    reading->app = arg;
    reading->request = request;
    reading->person_id = api_caller_of(request)->person.v;
    reading->message_id = in.message_id.v;
    if (!api_read(request, arg, read_message, reading)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    messages_json_message(&out, "message", &reading->message);
    json_out_open_list(&out, "deliveries");
    for (size_t i = 0; i < reading->count; i++) {
        delivery_json(&out, &reading->deliveries[i]);
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

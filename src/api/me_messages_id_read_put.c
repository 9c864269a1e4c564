/* PUT /v1/me/messages/{message_id}/read — marks a message as read, with `older` all before it, too.
 */
#include "api/messages_json.h"

struct marking {
    struct http_request *request;
    int64_t person_id, message_id;
    bool older;
    int64_t unread;
};

static enum err mark_older(struct store_tx *tx, struct api_app *app, const struct marking *marking)
{
    struct notify_message message;
    enum err err = notify_get(tx, app->notify, marking->person_id, marking->message_id, NOTIFY_EN,
                              marking->request->arena, &message);

    return err == ERR_OK ? notify_mark_read_to(tx, marking->person_id, message.seq, NULL) : err;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct marking *marking = arg;
    int64_t last_seq;
    enum err err = marking->older ? mark_older(tx, app, marking)
                                  : notify_mark_read(tx, marking->person_id, marking->message_id);

    return err == ERR_OK ? notify_counts(tx, marking->person_id, &marking->unread, &last_seq) : err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct marking *marking = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_i64(&out, "unread", marking->unread);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_me_messages_id_read_put(struct http_request *request, void *arg)
{
    struct api_me_messages_id_read_put_in in;
    struct marking *marking;

    if (!api_me_messages_id_read_put_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    marking = arena_alloc(request->arena, sizeof(*marking));
    *marking = (struct marking){.request = request,
                                .person_id = api_caller_of(request)->person.v,
                                .message_id = in.message_id.v,
                                .older = in.body.has_older && in.body.older};
    return api_write_plain(
        request, arg,
        &(struct api_plain_spec){
            .run = run, .answer = answer, .arg = marking, .affinity = marking->person_id});
}

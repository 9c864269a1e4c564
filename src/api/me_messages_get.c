/* GET /v1/me/messages — a page of the caller's messages, newest first. */
#include "api/messages_json.h"

struct reading {
    struct api_app *app;
    struct http_request *request;
    struct notify_page page;
    struct notify_message *messages;
    size_t count;
    int64_t unread, last_seq;
};

static enum err read_page(struct store_tx *tx, void *arg)
{
    struct reading *reading = arg;
    enum err err = notify_list(tx, reading->app->notify, &reading->page, reading->request->arena,
                               reading->messages, &reading->count);

    return err == ERR_OK
               ? notify_counts(tx, reading->page.person_id, &reading->unread, &reading->last_seq)
               : err;
}

enum http_verdict api_me_messages_get(struct http_request *request, void *arg)
{
    struct api_me_messages_get_in in;
    struct reading *reading;
    struct json_out out;
    bool is_full;

    if (!api_me_messages_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    reading = arena_alloc(request->arena, sizeof(*reading));
    *reading = (struct reading){
        .app = arg,
        .request = request,
        .page = {.person_id = api_caller_of(request)->person.v,
                 .language = api_message_language(request),
                 .before_seq = in.has_cursor ? in.cursor : INT64_MAX,
                 .count_max = (uint32_t)in.limit},
        .messages =
            arena_alloc_array(request->arena, (size_t)in.limit, sizeof(struct notify_message)),
    };
    if (!api_read(request, arg, read_page, reading)) {
        return HTTP_ANSWERED;
    }
    is_full = reading->count == (size_t)in.limit;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "messages");
    for (size_t i = 0; i < reading->count; i++) {
        if (reading->messages[i].topic != NULL) {
            messages_json_message(&out, NULL, &reading->messages[i]);
        }
    }
    json_out_close_list(&out);
    json_out_i64(&out, "unread", reading->unread);
    json_out_cursor(&out, "next_cursor", is_full ? reading->messages[reading->count - 1].seq : 0);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

/* POST /v1/me/messages/{message_id}/not-me — "it was not me", from a session. The session that says
 * so goes on, limited by the freeze, so that its person can see and contest. */
#include "api/messages_json.h"

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    return api_not_me_run(tx, app, arg);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    (void)app;
    api_not_me_answer(request, arg);
}

enum http_verdict api_me_messages_id_not_me_post(struct http_request *request, void *arg)
{
    struct api_me_messages_id_not_me_post_in in;
    struct api_not_me *not_me;

    if (!api_me_messages_id_not_me_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    not_me = arena_alloc(request->arena, sizeof(*not_me));
    api_not_me_init(not_me, arg);
    not_me->person = api_caller_of(request)->person;
    not_me->message_id = in.message_id.v;
    not_me->keep = api_caller_of(request)->session.id;
    return api_write_plain(
        request, arg,
        &(struct api_plain_spec){
            .run = run, .answer = answer, .arg = not_me, .affinity = not_me->person.v});
}

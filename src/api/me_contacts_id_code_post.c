/* POST /v1/me/contacts/{contact_id}/code — the code that was sent to a new contact comes back. */
#include "api/api_people.h"

#include "identity/credentials.h"

struct proving {
    struct contact_prove prove;
    enum err verdict;
    uint32_t tries_left;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct proving *proving = arg;

    return contact_prove(tx, app->vault, &proving->prove, &proving->verdict, &proving->tries_left);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct proving *proving = arg;
    struct json_out out;

    (void)app;
    if (proving->verdict != ERR_OK) {
        api_answer_problem(
            request, (struct api_problem){.err = proving->verdict,
                                          .field = "/code",
                                          .tries_left = proving->tries_left,
                                          .has_tries_left = proving->verdict == ERR_CODE_WRONG});
        return;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_id(&out, "contact_id", ID_CONTACT_PREFIX, proving->prove.id.v);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

enum http_verdict api_me_contacts_id_code_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_contacts_id_code_post_in in;
    struct proving *proving;

    if (!api_me_contacts_id_code_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    proving = arena_alloc(request->arena, sizeof(*proving));
    proving->prove = (struct contact_prove){.person = api_caller_of(request)->person,
                                            .id = in.contact_id,
                                            .digits = in.body.code.data,
                                            .length = in.body.code.length,
                                            .notice_id = id_draw_one(app->ids)};
    return api_write_plain(
        request, app,
        &(struct api_plain_spec){
            .run = run, .answer = answer, .arg = proving, .affinity = proving->prove.person.v});
}

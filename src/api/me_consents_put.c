/* PUT /v1/me/consents — the caller says yes or no to texts, each in the version they were shown. */
#include "api/privacy_json.h"

struct saying {
    struct person_id person;
    struct arena *arena; /* of the request */
    struct consent_said *said;
    size_t said_count;
    struct consent consents[CONSENTS_MAX];
    size_t count;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct saying *saying = arg;
    enum err err = consents_say(tx, saying->person, saying->said, saying->said_count);

    (void)app;
    if (err == ERR_OK) {
        err = consents_list(tx, saying->person, store_tx_now_us(tx), saying->arena,
                            saying->consents, &saying->count);
    }
    return err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct saying *saying = arg;

    (void)app;
    privacy_json_consents(request->out, saying->consents, saying->count);
    api_answer_json(request, 200);
}

enum http_verdict api_me_consents_put(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_consents_put_in in;
    struct saying *saying;

    if (!api_me_consents_put_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    saying = arena_alloc(request->arena, sizeof(*saying));
    saying->person = api_caller_of(request)->person;
    saying->arena = request->arena;
    saying->said_count = in.body.consents_count;
    saying->said = arena_alloc_array(request->arena, saying->said_count, sizeof(*saying->said));
    for (size_t i = 0; i < saying->said_count; i++) {
        const struct api_consent_said *said = &in.body.consents[i];

        saying->said[i] =
            (struct consent_said){.name = {said->consent.data, (uint32_t)said->consent.length},
                                  .version = said->version,
                                  .is_given = said->is_given};
    }
    return api_write_plain(request, app,
                           &(struct api_plain_spec){.run = run, .answer = answer, .arg = saying});
}

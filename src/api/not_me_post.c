/* POST /v1/not-me — "it was not me", by the code that an SMS or e-mail prints, without signing in.
 * It can only stop, never allow; guessing one of 2^50 codes is slowed down by address. */
#include "api/messages_json.h"

#define CODE_AGE_MAX_US (INT64_C(30) * 24 * 3600 * 1000000)
#define GUESS_SALT      UINT64_C(0x6e6f745f6d655f63)

struct saying {
    struct api_not_me not_me;
    struct http_text code;
};

static const struct http_rate guess_rate = {.per_second = 1, .burst = 20};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct saying *saying = arg;
    struct notify_sent sent;
    enum err err = notify_find_code(tx, app->notify, saying->code.data, saying->code.length, &sent);

    if (err != ERR_OK) {
        return err;
    }
    if (store_tx_now_us(tx) - sent.created_at_us > CODE_AGE_MAX_US) {
        return ERR_MESSAGE_CODE_UNKNOWN;
    }
    saying->not_me.person.v = sent.person_id;
    saying->not_me.message_id = sent.message_id;
    return api_not_me_run(tx, app, &saying->not_me);
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct saying *saying = arg;

    (void)app;
    api_not_me_answer(request, &saying->not_me);
}

enum http_verdict api_not_me_post(struct http_request *request, void *arg)
{
    struct api_not_me_post_in in;
    struct saying *saying;

    if (!api_not_me_post_decode(request, &in) ||
        !http_rate_take(request, request->client_hash ^ GUESS_SALT, guess_rate, 1)) {
        return HTTP_ANSWERED;
    }
    saying = arena_alloc(request->arena, sizeof(*saying));
    api_not_me_init(&saying->not_me, arg);
    saying->code = in.body.code;
    return api_write_plain(request, arg,
                           &(struct api_plain_spec){.run = run, .answer = answer, .arg = saying});
}

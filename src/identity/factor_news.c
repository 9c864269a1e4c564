/* factor_news.c — see factor_news.h. */
#include "identity/factor_news.h"

#include "core/kv.h"
#include "identity/tell.h"

#define PARAMS_MAX 512

static const char *word_of(enum factor factor)
{
    switch (factor) {
    case FACTOR_PIN:
        return "pin";
    case FACTOR_TOTP:
        return "totp";
    case FACTOR_PASSKEY:
        return "passkey";
    case FACTOR_RECOVERY_CODE:
        return "recovery_codes";
    case FACTOR_CODE:
    case FACTOR_PASSWORD:
        break;
    }
    BUG_IF(true); /* codes and passwords tell their own news */
}

static enum err send(struct store_tx *tx, struct vault *vault, const struct factor_news *news,
                     const char *topic, struct buf *params)
{
    const struct tell tell = {.outbox_id = news->outbox_id,
                              .person = news->person,
                              .topic = topic,
                              .about = news->outbox_id, /* each one is news */
                              .params = params};
    enum err err;

    BUG_IF(!buf_ok(params));
    err = identity_tell(tx, vault, &tell);
    buf_done(params);
    return err;
}

enum err factor_tell(struct store_tx *tx, struct vault *vault, const struct factor_news *news,
                     enum factor_event event)
{
    static const char *const topics[] = {
        [FACTOR_ADDED] = "factor_added",
        [FACTOR_CHANGED] = "factor_changed",
        [FACTOR_REMOVED] = "factor_removed",
        [FACTOR_COPIED] = "passkey_copied",
    };
    struct buf params;

    buf_init(&params, PARAMS_MAX);
    if (event != FACTOR_COPIED) {
        kv_add_str(&params, "factor", word_of(news->factor));
    }
    kv_add_i64(&params, "at", store_tx_now_us(tx));
    return send(tx, vault, news, topics[event], &params);
}

enum err factor_tell_paused(struct store_tx *tx, struct vault *vault,
                            const struct factor_news *news)
{
    struct factor_pause pause;
    struct buf params;
    enum err err = factor_try_get(tx, news->person, news->factor, &pause);

    if (err != ERR_OK) {
        return err;
    }
    buf_init(&params, PARAMS_MAX);
    kv_add_str(&params, "factor", word_of(news->factor));
    if (pause.failed < FACTOR_TRIES_TO_LOCK) {
        kv_add_i64(&params, "until", pause.until_us);
    }
    return send(tx, vault, news,
                pause.failed < FACTOR_TRIES_TO_LOCK ? "factor_locked" : "factor_blocked", &params);
}

enum err factor_tell_code_used(struct store_tx *tx, struct vault *vault,
                               const struct factor_news *news, uint32_t left)
{
    struct buf params;

    buf_init(&params, PARAMS_MAX);
    kv_add_i64(&params, "left", left);
    kv_add_i64(&params, "at", store_tx_now_us(tx));
    return send(tx, vault, news, "recovery_code_used", &params);
}

static void add_money(struct buf *params, const char *name, struct money money)
{
    struct buf text;

    buf_init(&text, 64);
    buf_printf(&text, "%lld %s", (long long)money.minor, currency_code(money.currency));
    kv_add(params, name, (const char *)text.data, text.length);
    buf_done(&text);
}

enum err factor_tell_quick_pay(struct store_tx *tx, struct vault *vault,
                               const struct factor_news *news, struct money each, struct money day)
{
    bool is_on = each.minor > 0;
    struct buf params;

    buf_init(&params, PARAMS_MAX);
    if (is_on) {
        add_money(&params, "per_payment", each);
        add_money(&params, "per_day", day);
    }
    kv_add_i64(&params, "at", store_tx_now_us(tx));
    return send(tx, vault, news, is_on ? "quick_pay_on" : "quick_pay_off", &params);
}

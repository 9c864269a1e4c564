/* codes.c — see codes.h. */
#include "identity/codes.h"

#include <string.h>

#include "core/buf.h"
#include "core/kv.h"
#include "core/rng.h"
#include "identity/attempts.h"
#include "identity/tell.h"
#include "q_identity.h"

#define MINUTE_US     INT64_C(60000000)
#define HOUR_US       (60 * MINUTE_US)
#define DAY_US        (24 * HOUR_US)
#define MINUTES_SHOWN 5

/* 60 s after the first, 120 s after the second, … */
static const struct attempt_rule contact_hour = {.kind = ATTEMPT_CODE_CONTACT_HOUR,
                                                 .window_us = HOUR_US,
                                                 .count_max = 5,
                                                 .pause_us = MINUTE_US,
                                                 .pause_max_us = 10 * MINUTE_US};
static const struct attempt_rule contact_day = {.kind = ATTEMPT_CODE_CONTACT_DAY,
                                                .window_us = DAY_US,
                                                .free_count = INT32_MAX,
                                                .count_max = 10};
static const struct attempt_rule address_hour = {.kind = ATTEMPT_CODE_ADDRESS_HOUR,
                                                 .window_us = HOUR_US,
                                                 .free_count = INT32_MAX,
                                                 .count_max = 30};

static const char *purpose_word(enum code_purpose purpose)
{
    switch (purpose) {
    case CODE_SIGN_UP:
        return "sign_up";
    case CODE_SIGN_IN:
        return "sign_in";
    case CODE_RECOVERY:
        return "recovery";
    case CODE_CONTACT:
        return "contact";
    case CODE_CARD:
        return "card";
    case CODE_CONFIRM:
        return "confirm";
    }
    BUG_IF(true);
}

void codes_draw(struct id_source *ids, struct code_draft *ret)
{
    uint32_t number;

    ret->id.v = id_draw_one(ids);
    ret->outbox_id = id_draw_one(ids);
    do { /* 4294 whole millions fit into 32 bits; what is beyond would favour small codes */
        rng_secure(&number, sizeof(number));
    } while (number >= 4294000000u);
    number %= 1000000u;
    for (int i = CODE_DIGITS - 1; i >= 0; i--) {
        ret->digits[i] = (char)('0' + number % 10);
        number /= 10;
    }
    ret->digits[CODE_DIGITS] = '\0';
}

bool codes_of_test_contact(const struct contact_value *value, struct code_draft *draft)
{
    static const char phone[] = "+86100";
    const char *at = value->text + value->length, *plus;

    if (value->channel == CONTACT_PHONE) {
        if (strncmp(value->text, phone, sizeof(phone) - 1) != 0 || value->length != 14) {
            return false;
        }
        at -= CODE_DIGITS;
    } else {
        plus = strchr(value->text, '+');
        if (plus == NULL || strspn(plus + 1, "0123456789") != CODE_DIGITS ||
            plus[1 + CODE_DIGITS] != '@') {
            return false;
        }
        at = plus + 1;
    }
    memcpy(draft->digits, at, CODE_DIGITS);
    draft->digits[CODE_DIGITS] = '\0';
    return true;
}

/* Everything that the code is bound to. */
struct code_text {
    int64_t person, purpose, subject;
    char digits[CODE_DIGITS];
    char zero[2];
};

static void hash_code(const struct vault *vault, struct code_text *text, int64_t code_id,
                      const char *digits, struct sha256_hash *ret)
{
    memcpy(text->digits, digits, CODE_DIGITS);
    vault_mac(vault, VAULT_MAC_CODE, code_id, (struct store_blob){text, sizeof(*text)}, ret);
    secret_wipe(text, sizeof(*text));
}

static bool is_zero(const struct sha256_hash *hash)
{
    static const struct sha256_hash zero;

    return hash_equal(hash, &zero);
}

static enum err count_sending(struct store_tx *tx, const struct code_order *order,
                              struct code_sent *ret)
{
    int64_t count = 0, until_us = 0;
    enum err err;

    ret->again_at_us = store_tx_now_us(tx);
    if (is_zero(&order->contact_index)) {
        return ERR_OK;
    }
    err = attempt_count(tx, &contact_hour, &order->contact_index, &count, &until_us);
    if (err == ERR_OK) {
        ret->again_at_us = store_tx_now_us(tx) + count * contact_hour.pause_us;
        err = attempt_count(tx, &contact_day, &order->contact_index, NULL, &until_us);
    }
    if (err == ERR_OK && !is_zero(&order->address_index)) {
        err = attempt_count(tx, &address_hour, &order->address_index, NULL, &until_us);
    }
    if (err == ERR_TOO_MANY_ATTEMPTS) {
        ret->again_at_us = until_us;
    }
    return err;
}

static enum err tell_code(struct store_tx *tx, struct vault *vault, const struct code_order *order,
                          const struct code_draft *draft)
{
    struct tell tell = {.outbox_id = draft->outbox_id,
                        .person = order->person,
                        .contact = order->contact,
                        .topic = "one_time_code",
                        .about = draft->id.v,
                        .expires_at_us = store_tx_now_us(tx) + CODE_LIFETIME_US};
    struct buf params;
    enum err err;

    buf_init(&params, 1024);
    kv_add_str(&params, "code", draft->digits);
    kv_add_str(&params, "purpose", purpose_word(order->purpose));
    kv_add_i64(&params, "minutes", MINUTES_SHOWN);
    tell.params = &params;
    err = identity_tell(tx, vault, &tell);
    secret_wipe(params.data, params.length);
    buf_done(&params);
    return err;
}

enum err codes_send(struct store_tx *tx, struct vault *vault, const struct code_order *order,
                    const struct code_draft *draft, struct code_sent *ret)
{
    struct code_text text = {
        .person = order->person.v, .purpose = order->purpose, .subject = order->subject_id};
    struct q_identity_code_insert_in in = {
        .code_id = draft->id.v,
        .person_id = order->person.v,
        .purpose = order->purpose,
        .subject_id = order->subject_id,
        .now_us = store_tx_now_us(tx),
        .expires_at_us = store_tx_now_us(tx) + CODE_LIFETIME_US,
    };
    enum err err = count_sending(tx, order, ret);

    ret->expires_at_us = in.expires_at_us;
    if (err != ERR_OK) {
        return err;
    }
    err = q_identity_codes_end(tx,
                               &(struct q_identity_codes_end_in){.person_id = order->person.v,
                                                                 .purpose = order->purpose,
                                                                 .subject_id = order->subject_id,
                                                                 .now_us = in.now_us},
                               NULL);
    if (err != ERR_OK) {
        return err;
    }
    hash_code(vault, &text, draft->id.v, draft->digits, &in.code_hash);
    err = q_identity_code_insert(tx, &in, NULL);
    return err != ERR_OK || order->silent ? err : tell_code(tx, vault, order, draft);
}

enum err codes_check(struct store_tx *tx, struct vault *vault, const struct code_check *check,
                     enum err *ret_verdict, uint32_t *ret_tries_left)
{
    struct code_text text = {
        .person = check->person.v, .purpose = check->purpose, .subject = check->subject_id};
    struct q_identity_code_try_in in = {.person_id = check->person.v,
                                        .purpose = check->purpose,
                                        .subject_id = check->subject_id,
                                        .now_us = store_tx_now_us(tx),
                                        .tries_max = CODE_TRIES_MAX};
    struct q_identity_code_try_row row;
    struct sha256_hash hash;
    bool found = false;
    enum err err = q_identity_code_try(tx, &in, &row, &found);

    if (err != ERR_OK || !found) {
        *ret_verdict = ERR_CODE_EXPIRED;
        return err;
    }
    *ret_tries_left = CODE_TRIES_MAX - (uint32_t)row.tries;
    *ret_verdict = ERR_CODE_WRONG;
    if (check->length != CODE_DIGITS) {
        return ERR_OK;
    }
    hash_code(vault, &text, row.code_id, check->digits, &hash);
    if (!hash_equal(&hash, &row.code_hash)) {
        return ERR_OK;
    }
    *ret_verdict = ERR_OK;
    return q_identity_code_use(
        tx, &(struct q_identity_code_use_in){.code_id = row.code_id, .now_us = in.now_us}, NULL);
}

enum err codes_prune(struct store_tx *tx, int64_t before_us, int64_t count_max, int64_t *ret_count)
{
    return q_identity_codes_prune(
        tx, &(struct q_identity_codes_prune_in){.before_us = before_us, .count_max = count_max},
        ret_count);
}

/* stepup.c — see stepup.h. The operation's side: what is needed, and consuming what was given. */
#include "identity/stepup.h"

#include <string.h>

#include "identity/stepup_int.h"
#include "q_identity.h"

#define DAY_S     86400
#define SECOND_US INT64_C(1000000)
#define KEEP_US   (INT64_C(90) * DAY_S * SECOND_US)
#define KEEP_DAYS 90

enum { LOCK_ROW = 0 }; /* the strength whose row serialises a person's day */

static bool moves_money(const struct stepup_need *need)
{
    return need->amount.currency != CURRENCY_NONE && need->amount.minor > 0;
}

int64_t stepup_day(const struct store_tx *tx, const struct stepup_policy *policy)
{
    return (store_tx_now_us(tx) / SECOND_US + policy->utc_offset_s) / DAY_S;
}

/* ---- what was confirmed today ---- */

static bool take_strength(const struct q_identity_confirmed_day_get_row *row, void *arg)
{
    int64_t *day_minor = arg;

    if (row->strength > 0 && row->strength <= STEPUP_STRENGTH_MAX) {
        day_minor[row->strength] = row->amount_minor;
    }
    return true;
}

enum err stepup_read_day(struct store_tx *tx, struct person_id person, enum currency currency,
                         int64_t day, int64_t ret_minor[STEPUP_STRENGTH_MAX + 1])
{
    memset(ret_minor, 0, (STEPUP_STRENGTH_MAX + 1) * sizeof(*ret_minor));
    return q_identity_confirmed_day_get_each(
        tx,
        &(struct q_identity_confirmed_day_get_in){
            .person_id = person.v, .currency = currency, .day = day},
        take_strength, ret_minor);
}

/* Takes the person's day: sums read afterwards hold until the commit. */
static enum err lock_day(struct store_tx *tx, const struct stepup_need *need, int64_t day,
                         int64_t strength)
{
    return q_identity_confirmed_day_open(
        tx,
        &(struct q_identity_confirmed_day_open_in){.person_id = need->person.v,
                                                   .currency = need->amount.currency,
                                                   .day = day,
                                                   .strength = strength},
        NULL);
}

static enum err count_day(struct store_tx *tx, const struct stepup_need *need, int64_t day,
                          int64_t strength)
{
    const struct q_identity_confirmed_day_add_in in = {.person_id = need->person.v,
                                                       .currency = need->amount.currency,
                                                       .day = day,
                                                       .strength = strength,
                                                       .amount_minor = need->amount.minor};
    enum err err = lock_day(tx, need, day, strength);

    return err == ERR_OK ? q_identity_confirmed_day_add(tx, &in, NULL) : err;
}

/* ---- what is needed ---- */

static enum err find_demand(struct store_tx *tx, const struct stepup_policy *policy,
                            const struct stepup_need *need, int64_t day, struct stepup_demand *ret)
{
    struct stepup_use use = {.action = need->action, .amount = need->amount};
    struct quick_pay quick = {0};
    enum err err = ERR_OK;

    if (moves_money(need)) {
        err = lock_day(tx, need, day, LOCK_ROW);
        if (err == ERR_OK) {
            err = stepup_read_day(tx, need->person, need->amount.currency, day, use.day_minor);
        }
        if (err == ERR_OK) {
            err = quick_pay_get(tx, policy, need->person, &quick);
        }
        use.quick_pay_on = quick.is_on && quick.currency == need->amount.currency &&
                           need->amount.minor <= quick.each_max_minor &&
                           need->amount.minor <= quick.day_max_minor - quick.used_today_minor;
    }
    return err == ERR_OK ? policy->demand(policy->arg, &use, ret) : err;
}

/* What the session showed a moment ago, for actions that move no money. */
static uint32_t fresh_factors(const struct stepup_need *need, int64_t now_us)
{
    const struct session *session = need->session;
    uint32_t bits = 0;

    if (moves_money(need) || now_us - session->authenticated_at_us >= STEPUP_FRESH_US) {
        return 0;
    }
    bits |= (session->methods & AUTH_PASSWORD) != 0 ? FACTOR_BIT(FACTOR_PASSWORD) : 0;
    bits |= (session->methods & AUTH_CODE) != 0 ? FACTOR_BIT(FACTOR_CODE) : 0;
    bits |= (session->methods & AUTH_TOTP) != 0 ? FACTOR_BIT(FACTOR_TOTP) : 0;
    bits |= (session->methods & AUTH_PASSKEY) != 0 ? FACTOR_BIT(FACTOR_PASSKEY) : 0;
    return bits;
}

/* ---- a new confirmation ---- */

static void fill_fresh(const struct stepup_need *need, const struct stepup_demand *demand,
                       int64_t now_us, struct confirmation *ret)
{
    BUG_IF(need->fresh.v == 0 || demand->way_count == 0 || demand->way_count > STEPUP_WAYS_MAX);
    *ret = (struct confirmation){.id = need->fresh,
                                 .person = need->person,
                                 .session = need->session->id,
                                 .action = need->action,
                                 .amount = need->amount,
                                 .payee_id = need->payee_id,
                                 .request_hash = need->request_hash,
                                 .nonce = need->nonce,
                                 .way_count = demand->way_count,
                                 .strength = demand->strength,
                                 .created_at_us = now_us,
                                 .expires_at_us = now_us + STEPUP_LIFE_US};
    memcpy(ret->ways, demand->ways, sizeof(ret->ways));
    if (need->payee != NULL) {
        size_t length = strlen(need->payee);

        BUG_IF(length > STEPUP_PAYEE_MAX);
        memcpy(ret->payee, need->payee, length);
    }
}

static enum err make_confirmation(struct store_tx *tx, struct vault *vault,
                                  const struct stepup_need *need,
                                  const struct stepup_demand *demand, struct confirmation *ret)
{
    int64_t now_us = store_tx_now_us(tx);
    enum err err = q_identity_confirmations_prune(
        tx,
        &(struct q_identity_confirmations_prune_in){.person_id = need->person.v,
                                                    .before_us = now_us - KEEP_US},
        NULL);

    if (err == ERR_OK) {
        err = q_identity_confirmed_days_prune(
            tx,
            &(struct q_identity_confirmed_days_prune_in){
                .person_id = need->person.v, .before_day = now_us / SECOND_US / DAY_S - KEEP_DAYS},
            NULL);
    }
    if (err == ERR_OK) {
        fill_fresh(need, demand, now_us, ret);
        ret->given = fresh_factors(need, now_us);
        err = confirmation_store(tx, vault, ret);
    }
    return err == ERR_OK ? ERR_CONFIRMATION_REQUIRED : err;
}

/* Signing in a moment ago may be all that is needed. Staff who enrol have the secret of their
 * invitation, and no factor yet. */
static bool is_fresh_enough(const struct stepup_need *need, const struct stepup_demand *demand,
                            int64_t now_us)
{
    const struct session *session = need->session;
    struct confirmation confirmation;

    if (session->kind == PERSON_STAFF && session->level == SESSION_SIGNING_UP &&
        need->action == STEPUP_CREDENTIAL && (session->methods & AUTH_ENROLMENT) != 0) {
        return true;
    }

    if (fresh_factors(need, now_us) == 0 || demand->way_count == 0) {
        return false;
    }
    fill_fresh(need, demand, now_us, &confirmation);
    confirmation.given = fresh_factors(need, now_us);
    return confirmation_is_complete(&confirmation);
}

/* ---- one that was brought ---- */

static bool is_for(const struct confirmation *confirmation, const struct stepup_need *need)
{
    return confirmation->action == need->action &&
           confirmation->amount.minor == need->amount.minor &&
           confirmation->amount.currency == need->amount.currency &&
           confirmation->payee_id == need->payee_id &&
           hash_equal(&confirmation->request_hash, &need->request_hash);
}

static enum err judge_brought(const struct confirmation *confirmation,
                              const struct stepup_need *need, int64_t now_us)
{
    if (!is_for(confirmation, need)) {
        return ERR_CONFIRMATION_MISMATCH;
    }
    if (confirmation->consumed_at_us != 0) {
        return ERR_CONFIRMATION_USED;
    }
    if (confirmation->expires_at_us <= now_us) {
        return ERR_CONFIRMATION_EXPIRED;
    }
    return confirmation_is_complete(confirmation) ? ERR_OK : ERR_CONFIRMATION_REQUIRED;
}

static enum err consume(struct store_tx *tx, struct vault *vault, const struct stepup_need *need,
                        struct confirmation *ret)
{
    const struct confirmation_key key = {need->person, need->session->id, need->given};
    int64_t changed = 0;
    enum err err = confirmation_get(tx, vault, &key, ret);

    if (err == ERR_OK) {
        err = judge_brought(ret, need, store_tx_now_us(tx));
    }
    if (err == ERR_OK) {
        err = q_identity_confirmation_consume(
            tx,
            &(struct q_identity_confirmation_consume_in){
                .confirmation_id = ret->id.v, .given = ret->given, .now_us = store_tx_now_us(tx)},
            &changed);
        if (err == ERR_OK && changed == 0) {
            err = ERR_CONFIRMATION_USED; /* another request was first */
        }
    }
    return err;
}

/* A day's sums may have grown since the confirmation was made: then it counts no more. */
static bool still_suffices(const struct confirmation *confirmation,
                           const struct stepup_demand *demand)
{
    for (size_t i = 0; i < demand->way_count; i++) {
        if ((demand->ways[i] & ~confirmation->given) == 0) {
            return true;
        }
    }
    return demand->is_free;
}

enum err stepup_check(struct store_tx *tx, struct vault *vault, const struct stepup_policy *policy,
                      const struct stepup_need *need, struct confirmation *ret)
{
    int64_t day = stepup_day(tx, policy);
    int64_t now_us = store_tx_now_us(tx);
    struct stepup_demand demand = {0};
    enum err err = find_demand(tx, policy, need, day, &demand);

    if (err != ERR_OK) {
        return err;
    }
    if (need->given.v != 0) {
        err = consume(tx, vault, need, ret);
        if (err == ERR_OK && !still_suffices(ret, &demand)) {
            err = ERR_CONFIRMATION_EXPIRED;
        }
    } else if (!demand.is_free && !is_fresh_enough(need, &demand, now_us)) {
        err = make_confirmation(tx, vault, need, &demand, ret);
    }
    if (err == ERR_OK && moves_money(need)) {
        err = count_day(tx, need, day, demand.strength);
    }
    return err;
}

/* ---- quick pay ---- */

enum err quick_pay_get(struct store_tx *tx, const struct stepup_policy *policy,
                       struct person_id person, struct quick_pay *ret)
{
    struct q_identity_quick_pay_get_row row = {0};
    int64_t day_minor[STEPUP_STRENGTH_MAX + 1] = {0};
    bool found = false;
    enum err err = q_identity_quick_pay_get(
        tx, &(struct q_identity_quick_pay_get_in){.person_id = person.v}, &row, &found);

    if (err == ERR_OK && found) {
        err = stepup_read_day(tx, person, (enum currency)row.currency, stepup_day(tx, policy),
                              day_minor);
    }
    if (err == ERR_OK) {
        *ret = (struct quick_pay){.is_on = found,
                                  .currency = (enum currency)row.currency,
                                  .each_max_minor = row.each_max_minor,
                                  .day_max_minor = row.day_max_minor,
                                  .used_today_minor = day_minor[STEPUP_STRENGTH_NONE],
                                  .changed_at_us = row.changed_at_us};
    }
    return err;
}

enum err quick_pay_turn_on(struct store_tx *tx, struct person_id person,
                           const struct quick_pay *limits)
{
    BUG_IF(limits->each_max_minor <= 0 || limits->day_max_minor < limits->each_max_minor);
    return q_identity_quick_pay_put(
        tx,
        &(struct q_identity_quick_pay_put_in){.person_id = person.v,
                                              .currency = limits->currency,
                                              .each_max_minor = limits->each_max_minor,
                                              .day_max_minor = limits->day_max_minor,
                                              .changed_at_us = store_tx_now_us(tx)},
        NULL);
}

enum err quick_pay_turn_off(struct store_tx *tx, struct person_id person)
{
    return q_identity_quick_pay_delete(
        tx, &(struct q_identity_quick_pay_delete_in){.person_id = person.v}, NULL);
}

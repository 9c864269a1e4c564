/* attempts.c — see attempts.h. */
#include "identity/attempts.h"

#include "q_identity.h"

static enum err refuse(struct store_tx *tx, const struct attempt_rule *rule,
                       const struct sha256_hash *subject, int64_t *ret_until_us)
{
    struct q_identity_attempt_get_row row = {0};
    bool found = false;
    enum err err = q_identity_attempt_get(
        tx, &(struct q_identity_attempt_get_in){.kind = rule->kind, .subject = *subject}, &row,
        &found);

    if (err != ERR_OK) {
        return err;
    }
    if (ret_until_us != NULL) {
        *ret_until_us = found ? row.paused_until_us : store_tx_now_us(tx);
    }
    return ERR_TOO_MANY_ATTEMPTS;
}

enum err attempt_count(struct store_tx *tx, const struct attempt_rule *rule,
                       const struct sha256_hash *subject, int64_t *ret_count, int64_t *ret_until_us)
{
    struct q_identity_attempt_count_row row;
    struct q_identity_attempt_count_in in = {
        .kind = rule->kind,
        .subject = *subject,
        .now_us = store_tx_now_us(tx),
        .window_us = rule->window_us,
        .free_count = rule->free_count,
        .pause_us = rule->pause_us,
        .pause_max_us = rule->pause_max_us,
    };
    bool found = false;
    enum err err = q_identity_attempt_count(tx, &in, &row, &found);

    if (err != ERR_OK) {
        return err;
    }
    if (!found) {
        return refuse(tx, rule, subject, ret_until_us);
    }
    if (rule->count_max != 0 && row.count > rule->count_max) {
        if (ret_until_us != NULL) {
            *ret_until_us = row.since_us + rule->window_us;
        }
        return ERR_TOO_MANY_ATTEMPTS;
    }
    if (ret_count != NULL) {
        *ret_count = row.count;
    }
    return ERR_OK;
}

enum err attempt_clear(struct store_tx *tx, enum attempt_kind kind,
                       const struct sha256_hash *subject)
{
    return q_identity_attempt_clear(
        tx, &(struct q_identity_attempt_clear_in){.kind = kind, .subject = *subject}, NULL);
}

enum err attempts_prune(struct store_tx *tx, int64_t before_us, int64_t count_max,
                        int64_t *ret_count)
{
    return q_identity_attempts_prune(
        tx, &(struct q_identity_attempts_prune_in){.before_us = before_us, .count_max = count_max},
        ret_count);
}

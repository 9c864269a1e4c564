/* factors.c — see factors.h. */
#include "identity/factors.h"

#include "q_identity.h"

#define MINUTE_US (INT64_C(60) * 1000000)

enum err factors_count(struct store_tx *tx, struct person_id person, struct factor_counts *ret)
{
    struct q_identity_factors_of_person_row row = {0};
    bool found;
    enum err err = q_identity_factors_of_person(
        tx, &(struct q_identity_factors_of_person_in){.person_id = person.v}, &row, &found);

    if (err == ERR_OK) {
        *ret = (struct factor_counts){.has_pin = row.has_pin > 0,
                                      .has_password = row.has_password > 0,
                                      .has_contact = row.contact_count > 0,
                                      .totp_count = (uint32_t)row.totp_count,
                                      .passkey_count = (uint32_t)row.passkey_count,
                                      .recovery_code_count = (uint32_t)row.recovery_count};
    }
    return err;
}

uint32_t factors_held(const struct factor_counts *counts)
{
    return (counts->has_pin ? FACTOR_BIT(FACTOR_PIN) : 0) |
           (counts->has_password ? FACTOR_BIT(FACTOR_PASSWORD) : 0) |
           (counts->has_contact ? FACTOR_BIT(FACTOR_CODE) : 0) |
           (counts->totp_count > 0 ? FACTOR_BIT(FACTOR_TOTP) : 0) |
           (counts->passkey_count > 0 ? FACTOR_BIT(FACTOR_PASSKEY) : 0) |
           (counts->recovery_code_count > 0 ? FACTOR_BIT(FACTOR_RECOVERY_CODE) : 0);
}

uint32_t factors_second_count(const struct factor_counts *counts)
{
    return counts->totp_count + counts->passkey_count;
}

/* ---- guesses ---- */

static uint32_t left_of(int64_t failed)
{
    return (uint32_t)((FACTOR_TRIES - failed % FACTOR_TRIES) % FACTOR_TRIES);
}

enum err factor_try_get(struct store_tx *tx, struct person_id person, enum factor factor,
                        struct factor_pause *ret)
{
    struct q_identity_factor_tries_get_row row = {0};
    bool found;
    enum err err = q_identity_factor_tries_get(
        tx, &(struct q_identity_factor_tries_get_in){.person_id = person.v, .factor = factor}, &row,
        &found);

    if (err == ERR_OK) {
        bool is_over = row.paused_until_us <= store_tx_now_us(tx);

        *ret = (struct factor_pause){.failed = found ? (uint32_t)row.failed : 0,
                                     .until_us = found && !is_over ? row.paused_until_us : 0,
                                     .left = found ? left_of(row.failed) : FACTOR_TRIES};
    }
    return err;
}

enum err factor_try_begin(struct store_tx *tx, struct person_id person, enum factor factor,
                          struct factor_pause *ret)
{
    const struct q_identity_factor_try_count_in in = {.person_id = person.v,
                                                      .factor = factor,
                                                      .now_us = store_tx_now_us(tx),
                                                      .first_pause_us = 10 * MINUTE_US,
                                                      .second_pause_us = 60 * MINUTE_US,
                                                      .third_pause_us = 24 * 60 * MINUTE_US,
                                                      .lock_after = FACTOR_TRIES_TO_LOCK};
    struct q_identity_factor_try_count_row row = {0};
    struct factor_pause pause;
    bool found = false;
    enum err err = q_identity_factor_tries_open(
        tx, &(struct q_identity_factor_tries_open_in){.person_id = person.v, .factor = factor},
        NULL);

    if (err == ERR_OK) {
        err = q_identity_factor_try_count(tx, &in, &row, &found);
    }
    if (err == ERR_OK && found) {
        *ret = (struct factor_pause){.failed = (uint32_t)row.failed, .left = left_of(row.failed)};
        return ERR_OK;
    }
    if (err == ERR_OK) {
        err = factor_try_get(tx, person, factor, &pause);
    }
    if (err != ERR_OK) {
        return err;
    }
    *ret = pause;
    return pause.failed >= FACTOR_TRIES_TO_LOCK ? ERR_FACTOR_LOCKED : ERR_FACTOR_PAUSED;
}

enum err factor_try_clear(struct store_tx *tx, struct person_id person, enum factor factor)
{
    return q_identity_factor_tries_clear(
        tx, &(struct q_identity_factor_tries_clear_in){.person_id = person.v, .factor = factor},
        NULL);
}

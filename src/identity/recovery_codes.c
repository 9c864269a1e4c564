/* recovery_codes.c — see recovery_codes.h. */
#include "identity/recovery_codes.h"

#include <string.h>

#include "q_identity.h"

static void hash_code(const struct vault *vault, struct person_id person,
                      const struct recovery_code *code, struct sha256_hash *ret)
{
    vault_mac(vault, VAULT_MAC_RECOVERY_CODE, person.v,
              (struct store_blob){code->digits, RECOVERY_CODE_DIGITS}, ret);
}

enum err recovery_codes_put(struct store_tx *tx, const struct vault *vault, struct person_id person,
                            const struct recovery_code *codes)
{
    struct q_identity_recovery_code_insert_in in[RECOVERY_CODE_COUNT];
    enum err err = q_identity_recovery_codes_delete(
        tx, &(struct q_identity_recovery_codes_delete_in){.person_id = person.v}, NULL);

    for (size_t i = 0; i < RECOVERY_CODE_COUNT; i++) {
        in[i] = (struct q_identity_recovery_code_insert_in){.person_id = person.v,
                                                            .created_at_us = store_tx_now_us(tx)};
        hash_code(vault, person, &codes[i], &in[i].code_hash);
    }
    if (err == ERR_OK) {
        err = q_identity_recovery_code_insert_batch(tx, in, RECOVERY_CODE_COUNT, NULL);
    }
    return err == ERR_OK ? factor_try_clear(tx, person, FACTOR_RECOVERY_CODE) : err;
}

static enum err take_code(struct store_tx *tx, const struct vault *vault, struct person_id person,
                          struct store_text text, enum err *ret_verdict)
{
    struct q_identity_recovery_code_use_in in = {.person_id = person.v,
                                                 .now_us = store_tx_now_us(tx)};
    struct recovery_code code;
    int64_t changed = 0;
    enum err err;

    *ret_verdict = ERR_RECOVERY_CODE_WRONG;
    if (!recovery_code_read(text.data, text.length, &code)) {
        return ERR_OK;
    }
    hash_code(vault, person, &code, &in.code_hash);
    secret_wipe(&code, sizeof(code));
    err = q_identity_recovery_code_use(tx, &in, &changed);
    if (err == ERR_OK && changed > 0) {
        *ret_verdict = ERR_OK;
        err = factor_try_clear(tx, person, FACTOR_RECOVERY_CODE);
    }
    return err;
}

enum err recovery_code_use(struct store_tx *tx, const struct vault *vault, struct person_id person,
                           struct store_text text, enum err *ret_verdict,
                           struct factor_pause *ret_pause)
{
    struct recovery_codes_info info;
    enum err err = recovery_codes_get(tx, person, &info);

    if (err == ERR_OK && info.left == 0) {
        *ret_verdict = ERR_FACTOR_NOT_ENROLLED;
        return ERR_OK;
    }
    if (err == ERR_OK) {
        err = factor_try_begin(tx, person, FACTOR_RECOVERY_CODE, ret_pause);
    }
    if (err == ERR_FACTOR_PAUSED || err == ERR_FACTOR_LOCKED) {
        *ret_verdict = err;
        return ERR_OK;
    }
    return err == ERR_OK ? take_code(tx, vault, person, text, ret_verdict) : err;
}

enum err recovery_codes_get(struct store_tx *tx, struct person_id person,
                            struct recovery_codes_info *ret)
{
    struct q_identity_recovery_codes_count_row row = {0};
    bool found;
    enum err err = q_identity_recovery_codes_count(
        tx, &(struct q_identity_recovery_codes_count_in){.person_id = person.v}, &row, &found);

    if (err == ERR_OK) {
        *ret = (struct recovery_codes_info){.left = (uint32_t)row.left_count,
                                            .created_at_us = row.created_at_us,
                                            .last_used_at_us = row.last_used_at_us};
    }
    return err;
}

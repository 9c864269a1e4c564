/* pins.c — see pins.h. */
#include "identity/pins.h"

#include <string.h>

#include "q_identity.h"

void pin_pepper(const struct vault *vault, struct person_id person, const char *pin,
                struct sha256_hash *ret)
{
    vault_mac(vault, VAULT_MAC_PIN, person.v, (struct store_blob){pin, (uint32_t)strlen(pin)}, ret);
}

static struct store_text text_of(const struct password_hash *hash)
{
    return (struct store_text){hash->text, (uint32_t)strnlen(hash->text, sizeof(hash->text))};
}

enum err pin_set(struct store_tx *tx, struct person_id person, const struct password_hash *hash)
{
    const struct q_identity_pin_put_in in = {
        .person_id = person.v, .hash = text_of(hash), .now_us = store_tx_now_us(tx)};
    enum err err = q_identity_pin_put(tx, &in, NULL);

    return err == ERR_OK ? factor_try_clear(tx, person, FACTOR_PIN) : err;
}

/* *ret_hash may be NULL. */
static enum err read_pin(struct store_tx *tx, struct person_id person, struct pin_info *ret,
                         struct password_hash *ret_hash)
{
    struct q_identity_pin_get_row row = {0};
    struct arena *arena = arena_create(4096);
    bool found = false;
    enum err err = q_identity_pin_get(tx, &(struct q_identity_pin_get_in){.person_id = person.v},
                                      arena, &row, &found);

    if (err == ERR_OK) {
        *ret = (struct pin_info){row.created_at_us, row.changed_at_us, row.last_used_at_us};
        if (ret_hash != NULL) {
            BUG_IF(row.hash.length >= sizeof(ret_hash->text));
            memset(ret_hash, 0, sizeof(*ret_hash));
            if (found) {
                memcpy(ret_hash->text, row.hash.data, row.hash.length);
            }
        }
    }
    arena_free(arena);
    return err;
}

enum err pin_get(struct store_tx *tx, struct person_id person, struct pin_info *ret)
{
    return read_pin(tx, person, ret, NULL);
}

enum err pin_begin(struct store_tx *tx, struct person_id person, struct password_hash *ret_hash,
                   struct factor_pause *ret_pause)
{
    struct pin_info info;
    enum err err = read_pin(tx, person, &info, ret_hash);

    if (err == ERR_OK && info.created_at_us == 0) {
        err = ERR_FACTOR_NOT_ENROLLED;
    }
    return err == ERR_OK ? factor_try_begin(tx, person, FACTOR_PIN, ret_pause) : err;
}

enum err pin_end(struct store_tx *tx, struct person_id person, const struct password_hash *hash)
{
    struct q_identity_pin_same_row same = {0};
    bool found;
    enum err err = q_identity_pin_same(
        tx, &(struct q_identity_pin_same_in){.person_id = person.v, .hash = text_of(hash)}, &same,
        &found);

    if (err == ERR_OK && same.n == 0) {
        err = ERR_PIN_WRONG;
    }
    if (err == ERR_OK) {
        err = q_identity_pin_used(
            tx,
            &(struct q_identity_pin_used_in){.person_id = person.v, .now_us = store_tx_now_us(tx)},
            NULL);
    }
    return err == ERR_OK ? factor_try_clear(tx, person, FACTOR_PIN) : err;
}

/* totps.c — see totps.h. */
#include "identity/totps.h"

#include <string.h>

#include "core/sha256.h"
#include "q_identity.h"

#define ARENA_BYTES 65536

struct held {
    struct totp_id id;
    enum totp_state state;
    int64_t used_step, created_at_us, last_used_at_us;
    struct store_blob name_sealed, secret_sealed; /* in the arena */
};

struct list {
    struct arena *arena;
    struct held items[TOTPS_MAX];
    size_t count;
};

static struct vault_place place_of(struct person_id person, struct totp_id id, bool is_secret)
{
    return (struct vault_place){.person = person,
                                .class = is_secret ? VAULT_SECRET : VAULT_DEVICE,
                                .table = "totps",
                                .column = is_secret ? "secret_sealed" : "name_sealed",
                                .row_id = id.v};
}

static struct store_blob copy_blob(struct arena *arena, struct store_blob blob)
{
    void *data = arena_alloc(arena, blob.length + 1);

    memcpy(data, blob.data, blob.length);
    return (struct store_blob){data, blob.length};
}

static bool take_row(const struct q_identity_totps_of_person_row *row, void *arg)
{
    struct list *list = arg;

    if (list->count < TOTPS_MAX) {
        list->items[list->count++] =
            (struct held){.id = {row->totp_id},
                          .state = (enum totp_state)row->state,
                          .used_step = row->used_step,
                          .created_at_us = row->created_at_us,
                          .last_used_at_us = row->last_used_at_us,
                          .name_sealed = copy_blob(list->arena, row->name_sealed),
                          .secret_sealed = copy_blob(list->arena, row->secret_sealed)};
    }
    return true;
}

static enum err read_all(struct store_tx *tx, struct person_id person, struct list *list)
{
    list->count = 0;
    return q_identity_totps_of_person_each(
        tx, &(struct q_identity_totps_of_person_in){.person_id = person.v}, take_row, list);
}

enum err totp_show(struct store_tx *tx, struct vault *vault, const struct totp_new *new)
{
    const struct vault_place name_place = place_of(new->person, new->id, false);
    const struct vault_place secret_place = place_of(new->person, new->id, true);
    const struct store_blob secret = {new->secret->bytes, sizeof(new->secret->bytes)};
    struct q_identity_totp_insert_in in = {
        .totp_id = new->id.v, .person_id = new->person.v, .created_at_us = store_tx_now_us(tx)};
    struct list list = {.arena = arena_create(ARENA_BYTES)};
    enum err err = q_identity_totps_forget_shown(
        tx, &(struct q_identity_totps_forget_shown_in){.person_id = new->person.v}, NULL);

    if (err == ERR_OK) {
        err = read_all(tx, new->person, &list);
    }
    if (err == ERR_OK && list.count == TOTPS_MAX) {
        err = ERR_FACTOR_LIMIT;
    }
    if (err == ERR_OK) {
        err = vault_seal_text(tx, vault, &name_place, new->name, list.arena, &in.name_sealed);
    }
    if (err == ERR_OK) {
        err = vault_seal(tx, vault, &secret_place, secret, list.arena, &in.secret_sealed);
    }
    if (err == ERR_OK) {
        err = q_identity_totp_insert(tx, &in, NULL);
    }
    arena_free(list.arena);
    return err;
}

/* Checks a code against one app and lets its step count. ERR_TOTP_WRONG, ERR_TOTP_USED. */
static enum err check_one(struct store_tx *tx, struct vault *vault, struct person_id person,
                          const struct held *held, const char *code)
{
    const struct vault_place place = place_of(person, held->id, true);
    struct arena *arena = arena_create(ARENA_BYTES);
    struct totp_secret secret;
    struct store_blob plain = {0};
    int64_t step, changed = 0;
    enum err err =
        vault_unseal(tx, vault, &place, VAULT_FOR_CONFIRMATION, held->secret_sealed, arena, &plain);

    if (err == ERR_OK) {
        BUG_IF(plain.length != sizeof(secret.bytes)); /* what we sealed ourselves */
        memcpy(secret.bytes, plain.data, sizeof(secret.bytes));
        err = totp_check(&secret, store_tx_now_us(tx), held->used_step, code, &step);
        secret_wipe(&secret, sizeof(secret));
    }
    if (err == ERR_OK) {
        err = q_identity_totp_use(tx,
                                  &(struct q_identity_totp_use_in){.totp_id = held->id.v,
                                                                   .person_id = person.v,
                                                                   .step = step,
                                                                   .now_us = store_tx_now_us(tx)},
                                  &changed);
        if (err == ERR_OK && changed == 0) {
            err = ERR_TOTP_USED; /* another request was first */
        }
    }
    arena_free(arena);
    return err;
}

enum err totp_confirm(struct store_tx *tx, struct vault *vault, struct person_id person,
                      struct totp_id id, const char *code)
{
    struct list list = {.arena = arena_create(ARENA_BYTES)};
    enum err err = read_all(tx, person, &list);

    if (err == ERR_OK) {
        err = ERR_FACTOR_NOT_FOUND;
        for (size_t i = 0; i < list.count; i++) {
            if (list.items[i].id.v == id.v && list.items[i].state == TOTP_SHOWN) {
                err = check_one(tx, vault, person, &list.items[i], code);
            }
        }
    }
    if (err == ERR_OK) {
        err = factor_try_clear(tx, person, FACTOR_TOTP); /* set anew: unlocks */
    }
    arena_free(list.arena);
    return err;
}

/* The verdict over all apps: right by one is right; used is told before wrong. */
static enum err check_all(struct store_tx *tx, struct vault *vault, struct person_id person,
                          const struct list *list, const char *code, enum err *ret_verdict)
{
    enum err verdict = ERR_TOTP_WRONG;

    for (size_t i = 0; i < list->count && verdict != ERR_OK; i++) {
        enum err err;

        if (list->items[i].state != TOTP_IN_USE) {
            continue;
        }
        err = check_one(tx, vault, person, &list->items[i], code);
        if (err == ERR_OK || err == ERR_TOTP_USED) {
            verdict = err;
        } else if (err != ERR_TOTP_WRONG) {
            return err;
        }
    }
    *ret_verdict = verdict;
    return ERR_OK;
}

enum err totp_use(struct store_tx *tx, struct vault *vault, struct person_id person,
                  const char *code, enum err *ret_verdict, struct factor_pause *ret_pause)
{
    struct list list = {.arena = arena_create(ARENA_BYTES)};
    bool has_any = false;
    enum err err = read_all(tx, person, &list);

    for (size_t i = 0; i < list.count; i++) {
        has_any = has_any || list.items[i].state == TOTP_IN_USE;
    }
    if (err == ERR_OK && !has_any) {
        *ret_verdict = ERR_FACTOR_NOT_ENROLLED;
        goto out;
    }
    if (err == ERR_OK) {
        err = factor_try_begin(tx, person, FACTOR_TOTP, ret_pause);
    }
    if (err == ERR_FACTOR_PAUSED || err == ERR_FACTOR_LOCKED) {
        *ret_verdict = err;
        err = ERR_OK;
        goto out;
    }
    if (err == ERR_OK) {
        err = check_all(tx, vault, person, &list, code, ret_verdict);
    }
    if (err == ERR_OK && *ret_verdict == ERR_OK) {
        err = factor_try_clear(tx, person, FACTOR_TOTP);
    }
out:
    arena_free(list.arena);
    return err;
}

enum err totp_remove(struct store_tx *tx, struct person_id person, struct totp_id id)
{
    int64_t changed = 0;
    enum err err = q_identity_totp_delete(
        tx, &(struct q_identity_totp_delete_in){.totp_id = id.v, .person_id = person.v}, &changed);

    return err == ERR_OK && changed == 0 ? ERR_FACTOR_NOT_FOUND : err;
}

enum err totps_list(struct store_tx *tx, struct vault *vault, struct person_id person,
                    struct totp_info *ret, size_t *ret_count)
{
    struct list list = {.arena = arena_create(ARENA_BYTES)};
    enum err err = read_all(tx, person, &list);

    for (size_t i = 0; i < list.count && err == ERR_OK; i++) {
        const struct held *held = &list.items[i];
        const struct vault_place place = place_of(person, held->id, false);
        struct store_text name = {0};

        err = vault_unseal_text(tx, vault, &place, VAULT_FOR_SELF, held->name_sealed, list.arena,
                                &name);
        if (err == ERR_OK) {
            BUG_IF(name.length > FACTOR_NAME_BYTES);
            ret[i] = (struct totp_info){.id = held->id,
                                        .state = held->state,
                                        .created_at_us = held->created_at_us,
                                        .last_used_at_us = held->last_used_at_us};
            memcpy(ret[i].name, name.data, name.length);
        }
    }
    if (err == ERR_OK) {
        *ret_count = list.count;
    }
    arena_free(list.arena);
    return err;
}

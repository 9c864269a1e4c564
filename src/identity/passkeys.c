/* passkeys.c — see passkeys.h. */
#include "identity/passkeys.h"

#include <string.h>

#include "q_identity.h"

#define ARENA_BYTES 131072

void passkey_user_handle(const struct vault *vault, struct person_id person,
                         struct sha256_hash *ret)
{
    static const char purpose[] = "passkey user handle";

    vault_mac(vault, VAULT_MAC_TOKEN, person.v,
              (struct store_blob){purpose, (uint32_t)strlen(purpose)}, ret);
}

/* ---- challenges ---- */

enum err passkey_challenge_put(struct store_tx *tx, enum passkey_challenge_kind kind,
                               struct person_id person, const struct sha256_hash *challenge)
{
    int64_t now_us = store_tx_now_us(tx);
    const struct q_identity_challenge_insert_in in = {.challenge = *challenge,
                                                      .kind = kind,
                                                      .person_id = person.v,
                                                      .expires_at_us =
                                                          now_us + PASSKEY_CHALLENGE_LIFE_US};
    enum err err = q_identity_challenges_prune(
        tx, &(struct q_identity_challenges_prune_in){.now_us = now_us}, NULL);

    return err == ERR_OK ? q_identity_challenge_insert(tx, &in, NULL) : err;
}

enum err passkey_challenge_take(struct store_tx *tx, enum passkey_challenge_kind kind,
                                struct person_id person, const struct sha256_hash *challenge)
{
    const struct q_identity_challenge_take_in in = {.challenge = *challenge,
                                                    .kind = kind,
                                                    .person_id = person.v,
                                                    .now_us = store_tx_now_us(tx)};
    int64_t changed = 0;
    enum err err = q_identity_challenge_take(tx, &in, &changed);

    return err == ERR_OK && changed == 0 ? ERR_PASSKEY_CHALLENGE_WRONG : err;
}

/* ---- rows ---- */

static struct vault_place name_place(struct person_id person, struct passkey_id id)
{
    return (struct vault_place){.person = person,
                                .class = VAULT_DEVICE,
                                .table = "passkeys",
                                .column = "name_sealed",
                                .row_id = id.v};
}

struct row {
    int64_t passkey_id, person_id, algorithm, sign_count, flags, created_at_us, last_used_at_us,
        copied_at_us;
    struct store_blob credential_id, public_key, aaguid;
};

static void passkey_from_row(const struct row *row, struct passkey *ret)
{
    BUG_IF(row->credential_id.length > sizeof(ret->credential.id) ||
           row->public_key.length > sizeof(ret->credential.public_key) ||
           row->aaguid.length != sizeof(ret->credential.aaguid));
    *ret = (struct passkey){
        .id = {row->passkey_id},
        .person = {row->person_id},
        .credential = {.id_length = row->credential_id.length,
                       .algorithm = (enum webauthn_algorithm)row->algorithm,
                       .public_key_length = row->public_key.length,
                       .sign_count = (uint32_t)row->sign_count,
                       .flags = (uint8_t)row->flags},
        .created_at_us = row->created_at_us,
        .last_used_at_us = row->last_used_at_us,
        .copied_at_us = row->copied_at_us,
    };
    memcpy(ret->credential.id, row->credential_id.data, row->credential_id.length);
    memcpy(ret->credential.public_key, row->public_key.data, row->public_key.length);
    memcpy(ret->credential.aaguid, row->aaguid.data, row->aaguid.length);
}

/* The two queries have the same columns and types of their own. */
#define ROW_OF(r)                                                                                  \
    ((struct row){.passkey_id = (r)->passkey_id,                                                   \
                  .person_id = (r)->person_id,                                                     \
                  .algorithm = (r)->algorithm,                                                     \
                  .sign_count = (r)->sign_count,                                                   \
                  .flags = (r)->flags,                                                             \
                  .created_at_us = (r)->created_at_us,                                             \
                  .last_used_at_us = (r)->last_used_at_us,                                         \
                  .copied_at_us = (r)->copied_at_us,                                               \
                  .credential_id = (r)->credential_id,                                             \
                  .public_key = (r)->public_key,                                                   \
                  .aaguid = (r)->aaguid})

struct list {
    struct passkey *items;
    struct store_blob names[PASSKEYS_MAX]; /* sealed, in the arena */
    struct arena *arena;
    size_t count;
};

static bool take_row(const struct q_identity_passkeys_of_person_row *found, void *arg)
{
    struct list *list = arg;
    const struct row row = ROW_OF(found);
    void *name;

    if (list->count == PASSKEYS_MAX) {
        return false;
    }
    passkey_from_row(&row, &list->items[list->count]);
    name = arena_alloc(list->arena, found->name_sealed.length + 1);
    memcpy(name, found->name_sealed.data, found->name_sealed.length);
    list->names[list->count++] = (struct store_blob){name, found->name_sealed.length};
    return true;
}

static enum err open_names(struct store_tx *tx, struct vault *vault, struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct passkey *passkey = &list->items[i];
        const struct vault_place place = name_place(passkey->person, passkey->id);
        struct store_text name = {0};
        enum err err = vault_unseal_text(tx, vault, &place, VAULT_FOR_SELF, list->names[i],
                                         list->arena, &name);

        if (err != ERR_OK) {
            return err;
        }
        BUG_IF(name.length > FACTOR_NAME_BYTES);
        memcpy(passkey->name, name.data, name.length);
    }
    return ERR_OK;
}

enum err passkeys_list(struct store_tx *tx, struct vault *vault, struct person_id person,
                       struct passkey *ret, size_t *ret_count)
{
    struct list list = {.items = ret, .arena = arena_create(ARENA_BYTES)};
    enum err err = q_identity_passkeys_of_person_each(
        tx, &(struct q_identity_passkeys_of_person_in){.person_id = person.v}, take_row, &list);

    if (err == ERR_OK && vault != NULL) {
        err = open_names(tx, vault, &list);
    }
    if (err == ERR_OK) {
        *ret_count = list.count;
    }
    arena_free(list.arena);
    return err;
}

enum err passkey_add(struct store_tx *tx, struct vault *vault, const struct passkey_new *new)
{
    const struct webauthn_credential *credential = new->credential;
    const struct vault_place place = name_place(new->person, new->id);
    struct q_identity_passkey_insert_in in = {
        .passkey_id = new->id.v,
        .person_id = new->person.v,
        .credential_id = {credential->id, (uint32_t)credential->id_length},
        .algorithm = credential->algorithm,
        .public_key = {credential->public_key, (uint32_t)credential->public_key_length},
        .aaguid = {credential->aaguid, sizeof(credential->aaguid)},
        .sign_count = credential->sign_count,
        .flags = credential->flags,
        .created_at_us = store_tx_now_us(tx),
    };
    struct arena *arena = arena_create(ARENA_BYTES);
    struct passkey *others = arena_alloc_array(arena, PASSKEYS_MAX, sizeof(*others));
    size_t count = 0;
    int64_t changed = 0;
    enum err err = passkeys_list(tx, NULL, new->person, others, &count);

    if (err == ERR_OK && count == PASSKEYS_MAX) {
        err = ERR_FACTOR_LIMIT;
    }
    if (err == ERR_OK) {
        err = vault_seal_text(tx, vault, &place, new->name, arena, &in.name_sealed);
    }
    if (err == ERR_OK) {
        err = q_identity_passkey_insert(tx, &in, &changed);
    }
    if (err == ERR_OK && changed == 0) {
        err = ERR_PASSKEY_EXISTS;
    }
    arena_free(arena);
    return err;
}

enum err passkey_find(struct store_tx *tx, struct webauthn_bytes credential_id, struct passkey *ret)
{
    struct q_identity_passkey_by_credential_in in = {
        .credential_id = {credential_id.data, (uint32_t)credential_id.length}};
    struct q_identity_passkey_by_credential_row found_row = {0};
    struct arena *arena;
    bool found = false;
    enum err err;

    if (credential_id.length == 0 || credential_id.length > WEBAUTHN_CREDENTIAL_ID_MAX) {
        return ERR_PASSKEY_UNKNOWN;
    }
    arena = arena_create(ARENA_BYTES);
    err = q_identity_passkey_by_credential(tx, &in, arena, &found_row, &found);
    if (err == ERR_OK && (!found || found_row.copied_at_us != 0)) {
        err = ERR_PASSKEY_UNKNOWN;
    }
    if (err == ERR_OK) {
        const struct row row = ROW_OF(&found_row);

        passkey_from_row(&row, ret);
    }
    arena_free(arena);
    return err;
}

enum err passkey_used(struct store_tx *tx, struct passkey_id id, const struct webauthn_seen *seen)
{
    const struct q_identity_passkey_use_in in = {.passkey_id = id.v,
                                                 .sign_count = seen->sign_count,
                                                 .flags = seen->flags,
                                                 .now_us = store_tx_now_us(tx)};
    int64_t changed = 0;
    enum err err = q_identity_passkey_use(tx, &in, &changed);

    return err == ERR_OK && changed == 0 ? ERR_PASSKEY_COUNTER_BACK : err;
}

enum err passkey_mark_copied(struct store_tx *tx, struct passkey_id id, bool *ret_now)
{
    const struct q_identity_passkey_mark_copied_in in = {.passkey_id = id.v,
                                                         .now_us = store_tx_now_us(tx)};
    int64_t changed = 0;
    enum err err = q_identity_passkey_mark_copied(tx, &in, &changed);

    if (err == ERR_OK) {
        *ret_now = changed > 0;
    }
    return err;
}

enum err passkey_remove(struct store_tx *tx, struct person_id person, struct passkey_id id)
{
    const struct q_identity_passkey_delete_in in = {.passkey_id = id.v, .person_id = person.v};
    int64_t changed = 0;
    enum err err = q_identity_passkey_delete(tx, &in, &changed);

    return err == ERR_OK && changed == 0 ? ERR_FACTOR_NOT_FOUND : err;
}

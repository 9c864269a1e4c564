/* confirmation.c — see stepup.h. The factors' side: rows, ways, and what a passkey signs. */
#include <string.h>

#include "core/buf.h"
#include "identity/stepup_int.h"
#include "q_identity.h"

#define ARENA_BYTES 16384
#define WAY_BITS    8

_Static_assert(FACTOR_BIT(FACTOR_MAX) < 1u << WAY_BITS, "a way fits into its bits");
_Static_assert(STEPUP_WAYS_MAX *WAY_BITS < 63, "all ways fit into one number");

/* ---- rows ---- */

static int64_t pack_ways(const struct confirmation *confirmation)
{
    int64_t packed = 0;

    for (size_t i = 0; i < confirmation->way_count; i++) {
        packed |= (int64_t)confirmation->ways[i] << (WAY_BITS * i);
    }
    return packed;
}

static void unpack_ways(int64_t packed, struct confirmation *ret)
{
    ret->way_count = 0;
    for (; packed != 0 && ret->way_count < STEPUP_WAYS_MAX; packed >>= WAY_BITS) {
        ret->ways[ret->way_count++] = (uint32_t)(packed & ((1 << WAY_BITS) - 1));
    }
}

static struct vault_place payee_place(const struct confirmation *confirmation)
{
    return (struct vault_place){.person = confirmation->person,
                                .class = VAULT_MESSAGE,
                                .table = "confirmations",
                                .column = "payee_sealed",
                                .row_id = confirmation->id.v};
}

enum err confirmation_store(struct store_tx *tx, struct vault *vault,
                            const struct confirmation *confirmation)
{
    struct q_identity_confirmation_insert_in in = {
        .confirmation_id = confirmation->id.v,
        .person_id = confirmation->person.v,
        .session_id = confirmation->session.v,
        .action = confirmation->action,
        .request_hash = confirmation->request_hash,
        .amount_minor = confirmation->amount.minor,
        .currency = confirmation->amount.currency,
        .payee_id = confirmation->payee_id,
        .payee_sealed = {"", 0},
        .ways = pack_ways(confirmation),
        .strength = confirmation->strength,
        .given = confirmation->given,
        .nonce = confirmation->nonce,
        .created_at_us = confirmation->created_at_us,
        .expires_at_us = confirmation->expires_at_us,
    };
    struct arena *arena = arena_create(ARENA_BYTES);
    enum err err = ERR_OK;

    if (confirmation->payee[0] != '\0') {
        const struct vault_place place = payee_place(confirmation);
        const struct store_text payee = {confirmation->payee,
                                         (uint32_t)strlen(confirmation->payee)};

        err = vault_seal_text(tx, vault, &place, payee, arena, &in.payee_sealed);
    }
    if (err == ERR_OK) {
        err = q_identity_confirmation_insert(tx, &in, NULL);
    }
    arena_free(arena);
    return err;
}

static void from_row(const struct q_identity_confirmation_get_row *row,
                     const struct confirmation_key *key, struct confirmation *ret)
{
    *ret = (struct confirmation){
        .id = key->id,
        .person = key->person,
        .session = {row->session_id},
        .action = (enum stepup_action)row->action,
        .amount = {row->amount_minor, (enum currency)row->currency},
        .payee_id = row->payee_id,
        .request_hash = row->request_hash,
        .nonce = row->nonce,
        .given = (uint32_t)row->given,
        .strength = (uint8_t)row->strength,
        .created_at_us = row->created_at_us,
        .expires_at_us = row->expires_at_us,
        .consumed_at_us = row->consumed_at_us,
    };
    unpack_ways(row->ways, ret);
}

static enum err open_payee(struct store_tx *tx, struct vault *vault, struct store_blob sealed,
                           struct arena *arena, struct confirmation *confirmation)
{
    const struct vault_place place = payee_place(confirmation);
    struct store_text payee = {0};
    enum err err;

    if (sealed.length == 0) {
        return ERR_OK;
    }
    err = vault_unseal_text(tx, vault, &place, VAULT_FOR_SELF, sealed, arena, &payee);
    if (err == ERR_OK) {
        BUG_IF(payee.length > STEPUP_PAYEE_MAX);
        memcpy(confirmation->payee, payee.data, payee.length);
    }
    return err;
}

enum err confirmation_get(struct store_tx *tx, struct vault *vault,
                          const struct confirmation_key *key, struct confirmation *ret)
{
    const struct q_identity_confirmation_get_in in = {.confirmation_id = key->id.v,
                                                      .person_id = key->person.v};
    struct q_identity_confirmation_get_row row = {0};
    struct arena *arena = arena_create(ARENA_BYTES);
    struct confirmation confirmation;
    bool found = false;
    enum err err = q_identity_confirmation_get(tx, &in, arena, &row, &found);

    if (err == ERR_OK && !found) {
        err = ERR_CONFIRMATION_NOT_FOUND;
    }
    if (err == ERR_OK && row.session_id != key->session.v) {
        err = ERR_CONFIRMATION_MISMATCH;
    }
    if (err == ERR_OK) {
        from_row(&row, key, &confirmation);
        err = open_payee(tx, vault, row.payee_sealed, arena, &confirmation);
    }
    if (err == ERR_OK) {
        *ret = confirmation;
    }
    arena_free(arena);
    return err;
}

/* ---- giving ---- */

enum err confirmation_open(struct store_tx *tx, struct vault *vault,
                           const struct confirmation_key *key, enum factor factor,
                           struct confirmation *ret)
{
    struct confirmation confirmation;
    uint32_t accepted = 0;
    enum err err = confirmation_get(tx, vault, key, &confirmation);

    if (err != ERR_OK) {
        return err;
    }
    if (confirmation.consumed_at_us != 0) {
        return ERR_CONFIRMATION_USED;
    }
    if (confirmation.expires_at_us <= store_tx_now_us(tx)) {
        return ERR_CONFIRMATION_EXPIRED;
    }
    for (size_t i = 0; i < confirmation.way_count; i++) {
        accepted |= confirmation.ways[i];
    }
    if ((accepted & FACTOR_BIT(factor)) == 0) {
        return ERR_FACTOR_NOT_ACCEPTED;
    }
    *ret = confirmation;
    return ERR_OK;
}

enum err confirmation_give(struct store_tx *tx, struct confirmation *confirmation,
                           enum factor factor)
{
    const struct q_identity_confirmation_give_in in = {.confirmation_id = confirmation->id.v,
                                                       .factor = FACTOR_BIT(factor),
                                                       .now_us = store_tx_now_us(tx)};
    int64_t changed = 0;
    enum err err;

    if (factor != FACTOR_PASSKEY && (confirmation->given & FACTOR_BIT(factor)) != 0) {
        return ERR_OK;
    }
    err = q_identity_confirmation_give(tx, &in, &changed);
    if (err == ERR_OK && changed == 0) {
        err = factor == FACTOR_PASSKEY ? ERR_PASSKEY_CHALLENGE_WRONG : ERR_CONFIRMATION_EXPIRED;
    }
    if (err == ERR_OK) {
        confirmation->given |= FACTOR_BIT(factor);
    }
    return err;
}

/* ---- ways ---- */

bool confirmation_is_complete(const struct confirmation *confirmation)
{
    for (size_t i = 0; i < confirmation->way_count; i++) {
        if ((confirmation->ways[i] & ~confirmation->given) == 0) {
            return true;
        }
    }
    return false;
}

uint32_t confirmation_helpful(const struct confirmation *confirmation, uint32_t held)
{
    uint32_t helpful = 0;

    if (confirmation_is_complete(confirmation)) {
        return 0;
    }
    for (size_t i = 0; i < confirmation->way_count; i++) {
        if ((confirmation->ways[i] & ~(held | confirmation->given)) == 0) {
            helpful |= confirmation->ways[i] & ~confirmation->given;
        }
    }
    return helpful;
}

uint32_t confirmation_missing(const struct confirmation *confirmation, uint32_t held)
{
    uint32_t missing = 0;
    int fewest = INT32_MAX;

    for (size_t i = 0; i < confirmation->way_count; i++) {
        uint32_t lacking = confirmation->ways[i] & ~(held | confirmation->given);
        int count = __builtin_popcount(lacking);

        if (count < fewest) {
            fewest = count;
            missing = lacking;
        }
    }
    return missing;
}

void confirmation_challenge(const struct confirmation *confirmation, struct sha256_hash *ret)
{
    struct buf text;

    buf_init(&text, 1024);
    buf_add_str(&text, "jinnang confirmation 1");
    buf_add_u8(&text, 0);
    buf_add(&text, confirmation->nonce.bytes, sizeof(confirmation->nonce.bytes));
    buf_add_u64be(&text, (uint64_t)confirmation->id.v);
    buf_add_u64be(&text, (uint64_t)confirmation->person.v);
    buf_add_u64be(&text, (uint64_t)confirmation->session.v);
    buf_add_u32be(&text, confirmation->action);
    buf_add(&text, confirmation->request_hash.bytes, sizeof(confirmation->request_hash.bytes));
    buf_add_u64be(&text, (uint64_t)confirmation->amount.minor);
    buf_add_u32be(&text, confirmation->amount.currency);
    buf_add_u64be(&text, (uint64_t)confirmation->payee_id);
    buf_add_u64be(&text, (uint64_t)confirmation->expires_at_us);
    buf_add_u32be(&text, (uint32_t)strlen(confirmation->payee));
    buf_add_str(&text, confirmation->payee);
    BUG_IF(!buf_ok(&text));
    sha256(text.data, text.length, ret);
    buf_done(&text);
}

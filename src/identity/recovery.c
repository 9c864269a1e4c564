/* recovery.c — see recovery.h. */
#include "identity/recovery.h"

#include <string.h>

#include "core/buf.h"
#include "core/kv.h"
#include "identity/attempts.h"
#include "identity/devices.h"
#include "identity/locks.h"
#include "identity/recovery_codes.h"
#include "identity/signin.h"
#include "identity/tell.h"
#include "identity/totps.h"
#include "q_identity.h"

static const struct attempt_rule address_rule = {.kind = ATTEMPT_RECOVERY_ADDRESS,
                                                 .window_us = INT64_C(3600000000),
                                                 .free_count = INT32_MAX,
                                                 .count_max = 20};
static const struct sha256_hash no_address;

enum err recovery_begin(struct store_tx *tx, struct vault *vault,
                        const struct recovery_begin *begin, struct recovery *ret,
                        struct code_sent *ret_sent)
{
    int64_t now_us = store_tx_now_us(tx);
    struct code_order order = {
        .purpose = CODE_RECOVERY, .subject_id = begin->id.v, .address_index = begin->address_index};
    struct contact contact = {0};
    bool found = false;
    enum err err = ERR_OK;

    if (!hash_equal(&begin->address_index, &no_address)) {
        err = attempt_count(tx, &address_rule, &begin->address_index, NULL, &ret_sent->again_at_us);
    }
    if (err == ERR_OK) {
        err = contact_find(tx, vault, PERSON_CONSUMER, begin->value, &contact, &found);
    }
    if (err != ERR_OK) {
        return err;
    }
    if (!begin->is_test) {
        contact_index(vault, begin->value, &order.contact_index);
    }
    order.person = contact.person;
    order.contact = contact.id;
    order.silent = !found;
    *ret = (struct recovery){.id = begin->id,
                             .person = contact.person,
                             .state = RECOVERY_OPEN,
                             .expires_at_us = now_us + RECOVERY_OPEN_US};
    err = q_identity_recovery_insert(
        tx,
        &(struct q_identity_recovery_insert_in){.recovery_id = begin->id.v,
                                                .person_id = contact.person.v,
                                                .secret_hash = begin->secret_hash,
                                                .now_us = now_us,
                                                .expires_at_us = ret->expires_at_us},
        NULL);
    return err == ERR_OK ? codes_send(tx, vault, &order, &begin->code, ret_sent) : err;
}

/* ---- proofs ---- */

/* What would be a second proof. */
static enum err second_proofs(struct store_tx *tx, struct person_id person, uint32_t *ret)
{
    struct factor_counts counts;
    enum err err = factors_count(tx, person, &counts);

    if (err == ERR_OK) {
        *ret = factors_held(&counts) & (FACTOR_BIT(FACTOR_TOTP) | FACTOR_BIT(FACTOR_RECOVERY_CODE));
    }
    return err;
}

static enum err find(struct store_tx *tx, const struct recovery_key *key, struct recovery *ret)
{
    struct q_identity_recovery_get_row row;
    bool found = false;
    enum err err =
        q_identity_recovery_get(tx,
                                &(struct q_identity_recovery_get_in){.recovery_id = key->id.v,
                                                                     .now_us = store_tx_now_us(tx)},
                                &row, &found);

    if (err != ERR_OK) {
        return err;
    }
    if (!found || !hash_equal(&row.secret_hash, &key->secret_hash)) {
        return ERR_RECOVERY_NOT_FOUND;
    }
    *ret = (struct recovery){.id = key->id,
                             .person = {row.person_id},
                             .state = (enum recovery_state)row.state,
                             .proofs = (uint32_t)row.proofs,
                             .ready_at_us = row.ready_at_us,
                             .expires_at_us = row.expires_at_us};
    return ret->proofs == 0 || ret->state != RECOVERY_OPEN
               ? ERR_OK
               : second_proofs(tx, ret->person, &ret->wanted);
}

static enum err check_proof(struct store_tx *tx, struct vault *vault,
                            const struct recovery_proof *proof, const struct recovery *recovery,
                            enum err *ret_verdict, uint32_t *ret_tries_left)
{
    const struct code_check check = {.person = recovery->person,
                                     .purpose = CODE_RECOVERY,
                                     .subject_id = recovery->id.v,
                                     .digits = proof->text.data,
                                     .length = proof->text.length};
    struct factor_pause pause = {0};
    char code[TOTP_DIGITS + 1] = {0};
    enum err err;

    if (proof->factor == FACTOR_CODE) {
        return codes_check(tx, vault, &check, ret_verdict, ret_tries_left);
    }
    if (proof->factor == FACTOR_RECOVERY_CODE) {
        err = recovery_code_use(tx, vault, recovery->person, proof->text, ret_verdict, &pause);
    } else {
        BUG_IF(proof->factor != FACTOR_TOTP);
        if (proof->text.length == TOTP_DIGITS) {
            memcpy(code, proof->text.data, TOTP_DIGITS);
        }
        err = totp_use(tx, vault, recovery->person, code, ret_verdict, &pause);
    }
    *ret_tries_left = pause.left;
    return err;
}

static enum err tell_start(struct store_tx *tx, struct vault *vault,
                           const struct recovery_proof *proof, const struct recovery *recovery)
{
    struct tell tell = {.outbox_id = proof->notice_id,
                        .person = recovery->person,
                        .topic = "recovery_started",
                        .about = recovery->id.v};
    struct buf params;
    enum err err;

    buf_init(&params, 512);
    kv_add_i64(&params, "at", store_tx_now_us(tx));
    kv_add_str(&params, "place", proof->place);
    kv_add_i64(&params, "until", recovery->ready_at_us);
    tell.params = &params;
    err = identity_tell(tx, vault, &tell);
    buf_done(&params);
    return err;
}

/* One proof is enough for whoever has no other, after a longer time. */
static enum err proven(struct store_tx *tx, struct vault *vault, const struct recovery_proof *proof,
                       struct recovery *recovery)
{
    int64_t changed = 0, wait_us = proof->waiting_us;
    bool is_first = proof->factor == FACTOR_CODE;
    enum err err = is_first ? second_proofs(tx, recovery->person, &recovery->wanted) : ERR_OK;

    recovery->proofs |= FACTOR_BIT(proof->factor);
    if (!is_first) {
        recovery->wanted = 0;
    }
    if (recovery->wanted == 0) {
        recovery->state = RECOVERY_WAITING;
        recovery->ready_at_us = store_tx_now_us(tx) + wait_us * (is_first ? RECOVERY_LONGER : 1);
        recovery->expires_at_us = recovery->ready_at_us + RECOVERY_KEPT_US;
    }
    if (err == ERR_OK) {
        err = q_identity_recovery_prove(
            tx,
            &(struct q_identity_recovery_prove_in){.recovery_id = recovery->id.v,
                                                   .proof = FACTOR_BIT(proof->factor),
                                                   .state = recovery->state,
                                                   .ready_at_us = recovery->ready_at_us,
                                                   .expires_at_us = recovery->expires_at_us},
            &changed);
    }
    if (err == ERR_OK && changed == 0) {
        err = ERR_STEP_DONE;
    }
    return err == ERR_OK && recovery->state == RECOVERY_WAITING
               ? tell_start(tx, vault, proof, recovery)
               : err;
}

enum err recovery_prove(struct store_tx *tx, struct vault *vault,
                        const struct recovery_proof *proof, enum err *ret_verdict,
                        uint32_t *ret_tries_left, struct recovery *ret)
{
    bool is_first = proof->factor == FACTOR_CODE;
    enum err err = find(tx, &proof->key, ret);

    if (err == ERR_OK && (ret->state != RECOVERY_OPEN || (is_first && ret->proofs != 0))) {
        err = ERR_STEP_DONE;
    }
    if (err == ERR_OK && !is_first && ret->proofs == 0) {
        err = ERR_STEP_MISSING;
    }
    if (err == ERR_OK) {
        err = check_proof(tx, vault, proof, ret, ret_verdict, ret_tries_left);
    }
    if (err == ERR_OK && *ret_verdict == ERR_OK && ret->person.v == 0) {
        *ret_verdict = ERR_CODE_WRONG; /* guessed a code that was never sent */
    }
    return err != ERR_OK || *ret_verdict != ERR_OK ? err : proven(tx, vault, proof, ret);
}

/* ---- the end ---- */

enum err recovery_check(struct store_tx *tx, const struct recovery_key *key, struct recovery *ret)
{
    enum err err = find(tx, key, ret);

    if (err == ERR_OK && ret->state != RECOVERY_WAITING) {
        err = ERR_RECOVERY_PROOF_MISSING;
    }
    if (err == ERR_OK && store_tx_now_us(tx) < ret->ready_at_us) {
        err = ERR_RECOVERY_WAITING;
    }
    return err;
}

/* What guesses at the lost password did is over with that password. */
static enum err lift_guessing(struct store_tx *tx, struct person_id person)
{
    struct lock locks[LOCKS_MAX];
    size_t count = 0;
    enum err err = locks_list(tx, person, false, locks, &count);

    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        if (locks[i].reason == LOCK_BRUTE_FORCE) {
            err = locks_lift(
                tx, &(struct lock_lift){.id = locks[i].id, .person = person, .by = LOCK_BY_SYSTEM},
                NULL);
        }
    }
    return err;
}

static enum err tell_end(struct store_tx *tx, struct vault *vault, struct person_id person,
                         const char *topic, int64_t notice_id, const char *device_name)
{
    struct tell tell = {
        .outbox_id = notice_id, .person = person, .topic = topic, .about = notice_id};
    struct buf params;
    enum err err;

    buf_init(&params, 512);
    kv_add_i64(&params, "at", store_tx_now_us(tx));
    if (device_name != NULL) {
        kv_add_str(&params, "device", device_name);
    }
    tell.params = &params;
    err = identity_tell(tx, vault, &tell);
    buf_done(&params);
    return err;
}

enum err recovery_finish(struct store_tx *tx, struct vault *vault,
                         const struct recovery_finish *finish, struct recovery *ret)
{
    int64_t changed = 0;
    enum err err = recovery_check(tx, &finish->key, ret);

    if (err == ERR_OK) {
        err =
            q_identity_recovery_finish(tx,
                                       &(struct q_identity_recovery_finish_in){
                                           .recovery_id = ret->id.v, .now_us = store_tx_now_us(tx)},
                                       &changed);
    }
    if (err == ERR_OK && changed == 0) {
        err = ERR_RECOVERY_NOT_FOUND; /* two raced */
    }
    if (err == ERR_OK) {
        err = password_put(tx, ret->person, &finish->hash);
    }
    if (err == ERR_OK) {
        err = sessions_end_others(tx, ret->person, (struct session_id){0}, SESSION_RECOVERED, NULL);
    }
    if (err == ERR_OK) {
        err = devices_forget(tx, ret->person);
    }
    if (err == ERR_OK) {
        err = signin_forgive(tx, vault, ret->person);
    }
    if (err == ERR_OK) {
        err = lift_guessing(tx, ret->person);
    }
    ret->state = RECOVERY_DONE;
    return err == ERR_OK ? tell_end(tx, vault, ret->person, "recovery_finished", finish->notice_id,
                                    finish->device_name)
                         : err;
}

enum err recovery_stop(struct store_tx *tx, struct vault *vault, struct person_id person,
                       int64_t notice_id, int64_t *ret_count)
{
    enum err err =
        q_identity_recoveries_stop(tx,
                                   &(struct q_identity_recoveries_stop_in){
                                       .person_id = person.v, .now_us = store_tx_now_us(tx)},
                                   ret_count);

    return err == ERR_OK && *ret_count > 0
               ? tell_end(tx, vault, person, "recovery_stopped", notice_id, NULL)
               : err;
}

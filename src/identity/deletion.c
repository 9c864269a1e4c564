/* deletion.c — see deletion.h. Which table of a person's loses what is listed in
 * sql/personal-data.yaml; a test compares that list with the schema and with erase_rows(). */
#include "identity/deletion.h"

#include "core/kv.h"
#include "identity/people.h"
#include "identity/tell.h"
#include "q_identity.h"
#include "store/outbox.h"

static enum err get_row(struct store_tx *tx, struct person_id person,
                        struct q_identity_deletion_get_row *ret, bool *ret_found)
{
    struct q_identity_deletion_get_in in = {.person_id = person.v};

    return q_identity_deletion_get(tx, &in, ret, ret_found);
}

enum err deletion_get(struct store_tx *tx, struct person_id person, struct deletion *ret)
{
    struct q_identity_deletion_get_row row = {0};
    bool found = false;
    enum err err = get_row(tx, person, &row, &found);

    if (err == ERR_OK) {
        *ret = (struct deletion){.requested_at_us = row.requested_at_us,
                                 .due_at_us = row.due_at_us,
                                 .closed_at_us = row.closed_at_us,
                                 .keep_until_us = row.keep_until_us,
                                 .erased_at_us = row.erased_at_us};
    }
    return err;
}

/* ---- asking, and changing one's mind ---- */

static enum err tell(struct store_tx *tx, struct vault *vault, struct person_id person,
                     int64_t outbox_id, int64_t until_us)
{
    struct buf params;
    enum err err;

    buf_init(&params, 1024);
    kv_add_i64(&params, "at", store_tx_now_us(tx));
    if (until_us != 0) {
        kv_add_i64(&params, "until", until_us);
    }
    err =
        identity_tell(tx, vault,
                      &(struct tell){.outbox_id = outbox_id,
                                     .person = person,
                                     .topic = until_us != 0 ? "erasure_started" : "erasure_stopped",
                                     .about = outbox_id,
                                     .params = &params});
    buf_done(&params);
    return err;
}

enum err deletion_request(struct store_tx *tx, struct vault *vault, const struct deletion_ask *ask,
                          struct deletion *ret)
{
    int64_t now_us = store_tx_now_us(tx);
    struct q_identity_deletion_insert_in in;
    struct person person;
    int64_t changed = 0;
    enum err err = person_get(tx, ask->person, &person);

    if (err != ERR_OK) {
        return err;
    }
    in = (struct q_identity_deletion_insert_in){.person_id = ask->person.v,
                                                .state_before = person.state,
                                                .requested_at_us = now_us,
                                                .due_at_us = now_us + ask->cooling_us};
    err = q_identity_deletion_insert(tx, &in, &changed);
    if (err == ERR_OK && changed == 1) {
        err = person_set_state(tx, ask->person, person.state, PERSON_CLOSING);
        if (err == ERR_OK) {
            err = tell(tx, vault, ask->person, ask->outbox_id, in.due_at_us);
        }
    }
    return err == ERR_OK ? deletion_get(tx, ask->person, ret) : err;
}

enum err deletion_cancel(struct store_tx *tx, struct vault *vault, struct person_id person,
                         int64_t outbox_id)
{
    struct q_identity_deletion_get_row row = {0};
    struct q_identity_deletion_cancel_in in = {.person_id = person.v};
    int64_t changed = 0;
    bool found = false;
    enum err err = get_row(tx, person, &row, &found);

    if (err == ERR_OK) {
        err = q_identity_deletion_cancel(tx, &in, &changed);
    }
    if (err == ERR_OK && changed == 0) {
        err = ERR_DELETION_NOT_FOUND;
    }
    if (err == ERR_OK) {
        err = person_set_state(tx, person, PERSON_CLOSING, (enum person_state)row.state_before);
    }
    return err == ERR_OK ? tell(tx, vault, person, outbox_id, 0) : err;
}

/* ---- steps ---- */

struct due_list {
    struct deletion_due *due;
    size_t count;
};

static bool take_due(const struct q_identity_deletions_due_row *row, void *arg)
{
    struct due_list *list = arg;

    list->due[list->count++] =
        (struct deletion_due){.person = {row->person_id}, .is_closed = row->closed_at_us != 0};
    return list->count < DELETIONS_AT_ONCE;
}

enum err deletions_due(struct store_tx *tx, int64_t now_us, struct deletion_due *ret,
                       size_t *ret_count)
{
    struct due_list list = {.due = ret};
    struct q_identity_deletions_due_in in = {.now_us = now_us, .count_max = DELETIONS_AT_ONCE};
    enum err err = q_identity_deletions_due_each(tx, &in, take_due, &list);

    if (err == ERR_OK) {
        *ret_count = list.count;
    }
    return err;
}

enum err deletion_postpone(struct store_tx *tx, struct person_id person, int64_t until_us)
{
    return q_identity_deletion_postpone(
        tx, &(struct q_identity_deletion_postpone_in){.person_id = person.v, .due_at_us = until_us},
        NULL);
}

/* One table after the other; the first error ends it. */
static enum err erase_rows(struct store_tx *tx, struct vault *vault, struct person_id person)
{
    int64_t id = person.v, now_us = store_tx_now_us(tx);
    struct sha256_hash nobody; /* finds nobody: the same human may come back */

    vault_mac(vault, VAULT_MAC_TOKEN, id, (struct store_blob){"gone", 4}, &nobody);
    const enum err steps[] = {
        q_identity_erase_person_contacts(
            tx,
            &(struct q_identity_erase_person_contacts_in){
                .person_id = id, .ended_at_us = now_us, .nothing = {"", 0}},
            NULL),
        q_identity_erase_passwords(tx, &(struct q_identity_erase_passwords_in){id}, NULL),
        q_identity_erase_one_time_codes(tx, &(struct q_identity_erase_one_time_codes_in){id}, NULL),
        q_identity_erase_devices(tx, &(struct q_identity_erase_devices_in){id}, NULL),
        q_identity_erase_sessions(tx, &(struct q_identity_erase_sessions_in){id}, NULL),
        q_identity_erase_access_counts(tx, &(struct q_identity_erase_access_counts_in){id}, NULL),
        q_identity_erase_messages(tx, &(struct q_identity_erase_messages_in){id}, NULL),
        q_identity_erase_deliveries(tx, &(struct q_identity_erase_deliveries_in){id}, NULL),
        q_identity_erase_message_preferences(
            tx, &(struct q_identity_erase_message_preferences_in){id}, NULL),
        q_identity_erase_factor_tries(tx, &(struct q_identity_erase_factor_tries_in){id}, NULL),
        q_identity_erase_payment_pins(tx, &(struct q_identity_erase_payment_pins_in){id}, NULL),
        q_identity_erase_totps(tx, &(struct q_identity_erase_totps_in){id}, NULL),
        q_identity_erase_passkeys(tx, &(struct q_identity_erase_passkeys_in){id}, NULL),
        q_identity_erase_recovery_codes(tx, &(struct q_identity_erase_recovery_codes_in){id}, NULL),
        q_identity_erase_recoveries(tx, &(struct q_identity_erase_recoveries_in){id}, NULL),
        q_identity_erase_confirmations(tx, &(struct q_identity_erase_confirmations_in){id}, NULL),
        q_identity_erase_quick_pays(tx, &(struct q_identity_erase_quick_pays_in){id}, NULL),
        q_identity_erase_limit_counters(tx, &(struct q_identity_erase_limit_counters_in){id}, NULL),
        q_identity_erase_own_limits(tx, &(struct q_identity_erase_own_limits_in){id}, NULL),
        q_identity_unlink_identities(
            tx,
            &(struct q_identity_unlink_identities_in){.person_id = id, .id_number_index = nobody},
            NULL),
        q_identity_unlink_verifications(tx, &(struct q_identity_unlink_verifications_in){id}, NULL),
        q_identity_erase_cards(tx, &(struct q_identity_erase_cards_in){id}, NULL),
        outbox_forget_person(tx, id),
        q_identity_erase_people(
            tx, &(struct q_identity_erase_people_in){.person_id = id, .now_us = now_us}, NULL),
    };

    for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
        if (steps[i] != ERR_OK) {
            return steps[i];
        }
    }
    return ERR_OK;
}

enum err deletion_close(struct store_tx *tx, struct vault *vault, struct person_id person,
                        int64_t keep_until_us)
{
    int64_t changed = 0;
    enum err err = q_identity_deletion_close(
        tx,
        &(struct q_identity_deletion_close_in){.person_id = person.v,
                                               .closed_at_us = store_tx_now_us(tx),
                                               .keep_until_us = keep_until_us},
        &changed);

    if (err != ERR_OK || changed == 0) {
        return err != ERR_OK ? err : ERR_DELETION_NOT_FOUND;
    }
    err = erase_rows(tx, vault, person);
    return err == ERR_OK && keep_until_us == 0 ? deletion_erase(tx, vault, person) : err;
}

enum err deletion_erase(struct store_tx *tx, struct vault *vault, struct person_id person)
{
    const enum err steps[] = {
        q_identity_erase_identities(tx, &(struct q_identity_erase_identities_in){person.v}, NULL),
        q_identity_erase_verifications(tx, &(struct q_identity_erase_verifications_in){person.v},
                                       NULL),
        q_identity_erase_identity_channels(
            tx, &(struct q_identity_erase_identity_channels_in){person.v}, NULL),
        q_identity_erase_reviews(tx, &(struct q_identity_erase_reviews_in){person.v}, NULL),
    };
    enum err err = ERR_OK;

    for (size_t i = 0; i < ARRAY_COUNT(steps) && err == ERR_OK; i++) {
        err = steps[i];
    }
    if (err == ERR_OK) {
        err = vault_erase(tx, vault, person);
    }
    if (err == ERR_OK) {
        err = q_identity_deletion_erased(
            tx,
            &(struct q_identity_deletion_erased_in){.person_id = person.v,
                                                    .erased_at_us = store_tx_now_us(tx)},
            NULL);
    }
    return err;
}

/* identities.c — who somebody is, once confirmed, and which sources said so. The contract is in
 * verification.h. */
#include "identity/verification_int.h"

#include <stdio.h>
#include <string.h>

#define ARENA_BYTES 32768

enum err identity_is_confirmed(struct store_tx *tx, struct person_id person, bool *ret)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    struct q_identity_identity_get_row row;
    bool found = false;
    enum err err = q_identity_identity_get(
        tx, &(struct q_identity_identity_get_in){.person_id = person.v}, arena, &row, &found);

    arena_free(arena);
    if (err == ERR_OK) {
        *ret = found;
    }
    return err;
}

/* The envelopes are those of the question that confirmed the person, and open at its place. */
enum err identity_open(struct store_tx *tx, struct vault *vault, struct person_id person,
                       enum vault_purpose purpose, struct identity *ret)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    struct q_identity_identity_get_row row;
    struct q_identity_verification_get_row as_asked = {0};
    const struct verification_reader reader = {.purpose = purpose};
    struct review_claim claim;
    bool found = false;
    enum err err = q_identity_identity_get(
        tx, &(struct q_identity_identity_get_in){.person_id = person.v}, arena, &row, &found);

    if (err == ERR_OK && !found) {
        err = ERR_IDENTITY_NOT_VERIFIED;
    }
    if (err == ERR_OK) {
        as_asked.person_id = person.v;
        as_asked.id_kind = row.id_kind;
        as_asked.name_sealed = row.name_sealed;
        as_asked.id_number_sealed = row.id_number_sealed;
        err = verification_unseal_claim(tx, vault, &reader, row.verification_id, &as_asked, &claim);
    }
    if (err == ERR_OK) {
        ret->id_kind = claim.id_kind;
        ret->confirmed_at_us = row.confirmed_at_us;
        memcpy(ret->name, claim.name, sizeof(ret->name));
        memcpy(ret->id_number, claim.id_number, sizeof(ret->id_number));
        secret_wipe(&claim, sizeof(claim));
    }
    arena_free(arena);
    return err;
}

struct channels {
    struct identity_channel *all;
    size_t count;
};

static bool take_channel(const struct q_identity_identity_channels_list_row *row, void *arg)
{
    struct channels *channels = arg;

    if (channels->count < IDENTITY_CHANNELS_MAX) {
        struct identity_channel *channel = &channels->all[channels->count++];

        channel->check = (enum verification_check)row->check_kind;
        channel->confirmed_at_us = row->confirmed_at_us;
        snprintf(channel->source, sizeof(channel->source), "%.*s", (int)row->source.length,
                 row->source.data);
    }
    return true;
}

enum err identity_channels(struct store_tx *tx, struct person_id person,
                           struct identity_channel *ret, size_t *ret_count)
{
    struct channels channels = {.all = ret};
    enum err err = q_identity_identity_channels_list_each(
        tx, &(struct q_identity_identity_channels_list_in){.person_id = person.v}, take_channel,
        &channels);

    if (err == ERR_OK) {
        *ret_count = channels.count;
    }
    return err;
}

enum err identity_facts(struct store_tx *tx, struct person_id person, struct identity_facts *ret)
{
    struct identity_channel channels[IDENTITY_CHANNELS_MAX];
    struct identity_facts facts = {0};
    size_t count = 0;
    enum err err = identity_channels(tx, person, channels, &count);

    for (size_t i = 0; i < count; i++) {
        facts.channels++;
        facts.in_person = facts.in_person || channels[i].check == VERIFY_IN_PERSON;
    }
    if (err == ERR_OK) {
        *ret = facts;
    }
    return err;
}

enum err identity_channel_add(struct store_tx *tx, struct person_id person,
                              enum verification_check check, const char *source)
{
    return q_identity_identity_channel_put(
        tx,
        &(struct q_identity_identity_channel_put_in){.person_id = person.v,
                                                     .check_kind = check,
                                                     .source = {source, (uint32_t)strlen(source)},
                                                     .confirmed_at_us = store_tx_now_us(tx)},
        NULL);
}

/* verification.c — see verification.h. */
#include "identity/verification_int.h"

#include <string.h>

#include "core/sha256.h"

#define DAY_US      (INT64_C(86400) * 1000000)
#define ARENA_BYTES 32768

static const char source_register[] = "register";
static const char source_phone[] = "phone";

/* ---- rows ---- */

enum err verification_row(struct store_tx *tx, int64_t id, struct arena *arena,
                          struct q_identity_verification_get_row *ret)
{
    bool found = false;
    enum err err = q_identity_verification_get(
        tx, &(struct q_identity_verification_get_in){.verification_id = id}, arena, ret, &found);

    return err == ERR_OK && !found ? ERR_VERIFICATION_NOT_FOUND : err;
}

struct verification verification_of_row(int64_t id,
                                        const struct q_identity_verification_get_row *row)
{
    return (struct verification){.id = id,
                                 .person = {row->person_id},
                                 .check = (enum verification_check)row->check_kind,
                                 .subject_id = row->subject_id,
                                 .state = (enum verification_state)row->state,
                                 .fault = (enum verification_fault)row->fault,
                                 .created_at_us = row->created_at_us};
}

enum err verification_get(struct store_tx *tx, int64_t id, struct verification *ret)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    struct q_identity_verification_get_row row;
    enum err err = verification_row(tx, id, arena, &row);

    if (err == ERR_OK) {
        *ret = verification_of_row(id, &row);
    }
    arena_free(arena);
    return err;
}

struct listing {
    struct verification *all;
    struct person_id person;
    size_t count;
};

static bool take_verification(const struct q_identity_verifications_of_person_row *row, void *arg)
{
    struct listing *listing = arg;

    if (listing->count < VERIFICATIONS_LISTED_MAX) {
        listing->all[listing->count++] =
            (struct verification){.id = row->verification_id,
                                  .person = listing->person,
                                  .check = (enum verification_check)row->check_kind,
                                  .subject_id = row->subject_id,
                                  .state = (enum verification_state)row->state,
                                  .fault = (enum verification_fault)row->fault,
                                  .created_at_us = row->created_at_us,
                                  .decided_at_us = row->decided_at_us};
    }
    return true;
}

enum err verifications_list(struct store_tx *tx, struct person_id person, struct verification *ret,
                            size_t *ret_count)
{
    struct listing listing = {.all = ret, .person = person};
    enum err err = q_identity_verifications_of_person_each(
        tx, &(struct q_identity_verifications_of_person_in){.person_id = person.v},
        take_verification, &listing);

    if (err == ERR_OK) {
        *ret_count = listing.count;
    }
    return err;
}

/* ---- asking ---- */

static struct vault_place place_of(struct person_id person, const char *column, int64_t id)
{
    return (struct vault_place){.person = person,
                                .class = VAULT_IDENTITY,
                                .table = "verifications",
                                .column = column,
                                .row_id = id};
}

/* Whether this person may put this question now. */
static enum err may_claim(struct store_tx *tx, const struct identity_claim *claim,
                          const struct sha256_hash *number_index)
{
    struct q_identity_verification_open_count_row running = {0};
    struct q_identity_verifications_count_row today = {0};
    struct q_identity_identity_of_number_row owner = {0};
    bool confirmed = false, found = false;
    enum err err = identity_is_confirmed(tx, claim->person, &confirmed);

    if (err != ERR_OK || confirmed) {
        return err != ERR_OK ? err : ERR_IDENTITY_ALREADY_VERIFIED;
    }
    err = q_identity_verification_open_count(
        tx,
        &(struct q_identity_verification_open_count_in){.person_id = claim->person.v,
                                                        .check_kind = VERIFY_NAME_ID},
        &running, &found);
    if (err != ERR_OK || running.running > 0) {
        return err != ERR_OK ? err : ERR_VERIFICATION_RUNNING;
    }
    err = q_identity_verifications_count(
        tx,
        &(struct q_identity_verifications_count_in){.person_id = claim->person.v,
                                                    .check_kind = VERIFY_NAME_ID,
                                                    .since_us = store_tx_now_us(tx) - DAY_US},
        &today, &found);
    if (err != ERR_OK || today.asked >= claim->attempts_per_day) {
        return err != ERR_OK ? err : ERR_VERIFICATION_TOO_OFTEN;
    }
    err = q_identity_identity_of_number(
        tx,
        &(struct q_identity_identity_of_number_in){.id_kind = claim->number->kind,
                                                   .id_number_index = *number_index},
        &owner, &found);
    return err == ERR_OK && found ? ERR_ID_NUMBER_TAKEN : err;
}

enum err verification_claim_identity(struct store_tx *tx, struct vault *vault,
                                     const struct identity_claim *claim)
{
    struct q_identity_verification_insert_in in = {
        .verification_id = claim->id,
        .person_id = claim->person.v,
        .check_kind = VERIFY_NAME_ID,
        .id_kind = claim->number->kind,
        .id_number_index = {.has = true},
        .next_ask_at_us = store_tx_now_us(tx),
        .created_at_us = store_tx_now_us(tx),
    };
    const struct store_text number = {claim->number->text, (uint32_t)claim->number->length};
    const struct vault_place name_place = place_of(claim->person, "name_sealed", claim->id);
    const struct vault_place number_place = place_of(claim->person, "id_number_sealed", claim->id);
    struct arena *arena;
    enum err err;

    vault_index(vault, VAULT_INDEX_ID_NUMBER, number, &in.id_number_index.v);
    err = may_claim(tx, claim, &in.id_number_index.v);
    if (err != ERR_OK) {
        return err;
    }
    arena = arena_create(ARENA_BYTES);
    err = vault_seal_text(tx, vault, &name_place,
                          (struct store_text){claim->name, (uint32_t)claim->name_length}, arena,
                          &in.name_sealed);
    if (err == ERR_OK) {
        err = vault_seal_text(tx, vault, &number_place, number, arena, &in.id_number_sealed);
    }
    if (err == ERR_OK) {
        err = q_identity_verification_insert(tx, &in, NULL);
    }
    arena_free(arena);
    return err;
}

enum err verification_ask(struct store_tx *tx, const struct verification_new *new)
{
    return q_identity_verification_insert(
        tx,
        &(struct q_identity_verification_insert_in){.verification_id = new->id,
                                                    .person_id = new->person.v,
                                                    .check_kind = new->check,
                                                    .subject_id = new->subject_id,
                                                    .next_ask_at_us = store_tx_now_us(tx),
                                                    .created_at_us = store_tx_now_us(tx)},
        NULL);
}

/* ---- the worker ---- */

struct due {
    int64_t *ids;
    size_t count;
};

static bool take_due(const struct q_identity_verifications_due_row *row, void *arg)
{
    struct due *due = arg;

    if (due->count < VERIFICATIONS_DUE_MAX) {
        due->ids[due->count++] = row->verification_id;
    }
    return true;
}

enum err verifications_due(struct store_tx *tx, int64_t now_us, int64_t *ret, size_t *ret_count)
{
    struct due due = {.ids = ret};
    enum err err = q_identity_verifications_due_each(
        tx, &(struct q_identity_verifications_due_in){.now_us = now_us}, take_due, &due);

    if (err == ERR_OK) {
        *ret_count = due.count;
    }
    return err;
}

/* Copies a text that is known to be short. */
static void copy_text(char *ret, size_t ret_max, struct store_text text)
{
    BUG_IF(text.length >= ret_max);
    memcpy(ret, text.data, text.length);
    ret[text.length] = '\0';
}

static enum err unseal(struct store_tx *tx, struct vault *vault,
                       const struct verification_reader *reader, const struct vault_place *place,
                       struct store_blob sealed, struct arena *arena, struct store_text *ret)
{
    return reader->grant != NULL
               ? access_unseal_text(tx, vault, reader->grant, place, sealed, arena, ret)
               : vault_unseal_text(tx, vault, place, reader->purpose, sealed, arena, ret);
}

enum err verification_unseal_claim(struct store_tx *tx, struct vault *vault,
                                   const struct verification_reader *reader, int64_t id,
                                   const struct q_identity_verification_get_row *row,
                                   struct review_claim *ret)
{
    const struct person_id person = {row->person_id};
    const struct vault_place name_place = place_of(person, "name_sealed", id);
    const struct vault_place number_place = place_of(person, "id_number_sealed", id);
    struct arena *arena = arena_create(ARENA_BYTES);
    struct store_text name, number;
    enum err err = unseal(tx, vault, reader, &name_place, row->name_sealed, arena, &name);

    if (err == ERR_OK) {
        err = unseal(tx, vault, reader, &number_place, row->id_number_sealed, arena, &number);
    }
    if (err == ERR_OK) {
        ret->id_kind = (enum national_id_kind)row->id_kind;
        copy_text(ret->name, sizeof(ret->name), name);
        copy_text(ret->id_number, sizeof(ret->id_number), number);
    }
    arena_free(arena);
    return err;
}

/* The phone of a question, as the provider wants it. */
static enum err open_phone(struct store_tx *tx, struct vault *vault, struct person_id person,
                           struct contact_id id, char ret[32])
{
    struct contact_value value;
    struct contact contact;
    enum err err = contact_get(tx, person, id, &contact);

    if (err == ERR_OK) {
        err = contact_open(tx, vault, &contact, VAULT_FOR_VERIFICATION, &value);
    }
    if (err == ERR_OK) {
        copy_text(ret, 32, (struct store_text){value.text, (uint32_t)value.length});
        secret_wipe(&value, sizeof(value));
    }
    return err;
}

static enum err open_question(struct store_tx *tx, struct vault *vault, int64_t id,
                              const struct q_identity_verification_get_row *row,
                              struct verification_question *ret)
{
    const struct person_id person = {row->person_id};
    struct contact_id contact = {row->subject_id};
    const struct verification_reader reader = {.purpose = VAULT_FOR_VERIFICATION};
    struct review_claim claim;
    struct identity identity;
    enum err err;

    if (ret->check == VERIFY_NAME_ID) {
        err = verification_unseal_claim(tx, vault, &reader, id, row, &claim);
        if (err == ERR_OK) {
            ret->id_kind = claim.id_kind;
            memcpy(ret->name, claim.name, sizeof(ret->name));
            memcpy(ret->id_number, claim.id_number, sizeof(ret->id_number));
            secret_wipe(&claim, sizeof(claim));
        }
        return err;
    }
    err = identity_open(tx, vault, person, VAULT_FOR_VERIFICATION, &identity);
    if (err == ERR_OK) {
        ret->id_kind = identity.id_kind;
        memcpy(ret->name, identity.name, sizeof(ret->name));
        memcpy(ret->id_number, identity.id_number, sizeof(ret->id_number));
        secret_wipe(&identity, sizeof(identity));
    }
    if (err == ERR_OK && ret->check == VERIFY_CARD) {
        err = card_question(tx, vault, person, row->subject_id, ret->card, &contact);
    }
    return err == ERR_OK ? open_phone(tx, vault, person, contact, ret->phone) : err;
}

enum err verification_claim(struct store_tx *tx, struct vault *vault, int64_t id,
                            struct verification_question *ret, bool *ret_mine)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    struct q_identity_verification_get_row row;
    int64_t changed = 0, now_us = store_tx_now_us(tx);
    enum err err = q_identity_verification_claim(
        tx,
        &(struct q_identity_verification_claim_in){
            .verification_id = id, .now_us = now_us, .until_us = now_us + VERIFICATION_CLAIM_US},
        &changed);

    *ret_mine = err == ERR_OK && changed == 1;
    if (*ret_mine) {
        err = verification_row(tx, id, arena, &row);
    }
    if (err == ERR_OK && *ret_mine) {
        *ret = (struct verification_question){.check = (enum verification_check)row.check_kind};
        err = open_question(tx, vault, id, &row, ret);
    }
    arena_free(arena);
    return err;
}

/* ---- answers ---- */

enum err verification_move(struct store_tx *tx, const struct verification_move *move,
                           bool *ret_moved)
{
    int64_t changed = 0;
    enum err err = q_identity_verification_decide(
        tx,
        &(struct q_identity_verification_decide_in){
            .verification_id = move->id,
            .from_state = move->from,
            .state = move->to,
            .fault = move->fault,
            .reference = {move->reference, (uint32_t)strlen(move->reference)},
            .decided_at_us = store_tx_now_us(tx)},
        &changed);

    *ret_moved = changed == 1;
    return err;
}

/* The phone in use, if the person has one, is the next source to ask. */
static enum err ask_phone(struct store_tx *tx, struct person_id person, int64_t follow_id,
                          bool *ret_followed)
{
    struct contact contacts[CONTACTS_MAX];
    size_t count = 0;
    enum err err = contacts_list(tx, person, contacts, &count);

    *ret_followed = false;
    for (size_t i = 0; i < count && err == ERR_OK && !*ret_followed; i++) {
        if (contacts[i].channel == CONTACT_PHONE && contacts[i].state == CONTACT_IN_USE) {
            err = verification_ask(tx, &(struct verification_new){.id = follow_id,
                                                                  .person = person,
                                                                  .check = VERIFY_PHONE,
                                                                  .subject_id = contacts[i].id.v});
            *ret_followed = err == ERR_OK;
        }
    }
    return err;
}

enum err verification_pass_identity(struct store_tx *tx, const struct verification_pass *pass,
                                    bool *ret_taken, bool *ret_followed)
{
    const struct q_identity_verification_get_row *row = pass->row;
    const struct person_id person = {row->person_id};
    int64_t changed = 0;
    enum err err = q_identity_identity_insert(
        tx,
        &(struct q_identity_identity_insert_in){.person_id = person.v,
                                                .id_kind = row->id_kind,
                                                .name_sealed = row->name_sealed,
                                                .id_number_sealed = row->id_number_sealed,
                                                .id_number_index = row->id_number_index.v,
                                                .verification_id = pass->id,
                                                .confirmed_at_us = store_tx_now_us(tx)},
        &changed);

    *ret_taken = err == ERR_OK && changed == 0;
    *ret_followed = false;
    if (err != ERR_OK || *ret_taken) {
        return err;
    }
    err = identity_channel_add(tx, person, VERIFY_NAME_ID, source_register);
    return err == ERR_OK ? ask_phone(tx, person, pass->follow_id, ret_followed) : err;
}

/* 2, 8, 32 seconds, 2 and 8 minutes. */
static int64_t pause_after(int64_t attempts)
{
    int64_t pause_us = 2000000;

    for (int64_t i = 1; i < attempts && i < VERIFICATION_ATTEMPTS_MAX; i++) {
        pause_us *= 4;
    }
    return pause_us;
}

struct passing {
    const struct verification_answer *answer;
    const struct q_identity_verification_get_row *row;
    enum verification_state state;
    enum verification_fault fault;
    bool followed;
};

/* What follows from an answer, before it is written. */
static void judge(struct passing *passing)
{
    const struct verification_answer *answer = passing->answer;
    bool is_last = answer->gives_up || passing->row->attempts >= VERIFICATION_ATTEMPTS_MAX;

    passing->state = VERIFICATION_CHECKING;
    switch (answer->outcome) {
    case VERIFICATION_YES:
        passing->state = VERIFICATION_PASSED;
        break;
    case VERIFICATION_NO:
        passing->state = VERIFICATION_FAILED;
        passing->fault = VERIFICATION_FAULT_UNSAID;
        break;
    case VERIFICATION_MISMATCH:
        passing->state = VERIFICATION_FAILED;
        passing->fault = answer->field;
        break;
    case VERIFICATION_PENDING:
    case VERIFICATION_OUTAGE:
    case VERIFICATION_UNKNOWN:
        if (is_last) {
            bool reviewable = passing->row->check_kind == VERIFY_NAME_ID;

            passing->state = reviewable ? VERIFICATION_IN_REVIEW : VERIFICATION_FAILED;
            passing->fault = VERIFICATION_FAULT_NO_ANSWER;
        }
        break;
    }
}

static enum err pass(struct store_tx *tx, struct passing *passing)
{
    const struct person_id person = {passing->row->person_id};
    bool taken = false;
    enum err err = ERR_OK;

    if (passing->row->check_kind == VERIFY_NAME_ID) {
        err = verification_pass_identity(
            tx,
            &(struct verification_pass){.id = passing->answer->id,
                                        .follow_id = passing->answer->follow_id,
                                        .row = passing->row},
            &taken, &passing->followed);
    } else if (passing->row->check_kind == VERIFY_PHONE) {
        err = identity_channel_add(tx, person, VERIFY_PHONE, source_phone);
    }
    if (err == ERR_OK && taken) {
        passing->state = VERIFICATION_FAILED;
        passing->fault = VERIFICATION_FAULT_TAKEN;
    }
    return err;
}

static enum err decide(struct store_tx *tx, struct passing *passing)
{
    const struct verification_answer *answer = passing->answer;
    const struct q_identity_verification_get_row *row = passing->row;
    bool moved = false;
    enum err err = passing->state == VERIFICATION_PASSED ? pass(tx, passing) : ERR_OK;

    if (err == ERR_OK) {
        err = verification_move(tx,
                                &(struct verification_move){.id = answer->id,
                                                            .from = VERIFICATION_CHECKING,
                                                            .to = passing->state,
                                                            .fault = passing->fault,
                                                            .reference = answer->reference},
                                &moved);
        BUG_IF(err == ERR_OK && !moved); /* its state was read in this transaction */
    }
    if (err == ERR_OK && passing->state == VERIFICATION_IN_REVIEW) {
        err = review_insert(tx, &(struct review){.id = answer->review_id,
                                                 .person = {row->person_id},
                                                 .verification_id = answer->id,
                                                 .why = REVIEW_NO_ANSWER,
                                                 .opened_at_us = store_tx_now_us(tx),
                                                 .due_at_us = answer->review_due_us});
    }
    if (err == ERR_OK && row->check_kind == VERIFY_CARD) {
        err = card_take_answer(tx, (struct person_id){row->person_id}, row->subject_id,
                               passing->fault);
    }
    return err;
}

static enum err take_answer(struct store_tx *tx, const struct verification_answer *answer,
                            struct arena *arena, struct verification_effect *ret)
{
    struct q_identity_verification_get_row row;
    struct passing passing = {.answer = answer, .row = &row};
    enum err err = verification_row(tx, answer->id, arena, &row);

    if (err != ERR_OK || row.state != VERIFICATION_CHECKING) {
        return err; /* another asker was faster */
    }
    judge(&passing);
    if (passing.state == VERIFICATION_CHECKING) {
        return q_identity_verification_postpone(
            tx,
            &(struct q_identity_verification_postpone_in){
                .verification_id = answer->id,
                .next_ask_at_us = store_tx_now_us(tx) + pause_after(row.attempts)},
            NULL);
    }
    err = decide(tx, &passing);
    if (err == ERR_OK) {
        *ret = (struct verification_effect){.decided = true,
                                            .now = verification_of_row(answer->id, &row),
                                            .review_id = answer->review_id,
                                            .review_due_us = answer->review_due_us,
                                            .follow_asked = passing.followed};
        ret->now.state = passing.state;
        ret->now.fault = passing.fault;
        ret->now.decided_at_us = store_tx_now_us(tx);
    }
    return err;
}

enum err verification_take_answer(struct store_tx *tx, const struct verification_answer *answer,
                                  struct verification_effect *ret)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    enum err err;

    *ret = (struct verification_effect){.decided = false};
    err = take_answer(tx, answer, arena, ret);
    arena_free(arena);
    return err;
}

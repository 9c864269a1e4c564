/* cards.c — see cards.h. */
#include "identity/cards.h"

#include <stdio.h>
#include <string.h>

#include "core/sha256.h"
#include "identity/verification_int.h"

#define DAY_US      (INT64_C(86400) * 1000000)
#define ARENA_BYTES 65536

static struct vault_place place_of(struct person_id person, const char *column, int64_t id)
{
    return (struct vault_place){
        .person = person, .class = VAULT_CARD, .table = "cards", .column = column, .row_id = id};
}

/* ---- reading ---- */

struct listing {
    struct arena *arena;
    struct person_id person;
    struct card cards[CARDS_LISTED_MAX];
    struct store_blob labels[CARDS_LISTED_MAX], numbers[CARDS_LISTED_MAX];
    size_t count;
};

static void copy_text(char *ret, size_t ret_max, struct store_text text)
{
    snprintf(ret, ret_max, "%.*s", (int)text.length, text.data);
}

static struct store_blob keep(struct arena *arena, struct store_blob blob)
{
    struct store_blob kept = {.data = NULL};

    if (blob.data != NULL) {
        void *data = arena_alloc(arena, blob.length == 0 ? 1 : blob.length);

        memcpy(data, blob.data, blob.length);
        kept = (struct store_blob){data, blob.length};
    }
    return kept;
}

static bool take_card(const struct q_identity_cards_of_person_row *row, void *arg)
{
    struct listing *listing = arg;
    struct card *card;

    if (listing->count == CARDS_LISTED_MAX) {
        return false;
    }
    card = &listing->cards[listing->count];
    *card = (struct card){.id = row->card_id,
                          .person = listing->person,
                          .state = (enum card_state)row->state,
                          .fault = (enum verification_fault)row->fault,
                          .kind = (int)row->card_kind,
                          .color = (int)row->color,
                          .is_default = row->is_default != 0,
                          .contact = {row->contact_id},
                          .created_at_us = row->created_at_us,
                          .bound_at_us = row->bound_at_us};
    copy_text(card->last_four, sizeof(card->last_four), row->last_four);
    copy_text(card->network, sizeof(card->network), row->network);
    copy_text(card->bank, sizeof(card->bank), row->bank);
    listing->labels[listing->count] = keep(listing->arena, row->label_sealed);
    listing->numbers[listing->count] = keep(listing->arena, row->number_sealed);
    listing->count++;
    return true;
}

/* Zeroed by the arena it lies in. */
static enum err read_cards(struct store_tx *tx, struct person_id person, struct arena *arena,
                           struct listing **ret)
{
    struct listing *listing = arena_alloc(arena, sizeof(*listing));
    enum err err;

    listing->arena = arena;
    listing->person = person;
    err = q_identity_cards_of_person_each(
        tx,
        &(struct q_identity_cards_of_person_in){.person_id = person.v,
                                                .refused_since_us = store_tx_now_us(tx) - DAY_US},
        take_card, listing);
    *ret = listing;
    return err;
}

static struct arena *make_arena(void)
{
    return arena_create(ARENA_BYTES + sizeof(struct listing));
}

static enum err open_labels(struct store_tx *tx, struct vault *vault, struct listing *listing)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < listing->count && err == ERR_OK; i++) {
        const struct vault_place place =
            place_of(listing->person, "label_sealed", listing->cards[i].id);
        struct store_text label;

        if (listing->labels[i].data != NULL) {
            err = vault_unseal_text(tx, vault, &place, VAULT_FOR_SELF, listing->labels[i],
                                    listing->arena, &label);
            if (err == ERR_OK) {
                copy_text(listing->cards[i].label, sizeof(listing->cards[i].label), label);
            }
        }
    }
    return err;
}

enum err cards_list(struct store_tx *tx, struct vault *vault, struct person_id person,
                    struct card *ret, size_t *ret_count)
{
    struct arena *arena = make_arena();
    struct listing *listing;
    enum err err = read_cards(tx, person, arena, &listing);

    if (err == ERR_OK) {
        err = open_labels(tx, vault, listing);
    }
    if (err == ERR_OK) {
        memcpy(ret, listing->cards, listing->count * sizeof(*ret));
        *ret_count = listing->count;
    }
    arena_free(arena);
    return err;
}

enum err card_get(struct store_tx *tx, struct vault *vault, struct person_id person, int64_t id,
                  struct card *ret)
{
    struct arena *arena = make_arena();
    struct listing *listing;
    enum err err = read_cards(tx, person, arena, &listing);

    if (err == ERR_OK) {
        err = open_labels(tx, vault, listing);
    }
    if (err == ERR_OK) {
        err = ERR_CARD_NOT_FOUND;
        for (size_t i = 0; i < listing->count; i++) {
            if (listing->cards[i].id == id) {
                *ret = listing->cards[i];
                err = ERR_OK;
            }
        }
    }
    arena_free(arena);
    return err;
}

/* ---- binding ---- */

struct owners {
    struct person_id person;
    bool mine, others;
};

static bool take_owner(const struct q_identity_cards_of_number_row *row, void *arg)
{
    struct owners *owners = arg;

    if (row->person_id == owners->person.v) {
        owners->mine = true;
    } else if (row->state == CARD_BOUND) {
        owners->others = true; /* somebody else's unfinished attempt blocks nobody */
    }
    return true;
}

static enum err may_bind(struct store_tx *tx, const struct card_new *new,
                         const struct sha256_hash *index, const struct listing *listing)
{
    struct owners owners = {.person = new->person};
    int64_t bound = 0, running = 0;
    enum err err = q_identity_cards_of_number_each(
        tx, &(struct q_identity_cards_of_number_in){.number_index = *index}, take_owner, &owners);

    if (err != ERR_OK) {
        return err;
    }
    if (owners.mine) {
        return ERR_CARD_EXISTS;
    }
    if (owners.others) {
        return ERR_CARD_TAKEN;
    }
    for (size_t i = 0; i < listing->count; i++) {
        bound += listing->cards[i].state == CARD_BOUND;
        running +=
            listing->cards[i].state == CARD_CHECKING || listing->cards[i].state == CARD_CODE_SENT;
    }
    return bound >= new->cards_max || running >= CARD_OPEN_MAX ? ERR_CARD_LIMIT : ERR_OK;
}

static enum err check_person(struct store_tx *tx, const struct card_new *new)
{
    struct contact contact;
    bool confirmed = false;
    enum err err = identity_is_confirmed(tx, new->person, &confirmed);

    if (err != ERR_OK || !confirmed) {
        return err != ERR_OK ? err : ERR_IDENTITY_NOT_VERIFIED;
    }
    err = contact_get(tx, new->person, new->contact, &contact);
    if (err == ERR_OK && (contact.channel != CONTACT_PHONE || contact.state != CONTACT_IN_USE)) {
        err = ERR_CONTACT_NOT_FOUND;
    }
    return err;
}

/* Attempts whose time is over make room. */
static enum err end_stale(struct store_tx *tx, struct listing *listing)
{
    int64_t before_us = store_tx_now_us(tx) - CARD_CODE_LIFE_US;
    enum err err = ERR_OK;

    for (size_t i = 0; i < listing->count && err == ERR_OK; i++) {
        struct card *card = &listing->cards[i];

        if (card->state == CARD_CODE_SENT && card->created_at_us < before_us) {
            err = q_identity_card_end(
                tx,
                &(struct q_identity_card_end_in){.card_id = card->id,
                                                 .person_id = card->person.v,
                                                 .state = CARD_GONE,
                                                 .ended_at_us = store_tx_now_us(tx)},
                NULL);
            card->state = CARD_GONE;
        }
    }
    return err;
}

static enum err insert_card(struct store_tx *tx, struct vault *vault, const struct card_new *new,
                            const struct sha256_hash *index, struct arena *arena)
{
    const struct store_text digits = {new->number->digits, (uint32_t)new->number->length};
    const struct vault_place number_place = place_of(new->person, "number_sealed", new->id);
    const struct vault_place label_place = place_of(new->person, "label_sealed", new->id);
    struct q_identity_card_insert_in in = {
        .card_id = new->id,
        .person_id = new->person.v,
        .number_index = *index,
        .last_four = {new->number->digits + new->number->length - 4, 4},
        .network = {new->network, (uint32_t)strlen(new->network)},
        .bank = {new->bank, (uint32_t)strlen(new->bank)},
        .card_kind = new->kind,
        .color = new->color,
        .contact_id = new->contact.v,
        .verification_id = new->verification_id,
        .created_at_us = store_tx_now_us(tx),
    };
    enum err err = vault_seal_text(tx, vault, &number_place, digits, arena, &in.number_sealed);

    if (err == ERR_OK && new->label != NULL &&new->label[0] != '\0') {
        err = vault_seal_text(tx, vault, &label_place,
                              (struct store_text){new->label, (uint32_t)strlen(new->label)}, arena,
                              &in.label_sealed);
    }
    return err == ERR_OK ? q_identity_card_insert(tx, &in, NULL) : err;
}

enum err card_create(struct store_tx *tx, struct vault *vault, const struct card_new *new)
{
    const struct store_text digits = {new->number->digits, (uint32_t)new->number->length};
    struct arena *arena = make_arena();
    struct sha256_hash index;
    struct listing *listing;
    enum err err = check_person(tx, new);

    vault_index(vault, VAULT_INDEX_CARD, digits, &index);
    if (err == ERR_OK) {
        err = read_cards(tx, new->person, arena, &listing);
    }
    if (err == ERR_OK) {
        err = end_stale(tx, listing);
    }
    if (err == ERR_OK) {
        err = may_bind(tx, new, &index, listing);
    }
    if (err == ERR_OK) {
        err = insert_card(tx, vault, new, &index, arena);
    }
    if (err == ERR_OK) {
        err = verification_ask(tx, &(struct verification_new){.id = new->verification_id,
                                                              .person = new->person,
                                                              .check = VERIFY_CARD,
                                                              .subject_id = new->id});
    }
    arena_free(arena);
    return err;
}

enum err card_question(struct store_tx *tx, struct vault *vault, struct person_id person,
                       int64_t card_id, char ret_number[24], struct contact_id *ret_contact)
{
    const struct vault_place place = place_of(person, "number_sealed", card_id);
    struct arena *arena = make_arena();
    struct listing *listing;
    struct store_text number;
    enum err err = read_cards(tx, person, arena, &listing);

    for (size_t i = 0; err == ERR_OK && i <= listing->count; i++) {
        if (i == listing->count) {
            err = ERR_CARD_NOT_FOUND;
        } else if (listing->cards[i].id == card_id) {
            err = vault_unseal_text(tx, vault, &place, VAULT_FOR_VERIFICATION, listing->numbers[i],
                                    arena, &number);
            if (err == ERR_OK) {
                copy_text(ret_number, 24, number);
                *ret_contact = listing->cards[i].contact;
            }
            break;
        }
    }
    arena_free(arena);
    return err;
}

enum err card_take_answer(struct store_tx *tx, struct person_id person, int64_t card_id,
                          enum verification_fault fault)
{
    if (fault != VERIFICATION_FAULT_NONE) {
        return q_identity_card_end(
            tx,
            &(struct q_identity_card_end_in){.card_id = card_id,
                                             .person_id = person.v,
                                             .state = CARD_REFUSED,
                                             .fault = fault,
                                             .ended_at_us = store_tx_now_us(tx)},
            NULL);
    }
    return q_identity_card_move(tx,
                                &(struct q_identity_card_move_in){.card_id = card_id,
                                                                  .person_id = person.v,
                                                                  .from_state = CARD_CHECKING,
                                                                  .state = CARD_CODE_SENT},
                                NULL);
}

enum err card_send_code(struct store_tx *tx, struct vault *vault, struct person_id person,
                        int64_t id, struct code_draft *draft, bool is_sandbox,
                        struct code_sent *ret)
{
    struct code_order order = {.person = person, .purpose = CODE_CARD, .subject_id = id};
    struct contact_value value;
    struct contact contact;
    struct card card;
    enum err err = card_get(tx, vault, person, id, &card);

    if (err == ERR_OK && card.state != CARD_CODE_SENT) {
        err = ERR_CARD_STATE;
    }
    if (err == ERR_OK) {
        err = contact_get(tx, person, card.contact, &contact);
    }
    if (err == ERR_OK) {
        err = contact_open(tx, vault, &contact, VAULT_FOR_VERIFICATION, &value);
    }
    if (err == ERR_OK) {
        order.contact = card.contact;
        if (!is_sandbox || !codes_of_test_contact(&value, draft)) {
            contact_index(vault, &value, &order.contact_index); /* counted, unless it is nobody's */
        }
        secret_wipe(&value, sizeof(value));
        err = codes_send(tx, vault, &order, draft, ret);
    }
    return err;
}

/* ---- bound ---- */

static enum err bind_card(struct store_tx *tx, const struct card *card)
{
    int64_t changed = 0;
    enum err err =
        q_identity_card_move(tx,
                             &(struct q_identity_card_move_in){.card_id = card->id,
                                                               .person_id = card->person.v,
                                                               .from_state = CARD_CODE_SENT,
                                                               .state = CARD_BOUND,
                                                               .bound_at_us = store_tx_now_us(tx)},
                             &changed);

    BUG_IF(err == ERR_OK && changed == 0); /* its state was read in this transaction */
    return err == ERR_OK ? identity_channel_add(tx, card->person, VERIFY_CARD, card->bank) : err;
}

static bool has_default(const struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++) {
        if (listing->cards[i].is_default) {
            return true;
        }
    }
    return false;
}

static enum err set_default(struct store_tx *tx, struct person_id person, int64_t id)
{
    return q_identity_card_set_default(
        tx, &(struct q_identity_card_set_default_in){.card_id = id, .person_id = person.v}, NULL);
}

/* Somebody else may have bound the same number since this attempt began. */
static enum err taken_meanwhile(struct store_tx *tx, struct vault *vault, const struct card *card,
                                struct store_blob number_sealed, bool *ret_taken)
{
    const struct vault_place place = place_of(card->person, "number_sealed", card->id);
    struct owners owners = {.person = card->person};
    struct arena *arena = make_arena();
    struct sha256_hash index;
    struct store_text number;
    enum err err =
        vault_unseal_text(tx, vault, &place, VAULT_FOR_VERIFICATION, number_sealed, arena, &number);

    if (err == ERR_OK) {
        vault_index(vault, VAULT_INDEX_CARD, number, &index);
        err = q_identity_cards_of_number_each(
            tx, &(struct q_identity_cards_of_number_in){.number_index = index}, take_owner,
            &owners);
    }
    arena_free(arena);
    *ret_taken = owners.others;
    return err;
}

static enum err finish(struct store_tx *tx, struct vault *vault, const struct card *card,
                       const struct listing *listing, size_t at, enum err *ret_verdict)
{
    bool taken = false;
    enum err err = taken_meanwhile(tx, vault, card, listing->numbers[at], &taken);

    if (err == ERR_OK && taken) {
        *ret_verdict = ERR_CARD_TAKEN;
        return card_take_answer(tx, card->person, card->id, VERIFICATION_FAULT_TAKEN);
    }
    if (err == ERR_OK) {
        err = bind_card(tx, card);
    }
    if (err == ERR_OK && !has_default(listing)) {
        err = set_default(tx, card->person, card->id);
    }
    return err;
}

enum err card_confirm(struct store_tx *tx, struct vault *vault,
                      const struct card_confirmation *confirmation, enum err *ret_verdict,
                      uint32_t *ret_tries_left)
{
    const struct code_check check = {.person = confirmation->person,
                                     .purpose = CODE_CARD,
                                     .subject_id = confirmation->card_id,
                                     .digits = confirmation->code,
                                     .length = confirmation->code_length};
    struct arena *arena = make_arena();
    struct listing *listing;
    size_t at = 0;
    enum err err = read_cards(tx, confirmation->person, arena, &listing);

    *ret_verdict = ERR_CARD_NOT_FOUND;
    *ret_tries_left = 0;
    if (err == ERR_OK) {
        while (at < listing->count && listing->cards[at].id != confirmation->card_id) {
            at++;
        }
    }
    if (err == ERR_OK && at < listing->count) {
        *ret_verdict = ERR_CARD_STATE;
        if (listing->cards[at].state == CARD_CODE_SENT) {
            err = codes_check(tx, vault, &check, ret_verdict, ret_tries_left);
        }
        if (err == ERR_OK && *ret_verdict == ERR_OK) {
            err = finish(tx, vault, &listing->cards[at], listing, at, ret_verdict);
        }
    }
    arena_free(arena);
    return err;
}

enum err card_change(struct store_tx *tx, struct vault *vault, const struct card_change *change)
{
    const struct vault_place place = place_of(change->person, "label_sealed", change->card_id);
    struct arena *arena = make_arena();
    struct store_blob label = {.data = NULL};
    const char *text;
    struct card card;
    enum err err = card_get(tx, vault, change->person, change->card_id, &card);

    if (err == ERR_OK && card.state != CARD_BOUND) {
        err = ERR_CARD_NOT_FOUND;
    }
    text = err != ERR_OK ? "" : change->label != NULL ? change->label : card.label;
    if (err == ERR_OK && text[0] != '\0') {
        err = vault_seal_text(tx, vault, &place, (struct store_text){text, (uint32_t)strlen(text)},
                              arena, &label);
    }
    if (err == ERR_OK) {
        err =
            q_identity_card_decorate(tx,
                                     &(struct q_identity_card_decorate_in){
                                         .card_id = card.id,
                                         .person_id = card.person.v,
                                         .label_sealed = label,
                                         .color = change->color >= 0 ? change->color : card.color},
                                     NULL);
    }
    if (err == ERR_OK && change->make_default) {
        err = set_default(tx, card.person, card.id);
    }
    arena_free(arena);
    return err;
}

/* What the others become once this card is gone. */
static enum err settle_others(struct store_tx *tx, const struct card *gone,
                              const struct listing *listing)
{
    const struct card *next = NULL;
    bool bank_stays = false;
    enum err err = ERR_OK;

    for (size_t i = 0; i < listing->count; i++) {
        const struct card *card = &listing->cards[i];

        if (card->id != gone->id && card->state == CARD_BOUND) {
            next = next == NULL || card->id > next->id ? card : next;
            bank_stays = bank_stays || strcmp(card->bank, gone->bank) == 0;
        }
    }
    if (!bank_stays) {
        err = q_identity_identity_channel_end(
            tx,
            &(struct q_identity_identity_channel_end_in){
                .person_id = gone->person.v,
                .check_kind = VERIFY_CARD,
                .source = {gone->bank, (uint32_t)strlen(gone->bank)}},
            NULL);
    }
    if (err == ERR_OK && gone->is_default && next != NULL) {
        err = set_default(tx, gone->person, next->id);
    }
    return err;
}

enum err card_end(struct store_tx *tx, struct vault *vault, struct person_id person, int64_t id,
                  struct card *ret)
{
    struct arena *arena = make_arena();
    struct listing *listing;
    struct card card;
    enum err err = card_get(tx, vault, person, id, &card);

    if (err == ERR_OK && card.state == CARD_REFUSED) {
        err = ERR_CARD_NOT_FOUND;
    }
    if (err == ERR_OK) {
        err = read_cards(tx, person, arena, &listing);
    }
    if (err == ERR_OK) {
        err = q_identity_card_end(
            tx,
            &(struct q_identity_card_end_in){.card_id = id,
                                             .person_id = person.v,
                                             .state = CARD_GONE,
                                             .ended_at_us = store_tx_now_us(tx)},
            NULL);
    }
    if (err == ERR_OK && card.state == CARD_BOUND) {
        err = settle_others(tx, &card, listing);
    }
    arena_free(arena);
    if (err == ERR_OK) {
        *ret = card;
    }
    return err;
}

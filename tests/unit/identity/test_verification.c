/* test_verification.c — confirming people: questions, answers, reviews and cards, on each database.
 */
#include "factor_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/cards.h"
#include "identity/verification.h"

#define NAME      "李华"
#define NUMBER    "11010519491231002X"
#define TODAY     20261122
#define DUE_US    (WORLD_START_US + INT64_C(3) * 86400 * 1000000)
#define MANAGER   ((struct person_id){77})
#define HOUR_US   (60 * MINUTE_US)
#define CARD_TEXT "6200000000000005"

/* ---- steps, each in a transaction of its own ---- */

struct step {
    struct factor_world *world;
    struct person_id person;
    int64_t id, other_id;
    enum verification_outcome outcome;
    enum verification_fault field;
    struct verification_question question;
    struct verification_effect effect;
    struct review review;
    struct review_decision decision;
    struct identity identity;
    struct identity_facts facts;
    struct contact_id contact;
    struct card card;
    struct card_new card_new;
    struct code_draft draft;
    const char *code;
    enum err verdict;
    bool mine;
    uint32_t tries_left;
};

static enum err run_claim(struct store_tx *tx, void *arg)
{
    struct step *step = arg;
    struct national_id number;

    BUG_IF(national_id_parse(NATIONAL_ID_CN_RESIDENT, step->code, strlen(step->code), TODAY,
                             &number) != NATIONAL_ID_OK);
    return verification_claim_identity(tx, step->world->vault,
                                       &(struct identity_claim){.id = step->id,
                                                                .person = step->person,
                                                                .name = NAME,
                                                                .name_length = strlen(NAME),
                                                                .number = &number,
                                                                .attempts_per_day = 3});
}

static enum err claim_number(struct factor_world *world, struct person_id person,
                             const char *number, int64_t *ret_id)
{
    struct step step = {
        .world = world, .person = person, .id = id_draw_one(&world->ids), .code = number};

    *ret_id = step.id;
    return world_write(world, run_claim, &step);
}

static enum err claim(struct factor_world *world, struct person_id person, int64_t *ret_id)
{
    return claim_number(world, person, NUMBER, ret_id);
}

static enum err run_take(struct store_tx *tx, void *arg)
{
    struct step *step = arg;

    return verification_claim(tx, step->world->vault, step->id, &step->question, &step->mine);
}

static bool take(struct factor_world *world, int64_t id, struct verification_question *ret)
{
    struct step step = {.world = world, .id = id};

    assert_int_equal(world_write(world, run_take, &step), ERR_OK);
    if (ret != NULL) {
        *ret = step.question;
    }
    return step.mine;
}

static enum err run_answer(struct store_tx *tx, void *arg)
{
    struct step *step = arg;

    return verification_take_answer(tx,
                                    &(struct verification_answer){.id = step->id,
                                                                  .outcome = step->outcome,
                                                                  .field = step->field,
                                                                  .reference = "P-1",
                                                                  .review_id = step->other_id,
                                                                  .follow_id = step->other_id + 1,
                                                                  .review_due_us = DUE_US},
                                    &step->effect);
}

static struct verification_effect answer(struct factor_world *world, int64_t id,
                                         enum verification_outcome outcome,
                                         enum verification_fault field)
{
    struct step step = {.world = world, .id = id, .outcome = outcome, .field = field};
    int64_t ids[2];

    id_draw(&world->ids, 2, ids);
    step.other_id = ids[0];
    assert_int_equal(world_write(world, run_answer, &step), ERR_OK);
    return step.effect;
}

static enum err run_facts(struct store_tx *tx, void *arg)
{
    struct step *step = arg;

    return identity_facts(tx, step->person, &step->facts);
}

static struct identity_facts facts_of(struct factor_world *world, struct person_id person)
{
    struct step step = {.world = world, .person = person};

    assert_int_equal(store_read(world->store, run_facts, &step), ERR_OK);
    return step.facts;
}

static enum err run_phone(struct store_tx *tx, void *arg)
{
    struct step *step = arg;
    struct contact_value value;
    enum err err = contact_normalise(step->code, strlen(step->code), &value);

    if (err == ERR_OK) {
        err = contact_claim(tx, step->world->vault,
                            &(struct contact_new){.id = step->contact,
                                                  .person = step->person,
                                                  .kind = PERSON_CONSUMER,
                                                  .value = &value});
    }
    return err == ERR_OK ? contact_confirm(tx, step->person, step->contact) : err;
}

static struct contact_id add_phone(struct factor_world *world, struct person_id person,
                                   const char *phone)
{
    struct step step = {.world = world, .person = person, .code = phone};

    step.contact.v = id_draw_one(&world->ids);
    assert_int_equal(world_write(world, run_phone, &step), ERR_OK);
    return step.contact;
}

/* ---- name and id ---- */

static enum err run_open(struct store_tx *tx, void *arg)
{
    struct step *step = arg;

    return identity_open(tx, step->world->vault, step->person, VAULT_FOR_SELF, &step->identity);
}

static void test_yes(void **state)
{
    struct factor_world *world = *state;
    struct verification_question question;
    struct verification_effect effect;
    struct step step = {.world = world, .person = ANNE};
    int64_t id, again;

    add_phone(world, ANNE, "13800138000");
    assert_int_equal(store_read(world->store, run_open, &step), ERR_IDENTITY_NOT_VERIFIED);
    assert_int_equal(claim(world, ANNE, &id), ERR_OK);
    assert_int_equal(claim(world, ANNE, &again), ERR_VERIFICATION_RUNNING);
    assert_true(take(world, id, &question));
    assert_false(take(world, id, NULL)); /* another asker comes too late */
    assert_string_equal(question.name, NAME);
    assert_string_equal(question.id_number, NUMBER);
    assert_string_equal(question.phone, "");
    effect = answer(world, id, VERIFICATION_YES, 0);
    assert_true(effect.decided && effect.follow_asked);
    assert_int_equal(effect.now.state, VERIFICATION_PASSED);
    assert_int_equal(facts_of(world, ANNE).channels, 1);
    assert_int_equal(claim(world, ANNE, &again), ERR_IDENTITY_ALREADY_VERIFIED);
    assert_int_equal(store_read(world->store, run_open, &step), ERR_OK);
    assert_string_equal(step.identity.name, NAME);
    assert_string_equal(step.identity.id_number, NUMBER);
    /* A second answer to the same question changes nothing. */
    assert_false(answer(world, id, VERIFICATION_NO, 0).decided);
    assert_int_equal(facts_of(world, ANNE).channels, 1);
}

struct due_call {
    int64_t ids[VERIFICATIONS_DUE_MAX];
    size_t count;
    int64_t now_us;
};

static enum err run_due(struct store_tx *tx, void *arg)
{
    struct due_call *call = arg;

    return verifications_due(tx, call->now_us, call->ids, &call->count);
}

static size_t due(struct factor_world *world, int64_t *ret_first)
{
    struct due_call call = {.now_us = clock_now_us(&world->clock)};

    assert_int_equal(store_read(world->store, run_due, &call), ERR_OK);
    *ret_first = call.count > 0 ? call.ids[0] : 0;
    return call.count;
}

static void test_the_phone_follows(void **state)
{
    struct factor_world *world = *state;
    struct verification_question question;
    int64_t id, phone_id;

    add_phone(world, ANNE, "13800138000");
    assert_int_equal(claim(world, ANNE, &id), ERR_OK);
    assert_true(take(world, id, NULL));
    assert_true(answer(world, id, VERIFICATION_YES, 0).follow_asked);
    assert_int_equal(due(world, &phone_id), 1);
    assert_true(take(world, phone_id, &question));
    assert_int_equal(question.check, VERIFY_PHONE);
    assert_string_equal(question.phone, "+8613800138000");
    assert_string_equal(question.name, NAME);
    assert_true(answer(world, phone_id, VERIFICATION_YES, 0).decided);
    assert_int_equal(facts_of(world, ANNE).channels, 2);
}

static void test_a_mismatch_names_the_field(void **state)
{
    struct factor_world *world = *state;
    struct verification_effect effect;
    int64_t id;

    assert_int_equal(claim(world, ANNE, &id), ERR_OK);
    assert_true(take(world, id, NULL));
    effect = answer(world, id, VERIFICATION_MISMATCH, VERIFICATION_FAULT_NAME);
    assert_int_equal(effect.now.state, VERIFICATION_FAILED);
    assert_int_equal(effect.now.fault, VERIFICATION_FAULT_NAME);
    assert_int_equal(claim(world, ANNE, &id), ERR_OK);
    assert_true(take(world, id, NULL));
    effect = answer(world, id, VERIFICATION_NO, 0);
    assert_int_equal(effect.now.fault, VERIFICATION_FAULT_UNSAID);
    assert_int_equal(claim(world, ANNE, &id), ERR_OK);
    assert_true(take(world, id, NULL));
    answer(world, id, VERIFICATION_NO, 0);
    assert_int_equal(claim(world, ANNE, &id), ERR_VERIFICATION_TOO_OFTEN);
    clock_advance(&world->clock, 25 * HOUR_US);
    assert_int_equal(claim(world, ANNE, &id), ERR_OK);
    assert_int_equal(facts_of(world, ANNE).channels, 0);
}

static void test_one_person_a_number(void **state)
{
    struct factor_world *world = *state;
    struct verification_effect effect;
    int64_t anne, bert;

    assert_int_equal(claim(world, ANNE, &anne), ERR_OK);
    assert_int_equal(claim(world, BERT, &bert), ERR_OK); /* nobody is confirmed yet */
    assert_true(take(world, anne, NULL) && take(world, bert, NULL));
    assert_int_equal(answer(world, anne, VERIFICATION_YES, 0).now.state, VERIFICATION_PASSED);
    effect = answer(world, bert, VERIFICATION_YES, 0);
    assert_int_equal(effect.now.state, VERIFICATION_FAILED);
    assert_int_equal(effect.now.fault, VERIFICATION_FAULT_TAKEN);
    assert_int_equal(facts_of(world, BERT).channels, 0);
    assert_int_equal(claim(world, BERT, &bert), ERR_ID_NUMBER_TAKEN);
}

/* ---- no answer, and reviews ---- */

static struct verification_effect no_answer_at_all(struct factor_world *world, int64_t id)
{
    struct verification_effect effect = {.decided = false};
    int64_t next;

    for (int i = 0; i < VERIFICATION_ATTEMPTS_MAX; i++) {
        assert_false(effect.decided);
        assert_int_equal(due(world, &next), 1);
        assert_true(take(world, id, NULL));
        effect = answer(world, id, i % 2 == 0 ? VERIFICATION_OUTAGE : VERIFICATION_UNKNOWN, 0);
        assert_int_equal(due(world, &next), 0); /* it pauses */
        clock_advance(&world->clock, HOUR_US);
    }
    return effect;
}

static enum err run_decide(struct store_tx *tx, void *arg)
{
    struct step *step = arg;

    return review_decide(tx, step->world->vault, &step->decision, &step->effect);
}

static enum err decide(struct factor_world *world, int64_t review_id, bool approve, bool in_person,
                       struct verification_effect *ret)
{
    struct step step = {.world = world,
                        .decision = {.review_id = review_id,
                                     .staff = MANAGER,
                                     .approve = approve,
                                     .in_person = in_person,
                                     .reason = "seen",
                                     .reason_length = 4,
                                     .follow_id = id_draw_one(&world->ids)}};
    enum err err = world_write(world, run_decide, &step);

    *ret = step.effect;
    return err;
}

static void test_no_answer_becomes_a_review(void **state)
{
    struct factor_world *world = *state;
    struct verification_effect effect, decided;
    int64_t id;

    assert_int_equal(claim(world, ANNE, &id), ERR_OK);
    effect = no_answer_at_all(world, id);
    assert_true(effect.decided);
    assert_int_equal(effect.now.state, VERIFICATION_IN_REVIEW);
    assert_true(effect.review_due_us == DUE_US);
    assert_int_equal(decide(world, effect.review_id + 5000, true, true, &decided),
                     ERR_REVIEW_NOT_FOUND);
    assert_int_equal(decide(world, effect.review_id, true, true, &decided), ERR_OK);
    assert_int_equal(decided.now.state, VERIFICATION_PASSED);
    assert_int_equal(facts_of(world, ANNE).channels, 2);
    assert_true(facts_of(world, ANNE).in_person);
    assert_int_equal(decide(world, effect.review_id, false, false, &decided), ERR_REVIEW_DECIDED);
    assert_true(facts_of(world, ANNE).in_person);
}

static enum err run_request(struct store_tx *tx, void *arg)
{
    struct step *step = arg;

    return review_request(tx,
                          &(struct review_request){.person = step->person,
                                                   .verification_id = step->id,
                                                   .review_id = step->other_id,
                                                   .due_at_us = DUE_US},
                          &step->review);
}

static enum err request(struct factor_world *world, struct person_id person, int64_t id,
                        struct review *ret)
{
    struct step step = {
        .world = world, .person = person, .id = id, .other_id = id_draw_one(&world->ids)};
    enum err err = world_write(world, run_request, &step);

    *ret = step.review;
    return err;
}

static enum err run_list(struct store_tx *tx, void *arg)
{
    struct step *step = arg;
    struct review reviews[4];
    size_t count = 0;
    enum err err = reviews_list(tx, &(struct reviews_page){.state = REVIEW_OPEN, .count_max = 4},
                                reviews, &count);

    step->id = (int64_t)count;
    step->review = reviews[0];
    return err;
}

static void test_a_review_can_be_asked_for(void **state)
{
    struct factor_world *world = *state;
    struct verification_effect decided;
    struct review review, same;
    struct step list = {.world = world};
    int64_t id;

    assert_int_equal(claim(world, ANNE, &id), ERR_OK);
    assert_int_equal(request(world, ANNE, id, &review), ERR_REVIEW_NOT_OFFERED);
    assert_true(take(world, id, NULL));
    answer(world, id, VERIFICATION_MISMATCH, VERIFICATION_FAULT_ID_NUMBER);
    assert_int_equal(request(world, BERT, id, &review), ERR_VERIFICATION_NOT_FOUND);
    assert_int_equal(request(world, ANNE, id, &review), ERR_OK);
    assert_int_equal(request(world, ANNE, id, &same), ERR_OK);
    assert_true(same.id == review.id && same.due_at_us == DUE_US && same.why == REVIEW_ASKED);
    assert_int_equal(store_read(world->store, run_list, &list), ERR_OK);
    assert_int_equal(list.id, 1);
    assert_true(list.review.id == review.id);
    assert_int_equal(decide(world, review.id, false, false, &decided), ERR_OK);
    assert_int_equal(decided.now.state, VERIFICATION_FAILED);
    assert_int_equal(decided.now.fault, VERIFICATION_FAULT_REFUSED);
    assert_int_equal(facts_of(world, ANNE).channels, 0);
    assert_int_equal(claim(world, ANNE, &id), ERR_OK); /* and may try again */
}

/* ---- cards ---- */

static void confirm_person(struct factor_world *world, struct person_id person)
{
    int64_t id;

    assert_int_equal(claim(world, person, &id), ERR_OK);
    assert_true(take(world, id, NULL));
    assert_int_equal(answer(world, id, VERIFICATION_YES, 0).now.state, VERIFICATION_PASSED);
}

static enum err run_card_create(struct store_tx *tx, void *arg)
{
    struct step *step = arg;

    return card_create(tx, step->world->vault, &step->card_new);
}

static enum err bind_begin(struct factor_world *world, struct person_id person,
                           struct contact_id contact, const char *digits, struct step *ret)
{
    struct card_number number;

    assert_int_equal(card_number_parse(digits, strlen(digits), &number), ERR_OK);
    *ret = (struct step){.world = world, .person = person};
    ret->card_new = (struct card_new){.id = id_draw_one(&world->ids),
                                      .verification_id = id_draw_one(&world->ids),
                                      .person = person,
                                      .number = &number,
                                      .network = "unionpay",
                                      .bank = "icbc",
                                      .kind = 2,
                                      .label = "wages",
                                      .color = 3,
                                      .contact = contact,
                                      .cards_max = 2};
    ret->id = ret->card_new.id;
    return world_write(world, run_card_create, ret);
}

static enum err run_send(struct store_tx *tx, void *arg)
{
    struct step *step = arg;
    struct code_sent sent;

    return card_send_code(tx, step->world->vault, step->person, step->id, &step->draft, false,
                          &sent);
}

static enum err run_confirm(struct store_tx *tx, void *arg)
{
    struct step *step = arg;

    return card_confirm(tx, step->world->vault,
                        &(struct card_confirmation){.person = step->person,
                                                    .card_id = step->id,
                                                    .code = step->code,
                                                    .code_length = strlen(step->code)},
                        &step->verdict, &step->tries_left);
}

static enum err confirm_card(struct factor_world *world, struct step *step, const char *code)
{
    step->code = code;
    assert_int_equal(world_write(world, run_confirm, step), ERR_OK);
    return step->verdict;
}

static enum err run_card_get(struct store_tx *tx, void *arg)
{
    struct step *step = arg;

    return card_get(tx, step->world->vault, step->person, step->id, &step->card);
}

static void bind_whole(struct factor_world *world, struct step *step)
{
    struct verification_question question;

    assert_true(take(world, step->card_new.verification_id, &question));
    assert_int_equal(question.check, VERIFY_CARD);
    assert_true(answer(world, step->card_new.verification_id, VERIFICATION_YES, 0).decided);
    codes_draw(&world->ids, &step->draft);
    assert_int_equal(world_write(world, run_send, step), ERR_OK);
    assert_int_equal(confirm_card(world, step, step->draft.digits), ERR_OK);
}

static void test_a_card_is_bound(void **state)
{
    struct factor_world *world = *state;
    struct contact_id phone = add_phone(world, ANNE, "13800138000");
    struct verification_question question;
    struct step step;

    assert_int_equal(bind_begin(world, ANNE, phone, CARD_TEXT, &step), ERR_IDENTITY_NOT_VERIFIED);
    confirm_person(world, ANNE);
    assert_int_equal(bind_begin(world, ANNE, (struct contact_id){999}, CARD_TEXT, &step),
                     ERR_CONTACT_NOT_FOUND);
    assert_int_equal(bind_begin(world, ANNE, phone, CARD_TEXT, &step), ERR_OK);
    assert_int_equal(confirm_card(world, &step, "123456"), ERR_CARD_STATE);
    assert_true(take(world, step.card_new.verification_id, &question));
    assert_string_equal(question.card, CARD_TEXT);
    assert_string_equal(question.phone, "+8613800138000");
    assert_string_equal(question.name, NAME);
    assert_true(answer(world, step.card_new.verification_id, VERIFICATION_YES, 0).decided);
    codes_draw(&world->ids, &step.draft);
    assert_int_equal(world_write(world, run_send, &step), ERR_OK);
    assert_int_equal(
        confirm_card(world, &step, strcmp(step.draft.digits, "000000") == 0 ? "000001" : "000000"),
        ERR_CODE_WRONG);
    assert_int_equal(facts_of(world, ANNE).channels, 1);
    assert_int_equal(confirm_card(world, &step, step.draft.digits), ERR_OK);
    assert_int_equal(facts_of(world, ANNE).channels, 2);
    assert_int_equal(store_read(world->store, run_card_get, &step), ERR_OK);
    assert_int_equal(step.card.state, CARD_BOUND);
    assert_string_equal(step.card.last_four, "0005");
    assert_string_equal(step.card.label, "wages");
    assert_true(step.card.is_default && step.card.color == 3);
    /* Not again, and by nobody else. */
    assert_int_equal(bind_begin(world, ANNE, phone, CARD_TEXT, &step), ERR_CARD_EXISTS);
    step.person = BERT;
    assert_int_equal(confirm_card(world, &step, "123456"), ERR_CARD_NOT_FOUND);
}

static void test_a_card_is_refused(void **state)
{
    struct factor_world *world = *state;
    struct contact_id phone = add_phone(world, ANNE, "13800138000");
    struct step step;

    confirm_person(world, ANNE);
    assert_int_equal(bind_begin(world, ANNE, phone, CARD_TEXT, &step), ERR_OK);
    assert_true(take(world, step.card_new.verification_id, NULL));
    answer(world, step.card_new.verification_id, VERIFICATION_MISMATCH, VERIFICATION_FAULT_PHONE);
    assert_int_equal(store_read(world->store, run_card_get, &step), ERR_OK);
    assert_int_equal(step.card.state, CARD_REFUSED);
    assert_int_equal(step.card.fault, VERIFICATION_FAULT_PHONE);
    assert_int_equal(bind_begin(world, ANNE, phone, CARD_TEXT, &step), ERR_OK); /* once more */
}

static enum err run_end(struct store_tx *tx, void *arg)
{
    struct step *step = arg;

    return card_end(tx, step->world->vault, step->person, step->id, &step->card);
}

static enum err run_change(struct store_tx *tx, void *arg)
{
    struct step *step = arg;

    return card_change(tx, step->world->vault,
                       &(struct card_change){.person = step->person,
                                             .card_id = step->id,
                                             .label = step->code,
                                             .color = -1,
                                             .make_default = true});
}

static void test_default_and_end(void **state)
{
    struct factor_world *world = *state;
    struct contact_id phone = add_phone(world, ANNE, "13800138000");
    struct step first, second, third;

    confirm_person(world, ANNE);
    assert_int_equal(bind_begin(world, ANNE, phone, CARD_TEXT, &first), ERR_OK);
    bind_whole(world, &first);
    clock_advance(&world->clock, HOUR_US);
    assert_int_equal(bind_begin(world, ANNE, phone, "4111111111111111", &second), ERR_OK);
    bind_whole(world, &second);
    assert_int_equal(bind_begin(world, ANNE, phone, "5555555555554444", &third), ERR_CARD_LIMIT);
    second.code = "";
    assert_int_equal(world_write(world, run_change, &second), ERR_OK);
    assert_int_equal(store_read(world->store, run_card_get, &second), ERR_OK);
    assert_true(second.card.is_default && second.card.label[0] == '\0' && second.card.color == 3);
    assert_int_equal(store_read(world->store, run_card_get, &first), ERR_OK);
    assert_false(first.card.is_default);
    assert_string_equal(first.card.label, "wages");
    /* The last of its bank takes the source along; the other becomes the default. */
    assert_int_equal(facts_of(world, ANNE).channels, 2);
    assert_int_equal(world_write(world, run_end, &second), ERR_OK);
    assert_int_equal(store_read(world->store, run_card_get, &first), ERR_OK);
    assert_true(first.card.is_default);
    assert_int_equal(facts_of(world, ANNE).channels, 2);
    assert_int_equal(world_write(world, run_end, &first), ERR_OK);
    assert_int_equal(facts_of(world, ANNE).channels, 1);
    assert_int_equal(world_write(world, run_end, &first), ERR_CARD_NOT_FOUND);
    /* A number that was given up is free. */
    assert_int_equal(bind_begin(world, ANNE, phone, CARD_TEXT, &first), ERR_OK);
}

/* Two people with the same card: the first who shows the code has it. */
static void test_one_person_a_card(void **state)
{
    struct factor_world *world = *state;
    struct contact_id anne = add_phone(world, ANNE, "13800138000");
    struct contact_id bert = add_phone(world, BERT, "13800138001");
    struct step first, second;
    int64_t id;

    confirm_person(world, ANNE);
    assert_int_equal(claim_number(world, BERT, "440301199202141238", &id), ERR_OK);
    assert_true(take(world, id, NULL));
    assert_int_equal(answer(world, id, VERIFICATION_YES, 0).now.state, VERIFICATION_PASSED);
    assert_int_equal(bind_begin(world, ANNE, anne, CARD_TEXT, &first), ERR_OK);
    assert_int_equal(bind_begin(world, BERT, bert, CARD_TEXT, &second), ERR_OK);
    assert_true(take(world, second.card_new.verification_id, NULL));
    assert_true(answer(world, second.card_new.verification_id, VERIFICATION_YES, 0).decided);
    codes_draw(&world->ids, &second.draft);
    assert_int_equal(world_write(world, run_send, &second), ERR_OK);
    bind_whole(world, &first);
    assert_int_equal(confirm_card(world, &second, second.draft.digits), ERR_CARD_TAKEN);
    assert_int_equal(store_read(world->store, run_card_get, &second), ERR_OK);
    assert_int_equal(second.card.state, CARD_REFUSED);
    assert_int_equal(bind_begin(world, BERT, bert, CARD_TEXT, &second), ERR_CARD_TAKEN);
}

int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_yes),
        TEST(test_the_phone_follows),
        TEST(test_a_mismatch_names_the_field),
        TEST(test_one_person_a_number),
        TEST(test_no_answer_becomes_a_review),
        TEST(test_a_review_can_be_asked_for),
        TEST(test_a_card_is_bound),
        TEST(test_a_card_is_refused),
        TEST(test_default_and_end),
        TEST(test_one_person_a_card),
    };

    world_backend = argc > 1 && strcmp(argv[1], "postgres") == 0 ? STORE_POSTGRES : STORE_SQLITE;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

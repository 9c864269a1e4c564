/* reviews.c — a person looks at it. The contract is in verification.h. */
#include "identity/verification_int.h"

#include <string.h>

#define ARENA_BYTES 32768

static struct vault_place reason_place(struct person_id person, int64_t id)
{
    return (struct vault_place){.person = person,
                                .class = VAULT_MESSAGE,
                                .table = "reviews",
                                .column = "reason_sealed",
                                .row_id = id};
}

enum err review_insert(struct store_tx *tx, const struct review *review)
{
    return q_identity_review_insert(
        tx,
        &(struct q_identity_review_insert_in){.review_id = review->id,
                                              .person_id = review->person.v,
                                              .verification_id = review->verification_id,
                                              .why = review->why,
                                              .opened_at_us = review->opened_at_us,
                                              .due_at_us = review->due_at_us},
        NULL);
}

static struct review review_of(int64_t id, const struct q_identity_review_get_row *row)
{
    return (struct review){.id = id,
                           .person = {row->person_id},
                           .verification_id = row->verification_id,
                           .state = (enum review_state)row->state,
                           .why = (enum review_why)row->why,
                           .opened_at_us = row->opened_at_us,
                           .due_at_us = row->due_at_us,
                           .decided_at_us = row->decided_at_us,
                           .decided_by = {row->decided_by},
                           .in_person = row->in_person != 0};
}

static enum err review_row(struct store_tx *tx, int64_t id, struct arena *arena,
                           struct q_identity_review_get_row *ret)
{
    bool found = false;
    enum err err = q_identity_review_get(tx, &(struct q_identity_review_get_in){.review_id = id},
                                         arena, ret, &found);

    return err == ERR_OK && !found ? ERR_REVIEW_NOT_FOUND : err;
}

enum err review_get(struct store_tx *tx, int64_t id, struct review *ret)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    struct q_identity_review_get_row row;
    enum err err = review_row(tx, id, arena, &row);

    if (err == ERR_OK) {
        *ret = review_of(id, &row);
    }
    arena_free(arena);
    return err;
}

struct page {
    struct review *all;
    size_t count, count_max;
    enum review_state state;
};

static bool take_review(const struct q_identity_reviews_list_row *row, void *arg)
{
    struct page *page = arg;

    if (page->count < page->count_max) {
        page->all[page->count++] = (struct review){.id = row->review_id,
                                                   .person = {row->person_id},
                                                   .verification_id = row->verification_id,
                                                   .state = page->state,
                                                   .why = (enum review_why)row->why,
                                                   .opened_at_us = row->opened_at_us,
                                                   .due_at_us = row->due_at_us,
                                                   .decided_at_us = row->decided_at_us,
                                                   .decided_by = {row->decided_by},
                                                   .in_person = row->in_person != 0};
    }
    return true;
}

enum err reviews_list(struct store_tx *tx, const struct reviews_page *wanted, struct review *ret,
                      size_t *ret_count)
{
    struct page page = {.all = ret, .count_max = wanted->count_max, .state = wanted->state};
    enum err err;

    BUG_IF(wanted->count_max == 0 || wanted->count_max > REVIEWS_PAGE_MAX);
    err = q_identity_reviews_list_each(
        tx,
        &(struct q_identity_reviews_list_in){.state = wanted->state,
                                             .after_due_us = wanted->after_due_us,
                                             .after_id = wanted->after_id,
                                             .count_max = wanted->count_max},
        take_review, &page);
    if (err == ERR_OK) {
        *ret_count = page.count;
    }
    return err;
}

enum err review_of_verification(struct store_tx *tx, int64_t verification_id, struct review *ret,
                                bool *ret_found)
{
    struct q_identity_review_of_verification_row there;
    bool found = false;
    enum err err = q_identity_review_of_verification(
        tx, &(struct q_identity_review_of_verification_in){.verification_id = verification_id},
        &there, &found);

    if (err == ERR_OK && found) {
        err = review_get(tx, there.review_id, ret);
    }
    if (err == ERR_OK) {
        *ret_found = found;
    }
    return err;
}

enum err review_request(struct store_tx *tx, const struct review_request *request,
                        struct review *ret)
{
    struct verification verification;
    struct review there;
    bool found = false, moved = false;
    enum err err = verification_get(tx, request->verification_id, &verification);

    if (err == ERR_OK && verification.person.v != request->person.v) {
        err = ERR_VERIFICATION_NOT_FOUND;
    }
    if (err == ERR_OK) {
        err = review_of_verification(tx, request->verification_id, &there, &found);
    }
    if (err != ERR_OK) {
        return err;
    }
    if (found) {
        *ret = there;
        return ERR_OK;
    }
    if (verification.check != VERIFY_NAME_ID || verification.state != VERIFICATION_FAILED) {
        return ERR_REVIEW_NOT_OFFERED;
    }
    err = verification_move(tx,
                            &(struct verification_move){.id = verification.id,
                                                        .from = VERIFICATION_FAILED,
                                                        .to = VERIFICATION_IN_REVIEW,
                                                        .fault = verification.fault,
                                                        .reference = ""},
                            &moved);
    if (err == ERR_OK && !moved) {
        return ERR_REVIEW_NOT_OFFERED;
    }
    *ret = (struct review){.id = request->review_id,
                           .person = request->person,
                           .verification_id = verification.id,
                           .state = REVIEW_OPEN,
                           .why = REVIEW_ASKED,
                           .opened_at_us = store_tx_now_us(tx),
                           .due_at_us = request->due_at_us};
    return err == ERR_OK ? review_insert(tx, ret) : err;
}

enum err review_open_claim(struct store_tx *tx, struct vault *vault,
                           const struct access_grant *grant, int64_t id, struct review_claim *ret)
{
    const struct verification_reader reader = {.grant = grant};
    struct arena *arena = arena_create(ARENA_BYTES);
    struct q_identity_verification_get_row row;
    struct review review;
    enum err err = review_get(tx, id, &review);

    if (err == ERR_OK) {
        err = verification_row(tx, review.verification_id, arena, &row);
    }
    if (err == ERR_OK) {
        err = verification_unseal_claim(tx, vault, &reader, review.verification_id, &row, ret);
    }
    arena_free(arena);
    return err;
}

enum err review_open_reason(struct store_tx *tx, struct vault *vault,
                            const struct access_grant *grant, int64_t id, struct arena *arena,
                            struct store_text *ret)
{
    struct q_identity_review_get_row row;
    enum err err = review_row(tx, id, arena, &row);

    if (err != ERR_OK) {
        return err;
    }
    if (row.reason_sealed.data == NULL) {
        *ret = (struct store_text){.data = "", .length = 0};
        return ERR_OK;
    }
    const struct vault_place place = reason_place((struct person_id){row.person_id}, id);
    return grant != NULL
               ? access_unseal_text(tx, vault, grant, &place, row.reason_sealed, arena, ret)
               : vault_unseal_text(tx, vault, &place, VAULT_FOR_SELF, row.reason_sealed, arena,
                                   ret);
}

/* ---- deciding ---- */

static enum err write_decision(struct store_tx *tx, struct vault *vault,
                               const struct review_decision *decision, const struct review *review,
                               struct arena *arena)
{
    const struct vault_place place = reason_place(review->person, review->id);
    struct q_identity_review_decide_in in = {
        .review_id = review->id,
        .state = decision->approve ? REVIEW_APPROVED : REVIEW_REFUSED,
        .decided_at_us = store_tx_now_us(tx),
        .decided_by = decision->staff.v,
        .in_person = decision->approve && decision->in_person,
    };
    int64_t changed = 0;
    enum err err = vault_seal_text(
        tx, vault, &place, (struct store_text){decision->reason, (uint32_t)decision->reason_length},
        arena, &in.reason_sealed);

    if (err == ERR_OK) {
        err = q_identity_review_decide(tx, &in, &changed);
    }
    return err == ERR_OK && changed == 0 ? ERR_REVIEW_DECIDED : err;
}

static enum err approve(struct store_tx *tx, const struct review_decision *decision,
                        const struct review *review, struct arena *arena, bool *ret_followed)
{
    struct q_identity_verification_get_row row;
    bool taken = false;
    enum err err = verification_row(tx, review->verification_id, arena, &row);

    if (err == ERR_OK) {
        err = verification_pass_identity(
            tx,
            &(struct verification_pass){
                .id = review->verification_id, .follow_id = decision->follow_id, .row = &row},
            &taken, ret_followed);
    }
    if (err == ERR_OK && taken) {
        return ERR_ID_NUMBER_TAKEN;
    }
    if (err == ERR_OK && decision->in_person) {
        err = identity_channel_add(tx, review->person, VERIFY_IN_PERSON, "in_person");
    }
    return err;
}

static enum err decide(struct store_tx *tx, struct vault *vault,
                       const struct review_decision *decision, struct arena *arena,
                       struct verification_effect *ret)
{
    struct verification_move move = {.from = VERIFICATION_IN_REVIEW,
                                     .to = VERIFICATION_FAILED,
                                     .fault = VERIFICATION_FAULT_REFUSED,
                                     .reference = ""};
    bool followed = false, moved = false;
    struct review review;
    enum err err = review_get(tx, decision->review_id, &review);

    if (err == ERR_OK) {
        err = write_decision(tx, vault, decision, &review, arena);
    }
    if (err == ERR_OK && decision->approve) {
        move.to = VERIFICATION_PASSED;
        move.fault = VERIFICATION_FAULT_NONE;
        err = approve(tx, decision, &review, arena, &followed);
    }
    if (err == ERR_OK) {
        move.id = review.verification_id;
        err = verification_move(tx, &move, &moved);
        BUG_IF(err == ERR_OK && !moved); /* an open review holds its question */
    }
    if (err == ERR_OK) {
        err = verification_get(tx, review.verification_id, &ret->now);
    }
    if (err == ERR_OK) {
        ret->decided = true;
        ret->review_id = review.id;
        ret->review_due_us = review.due_at_us;
        ret->follow_asked = followed;
    }
    return err;
}

enum err review_decide(struct store_tx *tx, struct vault *vault,
                       const struct review_decision *decision, struct verification_effect *ret)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    struct verification_effect effect = {.decided = false};
    enum err err;

    BUG_IF(decision->reason_length == 0 || decision->reason_length > REVIEW_REASON_MAX);
    err = decide(tx, vault, decision, arena, &effect);
    arena_free(arena);
    if (err == ERR_OK) {
        *ret = effect;
    }
    return err;
}

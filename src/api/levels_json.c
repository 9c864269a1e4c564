/* levels_json.c — see levels_json.h. */
#include "api/levels_json.h"

#include <stdio.h>
#include <string.h>

#include "core/kv.h"
#include "identity/tell.h"

#define WAY_WAIT    1u
#define WAY_CORRECT 2u
#define WAY_REVIEW  4u
#define WAY_RECOVER 8u
#define WAY_SUPPORT 16u
#define PARAMS_MAX  512

enum err api_level_of(struct store_tx *tx, const struct pack *pack, struct person_id person,
                      uint32_t *ret)
{
    struct identity_facts facts = {0};
    enum err err = identity_facts(tx, person, &facts);

    if (err == ERR_OK) {
        *ret = policy_level_of(
            pack, (struct level_facts){.channels = facts.channels, .in_person = facts.in_person});
    }
    return err;
}

const char *api_level_code(const struct pack *pack, uint32_t level)
{
    return level == 0 ? "" : pack_level_at(pack, level - 1)->code;
}

int32_t api_today(const struct pack *pack, int64_t now_us)
{
    struct date date = date_of_days(policy_day_of(pack, now_us));

    return date.year * 10000 + date.month * 100 + date.day;
}

/* ---- verifications ---- */

enum err api_verification_view(struct store_tx *tx, const struct verification *verification,
                               struct api_verification_view *ret)
{
    ret->verification = *verification;
    return review_of_verification(tx, verification->id, &ret->review, &ret->has_review);
}

/* A way on at every step. */
static uint32_t ways_of(const struct api_verification_view *view)
{
    const struct verification *verification = &view->verification;
    bool may_review = verification->check == VERIFY_NAME_ID && !view->has_review;

    switch (verification->state) {
    case VERIFICATION_CHECKING:
    case VERIFICATION_IN_REVIEW:
        return WAY_WAIT;
    case VERIFICATION_PASSED:
        return 0;
    case VERIFICATION_FAILED:
        break;
    }
    if (verification->fault == VERIFICATION_FAULT_TAKEN) {
        return WAY_RECOVER | WAY_SUPPORT;
    }
    return WAY_CORRECT | WAY_SUPPORT | (may_review ? WAY_REVIEW : 0);
}

void api_verification_json(struct json_out *out, const char *key,
                           const struct api_verification_view *view)
{
    const struct verification *verification = &view->verification;

    json_out_open(out, key);
    json_out_id(out, "id", ID_VERIFICATION_PREFIX, verification->id);
    json_out_name(out, "check", &api_verification_check_names, verification->check);
    json_out_name(out, "state", &api_verification_state_names, verification->state);
    json_out_name(out, "fault", &api_verification_fault_names, verification->fault);
    json_out_flags(out, "ways", &api_verification_way_names, ways_of(view));
    json_out_id(out, "review_id", ID_REVIEW_PREFIX, view->has_review ? view->review.id : 0);
    json_out_time(out, "review_due_at", view->has_review ? view->review.due_at_us : 0);
    json_out_time(out, "created_at", verification->created_at_us);
    json_out_time(out, "decided_at",
                  verification->state == VERIFICATION_PASSED ||
                          verification->state == VERIFICATION_FAILED
                      ? verification->decided_at_us
                      : 0);
    json_out_close(out);
}

/* ---- cards and limits ---- */

void api_card_json(struct json_out *out, const char *key, const struct bins *bins,
                   const struct card *card)
{
    struct pack_text bank;
    char masked[32];

    if (!bins_bank_title(bins, card->bank, &bank)) {
        bank = (struct pack_text){.zh = card->bank, .en = card->bank}; /* of an older table */
    }
    snprintf(masked, sizeof(masked), "\u2022\u2022\u2022\u2022 %s", card->last_four);
    json_out_open(out, key);
    json_out_id(out, "id", ID_CARD_PREFIX, card->id);
    json_out_name(out, "state", &api_card_state_names, card->state);
    json_out_name(out, "fault", &api_verification_fault_names, card->fault);
    json_out_text(out, "masked", masked);
    json_out_text(out, "last_four", card->last_four);
    json_out_text(out, "bank", card->bank);
    json_out_text(out, "bank_en", bank.en);
    json_out_text(out, "bank_zh", bank.zh);
    json_out_text(out, "network", card->network);
    json_out_name(out, "kind", &api_card_kind_names, card->kind);
    json_out_text(out, "label", card->label);
    json_out_i64(out, "color", card->color);
    json_out_bool(out, "is_default", card->is_default);
    json_out_id(out, "contact_id", ID_CONTACT_PREFIX, card->contact.v);
    json_out_time(out, "created_at", card->created_at_us);
    json_out_time(out, "bound_at", card->bound_at_us);
    json_out_close(out);
}

void api_own_limit_json(struct json_out *out, const char *key, int operation, int period,
                        const struct own_limit *own)
{
    json_out_open(out, key);
    json_out_name(out, "operation", &api_operation_names, operation);
    json_out_name(out, "period", &api_own_limit_period_names, period);
    json_out_i64(out, "amount_minor", own->is_set ? own->minor : -1);
    json_out_i64(out, "next_amount_minor", own->next_from_us != 0 ? own->next_minor : -1);
    json_out_time(out, "next_from", own->next_from_us);
    json_out_close(out);
}

/* ---- news ---- */

/* As packs/messages/words.yaml calls it. */
static const char *fault_word(enum verification_fault fault)
{
    switch (fault) {
    case VERIFICATION_FAULT_NAME:
        return "name";
    case VERIFICATION_FAULT_ID_NUMBER:
        return "national_id";
    case VERIFICATION_FAULT_PHONE:
        return "phone";
    case VERIFICATION_FAULT_CARD:
        return "card_number";
    case VERIFICATION_FAULT_TAKEN:
        return "id_taken";
    case VERIFICATION_FAULT_REFUSED:
        return "refused";
    case VERIFICATION_FAULT_NO_ANSWER:
        return "provider";
    case VERIFICATION_FAULT_NONE:
    case VERIFICATION_FAULT_UNSAID:
        break;
    }
    return "name_and_id";
}

static enum err tell(struct store_tx *tx, struct vault *vault, struct tell *news,
                     struct buf *params)
{
    enum err err;

    news->params = params;
    err = identity_tell(tx, vault, news);
    buf_done(params);
    return err;
}

enum err api_tell_verification(struct store_tx *tx, struct vault *vault, const struct pack *pack,
                               const struct verification_effect *effect, int64_t outbox_id)
{
    const struct verification *now = &effect->now;
    struct tell news = {.outbox_id = outbox_id, .person = now->person, .about = now->id};
    struct buf params;
    uint32_t level = 0;
    enum err err = api_level_of(tx, pack, now->person, &level);

    if (err != ERR_OK || !effect->decided) {
        return err;
    }
    buf_init(&params, PARAMS_MAX);
    if (now->state == VERIFICATION_PASSED) {
        news.topic = "verification_passed";
        kv_add_str(&params, "level", api_level_code(pack, level));
    } else if (now->state == VERIFICATION_IN_REVIEW) {
        news.topic = "review_opened";
        kv_add_i64(&params, "until", effect->review_due_us);
    } else {
        news.topic = "verification_failed";
        kv_add_str(&params, "field", fault_word(now->fault));
    }
    return tell(tx, vault, &news, &params);
}

enum err api_tell_card(struct store_tx *tx, struct vault *vault, const char *topic,
                       const struct card *card, int64_t outbox_id)
{
    struct tell news = {
        .outbox_id = outbox_id, .person = card->person, .about = card->id, .topic = topic};
    char shown[CARD_BANK_MAX + 16];
    struct buf params;

    buf_init(&params, PARAMS_MAX);
    snprintf(shown, sizeof(shown), "%s %s", card->bank, card->last_four);
    kv_add_str(&params, "card", shown);
    kv_add_i64(&params, "at", store_tx_now_us(tx));
    return tell(tx, vault, &news, &params);
}

/* outbox.c — see outbox.h. */
#include "store/outbox.h"

#include <string.h>

#include "q_store.h"

static bool length_is_fine(uint32_t length, uint32_t max)
{
    return length >= 1 && length <= max;
}

enum err outbox_add(struct store_tx *tx, const struct outbox_item *item, bool *ret_added)
{
    int64_t changed = 0;

    BUG_IF(item->outbox_id <= 0 || item->person_id <= 0 || item->contact_id < 0);
    BUG_IF(!length_is_fine(item->topic.length, OUTBOX_TOPIC_MAX));
    BUG_IF(!length_is_fine(item->dedupe.length, OUTBOX_DEDUPE_MAX));
    BUG_IF(item->payload.length > OUTBOX_PAYLOAD_MAX);
    const struct q_store_outbox_insert_in in = {
        .outbox_id = item->outbox_id,
        .person_id = item->person_id,
        .contact_id = item->contact_id,
        .topic = item->topic,
        .dedupe_key = item->dedupe,
        .payload_sealed = {item->payload.data == NULL ? "" : item->payload.data,
                           item->payload.length},
        .created_at_us = item->created_at_us,
        .due_at_us = item->due_at_us == 0 ? item->created_at_us : item->due_at_us,
        .expires_at_us = item->expires_at_us,
    };
    enum err err = q_store_outbox_insert(tx, &in, &changed);
    if (err == ERR_OK && ret_added != NULL) {
        *ret_added = changed == 1;
    }
    return err;
}

struct taking {
    void (*take)(const struct outbox_claimed *row, void *arg);
    void *arg;
};

static bool pass_on(const struct q_store_outbox_claim_row *row, void *arg)
{
    const struct taking *taking = arg;

    taking->take(&(struct outbox_claimed){.outbox_id = row->outbox_id,
                                          .person_id = row->person_id,
                                          .contact_id = row->contact_id,
                                          .topic = row->topic,
                                          .payload = row->payload_sealed,
                                          .created_at_us = row->created_at_us,
                                          .expires_at_us = row->expires_at_us,
                                          .attempts = row->attempts},
                 taking->arg);
    return true;
}

enum err outbox_claim(struct store_tx *tx, const struct outbox_claim *claim,
                      void (*take)(const struct outbox_claimed *row, void *arg), void *arg)
{
    struct taking taking = {take, arg};

    BUG_IF(claim->claim <= 0 || claim->until_us <= claim->now_us);
    BUG_IF(claim->count_max == 0 || claim->count_max > OUTBOX_CLAIM_MAX);
    return q_store_outbox_claim_each(tx,
                                     &(struct q_store_outbox_claim_in){
                                         .now_us = claim->now_us,
                                         .claim = claim->claim,
                                         .until_us = claim->until_us,
                                         .limit_count = claim->count_max,
                                     },
                                     pass_on, &taking);
}

static enum err only_ours(enum err err, int64_t changed)
{
    if (err != ERR_OK) {
        return err;
    }
    return changed == 1 ? ERR_OK : ERR_LEASE_LOST;
}

enum err outbox_finish(struct store_tx *tx, const struct outbox_held *held, int64_t now_us)
{
    int64_t changed = 0;

    BUG_IF(held->claim <= 0 || now_us <= 0);
    enum err err =
        q_store_outbox_finish(tx,
                              &(struct q_store_outbox_finish_in){.person_id = held->person_id,
                                                                 .outbox_id = held->outbox_id,
                                                                 .claim = held->claim,
                                                                 .now_us = now_us},
                              &changed);
    return only_ours(err, changed);
}

enum err outbox_postpone(struct store_tx *tx, const struct outbox_held *held, int64_t due_at_us)
{
    int64_t changed = 0;

    BUG_IF(held->claim <= 0);
    enum err err =
        q_store_outbox_postpone(tx,
                                &(struct q_store_outbox_postpone_in){.person_id = held->person_id,
                                                                     .outbox_id = held->outbox_id,
                                                                     .claim = held->claim,
                                                                     .due_at_us = due_at_us},
                                &changed);
    return only_ours(err, changed);
}

enum err outbox_release_all(struct store_tx *tx)
{
    return q_store_outbox_release(tx, NULL);
}

enum err outbox_prune(struct store_tx *tx, int64_t before_us, uint32_t count_max,
                      int64_t *ret_count)
{
    return q_store_outbox_prune(
        tx, &(struct q_store_outbox_prune_in){.before_us = before_us, .limit_count = count_max},
        ret_count);
}

enum err outbox_forget_person(struct store_tx *tx, int64_t person_id)
{
    return q_store_outbox_forget_person(
        tx, &(struct q_store_outbox_forget_person_in){.person_id = person_id}, NULL);
}

enum err outbox_stats(struct store_tx *tx, struct outbox_stats *ret)
{
    struct q_store_outbox_stats_row row;
    bool found = false;
    enum err err = q_store_outbox_stats(tx, &row, &found);

    if (err == ERR_OK) {
        BUG_IF(!found);
        *ret = (struct outbox_stats){row.waiting_count, row.oldest_us};
    }
    return err;
}

/* ---- places of followers ---- */

static struct store_text text_of(const char *name)
{
    return (struct store_text){name, (uint32_t)strlen(name)};
}

enum err store_cursor_get(struct store_tx *tx, const char *name, int64_t initial,
                          int64_t *ret_position)
{
    struct q_store_cursor_get_row row;
    bool found = false;
    enum err err = q_store_cursor_get(tx, &(struct q_store_cursor_get_in){.name = text_of(name)},
                                      &row, &found);

    if (err == ERR_OK) {
        *ret_position = found ? row.position : initial;
    }
    return err;
}

enum err store_cursor_advance(struct store_tx *tx, const char *name, int64_t from, int64_t to)
{
    int64_t changed = 0;

    BUG_IF(from < 0 || to < from);
    enum err err = q_store_cursor_insert(
        tx, &(struct q_store_cursor_insert_in){.name = text_of(name), .position = from}, NULL);
    if (err != ERR_OK) {
        return err;
    }
    err =
        q_store_cursor_advance(tx,
                               &(struct q_store_cursor_advance_in){
                                   .name = text_of(name), .from_position = from, .to_position = to},
                               &changed);
    return only_ours(err, changed);
}

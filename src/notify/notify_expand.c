/* notify_expand.c — outbox rows become messages with their deliveries, each row in one transaction
 * of its own: finished, message and deliveries together or none of them.
 *
 * Everything random or slow is drawn before the transaction. What the port says is read in the same
 * transaction as it is used, so that a contact removed a moment ago hears nothing. */
#include "notify/notify_int.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/kv.h"
#include "core/log.h"
#include "core/str.h"
#include "q_notify.h"
#include "store/outbox.h"

#define CLAIM_US        (INT64_C(30) * 1000000)
#define UNKNOWN_AGAIN   (INT64_C(3600) * 1000000)
#define EXPAND_AT_ONCE  128
#define ROW_ARENA_BYTES ((size_t)256 << 10)

struct row {
    int64_t outbox_id, person_id, contact_id, created_at_us, expires_at_us, attempts;
    char topic[OUTBOX_TOPIC_MAX + 1];
    uint32_t payload_length;
    uint8_t *payload;
};

struct batch {
    struct outbox_claim claim;
    size_t count;
    struct arena *arena;
    struct row rows[EXPAND_AT_ONCE];
};

static void take(const struct outbox_claimed *row, void *arg)
{
    struct batch *batch = arg;
    struct row *to = &batch->rows[batch->count++];

    BUG_IF(batch->count > EXPAND_AT_ONCE || row->topic.length > OUTBOX_TOPIC_MAX);
    *to = (struct row){.outbox_id = row->outbox_id,
                       .person_id = row->person_id,
                       .contact_id = row->contact_id,
                       .created_at_us = row->created_at_us,
                       .expires_at_us = row->expires_at_us,
                       .attempts = row->attempts,
                       .payload_length = row->payload.length};
    memcpy(to->topic, row->topic.data, row->topic.length);
    to->payload = arena_alloc(batch->arena, row->payload.length + 1);
    if (row->payload.length > 0) {
        memcpy(to->payload, row->payload.data, row->payload.length);
    }
}

static enum err claim_in_tx(struct store_tx *tx, void *arg)
{
    struct batch *batch = arg;

    batch->count = 0;
    arena_reset(batch->arena);
    return outbox_claim(tx, &batch->claim, take, batch);
}

/* One row on its way into the tables. */
struct expansion {
    struct notify *notify;
    const struct row *row;
    const struct notify_topic *topic;
    int64_t claim, now_us;
    int64_t delivery_ids[NOTIFY_CONTACTS_MAX];
    struct sha256_hash code_index;
    struct arena *arena; /* of this attempt */
};

/* The amount of a movement, for the thresholds: the parameter "amount" of money topics. */
static enum err read_amount(struct expansion *e, struct store_tx *tx, struct money *ret)
{
    struct store_blob params;
    struct kv_text value;
    const char *space;
    struct money amount = {0};
    struct notify_port *port = &e->notify->port;

    *ret = (struct money){0};
    if (e->topic->kind != NOTIFY_MONEY) {
        return ERR_OK;
    }
    enum err err = port->open_params(port->ctx, tx, e->row->person_id, e->row->outbox_id,
                                     (struct store_blob){e->row->payload, e->row->payload_length},
                                     false, e->arena, &params);
    if (err != ERR_OK) {
        return err;
    }
    if (kv_get(params.data, params.length, "amount", &value) && value.length > 0 &&
        (space = memchr(value.data, ' ', value.length)) != NULL) {
        size_t digits = (size_t)(space - value.data);

        amount.currency = currency_from_code(space + 1, value.length - digits - 1);
        if (str_parse_i64(value.data, digits, &amount.minor) && amount.minor <= MONEY_MINOR_MAX &&
            amount.minor >= -MONEY_MINOR_MAX) {
            *ret = amount;
        }
    }
    return ERR_OK;
}

static enum err find_ways(struct expansion *e, struct store_tx *tx, struct notify_ways *ret)
{
    struct notify_contact contacts[NOTIFY_CONTACTS_MAX];
    struct notify_preferences preferences;
    struct notify_port *port = &e->notify->port;
    size_t count = 0;
    struct money amount;
    enum err err =
        port->contacts(port->ctx, tx, e->row->person_id, e->row->contact_id, contacts, &count);

    if (err == ERR_OK) {
        err = notify_preferences_get(tx, e->notify, e->row->person_id, NULL, &preferences, NULL);
    }
    if (err == ERR_OK) {
        err = read_amount(e, tx, &amount);
    }
    if (err == ERR_OK) {
        notify_route(&(struct notify_case){.topic = e->topic,
                                           .preferences = &preferences,
                                           .contacts = contacts,
                                           .contact_count = count,
                                           .only_contact_id = e->row->contact_id,
                                           .amount = amount,
                                           .now_us = e->now_us},
                     ret);
    }
    return err;
}

static enum err insert_deliveries(struct expansion *e, struct store_tx *tx,
                                  const struct notify_ways *ways)
{
    const struct row *row = e->row;
    int64_t give_up_at_us = row->created_at_us + e->topic->lifetime_s * INT64_C(1000000);

    if (row->expires_at_us != 0 && row->expires_at_us < give_up_at_us) {
        give_up_at_us = row->expires_at_us;
    }
    for (size_t i = 0; i < ways->count; i++) {
        const struct q_notify_delivery_insert_in in = {
            .delivery_id = e->delivery_ids[i],
            .person_id = row->person_id,
            .message_id = row->outbox_id,
            .contact_id = ways->ways[i].contact_id,
            .channel = ways->ways[i].channel,
            .created_at_us = row->created_at_us,
            .due_at_us = ways->ways[i].due_at_us,
            .give_up_at_us = give_up_at_us,
        };
        enum err err = q_notify_delivery_insert(tx, &in, NULL);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

static enum err insert_message(struct expansion *e, struct store_tx *tx,
                               const struct notify_ways *ways)
{
    const struct row *row = e->row;
    bool burnt = e->topic->secret && ways->count == 0;
    const struct q_notify_message_insert_in in = {
        .message_id = row->outbox_id,
        .person_id = row->person_id,
        .topic = notify_text_of(e->topic->name),
        .kind = e->topic->kind,
        .severity = e->topic->severity,
        .is_shown = ways->in_app,
        .is_secret = e->topic->secret,
        .params_sealed = {row->payload, burnt ? 0 : row->payload_length},
        .code_index = e->code_index,
        .created_at_us = row->created_at_us,
        .expires_at_us = row->expires_at_us,
    };

    return q_notify_message_insert(tx, &in, NULL);
}

static enum err expand_in_tx(struct store_tx *tx, void *arg)
{
    struct expansion *e = arg;
    struct notify_port *port = &e->notify->port;
    const struct outbox_held held = {e->row->outbox_id, e->row->person_id, e->claim};
    struct notify_person person = {0};
    struct notify_ways ways;

    arena_reset(e->arena);
    if (e->topic == NULL) {
        return outbox_postpone(tx, &held, e->now_us + UNKNOWN_AGAIN);
    }
    enum err err = outbox_finish(tx, &held, e->now_us);
    if (err == ERR_OK) {
        err = port->person(port->ctx, tx, e->row->person_id, &person);
    }
    if (err != ERR_OK || !person.reachable) {
        return err; /* somebody who is gone is told nothing */
    }
    err = find_ways(e, tx, &ways);
    if (err == ERR_OK) {
        err = insert_message(e, tx, &ways);
    }
    return err == ERR_OK ? insert_deliveries(e, tx, &ways) : err;
}

static enum err postpone_in_tx(struct store_tx *tx, void *arg)
{
    const struct expansion *e = arg;
    const struct outbox_held held = {e->row->outbox_id, e->row->person_id, e->claim};

    return outbox_postpone(tx, &held, e->now_us + notify_backoff_us(e->row->attempts));
}

/* ---- a batch ---- */

/* All rows of a batch are queued at once, so that one commit carries many; the last one done wakes
 * the caller. Rows of one person take one lane, in their order. */
struct crowd {
    pthread_mutex_t lock;
    pthread_cond_t done;
    size_t under_way;
};

struct place {
    struct expansion expansion;
    struct store_write write;
    struct crowd *crowd;
    enum err outcome;
};

static void done_one(void *arg, enum err outcome)
{
    struct place *place = arg;
    struct crowd *crowd = place->crowd;

    place->outcome = outcome;
    pthread_mutex_lock(&crowd->lock);
    if (--crowd->under_way == 0) {
        pthread_cond_signal(&crowd->done);
    }
    pthread_mutex_unlock(&crowd->lock);
}

/* store_write runs with one argument, which done_one needs as well. */
static enum err run_one(struct store_tx *tx, void *arg)
{
    struct place *place = arg;

    return expand_in_tx(tx, &place->expansion);
}

static void prepare(struct notify *notify, const struct batch *batch, const struct row *row,
                    struct place *place)
{
    struct expansion *e = &place->expansion;
    char code[NOTIFY_CODE_TEXT_MAX];

    *e = (struct expansion){.notify = notify,
                            .row = row,
                            .topic = notify_topic_find(row->topic, strlen(row->topic)),
                            .claim = batch->claim.claim,
                            .now_us = clock_now_us(notify->clock),
                            .arena = arena_create(ROW_ARENA_BYTES)};
    if (e->topic == NULL) {
        LOG(LOG_ERROR, "notify_topic_unknown", LOG_TEXT("topic", row->topic));
    }
    id_draw(notify->ids, NOTIFY_CONTACTS_MAX, e->delivery_ids);
    notify_message_code(notify, row->outbox_id, code);
    notify->port.code_index(notify->port.ctx, code, &e->code_index);
}

static void submit(struct notify *notify, struct place *place, struct crowd *crowd)
{
    place->crowd = crowd;
    place->write = (struct store_write){.run = run_one,
                                        .done = done_one,
                                        .arg = place,
                                        .affinity = place->expansion.row->person_id};
    pthread_mutex_lock(&crowd->lock);
    crowd->under_way++;
    pthread_mutex_unlock(&crowd->lock);
    enum err err = store_submit(notify->store, &place->write);
    if (err != ERR_OK) {
        done_one(place, err);
    }
}

static void wait_for(struct crowd *crowd)
{
    pthread_mutex_lock(&crowd->lock);
    while (crowd->under_way > 0) {
        pthread_cond_wait(&crowd->done, &crowd->lock);
    }
    pthread_mutex_unlock(&crowd->lock);
}

/* The first error that is ours to report; what failed waits and comes again. */
static enum err settle(struct notify *notify, struct place *place)
{
    if (place->outcome == ERR_OK || place->outcome == ERR_LEASE_LOST) {
        return ERR_OK;
    }
    enum err ignored = store_write_sync(notify->store, postpone_in_tx, &place->expansion, 0);
    (void)ignored; /* else the claim runs out by itself */
    return place->outcome;
}

static enum err expand_batch(struct notify *notify, const struct batch *batch)
{
    struct place *places = calloc(batch->count, sizeof(*places));
    struct crowd crowd = {.under_way = 0};
    enum err verdict = ERR_OK;

    BUG_IF(places == NULL);
    pthread_mutex_init(&crowd.lock, NULL);
    pthread_cond_init(&crowd.done, NULL);
    for (size_t i = 0; i < batch->count; i++) {
        prepare(notify, batch, &batch->rows[i], &places[i]);
    }
    for (size_t i = 0; i < batch->count; i++) {
        submit(notify, &places[i], &crowd);
    }
    wait_for(&crowd);
    for (size_t i = 0; i < batch->count; i++) {
        enum err err = settle(notify, &places[i]);

        verdict = err == ERR_OK ? verdict : err;
        arena_free(places[i].expansion.arena);
    }
    pthread_cond_destroy(&crowd.done);
    pthread_mutex_destroy(&crowd.lock);
    free(places);
    return verdict;
}

enum err notify_expand(struct notify *notify, bool *ret_more)
{
    struct batch *batch = calloc(1, sizeof(*batch));
    int64_t now_us = clock_now_us(notify->clock);
    enum err verdict;

    BUG_IF(batch == NULL);
    batch->arena = arena_create(NOTIFY_ARENA_BYTES);
    batch->claim = (struct outbox_claim){.claim = id_draw_one(notify->ids),
                                         .now_us = now_us,
                                         .until_us = now_us + CLAIM_US,
                                         .count_max = EXPAND_AT_ONCE};
    verdict = store_write_sync(notify->store, claim_in_tx, batch, 0);
    if (verdict == ERR_OK && batch->count > 0) {
        verdict = expand_batch(notify, batch);
    }
    if (verdict == ERR_OK) {
        *ret_more = batch->count == EXPAND_AT_ONCE;
    }
    arena_free(batch->arena);
    free(batch);
    return verdict;
}

/* notify_deliver.c — one batch of deliveries of one channel: claimed in a transaction, opened and
 * written out in a snapshot, sent without any transaction, settled in another one.
 *
 * The claim outlasts every send of the batch. If it does not (a machine that slept), settling
 * changes nothing, and whoever holds the claim then settles. */
#include "notify/notify_int.h"

#include <string.h>

#include "core/buf.h"
#include "q_notify.h"

#define SEND_MAX_US ((TRANSPORT_MS_MAX + 2000) * INT64_C(1000))
#define CLAIM_US    (NOTIFY_BATCH * SEND_MAX_US)

struct item {
    int64_t delivery_id, person_id, message_id, contact_id, attempts, give_up_at_us;
    bool is_secret;
    /* written out */
    enum err problem; /* why it could not be written out */
    const char *to, *subject, *text, *language;
    char id[ID_TEXT_MAX];
    int64_t created_at_us;
    /* what became of it */
    enum transport_outcome outcome;
    char problem_text[TRANSPORT_PROBLEM_MAX];
};

struct batch {
    struct notify *notify;
    enum notify_channel channel;
    int64_t claim, now_us;
    size_t count;
    struct item items[NOTIFY_BATCH];
    struct arena *arena;
};

/* ---- claiming ---- */

static bool take(const struct q_notify_deliveries_claim_row *row, void *arg)
{
    struct batch *batch = arg;

    BUG_IF(batch->count == NOTIFY_BATCH);
    batch->items[batch->count++] = (struct item){.delivery_id = row->delivery_id,
                                                 .person_id = row->person_id,
                                                 .message_id = row->message_id,
                                                 .contact_id = row->contact_id,
                                                 .attempts = row->attempts,
                                                 .give_up_at_us = row->give_up_at_us};
    return true;
}

static enum err claim_in_tx(struct store_tx *tx, void *arg)
{
    struct batch *batch = arg;

    batch->count = 0;
    return q_notify_deliveries_claim_each(
        tx,
        &(struct q_notify_deliveries_claim_in){.channel = batch->channel,
                                               .now_us = batch->now_us,
                                               .claim = batch->claim,
                                               .until_us = batch->now_us + CLAIM_US,
                                               .limit_count = NOTIFY_BATCH},
        take, batch);
}

/* ---- writing out ---- */

static const char *keep(struct arena *arena, struct buf *buf)
{
    BUG_IF(!buf_ok(buf));
    const char *text = arena_strndup(arena, (const char *)buf->data, buf->length);

    secret_wipe(buf->data, buf->length);
    buf_clear(buf);
    return text;
}

static void render(struct batch *batch, struct item *item, const struct notify_view *view)
{
    struct buf out;

    buf_init(&out, NOTIFY_RENDERED_MAX);
    if (batch->channel == NOTIFY_SMS) {
        notify_render_sms(view, &out);
        item->text = keep(batch->arena, &out);
    } else {
        notify_render_subject(view, &out);
        item->subject = keep(batch->arena, &out);
        notify_render_email(view, &out);
        item->text = keep(batch->arena, &out);
    }
    buf_done(&out);
}

/* The texts' parameters, the person's language and zone, and the address. */
static enum err open_item(struct store_tx *tx, struct batch *batch, struct item *item)
{
    struct notify_port *port = &batch->notify->port;
    struct q_notify_message_get_row row;
    struct notify_preferences preferences;
    struct notify_person person;
    struct store_blob params = {0};
    struct notify_view view = {0};
    char code[NOTIFY_CODE_TEXT_MAX];
    bool found = false;
    enum err err =
        q_notify_message_get(tx,
                             &(struct q_notify_message_get_in){.person_id = item->person_id,
                                                               .message_id = item->message_id},
                             batch->arena, &row, &found);

    if (err != ERR_OK) {
        return err;
    }
    view.topic = found ? notify_topic_find(row.topic.data, row.topic.length) : NULL;
    if (view.topic == NULL || (view.topic->channels & batch->channel) == 0) {
        return ERR_MESSAGE_NOT_FOUND;
    }
    err = port->person(port->ctx, tx, item->person_id, &person);
    if (err == ERR_OK && !person.reachable) {
        err = ERR_NOTIFY_PERSON_GONE;
    }
    if (err == ERR_OK) {
        err = notify_preferences_get(tx, batch->notify, item->person_id, batch->arena, &preferences,
                                     &view.phrase);
    }
    if (err == ERR_OK) {
        err = port->open_params(port->ctx, tx, item->person_id, item->message_id, row.params_sealed,
                                false, batch->arena, &params);
    }
    if (err == ERR_OK) {
        err = port->open_address(port->ctx, tx, item->person_id, item->contact_id, batch->arena,
                                 &item->to);
    }
    if (err != ERR_OK) {
        return err;
    }
    notify_message_code(batch->notify, item->message_id, code);
    view.language = person.language;
    view.utc_offset_min = preferences.utc_offset_min;
    view.params = params.data;
    view.params_length = params.length;
    view.code = view.topic->secret ? NULL : code;
    item->is_secret = view.topic->secret;
    item->language = person.language == NOTIFY_ZH ? "zh-CN" : "en";
    item->created_at_us = row.created_at_us;
    id_format(ID_DELIVERY_PREFIX, item->delivery_id, item->id);
    render(batch, item, &view);
    return ERR_OK;
}

static enum err open_in_read(struct store_tx *tx, void *arg)
{
    struct batch *batch = arg;

    arena_reset(batch->arena);
    for (size_t i = 0; i < batch->count; i++) {
        batch->items[i].problem = open_item(tx, batch, &batch->items[i]);
    }
    return ERR_OK;
}

/* ---- sending ---- */

/* Gone for good: a person, a contact, a topic that is no more. */
static bool is_final(enum err err)
{
    return err == ERR_NOTIFY_PERSON_GONE || err == ERR_MESSAGE_NOT_FOUND;
}

static void note(struct item *item, enum transport_outcome outcome, const char *problem)
{
    size_t length = strlen(problem);

    item->outcome = outcome;
    length = length < sizeof(item->problem_text) ? length : sizeof(item->problem_text) - 1;
    memcpy(item->problem_text, problem, length);
    item->problem_text[length] = '\0';
}

static void send_item(struct batch *batch, struct item *item)
{
    struct transport *transport =
        batch->channel == NOTIFY_SMS ? &batch->notify->sms : &batch->notify->email;

    if (clock_now_us(batch->notify->clock) >= item->give_up_at_us) {
        note(item, TRANSPORT_NOT_SENT, "too_late");
        return;
    }
    if (item->problem != ERR_OK) {
        note(item, is_final(item->problem) ? TRANSPORT_REFUSED : TRANSPORT_NOT_SENT,
             err_code(item->problem));
        return;
    }
    if (atomic_load(&batch->notify->stopping)) {
        note(item, TRANSPORT_NOT_SENT, "stopping");
        return;
    }
    if (transport->send == NULL) {
        note(item, TRANSPORT_NOT_SENT, "no_transport");
        return;
    }
    item->outcome = transport->send(transport->ctx,
                                    &(struct transport_message){.id = item->id,
                                                                .to = item->to,
                                                                .subject = item->subject,
                                                                .text = item->text,
                                                                .language = item->language,
                                                                .at_us = item->created_at_us},
                                    item->problem_text);
}

/* ---- settling ---- */

static enum err settle_item(struct store_tx *tx, const struct batch *batch, const struct item *item)
{
    int64_t due_at_us = batch->now_us + notify_backoff_us(item->attempts);
    enum notify_delivery_state state = NOTIFY_WAITING;

    if (item->outcome == TRANSPORT_SENT) {
        state = NOTIFY_SENT;
    } else if (item->outcome == TRANSPORT_REFUSED) {
        state = NOTIFY_REFUSED;
    } else if (due_at_us >= item->give_up_at_us) {
        state = NOTIFY_GIVEN_UP;
    }
    enum err err = q_notify_delivery_settle(
        tx,
        &(struct q_notify_delivery_settle_in){
            .person_id = item->person_id,
            .delivery_id = item->delivery_id,
            .claim = batch->claim,
            .state = state,
            .problem = notify_text_of(state == NOTIFY_SENT ? "" : item->problem_text),
            .due_at_us = due_at_us,
            .done_at_us = state == NOTIFY_WAITING ? 0 : batch->now_us},
        NULL);
    if (err != ERR_OK || state == NOTIFY_WAITING) {
        return err;
    }
    return q_notify_message_burn(tx,
                                 &(struct q_notify_message_burn_in){.person_id = item->person_id,
                                                                    .message_id = item->message_id},
                                 NULL);
}

static enum err settle_in_tx(struct store_tx *tx, void *arg)
{
    const struct batch *batch = arg;

    for (size_t i = 0; i < batch->count; i++) {
        enum err err = settle_item(tx, batch, &batch->items[i]);

        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

static void wipe(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const char *const texts[] = {batch->items[i].to, batch->items[i].subject,
                                     batch->items[i].text};

        for (size_t t = 0; t < ARRAY_COUNT(texts); t++) {
            if (texts[t] != NULL) {
                /* The arena's memory, ours to write. */
                secret_wipe((void *)(uintptr_t)texts[t], strlen(texts[t]));
            }
        }
    }
}

enum err notify_deliver(struct notify *notify, enum notify_channel channel, bool *ret_more)
{
    struct batch batch = {.notify = notify,
                          .channel = channel,
                          .claim = id_draw_one(notify->ids),
                          .now_us = clock_now_us(notify->clock),
                          .arena = arena_create(NOTIFY_ARENA_BYTES)};

    BUG_IF(channel != NOTIFY_SMS && channel != NOTIFY_EMAIL);
    enum err err = store_write_sync(notify->store, claim_in_tx, &batch, 0);
    if (err == ERR_OK && batch.count > 0) {
        err = store_read(notify->store, open_in_read, &batch);
    }
    if (err == ERR_OK && batch.count > 0) {
        for (size_t i = 0; i < batch.count; i++) {
            send_item(&batch, &batch.items[i]);
        }
        wipe(&batch);
        batch.now_us = clock_now_us(notify->clock);
        err = store_write_sync(notify->store, settle_in_tx, &batch, 0);
    }
    if (err == ERR_OK) {
        *ret_more = batch.count == NOTIFY_BATCH;
    }
    arena_free(batch.arena);
    return err;
}

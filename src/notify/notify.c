/* notify.c — opening, pruning, numbers. The contract is in notify.h. */
#include "notify/notify_int.h"

#include <stdlib.h>

#include "q_notify.h"
#include "store/outbox.h"

#define PRUNE_AT_ONCE 500

struct notify *notify_open(const struct notify_config *config)
{
    struct notify *notify = calloc(1, sizeof(*notify));

    BUG_IF(notify == NULL);
    *notify = (struct notify){.store = config->store,
                              .clock = config->clock,
                              .ids = config->ids,
                              .port = config->port,
                              .sms = config->sms,
                              .email = config->email};
    return notify;
}

static enum err release_in_tx(struct store_tx *tx, void *arg)
{
    enum err err = outbox_release_all(tx);

    (void)arg;
    return err == ERR_OK ? q_notify_deliveries_release(tx, NULL) : err;
}

enum err notify_recover(struct notify *notify)
{
    if (store_backend(notify->store) != STORE_SQLITE) {
        return ERR_OK;
    }
    return store_write_sync(notify->store, release_in_tx, NULL, 0);
}

void notify_stop(struct notify *notify)
{
    atomic_store(&notify->stopping, true);
}

static void close_transport(struct transport *transport)
{
    if (transport->free != NULL) {
        transport->free(transport->ctx);
    }
}

void notify_close(struct notify *notify)
{
    if (notify != NULL) {
        close_transport(&notify->sms);
        close_transport(&notify->email);
        free(notify);
    }
}

void notify_message_code(struct notify *notify, int64_t message_id, char ret[NOTIFY_CODE_TEXT_MAX])
{
    struct sha256_hash mac;

    notify->port.message_mac(notify->port.ctx, message_id, &mac);
    notify_code_text(mac.bytes, ret);
    secret_wipe(&mac, sizeof(mac));
}

struct prune {
    int64_t now_us, outbox_count, delivery_count;
};

static enum err prune_in_tx(struct store_tx *tx, void *arg)
{
    struct prune *prune = arg;
    enum err err =
        outbox_prune(tx, prune->now_us - OUTBOX_KEEP_US, PRUNE_AT_ONCE, &prune->outbox_count);

    if (err != ERR_OK) {
        return err;
    }
    return q_notify_deliveries_prune(
        tx,
        &(struct q_notify_deliveries_prune_in){.before_us = prune->now_us - NOTIFY_KEEP_US,
                                               .limit_count = PRUNE_AT_ONCE},
        &prune->delivery_count);
}

enum err notify_prune(struct notify *notify, bool *ret_more)
{
    struct prune prune = {.now_us = clock_now_us(notify->clock)};
    enum err err = store_write_sync(notify->store, prune_in_tx, &prune, 0);

    if (err == ERR_OK) {
        *ret_more = prune.outbox_count == PRUNE_AT_ONCE || prune.delivery_count == PRUNE_AT_ONCE;
    }
    return err;
}

static enum err channel_stats(struct store_tx *tx, enum notify_channel channel, int64_t *ret_count,
                              int64_t *oldest_us)
{
    struct q_notify_deliveries_stats_row row = {0};
    bool found = false;
    enum err err = q_notify_deliveries_stats(
        tx, &(struct q_notify_deliveries_stats_in){.channel = channel}, &row, &found);

    if (err == ERR_OK) {
        BUG_IF(!found);
        *ret_count = row.waiting_count;
        if (row.oldest_us != 0 && (*oldest_us == 0 || row.oldest_us < *oldest_us)) {
            *oldest_us = row.oldest_us;
        }
    }
    return err;
}

enum err notify_stats(struct store_tx *tx, struct notify_stats *ret)
{
    struct notify_stats stats = {0};
    struct outbox_stats outbox;
    enum err err = outbox_stats(tx, &outbox);

    if (err == ERR_OK) {
        stats.outbox_waiting = outbox.waiting_count;
        stats.oldest_us = outbox.oldest_us;
        err = channel_stats(tx, NOTIFY_SMS, &stats.sms_waiting, &stats.oldest_us);
    }
    if (err == ERR_OK) {
        err = channel_stats(tx, NOTIFY_EMAIL, &stats.email_waiting, &stats.oldest_us);
    }
    if (err == ERR_OK) {
        *ret = stats;
    }
    return err;
}

/* movement_alerts.c — see movement_alerts.h. */
#include "main/movement_alerts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/i64map.h"
#include "core/kv.h"
#include "identity/people.h"
#include "identity/tell.h"
#include "store/outbox.h"

#define CURSOR        "movement_alerts"
#define PAGE_MAX      256
#define ALERTS_MAX    (2 * PAGE_MAX)
#define WRITE_EVERY   10000 /* places of the log without an alert */
#define ACCOUNTS_KEPT 1000000
#define PARAMS_MAX    1024
#define NOT_STARTED   (-1)

/* What is known of an account. */
enum owner_kind { OWNER_NOBODY = 0, OWNER_PERSON = 1 };

struct alert {
    int64_t outbox_id, person_id;
    const char *topic;
    const struct ledger_posted *posted;
    int64_t balance_minor;
};

struct movement_alerts {
    struct movement_alerts_config config;
    struct i64map known; /* account id to enum owner_kind */
    int64_t saved;       /* as written down; NOT_STARTED: not read yet */
    int64_t next;        /* where to read on */
    /* of the page */
    int64_t after;
    size_t posted_count, alert_count;
    struct ledger_posted posted[PAGE_MAX];
    int64_t indexes[PAGE_MAX];
    struct alert alerts[ALERTS_MAX];
};

struct movement_alerts *movement_alerts_create(const struct movement_alerts_config *config)
{
    struct movement_alerts *alerts = calloc(1, sizeof(*alerts));

    BUG_IF(alerts == NULL);
    alerts->config = *config;
    alerts->saved = NOT_STARTED;
    i64map_init(&alerts->known);
    return alerts;
}

void movement_alerts_free(struct movement_alerts *alerts)
{
    if (alerts != NULL) {
        i64map_done(&alerts->known);
        free(alerts);
    }
}

/* ---- where we are ---- */

struct place {
    int64_t initial, position;
};

/* Writes the first place down, so that it stays although the log grows. */
static enum err begin_in_tx(struct store_tx *tx, void *arg)
{
    struct place *place = arg;
    enum err err = store_cursor_get(tx, CURSOR, NOT_STARTED, &place->position);

    if (err == ERR_OK && place->position == NOT_STARTED) {
        place->position = place->initial;
        err = store_cursor_advance(tx, CURSOR, place->initial, place->initial);
    }
    return err;
}

static enum err begin(struct movement_alerts *alerts)
{
    struct ledger_log_head head;
    struct place place = {0};
    enum err err = ledger_log_head(alerts->config.ledger, &head);

    if (err == ERR_OK) {
        place.initial = head.size;
        err = store_write_sync(alerts->config.store, begin_in_tx, &place, 0);
    }
    if (err == ERR_OK) {
        alerts->saved = alerts->next = place.position;
    }
    return err;
}

/* ---- whose account ---- */

static enum err look_up(struct store_tx *tx, const struct ledger_account *account,
                        enum owner_kind *ret)
{
    struct person person;
    enum err err;

    *ret = OWNER_NOBODY;
    if (account->owner <= 0) {
        return ERR_OK;
    }
    err = person_get(tx, (struct person_id){account->owner}, &person);
    if (err == ERR_OK && person.kind == PERSON_CONSUMER) {
        *ret = OWNER_PERSON;
    }
    return err == ERR_PERSON_NOT_FOUND ? ERR_OK : err;
}

/* The account's owner if it is a person, else 0. */
static enum err owner_of(struct movement_alerts *alerts, struct store_tx *tx, struct account_id id,
                         struct ledger_account *ret_account, int64_t *ret)
{
    uint32_t known = i64map_get(&alerts->known, id.v);
    enum owner_kind kind = OWNER_NOBODY;
    enum err err;

    *ret = 0;
    if (known == OWNER_NOBODY) {
        return ERR_OK;
    }
    err = ledger_get_account(alerts->config.ledger, id, ret_account);
    if (err != ERR_OK) {
        return err;
    }
    if (known == I64MAP_NONE) {
        err = look_up(tx, ret_account, &kind);
        if (err != ERR_OK) {
            return err;
        }
        if (alerts->known.count >= ACCOUNTS_KEPT) {
            i64map_clear(&alerts->known);
        }
        i64map_put(&alerts->known, id.v, kind);
    } else {
        kind = (enum owner_kind)known;
    }
    *ret = kind == OWNER_PERSON ? ret_account->owner : 0;
    return ERR_OK;
}

/* ---- what it is ---- */

/* NULL: nothing to tell on this side. */
static const char *topic_of(const struct ledger_posted *posted, enum ledger_side side)
{
    uint32_t flags = posted->transfer.flags;

    if (posted->transfer.amount_minor == 0) {
        return NULL; /* a closing hold */
    }
    if ((flags & LEDGER_PENDING) != 0) {
        return side == LEDGER_DEBIT ? "money_held" : NULL;
    }
    if ((flags & (LEDGER_VOID_PENDING | LEDGER_EXPIRE_PENDING)) != 0) {
        return side == LEDGER_DEBIT ? "money_released" : NULL;
    }
    return side == LEDGER_DEBIT ? "money_out" : "money_in";
}

static enum err look_at_side(struct movement_alerts *alerts, struct store_tx *tx,
                             const struct ledger_posted *posted, enum ledger_side side)
{
    const struct ledger_entry *entry = side == LEDGER_DEBIT ? &posted->debit : &posted->credit;
    const char *topic = topic_of(posted, side);
    struct ledger_account account;
    const struct ledger_kind_info *kind;
    int64_t owner;
    enum err err;

    if (topic == NULL) {
        return ERR_OK;
    }
    err = owner_of(alerts, tx, entry->account, &account, &owner);
    if (err != ERR_OK || owner == 0) {
        return err;
    }
    kind = ledger_kind_info(account.kind);
    BUG_IF(kind == NULL || alerts->alert_count == ALERTS_MAX);
    alerts->alerts[alerts->alert_count++] = (struct alert){
        .person_id = owner,
        .topic = topic,
        .posted = posted,
        .balance_minor =
            kind->normal_side == LEDGER_CREDIT ? entry->posted_minor : -entry->posted_minor,
    };
    return ERR_OK;
}

static enum err read_page(struct store_tx *tx, void *arg)
{
    struct movement_alerts *alerts = arg;
    enum err err;

    alerts->posted_count = alerts->alert_count = 0;
    alerts->after = alerts->next;
    err = ledger_list_log(tx, alerts->next, PAGE_MAX, alerts->posted, alerts->indexes,
                          &alerts->posted_count, &alerts->after);
    for (size_t i = 0; err == ERR_OK && i < alerts->posted_count; i++) {
        err = look_at_side(alerts, tx, &alerts->posted[i], LEDGER_DEBIT);
        if (err == ERR_OK) {
            err = look_at_side(alerts, tx, &alerts->posted[i], LEDGER_CREDIT);
        }
    }
    return err;
}

/* ---- telling ---- */

static void add_money(struct buf *params, const char *name, int64_t minor, enum currency currency)
{
    char text[40];

    snprintf(text, sizeof(text), "%" PRId64 " %s", minor, currency_code(currency));
    kv_add_str(params, name, text);
}

static enum err tell_alert(struct movement_alerts *alerts, struct store_tx *tx,
                           const struct alert *alert)
{
    const struct ledger_transfer *transfer = &alert->posted->transfer;
    struct tell tell = {.outbox_id = alert->outbox_id,
                        .person = {alert->person_id},
                        .topic = alert->topic,
                        .about = transfer->id.v};
    char id[ID_TEXT_MAX];
    struct buf params;
    enum err err;

    buf_init(&params, PARAMS_MAX);
    add_money(&params, "amount", transfer->amount_minor, transfer->currency);
    add_money(&params, "balance", alert->balance_minor, transfer->currency);
    kv_add_i64(&params, "at", alert->posted->created_at_us);
    id_format("tr", transfer->id.v, id);
    kv_add_str(&params, "transfer", id);
    tell.params = &params;
    err = identity_tell(tx, alerts->config.vault, &tell);
    secret_wipe(params.data, params.length);
    buf_done(&params);
    /* Somebody who has been erased is told nothing. */
    return err == ERR_VAULT_PERSON_ERASED || err == ERR_VAULT_PERSON_UNKNOWN ? ERR_OK : err;
}

static enum err tell_page(struct store_tx *tx, void *arg)
{
    struct movement_alerts *alerts = arg;
    enum err err = store_cursor_advance(tx, CURSOR, alerts->saved, alerts->after);

    for (size_t i = 0; err == ERR_OK && i < alerts->alert_count; i++) {
        err = tell_alert(alerts, tx, &alerts->alerts[i]);
    }
    return err;
}

static enum err write_page(struct movement_alerts *alerts)
{
    enum err err;

    for (size_t i = 0; i < alerts->alert_count; i++) {
        alerts->alerts[i].outbox_id = id_draw_one(alerts->config.ids);
    }
    err = store_write_sync(alerts->config.store, tell_page, alerts, 0);
    if (err != ERR_OK) {
        alerts->saved = NOT_STARTED; /* another process moved it, or nobody knows: read it again */
        return err == ERR_LEASE_LOST ? ERR_OK : err;
    }
    alerts->saved = alerts->next = alerts->after;
    return ERR_OK;
}

enum err movement_alerts_run(struct movement_alerts *alerts, bool *ret_more)
{
    enum err err = alerts->saved == NOT_STARTED ? begin(alerts) : ERR_OK;

    if (err == ERR_OK) {
        err = store_read(alerts->config.store, read_page, alerts);
    }
    if (err != ERR_OK || alerts->after == alerts->next) {
        return err;
    }
    *ret_more = alerts->posted_count == PAGE_MAX;
    if (alerts->alert_count > 0 || alerts->after - alerts->saved >= WRITE_EVERY) {
        return write_page(alerts);
    }
    alerts->next = alerts->after;
    return ERR_OK;
}

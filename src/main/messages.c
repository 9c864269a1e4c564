/* messages.c — see messages.h. */
#include "main/messages.h"

#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "identity/people.h"
#include "main/movement_alerts.h"
#include "main/workers.h"

#define EXPAND_EVERY_US INT64_C(200000)
#define SEND_EVERY_US   INT64_C(300000)
#define FOLLOW_EVERY_US INT64_C(300000)
#define PRUNE_EVERY_US  (INT64_C(600) * 1000000)

struct messages {
    struct vault *vault;
    struct notify *notify;
    struct movement_alerts *alerts;
    struct workers *workers;
};

/* ---- what notify asks ---- */

static enum err gone_or(enum err err)
{
    bool gone = err == ERR_PERSON_NOT_FOUND || err == ERR_CONTACT_NOT_FOUND ||
                err == ERR_VAULT_PERSON_ERASED || err == ERR_VAULT_PERSON_UNKNOWN;

    return gone ? ERR_NOTIFY_PERSON_GONE : err;
}

static enum err port_person(void *ctx, struct store_tx *tx, int64_t person_id,
                            struct notify_person *ret)
{
    struct person person;
    enum err err = person_get(tx, (struct person_id){person_id}, &person);

    (void)ctx;
    *ret = (struct notify_person){0};
    if (err == ERR_PERSON_NOT_FOUND) {
        return ERR_OK;
    }
    if (err == ERR_OK) {
        ret->reachable = person.state != PERSON_ERASED;
        ret->language = person.language == PERSON_ZH ? NOTIFY_ZH : NOTIFY_EN;
    }
    return err;
}

static struct notify_contact contact_of(const struct contact *contact)
{
    return (struct notify_contact){
        .contact_id = contact->id.v,
        .channel = contact->channel == CONTACT_PHONE ? NOTIFY_SMS : NOTIFY_EMAIL,
        .confirmed = contact->state == CONTACT_IN_USE,
    };
}

_Static_assert(CONTACTS_MAX <= NOTIFY_CONTACTS_MAX, "every contact can be written to");

static enum err port_contacts(void *ctx, struct store_tx *tx, int64_t person_id, int64_t only_id,
                              struct notify_contact *ret, size_t *ret_count)
{
    struct contact contacts[CONTACTS_MAX];
    size_t count = 0;
    enum err err;

    (void)ctx;
    if (only_id != 0) {
        err =
            contact_get(tx, (struct person_id){person_id}, (struct contact_id){only_id}, contacts);
        count = err == ERR_OK ? 1 : 0;
        err = err == ERR_CONTACT_NOT_FOUND ? ERR_OK : err;
    } else {
        err = contacts_list(tx, (struct person_id){person_id}, contacts, &count);
    }
    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        ret[i] = contact_of(&contacts[i]);
    }
    *ret_count = err == ERR_OK ? count : 0;
    return err;
}

static enum err port_address(void *ctx, struct store_tx *tx, int64_t person_id, int64_t contact_id,
                             struct arena *arena, const char **ret)
{
    struct messages *messages = ctx;
    struct contact contact;
    struct contact_value value;
    enum err err =
        contact_get(tx, (struct person_id){person_id}, (struct contact_id){contact_id}, &contact);

    if (err == ERR_OK) {
        err = contact_open(tx, messages->vault, &contact, VAULT_FOR_MESSAGE, &value);
    }
    if (err == ERR_OK) {
        *ret = arena_strndup(arena, value.text, value.length);
        secret_wipe(&value, sizeof(value));
    }
    return gone_or(err);
}

static enum vault_purpose purpose_of(bool for_self)
{
    return for_self ? VAULT_FOR_SELF : VAULT_FOR_MESSAGE;
}

static enum err port_params(void *ctx, struct store_tx *tx, int64_t person_id, int64_t message_id,
                            struct store_blob sealed, bool for_self, struct arena *arena,
                            struct store_blob *ret)
{
    struct messages *messages = ctx;
    const struct vault_place place = {.person = {person_id},
                                      .class = VAULT_MESSAGE,
                                      .table = "outbox",
                                      .column = "payload_sealed",
                                      .row_id = message_id};

    if (sealed.length == 0) { /* a message without parameters, or a secret that is gone */
        *ret = (struct store_blob){"", 0};
        return ERR_OK;
    }
    return gone_or(
        vault_unseal(tx, messages->vault, &place, purpose_of(for_self), sealed, arena, ret));
}

static struct vault_place phrase_place(int64_t person_id)
{
    return (struct vault_place){.person = {person_id},
                                .class = VAULT_MESSAGE,
                                .table = "message_preferences",
                                .column = "phrase_sealed"};
}

static enum err port_open_phrase(void *ctx, struct store_tx *tx, int64_t person_id,
                                 struct store_blob sealed, bool for_self, struct arena *arena,
                                 const char **ret)
{
    struct messages *messages = ctx;
    const struct vault_place place = phrase_place(person_id);
    struct store_text text;
    enum err err =
        vault_unseal_text(tx, messages->vault, &place, purpose_of(for_self), sealed, arena, &text);

    if (err == ERR_OK) {
        *ret = text.data; /* a NUL follows it */
    }
    return gone_or(err);
}

static enum err port_seal_phrase(void *ctx, struct store_tx *tx, int64_t person_id,
                                 const char *phrase, struct arena *arena, struct store_blob *ret)
{
    struct messages *messages = ctx;
    const struct vault_place place = phrase_place(person_id);

    return gone_or(vault_seal_text(tx, messages->vault, &place,
                                   (struct store_text){phrase, (uint32_t)strlen(phrase)}, arena,
                                   ret));
}

static void port_mac(void *ctx, int64_t message_id, struct sha256_hash *ret)
{
    struct messages *messages = ctx;

    vault_mac(messages->vault, VAULT_MAC_TOKEN, message_id, (struct store_blob){"message", 7}, ret);
}

static void port_index(void *ctx, const char *code, struct sha256_hash *ret)
{
    struct messages *messages = ctx;
    char text[32] = "message_code:";
    size_t prefix = strlen(text), length = strlen(code);

    BUG_IF(prefix + length >= sizeof(text));
    memcpy(text + prefix, code, length + 1);
    vault_index(messages->vault, VAULT_INDEX_OTHER,
                (struct store_text){text, (uint32_t)(prefix + length)}, ret);
}

/* ---- opening ---- */

static enum err open_ways(const struct messages_ways *ways, struct transport *ret_sms,
                          struct transport *ret_email)
{
    enum err err = ERR_OK;

    if ((ways->smtp_url == NULL) != (ways->mail_from == NULL) ||
        (ways->sms_url == NULL) != (ways->sms_key_file == NULL)) {
        return ERR_NOTIFY_CONFIG_INVALID;
    }
    if (ways->smtp_url != NULL) {
        err = transport_smtp_open(&(struct smtp_config){.url = ways->smtp_url,
                                                        .from_address = ways->mail_from,
                                                        .from_name = notify_brand[NOTIFY_ZH],
                                                        .auth_file = ways->smtp_auth_file,
                                                        .ca_file = ways->ca_file,
                                                        .timeout_ms = TRANSPORT_MS_MAX},
                                  ret_email);
    }
    if (err == ERR_OK && ways->sms_url != NULL) {
        err = transport_sms_open(&(struct sms_config){.url = ways->sms_url,
                                                      .key_file = ways->sms_key_file,
                                                      .ca_file = ways->ca_file,
                                                      .timeout_ms = TRANSPORT_MS_MAX},
                                 ret_sms);
    }
    return err;
}

enum err messages_open(const struct messages_config *config, struct messages **ret)
{
    struct messages *messages = calloc(1, sizeof(*messages));
    struct notify_config notify = {.store = config->store,
                                   .clock = config->clock,
                                   .ids = config->ids,
                                   .port = {.ctx = messages,
                                            .person = port_person,
                                            .contacts = port_contacts,
                                            .open_address = port_address,
                                            .open_params = port_params,
                                            .open_phrase = port_open_phrase,
                                            .seal_phrase = port_seal_phrase,
                                            .message_mac = port_mac,
                                            .code_index = port_index}};
    enum err err;

    BUG_IF(messages == NULL);
    messages->vault = config->vault;
    err = open_ways(&config->ways, &notify.sms, &notify.email);
    messages->notify = notify_open(&notify); /* owns the ways, also one that opened alone */
    if (err != ERR_OK) {
        messages_stop(messages);
        return err;
    }
    messages->alerts = movement_alerts_create(&(struct movement_alerts_config){
        .store = config->store,
        .ledger = config->ledger,
        .vault = config->vault,
        .ids = config->ids,
    });
    err = notify_recover(messages->notify);
    if (err != ERR_OK) {
        messages_stop(messages);
        return err;
    }
    *ret = messages;
    return ERR_OK;
}

struct notify *messages_notify(struct messages *messages)
{
    return messages->notify;
}

/* ---- running ---- */

static enum err expand(void *arg, bool *ret_more)
{
    struct messages *messages = arg;

    return notify_expand(messages->notify, ret_more);
}

static enum err send_sms(void *arg, bool *ret_more)
{
    struct messages *messages = arg;

    return notify_deliver(messages->notify, NOTIFY_SMS, ret_more);
}

static enum err send_email(void *arg, bool *ret_more)
{
    struct messages *messages = arg;

    return notify_deliver(messages->notify, NOTIFY_EMAIL, ret_more);
}

static enum err prune(void *arg, bool *ret_more)
{
    struct messages *messages = arg;

    return notify_prune(messages->notify, ret_more);
}

static enum err follow(void *arg, bool *ret_more)
{
    struct messages *messages = arg;

    return movement_alerts_run(messages->alerts, ret_more);
}

void messages_start(struct messages *messages)
{
    const struct worker_spec specs[] = {
        {"messages", EXPAND_EVERY_US, expand, messages},
        {"sms", SEND_EVERY_US, send_sms, messages},
        {"email", SEND_EVERY_US, send_email, messages},
        {"movement_alerts", FOLLOW_EVERY_US, follow, messages},
        {"messages_prune", PRUNE_EVERY_US, prune, messages},
    };

    messages->workers = workers_start(specs, ARRAY_COUNT(specs));
}

void messages_stop(struct messages *messages)
{
    if (messages != NULL) {
        notify_stop(messages->notify);
        workers_stop(messages->workers);
        movement_alerts_free(messages->alerts);
        notify_close(messages->notify);
        free(messages);
    }
}

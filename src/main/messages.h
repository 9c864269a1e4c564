/* messages.h — wires notify to the people it writes to, and runs it.
 *
 * Purpose: what notify needs of identity (languages, addresses, opened seals) as a port; the ways
 * out from the command line; the workers that expand, send, forget, and follow the ledger for
 * movement alerts.
 *
 * Without a way out its deliveries wait, show why, and are given up when their time is over; what
 * is shown in the app works all the same. */
#ifndef JN_MAIN_MESSAGES_H
#define JN_MAIN_MESSAGES_H

#include "core/clock.h"
#include "core/err.h"
#include "core/ids.h"
#include "identity/vault.h"
#include "ledger/ledger.h"
#include "notify/notify.h"
#include "store/store.h"

struct messages_ways {
    const char *smtp_url, *smtp_auth_file, *mail_from; /* mail_from with smtp_url */
    const char *sms_url, *sms_key_file;                /* both or neither */
    const char *ca_file;                               /* NULL: the system's */
};

struct messages_config {
    struct store *store;
    struct ledger *ledger;
    struct vault *vault;
    const struct clock *clock;
    struct id_source *ids;
    struct messages_ways ways;
};

struct messages;
/* ERR_NOTIFY_CONFIG_INVALID, ERR_IO_FAILED, store errors. */
JN_MUST_USE enum err messages_open(const struct messages_config *config, struct messages **ret);
struct notify *messages_notify(struct messages *messages);
/* Starts the workers; the store's lanes run by now. */
void messages_start(struct messages *messages);
/* Waits for what is being sent, stops the workers, frees. NULL is fine. */
void messages_stop(struct messages *messages);

#endif

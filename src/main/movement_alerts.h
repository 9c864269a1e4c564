/* movement_alerts.h — 动账提醒: every debit, credit, hold and release of an account that a person
 * owns becomes news for that person, exactly once, whoever posted the transfer.
 *
 * It follows the ledger's log (docs/decisions/0005) with a cursor that moves in the transaction
 * that writes the outbox rows. Nothing is added to the path of a payment. The first run on a
 * database begins at the log's end: history is not told.
 *
 * Owners are looked up once per account and kept: an account never changes its owner. Pages without
 * an alert move the cursor in memory and are written down now and then; after a crash they are read
 * again and found without alerts again.
 *
 * Threads: one at a time. */
#ifndef JN_MAIN_MOVEMENT_ALERTS_H
#define JN_MAIN_MOVEMENT_ALERTS_H

#include "core/err.h"
#include "core/ids.h"
#include "identity/vault.h"
#include "ledger/ledger.h"
#include "store/store.h"

struct movement_alerts_config {
    struct store *store;
    struct ledger *ledger;
    struct vault *vault;
    struct id_source *ids;
};
struct movement_alerts;
struct movement_alerts *movement_alerts_create(const struct movement_alerts_config *config);
void movement_alerts_free(struct movement_alerts *alerts); /* NULL is fine */
/* One page of the log. */
JN_MUST_USE enum err movement_alerts_run(struct movement_alerts *alerts, bool *ret_more);

#endif

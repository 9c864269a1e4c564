/* tell.h — news for a person: sealed parameters and a row of the outbox, in the transaction that
 * made the news. What is sent, where and in which words is notify's (packs/messages/). */
#ifndef JN_IDENTITY_TELL_H
#define JN_IDENTITY_TELL_H

#include "core/base.h"
#include "core/buf.h"
#include "core/err.h"
#include "core/ids.h"
#include "identity/vault.h"
#include "store/store.h"

struct tell {
    int64_t outbox_id; /* drawn by the caller before the transaction */
    struct person_id person;
    struct contact_id contact; /* 0: wherever topic and preferences say; else only there */
    const char *topic;         /* of packs/messages/, "new_device" */
    int64_t about; /* what makes it the same news: an id; with the topic never told twice */
    const struct buf *params; /* a kv list (core/kv.h); NULL: none */
    int64_t expires_at_us;    /* pointless from then on; 0: never */
};
/* The parameters are sealed at the place that notify opens them from: class VAULT_MESSAGE, table
 * "outbox", column "payload_sealed", row = outbox_id. Vault and store errors. */
JN_MUST_USE enum err identity_tell(struct store_tx *tx, struct vault *vault,
                                   const struct tell *tell);

#endif

/* lock_tell.c — see lock_tell.h. */
#include "identity/lock_tell.h"

#include "core/kv.h"
#include "identity/tell.h"

#define PARAMS_BYTES_MAX 256

enum err lock_tell(struct store_tx *tx, struct vault *vault, const struct lock *lock,
                   const struct lock_news *news)
{
    struct buf params;
    enum err err;

    buf_init(&params, PARAMS_BYTES_MAX);
    kv_add_str(&params, "reason", lock_rule_of(lock->reason)->word);
    if (news->at_name == NULL) {
        kv_add_i64(&params, "at", store_tx_now_us(tx));
    } else {
        kv_add_i64(&params, news->at_name, news->at_us);
    }
    BUG_IF(!buf_ok(&params));
    err = identity_tell(tx, vault,
                        &(struct tell){.outbox_id = news->outbox_id,
                                       .person = lock->person,
                                       .topic = news->topic,
                                       .about = lock->id.v,
                                       .params = &params});
    buf_done(&params);
    return err;
}

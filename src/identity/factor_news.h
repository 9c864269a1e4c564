/* factor_news.h — telling a person what happened to their factors: one call, in the transaction
 * that made it happen. Topics are those of packs/messages/security.yaml. */
#ifndef JN_IDENTITY_FACTOR_NEWS_H
#define JN_IDENTITY_FACTOR_NEWS_H

#include "core/ids.h"
#include "core/money.h"
#include "identity/factors.h"
#include "identity/vault.h"
#include "store/store.h"

enum factor_event {
    FACTOR_ADDED = 1,
    FACTOR_CHANGED = 2,
    FACTOR_REMOVED = 3,
    FACTOR_COPIED = 4, /* a passkey whose counter went back; it counts no more */
};
struct factor_news {
    int64_t outbox_id; /* drawn before the transaction */
    struct person_id person;
    enum factor factor;
};
JN_MUST_USE enum err factor_tell(struct store_tx *tx, struct vault *vault,
                                 const struct factor_news *news, enum factor_event event);
/* A pause has begun, or a lock. Once for each. */
JN_MUST_USE enum err factor_tell_paused(struct store_tx *tx, struct vault *vault,
                                        const struct factor_news *news);
JN_MUST_USE enum err factor_tell_code_used(struct store_tx *tx, struct vault *vault,
                                           const struct factor_news *news, uint32_t left);
/* each.minor 0: it is off. */
JN_MUST_USE enum err factor_tell_quick_pay(struct store_tx *tx, struct vault *vault,
                                           const struct factor_news *news, struct money each,
                                           struct money day);

#endif

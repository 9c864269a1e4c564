/* privacy_json.h — consents and the end of an account, as several endpoints show them. */
#ifndef JN_API_PRIVACY_JSON_H
#define JN_API_PRIVACY_JSON_H

#include "api/api_app.h"
#include "api/json_out.h"
#include "identity/consents.h"
#include "identity/deletion.h"

void privacy_json_consents(struct buf *body, const struct consent *consents, size_t count);

/* How long a person may change their mind. */
#define DELETION_COOLING_DAYS 15
#define DELETION_COOLING_US   (DELETION_COOLING_DAYS * INT64_C(86400000000))

/* Bits of the contract's DeletionBlock. */
enum deletion_block { DELETION_MONEY_LEFT = 1, DELETION_LOCKED = 2 };

/* What stands against ending a person's account: accounts in the ledger that are not empty, and
 * locks of risk, law or an estate. Not on a lane. */
JN_MUST_USE enum err deletion_blocks(struct store *store, struct ledger *ledger,
                                     struct person_id person, uint32_t *ret_blocks);

void privacy_json_deletion(struct buf *body, const struct deletion *deletion, uint32_t blocks);

#endif

/* stepup_int.h — what the two sides of step-up share: stepup.c (the operation's) and confirmation.c
 * (the factors'). */
#ifndef JN_IDENTITY_STEPUP_INT_H
#define JN_IDENTITY_STEPUP_INT_H

#include "identity/stepup.h"

#define STEPUP_STRENGTH_NONE 1 /* the pack's number for "without a factor" */

/* Days since 1970 where the policy counts them. */
int64_t stepup_day(const struct store_tx *tx, const struct stepup_policy *policy);
JN_MUST_USE enum err stepup_read_day(struct store_tx *tx, struct person_id person,
                                     enum currency currency, int64_t day,
                                     int64_t ret_minor[STEPUP_STRENGTH_MAX + 1]);
/* A new row; its payee is sealed. */
JN_MUST_USE enum err confirmation_store(struct store_tx *tx, struct vault *vault,
                                        const struct confirmation *confirmation);

#endif

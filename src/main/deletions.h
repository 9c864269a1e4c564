/* deletions.h — the worker that ends accounts when their time has come. */
#ifndef JN_MAIN_DELETIONS_H
#define JN_MAIN_DELETIONS_H

#include "core/base.h"
#include "core/err.h"

struct ledger;
struct store;
struct vault;

struct deletions {
    struct store *store;
    struct ledger *ledger;
    struct vault *vault;
};
/* Takes the steps that are due at now_us: an account against which something stands is looked at
 * again a day later. *ret_more: there may be more. */
JN_MUST_USE enum err deletions_run(struct deletions *deletions, int64_t now_us, bool *ret_more);

#endif

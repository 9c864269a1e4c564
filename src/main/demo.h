/* demo.h — a believable week of a small wallet operator, for trying things out.
 *
 * Purpose: after `jinnang init --sandbox --demo` there is something to look at: the operator's
 * chart of accounts, three people and a noodle shop, top-ups, transfers, purchases with fees, holds
 * that were captured, voided and left to expire, a refund, a provisional credit, withdrawals and a
 * settlement; mostly CNY, some JPY and KWD.
 *
 * The ledger holds no personal data: people are owner numbers. What a code means is in demo_codes.
 * Non-goals: load (jinnang bench), finding faults (jinnang simulate). */
#ifndef JN_MAIN_DEMO_H
#define JN_MAIN_DEMO_H

#include "main/app.h"

enum demo_code {
    DEMO_TOP_UP = 1,
    DEMO_TRANSFER = 2,
    DEMO_PURCHASE = 3,
    DEMO_FEE = 4,
    DEMO_REFUND = 5,
    DEMO_WITHDRAWAL = 6,
    DEMO_PROVISIONAL_CREDIT = 7,
    DEMO_SETTLEMENT = 8,
    DEMO_CAPITAL = 9,
};

/* The app's clock is virtual and begins DEMO_DAYS before now; it ends before now. ERR_INTERNAL when
 * the ledger refuses what the story says. */
#define DEMO_DAYS 7
JN_MUST_USE enum err demo_write(struct app *app, uint64_t *ret_transfers);

#endif

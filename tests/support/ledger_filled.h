/* ledger_filled.h — fills a ledger with everything it can hold, through the real engine: kinds,
 * currencies, limits, plain and linked transfers, holds in each state, closed accounts,
 * commitments, references, ids that failed for good. Deterministic. */
#ifndef JN_TESTS_LEDGER_FILLED_H
#define JN_TESTS_LEDGER_FILLED_H

#include "support/ledger_world.h"

#define FILLED_ACCOUNTS 8

struct filled {
    struct store_world *world;
    int64_t accounts[FILLED_ACCOUNTS];
    int64_t transfer_count; /* posted */
    int64_t last_transfer;
};
/* In JPY: 5 the bank, 6 a wallet. Closed: 7. The rest in CNY: 0 the bank, 1 to 3 wallets (1 has an
 * overdraft, 2 a maximum), 4 fees. */
void filled_open(struct filled *filled, struct store_world *world);
/* One round posts 12 transfers (one fails for good) in several groups. */
void filled_round(struct filled *filled, size_t round);

#endif

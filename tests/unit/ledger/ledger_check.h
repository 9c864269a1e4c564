/* ledger_check.h — recomputes a whole ledger from its transfers, by the definitions and nothing
 * else: every account's sums and chain, and the root of the log. */
#ifndef JN_TESTS_LEDGER_CHECK_H
#define JN_TESTS_LEDGER_CHECK_H

#include "support/ledger_world.h"

/* Accounts 1..count of the world, opened by one call before anything else, with these specs. Fails
 * the cmocka test where anything does not agree. Returns how many transfers there are. */
size_t ledger_check_all(struct store_world *world, const struct ledger_account_spec *specs,
                        size_t count);
/* All transfers in log order; the caller frees. */
struct ledger_posted *ledger_check_read_log(struct store_world *world, size_t *ret_count,
                                            int64_t **ret_indexes);

/* What the tests begin with: accounts 1..8, of which 1 is a bank without limits and the others
 * wallets. */
#define LEDGER_CHECK_ACCOUNTS 8
void ledger_check_open(struct store_world *world, struct ledger_account_spec *specs);
struct ledger_transfer ledger_check_move(int64_t id, int64_t debit, int64_t credit, int64_t amount);
enum err ledger_check_post(struct store_world *world, struct ledger_transfer t);

#endif

/* ledger_scenario.h — reads a ledger scenario, a table of steps, and plays it against some ledger.
 *
 *   account NAME KIND CUR [debits<=credits|credits<=debits] [overdraft=N] [max=N] [owner=N] |
 * VERDICT transfer ID DEBIT→CREDIT AMOUNT [CUR] [option…]   | VERDICT linked pending post=ID
 * void=ID expire=ID close_debit close_credit code=N ref=N timeout=N commitment=N flags=N amount=N
 * (raw) batch … end                 the transfers between are one call expect NAME POSTED held
 * DEBITS CREDITS [open|closed] time +SECONDS expire COUNT                holds that the engine
 * expires now restart                     the ledger is closed and opened again
 *
 * IDs are T<number>, in their order; T0 is id 0. "-" for an account is 0. An amount is in the
 * currency of the step (CNY unless given). A VERDICT is an error's code, "ok", or "again" for a
 * replayed ok, "again CODE" for a replayed failure. After every step debits equal credits, posted
 * and held, and no limit is broken. */
#ifndef JN_TESTS_LEDGER_SCENARIO_H
#define JN_TESTS_LEDGER_SCENARIO_H

#include "ledger/ledger.h"

struct world {
    void *state;
    void (*open)(void *state, const struct ledger_account_spec *spec, enum err *ret);
    void (*post)(void *state, const struct ledger_transfer *transfers, size_t count,
                 struct ledger_result *ret);
    uint32_t (*expire)(void *state);
    bool (*account)(void *state, int64_t id, struct ledger_account *ret);
    void (*advance)(void *state, int64_t us);
    void (*restart)(void *state); /* NULL: nothing to do */
};

/* Plays the text; prints what went wrong with its line. Returns the number of steps that did not go
 * as written; *ret_steps is how many there were. */
unsigned scenario_play(const char *name, const char *text, const struct world *world,
                       unsigned *ret_steps);

#endif

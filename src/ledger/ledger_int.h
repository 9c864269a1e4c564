/* ledger_int.h — what the files of ledger/ share: the ledger itself. Private to ledger/.
 *
 * One book a lane: SQLite has one lane, and its book holds every account; on PostgreSQL each lane's
 * book is a cache. */
#ifndef JN_LEDGER_LEDGER_INT_H
#define JN_LEDGER_LEDGER_INT_H

#include "ledger/ledger.h"
#include "ledger/ledger_book.h"
#include "ledger/ledger_rules.h"

/* ---- ledger_convert.c ---- */

void ledger_row_to_posted(const struct q_ledger_transfers_get_row *row, struct ledger_posted *ret);
void ledger_range_row_to_posted(const struct q_ledger_entries_range_row *row,
                                struct ledger_posted *ret);

void ledger_record_to_account(const struct account_record *record, struct ledger_account *ret);

#endif

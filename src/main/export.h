/* export.h — the books as text that other programs read: hledger's journal, CSV, JSON.
 *
 * Purpose: stream every transfer of the log, in log order, to a file, with account names from the
 * chart of accounts and exact decimals. Opening and closing balances come from the same stream, so
 * a file is consistent in itself even while others write.
 *
 * Non-goals: reports, currency conversion, importing.
 *
 * Invariants: amounts never pass through floating point. A CSV cell never begins with a character
 * that a spreadsheet takes for a formula. Holds move no posted money: the journal shows them as
 * comments. */
#ifndef JN_MAIN_EXPORT_H
#define JN_MAIN_EXPORT_H

#include <stdio.h>

#include "core/base.h"
#include "core/i64map.h"
#include "ledger/ledger.h"

struct export_account {
    struct account_id id;
    int64_t owner;
    enum ledger_account_kind kind;
    enum currency currency;
    /* credits - debits, posted: before the first exported transfer, and after the last */
    int64_t opening_minor, closing_minor;
    int64_t seq; /* of the last entry seen */
};

struct export_book {
    struct export_account *accounts;
    size_t count;
    struct i64map index;       /* account id to place in `accounts` */
    int64_t from_us, until_us; /* what is exported: created in [from, until) */
    int64_t last_us;           /* creation of the last one written; 0: none */
    uint64_t transfers;        /* written */
    FILE *out;
};

struct export_format {
    const char *name;
    /* begin runs when all accounts and their opening balances are known. */
    void (*begin)(struct export_book *book);
    void (*transfer)(struct export_book *book, const struct ledger_posted *posted, int64_t index);
    void (*end)(struct export_book *book);
};

/* NULL if there is none of this name. */
const struct export_format *export_format_find(const char *name);

/* Writes the transfers of the log's first `size` leaves that were created in [from_us, until_us).
 * `progress` may be NULL. Store and ledger errors; ERR_LEDGER_CORRUPT when a transfer names an
 * account that is not there; ERR_IO_FAILED when `out` cannot be written. */
struct export_request {
    struct store *store;
    struct ledger *ledger;
    const struct export_format *format;
    int64_t from_us, until_us;
    FILE *out;
    void (*progress)(void *arg, uint64_t done, uint64_t total);
    void *progress_arg;
};
JN_MUST_USE enum err export_run(const struct export_request *request, uint64_t *ret_transfers);

/* One CSV cell with a comma before it unless `first`. Quoted when RFC 4180 asks for it; an
 * apostrophe goes before a character that would start a formula. */
void export_csv_cell(FILE *out, bool first, const char *text);

#endif

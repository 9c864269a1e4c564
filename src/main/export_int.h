/* export_int.h — shared by the formats of export.c and by nobody else. */
#ifndef JN_MAIN_EXPORT_INT_H
#define JN_MAIN_EXPORT_INT_H

#include "main/export.h"

extern const struct export_format export_hledger;
extern const struct export_format export_csv;
extern const struct export_format export_json;

/* NULL if the account is not in the book. */
struct export_account *export_account_find(struct export_book *book, struct account_id id);

/* "post", "hold", "capture", "void", "expire" — what a stored transfer did. */
const char *export_action(const struct ledger_transfer *transfer);
/* Whether posted balances moved. */
bool export_moves_money(const struct ledger_transfer *transfer);

#endif

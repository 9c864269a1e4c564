/* ledger_json.h — the ledger's objects as the contract writes them, and requests as the ledger
 * takes them; shared by the handlers under /v1/ledger.
 *
 * "On the normal side" means: counted so that the account's kind makes it grow, credits for a
 * wallet, debits for a bank. */
#ifndef JN_API_LEDGER_JSON_H
#define JN_API_LEDGER_JSON_H

#include "api/api_app.h"

#define ACCOUNT_PREFIX  "acc"
#define TRANSFER_PREFIX "tr"
#define API_KEY_PREFIX  "key"

/* 1 when the kind grows by credits, -1 when by debits. */
int64_t ledger_json_sign(enum ledger_account_kind kind);
enum api_side ledger_json_normal_side(enum ledger_account_kind kind);

void ledger_json_account(struct json_out *out, const char *key,
                         const struct ledger_account *account);
void ledger_json_transfer(struct json_out *out, const char *key,
                          const struct ledger_posted *posted);

/* One account's view of a stored transfer. */
struct ledger_json_view {
    enum api_side side;
    int64_t seq;
    int64_t change_minor;  /* of the posted balance, on the normal side; 0 for a hold */
    int64_t balance_minor; /* after, on the normal side */
    int64_t held_debits_minor, held_credits_minor;
    struct account_id counterparty;
    const char *effect; /* posted, held, captured, voided, expired */
};
/* The transfer touches the account (a bug otherwise). */
void ledger_json_view_of(const struct ledger_posted *posted, struct account_id account,
                         int64_t sign, struct ledger_json_view *ret);

/* What the contract calls a transfer, as the ledger takes it. */
void ledger_json_transfer_from(const struct api_transfer_new *new_transfer,
                               struct ledger_transfer *ret);
/* created_at and both sides of a result, members of the object that is open. */
void ledger_json_result(struct json_out *out, const struct ledger_result *result);
/* title and fix of a refusal, in the reader's language. */
void ledger_json_refusal(struct json_out *out, enum err code, enum http_language language);

#endif

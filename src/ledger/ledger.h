/* ledger.h — accounts, transfers, holds, chains and the log that seals them: a pure state machine
 * with a loader. The only writer of ledger tables.
 *
 * Invariants (CORRECTNESS 1-7, 15): debits equal credits per currency and per linked group; posted
 * plus held never breaks a limit; a stored balance equals the replay of its transfers; a rejected
 * operation leaves money state untouched; a hold resolves exactly once; every entry is chained to
 * the one before on the same account, and every transfer and account opening is a leaf of one
 * Merkle log.
 *
 * Shape: ledger_rules.c decides (pure, in memory, with an undo mark per savepoint and per group);
 * ledger_book.c holds accounts and open holds; ledger_chain.c hashes; ledger_log.c builds the log;
 * ledger_write.c writes back in bulk at flush; ledger_read.c answers questions; ledger_proof.c
 * makes receipts and statements. Byte formats: docs/formats.md.
 *
 * Non-goals: fees, people, limits by account class, meaning of codes — callers' business. */
#ifndef JN_LEDGER_LEDGER_H
#define JN_LEDGER_LEDGER_H

#include "core/base.h"
#include "core/err.h"
#include "core/ids.h"
#include "core/money.h"
#include "core/sha256.h"
#include "store/store.h"

#define LEDGER_BATCH_MAX 8190

struct ledger;

struct ledger_config {
    struct store *store;
    const struct clock *clock;
    struct id_source *ids; /* segment ids, expiry transfers */
};
/* Registers with the store; loads the book (SQLite: everything, folding the tail into the account
 * checkpoint; PostgreSQL: lazily, per lane). Between store_open and store_start.
 * ERR_LEDGER_CORRUPT names what does not add up in the log. */
JN_MUST_USE enum err ledger_open(const struct ledger_config *config, struct ledger **ret);
void ledger_close(struct ledger *ledger); /* after store_close */
/* SQLite: writes every account row that lags behind, so that the next start has nothing to fold. A
 * graceful stop calls it before store_close(); waits for the outcome, not to be called from a lane.
 * Elsewhere nothing to do. */
JN_MUST_USE enum err ledger_checkpoint(struct ledger *ledger);
/* The greatest id stored (accounts, transfers, segments); for id_source_init. Before ledger_open.
 */
JN_MUST_USE enum err ledger_last_id(struct store *store, int64_t *ret);

/* ---- accounts ---- */

/* Chart of accounts of a wallet operator: what a kind is, and which side it grows on. */
enum ledger_account_kind {
    /* assets: grow by debits */
    LEDGER_BANK = 101,          /* 备付金银行户: safeguarded client funds at a bank */
    LEDGER_TRANSIT_IN = 102,    /* 在途资金: top-ups on their way in */
    LEDGER_RECEIVABLE = 103,    /* owed to us by merchants or banks */
    LEDGER_OPERATOR_BANK = 104, /* the operator's own money at a bank */
    /* liabilities: grow by credits */
    LEDGER_WALLET = 201,      /* a person's wallet: client money */
    LEDGER_MERCHANT = 202,    /* a merchant's balance before settlement: client money */
    LEDGER_TRANSIT_OUT = 203, /* withdrawals and settlements on their way out */
    LEDGER_RESERVE = 204,     /* merchant reserve against refunds and chargebacks */
    LEDGER_SUSPENSE = 205,    /* received, owner not known yet */
    /* equity */
    LEDGER_EQUITY = 301, /* the operator's capital */
    /* income: grows by credits */
    LEDGER_FEE_INCOME = 401,
    LEDGER_ROUNDING = 402, /* residue of splits and rates; may lie on either side */
    /* expenses: grow by debits */
    LEDGER_PROVISIONAL_CREDIT = 501, /* 临时垫付: paid to people before a dispute is decided */
    LEDGER_REMEDY_EXPENSE = 502,     /* compensation, goodwill, delay interest */
    LEDGER_BANK_CHARGES = 503,
};
enum ledger_side { LEDGER_DEBIT = 1, LEDGER_CREDIT = 2 };

struct ledger_kind_info {
    enum ledger_account_kind kind;
    const char *name; /* snake_case: "wallet", "transit_in" */
    const char *title_en, *title_zh;
    const char *hledger_path; /* "liabilities:client:wallet" */
    enum ledger_side normal_side;
    bool is_client_money; /* counts as owed to clients in invariant 12 */
};
const struct ledger_kind_info *ledger_kind_info(enum ledger_account_kind kind); /* NULL: unknown */
const struct ledger_kind_info *ledger_kind_all(size_t *ret_count);

enum ledger_account_flag {
    LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS =
        1 << 0, /* posted + held debits <= posted credits + overdraft */
    LEDGER_CREDITS_MUST_NOT_EXCEED_DEBITS = 1 << 1, /* the mirror image, for asset accounts */
    LEDGER_ACCOUNT_CLOSED = 1 << 2, /* set and lifted by closing holds only, never at opening */
};

struct ledger_account_spec {
    struct account_id id; /* drawn by the caller, > 0 */
    int64_t owner;        /* whose it is; 0: the operator's */
    enum ledger_account_kind kind;
    enum currency currency;
    uint32_t flags;            /* the two limit flags */
    int64_t overdraft_minor;   /* >= 0; widens either limit flag; 0 without one */
    int64_t balance_max_minor; /* 0: none. Net balance on the normal side, held credits included */
    struct sha256_hash salt;   /* 32 random bytes: keeps side hashes from being guessed */
};

/* Idempotent by id, field by field (salt excepted). results[i] is ERR_OK or, in this order of
 * precedence: ledger_account_id_required, ledger_account_kind_unknown, currency_unknown,
 * ledger_account_flags_invalid, ledger_account_limit_invalid,
 * ledger_account_exists_with_different_{owner,kind,currency,flags,overdraft,balance_max}. Each
 * stands alone. The return value is ERR_OK or a store error. count <= LEDGER_BATCH_MAX. */
JN_MUST_USE enum err ledger_open_accounts(struct store_tx *tx, struct ledger *ledger,
                                          const struct ledger_account_spec *specs, size_t count,
                                          enum err *ret_results);

struct ledger_account {
    struct account_id id;
    int64_t owner;
    enum ledger_account_kind kind;
    enum currency currency;
    uint32_t flags;
    int64_t overdraft_minor, balance_max_minor;
    int64_t created_at_us;
    /* state */
    int64_t debits_posted, credits_posted, debits_pending, credits_pending; /* minor units, >= 0 */
    int64_t seq;                      /* entries on this account so far */
    struct transfer_id last_transfer; /* 0 if none */
    struct sha256_hash head;          /* side hash of the last entry, or the opening hash */
};
/* Net on the kind's normal side, posted only. */
int64_t ledger_balance_minor(const struct ledger_account *account);
/* What may be spent now: balance less what is held against it, plus overdraft. */
int64_t ledger_available_minor(const struct ledger_account *account);

/* ---- transfers ---- */

enum ledger_transfer_flag {
    LEDGER_LINKED = 1 << 0,         /* succeeds or fails with the next one in the batch */
    LEDGER_PENDING = 1 << 1,        /* a hold */
    LEDGER_POST_PENDING = 1 << 2,   /* capture all or part of pending_id; the rest is released */
    LEDGER_VOID_PENDING = 1 << 3,   /* release pending_id */
    LEDGER_EXPIRE_PENDING = 1 << 4, /* the engine's own: release at expiry. Refused from callers */
    LEDGER_CLOSE_DEBIT = 1 << 5,    /* with PENDING: closes the debit account while the hold lives;
                                       posting the hold makes it final, voiding it reopens */
    LEDGER_CLOSE_CREDIT = 1 << 6,
};

struct ledger_transfer {
    struct transfer_id id;
    struct account_id debit_account, credit_account; /* 0 with POST/VOID: taken from the hold */
    int64_t amount_minor;   /* 1..MONEY_MINOR_MAX; POST: 0 = the whole hold; VOID: 0; 0 allowed on a
                               closing hold */
    enum currency currency; /* NONE with POST/VOID: taken from the hold */
    uint16_t code;          /* 1..65535: why the money moved, the caller's meaning */
    uint32_t flags;
    struct transfer_id pending_id;
    int64_t timeout_s; /* PENDING only: 0 = never expires, <= 10 years */
    int64_t reference; /* the caller's own number (an order, a payment); 0: none */
    bool has_commitment;
    struct sha256_hash commitment; /* binds personal or long content kept elsewhere, salted */
};

/* One side as it stood after the transfer. */
struct ledger_entry {
    struct account_id account;
    int64_t seq;
    struct transfer_id prev_transfer;              /* previous entry on this account, 0 if first */
    int64_t posted_minor;                          /* credits_posted - debits_posted after */
    int64_t held_debits_minor, held_credits_minor; /* pending after */
    struct sha256_hash hash;
};
/* A stored transfer. amount_minor is what moved or was held (never 0 = whole). */
struct ledger_posted {
    struct ledger_transfer transfer;
    int64_t created_at_us, expires_at_us; /* expires: 0 = never */
    struct segment_id segment;
    struct ledger_entry debit, credit;
};

struct ledger_result {
    enum err code; /* ERR_OK or the verdict */
    bool replayed; /* the id was there already with the same content: first answer again */
    int64_t created_at_us;
    int64_t debit_seq, credit_seq;
    int64_t debit_posted_minor, credit_posted_minor; /* after, as in ledger_entry */
};

/* The ladder, in order of precedence (a verdict marked * burns the id, so that it never succeeds
 * later; docs/ledger-results.md):
 *   linked_event_failed*, linked_chain_open, linked_chain_mixed (looked at last of
 *   all), transfer_id_required, transfer_flags_invalid,
 *   transfer_code_required, transfer_reference_invalid, transfer_timeout_invalid,
 *   pending_id_required, pending_id_unexpected, pending_id_is_own, amount_out_of_range,
 * amount_zero, debit_account_required, credit_account_required, accounts_must_differ,
 * currency_unknown, then, if the id is stored: exists_with_different_<field> in field order, or the
 * first answer again; if the id is burnt: id_already_failed_with_other_content or the first verdict
 * again; then pending_transfer_not_found*, transfer_not_pending*,
 *   pending_different_{debit_account,credit_account,currency,code}, pending_already_posted*,
 *   pending_already_voided*, pending_expired*, amount_exceeds_pending, debit_account_not_found,
 * credit_account_not_found, currency_mismatch, debit_account_closed*, credit_account_closed*,
 *   overflow*, insufficient_funds* (debit side's limit), limit_exceeded* (credit side's limit),
 * balance_max_exceeded*. (linked_event_failed burns only when the member that failed was burnt.)
 * count 1..LEDGER_BATCH_MAX. The return value is ERR_OK or a store error; verdicts are in results.
 */
JN_MUST_USE enum err ledger_post_transfers(struct store_tx *tx, struct ledger *ledger,
                                           const struct ledger_transfer *transfers, size_t count,
                                           struct ledger_result *ret_results);

/* Expires at most `max` holds that are due at the transaction's time; *ret_count were. */
JN_MUST_USE enum err ledger_expire_due(struct store_tx *tx, struct ledger *ledger, uint32_t max,
                                       uint32_t *ret_count);

/* ---- reading ---- */

/* The committed state now. SQLite: from the published copy, no database. ERR_ACCOUNT_NOT_FOUND. */
JN_MUST_USE enum err ledger_get_account(struct ledger *ledger, struct account_id id,
                                        struct ledger_account *ret);
/* Accounts in id order after `after` (0: from the start), optionally of one owner / kind (0: any).
 */
struct ledger_account_filter {
    int64_t owner;
    enum ledger_account_kind kind; /* 0: any */
    enum currency currency;        /* NONE: any */
    struct account_id after;
};
JN_MUST_USE enum err ledger_list_accounts(struct ledger *ledger,
                                          const struct ledger_account_filter *filter, size_t max,
                                          struct ledger_account *ret, size_t *ret_count);
/* State after the last entry at or before at_us: seq, posted and held only. Before the opening:
 * ERR_ACCOUNT_NOT_FOUND. */
JN_MUST_USE enum err ledger_get_balance_at(struct store_tx *tx, struct ledger *ledger,
                                           struct account_id id, int64_t at_us,
                                           struct ledger_entry *ret);
JN_MUST_USE enum err ledger_get_transfer(struct store_tx *tx, struct transfer_id id,
                                         struct ledger_posted *ret);
enum ledger_hold_state {
    LEDGER_HOLD_OPEN = 0,
    LEDGER_HOLD_POSTED = 1,
    LEDGER_HOLD_VOIDED = 2,
    LEDGER_HOLD_EXPIRED = 3
};
struct ledger_hold {
    struct transfer_id id;
    enum ledger_hold_state state;
    struct transfer_id resolved_by; /* 0 while open */
    int64_t captured_minor, released_minor;
};
JN_MUST_USE enum err ledger_get_hold(struct store_tx *tx, struct transfer_id id,
                                     struct ledger_hold *ret);

struct ledger_entry_filter {
    struct account_id account;
    bool ascending;            /* default: newest first */
    int64_t after_seq;         /* cursor: continue after this entry; 0: from the end (or start) */
    int64_t from_us, until_us; /* created_at in [from, until); 0: open */
    int64_t amount_min, amount_max; /* 0: open */
    struct account_id counterparty; /* 0: any */
    uint16_t code;                  /* 0: any */
    enum ledger_side side;          /* 0: both */
};
/* Up to `max` entries with their transfers; *ret_next_seq is the cursor, 0 at the end. A sparse
 * filter may return fewer than max with a cursor: it looked at 10,000 entries. */
JN_MUST_USE enum err ledger_list_entries(struct store_tx *tx, struct ledger *ledger,
                                         const struct ledger_entry_filter *filter, size_t max,
                                         struct ledger_posted *ret, size_t *ret_count,
                                         int64_t *ret_next_seq);
/* Transfers in log order: the event stream. Leaves that are account openings are skipped over;
 * *ret_next_index is where to continue. */
JN_MUST_USE enum err ledger_list_log(struct store_tx *tx, int64_t from_index, size_t max,
                                     struct ledger_posted *ret, int64_t *ret_indexes,
                                     size_t *ret_count, int64_t *ret_next_index);

struct ledger_totals { /* per currency: invariant 1 and 12 */
    enum currency currency;
    int64_t debits_posted, credits_posted, debits_pending, credits_pending;
    int64_t client_liabilities, bank, transit_in, transit_out;
};
JN_MUST_USE enum err ledger_totals(struct ledger *ledger, struct ledger_totals *ret, size_t max,
                                   size_t *ret_count);

/* Log: size and root of what is committed and has an index (PostgreSQL: what the sealer indexed).
 */
struct ledger_log_head {
    int64_t size;
    struct sha256_hash root;
};
JN_MUST_USE enum err ledger_log_head(struct ledger *ledger, struct ledger_log_head *ret);
/* PostgreSQL: gives the log index to committed segments under the lease; SQLite: nothing to do. */
JN_MUST_USE enum err ledger_seal_pending(struct ledger *ledger, uint32_t *ret_leaves);

struct ledger_stats {
    uint64_t transfers_posted, transfers_rejected, batches, open_holds, accounts;
    uint64_t conflicts;
};
void ledger_stats(struct ledger *ledger, struct ledger_stats *ret);

#endif

/* audit_tables.c — what else is stored: account rows, holds, marks, failed ids, keys of requests.
 */
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"

/* ---- account rows ---- */

static void state_column(struct audit *audit, const struct audit_account *account, unsigned bit,
                         const char *column, int64_t stored, int64_t right, bool is_money)
{
    if ((account->differs & bit) == 0) {
        return;
    }
    if (account->row_seq == account->seq) {
        audit_found(audit, AUDIT_ACCOUNT_STATE, "accounts", account->key, column,
                    "it is %lld and must be %lld", (long long)stored, (long long)right);
        if (is_money) {
            audit_amount(audit, stored - right);
        }
    } else {
        audit_found(audit, AUDIT_ACCOUNT_STATE, "accounts", account->key, column,
                    "it is not what the first %lld entries make it", (long long)account->row_seq);
    }
}

static void check_state(struct audit *audit, const struct audit_account *a)
{
    bool only_seq = audit_row_differs(a) == 0 && a->row_seq != a->seq;
    if (!a->compared || (a->differs != 0 && only_seq) ||
        (audit->is_postgres && a->row_seq != a->seq)) {
        audit_found(audit, AUDIT_ACCOUNT_STATE, "accounts", a->key, "seq",
                    "it is %lld; the account has %lld entries", (long long)a->row_seq,
                    (long long)a->seq);
        return;
    }
    state_column(audit, a, DIFFERS_DP, "debits_posted", a->row_dp, a->dp, true);
    state_column(audit, a, DIFFERS_CP, "credits_posted", a->row_cp, a->cp, true);
    state_column(audit, a, DIFFERS_DH, "debits_pending", a->row_dh, a->dh, true);
    state_column(audit, a, DIFFERS_CH, "credits_pending", a->row_ch, a->ch, true);
    state_column(audit, a, DIFFERS_LAST, "last_transfer_id", a->row_last, a->last, false);
    state_column(audit, a, DIFFERS_CLOSED, "closed", a->row_closed, a->closed ? 1 : 0, false);
    if ((a->differs & DIFFERS_HEAD) != 0) {
        audit_found(audit, AUDIT_ACCOUNT_STATE, "accounts", a->key, "head",
                    "it is not the hash of its last entry");
    }
    if (audit->is_postgres && a->row_last_created != a->last_created) {
        audit_found(audit, AUDIT_ACCOUNT_STATE, "accounts", a->key, "last_created_at_us",
                    "it is %lld and must be %lld", (long long)a->row_last_created,
                    (long long)a->last_created);
    }
}

/* The row of an account whose opening and first head disagree. */
static void check_opening(struct audit *audit, struct audit_account *account)
{
    if (account->seq == 0 && hash_equal(&account->row_head, &account->other_opening)) {
        account->opening_hash_wrong = true;
    }
    if (account->opening_hash_wrong) {
        audit_found(audit, AUDIT_ACCOUNT_OPENING, "accounts", account->key, "opening_hash",
                    "the row hashes to another, from which the account's chain begins");
        account->differs &= account->seq == 0 ? ~(unsigned)DIFFERS_HEAD : ~0U;
    } else {
        audit_found(audit, AUDIT_ACCOUNT_OPENING, "accounts", account->key, NULL,
                    "owner, kind, currency, flags, overdraft, greatest balance, time or salt are "
                    "not those that were hashed at the opening");
    }
}

void audit_check_accounts(struct audit *audit)
{
    for (size_t i = 0; i < audit->accounts.count; i++) {
        struct audit_account *account = (struct audit_account *)audit->accounts.items + i;
        if (!account->found) {
            continue; /* named as missing */
        }
        if (!account->opened) {
            audit_found(audit, AUDIT_ROW_EXTRA, "accounts", account->key, NULL,
                        "the log does not hold its opening");
            continue;
        }
        if (account->suspect) {
            check_opening(audit, account);
            if (audit->is_postgres && account->seq == 0) {
                account->last_created = account->row_last_created;
            }
        }
        const struct audit_missing *missing = audit_missing_find(audit, account->row_last);
        if (missing == NULL || missing->taken) {
            check_state(audit, account);
        }
    }
}

/* ---- holds ---- */

static bool is_missing(struct audit *audit, int64_t id)
{
    const struct audit_missing *missing = audit_missing_find(audit, id);
    return missing != NULL && !missing->taken;
}

static void hold_column(struct audit *audit, const struct audit_hold *hold, const char *column,
                        int64_t stored, int64_t right)
{
    if (stored != right) {
        audit_found(audit, AUDIT_HOLD, "holds", hold->id, column, "it is %lld and must be %lld",
                    (long long)stored, (long long)right);
        audit_amount(audit, hold->amount);
    }
}

static void check_hold(const struct audit_cell *c, void *arg)
{
    struct audit *audit = arg;
    struct audit_hold *hold = audit_hold_find(audit, c[0].i64);
    if (hold == NULL) {
        if (!is_missing(audit, c[0].i64)) {
            audit_found(audit, AUDIT_HOLD, "holds", c[0].i64, "hold_id",
                        "no transfer of this id holds anything");
        }
        return;
    }
    hold->seen = true;
    hold_column(audit, hold, "expires_at_us", c[1].i64, hold->expires_at);
    if (c[3].type == AUDIT_INT && is_missing(audit, c[3].i64)) {
        return; /* what resolved it is named */
    }
    hold_column(audit, hold, "state", c[2].i64, hold->state);
    hold_column(audit, hold, "resolved_by", c[3].type == AUDIT_NULL ? 0 : c[3].i64,
                hold->resolved_by);
    hold_column(audit, hold, "captured_minor", c[4].i64, hold->captured);
}

void audit_check_holds(struct audit *audit)
{
    audit_progress(audit, "holds", 0, 0);
    audit_db_query(audit->db,
                   "SELECT hold_id, expires_at_us, state, resolved_by, captured_minor FROM holds "
                   "ORDER BY hold_id",
                   NULL, 0, check_hold, audit);
    const struct audit_hold *holds = audit->holds.items;
    for (size_t i = 0; i < audit->holds.count; i++) {
        if (!holds[i].seen) {
            audit_found(audit, AUDIT_HOLD, "holds", holds[i].id, NULL,
                        "the hold has no row to resolve it by");
            audit_amount(audit, holds[i].amount);
        }
        if (holds[i].state == 0 && holds[i].expires_at != 0 && audit->late_us_max > 0 &&
            audit->now_us - holds[i].expires_at > audit->late_us_max) {
            audit->late_expiries++;
            audit_found(audit, AUDIT_RULES, "holds", holds[i].id, "expires_at_us",
                        "it should have expired and is open");
            audit_amount(audit, holds[i].amount);
        }
    }
}

/* ---- failed ids ---- */

static void check_failure(const struct audit_cell *c, void *arg)
{
    struct audit *audit = arg;
    struct sha256_hash stored, computed;
    bool fits = audit_cell_hash(&c[4], &stored) && c[3].type == AUDIT_BYTES &&
                (c[3].length == 57 || c[3].length == 89) && c[1].i64 >= 0 && c[1].i64 <= UINT32_MAX;
    if (fits) {
        audit_failure_hash(c[0].i64, c[1].i64, c[2].i64, c[3].data, c[3].length, &computed);
        fits = hash_equal(&stored, &computed);
    }
    if (!fits) {
        audit_found(audit, AUDIT_FAILURE, "transfer_failures", c[0].i64, NULL,
                    "the row is not what its hash was made from");
    } else if (c[0].i64 != 0 && i64map_get(&audit->visited, c[0].i64) != I64MAP_NONE) {
        audit_found(audit, AUDIT_FAILURE, "transfer_failures", c[0].i64, "transfer_id",
                    "a transfer that failed for good was posted");
    }
}

void audit_check_failures(struct audit *audit)
{
    audit_progress(audit, "failed ids", 0, 0);
    audit_db_query(audit->db,
                   "SELECT transfer_id, code, created_at_us, content, record_hash "
                   "FROM transfer_failures ORDER BY transfer_id",
                   NULL, 0, check_failure, audit);
}

/* ---- marks (SQLite) ---- */

static int by_account(const void *a, const void *b)
{
    const struct audit_mark *x = a, *y = b;
    if (x->account != y->account) {
        return x->account < y->account ? -1 : 1;
    }
    return (x->seq > y->seq) - (x->seq < y->seq);
}

static void check_mark(const struct audit_cell *c, void *arg)
{
    struct audit *audit = arg;
    const struct audit_mark wanted = {.account = c[0].i64, .seq = c[1].i64};
    struct audit_mark *mark = audit->marks_due.count == 0
                                  ? NULL
                                  : bsearch(&wanted, audit->marks_due.items, audit->marks_due.count,
                                            sizeof(wanted), by_account);
    if (mark == NULL) {
        if (!is_missing(audit, c[2].i64)) {
            audit_found2(audit, AUDIT_MARK, "account_marks", c[0].i64, c[1].i64, "seq",
                         "the account has no such 64th entry");
        }
        return;
    }
    mark->seen = true;
    if (mark->transfer_id != c[2].i64) {
        audit_found2(audit, AUDIT_MARK, "account_marks", c[0].i64, c[1].i64, "transfer_id",
                     "that entry is of transfer %lld", (long long)mark->transfer_id);
    } else if (mark->created_at != c[3].i64) {
        audit_found2(audit, AUDIT_MARK, "account_marks", c[0].i64, c[1].i64, "created_at_us",
                     "that entry is of %lld", (long long)mark->created_at);
    }
}

void audit_check_marks(struct audit *audit)
{
    struct audit_mark *marks = audit->marks_due.items;
    if (audit->is_postgres) {
        return;
    }
    audit_progress(audit, "marks", 0, 0);
    if (audit->marks_due.count > 0) {
        qsort(marks, audit->marks_due.count, sizeof(*marks), by_account);
    }
    audit_db_query(audit->db,
                   "SELECT account_id, seq, transfer_id, created_at_us FROM account_marks "
                   "ORDER BY account_id, seq",
                   NULL, 0, check_mark, audit);
    for (size_t i = 0; i < audit->marks_due.count; i++) {
        if (!marks[i].seen) {
            audit_found2(audit, AUDIT_MARK, "account_marks", marks[i].account, marks[i].seq, NULL,
                         "it is not there");
        }
    }
}

/* ---- sums: debits equal credits ---- */

static void check_sum(const struct audit_cell *c, void *arg)
{
    struct audit *audit = arg;
    if (c[1].i64 != c[2].i64 || c[3].i64 != c[4].i64) {
        audit_found(audit, AUDIT_SUMS, "accounts", c[0].i64, "currency",
                    "debits %lld, credits %lld; held %lld and %lld", (long long)c[1].i64,
                    (long long)c[2].i64, (long long)c[3].i64, (long long)c[4].i64);
        audit_amount(audit, c[1].i64 - c[2].i64);
    }
}

/* The rows of accounts lag behind on SQLite, so that sums are those of the replay there; and where
 * a row was named already, its sum says nothing new. */
void audit_check_sums(struct audit *audit)
{
    bool lags = false;
    for (size_t i = 0; i < audit->accounts.count; i++) {
        const struct audit_account *account = (struct audit_account *)audit->accounts.items + i;
        lags = lags || account->row_seq != account->seq;
    }
    if (lags || audit->findings.count > 0) {
        return;
    }
    audit_db_query(audit->db,
                   "SELECT currency, CAST(sum(debits_posted) AS bigint), "
                   "CAST(sum(credits_posted) AS bigint), CAST(sum(debits_pending) AS bigint), "
                   "CAST(sum(credits_pending) AS bigint) FROM accounts "
                   "GROUP BY currency ORDER BY currency",
                   NULL, 0, check_sum, audit);
}

/* ---- answers to requests ---- */

static void bad_key(const struct audit_cell *c, void *arg)
{
    char key[48];
    size_t length = c[1].length < sizeof(key) ? c[1].length : sizeof(key) - 1;
    memcpy(key, c[1].data, length);
    key[length] = '\0';
    audit_found(arg, AUDIT_IDEMPOTENCY, "idempotency_keys", c[0].i64, NULL,
                "key %s: status, encoding, time or hashes cannot be right", key);
}

void audit_check_idempotency(struct audit *audit)
{
    audit_db_query(audit->db,
                   "SELECT owner, key FROM idempotency_keys WHERE status < 200 OR status > 599 "
                   "OR encoding < 0 OR encoding > 3 OR created_at_us <= 0 "
                   "OR length(path_hash) <> 32 OR length(body_hash) <> 32 ORDER BY key, owner",
                   NULL, 0, bad_key, audit);
}

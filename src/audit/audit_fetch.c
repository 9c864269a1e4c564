/* audit_fetch.c — accounts, segments and transfers as they are stored. */
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"

bool audit_cell_hash(const struct audit_cell *cell, struct sha256_hash *ret)
{
    memset(ret, 0, sizeof(*ret));
    if (cell->type != AUDIT_BYTES || cell->length != SHA256_BYTES) {
        return false;
    }
    memcpy(ret->bytes, cell->data, SHA256_BYTES);
    return true;
}

/* ---- accounts ---- */

struct audit_account *audit_account_find(struct audit *audit, int64_t id)
{
    uint32_t slot = id == 0 ? I64MAP_NONE : i64map_get(&audit->account_slots, id);
    return slot == I64MAP_NONE ? NULL : (struct audit_account *)audit->accounts.items + slot;
}

static void load_account(const struct audit_cell *c, void *arg)
{
    struct audit *audit = arg;
    struct audit_account *account = audit_grow(&audit->accounts, sizeof(*account));
    account->found = true;
    account->id = account->key = c[0].i64;
    account->owner = c[1].i64;
    account->kind = c[2].i64;
    account->currency = c[3].i64;
    account->flags = c[4].i64;
    account->overdraft = c[5].i64;
    account->balance_max = c[6].i64;
    account->created_at = c[7].i64;
    account->is_malformed = !audit_cell_hash(&c[8], &account->salt) ||
                            !audit_cell_hash(&c[9], &account->opening_hash) || account->kind < 0 ||
                            account->kind > UINT16_MAX || account->currency < 0 ||
                            account->currency > UINT16_MAX || account->flags < 0 ||
                            account->flags > UINT32_MAX;
    account->segment_id = c[10].i64;
    account->row_dp = c[11].i64;
    account->row_cp = c[12].i64;
    account->row_dh = c[13].i64;
    account->row_ch = c[14].i64;
    account->row_seq = c[15].i64;
    account->row_last = c[16].i64;
    account->row_closed = c[17].i64;
    (void)audit_cell_hash(&c[18], &account->row_head);
    account->row_last_created = audit->is_postgres ? c[19].i64 : 0;
    account->head = account->opening_hash;
    account->last_created = account->created_at;
    account->next_leaf = -1;
    audit_opening_hash(account, account->id, &account->other_opening);
    account->suspect =
        account->is_malformed || !hash_equal(&account->other_opening, &account->opening_hash);
    if (account->row_seq == 0) { /* an account may never move */
        account->compared = true;
        account->differs = audit_row_differs(account);
    }
    if (account->id != 0) {
        i64map_put(&audit->account_slots, account->id, (uint32_t)audit->accounts.count - 1);
    }
}

#define ACCOUNT_COLUMNS                                                                            \
    "account_id, owner, kind, currency, flags, overdraft_minor, balance_max_minor, "               \
    "created_at_us, salt, opening_hash, segment_id, debits_posted, credits_posted, "               \
    "debits_pending, credits_pending, seq, last_transfer_id, closed, head"

void audit_load_accounts(struct audit *audit)
{
    audit_progress(audit, "accounts", 0, 0);
    audit_db_query(audit->db,
                   audit->is_postgres ? "SELECT " ACCOUNT_COLUMNS
                                        ", last_created_at_us FROM accounts ORDER BY account_id"
                                      : "SELECT " ACCOUNT_COLUMNS
                                        " FROM accounts ORDER BY account_id",
                   NULL, 0, load_account, audit);
}

/* ---- transfers ---- */

struct fetching {
    struct audit *audit;
    struct audit_transfer *rows;
    size_t count;
    const struct i64map *slots;
};

static void read_core(const struct audit_cell *c, struct audit_transfer *row)
{
    row->found = true;
    row->key = row->id = c[0].i64;
    row->account[AUDIT_DEBIT] = c[1].i64;
    row->account[AUDIT_CREDIT] = c[2].i64;
    row->amount = c[3].i64;
    row->currency = c[4].i64;
    row->code = c[5].i64;
    row->flags = c[6].i64;
    row->pending_id = c[7].i64;
    row->expires_at = c[8].i64;
    row->reference = c[9].i64;
    row->has_commitment = c[10].type != AUDIT_NULL;
    bool fits = audit_cell_hash(&c[10], &row->commitment);
    row->is_malformed = (row->has_commitment && !fits) || row->currency < 0 ||
                        row->currency > UINT16_MAX || row->code < 0 || row->code > UINT16_MAX ||
                        row->flags < 0 || row->flags > UINT32_MAX;
    row->created_at = c[11].i64;
    row->segment_id = c[12].i64;
    row->seq[AUDIT_DEBIT] = c[13].i64;
    row->seq[AUDIT_CREDIT] = c[14].i64;
}

/* seq, prev_id, posted, held debits, held credits, hash */
static void read_side(const struct audit_cell *c, struct audit_side *side)
{
    side->found = c[0].type != AUDIT_NULL;
    side->seq = c[0].i64;
    side->prev_id = c[1].i64;
    side->posted = c[2].i64;
    side->held_debits = c[3].i64;
    side->held_credits = c[4].i64;
    side->hash_fits = audit_cell_hash(&c[5], &side->hash);
}

static void fetch_transfer(const struct audit_cell *c, void *arg)
{
    struct fetching *fetching = arg;
    uint32_t slot = c[0].i64 == 0 ? I64MAP_NONE : i64map_get(fetching->slots, c[0].i64);
    if (slot == I64MAP_NONE) {
        return;
    }
    struct audit_transfer *row = &fetching->rows[slot];
    read_core(c, row);
    for (int side = 0; side < 2; side++) {
        struct audit_side *own = &row->sides[side];
        const struct audit_cell *at = c + 15 + side * (fetching->audit->is_postgres ? 9 : 6);
        read_side(at, own);
        own->key_account = row->account[side];
        own->key_seq = row->seq[side];
        own->transfer_id = row->id;
        own->side = side + 1;
        if (fetching->audit->is_postgres && own->found) {
            own->key_account = at[6].i64;
            own->key_seq = own->seq;
            own->transfer_id = at[7].i64;
            own->side = at[8].i64;
        }
    }
}

#define CORE_COLUMNS                                                                               \
    "t.transfer_id, t.debit_account_id, t.credit_account_id, t.amount_minor, t.currency, t.code, " \
    "t.flags, t.pending_id, t.expires_at_us, t.reference, t.commitment, t.created_at_us, "         \
    "t.segment_id, t.debit_seq, t.credit_seq"
#define SIDE_SQLITE(s)                                                                             \
    "t." s "_seq, t." s "_prev_id, t." s "_posted_minor, t." s "_held_debits_minor, "              \
    "t." s "_held_credits_minor, t." s "_hash"
#define ENTRY_COLUMNS(e)                                                                           \
    e ".seq, " e ".prev_id, " e ".posted_minor, " e ".held_debits_minor, " e                       \
      ".held_credits_minor, " e ".hash, " e ".account_id, " e ".transfer_id, " e ".side"

static const char TRANSFER_SQLITE[] = "SELECT " CORE_COLUMNS ", " SIDE_SQLITE(
    "debit") ", " SIDE_SQLITE("credit") " FROM transfers AS t WHERE t.transfer_id = $1";
static const char TRANSFER_POSTGRES[] =
    "SELECT " CORE_COLUMNS ", " ENTRY_COLUMNS("d") ", " ENTRY_COLUMNS(
        "c") " FROM transfers AS t"
             " LEFT JOIN entries AS d ON d.account_id = t.debit_account_id AND d.seq = t.debit_seq"
             " LEFT JOIN entries AS c ON c.account_id = t.credit_account_id AND c.seq = "
             "t.credit_seq"
             " WHERE t.transfer_id = ANY($1::bigint[])";

void audit_fetch_transfers(struct audit *audit, const int64_t *ids, size_t count,
                           struct audit_transfer *ret)
{
    struct i64map slots;
    i64map_init(&slots);
    memset(ret, 0, count * sizeof(*ret));
    for (size_t i = 0; i < count; i++) {
        if (ids[i] != 0 && i64map_get(&slots, ids[i]) == I64MAP_NONE) {
            i64map_put(&slots, ids[i], (uint32_t)i);
        }
    }
    struct fetching fetching = {.audit = audit, .rows = ret, .count = count, .slots = &slots};
    audit_db_query_ids(audit->db, TRANSFER_SQLITE, TRANSFER_POSTGRES, ids, count, fetch_transfer,
                       &fetching);
    for (size_t i = 0; i < count; i++) {
        uint32_t slot = ids[i] == 0 ? I64MAP_NONE : i64map_get(&slots, ids[i]);
        if (slot != I64MAP_NONE && slot != i) {
            ret[i] = ret[slot]; /* asked for twice */
        }
    }
    i64map_done(&slots);
}

static void fetch_entry(const struct audit_cell *c, void *arg)
{
    struct audit_side *side = arg;
    read_side(c, side);
    side->key_account = c[6].i64;
    side->key_seq = side->seq;
    side->transfer_id = c[7].i64;
    side->side = c[8].i64;
}

bool audit_fetch_entry_of(struct audit *audit, int64_t transfer_id, int side,
                          struct audit_side *ret)
{
    const int64_t params[2] = {transfer_id, side + 1};
    memset(ret, 0, sizeof(*ret));
    return audit_db_query(audit->db,
                          "SELECT " ENTRY_COLUMNS(
                              "e") " FROM entries AS e WHERE e.transfer_id = $1 AND e.side = $2",
                          params, 2, fetch_entry, ret) > 0;
}

bool audit_fetch_entry_at(struct audit *audit, int64_t account, int64_t seq, struct audit_side *ret)
{
    const int64_t params[2] = {account, seq};
    memset(ret, 0, sizeof(*ret));
    return audit_db_query(audit->db,
                          "SELECT " ENTRY_COLUMNS(
                              "e") " FROM entries AS e WHERE e.account_id = $1 AND e.seq = $2",
                          params, 2, fetch_entry, ret) > 0;
}

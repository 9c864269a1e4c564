/* audit_examine.c — a transfer that does not fit: which single change explains it?
 *
 * Two hashes bind a transfer, one a side; both contain its core. If one of them is right, the core
 * is right and the fault lies in the other side's values or hash. If both are wrong, the core was
 * changed: each column is tried with the values that other rows make likely, until both hashes come
 * out right. Whatever is found, the accounts go on from the truth. */
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"

struct trial {
    struct sha256_hash core;
    struct audit_expected expected[2];
    struct sha256_hash hashes[2];
    bool known[2]; /* the side can be judged */
    bool right[2];
};

/* What the transfer would be if its facts were these; the stored hashes judge. */
static bool try_facts(struct audit *audit, const struct audit_transfer *t, struct trial *trial)
{
    bool any = false;
    bool all = true;
    if (t->is_malformed) {
        return false;
    }
    audit_core_hash(t, &trial->core);
    for (int side = 0; side < 2; side++) {
        const struct audit_account *account = audit_account_find(audit, t->account[side]);
        const struct audit_side *stored = &t->sides[side];
        trial->known[side] = false;
        trial->right[side] = true;
        trial->hashes[side] = stored->hash;
        if (account == NULL) {
            trial->right[side] = false;
            all = false;
            continue;
        }
        if (!audit_expect(audit, t, side, account, &trial->expected[side])) {
            trial->expected[side].posted = stored->posted;
            trial->expected[side].held_debits = stored->held_debits;
            trial->expected[side].held_credits = stored->held_credits;
        }
        if (account->head_unknown || !stored->found) {
            if (stored->found) {
                continue;
            }
            audit_side_hash(side, &trial->expected[side], &account->head, &trial->core,
                            &trial->hashes[side]);
            continue;
        }
        trial->known[side] = true;
        audit_side_hash(side, &trial->expected[side], &account->head, &trial->core,
                        &trial->hashes[side]);
        trial->right[side] = stored->hash_fits && hash_equal(&trial->hashes[side], &stored->hash);
        any = any || trial->right[side];
        all = all && trial->right[side];
    }
    return any && all;
}

/* ---- which column of the core ---- */

static bool try_amounts(struct audit *audit, struct audit_transfer *v, struct trial *trial)
{
    int64_t guesses[8];
    size_t count = 0;
    for (int side = 0; side < 2; side++) {
        const struct audit_account *account = audit_account_find(audit, v->account[side]);
        const struct audit_side *stored = &v->sides[side];
        if (account == NULL) {
            continue;
        }
        int64_t moved = stored->posted - (account->cp - account->dp);
        int64_t held = side == AUDIT_DEBIT ? stored->held_debits - account->dh
                                           : stored->held_credits - account->ch;
        guesses[count++] = moved < 0 ? -moved : moved;
        guesses[count++] = held < 0 ? -held : held;
    }
    guesses[count++] = 0;
    const struct audit_hold *hold = audit_hold_find(audit, v->pending_id);
    guesses[count++] = hold != NULL ? hold->amount : 0;
    for (size_t i = 0; i < count; i++) {
        v->amount = guesses[i];
        if (try_facts(audit, v, trial)) {
            return true;
        }
    }
    return false;
}

static bool try_numbers(struct audit *audit, struct audit_transfer *v, int64_t *field,
                        int64_t below, struct trial *trial)
{
    v->is_malformed = false;
    for (int64_t value = 0; value < below; value++) {
        *field = value;
        if (try_facts(audit, v, trial)) {
            return true;
        }
    }
    return false;
}

static bool try_accounts(struct audit *audit, struct audit_transfer *v, int side,
                         struct trial *trial)
{
    const struct audit_side *stored = &v->sides[side];
    for (size_t i = 0; i < audit->accounts.count; i++) {
        const struct audit_account *account = (struct audit_account *)audit->accounts.items + i;
        if (account->seq + 1 != stored->seq || account->last != stored->prev_id) {
            continue;
        }
        v->account[side] = account->id;
        if (try_facts(audit, v, trial)) {
            return true;
        }
    }
    return false;
}

static bool try_holds(struct audit *audit, struct audit_transfer *v, struct trial *trial)
{
    v->pending_id = 0;
    if (try_facts(audit, v, trial)) {
        return true;
    }
    for (size_t i = 0; i < audit->holds.count; i++) {
        const struct audit_hold *hold = (struct audit_hold *)audit->holds.items + i;
        if (hold->state != 0) {
            continue;
        }
        v->pending_id = hold->id;
        if (try_facts(audit, v, trial)) {
            return true;
        }
    }
    return false;
}

static void take_number(const struct audit_cell *cells, void *arg)
{
    *(int64_t *)arg = cells[0].i64;
}

static bool try_expiry(struct audit *audit, struct audit_transfer *v, struct trial *trial)
{
    int64_t guesses[2] = {0, 0};
    audit_db_query(audit->db, "SELECT expires_at_us FROM holds WHERE hold_id = $1", &v->id, 1,
                   take_number, &guesses[1]);
    for (size_t i = 0; i < 2; i++) {
        v->expires_at = guesses[i];
        if (try_facts(audit, v, trial)) {
            return true;
        }
    }
    return false;
}

static bool try_times(struct audit *audit, struct audit_transfer *v, struct trial *trial)
{
    const struct audit_segment *segment = audit_segment_find(audit, v->in_segment);
    int64_t guesses[3] = {segment != NULL ? segment->created_at : 0, 0, 0};
    for (int side = 0; side < 2; side++) {
        const struct audit_account *account = audit_account_find(audit, v->account[side]);
        guesses[1 + side] = account != NULL ? account->last_created : 0;
    }
    for (size_t i = 0; i < 3; i++) {
        v->created_at = guesses[i];
        if (try_facts(audit, v, trial)) {
            return true;
        }
    }
    return false;
}

/* The column whose change explains both hashes; the facts are then those of *v. */
static const char *find_column(struct audit *audit, const struct audit_transfer *t,
                               struct audit_transfer *v, struct trial *trial)
{
    static const int64_t CURRENCIES[] = {156, 344, 392, 410, 414, 702, 826, 840, 978};
    *v = *t;
    if (v->ref_id != v->key) {
        v->id = v->ref_id;
        if (try_facts(audit, v, trial)) {
            return "transfer_id";
        }
        *v = *t;
    }
    if (try_amounts(audit, v, trial)) {
        return "amount_minor";
    }
    for (int side = 0; side < 2; side++) {
        *v = *t;
        if (try_accounts(audit, v, side, trial)) {
            return side == AUDIT_DEBIT ? "debit_account_id" : "credit_account_id";
        }
    }
    *v = *t;
    if (try_holds(audit, v, trial)) {
        return "pending_id";
    }
    *v = *t;
    if (try_numbers(audit, v, &v->flags, FLAG_ALL + 1, trial)) {
        return "flags";
    }
    *v = *t;
    for (size_t i = 0; i < ARRAY_COUNT(CURRENCIES); i++) {
        v->currency = CURRENCIES[i];
        v->is_malformed = false;
        if (try_facts(audit, v, trial)) {
            return "currency";
        }
    }
    *v = *t;
    if (try_expiry(audit, v, trial)) {
        return "expires_at_us";
    }
    *v = *t;
    if (try_times(audit, v, trial)) {
        return "created_at_us";
    }
    *v = *t;
    if (try_numbers(audit, v, &v->code, UINT16_MAX + 1, trial)) {
        return "code";
    }
    *v = *t;
    return NULL;
}

/* ---- PostgreSQL: rows of entries that stand elsewhere ---- */

static void find_entry(struct audit *audit, struct audit_transfer *t, int side)
{
    struct audit_side *stored = &t->sides[side];
    const struct audit_account *account = audit_account_find(audit, t->account[side]);
    int64_t seq = account != NULL ? account->seq + 1 : t->seq[side];
    struct audit_side found;
    if (stored->found && stored->transfer_id == t->id && stored->side == side + 1 &&
        stored->seq == seq) {
        return;
    }
    if (audit_fetch_entry_of(audit, t->id, side, &found) ||
        audit_fetch_entry_of(audit, t->ref_id, side, &found)) {
        if (found.key_account == t->account[side] && found.seq == seq && t->seq[side] != seq) {
            audit_found(audit, AUDIT_ENTRY_STATE, "transfers", t->key,
                        side == AUDIT_DEBIT ? "debit_seq" : "credit_seq",
                        "it says %lld, but its entry is number %lld", (long long)t->seq[side],
                        (long long)seq);
        }
        t->seq[side] = found.seq;
        *stored = found;
        return;
    }
    if (audit_fetch_entry_at(audit, t->account[side], seq, &found)) {
        *stored = found;
        return;
    }
    stored->found = false;
    audit_found2(audit, AUDIT_ROW_MISSING, "entries", t->account[side], seq, NULL,
                 "the %s side of transfer %lld is not there",
                 side == AUDIT_DEBIT ? "debit" : "credit", (long long)t->id);
    audit_amount(audit, t->amount);
}

/* ---- a side's own columns ---- */

static void found_side(struct audit *audit, const struct audit_transfer *t, int side,
                       enum audit_check check, const char *column, int64_t stored, int64_t right)
{
    const struct audit_side *own = &t->sides[side];
    char name[64];
    if (audit->is_postgres) {
        audit_found2(audit, check, "entries", own->key_account, own->key_seq, column,
                     "it is %lld and must be %lld", (long long)stored, (long long)right);
        return;
    }
    snprintf(name, sizeof(name), "%s_%s", side == AUDIT_DEBIT ? "debit" : "credit", column);
    audit_found(audit, check, "transfers", t->key, name, "it is %lld and must be %lld",
                (long long)stored, (long long)right);
}

static bool compare(struct audit *audit, const struct audit_transfer *t, int side,
                    const char *column, int64_t stored, int64_t right, bool is_money)
{
    if (stored == right) {
        return true;
    }
    found_side(audit, t, side, AUDIT_ENTRY_STATE, column, stored, right);
    if (is_money) {
        audit_amount(audit, stored - right);
    }
    return false;
}

/* Names the columns that are not as replayed; true when all are. */
static bool compare_side(struct audit *audit, const struct audit_transfer *t, int side,
                         const struct audit_expected *right)
{
    const struct audit_side *s = &t->sides[side];
    bool same = true;
    if (!s->found) {
        return true;
    }
    if (audit->is_postgres) {
        same = compare(audit, t, side, "account_id", s->key_account, right->account, false) && same;
        same = compare(audit, t, side, "transfer_id", s->transfer_id, t->id, false) && same;
        same = compare(audit, t, side, "side", s->side, side + 1, false) && same;
    }
    same = compare(audit, t, side, "seq", s->seq, right->seq, false) && same;
    same = compare(audit, t, side, "prev_id", s->prev_id, right->prev_id, false) && same;
    same = compare(audit, t, side, "posted_minor", s->posted, right->posted, true) && same;
    same = compare(audit, t, side, "held_debits_minor", s->held_debits, right->held_debits, true) &&
           same;
    return compare(audit, t, side, "held_credits_minor", s->held_credits, right->held_credits,
                   true) &&
           same;
}

/* The first entry of an account shows which of two opening hashes is the true one. */
static bool try_other_opening(struct audit *audit, const struct audit_transfer *t,
                              struct trial *trial)
{
    for (int side = 0; side < 2; side++) {
        struct audit_account *account = audit_account_find(audit, t->account[side]);
        if (account == NULL || !account->suspect || account->seq != 0) {
            continue;
        }
        struct sha256_hash stored = account->head;
        account->head = account->other_opening;
        if (try_facts(audit, t, trial) || trial->right[side]) {
            account->opening_hash_wrong = true;
            return true;
        }
        account->head = stored;
    }
    return false;
}

/* ---- gaps that a missing transfer has left ---- */

static void close_gaps(struct audit *audit, const struct audit_transfer *t)
{
    for (int side = 0; side < 2; side++) {
        const struct audit_side *stored = &t->sides[side];
        struct audit_account *account = audit_account_find(audit, t->account[side]);
        struct audit_missing *missing = audit_missing_find(audit, stored->prev_id);
        if (account == NULL || missing == NULL || missing->taken ||
            account->last == stored->prev_id) {
            continue;
        }
        bool moves = (t->flags & (FLAG_PENDING | FLAG_VOID | FLAG_EXPIRE)) == 0;
        int64_t own = !moves ? 0 : side == AUDIT_DEBIT ? -t->amount : t->amount;
        int64_t gap = stored->posted - own - (account->cp - account->dp);
        if (gap != 0) {
            missing->has_amount = true;
            missing->amount = gap < 0 ? -gap : gap;
        }
        account->last = stored->prev_id;
        account->seq = stored->seq - 1;
        account->head_unknown = account->values_unknown = account->sums_unknown = true;
    }
}

/* ---- the examination ---- */

static void settle(struct audit *audit, struct audit_transfer *t, const struct trial *trial,
                   enum audit_leaf_state state)
{
    for (int side = 0; side < 2; side++) {
        struct audit_side *own = &t->sides[side];
        own->seq = trial->expected[side].seq;
        own->posted = trial->expected[side].posted;
        own->held_debits = trial->expected[side].held_debits;
        own->held_credits = trial->expected[side].held_credits;
    }
    audit_apply(audit, t, trial->hashes, &trial->core, state);
}

/* The core is right: both sides' columns are judged, and a hash that is wrong in spite of them. */
static void name_sides(struct audit *audit, const struct audit_transfer *t,
                       const struct trial *trial)
{
    for (int side = 0; side < 2; side++) {
        bool same = compare_side(audit, t, side, &trial->expected[side]);
        if (same && trial->known[side] && !trial->right[side]) {
            const char *name = side == AUDIT_DEBIT ? "debit_hash" : "credit_hash";
            if (audit->is_postgres) {
                audit_found2(audit, AUDIT_ENTRY_HASH, "entries", t->sides[side].key_account,
                             t->sides[side].key_seq, "hash",
                             "it is not the hash of this entry and the one before");
            } else {
                audit_found(audit, AUDIT_ENTRY_HASH, "transfers", t->key, name,
                            "it is not the hash of this entry and the one before");
            }
        }
    }
}

static void examine_core(struct audit *audit, struct audit_transfer *t, struct trial *trial)
{
    struct audit_transfer variant;
    const char *column = find_column(audit, t, &variant, trial);
    if (column != NULL) {
        audit_found(audit, AUDIT_TRANSFER_CORE, "transfers", t->key, column,
                    "both sides were hashed with another value; with that of the rows around it "
                    "they come out right");
        audit_amount(audit, variant.amount);
        if (strcmp(column, "transfer_id") == 0) {
            for (int side = 0; side < 2; side++) {
                variant.sides[side].transfer_id = variant.id;
            }
        }
        name_sides(audit, &variant, trial);
        settle(audit, &variant, trial, LEAF_FAULTY);
        return;
    }
    audit_found(audit, AUDIT_TRANSFER_CORE, "transfers", t->key, NULL,
                "both sides were hashed with other facts; not one of the columns that other rows "
                "bear witness to: reference or commitment, or more than one");
    audit_amount(audit, t->amount);
    for (int side = 0; side < 2; side++) { /* the stored hashes are what the next rows build on */
        trial->hashes[side] = t->sides[side].hash;
        trial->expected[side].posted = t->sides[side].posted;
        trial->expected[side].held_debits = t->sides[side].held_debits;
        trial->expected[side].held_credits = t->sides[side].held_credits;
    }
    settle(audit, t, trial, LEAF_UNKNOWN);
}

void audit_examine(struct audit *audit, struct audit_transfer *t)
{
    struct trial trial;
    memset(&trial, 0, sizeof(trial));
    close_gaps(audit, t);
    if (audit_replay_fits(audit, t)) {
        return;
    }
    for (int side = 0; side < 2 && audit->is_postgres; side++) {
        find_entry(audit, t, side);
    }
    bool good = try_facts(audit, t, &trial);
    if (!good && try_other_opening(audit, t, &trial)) {
        good = trial.right[0] && trial.right[1];
    }
    bool one = (trial.known[0] && trial.right[0]) || (trial.known[1] && trial.right[1]);
    bool none_known = !trial.known[0] && !trial.known[1];
    if (!good && !one && !none_known) {
        examine_core(audit, t, &trial);
        return;
    }
    if (t->ref_id != t->key && !none_known) {
        audit_found(audit, AUDIT_SEGMENT, "log_segments", t->in_segment, "leaf_refs",
                    "it lists %lld, but the transfer of that place is %lld", (long long)t->ref_id,
                    (long long)t->key);
    }
    name_sides(audit, t, &trial);
    settle(audit, t, &trial, good && !none_known ? LEAF_CLEAN : LEAF_FAULTY);
}

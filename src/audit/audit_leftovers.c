/* audit_leftovers.c — after the log: rows that no leaf names, leaves without a row, and transfers
 * that never fitted. */
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"

struct audit_missing *audit_missing_find(struct audit *audit, int64_t id)
{
    struct audit_missing *missing = audit->missing.items;
    for (size_t i = 0; i < audit->missing.count && id != 0; i++) {
        if (missing[i].id == id) {
            return &missing[i];
        }
    }
    return NULL;
}

/* ---- transfers that no leaf names ---- */

struct unlisted {
    int64_t id, segment_id;
    bool taken;
};
struct looking {
    struct audit *audit;
    struct audit_growing unlisted;
};

static void see_transfer(const struct audit_cell *c, void *arg)
{
    struct looking *looking = arg;
    if (c[0].i64 != 0 && i64map_get(&looking->audit->visited, c[0].i64) != I64MAP_NONE) {
        return;
    }
    struct unlisted *row = audit_grow(&looking->unlisted, sizeof(*row));
    row->id = c[0].i64;
    row->segment_id = c[1].i64;
}

static void take_row(struct audit *audit, struct unlisted *row, int64_t ref_id, int64_t leaf,
                     bool is_guess)
{
    struct audit_transfer *waiting = audit_grow(&audit->waiting, sizeof(*waiting));
    audit_fetch_transfers(audit, &row->id, 1, waiting);
    waiting->leaf = leaf;
    waiting->in_segment = row->segment_id;
    waiting->ref_id = ref_id;
    waiting->is_guess = is_guess;
    row->taken = true;
    i64map_put(&audit->visited, row->id, 0);
}

static void name_segment(struct audit *audit, int64_t id)
{
    const struct audit_gap *gaps = audit->gaps.items;
    if (audit->gaps.count > 0) {
        audit_found(audit, AUDIT_ROW_MISSING, "log_segments", id, NULL,
                    "leaves %lld to %lld have no segment", (long long)gaps[0].first,
                    (long long)(gaps[0].first + gaps[0].count - 1));
    } else {
        audit_found(audit, AUDIT_ROW_MISSING, "log_segments", id, NULL,
                    "rows name it, and it is not there");
    }
}

/* A segment is gone: its rows still name it. They are replayed in the order of their ids. */
static void take_orphans(struct audit *audit, struct looking *looking)
{
    const struct audit_gap *gaps = audit->gaps.items;
    struct unlisted *rows = looking->unlisted.items;
    int64_t named = 0;
    int64_t leaf = audit->gaps.count > 0 ? gaps[0].first : -1;
    for (size_t i = 0; i < looking->unlisted.count; i++) {
        if (rows[i].taken || audit_segment_find(audit, rows[i].segment_id) != NULL) {
            continue;
        }
        if (rows[i].segment_id != named) {
            named = rows[i].segment_id;
            name_segment(audit, named);
        }
        take_row(audit, &rows[i], rows[i].id, leaf, true);
        leaf += leaf >= 0 ? 1 : 0;
    }
    for (size_t i = 0; i < audit->accounts.count; i++) {
        struct audit_account *account = (struct audit_account *)audit->accounts.items + i;
        if (account->opened || audit_segment_find(audit, account->segment_id) != NULL) {
            continue;
        }
        if (account->segment_id != named) {
            named = account->segment_id;
            name_segment(audit, named);
        }
        account->opened = true;
    }
    if (audit->gaps.count > 0 && named == 0) {
        name_segment(audit, 0);
    }
}

/* A leaf without a row and a row without a leaf in the same segment are one: either the row's id or
 * the reference was changed. */
static void pair(struct audit *audit, struct looking *looking)
{
    struct unlisted *rows = looking->unlisted.items;
    struct audit_missing *missing = audit->missing.items;
    for (size_t i = 0; i < audit->missing.count; i++) {
        for (size_t j = 0; j < looking->unlisted.count && !missing[i].taken; j++) {
            if (!rows[j].taken && rows[j].segment_id == missing[i].segment_id) {
                missing[i].taken = true;
                take_row(audit, &rows[j], missing[i].id, missing[i].leaf, false);
            }
        }
    }
    struct audit_missing *gone = audit->missing_accounts.items;
    for (size_t i = 0; i < audit->missing_accounts.count; i++) {
        for (size_t j = 0; j < audit->accounts.count && !gone[i].taken; j++) {
            struct audit_account *account = (struct audit_account *)audit->accounts.items + j;
            if (account->found && !account->opened && !account->suspect &&
                account->segment_id == gone[i].segment_id) {
                gone[i].taken = account->opened = true;
                audit->leaf_ids[gone[i].leaf] = account->id;
                audit_found(audit, AUDIT_SEGMENT, "log_segments", gone[i].segment_id, "leaf_refs",
                            "it lists account %lld where %lld was opened", (long long)gone[i].id,
                            (long long)account->id);
            }
        }
    }
}

/* ---- rows and their segments ---- */

static void name_misplaced(struct audit *audit)
{
    struct audit_misplaced *rows = audit->misplaced.items;
    for (size_t i = 0; i < audit->misplaced.count; i++) {
        struct audit_segment *segment = audit_segment_find(audit, rows[i].in_segment);
        bool all = segment != NULL && segment->listed > 1 &&
                   segment->misplaced == segment->listed &&
                   audit_segment_find(audit, rows[i].named) == NULL;
        if (all) {
            segment->misplaced = 0; /* named once; the others of it are skipped below */
            segment->listed = -1;
            audit_found(audit, AUDIT_SEGMENT, "log_segments", segment->id, "segment_id",
                        "all its rows call it %lld", (long long)rows[i].named);
        } else if (segment == NULL || segment->listed >= 0) {
            audit_found(audit, AUDIT_SEGMENT_OF, rows[i].table, rows[i].key, "segment_id",
                        "it names segment %lld, but segment %lld lists it",
                        (long long)rows[i].named, (long long)rows[i].in_segment);
        }
    }
}

/* ---- */

static void name_missing(struct audit *audit)
{
    const struct audit_missing *missing = audit->missing.items;
    for (size_t i = 0; i < audit->missing.count; i++) {
        if (missing[i].taken) {
            continue;
        }
        audit_found(audit, AUDIT_ROW_MISSING, "transfers", missing[i].id, NULL,
                    "leaf %lld of the log is this transfer", (long long)missing[i].leaf);
        if (missing[i].has_amount) {
            audit_amount(audit, missing[i].amount);
        }
    }
    missing = audit->missing_accounts.items;
    for (size_t i = 0; i < audit->missing_accounts.count; i++) {
        if (!missing[i].taken) {
            audit_found(audit, AUDIT_ROW_MISSING, "accounts", missing[i].id, NULL,
                        "leaf %lld of the log is its opening", (long long)missing[i].leaf);
        }
    }
}

static void force_waiting(struct audit *audit)
{
    audit_retry_waiting(audit);
    while (audit->waiting.count > 0) {
        struct audit_transfer *waiting = audit->waiting.items;
        struct audit_transfer first = waiting[0];
        audit->waiting.count--;
        memmove(waiting, waiting + 1, audit->waiting.count * sizeof(*waiting));
        audit_examine(audit, &first);
        audit_retry_waiting(audit);
    }
}

static int by_leaf(const void *a, const void *b)
{
    const struct audit_transfer *x = a, *y = b;
    return (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

static void see_entry(const struct audit_cell *c, void *arg)
{
    struct audit *audit = arg;
    if (audit_missing_find(audit, c[2].i64) != NULL) {
        return; /* of a transfer that is missing: it is named already */
    }
    audit_found2(audit, AUDIT_ROW_EXTRA, "entries", c[0].i64, c[1].i64, NULL,
                 "no transfer has this entry");
    audit_amount(audit, c[3].i64);
}

/* PostgreSQL: entries that their transfer does not point to, and that were not named before. */
static void find_extra_entries(struct audit *audit)
{
    audit_db_query(audit->db,
                   "SELECT e.account_id, e.seq, e.transfer_id, e.posted_minor FROM entries AS e "
                   "LEFT JOIN transfers AS t ON t.transfer_id = e.transfer_id "
                   "WHERE t.transfer_id IS NULL OR NOT ("
                   "(t.debit_account_id = e.account_id AND t.debit_seq = e.seq) OR "
                   "(t.credit_account_id = e.account_id AND t.credit_seq = e.seq)) "
                   "ORDER BY e.account_id, e.seq",
                   NULL, 0, see_entry, audit);
}

void audit_check_leftovers(struct audit *audit)
{
    struct looking looking = {.audit = audit};
    audit_progress(audit, "rows outside the log", 0, 0);
    audit_db_query(audit->db, "SELECT transfer_id, segment_id FROM transfers ORDER BY transfer_id",
                   NULL, 0, see_transfer, &looking);
    take_orphans(audit, &looking);
    pair(audit, &looking);
    if (audit->waiting.count > 1) {
        qsort(audit->waiting.items, audit->waiting.count, sizeof(struct audit_transfer), by_leaf);
    }
    force_waiting(audit);
    const struct unlisted *rows = looking.unlisted.items;
    for (size_t i = 0; i < looking.unlisted.count; i++) {
        if (!rows[i].taken) {
            audit_found(audit, AUDIT_ROW_EXTRA, "transfers", rows[i].id, NULL,
                        "the log does not hold it");
        }
    }
    name_missing(audit);
    name_misplaced(audit);
    if (audit->is_postgres && audit->seen == 0) {
        find_extra_entries(audit);
    }
    free(looking.unlisted.items);
}

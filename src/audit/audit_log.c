/* audit_log.c — goes through the leaves of the log in order and replays them; then looks for rows
 * that no leaf names, and leaves that have no row. */
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"

#define REF_BYTES    9
#define TYPE_OPENING 0x13
#define TYPE_MOVE    0x12
#define WAITING_SOON 4096 /* so many are tried again after each batch */

struct ref {
    uint8_t type;
    int64_t id, segment_id, leaf;
};
struct batch {
    struct audit *audit;
    struct ref refs[AUDIT_BATCH];
    struct audit_transfer rows[AUDIT_BATCH];
    int64_t ids[AUDIT_BATCH];
    size_t count;
    int64_t done;
};

/* ---- openings ---- */

void audit_note_segment(struct audit *audit, const char *table, int64_t key, int64_t in_segment,
                        int64_t named)
{
    struct audit_segment *segment = audit_segment_find(audit, in_segment);
    if (segment != NULL) {
        segment->listed++;
    }
    if (in_segment == named) {
        return;
    }
    struct audit_misplaced *misplaced = audit_grow(&audit->misplaced, sizeof(*misplaced));
    *misplaced = (struct audit_misplaced){
        .table = table, .key = key, .in_segment = in_segment, .named = named};
    if (segment != NULL) {
        segment->misplaced++;
    }
}

/* Its row may be there under another id: then its opening hash comes out right with this one. */
static struct audit_account *find_renamed(struct audit *audit, int64_t id)
{
    for (size_t i = 0; i < audit->accounts.count; i++) {
        struct audit_account *account = (struct audit_account *)audit->accounts.items + i;
        struct sha256_hash hash;
        if (account->opened || !account->suspect || account->is_malformed) {
            continue;
        }
        audit_opening_hash(account, id, &hash);
        if (hash_equal(&hash, &account->opening_hash)) {
            audit_found(audit, AUDIT_ACCOUNT_OPENING, "accounts", account->key, "account_id",
                        "it was opened as %lld", (long long)id);
            account->id = id;
            account->suspect = false;
            i64map_put(&audit->account_slots, id, (uint32_t)i);
            return account;
        }
    }
    return NULL;
}

static void open_account(struct audit *audit, const struct ref *ref)
{
    struct audit_account *account = audit_account_find(audit, ref->id);
    audit->leaf_types[ref->leaf] = LEAF_OPENING;
    audit->leaf_ids[ref->leaf] = ref->id;
    if (account == NULL) {
        account = find_renamed(audit, ref->id);
    }
    if (account == NULL) {
        struct audit_missing *missing = audit_grow(&audit->missing_accounts, sizeof(*missing));
        *missing =
            (struct audit_missing){.id = ref->id, .segment_id = ref->segment_id, .leaf = ref->leaf};
        account = audit_grow(&audit->accounts, sizeof(*account));
        account->id = account->key = ref->id;
        account->opened = account->suspect = account->head_unknown = true;
        account->next_leaf = -1;
        i64map_put(&audit->account_slots, ref->id, (uint32_t)audit->accounts.count - 1);
        return;
    }
    if (account->opened) {
        audit_found(audit, AUDIT_SEGMENT, "log_segments", ref->segment_id, "leaf_refs",
                    "it lists account %lld, which was opened before", (long long)ref->id);
        return;
    }
    account->opened = true;
    audit_note_segment(audit, "accounts", account->key, ref->segment_id, account->segment_id);
    struct audit_segment *segment = audit_segment_find(audit, ref->segment_id);
    if (segment != NULL && !account->suspect && !segment->is_time_wrong &&
        (audit->is_postgres ? segment->created_at > account->created_at
                            : segment->created_at != account->created_at)) {
        segment->is_time_wrong = true;
        audit_found(audit, AUDIT_SEGMENT, "log_segments", segment->id, "created_at_us",
                    "account %lld in it was opened at another time", (long long)ref->id);
    }
}

/* ---- transfers ---- */

static void check_segment_time(struct audit *audit, const struct audit_transfer *transfer)
{
    struct audit_segment *segment = audit_segment_find(audit, transfer->in_segment);
    if (segment == NULL || segment->is_time_wrong ||
        (audit->is_postgres ? segment->created_at <= transfer->created_at
                            : segment->created_at == transfer->created_at)) {
        return;
    }
    segment->is_time_wrong = true;
    audit_found(audit, AUDIT_SEGMENT, "log_segments", segment->id, "created_at_us",
                "transfer %lld in it was posted at another time", (long long)transfer->key);
}

void audit_take_transfer(struct audit *audit, struct audit_transfer *transfer)
{
    if (audit_replay_fits(audit, transfer)) {
        check_segment_time(audit, transfer);
        return;
    }
    struct audit_transfer *waiting = audit_grow(&audit->waiting, sizeof(*waiting));
    *waiting = *transfer;
}

/* One pass in log order: what has become ready is applied. */
void audit_retry_waiting(struct audit *audit)
{
    struct audit_transfer *waiting = audit->waiting.items;
    size_t count = audit->waiting.count;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (audit_replay_fits(audit, &waiting[i])) {
            check_segment_time(audit, &waiting[i]);
        } else {
            if (kept != i) {
                waiting[kept] = waiting[i];
            }
            kept++;
        }
    }
    audit->waiting.count = kept;
}

static void take_ref(struct audit *audit, const struct ref *ref, struct audit_transfer *row)
{
    if (ref->leaf < audit->leaf_count) {
        audit->leaf_segments[ref->leaf] = ref->segment_id;
        audit->leaf_ids[ref->leaf] = ref->id;
        audit->leaf_types[ref->leaf] = LEAF_TRANSFER;
    }
    if (i64map_get(&audit->visited, ref->id) != I64MAP_NONE) {
        struct audit_segment *segment = audit_segment_find(audit, ref->segment_id);
        audit_found(audit, AUDIT_SEGMENT, "log_segments", ref->segment_id, "leaf_refs",
                    "it lists transfer %lld, which another place in the log holds",
                    (long long)ref->id);
        if (segment != NULL) {
            segment->repeated++;
        }
        return;
    }
    if (!row->found) {
        struct audit_missing *missing = audit_grow(&audit->missing, sizeof(*missing));
        *missing =
            (struct audit_missing){.id = ref->id, .segment_id = ref->segment_id, .leaf = ref->leaf};
        return;
    }
    i64map_put(&audit->visited, ref->id, 0);
    row->leaf = ref->leaf;
    row->in_segment = ref->segment_id;
    row->ref_id = ref->id;
    audit_note_segment(audit, "transfers", row->key, ref->segment_id, row->segment_id);
    audit_take_transfer(audit, row);
}

static void flush(struct batch *batch)
{
    struct audit *audit = batch->audit;
    for (size_t i = 0; i < batch->count; i++) {
        batch->ids[i] = batch->refs[i].id;
    }
    audit_fetch_transfers(audit, batch->ids, batch->count, batch->rows);
    for (size_t i = 0; i < batch->count; i++) {
        const struct ref *ref = &batch->refs[i];
        bool is_opening = ref->type == TYPE_OPENING;
        bool is_account = audit_account_find(audit, ref->id) != NULL;
        audit->leaf_segments[ref->leaf] = ref->segment_id;
        /* The type of a reference may be what was changed: ids are unique across both tables. */
        if (ref->id == 0 || (!is_opening && ref->type != TYPE_MOVE) ||
            (is_opening && !is_account && batch->rows[i].found) ||
            (!is_opening && is_account && !batch->rows[i].found)) {
            audit_found(audit, AUDIT_SEGMENT, "log_segments", ref->segment_id, "leaf_refs",
                        "a reference is not of the type of what it refers to");
            is_opening = !batch->rows[i].found;
        }
        if (is_opening && ref->id != 0) {
            open_account(audit, ref);
        } else if (ref->id != 0) {
            take_ref(audit, ref, &batch->rows[i]);
        }
    }
    batch->done += (int64_t)batch->count;
    batch->count = 0;
    if (audit->waiting.count > 0 && audit->waiting.count <= WAITING_SOON) {
        audit_retry_waiting(audit);
    }
    audit_progress(audit, "transfers", batch->done, audit->leaf_count);
}

/* segment_id, leaf_refs */
static void take_segment(const struct audit_cell *c, void *arg)
{
    struct batch *batch = arg;
    struct audit_segment *segment = audit_segment_find(batch->audit, c[0].i64);
    size_t count = c[1].length / REF_BYTES;
    for (size_t i = 0; segment != NULL && i < count; i++) {
        const uint8_t *at = c[1].data + i * REF_BYTES;
        struct ref *ref = &batch->refs[batch->count++];
        uint64_t id = 0;
        for (size_t j = 1; j < REF_BYTES; j++) {
            id = id << 8 | at[j];
        }
        *ref = (struct ref){.type = at[0],
                            .id = (int64_t)id,
                            .segment_id = c[0].i64,
                            .leaf = segment->place + (int64_t)i};
        if (batch->count == AUDIT_BATCH) {
            flush(batch);
        }
    }
}

static void check_emptied(const struct audit_cell *c, void *arg)
{
    audit_found(arg, AUDIT_SEGMENT, "log_segments", c[0].i64, "leaf_hashes",
                "a segment that has its place keeps no hashes");
}

/* A last segment that only repeats others is no part of the log. */
static void drop_repeated(struct audit *audit)
{
    for (size_t i = audit->segments.count; i > 0; i--) {
        struct audit_segment *segment = (struct audit_segment *)audit->segments.items + i - 1;
        if (segment->first >= 0 && segment->count > 0 && segment->repeated == segment->count &&
            segment->place + segment->count == audit->sealed_size) {
            audit->sealed_size = segment->place;
        }
    }
}

void audit_replay_log(struct audit *audit)
{
    struct batch *batch = calloc(1, sizeof(*batch));
    bool in_order = audit->gaps.count == 0;
    BUG_IF(batch == NULL);
    batch->audit = audit;
    for (size_t i = 0; i < audit->segments.count; i++) {
        in_order = in_order && !((struct audit_segment *)audit->segments.items)[i].is_bad;
    }
    if (in_order) {
        audit_db_query(audit->db,
                       "SELECT segment_id, leaf_refs FROM log_segments "
                       "ORDER BY first_index NULLS LAST, segment_id",
                       NULL, 0, take_segment, batch);
    } else {
        for (size_t i = 0; i < audit->segments.count; i++) {
            int64_t id = ((struct audit_segment *)audit->segments.items)[i].id;
            audit_db_query(audit->db,
                           "SELECT segment_id, leaf_refs FROM log_segments WHERE segment_id = $1",
                           &id, 1, take_segment, batch);
        }
    }
    flush(batch);
    free(batch);
    drop_repeated(audit);
    if (audit->is_postgres) {
        audit_db_query(audit->db,
                       "SELECT segment_id FROM log_segments "
                       "WHERE first_index IS NOT NULL AND leaf_hashes IS NOT NULL",
                       NULL, 0, check_emptied, audit);
    }
}

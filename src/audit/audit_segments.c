/* audit_segments.c — the segments of the log and where each belongs. Their places must cover
 * [0, size) without gap or overlap; one segment that says otherwise is found by leaving it out. */
#include <stdlib.h>

#include "audit/audit.h"

#define REF_BYTES 9

static void load_segment(const struct audit_cell *c, void *arg)
{
    struct audit *audit = arg;
    struct audit_segment *segment = audit_grow(&audit->segments, sizeof(*segment));
    segment->id = c[0].i64;
    segment->first = c[1].type == AUDIT_NULL ? -1 : c[1].i64;
    segment->count = c[4].i64 / REF_BYTES;
    segment->created_at = c[3].i64;
    segment->place = -1;
    segment->has_hashes = c[5].i64 != 0;
    if (c[4].i64 % REF_BYTES != 0) {
        segment->is_bad = true;
        audit_found(audit, AUDIT_SEGMENT, "log_segments", segment->id, "leaf_refs",
                    "%lld bytes are no whole number of references", (long long)c[4].i64);
    } else if (c[2].i64 != segment->count) {
        segment->is_bad = true;
        audit_found(audit, AUDIT_SEGMENT, "log_segments", segment->id, "leaf_count",
                    "it is %lld, but %lld leaves are listed", (long long)c[2].i64,
                    (long long)segment->count);
    }
}

static int by_place(const void *a, const void *b)
{
    const struct audit_segment *x = a, *y = b;
    uint64_t px = (uint64_t)(x->place >= 0 ? x->place : x->first);
    uint64_t py = (uint64_t)(y->place >= 0 ? y->place : y->first);
    if (px != py) {
        return px < py ? -1 : 1; /* -1, unsealed, comes last */
    }
    return (x->id > y->id) - (x->id < y->id);
}

/* Leaves out `without` (-1: none). *ret_gap is the first gap, *ret_faults counts gaps and overlaps.
 */
static void walk(const struct audit_segment *segments, size_t count, int64_t without,
                 struct audit_gap *ret_gap, int64_t *ret_first_fault, int64_t *ret_second_fault,
                 unsigned *ret_faults)
{
    int64_t at = 0;
    *ret_faults = 0;
    *ret_first_fault = *ret_second_fault = -1;
    *ret_gap = (struct audit_gap){.first = 0, .count = 0};
    for (size_t i = 0; i < count; i++) {
        if ((int64_t)i == without) {
            continue;
        }
        if (segments[i].first != at) {
            if (*ret_faults == 0) {
                *ret_first_fault = (int64_t)i;
                ret_gap->first = at;
                ret_gap->count = segments[i].first - at;
            } else if (*ret_faults == 1) {
                *ret_second_fault = (int64_t)i;
            }
            ++*ret_faults;
        }
        at = segments[i].first + segments[i].count;
    }
    if (*ret_faults == 0) {
        ret_gap->first = at;
    }
}

/* True when all the others leave exactly the room that this one needs. */
static bool explains(struct audit_segment *segments, size_t count, int64_t suspect)
{
    struct audit_gap gap;
    int64_t first, second;
    unsigned faults;
    if (suspect < 0 || suspect >= (int64_t)count) {
        return false;
    }
    walk(segments, count, suspect, &gap, &first, &second, &faults);
    if (faults > 1 || (faults == 1 && gap.count != segments[suspect].count)) {
        return false;
    }
    segments[suspect].place = gap.first;
    return true;
}

static void find_places(struct audit *audit, struct audit_segment *segments, size_t count)
{
    struct audit_gap gap;
    int64_t first, second;
    unsigned faults;
    walk(segments, count, -1, &gap, &first, &second, &faults);
    const int64_t suspects[] = {first, first - 1, second, second - 1, (int64_t)count - 1};
    int64_t guilty = -1;
    for (size_t i = 0; i < ARRAY_COUNT(suspects) && faults > 0 && guilty < 0; i++) {
        if (explains(segments, count, suspects[i])) {
            guilty = suspects[i];
        }
    }
    if (guilty >= 0) {
        segments[guilty].is_bad = true;
        audit_found(audit, AUDIT_SEGMENT, "log_segments", segments[guilty].id, "first_index",
                    "it is %lld and must be %lld for the log to have neither gap nor overlap",
                    (long long)segments[guilty].first, (long long)segments[guilty].place);
    } else if (faults > 0 && gap.count > 0) {
        struct audit_gap *known = audit_grow(&audit->gaps, sizeof(*known));
        *known = gap;
    } else if (faults > 0) {
        audit_found(audit, AUDIT_SEGMENT, "log_segments", segments[first].id, "first_index",
                    "two segments claim the same leaves");
    }
    for (size_t i = 0; i < count; i++) {
        if (segments[i].place < 0) {
            segments[i].place = segments[i].first;
        }
    }
    /* One that still has its hashes was not sealed at all. */
    if (guilty >= 0 && segments[guilty].has_hashes) {
        segments[guilty].first = segments[guilty].place = -1;
    }
}

struct audit_segment *audit_segment_find(struct audit *audit, int64_t id)
{
    uint32_t slot = id == 0 ? I64MAP_NONE : i64map_get(&audit->segment_slots, id);
    return slot == I64MAP_NONE ? NULL : (struct audit_segment *)audit->segments.items + slot;
}

void audit_load_segments(struct audit *audit)
{
    audit_progress(audit, "segments", 0, 0);
    audit_db_query(audit->db,
                   audit->is_postgres
                       ? "SELECT segment_id, first_index, leaf_count, created_at_us, "
                         "length(leaf_refs), CASE WHEN leaf_hashes IS NULL THEN 0 ELSE 1 END "
                         "FROM log_segments ORDER BY segment_id"
                       : "SELECT segment_id, first_index, leaf_count, created_at_us, "
                         "length(leaf_refs), 0 FROM log_segments ORDER BY segment_id",
                   NULL, 0, load_segment, audit);
    struct audit_segment *segments = audit->segments.items;
    size_t count = audit->segments.count;
    size_t sealed = 0;
    int64_t end = 0;
    if (count > 0) {
        qsort(segments, count, sizeof(*segments), by_place);
    }
    while (sealed < count && segments[sealed].first >= 0) {
        sealed++;
    }
    find_places(audit, segments, sealed);
    if (sealed > 0) {
        qsort(segments, count, sizeof(*segments), by_place);
    }
    while (sealed > 0 && segments[sealed - 1].first < 0) {
        sealed--;
    }
    for (size_t i = 0; i < count; i++) {
        if (i >= sealed) {
            segments[i].place = end; /* where the sealer would put it */
        }
        int64_t after = segments[i].place + segments[i].count;
        end = after > end ? after : end;
        if (i < sealed) {
            audit->sealed_size = end;
        }
        if (segments[i].id != 0) {
            i64map_put(&audit->segment_slots, segments[i].id, (uint32_t)i);
        }
    }
    audit->leaf_count = end;
    size_t leaves = (size_t)end + 1;
    audit->leaves = calloc(leaves, sizeof(*audit->leaves));
    audit->leaf_states = calloc(leaves, 1);
    audit->leaf_types = calloc(leaves, 1);
    audit->leaf_segments = calloc(leaves, sizeof(*audit->leaf_segments));
    audit->leaf_ids = calloc(leaves, sizeof(*audit->leaf_ids));
    if (audit->leaves == NULL || audit->leaf_states == NULL || audit->leaf_types == NULL ||
        audit->leaf_segments == NULL || audit->leaf_ids == NULL) {
        audit_die("read the log", "there is not enough memory");
    }
}

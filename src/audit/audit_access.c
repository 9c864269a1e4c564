/* audit_access.c — the chain of looks at personal data, its head, and the heads that were signed.
 * The row's bytes are written a second time here, from docs/vault.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "core/buf.h"
#include "core/str.h"

#define ROW_BYTES_MAX 65536
#define NAMED_MAX     64

enum { SEQ, STAFF, PERSON, CLASSES, WHY, AT, REASON, PREVIOUS, HASH };

struct looks {
    struct audit *audit;
    int64_t seq;              /* of the row before; 0: none */
    struct sha256_hash hash;  /* as stored */
    struct sha256_hash makes; /* what the row before hashes to */
    bool is_suspect;          /* the two differ: the next row tells which is right */
    int64_t faults;
};

static void found(struct looks *looks, int64_t seq, const char *column, const char *cause)
{
    looks->faults++;
    audit_found(looks->audit, AUDIT_ACCESS, "access_log", seq, column, "%s", cause);
}

static void hash_row(const struct audit_cell *c, const struct sha256_hash *previous,
                     struct sha256_hash *ret)
{
    static const int order[] = {STAFF, PERSON, CLASSES, WHY, AT};
    struct buf buf;
    buf_init(&buf, ROW_BYTES_MAX);
    buf_add_str(&buf, "jinnang access 1");
    buf_add_u64be(&buf, (uint64_t)c[SEQ].i64);
    buf_add(&buf, previous->bytes, SHA256_BYTES);
    for (size_t i = 0; i < ARRAY_COUNT(order); i++) {
        buf_add_u64be(&buf, (uint64_t)c[order[i]].i64);
    }
    buf_add_u64be(&buf, c[REASON].length);
    buf_add(&buf, c[REASON].data, c[REASON].length);
    sha256(buf.data, buf.length, ret);
    buf_done(&buf);
}

/* `next`: what follows a suspect row says it hashed to. */
static void judge_suspect(struct looks *looks, const struct sha256_hash *next)
{
    if (!looks->is_suspect) {
        return;
    }
    looks->is_suspect = false;
    if (hash_equal(next, &looks->makes)) {
        found(looks, looks->seq, "hash", "it is not the hash of the row");
        looks->hash = looks->makes;
    } else {
        found(looks, looks->seq, NULL, "the row is not what was hashed when it was written");
    }
}

static void name_missing(struct looks *looks, int64_t from, int64_t until)
{
    for (int64_t seq = from; seq < until && seq < from + NAMED_MAX; seq++) {
        found(looks, seq, NULL, "the look is not there");
    }
}

static void check_look(const struct audit_cell *c, void *arg)
{
    struct looks *looks = arg;
    struct sha256_hash previous, hash, makes, other;
    if (!audit_cell_hash(&c[PREVIOUS], &previous) || !audit_cell_hash(&c[HASH], &hash)) {
        found(looks, c[SEQ].i64, NULL, "its hashes are none");
        looks->seq = c[SEQ].i64;
        return;
    }
    bool follows = c[SEQ].i64 == looks->seq + 1;
    if (follows) {
        judge_suspect(looks, &previous);
    } else {
        looks->is_suspect = false;
        name_missing(looks, looks->seq + 1, c[SEQ].i64);
    }
    hash_row(c, &previous, &makes);
    hash_row(c, &looks->hash, &other);
    looks->is_suspect = !hash_equal(&makes, &hash);
    if (follows && looks->faults == 0 && !hash_equal(&previous, &looks->hash)) {
        bool fits = hash_equal(&other, &hash);
        found(looks, c[SEQ].i64, "previous_hash",
              fits ? "it is not the hash of the look before"
                   : "it does not follow the look before");
        looks->is_suspect = looks->is_suspect && !fits;
    }
    looks->seq = c[SEQ].i64;
    looks->hash = hash;
    looks->makes = makes;
}

static void check_head(const struct audit_cell *c, void *arg)
{
    struct looks *looks = arg;
    struct sha256_hash hash;
    bool fits = audit_cell_hash(&c[1], &hash);
    bool is_last = fits && hash_equal(&hash, &looks->hash);
    if (fits && c[0].i64 == looks->seq) {
        judge_suspect(looks, &hash);
        is_last = hash_equal(&hash, &looks->hash);
    }
    if (c[0].i64 > looks->seq && !is_last) {
        name_missing(looks, looks->seq + 1, c[0].i64 + 1);
    } else if (c[0].i64 != looks->seq) {
        audit_found(looks->audit, AUDIT_ACCESS, "access_head", 1, "seq",
                    "the newest look is number %lld", (long long)looks->seq);
    } else if (!is_last && looks->faults == 0) {
        audit_found(looks->audit, AUDIT_ACCESS, "access_head", 1, "hash",
                    "it is not the hash of the newest look");
    }
}

struct look_hash {
    bool found;
    struct sha256_hash hash;
};

static void take_hash(const struct audit_cell *c, void *arg)
{
    struct look_hash *look = arg;
    look->found = audit_cell_hash(&c[0], &look->hash);
}

static bool line_of(const char *text, size_t length, const char *name, char ret[64])
{
    const char *at = memmem(text, length, name, strlen(name));
    if (at == NULL) {
        return false;
    }
    at += strlen(name);
    const char *end = memchr(at, '\n', (size_t)(text + length - at));
    if (end == NULL || end - at >= 64) {
        return false;
    }
    memcpy(ret, at, (size_t)(end - at));
    ret[end - at] = '\0';
    return true;
}

static void check_seal(const struct audit_cell *c, void *arg)
{
    struct looks *looks = arg;
    struct audit *audit = looks->audit;
    char number[64], head[64];
    struct sha256_hash said;
    struct look_hash look = {.found = false};
    size_t length = 0, said_length = 0;
    int64_t seq = 0;
    bool is_signed = false;
    for (size_t i = 0; i < audit->key_count && !is_signed && c[1].type == AUDIT_BYTES; i++) {
        is_signed =
            audit->keys[i].type == 1 &&
            audit_note_signed((const char *)c[1].data, c[1].length, &audit->keys[i], &length);
    }
    const char *text = (const char *)c[1].data;
    if (!is_signed || !line_of(text, length, "\nlooks ", number) ||
        !line_of(text, length, "\nhead ", head) || !str_parse_i64(number, strlen(number), &seq) ||
        !base64_decode(head, strlen(head), said.bytes, SHA256_BYTES, &said_length) ||
        said_length != SHA256_BYTES) {
        audit_found(audit, AUDIT_ACCESS, "access_seals", c[0].i64, "note",
                    "no key of the log has signed it as a head of the looks");
        return;
    }
    if (seq != c[0].i64) {
        audit_found(audit, AUDIT_ACCESS, "access_seals", c[0].i64, "seq",
                    "the signed note is about look %lld", (long long)seq);
        return;
    }
    audit_db_query(audit->db, "SELECT hash FROM access_log WHERE seq = $1", &seq, 1, take_hash,
                   &look);
    if (looks->faults == 0 && (!look.found || !hash_equal(&look.hash, &said))) {
        audit_found(audit, AUDIT_ACCESS, "access_seals", c[0].i64, NULL,
                    look.found ? "another look was signed under this number"
                               : "it was signed over more looks than there are: they were cut off");
    }
}

void audit_check_access(struct audit *audit)
{
    struct looks looks = {.audit = audit};
    audit_db_query(audit->db,
                   "SELECT seq, staff_id, person_id, classes, why, at_us, reason_sealed, "
                   "previous_hash, hash FROM access_log ORDER BY seq",
                   NULL, 0, check_look, &looks);
    int64_t heads =
        audit_db_query(audit->db, "SELECT seq, hash FROM access_head WHERE access_head_id = 1",
                       NULL, 0, check_head, &looks);
    if (heads != 1) {
        audit_found(audit, AUDIT_ACCESS, "access_head", 1, NULL, "the head of the looks is gone");
    }
    audit_db_query(audit->db, "SELECT seq, note FROM access_seals ORDER BY seq", NULL, 0,
                   check_seal, &looks);
}

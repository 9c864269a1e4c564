/* access_log.c — see access_log.h.
 *
 * A row's hash: SHA-256 of "jinnang access 1", seq, previous hash, staff, person, classes, why,
 * at_us (integers as 8 bytes, high first), and the sealed reason behind its length (docs/vault.md).
 */
#include "identity/access_log.h"

#include <string.h>

#include "core/buf.h"
#include "identity/vault_int.h"
#include "q_identity.h"

#define GRANT_MAGIC  UINT32_C(0x47524e54)
#define RECORD_BYTES (VAULT_ENVELOPE_EXTRA + ACCESS_REASON_MAX + 512)
#define CLASSES_ALL  (ACCESS_CLASS(VAULT_MESSAGE + 1) - 2)

static struct vault_place reason_place(struct person_id person, int64_t seq)
{
    return (struct vault_place){.person = person,
                                .class = VAULT_MESSAGE,
                                .table = "access_log",
                                .column = "reason_sealed",
                                .row_id = seq};
}

static bool reason_is_given(struct store_text reason)
{
    uint32_t from = 0, until = reason.length;

    while (from < until && (unsigned char)reason.data[from] <= ' ') {
        from++;
    }
    while (until > from && (unsigned char)reason.data[until - 1] <= ' ') {
        until--;
    }
    return until - from >= ACCESS_REASON_MIN && reason.length <= ACCESS_REASON_MAX;
}

static void row_hash(const struct q_identity_access_log_insert_in *row, struct sha256_hash *ret)
{
    struct buf buf;

    buf_init(&buf, RECORD_BYTES);
    buf_add_str(&buf, "jinnang access 1");
    buf_add_u64be(&buf, (uint64_t)row->seq);
    buf_add(&buf, row->previous_hash.bytes, SHA256_BYTES);
    buf_add_u64be(&buf, (uint64_t)row->staff_id);
    buf_add_u64be(&buf, (uint64_t)row->person_id);
    buf_add_u64be(&buf, (uint64_t)row->classes);
    buf_add_u64be(&buf, (uint64_t)row->why);
    buf_add_u64be(&buf, (uint64_t)row->at_us);
    buf_add_u64be(&buf, row->reason_sealed.length);
    buf_add(&buf, row->reason_sealed.data, row->reason_sealed.length);
    BUG_IF(!buf_ok(&buf));
    sha256(buf.data, buf.length, ret);
    buf_done(&buf);
}

static enum err append_row(struct store_tx *tx, struct vault *vault, const struct access_look *look,
                           struct arena *arena, int64_t *ret_seq)
{
    struct q_identity_access_head_take_row head = {0};
    struct q_identity_access_log_insert_in row;
    struct vault_place place;
    bool found = false;
    enum err err = q_identity_access_head_take(tx, &head, &found);

    if (err != ERR_OK || !found) {
        return err != ERR_OK ? err : ERR_STORE_CORRUPT;
    }
    row = (struct q_identity_access_log_insert_in){.seq = head.seq,
                                                   .staff_id = look->staff.v,
                                                   .person_id = look->person.v,
                                                   .classes = look->classes,
                                                   .why = look->why,
                                                   .at_us = store_tx_now_us(tx),
                                                   .previous_hash = head.hash};
    place = reason_place(look->person, head.seq);
    err = vault_seal_text(tx, vault, &place, look->reason, arena, &row.reason_sealed);
    if (err != ERR_OK) {
        return err;
    }
    row_hash(&row, &row.hash);
    err = q_identity_access_log_insert(tx, &row, NULL);
    if (err == ERR_OK) {
        err = q_identity_access_head_set(
            tx, &(struct q_identity_access_head_set_in){.hash = row.hash}, NULL);
    }
    if (err == ERR_OK) {
        *ret_seq = row.seq;
    }
    return err;
}

enum err access_log_append(struct store_tx *tx, struct vault *vault, const struct access_look *look,
                           struct access_grant *ret)
{
    struct arena *arena;
    int64_t seq = 0;
    enum err err;

    BUG_IF(look->staff.v <= 0 || look->person.v <= 0);
    BUG_IF(look->classes == 0 || (look->classes & ~CLASSES_ALL) != 0);
    if (look->why < 1 || look->why >= ACCESS_WHY_COUNT || !reason_is_given(look->reason)) {
        return ERR_ACCESS_REASON_REQUIRED;
    }
    arena = arena_create(RECORD_BYTES * 4);
    err = append_row(tx, vault, look, arena, &seq);
    arena_free(arena);
    if (err == ERR_OK) {
        *ret = (struct access_grant){.magic = GRANT_MAGIC,
                                     .tx = tx,
                                     .person = look->person,
                                     .classes = look->classes,
                                     .seq = seq};
    }
    return err;
}

enum err access_unseal_text(struct store_tx *tx, struct vault *vault,
                            const struct access_grant *grant, const struct vault_place *place,
                            struct store_blob sealed, struct arena *arena, struct store_text *ret)
{
    struct store_blob plain;
    enum err err;

    OBJ_CHECK(grant, GRANT_MAGIC);
    BUG_IF(grant->tx != tx || grant->person.v != place->person.v);
    BUG_IF((grant->classes & ACCESS_CLASS(place->class)) == 0);
    err = vault_open_envelope(tx, vault, place, sealed, arena, &plain);
    if (err == ERR_OK) {
        *ret = (struct store_text){plain.data, plain.length};
    }
    return err;
}

/* ---- shown to the person ---- */

struct listing {
    struct store_tx *tx;
    struct vault *vault;
    struct person_id person;
    struct arena *arena;
    struct access_entry *entries;
    size_t count;
    enum err err;
};

static bool list_take(const struct q_identity_access_log_of_person_row *row, void *arg)
{
    struct listing *listing = arg;
    struct access_entry *entry = &listing->entries[listing->count];
    struct vault_place place = reason_place(listing->person, row->seq);

    *entry = (struct access_entry){.seq = row->seq,
                                   .staff = {row->staff_id},
                                   .classes = (uint32_t)row->classes,
                                   .why = (enum access_why)row->why,
                                   .at_us = row->at_us};
    listing->err = vault_unseal_text(listing->tx, listing->vault, &place, VAULT_FOR_SELF,
                                     row->reason_sealed, listing->arena, &entry->reason);
    if (listing->err != ERR_OK) {
        return false;
    }
    listing->count++;
    return true;
}

enum err access_log_list(struct store_tx *tx, struct vault *vault, struct person_id person,
                         int64_t before_seq, size_t count_max, struct arena *arena,
                         struct access_entry *ret, size_t *ret_count)
{
    struct listing listing = {
        .tx = tx, .vault = vault, .person = person, .arena = arena, .entries = ret};
    struct q_identity_access_log_of_person_in in = {
        .person_id = person.v, .before_seq = before_seq, .count_max = (int64_t)count_max};
    enum err err = q_identity_access_log_of_person_each(tx, &in, list_take, &listing);

    err = err == ERR_OK ? listing.err : err;
    if (err == ERR_OK) {
        *ret_count = listing.count;
    }
    return err;
}

struct counting {
    struct access_count *counts;
    size_t count;
};

static bool count_take(const struct q_identity_access_counts_of_person_row *row, void *arg)
{
    struct counting *counting = arg;

    counting->counts[counting->count++] = (struct access_count){
        .day = row->day, .purpose = (enum vault_purpose)row->purpose, .openings = row->openings};
    return counting->count < ACCESS_COUNTS_MAX;
}

enum err access_counts_list(struct store_tx *tx, struct person_id person, int64_t from_day,
                            struct access_count *ret, size_t *ret_count)
{
    struct counting counting = {.counts = ret};
    struct q_identity_access_counts_of_person_in in = {.person_id = person.v, .from_day = from_day};
    enum err err = q_identity_access_counts_of_person_each(tx, &in, count_take, &counting);

    if (err == ERR_OK) {
        *ret_count = counting.count;
    }
    return err;
}

/* ---- the chain ---- */

enum err access_head_get(struct store_tx *tx, struct access_head *ret)
{
    struct q_identity_access_head_get_row row;
    bool found = false;
    enum err err = q_identity_access_head_get(tx, &row, &found);

    if (err == ERR_OK && !found) {
        err = ERR_STORE_CORRUPT;
    }
    if (err == ERR_OK) {
        *ret = (struct access_head){.seq = row.seq, .hash = row.hash};
    }
    return err;
}

enum err access_seal_put(struct store_tx *tx, int64_t seq, struct store_text note)
{
    return q_identity_access_seal_insert(
        tx,
        &(struct q_identity_access_seal_insert_in){
            .seq = seq, .at_us = store_tx_now_us(tx), .note = note},
        NULL);
}

enum err access_seal_newest(struct store_tx *tx, struct arena *arena, int64_t *ret_seq,
                            struct store_text *ret_note)
{
    struct q_identity_access_seal_newest_row row;
    bool found = false;
    enum err err = q_identity_access_seal_newest(tx, arena, &row, &found);

    if (err == ERR_OK) {
        *ret_seq = found ? row.seq : 0;
        *ret_note = found ? row.note : (struct store_text){"", 0};
    }
    return err;
}

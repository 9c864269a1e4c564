/* access_log.h — who looked at whose data, why and when: a chain that shows every change.
 *
 * Purpose: staff see sealed data only through a grant, and a grant is given by writing a row here,
 * in the same transaction. Each row carries the hash of the row before, so that one that was
 * changed, removed or moved shows (jinnang-audit names it); the head of the chain is signed by the
 * key that signs the Merkle log, together with that log's size (src/main/access_seal.c), so that
 * cutting the end off shows to whoever has seen a later signature. The reason is sealed under the
 * key of the person it concerns: it is theirs to read, and gone when they are erased, while the
 * chain holds.
 *
 *     err = access_log_append(tx, vault, &look, &grant);
 *     err = access_unseal_text(tx, vault, &grant, &place, row.value_sealed, arena, &phone);
 *
 * The wallet's own readings are counted by the vault, per person, day and purpose.
 *
 * Non-goals: who may look (capabilities are the API's), what was shown.
 * Locks: appending locks the head's row until the commit, so that looks have one order. */
#ifndef JN_IDENTITY_ACCESS_LOG_H
#define JN_IDENTITY_ACCESS_LOG_H

#include "identity/vault.h"

/* Why staff looked. Values are never reused; the words for people are the contract's. */
enum access_why {
    ACCESS_FOR_SUPPORT = 1,   /* the person asked for help */
    ACCESS_FOR_COMPLAINT = 2, /* a complaint of theirs is worked on */
    ACCESS_FOR_REVIEW = 3,    /* their identity is reviewed by hand */
    ACCESS_FOR_RISK = 4,      /* suspicion of fraud */
    ACCESS_FOR_LAW = 5,       /* an authority asked */
    ACCESS_FOR_SEARCH = 6,    /* they were among the people a search found */
    ACCESS_FOR_CHECK = 7,     /* the quality of work is checked */
};
#define ACCESS_WHY_COUNT 8

#define ACCESS_REASON_MIN 4    /* bytes without leading and trailing spaces */
#define ACCESS_REASON_MAX 1000 /* bytes */
#define ACCESS_CLASS(c)   (UINT32_C(1) << (c))

struct access_look {
    struct person_id staff;
    struct person_id person; /* whose data */
    uint32_t classes;        /* ACCESS_CLASS bits of what will be shown; not 0 */
    enum access_why why;
    struct store_text reason; /* in the words of the one who looks */
};

/* What was granted, in this transaction only. */
struct access_grant {
    uint32_t magic;
    const struct store_tx *tx;
    struct person_id person;
    uint32_t classes;
    int64_t seq;
};

/* In a write. ERR_ACCESS_REASON_REQUIRED: too short, too long, or no such why; vault and store
 * errors (a person who was erased cannot be looked at: ERR_VAULT_PERSON_ERASED). */
JN_MUST_USE enum err access_log_append(struct store_tx *tx, struct vault *vault,
                                       const struct access_look *look, struct access_grant *ret);
/* vault_unseal_text for staff. A place that the grant does not cover, or another transaction, is a
 * bug. */
JN_MUST_USE enum err access_unseal_text(struct store_tx *tx, struct vault *vault,
                                        const struct access_grant *grant,
                                        const struct vault_place *place, struct store_blob sealed,
                                        struct arena *arena, struct store_text *ret);

/* ---- shown to the person ---- */

struct access_entry {
    int64_t seq;
    struct person_id staff;
    uint32_t classes;
    enum access_why why;
    struct store_text reason; /* in the arena */
    int64_t at_us;
};
/* Looks at this person's data, newest first, those before `before_seq` (INT64_MAX: all); ret holds
 * count_max. */
JN_MUST_USE enum err access_log_list(struct store_tx *tx, struct vault *vault,
                                     struct person_id person, int64_t before_seq, size_t count_max,
                                     struct arena *arena, struct access_entry *ret,
                                     size_t *ret_count);

struct access_count {
    int64_t day; /* since 1970, UTC */
    enum vault_purpose purpose;
    int64_t openings;
};
#define ACCESS_COUNTS_MAX 1000
/* The wallet's own readings since a day, newest first; ret holds ACCESS_COUNTS_MAX. */
JN_MUST_USE enum err access_counts_list(struct store_tx *tx, struct person_id person,
                                        int64_t from_day, struct access_count *ret,
                                        size_t *ret_count);

/* ---- the chain ---- */

struct access_head {
    int64_t seq; /* rows; 0: none yet */
    struct sha256_hash hash;
};
JN_MUST_USE enum err access_head_get(struct store_tx *tx, struct access_head *ret);
/* Keeps a signed head. The newest one kept: 0 if none. */
JN_MUST_USE enum err access_seal_put(struct store_tx *tx, int64_t seq, struct store_text note);
JN_MUST_USE enum err access_seal_newest(struct store_tx *tx, struct arena *arena, int64_t *ret_seq,
                                        struct store_text *ret_note);

#endif

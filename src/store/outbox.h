/* outbox.h — news that must reach somebody, written in the transaction that made it.
 *
 * Purpose: a module that changes something a person should hear of calls outbox_add() in its own
 * transaction: either both are durable or neither. Workers, in any number of processes, claim what
 * is due, handle it and finish it in one transaction with what the handling wrote. A worker that
 * died or was paused loses its claim when its time runs out; if it comes back late, its
 * outbox_finish() fails with ERR_LEASE_LOST and its transaction leaves nothing. So each row is
 * handled exactly once in the database; what leaves the database is the handler's business.
 *
 * Doubles: a row whose person, topic and dedupe key are there already is not added.
 *
 * Retention: finishing empties the payload at once. The row, which then holds no content, stays for
 * OUTBOX_KEEP_US, the time for which a repeated key is recognised, and is then pruned.
 *
 * The payload is opaque and sealed by the caller; topics mean nothing here.
 *
 * Cursors are the other way news travels: a follower of a numbered log keeps its place here and
 * moves it in the transaction in which it acts.
 *
 * Non-goals: delivery, templates, order between persons.
 * Locks: none beyond the transaction's. */
#ifndef JN_STORE_OUTBOX_H
#define JN_STORE_OUTBOX_H

#include "store/store.h"

#define OUTBOX_TOPIC_MAX   64  /* bytes, at least 1 */
#define OUTBOX_DEDUPE_MAX  128 /* bytes, at least 1 */
#define OUTBOX_PAYLOAD_MAX 8192
#define OUTBOX_CLAIM_MAX   256
#define OUTBOX_KEEP_US     (INT64_C(30) * 24 * 3600 * 1000000)

struct outbox_item {
    int64_t outbox_id;         /* drawn by the caller before the transaction, > 0 */
    int64_t person_id;         /* > 0 */
    int64_t contact_id;        /* 0: to wherever topic and preferences say; else only there */
    struct store_text topic;   /* snake_case, "session_new_device" */
    struct store_text dedupe;  /* what makes it the same news: an id, never personal data */
    struct store_blob payload; /* sealed; may be empty */
    int64_t created_at_us;
    int64_t due_at_us;     /* not before; 0: at once */
    int64_t expires_at_us; /* not told any more from then on (a one-time code); 0: never */
};
/* In the caller's transaction. Over-long fields are bugs. *ret_added (may be NULL): false when it
 * was there already. Store errors. */
JN_MUST_USE enum err outbox_add(struct store_tx *tx, const struct outbox_item *item,
                                bool *ret_added);

struct outbox_claimed {
    int64_t outbox_id, person_id, contact_id;
    struct store_text topic;   /* until the callback returns */
    struct store_blob payload; /* likewise */
    int64_t created_at_us;
    int64_t expires_at_us; /* 0: never */
    int64_t attempts;      /* with this one, >= 1 */
};
/* Which claim: drawn anew for each call of outbox_claim, > 0, so that two never look alike. */
struct outbox_claim {
    int64_t claim;
    int64_t now_us, until_us; /* until_us > now_us */
    uint32_t count_max;       /* 1..OUTBOX_CLAIM_MAX */
};
/* Calls `take` for each row claimed, in no particular order; it must copy what it keeps and start
 * over when the callback is run again. */
JN_MUST_USE enum err outbox_claim(struct store_tx *tx, const struct outbox_claim *claim,
                                  void (*take)(const struct outbox_claimed *row, void *arg),
                                  void *arg);

/* Which row under which claim. */
struct outbox_held {
    int64_t outbox_id, person_id, claim;
};
/* First thing in the transaction that writes what handling made. ERR_LEASE_LOST: another has it, or
 * it is done; return the error. */
JN_MUST_USE enum err outbox_finish(struct store_tx *tx, const struct outbox_held *held,
                                   int64_t now_us);
/* Gives it back until due_at_us. ERR_LEASE_LOST as above. */
JN_MUST_USE enum err outbox_postpone(struct store_tx *tx, const struct outbox_held *held,
                                     int64_t due_at_us);

/* Gives back every claim. Only for a process that is alone on the database and has just started
 * (SQLite): what it held when it died need not wait for its time. */
JN_MUST_USE enum err outbox_release_all(struct store_tx *tx);

/* Removes at most count_max rows handled before before_us. */
JN_MUST_USE enum err outbox_prune(struct store_tx *tx, int64_t before_us, uint32_t count_max,
                                  int64_t *ret_count);
/* Everything of one person, waiting or handled: part of erasing them. */
JN_MUST_USE enum err outbox_forget_person(struct store_tx *tx, int64_t person_id);

struct outbox_stats {
    int64_t waiting_count;
    int64_t oldest_us; /* when the oldest that waits was added; 0: none waits */
};
JN_MUST_USE enum err outbox_stats(struct store_tx *tx, struct outbox_stats *ret);

/* ---- places of followers ---- */

/* *ret_position is `initial` when the follower has no place yet. */
JN_MUST_USE enum err store_cursor_get(struct store_tx *tx, const char *name, int64_t initial,
                                      int64_t *ret_position);
/* First thing in the transaction that acts on from..to-1. ERR_LEASE_LOST: somebody else moved it;
 * return the error. `from` may be the initial place that was never written. */
JN_MUST_USE enum err store_cursor_advance(struct store_tx *tx, const char *name, int64_t from,
                                          int64_t to);

#endif

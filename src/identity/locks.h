/* locks.h — why a person may not do something, until when, and who may change that.
 *
 * A lock is one reason with one set of effects. A person may have several at once; what they may
 * not do is the union of the effects of those that hold now. Lifting one never lifts another. A
 * lock ends at `until_us` to the microsecond, by comparison, without a worker that could be late.
 * Everything about a kind of lock (its usual effects, who may put and lift it, what must be
 * promised) is a row of the table in lock_rules.c, not a branch.
 *
 * Rows are never deleted: a lifted or ended lock stays as history.
 *
 * Invariants: a lock that somebody else put has an end or a date on which it is looked at again
 * (user freezes need neither: the person lifts them). A person has at most one freeze of their own.
 * The person always learns what holds and why (`why`, a code with texts, perhaps words of their
 * own), never the internal note.
 *
 * Non-goals: deciding when to lock (risk, codes, staff); telling the person (the caller writes the
 * outbox row in the same transaction); sealing (the caller seals `told` and `note`).
 * Locks (threads): none; everything runs inside the caller's transaction, which is re-runnable. */
#ifndef JN_IDENTITY_LOCKS_H
#define JN_IDENTITY_LOCKS_H

#include "core/base.h"
#include "core/err.h"
#include "core/ids.h"
#include "store/store.h"

#define LOCKS_MAX       32   /* listed of one person, newest first */
#define LOCK_SEALED_MAX 1024 /* bytes of an envelope */
#define LOCK_CODE_MAX   32

enum lock_reason {
    LOCK_USER = 1,        /* the person's own freeze */
    LOCK_BRUTE_FORCE = 2, /* too many wrong passwords, codes or PINs */
    LOCK_RISK = 3,        /* unusual activity, to protect the person or others */
    LOCK_LAW = 4,         /* an order of a court or an authority */
    LOCK_DECEASED = 5,    /* the person has died; an estate is settled */
    LOCK_OTHER = 6,
};

/* What a lock takes away; bits. */
enum lock_effect {
    LOCK_SIGN_IN = 1, /* in full; a limited session is always possible */
    LOCK_PAY = 2,
    LOCK_RECEIVE = 4,
    LOCK_WITHDRAW = 8,
    LOCK_CREDENTIALS = 16, /* change password, contacts, factors, devices */
};
#define LOCK_EFFECTS_ALL 31u

/* Who puts or lifts; bits where a rule lists several. */
enum lock_actor {
    LOCK_BY_PERSON = 1, /* the locked person */
    LOCK_BY_SYSTEM = 2, /* a rule of the program */
    LOCK_BY_STAFF = 4,
};

/* One kind of lock, as data. */
struct lock_rule {
    enum lock_reason reason;
    const char *word;       /* of packs/messages/words.yaml: the reason in a message */
    uint32_t effects;       /* usual ones */
    uint32_t effects_least; /* that every such lock has */
    uint32_t put_by;        /* enum lock_actor bits */
    uint32_t lift_by;       /* enum lock_actor bits */
    bool lift_needs_two;    /* lifting by staff needs an approved proposal */
    bool needs_date;        /* an end or a review date is compulsory */
    bool contestable;
};
/* NULL if there is no such reason. */
const struct lock_rule *lock_rule_of(enum lock_reason reason);

/* Why, in words for the person. */
struct lock_why {
    const char *code; /* snake_case, at most LOCK_CODE_MAX */
    enum lock_reason reason;
    const char *text_en, *text_zh;
};
/* NULL if there is no such code. */
const struct lock_why *lock_why_of(const char *code, size_t length);
/* All of them; *ret_count rows. */
const struct lock_why *lock_whys(size_t *ret_count);

struct lock {
    struct lock_id id;
    struct person_id person;
    enum lock_reason reason;
    const struct lock_why *why;
    uint32_t effects;
    enum lock_actor put_by;
    struct person_id put_by_staff; /* with LOCK_BY_STAFF */
    int64_t since_us;
    int64_t until_us;     /* exclusive; 0: open */
    int64_t review_at_us; /* looked at again by then; 0: no date */
    int64_t lifted_at_us; /* 0: not lifted */
    enum lock_actor lifted_by;
    struct person_id lifted_by_staff;
    int64_t contested_at_us; /* 0: not contested */
    uint32_t told_length, note_length;
    uint8_t told_sealed[LOCK_SEALED_MAX]; /* words for the person; length 0: none */
    uint8_t note_sealed[LOCK_SEALED_MAX]; /* for staff only */
};
bool lock_holds(const struct lock *lock, int64_t now_us);

struct lock_new {
    struct lock_id id; /* drawn by the caller */
    struct person_id person;
    const char *why;  /* code of a lock_why; its reason is the lock's */
    uint32_t effects; /* 0: the usual ones of the rule */
    enum lock_actor by;
    struct person_id staff;                     /* with LOCK_BY_STAFF, else 0 */
    int64_t until_us;                           /* 0: open */
    int64_t review_at_us;                       /* 0: none */
    struct store_blob told_sealed, note_sealed; /* envelopes for (locks, told_sealed) and
                                                 * (locks, note_sealed); data NULL: none */
};

/* Puts a lock; since = the transaction's time. A person's own freeze while one holds: nothing is
 * written and *ret_id is the one that holds; else *ret_id is new->id.
 * ERR_LOCK_WHY_UNKNOWN, ERR_LOCK_NOT_YOURS (this actor may not put this kind),
 * ERR_LOCK_EFFECTS_INVALID (unknown bits, or without those every such lock has),
 * ERR_LOCK_DATE_INVALID (an end or review in the past, or neither where one is needed). */
JN_MUST_USE enum err locks_put(struct store_tx *tx, const struct lock_new *new,
                               struct lock_id *ret_id);

struct lock_lift {
    struct lock_id id;
    struct person_id person; /* whose it must be; 0: anybody's (staff) */
    enum lock_actor by;
    struct person_id staff; /* with LOCK_BY_STAFF, else 0 */
    bool approved;          /* by a second person; set only by the approvals executor */
};
/* Ends a lock now. Lifting one that was lifted or has ended already changes nothing and is OK.
 * ERR_LOCK_NOT_FOUND (also another person's), ERR_LOCK_NOT_YOURS, ERR_APPROVAL_REQUIRED. The
 * caller has checked step-up and capabilities. *ret (may be NULL): the lock as it is then. */
JN_MUST_USE enum err locks_lift(struct store_tx *tx, const struct lock_lift *lift,
                                struct lock *ret);

/* ---- contesting ---- */

#define LOCK_ANSWER_US (15 * INT64_C(24) * 3600 * 1000000) /* answered at the latest */

/* What a person says against a lock, once per lock, and what they are answered. */
struct lock_contest {
    struct lock_id lock;
    struct person_id person;
    int64_t at_us, due_at_us;
    int64_t answered_at_us; /* 0: not yet */
    struct person_id answered_by;
    uint32_t text_length, answer_length;
    uint8_t text_sealed[LOCK_SEALED_MAX];   /* (lock_contests, text_sealed) of the person */
    uint8_t answer_sealed[LOCK_SEALED_MAX]; /* (lock_contests, answer_sealed); length 0: none */
};
/* The person says the lock is wrong; due = the transaction's time + LOCK_ANSWER_US.
 * ERR_LOCK_NOT_FOUND (also another person's, or one that no longer holds),
 * ERR_LOCK_NOT_CONTESTABLE, ERR_LOCK_CONTESTED (it was already). */
JN_MUST_USE enum err locks_contest(struct store_tx *tx, struct lock_id id, struct person_id person,
                                   struct store_blob text_sealed);
/* Staff answers; the lock stays as it is (lifting is another act). ERR_LOCK_NOT_FOUND: nothing was
 * contested; ERR_LOCK_ANSWERED. *ret: the lock. */
JN_MUST_USE enum err locks_answer(struct store_tx *tx, struct lock_id id, struct person_id staff,
                                  struct store_blob answer_sealed, struct lock *ret);
/* ERR_LOCK_NOT_FOUND: not contested. */
JN_MUST_USE enum err locks_contest_get(struct store_tx *tx, struct lock_id id,
                                       struct lock_contest *ret);
/* Those that wait for an answer, the next due first; `ret` holds count_max. */
JN_MUST_USE enum err locks_contests_open(struct store_tx *tx, size_t count_max,
                                         struct lock_contest *ret, size_t *ret_count);

/* ---- reading ---- */

/* ERR_OK when nothing that holds now takes `effect` away; else ERR_PERSON_LOCKED and in *ret (may
 * be NULL) the lock to name: the one that holds longest. */
JN_MUST_USE enum err locks_check(struct store_tx *tx, struct person_id person,
                                 enum lock_effect effect, struct lock *ret);
/* The union of what is taken away now; bits. */
JN_MUST_USE enum err locks_effects(struct store_tx *tx, struct person_id person,
                                   uint32_t *ret_effects);
/* ERR_LOCK_NOT_FOUND; `person` as in lock_lift. */
JN_MUST_USE enum err locks_get(struct store_tx *tx, struct lock_id id, struct person_id person,
                               struct lock *ret);
/* Newest first. `ret` holds LOCKS_MAX. `history`: also those that do not hold any more. */
JN_MUST_USE enum err locks_list(struct store_tx *tx, struct person_id person, bool history,
                                struct lock *ret, size_t *ret_count);

#endif

/* approvals.h — four eyes: one person proposes, another decides, and deciding does it.
 *
 * Any feature may use it. It names a KIND of proposal: a row with the capabilities to propose and
 * to decide, how long a proposal stands, and the function that carries it out. main registers the
 * rows; nothing here branches on a kind.
 *
 *     static const struct approval_kind lift = {.name = "lock_lift", .propose = STAFF_LOCKS_LIFT,
 *         .decide = STAFF_APPROVALS_DECIDE | STAFF_LOCKS_LIFT, .lasts_us = …, .execute = lift_run};
 *
 * A proposal's payload is canonical text, lines of name=value sorted by name: what is shown to the
 * decider is byte for byte what is carried out. It holds ids and codes, never personal data.
 *
 * Approving executes in the decider's own transaction: both are durable or neither. When the
 * executor refuses (the lock is gone), the decision is undone with it and the proposal stands.
 *
 * Invariants: a proposal is decided at most once, by a human who is not the maker (also not through
 * another account, staff.h), who has the kind's capabilities at that moment according to the
 * tables; the maker still works and may still propose it. One open proposal about a thing. It ends
 * at expires_at_us to the microsecond, without a worker.
 * Locks (threads): none; a row's state is the lock. */
#ifndef JN_IDENTITY_APPROVALS_H
#define JN_IDENTITY_APPROVALS_H

#include "core/base.h"
#include "core/err.h"
#include "core/ids.h"
#include "store/store.h"

#define APPROVAL_KIND_BYTES    32
#define APPROVAL_PAYLOAD_BYTES 1024
#define APPROVAL_SEALED_MAX    1100
#define APPROVAL_FIELDS_MAX    16
#define APPROVAL_KINDS_MAX     32
#define APPROVAL_IDS_MAX       8
#define APPROVALS_LISTED_MAX   100

enum approval_state {
    APPROVAL_OPEN = 1,
    APPROVAL_APPROVED = 2, /* and carried out */
    APPROVAL_REJECTED = 3,
    APPROVAL_WITHDRAWN = 4, /* by the maker */
    APPROVAL_EXPIRED = 5,
};

/* ---- payload ---- */

struct approval_payload {
    char text[APPROVAL_PAYLOAD_BYTES + 1];
    size_t length;
};
/* Appends a field; names must come in ascending order. Names are snake_case, values printable
 * ASCII: anything else, or no room, is a bug of the caller. */
void approval_payload_add(struct approval_payload *payload, const char *name, const char *value);
void approval_payload_add_i64(struct approval_payload *payload, const char *name, int64_t value);
struct approval_field {
    const char *name, *value; /* not terminated */
    size_t name_length, value_length;
};
/* The fields in order; `ret` holds APPROVAL_FIELDS_MAX. */
size_t approval_payload_fields(const struct approval_payload *payload, struct approval_field *ret);
/* False if there is no such field. */
JN_MUST_USE bool approval_payload_get(const struct approval_payload *payload, const char *name,
                                      struct approval_field *ret);
JN_MUST_USE bool approval_payload_get_i64(const struct approval_payload *payload, const char *name,
                                          int64_t *ret);

struct approval {
    struct approval_id id;
    char kind[APPROVAL_KIND_BYTES + 1];
    int64_t subject_id;
    struct approval_payload payload;
    struct person_id maker, decider; /* decider 0: nobody */
    int64_t created_at_us, expires_at_us;
    enum approval_state state; /* as it is at the transaction's time */
    int64_t decided_at_us;     /* 0: not; also when it was withdrawn */
    uint32_t reason_length, verdict_length;
    uint8_t reason_sealed[APPROVAL_SEALED_MAX];
    uint8_t verdict_sealed[APPROVAL_SEALED_MAX]; /* length 0: none */
};

/* ---- kinds ---- */

/* What executors may need besides the transaction: drawn by the decider's handler beforehand, since
 * a transaction may run twice. */
struct approval_run {
    int64_t ids[APPROVAL_IDS_MAX];
    struct person_id decider;
};
/* Carries out an approved proposal. Its error undoes the decision. */
typedef enum err (*approval_execute_fn)(struct store_tx *tx, const struct approval *approval,
                                        const struct approval_run *run, void *context);
struct approval_kind {
    const char *name;         /* snake_case, stable, at most APPROVAL_KIND_BYTES */
    uint32_t propose, decide; /* enum staff_capability bits, all needed */
    int64_t lasts_us;
    approval_execute_fn execute;
    void *context;
};
struct approvals {
    struct approval_kind kinds[APPROVAL_KINDS_MAX];
    size_t count;
};
/* Before the server starts; the row is copied. A name twice is a bug. */
void approvals_register(struct approvals *approvals, const struct approval_kind *kind);
/* NULL if there is none. */
const struct approval_kind *approvals_kind(const struct approvals *approvals, const char *name);

/* ---- in a write ---- */

struct approval_new {
    struct approval_id id; /* drawn by the caller */
    const char *kind;
    int64_t subject_id; /* > 0 */
    const struct approval_payload *payload;
    struct person_id maker;
    struct store_blob reason_sealed; /* (approvals, reason_sealed) of the maker */
};
/* ERR_CAPABILITY_MISSING, ERR_APPROVAL_PENDING (one about this thing is open). */
JN_MUST_USE enum err approvals_propose(struct store_tx *tx, const struct approvals *approvals,
                                       const struct approval_new *new);

struct approval_decision {
    struct approval_id id;
    bool approve;
    struct store_blob verdict_sealed; /* (approvals, verdict_sealed) of the decider */
    struct approval_run run;
};
/* The ladder: ERR_APPROVAL_NOT_FOUND, ERR_CAPABILITY_MISSING, ERR_APPROVAL_OWN,
 * ERR_APPROVAL_DECIDED (also withdrawn or expired), to approve ERR_APPROVAL_MAKER_GONE, then the
 * executor's own. */
JN_MUST_USE enum err approvals_decide(struct store_tx *tx, const struct approvals *approvals,
                                      const struct approval_decision *decision,
                                      struct approval *ret);
/* By the maker. ERR_APPROVAL_NOT_FOUND (also somebody else's), ERR_APPROVAL_DECIDED; withdrawing
 * again is OK. */
JN_MUST_USE enum err approvals_withdraw(struct store_tx *tx, struct approval_id id,
                                        struct person_id maker, struct approval *ret);

/* ---- reading ---- */

/* ERR_APPROVAL_NOT_FOUND. */
JN_MUST_USE enum err approvals_get(struct store_tx *tx, struct approval_id id,
                                   struct approval *ret);
/* May this person see it: the maker, and whoever may decide its kind. */
bool approval_visible(const struct approvals *approvals, const struct approval *approval,
                      struct person_id who, uint32_t capabilities);
/* Newest first, from `before` (exclusive; 0: the newest). `open_only`: what can be decided now.
 * `ret` holds row_max, at most APPROVALS_LISTED_MAX. */
struct approvals_filter {
    struct approval_id before;
    bool open_only;
    uint32_t row_max;
};
JN_MUST_USE enum err approvals_list(struct store_tx *tx, const struct approvals_filter *filter,
                                    struct approval *ret, size_t *ret_count);

#endif

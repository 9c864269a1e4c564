/* verification.h — confirming who a person is: questions to a provider, what the answers change,
 * and the reviews by staff that stand in where no machine can tell.
 *
 * A VERIFICATION is one question: do this name and id number belong together (1), is this phone
 * theirs (2), is this card theirs (3). A worker puts it to the provider under the verification's
 * own id, so that asking again after a time-out is the same question. Its life:
 *
 *     checking ──yes──▶ passed                    a channel is written
 *        │  ├──no, mismatch──▶ failed             the field is named; correct it, or ask for a
 * review │  └──no answer, again and again──▶ in review ──decided──▶ passed or failed └──the person
 * asks after a failure──▶ in review
 *
 * A CHANNEL is an independent source that said yes; from their number follows the class of the
 * account (policy_level_of). A REVIEW has a promised day from the pack's calendar.
 *
 * Non-goals: which level follows and what is told to the person (api and main know the pack), HTTP.
 * Invariants: a question is decided once; an id number belongs to one person; personal data is only
 * in envelopes. Threads: everything runs inside the caller's transaction. */
#ifndef JN_IDENTITY_VERIFICATION_H
#define JN_IDENTITY_VERIFICATION_H

#include "core/arena.h"
#include "core/ids.h"
#include "identity/access_log.h"
#include "identity/national_id.h"
#include "identity/people.h"
#include "identity/vault.h"
#include "store/store.h"

/* Those of the pack (policy_check) and of the provider (verifier_check). */
enum verification_check {
    VERIFY_NAME_ID = 1,
    VERIFY_PHONE = 2,
    VERIFY_CARD = 3,
    VERIFY_IN_PERSON = 4,
};
enum verification_state {
    VERIFICATION_CHECKING = 1,
    VERIFICATION_PASSED = 2,
    VERIFICATION_FAILED = 3,
    VERIFICATION_IN_REVIEW = 4,
};
/* Why it failed. 1 to 4 are the provider's fields (verifier_field). */
enum verification_fault {
    VERIFICATION_FAULT_NONE = 0,
    VERIFICATION_FAULT_NAME = 1,
    VERIFICATION_FAULT_ID_NUMBER = 2,
    VERIFICATION_FAULT_PHONE = 3,
    VERIFICATION_FAULT_CARD = 4,
    VERIFICATION_FAULT_UNSAID = 5,  /* the provider says no and not why */
    VERIFICATION_FAULT_TAKEN = 6,   /* the id number is another account's */
    VERIFICATION_FAULT_REFUSED = 7, /* by the staff member who reviewed it */
    VERIFICATION_FAULT_NO_ANSWER = 8,
};
/* Of the answer; those of verifier_outcome. */
enum verification_outcome {
    VERIFICATION_YES = 1,
    VERIFICATION_NO = 2,
    VERIFICATION_MISMATCH = 3,
    VERIFICATION_PENDING = 4,
    VERIFICATION_OUTAGE = 5,
    VERIFICATION_UNKNOWN = 6,
};

#define VERIFICATIONS_LISTED_MAX     50
#define VERIFICATION_ATTEMPTS_MAX    6 /* then a person looks at it */
#define VERIFICATION_CLAIM_US        (INT64_C(30) * 1000000)
#define VERIFICATION_REFERENCE_BYTES 64

struct verification {
    int64_t id;
    struct person_id person;
    enum verification_check check;
    int64_t subject_id; /* contact or card; 0: none */
    enum verification_state state;
    enum verification_fault fault;
    int64_t created_at_us;
    int64_t decided_at_us; /* 0: not */
};

/* ---- asking ---- */

struct identity_claim {
    int64_t id; /* of the verification, drawn by the caller */
    struct person_id person;
    const char *name; /* normalised */
    size_t name_length;
    const struct national_id *number;
    int64_t attempts_per_day;
};
/* The first question. ERR_IDENTITY_ALREADY_VERIFIED; ERR_VERIFICATION_RUNNING: one is being looked
 * at; ERR_VERIFICATION_TOO_OFTEN; ERR_ID_NUMBER_TAKEN: another account has it. Vault and store
 * errors. */
JN_MUST_USE enum err verification_claim_identity(struct store_tx *tx, struct vault *vault,
                                                 const struct identity_claim *claim);
/* A question about a contact or a card of a person whose identity is confirmed. */
struct verification_new {
    int64_t id;
    struct person_id person;
    enum verification_check check;
    int64_t subject_id;
};
JN_MUST_USE enum err verification_ask(struct store_tx *tx, const struct verification_new *new);

/* Newest first; ret holds VERIFICATIONS_LISTED_MAX. */
JN_MUST_USE enum err verifications_list(struct store_tx *tx, struct person_id person,
                                        struct verification *ret, size_t *ret_count);
/* ERR_VERIFICATION_NOT_FOUND. */
JN_MUST_USE enum err verification_get(struct store_tx *tx, int64_t id, struct verification *ret);

/* ---- the worker ---- */

#define VERIFICATIONS_DUE_MAX 8
/* Ids of questions to be asked now; ret holds VERIFICATIONS_DUE_MAX. */
JN_MUST_USE enum err verifications_due(struct store_tx *tx, int64_t now_us, int64_t *ret,
                                       size_t *ret_count);
/* What is to be asked, in the clear; wipe it. NULL where the check does not need it. */
struct verification_question {
    enum verification_check check;
    char name[PERSON_NAME_BYTES + 1];
    enum national_id_kind id_kind;
    char id_number[NATIONAL_ID_MAX + 1];
    char phone[32]; /* "" : none */
    char card[24];  /* "" : none */
};
/* In a write: this asker has it for VERIFICATION_CLAIM_US. *ret_mine false: another was faster. */
JN_MUST_USE enum err verification_claim(struct store_tx *tx, struct vault *vault, int64_t id,
                                        struct verification_question *ret, bool *ret_mine);

struct verification_answer {
    int64_t id;
    enum verification_outcome outcome;
    enum verification_fault field; /* with VERIFICATION_MISMATCH: 1 to 4 */
    const char *reference;         /* the provider's number; may be "" */
    /* Drawn before the transaction, for what may follow. */
    int64_t review_id, follow_id;
    int64_t review_due_us; /* what would be promised now */
    bool gives_up;         /* no provider is there to be asked: a person must look at it */
};
/* What an answer or a decision changed, for those who tell the person. */
struct verification_effect {
    bool decided; /* passed, failed or in review now; false: asked again later, or nothing new */
    struct verification now;
    int64_t review_id; /* with VERIFICATION_IN_REVIEW */
    int64_t review_due_us;
    bool follow_asked; /* the phone is being asked about, under follow_id */
};
JN_MUST_USE enum err verification_take_answer(struct store_tx *tx,
                                              const struct verification_answer *answer,
                                              struct verification_effect *ret);

/* ---- who somebody is ---- */

struct identity {
    enum national_id_kind id_kind;
    char name[PERSON_NAME_BYTES + 1];
    char id_number[NATIONAL_ID_MAX + 1];
    int64_t confirmed_at_us;
};
/* ERR_IDENTITY_NOT_VERIFIED. Wipe *ret after use. */
JN_MUST_USE enum err identity_open(struct store_tx *tx, struct vault *vault,
                                   struct person_id person, enum vault_purpose purpose,
                                   struct identity *ret);
/* Whether there is one, without opening it. */
JN_MUST_USE enum err identity_is_confirmed(struct store_tx *tx, struct person_id person, bool *ret);

#define IDENTITY_CHANNELS_MAX 32
struct identity_channel {
    enum verification_check check;
    char source[24];
    int64_t confirmed_at_us;
};
/* ret holds IDENTITY_CHANNELS_MAX. */
JN_MUST_USE enum err identity_channels(struct store_tx *tx, struct person_id person,
                                       struct identity_channel *ret, size_t *ret_count);
/* What a level follows from (level_facts of the pack). */
struct identity_facts {
    uint32_t channels;
    bool in_person;
};
JN_MUST_USE enum err identity_facts(struct store_tx *tx, struct person_id person,
                                    struct identity_facts *ret);
JN_MUST_USE enum err identity_channel_add(struct store_tx *tx, struct person_id person,
                                          enum verification_check check, const char *source);

/* ---- reviews by staff ---- */

enum review_state { REVIEW_OPEN = 1, REVIEW_APPROVED = 2, REVIEW_REFUSED = 3 };
enum review_why { REVIEW_ASKED = 1, REVIEW_NO_ANSWER = 2 };
#define REVIEW_REASON_MAX 1000
#define REVIEWS_PAGE_MAX  100

struct review {
    int64_t id;
    struct person_id person;
    int64_t verification_id;
    enum review_state state;
    enum review_why why;
    int64_t opened_at_us, due_at_us;
    int64_t decided_at_us; /* 0: not */
    struct person_id decided_by;
    bool in_person;
};
/* The person asks for one after a failure. ERR_VERIFICATION_NOT_FOUND also for another person's;
 * ERR_REVIEW_NOT_OFFERED: it did not fail, or is no question of name and id. Asking again gives the
 * same review. */
struct review_request {
    struct person_id person;
    int64_t verification_id, review_id, due_at_us;
};
JN_MUST_USE enum err review_request(struct store_tx *tx, const struct review_request *request,
                                    struct review *ret);
/* *ret_found false: there is none. */
JN_MUST_USE enum err review_of_verification(struct store_tx *tx, int64_t verification_id,
                                            struct review *ret, bool *ret_found);
/* ERR_REVIEW_NOT_FOUND. */
JN_MUST_USE enum err review_get(struct store_tx *tx, int64_t id, struct review *ret);
/* In one state, what is due first; after `after` (NULL: from the start). ret holds count_max, at
 * most REVIEWS_PAGE_MAX. */
struct reviews_page {
    enum review_state state;
    int64_t after_due_us, after_id;
    uint32_t count_max;
};
JN_MUST_USE enum err reviews_list(struct store_tx *tx, const struct reviews_page *page,
                                  struct review *ret, size_t *ret_count);
/* What the person claimed, in the clear, for the staff member who decides, under the grant that the
 * access log gave in this transaction. Wipe it. */
struct review_claim {
    enum national_id_kind id_kind;
    char name[PERSON_NAME_BYTES + 1];
    char id_number[NATIONAL_ID_MAX + 1];
};
JN_MUST_USE enum err review_open_claim(struct store_tx *tx, struct vault *vault,
                                       const struct access_grant *grant, int64_t id,
                                       struct review_claim *ret);
struct review_decision {
    int64_t review_id;
    struct person_id staff;
    bool approve;
    bool in_person;     /* seen face to face: with approve */
    const char *reason; /* 1 to REVIEW_REASON_MAX bytes; kept sealed */
    size_t reason_length;
    int64_t follow_id; /* drawn before the transaction */
};
/* ERR_REVIEW_NOT_FOUND; ERR_REVIEW_DECIDED; ERR_ID_NUMBER_TAKEN when approved and another account
 * got the number meanwhile: nothing was decided. */
JN_MUST_USE enum err review_decide(struct store_tx *tx, struct vault *vault,
                                   const struct review_decision *decision,
                                   struct verification_effect *ret);
/* The reason of a decision, in the arena; an empty text when there is none. grant NULL: for the
 * person themself. */
JN_MUST_USE enum err review_open_reason(struct store_tx *tx, struct vault *vault,
                                        const struct access_grant *grant, int64_t id,
                                        struct arena *arena, struct store_text *ret);

#endif

/* staff_json.h — staff and proposals as JSON, and the steps that their handlers share. */
#ifndef JN_API_STAFF_JSON_H
#define JN_API_STAFF_JSON_H

#include "api/api_app.h"
#include "identity/approval_kinds.h"
#include "identity/approvals.h"
#include "identity/staff.h"

/* Where texts of staff are sealed; `staff` is who wrote them. */
struct vault_place staff_name_place(struct person_id staff);
struct vault_place approval_reason_place(struct person_id maker, struct approval_id id);
struct vault_place approval_verdict_place(struct person_id decider, struct approval_id id);

/* A member with the name in the clear. */
struct staff_view {
    struct staff_member member;
    struct store_text name;
};
JN_MUST_USE enum err staff_view_open(struct store_tx *tx, struct api_app *app, struct arena *arena,
                                     struct staff_view *view);
/* ERR_STAFF_NOT_FOUND. */
JN_MUST_USE enum err staff_view_read(struct store_tx *tx, struct api_app *app,
                                     struct person_id person, struct arena *arena,
                                     struct staff_view *ret);
void staff_json_member(struct json_out *out, const char *key, const struct staff_view *view);

/* A proposal with its texts in the clear. */
struct approval_view {
    struct approval approval;
    struct store_text maker_name, decider_name, reason, verdict; /* data NULL: none */
    bool can_decide, can_withdraw;                               /* by whoever asks */
};
/* `who` asks. Store and vault errors. */
JN_MUST_USE enum err approval_view_open(struct store_tx *tx, struct api_app *app,
                                        const struct api_caller *who, struct arena *arena,
                                        struct approval_view *view);
void approvals_json_approval(struct json_out *out, const char *key,
                             const struct approval_view *view);

/* A proposal to be made: everything but its texts is drawn before the transaction. */
struct api_proposal {
    const struct api_caller *caller;
    struct approval_id id;
    const char *kind;
    int64_t subject_id;
    struct approval_payload payload;
    struct store_text reason;
    struct arena *arena;
    struct approval_view view; /* set by api_propose */
};
/* Errors of approvals_propose. */
JN_MUST_USE enum err api_propose(struct store_tx *tx, struct api_app *app,
                                 struct api_proposal *proposal);

#endif

/* locks_json.h — locks as JSON, for the person they hold and for staff. */
#ifndef JN_API_LOCKS_JSON_H
#define JN_API_LOCKS_JSON_H

#include "api/api_app.h"
#include "identity/access_log.h"
#include "identity/locks.h"

/* A lock with its texts in the clear, in the request's arena. */
struct lock_view {
    struct lock lock;
    struct store_text told;                /* data NULL: none */
    struct store_text note;                /* likewise; opened for staff only */
    int64_t answer_due_us, answered_at_us; /* of an objection; 0: none */
    struct store_text objection, answer;
};
/* How it is opened: for the person (grant NULL), or for staff under a grant for VAULT_MESSAGE, who
 * also see the note. */
struct lock_opening {
    const struct access_grant *grant;
    struct arena *arena;
};
/* Opens what the person was told, said and was answered. Vault and store errors. */
JN_MUST_USE enum err lock_view_open(struct store_tx *tx, struct api_app *app,
                                    const struct lock_opening *how, struct lock_view *view);
/* Up to LOCKS_MAX locks of a person, opened. `views` holds LOCKS_MAX. */
JN_MUST_USE enum err lock_views_read(struct store_tx *tx, struct api_app *app,
                                     struct person_id person, bool history,
                                     const struct lock_opening *how, struct lock_view *views,
                                     size_t *ret_count);
/* Where the texts are sealed. */
struct vault_place lock_told_place(struct person_id person, struct lock_id id);
struct vault_place lock_note_place(struct person_id person, struct lock_id id);
struct vault_place lock_objection_place(struct person_id person, struct lock_id id);
struct vault_place lock_answer_place(struct person_id person, struct lock_id id);

/* A Lock. `now_us` says whether it holds. */
void locks_json_lock(struct json_out *out, const char *key, const struct lock_view *view,
                     int64_t now_us);
/* Members locks, effects, works of an open object. */
void locks_json_list(struct json_out *out, const struct lock_view *views, size_t count,
                     int64_t now_us);

#endif

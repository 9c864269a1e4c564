/* people_json.h — a person as staff see them: masked, under a grant of the access log. */
#ifndef JN_API_PEOPLE_JSON_H
#define JN_API_PEOPLE_JSON_H

#include "api/api_app.h"
#include "identity/access_log.h"
#include "identity/people.h"

#define PERSON_CONTACTS_SHOWN CONTACTS_MAX

struct contact_view {
    struct contact contact;
    char mask[CONTACT_MASK_MAX];
};
struct person_view {
    struct person person;
    struct contact_view contacts[PERSON_CONTACTS_SHOWN];
    size_t contact_count;
};
/* Reads a consumer; the grant covers VAULT_CONTACT. ERR_PERSON_NOT_FOUND also for staff: their
 * pages are the members'. */
JN_MUST_USE enum err person_view_read(struct store_tx *tx, struct api_app *app,
                                      const struct access_grant *grant, struct person_id id,
                                      struct arena *arena, struct person_view *ret);
/* Members person_id, state, language, created_at, contacts of an open object. */
void people_json_basics(struct json_out *out, const struct person_view *view);

/* A look about to be taken: the reason is what the caller gave. ERR_PERSON_NOT_FOUND: no such
 * consumer, or erased; ERR_ACCESS_REASON_REQUIRED. */
struct people_look {
    const struct api_caller *caller;
    struct person_id person;
    uint32_t classes; /* ACCESS_CLASS bits */
    enum access_why why;
    struct store_text reason;
};
JN_MUST_USE enum err people_look(struct store_tx *tx, struct api_app *app,
                                 const struct people_look *look, struct access_grant *ret);

#endif

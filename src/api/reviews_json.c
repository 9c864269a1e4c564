/* reviews_json.c — see reviews_json.h. */
#include "api/reviews_json.h"

void reviews_json_review(struct json_out *out, const char *key, const struct review *review)
{
    json_out_open(out, key);
    json_out_id(out, "id", ID_REVIEW_PREFIX, review->id);
    json_out_id(out, "person_id", ID_PERSON_PREFIX, review->person.v);
    json_out_name(out, "state", &api_staff_review_state_names, review->state);
    json_out_name(out, "why", &api_staff_review_why_names, review->why);
    json_out_time(out, "opened_at", review->opened_at_us);
    json_out_time(out, "due_at", review->due_at_us);
    json_out_time(out, "decided_at", review->decided_at_us);
    json_out_id(out, "decided_by", ID_PERSON_PREFIX, review->decided_by.v);
    json_out_bool(out, "in_person", review->in_person);
    json_out_close(out);
}

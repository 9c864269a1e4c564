/* GET /v1/staff/contests — objections to locks that wait for an answer, the next due first. What
 * was written is shown on the person's page. */
#include "api/locks_json.h"

#define SHOWN_MAX 200

struct item {
    struct lock_contest contest;
    struct lock lock;
};
struct list {
    struct lock_contest *contests;
    struct item *items;
    size_t count;
};

static enum err read_contests(struct store_tx *tx, void *arg)
{
    struct list *list = arg;
    enum err err = locks_contests_open(tx, SHOWN_MAX, list->contests, &list->count);

    for (size_t i = 0; err == ERR_OK && i < list->count; i++) {
        list->items[i].contest = list->contests[i];
        err = locks_get(tx, list->contests[i].lock, list->contests[i].person, &list->items[i].lock);
    }
    return err;
}

enum http_verdict api_staff_contests_get(struct http_request *request, void *arg)
{
    struct list list = {.count = 0};
    struct json_out out;

    if (!api_staff_contests_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    list.contests = arena_alloc_array(request->arena, SHOWN_MAX, sizeof(*list.contests));
    list.items = arena_alloc_array(request->arena, SHOWN_MAX, sizeof(*list.items));
    if (!api_read(request, arg, read_contests, &list)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "contests");
    for (size_t i = 0; i < list.count; i++) {
        const struct item *item = &list.items[i];

        json_out_open(&out, NULL);
        json_out_id(&out, "lock_id", ID_LOCK_PREFIX, item->lock.id.v);
        json_out_id(&out, "person_id", ID_PERSON_PREFIX, item->lock.person.v);
        json_out_name(&out, "reason", &api_lock_reason_names, item->lock.reason);
        json_out_text(&out, "why_en", item->lock.why->text_en);
        json_out_text(&out, "why_zh", item->lock.why->text_zh);
        json_out_time(&out, "contested_at", item->contest.at_us);
        json_out_time(&out, "answer_due_at", item->contest.due_at_us);
        json_out_close(&out);
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

/* GET /v1/staff/reviews — manual identity reviews in one state, the next due first. */
#include "api/reviews_json.h"

struct list {
    struct reviews_page page;
    struct review *reviews;
    size_t count;
};

static enum err read_reviews(struct store_tx *tx, void *arg)
{
    struct list *list = arg;

    return reviews_list(tx, &list->page, list->reviews, &list->count);
}

enum http_verdict api_staff_reviews_get(struct http_request *request, void *arg)
{
    struct list list = {.page = {.state = REVIEW_OPEN, .count_max = REVIEWS_PAGE_MAX}};
    struct api_staff_reviews_get_in in;
    struct json_out out;

    if (!api_staff_reviews_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    if (in.has_state) {
        list.page.state = (enum review_state)in.state;
    }
    list.reviews = arena_alloc_array(request->arena, REVIEWS_PAGE_MAX, sizeof(*list.reviews));
    if (!api_read(request, arg, read_reviews, &list)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "reviews");
    for (size_t i = 0; i < list.count; i++) {
        reviews_json_review(&out, NULL, &list.reviews[i]);
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

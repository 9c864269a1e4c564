/* GET /v1/me/access-log — who of the staff looked at the caller's data, and how often the wallet
 * did. */
#include "api/api_app.h"

#include "api/json_out.h"
#include "identity/access_log.h"

#define DAY_US       INT64_C(86400000000)
#define READING_DAYS 30

struct page {
    struct api_app *app;
    struct person_id person;
    struct arena *arena;
    int64_t before_seq, from_day;
    size_t limit, count, reading_count;
    bool is_first;
    struct access_entry *entries; /* limit + 1: the last shows that there is more */
    struct access_count *readings;
};

static enum err read_page(struct store_tx *tx, void *arg)
{
    struct page *page = arg;
    enum err err = access_log_list(tx, page->app->vault, page->person, page->before_seq,
                                   page->limit + 1, page->arena, page->entries, &page->count);

    if (err == ERR_OK && page->is_first) {
        err = access_counts_list(tx, page->person, page->from_day, page->readings,
                                 &page->reading_count);
    }
    return err;
}

static void encode_look(struct json_out *out, const struct access_entry *entry)
{
    json_out_open(out, NULL);
    json_out_i64(out, "number", entry->seq);
    json_out_time(out, "at", entry->at_us);
    json_out_id(out, "staff_id", ID_PERSON_PREFIX, entry->staff.v);
    json_out_flags(out, "classes", &api_data_class_names,
                   entry->classes & ~ACCESS_CLASS(VAULT_SECRET));
    json_out_name(out, "why", &api_access_why_names, entry->why);
    json_out_bytes(out, "reason", entry->reason.data, entry->reason.length);
    json_out_close(out);
}

static void encode_reading(struct json_out *out, const struct access_count *reading)
{
    char day[CLOCK_TEXT_MAX];

    clock_format_rfc3339(reading->day * DAY_US, day);
    json_out_open(out, NULL);
    json_out_bytes(out, "day", day, 10);
    json_out_name(out, "purpose", &api_reading_purpose_names, reading->purpose);
    json_out_i64(out, "openings", reading->openings);
    json_out_close(out);
}

static void encode(struct http_request *request, const struct page *page)
{
    bool has_more = page->count > page->limit;
    size_t shown = has_more ? page->limit : page->count;
    struct json_out out;

    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "looks");
    for (size_t i = 0; i < shown; i++) {
        encode_look(&out, &page->entries[i]);
    }
    json_out_close_list(&out);
    json_out_cursor(&out, "next_cursor", has_more ? page->entries[shown - 1].seq : 0);
    json_out_open_list(&out, "readings");
    for (size_t i = 0; i < page->reading_count; i++) {
        encode_reading(&out, &page->readings[i]);
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
}

enum http_verdict api_me_access_log_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_me_access_log_get_in in;
    struct page page = {.app = app, .arena = request->arena};

    if (!api_me_access_log_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    page.person = api_caller_of(request)->person;
    page.is_first = !in.has_cursor;
    page.before_seq = in.has_cursor ? in.cursor : INT64_MAX;
    page.limit = (size_t)in.limit;
    page.from_day = clock_now_us(app->clock) / DAY_US - READING_DAYS;
    page.entries = arena_alloc_array(request->arena, page.limit + 1, sizeof(*page.entries));
    page.readings = arena_alloc_array(request->arena, ACCESS_COUNTS_MAX, sizeof(*page.readings));
    if (!api_read(request, app, read_page, &page)) {
        return HTTP_ANSWERED;
    }
    encode(request, &page);
    return api_answer_json(request, 200);
}

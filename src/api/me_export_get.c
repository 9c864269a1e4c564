/* GET /v1/me/export — everything that is stored about the caller, as JSON: sections of rows of
 * named values. */
#include "api/export_read.h"
#include "api/json_out.h"

#include <string.h>

/* A list of name=value lines as an object. */
static void encode_params(struct json_out *out, const char *name, struct store_text list)
{
    const char *at = list.data, *end = list.data + list.length;

    json_out_open_list(out, name);
    while (at < end) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        const char *until = line != NULL ? line : end;

        json_out_bytes(out, NULL, at, (size_t)(until - at));
        at = until < end ? until + 1 : end;
    }
    json_out_close_list(out);
}

static void encode_value(struct json_out *out, const struct personal_value *value)
{
    const char *name = value->field->name;

    if (value->is_lost) {
        json_out_null(out, name);
        return;
    }
    switch (value->field->kind) {
    case PERSONAL_TIME:
        json_out_time(out, name, value->number);
        return;
    case PERSONAL_COUNT:
        json_out_i64(out, name, value->number);
        return;
    case PERSONAL_WORDS:
    case PERSONAL_SEALED:
        json_out_bytes(out, name, value->words.data, value->words.length);
        return;
    case PERSONAL_PARAMS:
        encode_params(out, name, value->words);
        return;
    }
    BUG_IF(true);
}

static void encode_sections(struct json_out *out, const struct personal_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct personal_value *value = &values[i];
        bool opens = i == 0 || value->section != values[i - 1].section;
        bool row_opens = opens || value->row_id != values[i - 1].row_id;

        if (row_opens && i > 0) {
            json_out_close(out);
        }
        if (opens && i > 0) {
            json_out_close_list(out);
            json_out_close(out);
        }
        if (opens) {
            json_out_open(out, NULL);
            json_out_text(out, "section", value->section->name);
            json_out_text(out, "title_en", value->section->title_en);
            json_out_text(out, "title_zh", value->section->title_zh);
            json_out_open_list(out, "rows");
        }
        if (row_opens) {
            json_out_open(out, NULL);
        }
        encode_value(out, value);
    }
    if (count > 0) {
        json_out_close(out);
        json_out_close_list(out);
        json_out_close(out);
    }
}

enum http_verdict api_me_export_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    const struct personal_note *withheld;
    struct export_data data;
    struct json_out out;
    size_t count;

    if (!api_me_export_get_decode(request) || !export_read(request, app, &data)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_text(&out, "format", "jinnang-personal-data/v1");
    json_out_id(&out, "person_id", ID_PERSON_PREFIX, data.person.v);
    json_out_time(&out, "made_at", data.made_at_us);
    json_out_open_list(&out, "sections");
    encode_sections(&out, data.values, data.count);
    json_out_close_list(&out);
    withheld = personal_withheld(&count);
    json_out_open_list(&out, "withheld");
    for (size_t i = 0; i < count; i++) {
        json_out_open(&out, NULL);
        json_out_text(&out, "what_en", withheld[i].what_en);
        json_out_text(&out, "what_zh", withheld[i].what_zh);
        json_out_text(&out, "why_en", withheld[i].why_en);
        json_out_text(&out, "why_zh", withheld[i].why_zh);
        json_out_close(&out);
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

/* GET /v1/me/export/page — the same as a page to read, keep or print: no script, no style sheet, no
 * address, so that it needs nothing and tells nobody. Every value is escaped. */
#include "api/export_read.h"

static void add_escaped(struct buf *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        switch (text[i]) {
        case '&':
            buf_add_str(out, "&amp;");
            break;
        case '<':
            buf_add_str(out, "&lt;");
            break;
        case '>':
            buf_add_str(out, "&gt;");
            break;
        case '"':
            buf_add_str(out, "&quot;");
            break;
        default:
            buf_add_u8(out, (uint8_t)text[i]);
        }
    }
}

static void add_value(struct buf *out, const struct personal_value *value)
{
    char time[CLOCK_TEXT_MAX];

    if (value->is_lost) {
        buf_add_str(out, "&mdash;");
        return;
    }
    switch (value->field->kind) {
    case PERSONAL_TIME:
        clock_format_rfc3339(value->number, time);
        buf_printf(out, "%.10s %.8s UTC", time, time + 11);
        return;
    case PERSONAL_COUNT:
        buf_printf(out, "%lld", (long long)value->number);
        return;
    case PERSONAL_WORDS:
    case PERSONAL_SEALED:
        add_escaped(out, value->words.data, value->words.length);
        return;
    case PERSONAL_PARAMS:
        buf_add_str(out, "<pre>");
        add_escaped(out, value->words.data, value->words.length);
        buf_add_str(out, "</pre>");
        return;
    }
    BUG_IF(true);
}

static void add_sections(struct buf *out, const struct export_data *data)
{
    for (size_t i = 0; i < data->count; i++) {
        const struct personal_value *value = &data->values[i];
        bool opens = i == 0 || value->section != data->values[i - 1].section;

        if (opens) {
            buf_printf(out, "%s<h2>%s <span lang=\"zh-CN\">%s</span></h2>\n<table>\n",
                       i > 0 ? "</table>\n" : "", value->section->title_en,
                       value->section->title_zh);
        } else if (value->row_id != data->values[i - 1].row_id) {
            buf_add_str(out, "<tr><td colspan=\"2\"><hr></td></tr>\n");
        }
        buf_printf(out, "<tr><th scope=\"row\">%s <span lang=\"zh-CN\">%s</span></th><td>",
                   value->field->title_en, value->field->title_zh);
        add_value(out, value);
        buf_add_str(out, "</td></tr>\n");
    }
    buf_add_str(out, data->count > 0 ? "</table>\n" : "");
}

enum http_verdict api_me_export_page_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    const struct personal_note *withheld;
    char made_at[CLOCK_TEXT_MAX];
    struct buf *out = request->out;
    struct export_data data;
    size_t count;

    if (!api_me_export_page_get_decode(request) || !export_read(request, app, &data)) {
        return HTTP_ANSWERED;
    }
    clock_format_rfc3339(data.made_at_us, made_at);
    buf_printf(
        out,
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<title>My data 我的数据</title>\n<h1>My data <span lang=\"zh-CN\">我的数据</span></h1>\n"
        "<p>%.10s %.8s UTC</p>\n",
        made_at, made_at + 11);
    add_sections(out, &data);
    buf_add_str(out,
                "<h2>Stored and not shown <span lang=\"zh-CN\">保存但不展示</span></h2>\n<ul>\n");
    withheld = personal_withheld(&count);
    for (size_t i = 0; i < count; i++) {
        buf_printf(out, "<li>%s: %s. <span lang=\"zh-CN\">%s：%s。</span></li>\n",
                   withheld[i].what_en, withheld[i].why_en, withheld[i].what_zh,
                   withheld[i].why_zh);
    }
    buf_add_str(out, "</ul>\n</html>\n");
    http_answer(request, 200, "text/html; charset=utf-8");
    return HTTP_ANSWERED;
}

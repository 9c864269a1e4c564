/* GET /v1/official-contacts — every way by which we can be reached, or write. */
#include "api/api_app.h"
#include "notify/official.h"

enum http_verdict api_official_contacts_get(struct http_request *request, void *arg)
{
    size_t language = request->language == HTTP_ZH ? 1 : 0;
    struct json_out out;

    (void)arg;
    if (!api_official_contacts_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "contacts");
    for (size_t i = 0; i < official_contact_count; i++) {
        json_out_open(&out, NULL);
        json_out_name(&out, "kind", &api_official_kind_names, official_contacts[i].kind);
        json_out_text(&out, "value", official_contacts[i].value);
        json_out_text(&out, "about", official_contacts[i].text[language]);
        json_out_close(&out);
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

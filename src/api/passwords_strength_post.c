/* POST /v1/passwords/strength — how good a password would be; stores nothing. */
#include "api/api_people.h"
#include "identity/password.h"

enum http_verdict api_passwords_strength_post(struct http_request *request, void *arg)
{
    struct api_passwords_strength_post_in in;
    struct password_words words = {0};
    struct password_strength strength;
    const struct err_info *info;
    struct json_out out;
    bool zh = request->language == HTTP_ZH;

    (void)arg;
    if (!api_passwords_strength_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    if (in.body.has_own_words && in.body.own_words.length > 0) {
        password_words_add(&words, in.body.own_words.data, in.body.own_words.length);
    }
    password_judge(in.body.password.data, in.body.password.length, &words, &strength);
    secret_wipe(&words, sizeof(words));
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_i64(&out, "score", strength.score);
    json_out_bool(&out, "enough", strength.fault == PASSWORD_FINE);
    if (strength.fault == PASSWORD_FINE) {
        json_out_null(&out, "reason");
        json_out_null(&out, "advice");
    } else {
        info = err_info(password_fault_err(strength.fault));
        json_out_text(&out, "reason", zh ? info->title_zh : info->title_en);
        json_out_text(&out, "advice", zh ? info->fix_zh : info->fix_en);
    }
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

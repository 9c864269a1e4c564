/* GET /v1/official-contacts/check — is it really us? A code of a message is looked up first: it has
 * the form of nothing else but a telephone number of ten digits, which is then judged as one. */
#include "api/messages_json.h"
#include "notify/official.h"

#define CHECK_SALT UINT64_C(0x69735f69745f7573)

struct checking {
    struct api_app *app;
    struct http_text value;
    struct notify_sent sent;
    bool is_code; /* it has the form of one */
    bool is_sent; /* and we sent it */
    char code[NOTIFY_CODE_TEXT_MAX];
};

static const struct http_rate check_rate = {.per_second = 2, .burst = 60};

static enum err find_code(struct store_tx *tx, void *arg)
{
    struct checking *checking = arg;
    enum err err = notify_find_code(tx, checking->app->notify, checking->value.data,
                                    checking->value.length, &checking->sent);

    checking->is_sent = err == ERR_OK;
    return err == ERR_MESSAGE_CODE_UNKNOWN ? ERR_OK : err;
}

/* What to do, by the worst that it may be. */
static const char *advice_of(enum official_verdict verdict, bool is_zh)
{
    switch (verdict) {
    case OFFICIAL_YES:
        return is_zh ? "是我们的。我们仍然不会索要密码或验证码。"
                     : "It is ours. We still never ask for passwords or codes.";
    case OFFICIAL_NO:
        return is_zh ? "不是我们的。不要回拨、不要点击、不要转账；如已告知密码或验证码，请立即冻结"
                       "账户。"
                     : "It is not ours. Do not call back, tap or pay. If you told a password or "
                       "code, "
                       "freeze your account now.";
    case OFFICIAL_UNKNOWN:
        return is_zh ? "无法判断。请完整输入号码、邮箱、链接或消息编号；拿不准时，请从官方联系方式"
                       "联系我们。"
                     : "We cannot tell. Enter the whole number, address, link or message code; "
                       "when in "
                       "doubt reach us by an official contact.";
    }
    BUG_IF(true);
}

static void code_json(struct json_out *out, const struct checking *checking, size_t language)
{
    const struct notify_topic *topic = checking->is_sent ? checking->sent.topic : NULL;
    const char *about = topic == NULL ? NULL
                        : topic->kind == NOTIFY_MONEY
                            ? (language == 1 ? "资金变动提醒" : "A movement of money")
                        : topic->kind == NOTIFY_SECURITY
                            ? (language == 1 ? "账户安全消息" : "The safety of the account")
                            : (language == 1 ? "服务消息" : "The service");

    json_out_name(out, "verdict", &api_official_verdict_names,
                  checking->is_sent ? OFFICIAL_YES : OFFICIAL_NO);
    json_out_name(out, "kind", &api_official_kind_names, API_OFFICIAL_KIND_MESSAGE_CODE);
    json_out_name(out, "reason", &api_official_reason_names,
                  checking->is_sent ? API_OFFICIAL_REASON_SENT_BY_US
                                    : API_OFFICIAL_REASON_NOT_LISTED);
    json_out_text(out, "value", checking->code);
    if (about == NULL) {
        json_out_null(out, "about");
    } else {
        json_out_text(out, "about", about);
    }
    json_out_text(out, "advice",
                  advice_of(checking->is_sent ? OFFICIAL_YES : OFFICIAL_NO, language == 1));
    json_out_time(out, "sent_at", checking->is_sent ? checking->sent.created_at_us : 0);
}

static void value_json(struct json_out *out, const struct official_answer *answer, size_t language)
{
    json_out_name(out, "verdict", &api_official_verdict_names, answer->verdict);
    json_out_name(out, "kind", &api_official_kind_names, answer->kind);
    json_out_name(out, "reason", &api_official_reason_names, answer->reason);
    json_out_text(out, "value", answer->value);
    if (answer->contact == NULL) {
        json_out_null(out, "about");
    } else {
        json_out_text(out, "about", answer->contact->text[language]);
    }
    json_out_text(out, "advice", advice_of(answer->verdict, language == 1));
    json_out_null(out, "sent_at");
}

enum http_verdict api_official_contacts_check_get(struct http_request *request, void *arg)
{
    struct api_official_contacts_check_get_in in;
    struct checking checking = {.app = arg};
    struct official_answer answer;
    size_t language = request->language == HTTP_ZH ? 1 : 0;
    struct json_out out;

    if (!api_official_contacts_check_get_decode(request, &in) ||
        !http_rate_take(request, request->client_hash ^ CHECK_SALT, check_rate, 1)) {
        return HTTP_ANSWERED;
    }
    checking.value = in.value;
    checking.is_code = notify_code_read(in.value.data, in.value.length, checking.code);
    if (checking.is_code && !api_read(request, arg, find_code, &checking)) {
        return HTTP_ANSWERED;
    }
    official_check(in.value.data, in.value.length, &answer);
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    if (checking.is_code && (checking.is_sent || answer.kind != OFFICIAL_PHONE)) {
        code_json(&out, &checking, language);
    } else {
        value_json(&out, &answer, language);
    }
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}

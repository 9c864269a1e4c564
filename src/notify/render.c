/* render.c — see render.h. */
#include "notify/render.h"

#include <string.h>

#include "core/clock.h"
#include "core/kv.h"
#include "core/money.h"
#include "core/str.h"

#define OFFSET_MIN_MIN (-720)
#define OFFSET_MIN_MAX 840
#define MINUTE_US      (INT64_C(60) * 1000000)
#define MINUTES_CHARS  16 /* "2026-11-22T15:04" */
#define YEAR_9999_US   (INT64_C(253402300799) * 1000000)

static const char dash[] = "—";

/* ---- values ---- */

static void time_out(const struct notify_view *view, struct kv_text value, struct buf *out)
{
    int64_t at_us;
    char text[CLOCK_TEXT_MAX];
    int32_t offset_min = view->utc_offset_min;

    BUG_IF(offset_min < OFFSET_MIN_MIN || offset_min > OFFSET_MIN_MAX);
    if (!str_parse_i64(value.data, value.length, &at_us) || at_us < -(offset_min * MINUTE_US) ||
        at_us < 0 || at_us > YEAR_9999_US - OFFSET_MIN_MAX * MINUTE_US) {
        buf_add_str(out, dash);
        return;
    }
    clock_format_rfc3339(at_us + offset_min * MINUTE_US, text);
    text[10] = ' ';
    buf_add(out, text, MINUTES_CHARS);
}

static void money_out(const struct notify_view *view, struct kv_text value, struct buf *out)
{
    const char *space = value.length == 0 ? NULL : memchr(value.data, ' ', value.length);
    struct money amount = {0};
    char text[MONEY_TEXT_MAX];

    if (space != NULL) {
        size_t digits = (size_t)(space - value.data);

        amount.currency = currency_from_code(space + 1, value.length - digits - 1);
        if (!str_parse_i64(value.data, digits, &amount.minor) || amount.minor > MONEY_MINOR_MAX ||
            amount.minor < -MONEY_MINOR_MAX) {
            amount.currency = CURRENCY_NONE;
        }
    }
    if (amount.currency == CURRENCY_NONE) {
        buf_add_str(out, dash);
        return;
    }
    money_format(amount, text);
    if (view->language == NOTIFY_ZH && amount.currency == CURRENCY_CNY) {
        buf_printf(out, "%s元", text);
    } else {
        buf_printf(out, "%s %s", currency_code(amount.currency), text);
    }
}

/* Characters that make a telephone see an address: . / : @ and the full stops of IDNA. */
static bool breaks_links(const char *at, size_t left, size_t *ret_skip)
{
    static const char *const marks[] = {".", "/", ":", "@", "。", "．", "｡", "／", "：", "＠"};

    for (size_t i = 0; i < ARRAY_COUNT(marks); i++) {
        size_t length = strlen(marks[i]);

        if (left >= length && memcmp(at, marks[i], length) == 0) {
            *ret_skip = length;
            return true;
        }
    }
    return false;
}

static void plain_out(struct kv_text value, bool is_sms, struct buf *out)
{
    size_t skip = 0;

    if (value.length == 0) {
        buf_add_str(out, dash);
    }
    for (size_t i = 0; i < value.length; i += skip) {
        skip = 1;
        if (is_sms && breaks_links(value.data + i, value.length - i, &skip)) {
            buf_add_u8(out, ' ');
        } else {
            buf_add_u8(out, (uint8_t)value.data[i]);
        }
    }
}

static void value_out(const struct notify_view *view, const struct notify_param *param, bool is_sms,
                      struct buf *out)
{
    struct kv_text value = {"", 0};
    const struct notify_word *word;

    if (!kv_get(view->params, view->params_length, param->name, &value)) {
        value = (struct kv_text){"", 0};
    }
    switch (param->type) {
    case NOTIFY_PARAM_TIME:
        time_out(view, value, out);
        return;
    case NOTIFY_PARAM_MONEY:
        money_out(view, value, out);
        return;
    case NOTIFY_PARAM_WORD:
        word = notify_word_find(value.data, value.length);
        if (word != NULL) {
            buf_add_str(out, word->text[view->language]);
            return;
        }
        plain_out(value, is_sms, out);
        return;
    case NOTIFY_PARAM_TEXT:
    case NOTIFY_PARAM_CODE:
        plain_out(value, is_sms, out);
        return;
    }
    BUG_IF(true);
}

/* ---- texts ---- */

static const struct notify_param *find_param(const struct notify_topic *topic, const char *name,
                                             size_t length)
{
    for (size_t i = 0; i < topic->param_count; i++) {
        const char *have = topic->params[i].name;

        if (strlen(have) == length && memcmp(have, name, length) == 0) {
            return &topic->params[i];
        }
    }
    return NULL;
}

/* The generator has checked that braces are placeholders and placeholders are parameters. */
static void text_out(const struct notify_view *view, const char *text, bool is_sms, struct buf *out)
{
    BUG_IF(text == NULL);
    while (*text != '\0') {
        const char *end = *text == '{' ? strchr(text, '}') : NULL;

        if (end == NULL) {
            buf_add_u8(out, (uint8_t)*text++);
            continue;
        }
        const struct notify_param *param =
            find_param(view->topic, text + 1, (size_t)(end - text) - 1);
        BUG_IF(param == NULL);
        value_out(view, param, is_sms, out);
        text = end + 1;
    }
}

static const struct notify_texts *texts_of(const struct notify_view *view)
{
    return &view->topic->texts[view->language];
}

void notify_render_title(const struct notify_view *view, struct buf *out)
{
    text_out(view, texts_of(view)->title, false, out);
}

void notify_render_text(const struct notify_view *view, struct buf *out)
{
    text_out(view, texts_of(view)->text, false, out);
}

void notify_render_subject(const struct notify_view *view, struct buf *out)
{
    text_out(view, texts_of(view)->subject, false, out);
}

void notify_render_sms(const struct notify_view *view, struct buf *out)
{
    bool is_zh = view->language == NOTIFY_ZH;

    buf_printf(out, is_zh ? "【%s】" : "[%s] ", notify_brand[view->language]);
    text_out(view, texts_of(view)->sms, true, out);
    if (view->code != NULL && view->topic->not_me) {
        buf_printf(out,
                   is_zh ? "非本人操作？在应用或官网输入%s。"
                         : " Not you? Enter %s in the app or on our site.",
                   view->code);
    } else if (view->code != NULL) {
        buf_printf(out, is_zh ? "编号%s" : " No. %s", view->code);
    }
}

static void email_foot(const struct notify_view *view, struct buf *out)
{
    bool is_zh = view->language == NOTIFY_ZH;

    if (view->code == NULL) {
        return;
    }
    if (view->topic->not_me) {
        buf_printf(
            out,
            is_zh ? "\n不是本人操作？打开应用或自行输入官网地址，选择“不是本人操作”，输入编号 %s。"
                    "账户会立即冻结，所有设备退出登录。\n"
                  : "\nIt was not you? Open the app, or type our address yourself, choose \"It was "
                    "not me\" and enter %s. Your account is frozen at once and every device is "
                    "signed out.\n",
            view->code);
    }
    buf_printf(
        out,
        is_zh ? "\n--\n编号：%s（在“是不是官方”页面可以核对本邮件）。我们的邮件从不含链接，"
                "从不索要密码或验证码。\n"
              : "\n-- \nNumber of this message: %s. The page \"Is it really you?\" confirms that "
                "we sent it. Our e-mails hold no links and never ask for passwords or codes.\n",
        view->code);
}

void notify_render_email(const struct notify_view *view, struct buf *out)
{
    bool is_zh = view->language == NOTIFY_ZH;

    if (view->phrase != NULL && view->phrase[0] != '\0') {
        buf_printf(out,
                   is_zh ? "您的防伪暗语：%s\n没有这句暗语的邮件不是我们发的。\n\n"
                         : "Your phrase: %s\nAn e-mail without it is not from us.\n\n",
                   view->phrase);
    }
    text_out(view, texts_of(view)->email, false, out);
    email_foot(view, out);
}

/* ---- codes ---- */

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void code_write(const char *ten, char ret[NOTIFY_CODE_TEXT_MAX])
{
    memcpy(ret, ten, 5);
    ret[5] = '-';
    memcpy(ret + 6, ten + 5, 5);
    ret[11] = '\0';
}

void notify_code_text(const uint8_t mac[32], char ret[NOTIFY_CODE_TEXT_MAX])
{
    char ten[NOTIFY_CODE_DIGITS];
    uint64_t bits = 0;

    for (size_t i = 0; i < 8; i++) {
        bits = bits << 8 | mac[i];
    }
    for (size_t i = 0; i < NOTIFY_CODE_DIGITS; i++) {
        ten[i] = digits[(bits >> (59 - 5 * i)) & 31];
    }
    code_write(ten, ret);
}

static char digit_of(char c)
{
    if (c >= 'a' && c <= 'z') {
        c = (char)(c - 'a' + 'A');
    }
    c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    return c != '\0' && strchr(digits, c) != NULL ? c : '\0';
}

bool notify_code_read(const char *text, size_t length, char ret[NOTIFY_CODE_TEXT_MAX])
{
    char ten[NOTIFY_CODE_DIGITS];
    size_t count = 0;

    for (size_t i = 0; i < length; i++) {
        char digit = digit_of(text[i]);

        if (text[i] == ' ' || text[i] == '-') {
            continue;
        }
        if (digit == '\0' || count == NOTIFY_CODE_DIGITS) {
            return false;
        }
        ten[count++] = digit;
    }
    if (count != NOTIFY_CODE_DIGITS) {
        return false;
    }
    code_write(ten, ret);
    return true;
}

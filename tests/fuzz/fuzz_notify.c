/* Messages from any bytes: parameters of any form rendered in every topic, any text as a subject,
 * an address or a code. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "core/kv.h"
#include "core/str.h"
#include "notify/mime.h"
#include "notify/official.h"
#include "notify/render.h"

static void try_topic(const struct notify_topic *topic, enum notify_language language,
                      const uint8_t *data, size_t size)
{
    struct buf out;
    const struct notify_view view = {.topic = topic,
                                     .language = language,
                                     .utc_offset_min = size % 2 == 0 ? -720 : 840,
                                     .params = data,
                                     .params_length = size,
                                     .code = "ABCDE-FGHJK"};
    bool valid = kv_is_valid(data, size);

    buf_init(&out, NOTIFY_RENDERED_MAX);
    notify_render_title(&view, &out);
    if ((topic->channels & NOTIFY_IN_APP) != 0) {
        notify_render_text(&view, &out);
    }
    if ((topic->channels & NOTIFY_EMAIL) != 0) {
        notify_render_email(&view, &out);
    }
    BUG_IF(valid && !str_is_utf8(out.data, out.length));
    buf_clear(&out);
    if ((topic->channels & NOTIFY_SMS) != 0) {
        notify_render_sms(&view, &out);
        BUG_IF(out.length > 0 && memmem(out.data, out.length, "://", 3) != NULL);
    }
    buf_done(&out);
}

static void try_mail(const char *text)
{
    struct buf out;
    const struct mime_mail mail = {
        .from_name = text,
        .from_address = "a@b.test",
        .to_address = mime_address_ok(text) ? text : "c@d.test",
        .message_id = "dlv_1",
        .subject = text,
        .body = text,
        .at_us = 1,
        .language = "en",
    };

    buf_init(&out, 4 * MIME_MAIL_MAX);
    mime_write(&mail, &out);
    const char *body = strstr((const char *)out.data, "\r\n\r\n");
    BUG_IF(body == NULL || strlen((const char *)out.data) != out.length);
    for (const char *at = (const char *)out.data; at < body; at++) {
        BUG_IF(*at == '\n' && at[-1] != '\r');
        BUG_IF(*at == '\r' && at[1] != '\n');
    }
    BUG_IF(strstr(body, "\n.") != NULL); /* nothing ends the message early */
    buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char code[NOTIFY_CODE_TEXT_MAX], again[NOTIFY_CODE_TEXT_MAX];

    if (size == 0 || size > 4096) {
        return 0;
    }
    for (size_t i = data[0] % 8; i < notify_topic_count; i += 8) {
        try_topic(&notify_topics[i], data[0] % 2 == 0 ? NOTIFY_EN : NOTIFY_ZH, data, size);
    }
    char *text = malloc(size + 1);
    BUG_IF(text == NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    try_mail(text);
    struct official_answer answer;
    int order;
    official_check((const char *)data, size, &answer);
    BUG_IF((answer.verdict == OFFICIAL_YES) != (answer.contact != NULL));
    BUG_IF(!str_is_utf8(answer.value, strlen(answer.value)));
    (void)!official_version_compare((const char *)data, size, "1.0.0", &order);
    if (notify_code_read(text, strlen(text), code)) {
        BUG_IF(!notify_code_read(code, strlen(code), again) || strcmp(code, again) != 0);
    }
    free(text);
    return 0;
}

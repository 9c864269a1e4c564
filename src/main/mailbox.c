/* mailbox.c — the list of messages, and what an e-mail says. The contract is in mailbox.h. */
#include "main/mailbox.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/json_out.h"
#include "core/clock.h"
#include "core/str.h"

void mailbox_init(struct mailbox *mailbox)
{
    *mailbox = (struct mailbox){.messages = calloc(MAILBOX_MAX, sizeof(struct mailbox_message))};
    BUG_IF(mailbox->messages == NULL);
    pthread_mutex_init(&mailbox->lock, NULL);
}

void mailbox_done(struct mailbox *mailbox)
{
    pthread_mutex_destroy(&mailbox->lock);
    free(mailbox->messages);
}

/* The i-th from the oldest. */
static struct mailbox_message *at_place(struct mailbox *mailbox, size_t i)
{
    return &mailbox->messages[(mailbox->first + i) % MAILBOX_MAX];
}

static struct mailbox_message *find_id(struct mailbox *mailbox,
                                       const struct mailbox_message *message)
{
    for (size_t i = 0; message->id[0] != '\0' && i < mailbox->count; i++) {
        struct mailbox_message *have = at_place(mailbox, i);

        if (have->channel == message->channel && str_equal(have->id, message->id) &&
            str_equal(have->to, message->to)) {
            return have;
        }
    }
    return NULL;
}

bool mailbox_add(struct mailbox *mailbox, const struct mailbox_message *message)
{
    struct mailbox_message *have;
    struct clock clock;
    bool is_new;

    clock_init_real(&clock);
    pthread_mutex_lock(&mailbox->lock);
    have = find_id(mailbox, message);
    is_new = have == NULL;
    if (is_new) {
        if (mailbox->count == MAILBOX_MAX) {
            mailbox->first = (mailbox->first + 1) % MAILBOX_MAX;
            mailbox->count--;
        }
        have = at_place(mailbox, mailbox->count++);
        *have = *message;
        have->seq = ++mailbox->last_seq;
        have->at_us = clock_now_us(&clock);
        have->times = 0;
    }
    have->times++;
    pthread_mutex_unlock(&mailbox->lock);
    return is_new;
}

static void message_json(struct json_out *json, const struct mailbox_message *message)
{
    json_out_open(json, NULL);
    json_out_i64(json, "seq", message->seq);
    json_out_text(json, "channel", message->channel == MAILBOX_SMS ? "sms" : "email");
    json_out_text(json, "id", message->id);
    json_out_text(json, "to", message->to);
    json_out_text(json, "subject", message->subject);
    json_out_text(json, "text", message->text);
    json_out_time(json, "at", message->at_us);
    json_out_i64(json, "times", message->times);
    json_out_close(json);
}

void mailbox_json(struct mailbox *mailbox, const char *to, size_t to_length, struct buf *out)
{
    struct json_out json;

    json_out_begin(&json, out);
    json_out_open(&json, NULL);
    json_out_open_list(&json, "messages");
    pthread_mutex_lock(&mailbox->lock);
    for (size_t i = mailbox->count; i > 0; i--) {
        const struct mailbox_message *message = at_place(mailbox, i - 1);

        if (to_length == 0 || memmem(message->to, strlen(message->to), to, to_length) != NULL) {
            message_json(&json, message);
        }
    }
    pthread_mutex_unlock(&mailbox->lock);
    json_out_close_list(&json);
    json_out_close(&json);
    json_out_end(&json);
}

/* ---- e-mails ---- */

/* UTF-8 that fits, or nothing. */
static void keep_text(char *ret, size_t max, const char *text, size_t length)
{
    length = length < max ? length : max;
    while (length > 0 && !str_is_utf8(text, length)) {
        length--;
    }
    memcpy(ret, text, length);
    ret[length] = '\0';
}

/* "=?UTF-8?B?…?=" at text: decoded into out, and how many bytes it was. 0: none. */
static size_t encoded_word(const char *text, size_t length, struct buf *out)
{
    static const char prefix[] = "=?UTF-8?B?";
    size_t skip = sizeof(prefix) - 1, decoded_length;
    const char *end;
    char decoded[MAILBOX_LINE_MAX];

    if (length < skip || strncasecmp(text, prefix, skip) != 0) {
        return 0;
    }
    end = memmem(text + skip, length - skip, "?=", 2);
    if (end == NULL || !base64_decode(text + skip, (size_t)(end - text) - skip, decoded,
                                      sizeof(decoded), &decoded_length)) {
        return 0;
    }
    buf_add(out, decoded, decoded_length);
    return (size_t)(end - text) + 2;
}

/* Words that follow each other have nothing but white space between them, which goes. */
static void read_words(const char *text, size_t length, char *ret, size_t max)
{
    struct buf out;
    bool after_word = false;

    buf_init(&out, 4 * MAILBOX_LINE_MAX);
    for (size_t i = 0; i < length;) {
        size_t word = encoded_word(text + i, length - i, &out);

        if (word > 0) {
            i += word;
            after_word = true;
        } else if (after_word && (text[i] == ' ' || text[i] == '\t')) {
            i++;
        } else {
            buf_add_u8(&out, (uint8_t)text[i++]);
            after_word = false;
        }
    }
    keep_text(ret, max, buf_ok(&out) && out.data != NULL ? (const char *)out.data : "",
              buf_ok(&out) ? out.length : 0);
    buf_done(&out);
}

/* The value of a header, unfolded, in out; false if there is none. */
static bool find_header(const char *head, size_t length, const char *name, struct buf *out)
{
    size_t name_length = strlen(name);
    bool inside = false;

    buf_clear(out);
    for (size_t at = 0; at < length;) {
        const char *line = head + at, *end = memchr(line, '\n', length - at);
        size_t line_length = end == NULL ? length - at : (size_t)(end - line);
        size_t text_length = line_length;

        at += line_length + 1;
        if (text_length > 0 && line[text_length - 1] == '\r') {
            text_length--;
        }
        if (inside && text_length > 0 && (line[0] == ' ' || line[0] == '\t')) {
            buf_add(out, line, text_length);
            continue;
        }
        if (inside) {
            return true;
        }
        if (text_length > name_length && strncasecmp(line, name, name_length) == 0 &&
            line[name_length] == ':') {
            size_t skip = name_length + 1;

            while (skip < text_length && line[skip] == ' ') {
                skip++;
            }
            buf_add(out, line + skip, text_length - skip);
            inside = true;
        }
    }
    return inside;
}

static void read_base64(const char *body, size_t length, struct mailbox_message *ret)
{
    char *digits = malloc(length + 1), *text = malloc(length + 1);
    size_t count = 0, text_length = 0, kept = 0;

    BUG_IF(digits == NULL || text == NULL);
    for (size_t i = 0; i < length; i++) {
        if (body[i] != '\r' && body[i] != '\n') {
            digits[count++] = body[i];
        }
    }
    if (!base64_decode(digits, count, text, length, &text_length)) {
        memcpy(text, body, length);
        text_length = length;
    }
    for (size_t i = 0; i < text_length; i++) {
        if (text[i] != '\r') {
            text[kept++] = text[i];
        }
    }
    keep_text(ret->text, MAILBOX_TEXT_MAX, text, kept);
    free(digits);
    free(text);
}

void mailbox_read_mail(const char *mail, size_t length, struct mailbox_message *ret)
{
    const char *blank = memmem(mail, length, "\r\n\r\n", 4);
    size_t head_length = blank == NULL ? length : (size_t)(blank - mail);
    const char *body = blank == NULL ? mail + length : blank + 4;
    size_t body_length = length - (size_t)(body - mail);
    struct buf value;

    buf_init(&value, 4 * MAILBOX_LINE_MAX);
    if (find_header(mail, head_length, "Message-ID", &value) && buf_ok(&value)) {
        keep_text(ret->id, MAILBOX_ID_MAX, (const char *)value.data, value.length);
    }
    if (find_header(mail, head_length, "Subject", &value) && buf_ok(&value)) {
        read_words((const char *)value.data, value.length, ret->subject, MAILBOX_LINE_MAX);
    }
    if (find_header(mail, head_length, "Content-Transfer-Encoding", &value) && buf_ok(&value) &&
        value.length == 6 && strncasecmp((const char *)value.data, "base64", 6) == 0) {
        read_base64(body, body_length, ret);
    } else {
        keep_text(ret->text, MAILBOX_TEXT_MAX, body, body_length);
    }
    buf_done(&value);
}

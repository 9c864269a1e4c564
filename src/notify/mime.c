/* mime.c — see mime.h. */
#include "notify/mime.h"

#include <string.h>
#include <time.h>

#include "core/str.h"

#define LINE_BYTES 57 /* 76 characters of base64 */
#define WORD_BYTES                                                                                 \
    39 /* 52 characters, the encoded word's own and the name of the header fit in 76 */

static bool atom_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL);
}

static bool domain_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
}

bool mime_address_ok(const char *text)
{
    const char *at = strchr(text, '@');
    size_t length = strlen(text);

    if (at == NULL || at == text || at[1] == '\0' || length > MIME_ADDRESS_MAX || at - text > 64 ||
        text[0] == '.' || at[-1] == '.' || text[0] == '-' || strstr(text, "..") != NULL ||
        at[1] == '.' || at[1] == '-' || text[length - 1] == '.' || text[length - 1] == '-') {
        return false;
    }
    for (const char *c = text; c < at; c++) {
        if (!atom_char(*c)) {
            return false;
        }
    }
    for (const char *c = at + 1; *c != '\0'; c++) {
        if (!domain_char(*c)) {
            return false;
        }
    }
    return true;
}

static bool is_plain(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < 0x20 || *c > 0x7e || *c == '"' || *c == '\\') {
            return false;
        }
    }
    return strstr(text, "=?") == NULL;
}

/* At most max bytes, not in the middle of a character. */
static size_t whole_chars(const char *text, size_t max)
{
    size_t length = strnlen(text, max + 1);

    if (length <= max) {
        return length;
    }
    length = max;
    while (length > 0 && ((uint8_t)text[length] & 0xc0) == 0x80) {
        length--;
    }
    return length == 0 ? max : length;
}

/* RFC 2047, base64; control characters become spaces. */
static void encoded_words(const char *text, struct buf *out)
{
    const char *before = "";

    while (*text != '\0') {
        size_t length = whole_chars(text, WORD_BYTES);
        char bytes[WORD_BYTES], encoded[4 * ((WORD_BYTES + 2) / 3) + 1];

        for (size_t i = 0; i < length; i++) {
            uint8_t byte = (uint8_t)text[i];

            bytes[i] = byte < 0x20 || byte == 0x7f ? ' ' : text[i];
        }
        base64_encode(bytes, length, encoded);
        buf_printf(out, "%s=?UTF-8?B?%s?=", before, encoded);
        before = "\r\n ";
        text += length;
    }
}

static void header_text(const char *name, const char *text, struct buf *out)
{
    buf_printf(out, "%s: ", name);
    if (is_plain(text) && strlen(text) <= 66) {
        buf_add_str(out, text);
    } else {
        encoded_words(text, out);
    }
    buf_add_str(out, "\r\n");
}

static void header_date(int64_t at_us, struct buf *out)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(at_us / 1000000);
    struct tm tm;

    BUG_IF(gmtime_r(&seconds, &tm) == NULL);
    buf_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday], tm.tm_mday,
               months[tm.tm_mon], 1900 + tm.tm_year, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void body_out(const char *body, struct buf *out)
{
    struct buf lines;
    char encoded[4 * ((LINE_BYTES + 2) / 3) + 1];

    buf_init(&lines, MIME_MAIL_MAX);
    for (const char *c = body; *c != '\0'; c++) {
        if (*c == '\n') {
            buf_add_u8(&lines, '\r');
        }
        if (*c != '\r') {
            buf_add_u8(&lines, (uint8_t)*c);
        }
    }
    for (size_t at = 0; at < lines.length; at += LINE_BYTES) {
        size_t left = lines.length - at;

        base64_encode(lines.data + at, left < LINE_BYTES ? left : LINE_BYTES, encoded);
        buf_printf(out, "%s\r\n", encoded);
    }
    buf_done(&lines);
}

void mime_write(const struct mime_mail *mail, struct buf *out)
{
    const char *domain = strchr(mail->from_address, '@');

    BUG_IF(!mime_address_ok(mail->from_address) || !mime_address_ok(mail->to_address));
    header_date(mail->at_us, out);
    buf_add_str(out, "From: ");
    if (is_plain(mail->from_name)) {
        buf_printf(out, "\"%s\"", mail->from_name);
    } else {
        encoded_words(mail->from_name, out);
    }
    buf_printf(out, "\r\n <%s>\r\nTo: <%s>\r\n", mail->from_address, mail->to_address);
    buf_printf(out, "Message-ID: <%s%s>\r\n", mail->message_id, domain);
    header_text("Subject", mail->subject, out);
    buf_printf(out,
               "MIME-Version: 1.0\r\n"
               "Content-Type: text/plain; charset=utf-8\r\n"
               "Content-Transfer-Encoding: base64\r\n"
               "Content-Language: %s\r\n"
               "Auto-Submitted: auto-generated\r\n"
               "\r\n",
               mail->language);
    body_out(mail->body, out);
}

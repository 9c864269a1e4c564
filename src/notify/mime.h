/* mime.h — one plain-text e-mail as bytes for SMTP (RFC 5322, RFC 2045, RFC 2047). Pure.
 *
 * The body is base64 of UTF-8 with CRLF, so that no relay needs more than 7 bits and no line can
 * look like the end of the message. Subjects beyond ASCII are encoded words.
 *
 * Non-goals: attachments, HTML, addresses beyond ASCII. */
#ifndef JN_NOTIFY_MIME_H
#define JN_NOTIFY_MIME_H

#include "core/buf.h"

#define MIME_ADDRESS_MAX 254
#define MIME_MAIL_MAX    65536

struct mime_mail {
    const char *from_name;    /* UTF-8, without control characters */
    const char *from_address; /* mime_address_ok() */
    const char *to_address;   /* mime_address_ok() */
    const char *message_id;   /* what stands before @: letters, digits, _ and . */
    const char *subject;      /* UTF-8; control characters become spaces */
    const char *body;         /* UTF-8, lines end in \n */
    int64_t at_us;            /* the Date; the same for each attempt */
    const char *language;     /* "zh-CN", "en" */
};
/* Appends the whole message. */
void mime_write(const struct mime_mail *mail, struct buf *out);
/* One ASCII address of the form local@domain that needs no quotes. */
bool mime_address_ok(const char *text);

#endif

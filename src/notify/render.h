/* render.h — writes a message out in a person's language. Pure: no clock, no database, any input.
 *
 * Parameters come as a kv list (core/kv.h). What is missing or malformed becomes a dash, so that a
 * message never fails to reach somebody for a detail. In an SMS no parameter can become a link: the
 * dots and slashes that telephones look for are written as spaces.
 *
 * Non-goals: headers of e-mails (mime.h). */
#ifndef JN_NOTIFY_RENDER_H
#define JN_NOTIFY_RENDER_H

#include "core/buf.h"
#include "notify/catalogue.h"

#define NOTIFY_CODE_DIGITS   10
#define NOTIFY_CODE_TEXT_MAX 12 /* "abcde-fghjk", NUL */
#define NOTIFY_RENDERED_MAX  16384

struct notify_view {
    const struct notify_topic *topic;
    enum notify_language language;
    int32_t utc_offset_min; /* of the person's times, -720..840 */
    const void *params;     /* kv */
    size_t params_length;
    const char *code;   /* the message's code as people type it; NULL: none */
    const char *phrase; /* the anti-phishing phrase; NULL: none */
};

/* Each appends to `out`. The topic must have the text: a bug otherwise. */
void notify_render_title(const struct notify_view *view, struct buf *out);
void notify_render_text(const struct notify_view *view, struct buf *out);
void notify_render_sms(const struct notify_view *view, struct buf *out);
void notify_render_subject(const struct notify_view *view, struct buf *out);
/* Lines end in \n. */
void notify_render_email(const struct notify_view *view, struct buf *out);

/* Ten Crockford digits from the first 50 bits of a MAC, written "ABCDE-FGHJK". */
void notify_code_text(const uint8_t mac[32], char ret[NOTIFY_CODE_TEXT_MAX]);
/* What a person typed as such a code, spaces and hyphens and look-alikes forgiven, in the form
 * above. False if it cannot be one. */
JN_MUST_USE bool notify_code_read(const char *text, size_t length, char ret[NOTIFY_CODE_TEXT_MAX]);

#endif

/* mailbox.h — what a sandbox sends, kept in memory and shown instead of sent.
 *
 * Purpose: the receiving side of the sandbox: a small SMTP server, a gateway for text messages
 * (docs/sms-gateway.md), a page and a JSON list. A message that arrives again under the id that is
 * there already is counted and not kept twice, as a good receiver does.
 *
 * Non-goals: being a mail server: nothing is relayed, nothing stored, no TLS. Listens where it is
 * told, by default on the loopback address only.
 * Locks: one mutex around the list. */
#ifndef JN_MAIN_MAILBOX_H
#define JN_MAIN_MAILBOX_H

#include <pthread.h>

#include "core/base.h"
#include "core/buf.h"
#include "core/err.h"

#define MAILBOX_MAX       500 /* the oldest go */
#define MAILBOX_TO_MAX    254
#define MAILBOX_ID_MAX    128
#define MAILBOX_TEXT_MAX  8192
#define MAILBOX_LINE_MAX  512
#define MAILBOX_BYTES_MAX ((size_t)256 * 1024) /* of one e-mail */

enum mailbox_channel { MAILBOX_SMS = 1, MAILBOX_EMAIL = 2 };

struct mailbox_message {
    int64_t seq, at_us, times; /* times >= 1: how often it arrived */
    enum mailbox_channel channel;
    char id[MAILBOX_ID_MAX + 1];
    char to[MAILBOX_TO_MAX + 1];
    char subject[MAILBOX_LINE_MAX + 1];
    char text[MAILBOX_TEXT_MAX + 1];
};

struct mailbox {
    pthread_mutex_t lock;
    size_t first, count; /* a ring */
    int64_t last_seq;
    struct mailbox_message *messages; /* MAILBOX_MAX */
};
void mailbox_init(struct mailbox *mailbox);
void mailbox_done(struct mailbox *mailbox);
/* Sets seq, times and at_us. Returns false when it was there: its times are counted. */
bool mailbox_add(struct mailbox *mailbox, const struct mailbox_message *message);
/* {"messages":[…]}, newest first, those whose address contains `to` ("" is all). */
void mailbox_json(struct mailbox *mailbox, const char *to, size_t to_length, struct buf *out);

/* An e-mail as it came over SMTP, dots undone, into id, subject and text. Understands what mime.c
 * writes: encoded words and a base64 body; anything else is kept as it is. Never fails. */
void mailbox_read_mail(const char *mail, size_t length, struct mailbox_message *ret);

/* ---- the SMTP server ---- */

struct mailbox_smtp;
/* `listen` is HOST:PORT of an IPv4 address, port 0 for a free one. ERR_LISTEN_FAILED,
 * ERR_CONFIG_INVALID. */
JN_MUST_USE enum err mailbox_smtp_start(struct mailbox *mailbox, const char *listen,
                                        struct mailbox_smtp **ret);
uint16_t mailbox_smtp_port(const struct mailbox_smtp *smtp);
void mailbox_smtp_stop(struct mailbox_smtp *smtp); /* NULL is fine */

#endif

/* transport.h — the way out of the house: one message to one address, now.
 *
 * Outcomes are told apart with care, because a message that may have arrived is sent again with the
 * same id, which the receiver recognises: SENT means that the other side has taken it over.
 *
 * Threads: one at a time uses a transport. */
#ifndef JN_NOTIFY_TRANSPORT_H
#define JN_NOTIFY_TRANSPORT_H

#include "core/base.h"
#include "core/err.h"

enum transport_outcome {
    TRANSPORT_SENT = 1,
    TRANSPORT_NOT_SENT = 2, /* it surely was not taken; later perhaps */
    TRANSPORT_UNKNOWN = 3,  /* it may have been taken: again, with the same id */
    TRANSPORT_REFUSED = 4,  /* this message to this address will never be taken */
};
#define TRANSPORT_PROBLEM_MAX 32
#define TRANSPORT_MS_MAX      10000 /* what one message may take */

struct transport_message {
    const char *id;       /* the same for each attempt: "dlv_…" */
    const char *to;       /* E.164 number or e-mail address */
    const char *subject;  /* e-mail only */
    const char *text;     /* UTF-8 */
    const char *language; /* "en", "zh-CN" */
    int64_t at_us;        /* when the message was made */
};

struct transport {
    void *ctx;
    /* `problem` is set unless SENT: technical, without personal data ("smtp_451", "timeout"). */
    enum transport_outcome (*send)(void *ctx, const struct transport_message *message,
                                   char problem[TRANSPORT_PROBLEM_MAX]);
    void (*free)(void *ctx);
};

/* SMTP through libcurl. `url`: smtp://host:port (STARTTLS where it is offered),
 * smtp+tls://host:port (STARTTLS or nothing is sent), smtps://host:port (TLS from the start). The
 * password is the first line of auth_file, "user:password". */
struct smtp_config {
    const char *url;
    const char *from_address;
    const char *from_name;
    const char *auth_file; /* NULL: none */
    const char *ca_file;   /* PEM; NULL: the system's */
    int64_t timeout_ms;    /* of one message, 1..TRANSPORT_MS_MAX */
};
/* ERR_NOTIFY_CONFIG_INVALID; ERR_IO_FAILED for a file. */
JN_MUST_USE enum err transport_smtp_open(const struct smtp_config *config, struct transport *ret);

/* The signed HTTP gateway protocol of docs/sms-gateway.md. The key is the first line of key_file,
 * 64 hex digits. */
struct sms_config {
    const char *url; /* https://…; http:// only to loopback */
    const char *key_file;
    const char *ca_file; /* PEM; NULL: the system's */
    int64_t timeout_ms;  /* of one message, 1..TRANSPORT_MS_MAX */
};
JN_MUST_USE enum err transport_sms_open(const struct sms_config *config, struct transport *ret);

/* ---- the gateway's signature, for both sides ---- */

#define SMS_KEY_BYTES     32
#define SMS_SIGNATURE_MAX 65 /* hex, NUL */
/* HMAC-SHA-256 over "POST\n", the path, "\n", the time in decimal seconds, "\n" and the body. */
void sms_signature(const uint8_t key[SMS_KEY_BYTES], const char *path, int64_t at_s,
                   const char *body, size_t length, char ret[SMS_SIGNATURE_MAX]);

#endif

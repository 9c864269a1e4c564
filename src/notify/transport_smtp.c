/* transport_smtp.c — e-mail through a relay, by libcurl. The contract is in transport.h.
 *
 * What a failure means: a reply of the relay decides (4xx: later; 55x: never to this address).
 * Without one, the message may have been taken if its last byte was handed over, and surely was not
 * before. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/sha256.h"
#include "core/str.h"
#include "notify/mime.h"
#include "notify/transport_int.h"

#define ADDRESS_URL_MAX 512
#define CONNECT_MS_MAX  10000L

struct smtp {
    CURL *curl;
    char url[ADDRESS_URL_MAX];
    char from_address[MIME_ADDRESS_MAX + 1];
    char from_name[128];
    long use_ssl;
    long timeout_ms;
    char *user_password; /* NULL: none; wiped */
    char *ca_file;
};

struct upload {
    const uint8_t *data;
    size_t length, at;
    bool done; /* the last byte was handed over */
};

static size_t upload_some(char *to, size_t size, size_t count, void *arg)
{
    struct upload *upload = arg;
    size_t left = upload->length - upload->at, room = size * count;
    size_t length = left < room ? left : room;

    memcpy(to, upload->data + upload->at, length);
    upload->at += length;
    upload->done = length == 0;
    return length;
}

static enum transport_outcome judge(CURLcode code, long reply, const struct upload *upload,
                                    char problem[TRANSPORT_PROBLEM_MAX])
{
    if (code == CURLE_OK) {
        return TRANSPORT_SENT;
    }
    if (reply >= 400) {
        snprintf(problem, TRANSPORT_PROBLEM_MAX, "smtp_%ld", reply);
        return reply >= 550 && reply <= 559 ? TRANSPORT_REFUSED : TRANSPORT_NOT_SENT;
    }
    transport_curl_problem(code, problem);
    return upload->done ? TRANSPORT_UNKNOWN : TRANSPORT_NOT_SENT;
}

static void set_up(struct smtp *smtp, struct curl_slist *to, struct upload *upload)
{
    CURL *curl = smtp->curl;
    char from[MIME_ADDRESS_MAX + 3];

    snprintf(from, sizeof(from), "<%s>", smtp->from_address);
    curl_easy_reset(curl); /* keeps the connection */
    curl_easy_setopt(curl, CURLOPT_URL, smtp->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, smtp->use_ssl);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, smtp->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     smtp->timeout_ms < CONNECT_MS_MAX ? smtp->timeout_ms : CONNECT_MS_MAX);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, upload_some);
    curl_easy_setopt(curl, CURLOPT_READDATA, upload);
    if (smtp->ca_file != NULL) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, smtp->ca_file);
    }
    if (smtp->user_password != NULL) {
        curl_easy_setopt(curl, CURLOPT_USERPWD, smtp->user_password);
    }
}

static enum transport_outcome smtp_send(void *ctx, const struct transport_message *message,
                                        char problem[TRANSPORT_PROBLEM_MAX])
{
    struct smtp *smtp = ctx;
    char to[MIME_ADDRESS_MAX + 3];
    struct curl_slist *recipients;
    struct buf mail;
    long reply = 0;

    if (!mime_address_ok(message->to)) {
        snprintf(problem, TRANSPORT_PROBLEM_MAX, "address");
        return TRANSPORT_REFUSED;
    }
    buf_init(&mail, MIME_MAIL_MAX);
    mime_write(&(struct mime_mail){.from_name = smtp->from_name,
                                   .from_address = smtp->from_address,
                                   .to_address = message->to,
                                   .message_id = message->id,
                                   .subject = message->subject,
                                   .body = message->text,
                                   .at_us = message->at_us,
                                   .language = message->language},
               &mail);
    BUG_IF(!buf_ok(&mail));
    snprintf(to, sizeof(to), "<%s>", message->to);
    recipients = curl_slist_append(NULL, to);
    BUG_IF(recipients == NULL);
    struct upload upload = {.data = mail.data, .length = mail.length};
    set_up(smtp, recipients, &upload);
    CURLcode code = curl_easy_perform(smtp->curl);
    curl_easy_getinfo(smtp->curl, CURLINFO_RESPONSE_CODE, &reply);
    curl_slist_free_all(recipients);
    secret_wipe(mail.data, mail.length);
    buf_done(&mail);
    return judge(code, reply, &upload, problem);
}

static void smtp_free(void *ctx)
{
    struct smtp *smtp = ctx;

    curl_easy_cleanup(smtp->curl);
    if (smtp->user_password != NULL) {
        secret_wipe(smtp->user_password, strlen(smtp->user_password));
    }
    free(smtp->user_password);
    free(smtp->ca_file);
    free(smtp);
}

/* smtp+tls://x becomes smtp://x with TLS demanded. */
static bool read_url(const char *url, struct smtp *smtp)
{
    static const char tls[] = "smtp+tls://";
    const char *rest = url;

    smtp->use_ssl = (long)CURLUSESSL_TRY;
    if (str_starts_with(url, tls)) {
        smtp->use_ssl = (long)CURLUSESSL_ALL;
        rest = url + strlen(tls);
        return (size_t)snprintf(smtp->url, sizeof(smtp->url), "smtp://%s", rest) <
                   sizeof(smtp->url) &&
               *rest != '\0';
    }
    return (str_starts_with(url, "smtp://") || str_starts_with(url, "smtps://")) &&
           (size_t)snprintf(smtp->url, sizeof(smtp->url), "%s", url) < sizeof(smtp->url);
}

enum err transport_smtp_open(const struct smtp_config *config, struct transport *ret)
{
    struct smtp *smtp = calloc(1, sizeof(*smtp));
    enum err err = ERR_OK;

    BUG_IF(smtp == NULL || config->timeout_ms < 1 || config->timeout_ms > TRANSPORT_MS_MAX);
    smtp->timeout_ms = (long)config->timeout_ms;
    if (!read_url(config->url, smtp) || !mime_address_ok(config->from_address) ||
        strlen(config->from_name) >= sizeof(smtp->from_name) ||
        !str_is_utf8(config->from_name, strlen(config->from_name))) {
        free(smtp);
        return ERR_NOTIFY_CONFIG_INVALID;
    }
    memcpy(smtp->from_address, config->from_address, strlen(config->from_address) + 1);
    memcpy(smtp->from_name, config->from_name, strlen(config->from_name) + 1);
    if (config->auth_file != NULL) {
        smtp->use_ssl = (long)CURLUSESSL_ALL; /* a password is never sent in the clear */
        err = transport_read_line(config->auth_file, &smtp->user_password);
    }
    if (err == ERR_OK && config->ca_file != NULL) {
        smtp->ca_file = strdup(config->ca_file);
        BUG_IF(smtp->ca_file == NULL);
    }
    smtp->curl = transport_curl_new();
    if (err != ERR_OK) {
        smtp_free(smtp);
        return err;
    }
    *ret = (struct transport){.ctx = smtp, .send = smtp_send, .free = smtp_free};
    return ERR_OK;
}

/* transport_sms.c — text messages through a gateway: the client of docs/sms-gateway.md, by libcurl.
 * The contract is in transport.h. */
#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/buf.h"
#include "core/sha256.h"
#include "core/str.h"
#include "notify/transport_int.h"

#define ADDRESS_URL_MAX 512
#define BODY_MAX        8192
#define HEADER_MAX      128
#define CONNECT_MS_MAX  10000L

struct sms {
    CURL *curl;
    char url[ADDRESS_URL_MAX];
    const char *path; /* in url */
    uint8_t key[SMS_KEY_BYTES];
    char *ca_file;
    long timeout_ms;
};

static size_t drop(char *data, size_t size, size_t count, void *arg)
{
    (void)data;
    (void)arg;
    return size * count;
}

static void add_field(struct buf *body, CURL *curl, const char *name, const char *value)
{
    char *escaped = curl_easy_escape(curl, value, (int)strlen(value));

    BUG_IF(escaped == NULL);
    buf_printf(body, "%s%s=%s", body->length == 0 ? "" : "&", name, escaped);
    curl_free(escaped);
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
    char line[HEADER_MAX];

    snprintf(line, sizeof(line), "%s: %s", name, value);
    list = curl_slist_append(list, line);
    BUG_IF(list == NULL);
    return list;
}

static struct curl_slist *make_headers(const struct sms *sms, const struct buf *body,
                                       const char *id)
{
    char at[24], signature[SMS_SIGNATURE_MAX], value[SMS_SIGNATURE_MAX + 4];
    int64_t now_s = (int64_t)time(NULL);
    struct curl_slist *headers = NULL;

    snprintf(at, sizeof(at), "%" PRId64, now_s);
    sms_signature(sms->key, sms->path, now_s, (const char *)body->data, body->length, signature);
    snprintf(value, sizeof(value), "v1=%s", signature);
    headers = add_header(headers, "Content-Type", "application/x-www-form-urlencoded");
    headers = add_header(headers, "Idempotency-Key", id);
    headers = add_header(headers, "X-Signature-Time", at);
    headers = add_header(headers, "X-Signature", value);
    return add_header(headers, "Expect", "");
}

static enum transport_outcome judge(CURL *curl, CURLcode code, char problem[TRANSPORT_PROBLEM_MAX])
{
    long status = 0;
    curl_off_t uploaded = 0;

    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_SIZE_UPLOAD_T, &uploaded);
    if (code != CURLE_OK) {
        transport_curl_problem(code, problem);
        return uploaded > 0 ? TRANSPORT_UNKNOWN : TRANSPORT_NOT_SENT;
    }
    if (status >= 200 && status <= 299) {
        return TRANSPORT_SENT;
    }
    snprintf(problem, TRANSPORT_PROBLEM_MAX, "http_%ld", status);
    if (status == 422) {
        return TRANSPORT_REFUSED;
    }
    /* A gateway that breaks may have passed the message on before; 503 says that it did not. */
    return status >= 500 && status != 503 ? TRANSPORT_UNKNOWN : TRANSPORT_NOT_SENT;
}

static enum transport_outcome sms_send(void *ctx, const struct transport_message *message,
                                       char problem[TRANSPORT_PROBLEM_MAX])
{
    struct sms *sms = ctx;
    CURL *curl = sms->curl;
    struct buf body;

    buf_init(&body, BODY_MAX);
    add_field(&body, curl, "id", message->id);
    add_field(&body, curl, "to", message->to);
    add_field(&body, curl, "language", message->language);
    add_field(&body, curl, "text", message->text);
    BUG_IF(!buf_ok(&body));
    struct curl_slist *headers = make_headers(sms, &body, message->id);
    curl_easy_reset(curl); /* keeps the connection */
    curl_easy_setopt(curl, CURLOPT_URL, sms->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, sms->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     sms->timeout_ms < CONNECT_MS_MAX ? sms->timeout_ms : CONNECT_MS_MAX);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (char *)body.data);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.length);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    if (sms->ca_file != NULL) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, sms->ca_file);
    }
    CURLcode code = curl_easy_perform(curl);
    enum transport_outcome outcome = judge(curl, code, problem);
    curl_slist_free_all(headers);
    secret_wipe(body.data, body.length);
    buf_done(&body);
    return outcome;
}

static void sms_free(void *ctx)
{
    struct sms *sms = ctx;

    curl_easy_cleanup(sms->curl);
    free(sms->ca_file);
    secret_wipe(sms, sizeof(*sms));
    free(sms);
}

static bool is_loopback(const char *host)
{
    return str_starts_with(host, "127.0.0.1:") || str_starts_with(host, "127.0.0.1/") ||
           str_starts_with(host, "localhost:") || str_starts_with(host, "localhost/") ||
           str_starts_with(host, "[::1]:") || str_starts_with(host, "[::1]/");
}

/* What the text says must not be readable on the way. */
static bool read_url(const char *url, struct sms *sms)
{
    const char *host = str_starts_with(url, "https://")  ? url + 8
                       : str_starts_with(url, "http://") ? url + 7
                                                         : NULL;

    if (host == NULL || (url[4] == ':' && !is_loopback(host)) || strchr(host, '/') == NULL ||
        strchr(host, '@') != NULL || strlen(url) >= sizeof(sms->url)) {
        return false;
    }
    memcpy(sms->url, url, strlen(url) + 1);
    sms->path = strchr(sms->url + (host - url), '/');
    return true;
}

enum err transport_sms_open(const struct sms_config *config, struct transport *ret)
{
    struct sms *sms = calloc(1, sizeof(*sms));
    char *line = NULL;
    enum err err;

    BUG_IF(sms == NULL || config->timeout_ms < 1 || config->timeout_ms > TRANSPORT_MS_MAX);
    sms->timeout_ms = (long)config->timeout_ms;
    if (!read_url(config->url, sms)) {
        free(sms);
        return ERR_NOTIFY_CONFIG_INVALID;
    }
    err = transport_read_line(config->key_file, &line);
    if (err == ERR_OK && !hex_decode(line, strlen(line), sms->key, SMS_KEY_BYTES)) {
        err = ERR_NOTIFY_CONFIG_INVALID;
    }
    if (line != NULL) {
        secret_wipe(line, strlen(line));
        free(line);
    }
    if (err == ERR_OK && config->ca_file != NULL) {
        sms->ca_file = strdup(config->ca_file);
        BUG_IF(sms->ca_file == NULL);
    }
    sms->curl = transport_curl_new();
    if (err != ERR_OK) {
        sms_free(sms);
        return err;
    }
    *ret = (struct transport){.ctx = sms, .send = sms_send, .free = sms_free};
    return ERR_OK;
}

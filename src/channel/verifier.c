/* verifier.c — the asking side, by libcurl. The contract is in verifier.h. */
#include "channel/verifier.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/rng.h"
#include "core/sha256.h"
#include "core/str.h"

#define BODY_MAX   8192
#define ANSWER_MAX 4096
#define URL_MAX    512
#define HEADER_MAX 256
#define SIGNED     "jinnang-signature:"

struct verifier {
    CURL *curl;
    char url[URL_MAX];
    const char *path; /* in url */
    uint8_t key[VERIFIER_KEY_BYTES];
    char *ca_file;
    long timeout_ms;
};

struct exchange {
    struct buf body;
    struct buf answer;
    char nonce[VERIFIER_NONCE_MAX];
    char signature[VERIFIER_SIGNATURE_MAX]; /* of the answer, as received; empty: none */
};

/* ---- making ---- */

static bool is_loopback(const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};

    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        size_t length = strlen(names[i]);

        if (strncmp(host, names[i], length) == 0 &&
            (host[length] == ':' || host[length] == '/' || host[length] == '\0')) {
            return true;
        }
    }
    return false;
}

/* The part after host and port; NULL when the URL is not one we ask. */
static const char *path_of(const char *url)
{
    const char *host = str_starts_with(url, "https://")                          ? url + 8
                       : str_starts_with(url, "http://") && is_loopback(url + 7) ? url + 7
                                                                                 : NULL;

    if (host == NULL || strlen(url) >= URL_MAX || strpbrk(url, "@?# ") != NULL) {
        return NULL;
    }
    return strchr(host, '/');
}

enum err verifier_create(const struct verifier_config *config, struct verifier **ret)
{
    struct verifier *verifier;

    if (path_of(config->url) == NULL) {
        return ERR_CONFIG_INVALID;
    }
    verifier = calloc(1, sizeof(*verifier));
    BUG_IF(verifier == NULL);
    memcpy(verifier->url, config->url, strlen(config->url) + 1);
    verifier->path = path_of(verifier->url);
    memcpy(verifier->key, config->key, VERIFIER_KEY_BYTES);
    verifier->timeout_ms = config->timeout_ms != 0 ? (long)config->timeout_ms : VERIFIER_TIMEOUT_MS;
    if (config->ca_file != NULL) {
        verifier->ca_file = strdup(config->ca_file);
    }
    BUG_IF(curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK); /* counted, thread-safe */
    verifier->curl = curl_easy_init();
    BUG_IF(verifier->curl == NULL);
    *ret = verifier;
    return ERR_OK;
}

void verifier_free(struct verifier *verifier)
{
    if (verifier != NULL) {
        curl_easy_cleanup(verifier->curl);
        secret_wipe(verifier->key, sizeof(verifier->key));
        free(verifier->ca_file);
        free(verifier);
    }
}

/* ---- asking ---- */

static void add_field(struct exchange *exchange, CURL *curl, const char *name, const char *value)
{
    char *escaped;

    if (value == NULL) {
        return;
    }
    escaped = curl_easy_escape(curl, value, (int)strlen(value));
    BUG_IF(escaped == NULL);
    buf_printf(&exchange->body, "%s%s=%s", exchange->body.length == 0 ? "" : "&", name, escaped);
    secret_wipe(escaped, strlen(escaped));
    curl_free(escaped);
}

static size_t take_body(char *data, size_t size, size_t count, void *arg)
{
    struct exchange *exchange = arg;

    buf_add(&exchange->answer, data, size * count);
    return buf_ok(&exchange->answer) ? size * count : 0;
}

static size_t take_header(char *data, size_t size, size_t count, void *arg)
{
    struct exchange *exchange = arg;
    size_t length = size * count, name = strlen(SIGNED);

    if (length > name && strncasecmp(data, SIGNED, name) == 0) {
        const char *at = data + name, *end = data + length;

        while (at < end && *at == ' ') {
            at++;
        }
        while (end > at && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ')) {
            end--;
        }
        if (end - at == VERIFIER_SIGNATURE_MAX - 1 + 3 && memcmp(at, "v1=", 3) == 0) {
            memcpy(exchange->signature, at + 3, VERIFIER_SIGNATURE_MAX - 1);
        }
    }
    return length;
}

static struct curl_slist *make_headers(const struct verifier *verifier, struct exchange *exchange)
{
    char line[HEADER_MAX], signature[VERIFIER_SIGNATURE_MAX];
    int64_t now_s = (int64_t)time(NULL); /* what both sides' clocks show, not domain time */
    uint8_t nonce[(VERIFIER_NONCE_MAX - 1) / 2];
    struct curl_slist *headers;

    rng_secure(nonce, sizeof(nonce));
    hex_encode(nonce, sizeof(nonce), exchange->nonce);
    verifier_sign_question(verifier->key, verifier->path, now_s, exchange->nonce,
                           exchange->body.data, exchange->body.length, signature);
    snprintf(line, sizeof(line),
             "Authorization: Jinnang-HMAC time=%" PRId64 ",nonce=%s,signature=%s", now_s,
             exchange->nonce, signature);
    headers = curl_slist_append(NULL, line);
    BUG_IF(headers == NULL);
    BUG_IF(curl_slist_append(headers, "Content-Type: application/x-www-form-urlencoded") == NULL);
    BUG_IF(curl_slist_append(headers, "Expect:") == NULL);
    return headers;
}

static struct verifier_answer no_answer(enum verifier_outcome outcome, const char *problem)
{
    return (struct verifier_answer){.outcome = outcome, .problem = problem};
}

static struct verifier_answer judge(const struct verifier *verifier,
                                    const struct exchange *exchange, CURLcode code, const char *id)
{
    char signature[VERIFIER_SIGNATURE_MAX];
    struct verifier_answer answer;
    long status = 0;

    curl_easy_getinfo(verifier->curl, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OPERATION_TIMEDOUT) {
        return no_answer(VERIFIER_UNKNOWN, "timeout");
    }
    if (code != CURLE_OK) {
        return no_answer(VERIFIER_OUTAGE, "connection");
    }
    if (status != 200) {
        return no_answer(VERIFIER_OUTAGE, "status");
    }
    verifier_sign_answer(verifier->key, exchange->nonce, (int)status, exchange->answer.data,
                         exchange->answer.length, signature);
    if (!secret_equal(signature, exchange->signature, VERIFIER_SIGNATURE_MAX - 1)) {
        return no_answer(VERIFIER_OUTAGE, "signature");
    }
    if (!verifier_parse_answer(exchange->answer.data, exchange->answer.length, id, &answer)) {
        return no_answer(VERIFIER_OUTAGE, "malformed");
    }
    return answer;
}

static void set_up(struct verifier *verifier, struct exchange *exchange, struct curl_slist *headers)
{
    CURL *curl = verifier->curl;

    curl_easy_reset(curl); /* keeps the connection */
    curl_easy_setopt(curl, CURLOPT_URL, verifier->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, verifier->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, verifier->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (char *)exchange->body.data);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)exchange->body.length);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
    if (verifier->ca_file != NULL) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, verifier->ca_file);
    }
}

void verifier_ask(struct verifier *verifier, const struct verifier_question *question,
                  struct verifier_answer *ret)
{
    struct exchange exchange = {.nonce = ""};
    struct curl_slist *headers;

    buf_init(&exchange.body, BODY_MAX);
    buf_init(&exchange.answer, ANSWER_MAX);
    add_field(&exchange, verifier->curl, "id", question->id);
    add_field(&exchange, verifier->curl, "check", verifier_check_name(question->check));
    add_field(&exchange, verifier->curl, "name", question->name);
    add_field(&exchange, verifier->curl, "id_kind", question->id_kind);
    add_field(&exchange, verifier->curl, "id_number", question->id_number);
    add_field(&exchange, verifier->curl, "phone", question->phone);
    add_field(&exchange, verifier->curl, "card", question->card);
    BUG_IF(!buf_ok(&exchange.body)); /* every field is bounded far below */
    headers = make_headers(verifier, &exchange);
    set_up(verifier, &exchange, headers);
    *ret = judge(verifier, &exchange, curl_easy_perform(verifier->curl), question->id);
    curl_slist_free_all(headers);
    secret_wipe(exchange.body.data, exchange.body.length);
    buf_done(&exchange.body);
    buf_done(&exchange.answer);
}

/* transport.c — what the ways out share. See transport_int.h. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/sha256.h"
#include "core/str.h"
#include "notify/transport_int.h"

#define LINE_MAX_BYTES 512

CURL *transport_curl_new(void)
{
    CURL *curl;
    /* Thread-safe since libcurl 7.84, and counted. */
    CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);

    BUG_IF(code != CURLE_OK);
    curl = curl_easy_init();
    BUG_IF(curl == NULL);
    return curl;
}

void transport_curl_problem(CURLcode code, char problem[TRANSPORT_PROBLEM_MAX])
{
    static const struct {
        CURLcode code;
        const char *name;
    } names[] = {
        {CURLE_COULDNT_RESOLVE_HOST, "name"},
        {CURLE_COULDNT_CONNECT, "connect"},
        {CURLE_OPERATION_TIMEDOUT, "timeout"},
        {CURLE_SSL_CONNECT_ERROR, "tls"},
        {CURLE_PEER_FAILED_VERIFICATION, "tls_certificate"},
        {CURLE_USE_SSL_FAILED, "tls_not_offered"},
        {CURLE_LOGIN_DENIED, "login"},
        {CURLE_GOT_NOTHING, "no_reply"},
        {CURLE_RECV_ERROR, "no_reply"},
        {CURLE_SEND_ERROR, "send"},
    };

    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (names[i].code == code) {
            snprintf(problem, TRANSPORT_PROBLEM_MAX, "%s", names[i].name);
            return;
        }
    }
    snprintf(problem, TRANSPORT_PROBLEM_MAX, "curl_%d", (int)code);
}

enum err transport_read_line(const char *path, char **ret)
{
    char line[LINE_MAX_BYTES] = "";
    FILE *file = fopen(path, "re");
    enum err err = ERR_OK;

    if (file == NULL) {
        return ERR_IO_FAILED;
    }
    if (fgets(line, sizeof(line), file) == NULL) {
        err = ferror(file) != 0 ? ERR_IO_FAILED : ERR_NOTIFY_CONFIG_INVALID;
    }
    (void)fclose(file);
    line[strcspn(line, "\r\n")] = '\0';
    if (err == ERR_OK && line[0] == '\0') {
        err = ERR_NOTIFY_CONFIG_INVALID;
    }
    if (err == ERR_OK) {
        *ret = strdup(line);
        BUG_IF(*ret == NULL);
    }
    secret_wipe(line, sizeof(line));
    return err;
}

void sms_signature(const uint8_t key[SMS_KEY_BYTES], const char *path, int64_t at_s,
                   const char *body, size_t length, char ret[SMS_SIGNATURE_MAX])
{
    struct buf signed_bytes;
    uint8_t mac[32];
    unsigned mac_length = sizeof(mac);

    buf_init(&signed_bytes, length + strlen(path) + 64);
    buf_printf(&signed_bytes, "POST\n%s\n%" PRId64 "\n", path, at_s);
    buf_add(&signed_bytes, body, length);
    BUG_IF(!buf_ok(&signed_bytes));
    BUG_IF(HMAC(EVP_sha256(), key, SMS_KEY_BYTES, signed_bytes.data, signed_bytes.length, mac,
                &mac_length) == NULL);
    hex_encode(mac, sizeof(mac), ret);
    secret_wipe(signed_bytes.data, signed_bytes.length);
    buf_done(&signed_bytes);
}

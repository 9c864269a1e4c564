/* verifier_protocol.c — the words and signatures of docs/verifier.md, for both sides. Pure. */
#include "channel/verifier.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "core/kv.h"
#include "core/sha256.h"
#include "core/str.h"

#define SIGNED_BYTES_MAX ((size_t)64 << 10)
#define SCHEME           "Jinnang-HMAC "

static const char *const check_names[] = {
    [VERIFIER_NAME_ID] = "name_id", [VERIFIER_PHONE] = "phone", [VERIFIER_CARD] = "card"};
static const char *const outcome_names[] = {[VERIFIER_YES] = "yes",
                                            [VERIFIER_NO] = "no",
                                            [VERIFIER_MISMATCH] = "mismatch",
                                            [VERIFIER_PENDING] = "pending"};
static const char *const field_names[] = {[VERIFIER_FIELD_NONE] = "none",
                                          [VERIFIER_FIELD_NAME] = "name",
                                          [VERIFIER_FIELD_ID_NUMBER] = "id_number",
                                          [VERIFIER_FIELD_PHONE] = "phone",
                                          [VERIFIER_FIELD_CARD] = "card"};

const char *verifier_check_name(enum verifier_check check)
{
    BUG_IF(check < VERIFIER_NAME_ID || check > VERIFIER_CARD);
    return check_names[check];
}

const char *verifier_field_name(enum verifier_field field)
{
    BUG_IF(field > VERIFIER_FIELD_CARD);
    return field_names[field];
}

/* ---- signatures ---- */

static void sign(const uint8_t key[VERIFIER_KEY_BYTES], const struct buf *signed_bytes,
                 char ret[VERIFIER_SIGNATURE_MAX])
{
    uint8_t mac[SHA256_BYTES];
    unsigned length = sizeof(mac);

    BUG_IF(!buf_ok(signed_bytes));
    BUG_IF(HMAC(EVP_sha256(), key, VERIFIER_KEY_BYTES, signed_bytes->data, signed_bytes->length,
                mac, &length) == NULL);
    hex_encode(mac, sizeof(mac), ret);
}

void verifier_sign_question(const uint8_t key[VERIFIER_KEY_BYTES], const char *path,
                            int64_t at_seconds, const char *nonce, const void *body, size_t length,
                            char ret[VERIFIER_SIGNATURE_MAX])
{
    struct buf bytes;

    buf_init(&bytes, SIGNED_BYTES_MAX);
    buf_printf(&bytes, "POST\n%s\n%" PRId64 "\n%s\n", path, at_seconds, nonce);
    buf_add(&bytes, body, length);
    sign(key, &bytes, ret);
    secret_wipe(bytes.data, bytes.length);
    buf_done(&bytes);
}

void verifier_sign_answer(const uint8_t key[VERIFIER_KEY_BYTES], const char *nonce, int status,
                          const void *body, size_t length, char ret[VERIFIER_SIGNATURE_MAX])
{
    struct buf bytes;

    buf_init(&bytes, SIGNED_BYTES_MAX);
    buf_printf(&bytes, "answer\n%s\n%d\n", nonce, status);
    buf_add(&bytes, body, length);
    sign(key, &bytes, ret);
    buf_done(&bytes);
}

/* Takes "name=" and what follows up to a comma or the end; false when it is not there or too long.
 */
static bool take(const char **at, const char *end, const char *name, char *ret, size_t ret_max)
{
    size_t name_length = strlen(name), length;
    const char *comma;

    if ((size_t)(end - *at) < name_length || memcmp(*at, name, name_length) != 0) {
        return false;
    }
    *at += name_length;
    comma = memchr(*at, ',', (size_t)(end - *at));
    length = (size_t)((comma != NULL ? comma : end) - *at);
    if (length == 0 || length >= ret_max) {
        return false;
    }
    memcpy(ret, *at, length);
    ret[length] = '\0';
    *at += length + (comma != NULL ? 1 : 0);
    return true;
}

static bool is_hex(const char *text, size_t length)
{
    return strlen(text) == length && strspn(text, "0123456789abcdef") == length;
}

bool verifier_parse_authorization(const char *text, size_t length,
                                  struct verifier_authorization *ret)
{
    struct verifier_authorization found;
    const char *at = text, *end = text + length;
    char seconds[16];

    if (length < strlen(SCHEME) || memcmp(text, SCHEME, strlen(SCHEME)) != 0) {
        return false;
    }
    at += strlen(SCHEME);
    if (!take(&at, end, "time=", seconds, sizeof(seconds)) ||
        !take(&at, end, "nonce=", found.nonce, sizeof(found.nonce)) ||
        !take(&at, end, "signature=", found.signature, sizeof(found.signature)) || at != end ||
        !str_parse_i64(seconds, strlen(seconds), &found.at_seconds) ||
        !is_hex(found.nonce, VERIFIER_NONCE_MAX - 1) ||
        !is_hex(found.signature, VERIFIER_SIGNATURE_MAX - 1)) {
        return false;
    }
    *ret = found;
    return true;
}

/* ---- answers ---- */

static bool equals(const struct kv_text *text, const char *word)
{
    return text->length == strlen(word) && memcmp(text->data, word, text->length) == 0;
}

static bool find_word(const char *const *words, size_t count, const struct kv_text *text,
                      size_t *ret)
{
    for (size_t i = 1; i < count; i++) {
        if (equals(text, words[i])) {
            *ret = i;
            return true;
        }
    }
    return false;
}

bool verifier_parse_answer(const void *body, size_t length, const char *id,
                           struct verifier_answer *ret)
{
    struct verifier_answer answer = {.field = VERIFIER_FIELD_NONE};
    struct kv_text text;
    size_t number;

    if (!kv_is_valid(body, length) || !kv_get(body, length, "id", &text) || !equals(&text, id) ||
        !kv_get(body, length, "outcome", &text) ||
        !find_word(outcome_names, ARRAY_COUNT(outcome_names), &text, &number)) {
        return false;
    }
    answer.outcome = (enum verifier_outcome)number;
    if (kv_get(body, length, "field", &text)) {
        if (!find_word(field_names, ARRAY_COUNT(field_names), &text, &number)) {
            return false;
        }
        answer.field = (enum verifier_field)number;
    }
    if ((answer.outcome == VERIFIER_MISMATCH) != (answer.field != VERIFIER_FIELD_NONE)) {
        return false;
    }
    if (kv_get(body, length, "reference", &text) && text.length < sizeof(answer.reference)) {
        memcpy(answer.reference, text.data, text.length);
    }
    *ret = answer;
    return true;
}

/* idempotency.c — see idempotency.h. */
#include "api/idempotency.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/rng.h"
#include "identity/vault.h"
#include "q_api.h"

#define DEFLATE_FROM_BYTES 2048
#define ANSWER_BYTES_MAX   (64u << 20)

enum encoding {
    ENCODING_PLAIN = 0,
    ENCODING_DEFLATED = 1,
    ENCODING_SEALED = 2, /* under the caller's credential */
    ENCODING_VAULT = 3,  /* a person's */
};

_Static_assert(IDEMPOTENCY_NONCE_BYTES == crypto_secretbox_NONCEBYTES, "the nonce's size");
_Static_assert(SHA256_BYTES == crypto_secretbox_KEYBYTES, "the key's size");

static bool is_key_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == ':' || c == '-';
}

enum err idempotency_init(struct idempotency *ret, int64_t owner, const char *key,
                          size_t key_length, const char *method)
{
    if (key_length < IDEMPOTENCY_KEY_MIN || key_length > IDEMPOTENCY_KEY_MAX) {
        return ERR_IDEMPOTENCY_KEY_INVALID;
    }
    for (size_t i = 0; i < key_length; i++) {
        if (!is_key_character(key[i])) {
            return ERR_IDEMPOTENCY_KEY_INVALID;
        }
    }
    memset(ret, 0, sizeof(*ret));
    ret->owner = owner;
    memcpy(ret->key, key, key_length);
    ret->method = method;
    return ERR_OK;
}

void idempotency_of_person(struct idempotency *idempotency, struct vault *vault)
{
    idempotency->vault = vault;
}

static void hash_part(const struct idempotency *idempotency, const void *data, size_t length,
                      struct sha256_hash *ret)
{
    if (idempotency->vault == NULL) {
        sha256(data, length, ret);
    } else {
        vault_mac(idempotency->vault, VAULT_MAC_TOKEN, idempotency->owner,
                  (struct store_blob){data, (uint32_t)length}, ret);
    }
}

void idempotency_set_request(struct idempotency *idempotency, const char *path, size_t path_length,
                             const void *body, size_t body_length)
{
    hash_part(idempotency, path, path_length, &idempotency->path_hash);
    hash_part(idempotency, body_length == 0 ? "" : body, body_length, &idempotency->body_hash);
}

void idempotency_seal(struct idempotency *idempotency, const void *credential, size_t length)
{
    static const char purpose[] = "jinnang sealed answer 1";
    uint8_t text[sizeof(purpose) + 2 * SHA256_BYTES];
    struct sha256_hash hash;

    memcpy(text, purpose, sizeof(purpose));
    sha256(credential, length, &hash);
    memcpy(text + sizeof(purpose), hash.bytes, SHA256_BYTES);
    sha256(idempotency->key, strlen(idempotency->key), &hash);
    memcpy(text + sizeof(purpose) + SHA256_BYTES, hash.bytes, SHA256_BYTES);
    sha256(text, sizeof(text), &idempotency->seal_key);
    rng_secure(idempotency->seal_nonce, sizeof(idempotency->seal_nonce));
    idempotency->is_sealed = true;
    secret_wipe(text, sizeof(text));
    secret_wipe(&hash, sizeof(hash));
}

void idempotency_done(struct idempotency *idempotency)
{
    secret_wipe(&idempotency->seal_key, sizeof(idempotency->seal_key));
}

/* ---- reading a kept answer ---- */

/* A deflated answer begins with its length in 4 bytes, big-endian. */
static bool inflate_answer(const struct store_blob *blob, struct arena *arena,
                           struct idempotency_answer *ret)
{
    const uint8_t *data = blob->data;
    uLongf length;
    char *body;

    if (blob->length < 4) {
        return false;
    }
    length = (uLongf)data[0] << 24 | (uLongf)data[1] << 16 | (uLongf)data[2] << 8 | data[3];
    if (length > ANSWER_BYTES_MAX) {
        return false;
    }
    ret->length = length;
    body = arena_alloc(arena, length + 1);
    if (uncompress((Bytef *)body, &length, data + 4, blob->length - 4) != Z_OK ||
        length != ret->length) {
        return false;
    }
    ret->body = body;
    return true;
}

/* A sealed answer is the nonce and the box. */
static bool open_answer(const struct idempotency *idempotency, const struct store_blob *blob,
                        struct arena *arena, struct idempotency_answer *ret)
{
    const uint8_t *data = blob->data;
    uint8_t *body;

    if (!idempotency->is_sealed ||
        blob->length < IDEMPOTENCY_NONCE_BYTES + crypto_secretbox_MACBYTES) {
        return false;
    }
    ret->length = blob->length - IDEMPOTENCY_NONCE_BYTES - crypto_secretbox_MACBYTES;
    body = arena_alloc(arena, ret->length + 1);
    if (crypto_secretbox_open_easy(body, data + IDEMPOTENCY_NONCE_BYTES,
                                   blob->length - IDEMPOTENCY_NONCE_BYTES, data,
                                   idempotency->seal_key.bytes) != 0) {
        return false;
    }
    ret->body = (const char *)body;
    return true;
}

static struct vault_place place_of(const struct idempotency *idempotency)
{
    return (struct vault_place){
        .person = {idempotency->owner},
        .class = VAULT_MESSAGE,
        .table = "idempotency_keys",
        .column = "answer",
    };
}

/* Row by row, the key is part of the text: the table's rows have no number. */
static enum err open_person_answer(struct store_tx *tx, const struct idempotency *idempotency,
                                   const struct store_blob *blob, struct arena *arena,
                                   struct idempotency_answer *ret)
{
    const struct vault_place place = place_of(idempotency);
    size_t key_length = strlen(idempotency->key);
    struct store_blob text;
    enum err err =
        vault_unseal(tx, idempotency->vault, &place, VAULT_FOR_SELF, *blob, arena, &text);

    if (err != ERR_OK) {
        return err;
    }
    if (text.length < key_length || memcmp(text.data, idempotency->key, key_length) != 0) {
        return ERR_INTERNAL;
    }
    ret->body = (const char *)text.data + key_length;
    ret->length = text.length - key_length;
    return ERR_OK;
}

static enum err read_answer(struct store_tx *tx, const struct idempotency *idempotency,
                            const struct q_api_idempotency_get_row *row, struct arena *arena,
                            struct idempotency_answer *ret)
{
    struct idempotency_answer answer = {.status = (int)row->status};
    enum err err = ERR_OK;
    bool ok = false;

    switch (row->encoding) {
    case ENCODING_PLAIN:
        answer.body = row->answer.data; /* in the arena already */
        answer.length = row->answer.length;
        ok = true;
        break;
    case ENCODING_DEFLATED:
        ok = inflate_answer(&row->answer, arena, &answer);
        break;
    case ENCODING_SEALED:
        ok = open_answer(idempotency, &row->answer, arena, &answer);
        break;
    case ENCODING_VAULT:
        ok = idempotency->vault != NULL;
        if (ok) {
            err = open_person_answer(tx, idempotency, &row->answer, arena, &answer);
        }
        break;
    default: /* a number from the database */
        break;
    }
    if (err != ERR_OK || !ok || answer.status == 0) {
        return err != ERR_OK ? err : ERR_INTERNAL;
    }
    *ret = answer;
    return ERR_OK;
}

static const char *difference(const struct idempotency *idempotency,
                              const struct q_api_idempotency_get_row *row)
{
    if (row->method.length != strlen(idempotency->method) ||
        memcmp(row->method.data, idempotency->method, row->method.length) != 0) {
        return "method";
    }
    if (!hash_equal(&row->path_hash, &idempotency->path_hash)) {
        return "path";
    }
    return hash_equal(&row->body_hash, &idempotency->body_hash) ? NULL : "body";
}

enum err idempotency_claim(struct store_tx *tx, const struct idempotency *idempotency,
                           int64_t now_us, struct arena *arena, struct idempotency_answer *ret)
{
    struct store_text key = {idempotency->key, (uint32_t)strlen(idempotency->key)};
    struct q_api_idempotency_claim_row claimed;
    struct q_api_idempotency_get_row row = {0};
    struct q_api_idempotency_claim_in in = {
        .owner = idempotency->owner,
        .key = key,
        .method = {idempotency->method, (uint32_t)strlen(idempotency->method)},
        .path_hash = idempotency->path_hash,
        .body_hash = idempotency->body_hash,
        .created_at_us = now_us,
    };
    bool found = false;
    enum err err = q_api_idempotency_claim(tx, &in, &claimed, &found);

    memset(ret, 0, sizeof(*ret));
    if (err != ERR_OK || found) {
        return err;
    }
    err = q_api_idempotency_get(
        tx, &(struct q_api_idempotency_get_in){.owner = idempotency->owner, .key = key}, arena,
        &row, &found);
    if (err != ERR_OK) {
        return err;
    }
    if (!found) {
        /* The claim that was in the way is gone again: try once more from the start. */
        return ERR_STORE_CONFLICT;
    }
    ret->differs = difference(idempotency, &row);
    return ret->differs != NULL ? ERR_IDEMPOTENCY_KEY_REUSED
                                : read_answer(tx, idempotency, &row, arena, ret);
}

/* ---- keeping ---- */

/* NULL when deflating gains nothing. */
static uint8_t *deflate_answer(const void *body, size_t length, size_t *ret_length)
{
    uLongf bound = compressBound(length);
    uint8_t *out = malloc(bound + 4);

    BUG_IF(out == NULL);
    if (compress2(out + 4, &bound, body, length, 1) != Z_OK || bound + 4 >= length) {
        free(out);
        return NULL;
    }
    out[0] = (uint8_t)(length >> 24);
    out[1] = (uint8_t)(length >> 16);
    out[2] = (uint8_t)(length >> 8);
    out[3] = (uint8_t)length;
    *ret_length = bound + 4;
    return out;
}

static uint8_t *seal_answer(const struct idempotency *idempotency, const void *body, size_t length,
                            size_t *ret_length)
{
    uint8_t *out = malloc(length + IDEMPOTENCY_NONCE_BYTES + crypto_secretbox_MACBYTES);

    BUG_IF(out == NULL);
    memcpy(out, idempotency->seal_nonce, IDEMPOTENCY_NONCE_BYTES);
    BUG_IF(crypto_secretbox_easy(out + IDEMPOTENCY_NONCE_BYTES, body, length,
                                 idempotency->seal_nonce, idempotency->seal_key.bytes) != 0);
    *ret_length = length + IDEMPOTENCY_NONCE_BYTES + crypto_secretbox_MACBYTES;
    return out;
}

static enum err keep(struct store_tx *tx, struct q_api_idempotency_answer_in *in)
{
    int64_t changed = 0;
    enum err err = q_api_idempotency_answer(tx, in, &changed);

    BUG_IF(err == ERR_OK && changed != 1); /* claimed in this transaction */
    return err;
}

static enum err keep_for_person(struct store_tx *tx, const struct idempotency *idempotency,
                                struct q_api_idempotency_answer_in *in)
{
    const struct vault_place place = place_of(idempotency);
    size_t length = in->key.length + in->answer.length;
    struct arena *arena = arena_create(2 * length + VAULT_ENVELOPE_EXTRA + 4096);
    char *text = arena_alloc(arena, length);
    enum err err;

    memcpy(text, in->key.data, in->key.length);
    memcpy(text + in->key.length, in->answer.data, in->answer.length);
    in->encoding = ENCODING_VAULT;
    err = vault_seal(tx, idempotency->vault, &place, (struct store_blob){text, (uint32_t)length},
                     arena, &in->answer);
    if (err == ERR_OK) {
        err = keep(tx, in);
    }
    secret_wipe(text, length);
    arena_free(arena);
    return err;
}

enum err idempotency_keep(struct store_tx *tx, const struct idempotency *idempotency, int status,
                          const void *body, size_t length)
{
    struct q_api_idempotency_answer_in in = {
        .owner = idempotency->owner,
        .key = {idempotency->key, (uint32_t)strlen(idempotency->key)},
        .status = status,
        .encoding = ENCODING_PLAIN,
        .answer = {body, (uint32_t)length},
    };
    uint8_t *encoded = NULL;
    enum err err;

    BUG_IF(status == 0 || length > ANSWER_BYTES_MAX);
    if (idempotency->vault != NULL) {
        return keep_for_person(tx, idempotency, &in);
    }
    if (idempotency->is_sealed) {
        encoded = seal_answer(idempotency, body, length, &length);
        in.encoding = ENCODING_SEALED;
    } else if (length >= DEFLATE_FROM_BYTES) {
        encoded = deflate_answer(body, length, &length);
        in.encoding = encoded == NULL ? ENCODING_PLAIN : ENCODING_DEFLATED;
    }
    if (encoded != NULL) {
        in.answer = (struct store_blob){encoded, (uint32_t)length};
    }
    err = keep(tx, &in);
    free(encoded);
    return err;
}

enum err idempotency_release(struct store_tx *tx, const struct idempotency *idempotency)
{
    const struct q_api_idempotency_release_in in = {
        .owner = idempotency->owner,
        .key = {idempotency->key, (uint32_t)strlen(idempotency->key)},
    };
    int64_t changed = 0;
    enum err err = q_api_idempotency_release(tx, &in, &changed);

    BUG_IF(err == ERR_OK && changed != 1); /* only what was claimed in this transaction */
    return err;
}

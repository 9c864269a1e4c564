/* authenticator.c — see authenticator.h. */
#include "support/authenticator.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <string.h>

#include "core/rng.h"

#define BUF_MAX 16384

void authenticator_init(struct authenticator *authenticator, enum webauthn_algorithm algorithm)
{
    memset(authenticator, 0, sizeof(*authenticator));
    authenticator->algorithm = algorithm;
    authenticator->flags = WEBAUTHN_USER_PRESENT | WEBAUTHN_USER_VERIFIED;
    rng_secure(authenticator->id, sizeof(authenticator->id));
    if (algorithm == WEBAUTHN_ES256) {
        authenticator->key = EVP_EC_gen("P-256");
    } else if (algorithm == WEBAUTHN_RS256) {
        authenticator->key = EVP_RSA_gen(2048);
    } else {
        authenticator->key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    }
    BUG_IF(authenticator->key == NULL);
}

void authenticator_done(struct authenticator *authenticator)
{
    EVP_PKEY_free(authenticator->key);
}

struct webauthn_bytes bytes_of(const struct buf *buf)
{
    return (struct webauthn_bytes){buf->data, buf->length};
}

/* ---- CBOR ---- */

static void add_head(struct buf *out, unsigned major, size_t value)
{
    if (value < 24) {
        buf_add_u8(out, (uint8_t)(major << 5 | value));
    } else if (value < 256) {
        buf_add_u8(out, (uint8_t)(major << 5 | 24));
        buf_add_u8(out, (uint8_t)value);
    } else {
        buf_add_u8(out, (uint8_t)(major << 5 | 25));
        buf_add_u16be(out, (uint16_t)value);
    }
}

static void add_int(struct buf *out, int value)
{
    add_head(out, value < 0 ? 1 : 0, (size_t)(value < 0 ? -1 - value : value));
}

static void add_bytes(struct buf *out, const void *data, size_t length)
{
    add_head(out, 2, length);
    buf_add(out, data, length);
}

static void add_text(struct buf *out, const char *text)
{
    add_head(out, 3, strlen(text));
    buf_add_str(out, text);
}

static void add_number(struct buf *out, EVP_PKEY *key, const char *name, int width)
{
    BIGNUM *number = NULL;
    uint8_t bytes[256];

    BUG_IF(EVP_PKEY_get_bn_param(key, name, &number) != 1);
    BUG_IF(BN_bn2binpad(number, bytes, width) != width);
    add_bytes(out, bytes, (size_t)width);
    BN_free(number);
}

static void add_cose_key(struct buf *out, const struct authenticator *authenticator)
{
    uint8_t raw[32];
    size_t length = sizeof(raw);

    switch (authenticator->algorithm) {
    case WEBAUTHN_ES256:
        add_head(out, 5, 5);
        add_int(out, 1), add_int(out, 2);
        add_int(out, 3), add_int(out, WEBAUTHN_ES256);
        add_int(out, -1), add_int(out, 1);
        add_int(out, -2), add_number(out, authenticator->key, OSSL_PKEY_PARAM_EC_PUB_X, 32);
        add_int(out, -3), add_number(out, authenticator->key, OSSL_PKEY_PARAM_EC_PUB_Y, 32);
        break;
    case WEBAUTHN_RS256:
        add_head(out, 5, 4);
        add_int(out, 1), add_int(out, 3);
        add_int(out, 3), add_int(out, WEBAUTHN_RS256);
        add_int(out, -1), add_number(out, authenticator->key, OSSL_PKEY_PARAM_RSA_N, 256);
        add_int(out, -2), add_number(out, authenticator->key, OSSL_PKEY_PARAM_RSA_E, 3);
        break;
    case WEBAUTHN_EDDSA:
        BUG_IF(EVP_PKEY_get_raw_public_key(authenticator->key, raw, &length) != 1);
        add_head(out, 5, 4);
        add_int(out, 1), add_int(out, 1);
        add_int(out, 3), add_int(out, WEBAUTHN_EDDSA);
        add_int(out, -1), add_int(out, 6);
        add_int(out, -2), add_bytes(out, raw, length);
        break;
    }
}

/* ---- what is signed ---- */

static void add_client_data(struct buf *out, const struct authenticator_ask *ask, const char *type)
{
    char challenge[256];

    BUG_IF(ask->challenge_length > 128);
    base64url_encode(ask->challenge, ask->challenge_length, challenge);
    buf_printf(out, "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":%s}",
               ask->type != NULL ? ask->type : type, challenge, ask->origin,
               ask->cross_origin ? "true" : "false");
}

static void add_auth_data(struct buf *out, const struct authenticator *authenticator,
                          const struct authenticator_ask *ask, bool with_credential)
{
    struct sha256_hash hash;
    uint8_t flags = authenticator->flags;

    sha256(ask->rp_id, strlen(ask->rp_id), &hash);
    buf_add(out, hash.bytes, sizeof(hash.bytes));
    buf_add_u8(out, (uint8_t)(with_credential ? flags | WEBAUTHN_HAS_CREDENTIAL : flags));
    buf_add_u32be(out, authenticator->sign_count);
    if (with_credential) {
        buf_add(out, (uint8_t[16]){0}, 16);
        buf_add_u16be(out, sizeof(authenticator->id));
        buf_add(out, authenticator->id, sizeof(authenticator->id));
        add_cose_key(out, authenticator);
    }
}

static void add_signature(struct buf *out, const struct authenticator *authenticator,
                          const struct buf *auth_data, const struct buf *client_data)
{
    const EVP_MD *digest = authenticator->algorithm == WEBAUTHN_EDDSA ? NULL : EVP_sha256();
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t signature[512];
    size_t length = sizeof(signature);
    struct sha256_hash hash;
    struct buf text;

    buf_init(&text, BUF_MAX);
    buf_add(&text, auth_data->data, auth_data->length);
    sha256(client_data->data, client_data->length, &hash);
    buf_add(&text, hash.bytes, sizeof(hash.bytes));
    BUG_IF(EVP_DigestSignInit(context, NULL, digest, NULL, authenticator->key) != 1);
    BUG_IF(EVP_DigestSign(context, signature, &length, text.data, text.length) != 1);
    buf_add(out, signature, length);
    EVP_MD_CTX_free(context);
    buf_done(&text);
}

static void answer_init(struct authenticator_answer *answer)
{
    buf_init(&answer->client_data, BUF_MAX);
    buf_init(&answer->attestation, BUF_MAX);
    buf_init(&answer->auth_data, BUF_MAX);
    buf_init(&answer->signature, BUF_MAX);
}

void authenticator_answer_done(struct authenticator_answer *answer)
{
    buf_done(&answer->client_data);
    buf_done(&answer->attestation);
    buf_done(&answer->auth_data);
    buf_done(&answer->signature);
}

void authenticator_register(const struct authenticator *authenticator,
                            const struct authenticator_ask *ask, struct authenticator_answer *ret)
{
    answer_init(ret);
    add_client_data(&ret->client_data, ask, "webauthn.create");
    add_auth_data(&ret->auth_data, authenticator, ask, true);
    add_head(&ret->attestation, 5, 3);
    add_text(&ret->attestation, "fmt");
    if (ask->self_attestation) {
        add_signature(&ret->signature, authenticator, &ret->auth_data, &ret->client_data);
        add_text(&ret->attestation, "packed");
        add_text(&ret->attestation, "attStmt");
        add_head(&ret->attestation, 5, 2);
        add_text(&ret->attestation, "alg"), add_int(&ret->attestation, authenticator->algorithm);
        add_text(&ret->attestation, "sig");
        add_bytes(&ret->attestation, ret->signature.data, ret->signature.length);
    } else {
        add_text(&ret->attestation, "none");
        add_text(&ret->attestation, "attStmt");
        add_head(&ret->attestation, 5, 0);
    }
    add_text(&ret->attestation, "authData");
    add_bytes(&ret->attestation, ret->auth_data.data, ret->auth_data.length);
    BUG_IF(!buf_ok(&ret->attestation) || !buf_ok(&ret->client_data));
}

void authenticator_assert(const struct authenticator *authenticator,
                          const struct authenticator_ask *ask, struct authenticator_answer *ret)
{
    answer_init(ret);
    add_client_data(&ret->client_data, ask, "webauthn.get");
    add_auth_data(&ret->auth_data, authenticator, ask, false);
    add_signature(&ret->signature, authenticator, &ret->auth_data, &ret->client_data);
    BUG_IF(!buf_ok(&ret->auth_data) || !buf_ok(&ret->client_data));
}

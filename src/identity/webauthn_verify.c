/* webauthn_verify.c — see webauthn.h. The steps of sections 7.1 and 7.2 in their order; keys and
 * signatures are libfido2's. */
#include "identity/webauthn_int.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <openssl/evp.h>
#include <string.h>

static const enum webauthn_algorithm algorithms[] = {WEBAUTHN_ES256, WEBAUTHN_EDDSA,
                                                     WEBAUTHN_RS256};

/* ---- client data ---- */

static bool is_our_origin(const struct webauthn_party *party, const char *origin)
{
    for (size_t i = 0; i < party->origin_count; i++) {
        if (strcmp(party->origins[i], origin) == 0) {
            return true;
        }
    }
    return false;
}

static enum err check_client_data(const struct webauthn_expected *expected,
                                  struct webauthn_bytes json, const char *type)
{
    struct webauthn_client_data data;
    enum err err = webauthn_read_client_data(json, &data);

    if (err != ERR_OK) {
        return err;
    }
    BUG_IF(expected->challenge.length < 16 || expected->challenge.length > sizeof(data.challenge));
    if (strcmp(data.type, type) != 0 || data.challenge_length != expected->challenge.length ||
        !secret_equal(data.challenge, expected->challenge.data, data.challenge_length)) {
        return ERR_PASSKEY_CHALLENGE_WRONG;
    }
    return data.cross_origin || data.has_top_origin || !is_our_origin(expected->party, data.origin)
               ? ERR_PASSKEY_ORIGIN_WRONG
               : ERR_OK;
}

enum err webauthn_challenge_of(struct webauthn_bytes client_data,
                               uint8_t ret[WEBAUTHN_CHALLENGE_BYTES])
{
    struct webauthn_client_data data;
    enum err err = webauthn_read_client_data(client_data, &data);

    if (err != ERR_OK) {
        return err;
    }
    if (data.challenge_length != WEBAUTHN_CHALLENGE_BYTES) {
        return ERR_PASSKEY_CHALLENGE_WRONG;
    }
    memcpy(ret, data.challenge, WEBAUTHN_CHALLENGE_BYTES);
    return ERR_OK;
}

/* ---- authenticator data ---- */

static enum err check_auth_data(const struct webauthn_expected *expected,
                                const struct webauthn_auth_data *data)
{
    struct sha256_hash rp_id_hash;

    sha256(expected->party->rp_id, strlen(expected->party->rp_id), &rp_id_hash);
    if (!hash_equal(&rp_id_hash, &data->rp_id_hash)) {
        return ERR_PASSKEY_ORIGIN_WRONG;
    }
    if ((data->flags & WEBAUTHN_USER_PRESENT) == 0 ||
        (expected->needs_verification && (data->flags & WEBAUTHN_USER_VERIFIED) == 0)) {
        return ERR_PASSKEY_UNVERIFIED;
    }
    return ERR_OK;
}

/* ---- registration ---- */

/* The key must be one that can verify: on its curve, of a usable size. */
static bool is_usable_key(const struct webauthn_credential *credential)
{
    EVP_PKEY *pkey = NULL;

    if (credential->algorithm == WEBAUTHN_ES256) {
        es256_pk_t *key = es256_pk_new();
        if (key != NULL && es256_pk_from_ptr(key, credential->public_key,
                                             credential->public_key_length) == FIDO_OK) {
            pkey = es256_pk_to_EVP_PKEY(key);
        }
        es256_pk_free(&key);
    } else if (credential->algorithm == WEBAUTHN_EDDSA) {
        eddsa_pk_t *key = eddsa_pk_new();
        if (key != NULL && eddsa_pk_from_ptr(key, credential->public_key,
                                             credential->public_key_length) == FIDO_OK) {
            pkey = eddsa_pk_to_EVP_PKEY(key);
        }
        eddsa_pk_free(&key);
    } else {
        rs256_pk_t *key = rs256_pk_new();
        if (key != NULL && rs256_pk_from_ptr(key, credential->public_key,
                                             credential->public_key_length) == FIDO_OK) {
            pkey = rs256_pk_to_EVP_PKEY(key);
        }
        rs256_pk_free(&key);
    }
    EVP_PKEY_free(pkey);
    return pkey != NULL;
}

/* libfido2 must be told the algorithm before it decodes the key: the one that fits is the key's. */
static fido_cred_t *decode_credential(struct webauthn_bytes auth_data,
                                      enum webauthn_algorithm algorithm)
{
    fido_cred_t *cred = fido_cred_new();

    if (cred != NULL &&
        (fido_cred_set_type(cred, algorithm) != FIDO_OK ||
         fido_cred_set_authdata_raw(cred, auth_data.data, auth_data.length) != FIDO_OK)) {
        fido_cred_free(&cred);
    }
    return cred;
}

static enum err check_self_attestation(fido_cred_t *cred, const struct webauthn_party *party,
                                       struct webauthn_bytes statement,
                                       struct webauthn_bytes client_data)
{
    struct sha256_hash hash;

    sha256(client_data.data, client_data.length, &hash);
    if (fido_cred_set_rp(cred, party->rp_id, NULL) != FIDO_OK ||
        fido_cred_set_clientdata_hash(cred, hash.bytes, sizeof(hash.bytes)) != FIDO_OK ||
        fido_cred_set_fmt(cred, "packed") != FIDO_OK ||
        fido_cred_set_attstmt(cred, statement.data, statement.length) != FIDO_OK ||
        fido_cred_x5c_ptr(cred) != NULL) {
        return ERR_PASSKEY_MALFORMED;
    }
    return fido_cred_verify_self(cred) == FIDO_OK ? ERR_OK : ERR_PASSKEY_SIGNATURE_WRONG;
}

static enum err take_credential(fido_cred_t *cred, const struct webauthn_auth_data *data,
                                enum webauthn_algorithm algorithm, struct webauthn_credential *ret)
{
    struct webauthn_credential credential = {.algorithm = algorithm,
                                             .id_length = data->credential_id.length,
                                             .public_key_length = fido_cred_pubkey_len(cred),
                                             .sign_count = data->sign_count,
                                             .flags = data->flags};

    BUG_IF(credential.public_key_length == 0 ||
           credential.public_key_length > sizeof(credential.public_key));
    memcpy(credential.id, data->credential_id.data, credential.id_length);
    memcpy(credential.public_key, fido_cred_pubkey_ptr(cred), credential.public_key_length);
    memcpy(credential.aaguid, data->aaguid, sizeof(credential.aaguid));
    if (!is_usable_key(&credential)) {
        return ERR_PASSKEY_MALFORMED;
    }
    *ret = credential;
    return ERR_OK;
}

enum err webauthn_verify_registration(const struct webauthn_expected *expected,
                                      struct webauthn_bytes client_data,
                                      struct webauthn_bytes attestation,
                                      struct webauthn_credential *ret)
{
    struct webauthn_attestation object;
    struct webauthn_auth_data data;
    fido_cred_t *cred = NULL;
    size_t which = 0;
    enum err err = check_client_data(expected, client_data, "webauthn.create");

    if (err == ERR_OK) {
        err = webauthn_read_attestation(attestation, &object);
    }
    if (err == ERR_OK) {
        err = webauthn_read_auth_data(object.auth_data, &data);
    }
    if (err == ERR_OK) {
        err = check_auth_data(expected, &data);
    }
    if (err != ERR_OK) {
        return err;
    }
    if ((data.flags & WEBAUTHN_HAS_CREDENTIAL) == 0) {
        return ERR_PASSKEY_MALFORMED;
    }
    while (which < ARRAY_COUNT(algorithms) && cred == NULL) {
        cred = decode_credential(object.auth_data, algorithms[which++]);
    }
    if (cred == NULL) {
        return ERR_PASSKEY_ALGORITHM_UNSUPPORTED;
    }
    if (strcmp(object.format, "packed") == 0) {
        err = check_self_attestation(cred, expected->party, object.statement, client_data);
    } else if (strcmp(object.format, "none") != 0 || object.statement.length != 1) {
        err = ERR_PASSKEY_MALFORMED;
    }
    if (err == ERR_OK) {
        err = take_credential(cred, &data, algorithms[which - 1], ret);
    }
    fido_cred_free(&cred);
    return err;
}

/* ---- assertion ---- */

static int verify_with_key(const fido_assert_t *assert,
                           const struct webauthn_credential *credential)
{
    int result = FIDO_ERR_INTERNAL;

    if (credential->algorithm == WEBAUTHN_ES256) {
        es256_pk_t *key = es256_pk_new();
        if (key != NULL && es256_pk_from_ptr(key, credential->public_key,
                                             credential->public_key_length) == FIDO_OK) {
            result = fido_assert_verify(assert, 0, COSE_ES256, key);
        }
        es256_pk_free(&key);
    } else if (credential->algorithm == WEBAUTHN_EDDSA) {
        eddsa_pk_t *key = eddsa_pk_new();
        if (key != NULL && eddsa_pk_from_ptr(key, credential->public_key,
                                             credential->public_key_length) == FIDO_OK) {
            result = fido_assert_verify(assert, 0, COSE_EDDSA, key);
        }
        eddsa_pk_free(&key);
    } else {
        rs256_pk_t *key = rs256_pk_new();
        if (key != NULL && rs256_pk_from_ptr(key, credential->public_key,
                                             credential->public_key_length) == FIDO_OK) {
            result = fido_assert_verify(assert, 0, COSE_RS256, key);
        }
        rs256_pk_free(&key);
    }
    return result;
}

static enum err check_signature(const struct webauthn_expected *expected,
                                const struct webauthn_credential *credential,
                                const struct webauthn_assertion *assertion)
{
    fido_assert_t *assert = fido_assert_new();
    struct sha256_hash hash;
    enum err err = ERR_PASSKEY_SIGNATURE_WRONG;

    sha256(assertion->client_data.data, assertion->client_data.length, &hash);
    if (assert != NULL &&
        fido_assert_set_clientdata_hash(assert, hash.bytes, sizeof(hash.bytes)) == FIDO_OK &&
        fido_assert_set_rp(assert, expected->party->rp_id) == FIDO_OK &&
        fido_assert_set_up(assert, FIDO_OPT_TRUE) == FIDO_OK &&
        fido_assert_set_uv(assert, expected->needs_verification ? FIDO_OPT_TRUE : FIDO_OPT_OMIT) ==
            FIDO_OK &&
        fido_assert_set_count(assert, 1) == FIDO_OK &&
        fido_assert_set_authdata_raw(assert, 0, assertion->auth_data.data,
                                     assertion->auth_data.length) == FIDO_OK &&
        fido_assert_set_sig(assert, 0, assertion->signature.data, assertion->signature.length) ==
            FIDO_OK &&
        verify_with_key(assert, credential) == FIDO_OK) {
        err = ERR_OK;
    }
    fido_assert_free(&assert);
    return err;
}

enum err webauthn_verify_assertion(const struct webauthn_expected *expected,
                                   const struct webauthn_credential *credential,
                                   const struct webauthn_assertion *assertion,
                                   struct webauthn_seen *ret)
{
    struct webauthn_auth_data data;
    enum err err = check_client_data(expected, assertion->client_data, "webauthn.get");

    if (err == ERR_OK) {
        err = webauthn_read_auth_data(assertion->auth_data, &data);
    }
    if (err == ERR_OK) {
        err = check_auth_data(expected, &data);
    }
    if (err != ERR_OK) {
        return err;
    }
    /* An assertion carries no credential; one that may not be backed up never becomes one. */
    if ((data.flags & WEBAUTHN_HAS_CREDENTIAL) != 0 || assertion->signature.length == 0 ||
        assertion->signature.length > WEBAUTHN_SIGNATURE_MAX ||
        ((data.flags ^ credential->flags) & WEBAUTHN_BACKUP_ELIGIBLE) != 0) {
        return ERR_PASSKEY_MALFORMED;
    }
    err = check_signature(expected, credential, assertion);
    if (err != ERR_OK) {
        return err;
    }
    *ret = (struct webauthn_seen){.sign_count = data.sign_count, .flags = data.flags};
    if ((data.sign_count != 0 || credential->sign_count != 0) &&
        data.sign_count <= credential->sign_count) {
        return ERR_PASSKEY_COUNTER_BACK;
    }
    return ERR_OK;
}

/* webauthn_cbor.c — see webauthn_int.h; and the two CBOR documents of WebAuthn. */
#include "identity/webauthn_int.h"

#include <string.h>

#define AUTH_DATA_HEAD 37 /* rp id hash, flags, counter */

bool webauthn_bytes_are(struct webauthn_bytes bytes, const char *text)
{
    return bytes.length == strlen(text) && memcmp(bytes.data, text, bytes.length) == 0;
}

static size_t left(const struct cbor_reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

bool cbor_read_head(struct cbor_reader *reader, struct cbor_head *ret)
{
    static const uint64_t shorter_max[] = {23, UINT8_MAX, UINT16_MAX, UINT32_MAX};
    unsigned info;
    size_t width;
    uint64_t value = 0;

    if (left(reader) == 0) {
        return false;
    }
    info = reader->at[0] & 31u;
    if (info < 24) {
        *ret = (struct cbor_head){(enum cbor_major)(reader->at[0] >> 5), info};
        reader->at++;
        return true;
    }
    if (info > 27) {
        return false; /* reserved, or of indefinite length */
    }
    width = (size_t)1 << (info - 24);
    if (left(reader) < 1 + width) {
        return false;
    }
    for (size_t i = 1; i <= width; i++) {
        value = value << 8 | reader->at[i];
    }
    if (reader->at[0] >> 5 != CBOR_SIMPLE && value <= shorter_max[info - 24]) {
        return false;
    }
    *ret = (struct cbor_head){(enum cbor_major)(reader->at[0] >> 5), value};
    reader->at += 1 + width;
    return true;
}

bool cbor_read_string(struct cbor_reader *reader, enum cbor_major major, struct webauthn_bytes *ret)
{
    struct cbor_head head;

    if (!cbor_read_head(reader, &head) || head.major != major || head.value > left(reader)) {
        return false;
    }
    *ret = (struct webauthn_bytes){reader->at, (size_t)head.value};
    reader->at += head.value;
    return true;
}

/* Takes an item's head and, of a string, its bytes; *ret_inside is the number of items inside. */
static bool skip_one(struct cbor_reader *reader, uint64_t *ret_inside)
{
    struct cbor_head head;

    if (!cbor_read_head(reader, &head)) {
        return false;
    }
    *ret_inside = 0;
    switch (head.major) {
    case CBOR_BYTES:
    case CBOR_TEXT:
        if (head.value > left(reader)) {
            return false;
        }
        reader->at += head.value;
        return true;
    case CBOR_ARRAY:
        *ret_inside = head.value;
        return head.value <= left(reader);
    case CBOR_MAP:
        *ret_inside = 2 * head.value;
        return head.value <= left(reader) / 2;
    case CBOR_TAG:
        return false; /* CTAP2 has none */
    case CBOR_UINT:
    case CBOR_NEGATIVE:
    case CBOR_SIMPLE:
        return true;
    }
    return false;
}

bool cbor_skip(struct cbor_reader *reader)
{
    uint64_t waiting[CBOR_DEPTH_MAX] = {1};
    size_t depth = 1;

    while (depth > 0) {
        uint64_t inside;

        if (waiting[depth - 1] == 0) {
            depth--;
            continue;
        }
        waiting[depth - 1]--;
        if (!skip_one(reader, &inside)) {
            return false;
        }
        if (inside > 0) {
            if (depth == CBOR_DEPTH_MAX) {
                return false;
            }
            waiting[depth++] = inside;
        }
    }
    return true;
}

/* ---- the attestation object (section 6.5.4) ---- */

static bool read_member(struct cbor_reader *reader, struct webauthn_attestation *attestation,
                        bool *has_format)
{
    struct webauthn_bytes key, text;
    const uint8_t *begin;

    if (!cbor_read_string(reader, CBOR_TEXT, &key)) {
        return false;
    }
    if (webauthn_bytes_are(key, "fmt")) {
        if (*has_format || !cbor_read_string(reader, CBOR_TEXT, &text) ||
            text.length >= sizeof(attestation->format) ||
            memchr(text.data, '\0', text.length) != NULL) {
            return false;
        }
        *has_format = true;
        memcpy(attestation->format, text.data, text.length);
        attestation->format[text.length] = '\0';
        return true;
    }
    if (webauthn_bytes_are(key, "authData")) {
        return attestation->auth_data.data == NULL &&
               cbor_read_string(reader, CBOR_BYTES, &attestation->auth_data);
    }
    begin = reader->at;
    if (!webauthn_bytes_are(key, "attStmt") || attestation->statement.data != NULL ||
        left(reader) == 0 || begin[0] >> 5 != CBOR_MAP || !cbor_skip(reader)) {
        return false;
    }
    attestation->statement = (struct webauthn_bytes){begin, (size_t)(reader->at - begin)};
    return true;
}

enum err webauthn_read_attestation(struct webauthn_bytes cbor, struct webauthn_attestation *ret)
{
    struct cbor_reader reader = {cbor.data, cbor.data + cbor.length};
    struct webauthn_attestation attestation = {0};
    struct cbor_head head;
    bool has_format = false;

    if (cbor.length > WEBAUTHN_ATTESTATION_MAX || !cbor_read_head(&reader, &head) ||
        head.major != CBOR_MAP || head.value != 3) {
        return ERR_PASSKEY_MALFORMED;
    }
    for (int i = 0; i < 3; i++) {
        if (!read_member(&reader, &attestation, &has_format)) {
            return ERR_PASSKEY_MALFORMED;
        }
    }
    if (left(&reader) != 0) {
        return ERR_PASSKEY_MALFORMED;
    }
    *ret = attestation; /* three members, none twice: all are there */
    return ERR_OK;
}

/* ---- authenticator data (section 6.1) ---- */

static bool read_credential(struct cbor_reader *reader, struct webauthn_auth_data *data)
{
    size_t id_length;

    if (left(reader) < WEBAUTHN_AAGUID_BYTES + 2) {
        return false;
    }
    memcpy(data->aaguid, reader->at, WEBAUTHN_AAGUID_BYTES);
    id_length =
        (size_t)reader->at[WEBAUTHN_AAGUID_BYTES] << 8 | reader->at[WEBAUTHN_AAGUID_BYTES + 1];
    reader->at += WEBAUTHN_AAGUID_BYTES + 2;
    if (id_length == 0 || id_length > WEBAUTHN_CREDENTIAL_ID_MAX || id_length > left(reader)) {
        return false;
    }
    data->credential_id = (struct webauthn_bytes){reader->at, id_length};
    reader->at += id_length;
    data->credential_key.data = reader->at;
    if (left(reader) == 0 || reader->at[0] >> 5 != CBOR_MAP || !cbor_skip(reader)) {
        return false;
    }
    data->credential_key.length = (size_t)(reader->at - data->credential_key.data);
    return true;
}

enum err webauthn_read_auth_data(struct webauthn_bytes bytes, struct webauthn_auth_data *ret)
{
    struct cbor_reader reader = {bytes.data, bytes.data + bytes.length};
    struct webauthn_auth_data data = {0};

    if (bytes.length < AUTH_DATA_HEAD || bytes.length > WEBAUTHN_AUTH_DATA_MAX) {
        return ERR_PASSKEY_MALFORMED;
    }
    memcpy(data.rp_id_hash.bytes, bytes.data, SHA256_BYTES);
    data.flags = bytes.data[SHA256_BYTES];
    for (size_t i = SHA256_BYTES + 1; i < AUTH_DATA_HEAD; i++) {
        data.sign_count = data.sign_count << 8 | bytes.data[i];
    }
    reader.at += AUTH_DATA_HEAD;
    if ((data.flags & WEBAUTHN_HAS_CREDENTIAL) != 0 && !read_credential(&reader, &data)) {
        return ERR_PASSKEY_MALFORMED;
    }
    if ((data.flags & WEBAUTHN_HAS_EXTENSIONS) != 0 &&
        (left(&reader) == 0 || reader.at[0] >> 5 != CBOR_MAP || !cbor_skip(&reader))) {
        return ERR_PASSKEY_MALFORMED;
    }
    /* What is backed up must have been allowed to be (section 6.1.3). */
    if (left(&reader) != 0 ||
        ((data.flags & WEBAUTHN_BACKED_UP) != 0 && (data.flags & WEBAUTHN_BACKUP_ELIGIBLE) == 0)) {
        return ERR_PASSKEY_MALFORMED;
    }
    *ret = data;
    return ERR_OK;
}

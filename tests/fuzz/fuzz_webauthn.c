/* What a passkey sends. The first byte chooses the reader. */
#include "fuzz.h"

#include <string.h>

#include "core/str.h"
#include "identity/webauthn_int.h"

static bool is_inside(struct webauthn_bytes part, struct webauthn_bytes whole)
{
    return part.length == 0 ||
           (part.data >= whole.data && part.data + part.length <= whole.data + whole.length);
}

static void read_client_data(struct webauthn_bytes bytes)
{
    struct webauthn_client_data data;
    uint8_t challenge[WEBAUTHN_CHALLENGE_BYTES];
    enum err err = webauthn_read_client_data(bytes, &data);

    BUG_IF(err != ERR_OK && err != ERR_PASSKEY_MALFORMED);
    if (err == ERR_OK) {
        BUG_IF(strlen(data.type) >= sizeof(data.type) ||
               strlen(data.origin) >= sizeof(data.origin));
        BUG_IF(data.challenge_length > sizeof(data.challenge));
        BUG_IF(bytes.data[bytes.length - 1] != '}');
        err = webauthn_challenge_of(bytes, challenge);
        BUG_IF((err == ERR_OK) != (data.challenge_length == sizeof(challenge)));
    }
}

/* The registration is verified as if its client data were right: libfido2 sees what passed. */
static void read_attestation(struct webauthn_bytes bytes)
{
    static const char client_data[] =
        "{\"type\":\"webauthn.create\",\"challenge\":\"AAAAAAAAAAAAAAAAAAAAAA\","
        "\"origin\":\"https://example.org\"}";
    static const char *const origins[] = {"https://example.org"};
    static const struct webauthn_party party = {"example.org", origins, 1};
    static const uint8_t challenge[16];
    const struct webauthn_expected expected = {&party, {challenge, sizeof(challenge)}, false};
    struct webauthn_attestation attestation;
    struct webauthn_credential credential;
    enum err err = webauthn_read_attestation(bytes, &attestation);

    BUG_IF(err != ERR_OK && err != ERR_PASSKEY_MALFORMED);
    if (err == ERR_OK) {
        BUG_IF(!is_inside(attestation.statement, bytes) ||
               !is_inside(attestation.auth_data, bytes));
    }
    if (webauthn_verify_registration(
            &expected, (struct webauthn_bytes){(const uint8_t *)client_data, strlen(client_data)},
            bytes, &credential) == ERR_OK) {
        BUG_IF(err != ERR_OK || credential.id_length == 0);
        BUG_IF(credential.public_key_length == 0);
    }
}

static void read_auth_data(struct webauthn_bytes bytes)
{
    struct webauthn_auth_data data;
    enum err err = webauthn_read_auth_data(bytes, &data);

    BUG_IF(err != ERR_OK && err != ERR_PASSKEY_MALFORMED);
    if (err == ERR_OK) {
        BUG_IF(!is_inside(data.credential_id, bytes) || !is_inside(data.credential_key, bytes));
        BUG_IF(((data.flags & WEBAUTHN_HAS_CREDENTIAL) != 0) != (data.credential_id.length > 0));
    }
}

static void read_base64url(struct webauthn_bytes bytes)
{
    uint8_t out[256];
    char again[512];
    size_t length;

    if (base64url_decode((const char *)bytes.data, bytes.length, out, sizeof(out), &length)) {
        BUG_IF(base64url_encode(out, length, again) != bytes.length);
        BUG_IF(memcmp(again, bytes.data, bytes.length) != 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct webauthn_bytes bytes;
    struct cbor_reader reader;

    if (size == 0) {
        return 0;
    }
    bytes = (struct webauthn_bytes){data + 1, size - 1};
    reader = (struct cbor_reader){bytes.data, bytes.data + bytes.length};
    switch (data[0] % 5) {
    case 0:
        read_client_data(bytes);
        break;
    case 1:
        read_attestation(bytes);
        break;
    case 2:
        read_auth_data(bytes);
        break;
    case 3:
        BUG_IF(cbor_skip(&reader) && reader.at > reader.end);
        break;
    default:
        read_base64url(bytes);
        break;
    }
    return 0;
}

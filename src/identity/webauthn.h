/* webauthn.h — what a passkey answers, checked (W3C Web Authentication Level 3, sections 7.1 and
 * 7.2); keys and signatures by libfido2. Pure: no database, no clock.
 *
 * Purpose: from the bytes that a browser sent to a credential (registration) or to a proof that its
 * owner was there (assertion). Bytes of strangers meet two small strict readers of our own first,
 * for the client data (webauthn_json.c) and for CBOR (webauthn_cbor.c); libfido2 is only given what
 * is well formed, of definite length and within its bounds.
 *
 * Policy: the type, challenge, origin (a list) and rp id must be ours; embedding in another site
 * (crossOrigin) is refused; user presence always, user verification where asked for; ES256, RS256
 * and EdDSA; attestation `none`, or `packed` signed by the credential itself. A statement by a
 * maker is refused, as it was not asked for. A sign counter must grow once it moved.
 *
 * Non-goals: challenges (who keeps them decides that each counts once), which maker made the
 * authenticator, extensions. */
#ifndef JN_IDENTITY_WEBAUTHN_H
#define JN_IDENTITY_WEBAUTHN_H

#include "core/base.h"
#include "core/err.h"
#include "core/sha256.h"

#define WEBAUTHN_CHALLENGE_BYTES   32
#define WEBAUTHN_CREDENTIAL_ID_MAX 1023
#define WEBAUTHN_PUBLIC_KEY_MAX    260
#define WEBAUTHN_AAGUID_BYTES      16
#define WEBAUTHN_CLIENT_DATA_MAX   4096
#define WEBAUTHN_ATTESTATION_MAX   8192
#define WEBAUTHN_AUTH_DATA_MAX     4096
#define WEBAUTHN_SIGNATURE_MAX     1024
#define WEBAUTHN_ORIGIN_MAX        256
#define WEBAUTHN_USER_HANDLE_MAX   64

/* COSE algorithm numbers (RFC 9053, RFC 8812). */
enum webauthn_algorithm {
    WEBAUTHN_ES256 = -7,
    WEBAUTHN_EDDSA = -8,
    WEBAUTHN_RS256 = -257,
};

/* Bits of the authenticator data's flags (section 6.1). */
enum webauthn_flag {
    WEBAUTHN_USER_PRESENT = 1 << 0,
    WEBAUTHN_USER_VERIFIED = 1 << 2,
    WEBAUTHN_BACKUP_ELIGIBLE = 1 << 3,
    WEBAUTHN_BACKED_UP = 1 << 4,
    WEBAUTHN_HAS_CREDENTIAL = 1 << 6,
    WEBAUTHN_HAS_EXTENSIONS = 1 << 7,
};

struct webauthn_bytes {
    const uint8_t *data;
    size_t length;
};

/* Who we are. */
struct webauthn_party {
    const char *rp_id;          /* "wallet.example" */
    const char *const *origins; /* "https://wallet.example", "android:apk-key-hash:…" */
    size_t origin_count;
};

struct webauthn_credential {
    uint8_t id[WEBAUTHN_CREDENTIAL_ID_MAX];
    size_t id_length;
    enum webauthn_algorithm algorithm;
    uint8_t public_key[WEBAUTHN_PUBLIC_KEY_MAX]; /* as libfido2 holds it, by algorithm */
    size_t public_key_length;
    uint8_t aaguid[WEBAUTHN_AAGUID_BYTES];
    uint32_t sign_count;
    uint8_t flags; /* enum webauthn_flag of the last answer */
};

struct webauthn_expected {
    const struct webauthn_party *party;
    struct webauthn_bytes challenge; /* as it was sent */
    bool needs_verification;         /* PIN, fingerprint or face, not only a touch */
};

/* A new credential. ERR_PASSKEY_MALFORMED, ERR_PASSKEY_ORIGIN_WRONG (origin, rp id, embedding),
 * ERR_PASSKEY_CHALLENGE_WRONG (challenge, or an answer of the other kind), ERR_PASSKEY_UNVERIFIED,
 * ERR_PASSKEY_ALGORITHM_UNSUPPORTED, ERR_PASSKEY_SIGNATURE_WRONG (self attestation). */
JN_MUST_USE enum err webauthn_verify_registration(const struct webauthn_expected *expected,
                                                  struct webauthn_bytes client_data,
                                                  struct webauthn_bytes attestation,
                                                  struct webauthn_credential *ret);

struct webauthn_assertion {
    struct webauthn_bytes client_data, auth_data, signature;
};
struct webauthn_seen {
    uint32_t sign_count;
    uint8_t flags;
};
/* The same errors, and ERR_PASSKEY_COUNTER_BACK when the signature is right and the counter is not:
 * then *ret is filled all the same, so that it can be told. */
JN_MUST_USE enum err webauthn_verify_assertion(const struct webauthn_expected *expected,
                                               const struct webauthn_credential *credential,
                                               const struct webauthn_assertion *assertion,
                                               struct webauthn_seen *ret);

/* The challenge that client data carries, before anything is checked, to find what it answers.
 * ERR_PASSKEY_MALFORMED; ERR_PASSKEY_CHALLENGE_WRONG when it has not our length. */
JN_MUST_USE enum err webauthn_challenge_of(struct webauthn_bytes client_data,
                                           uint8_t ret[WEBAUTHN_CHALLENGE_BYTES]);

/* ---- readers; for verification, tests and fuzzing ---- */

struct webauthn_client_data {
    char type[32];
    uint8_t challenge[WEBAUTHN_USER_HANDLE_MAX];
    size_t challenge_length;
    char origin[WEBAUTHN_ORIGIN_MAX];
    bool cross_origin;
    bool has_top_origin;
};
/* A JSON object with type, challenge and origin as texts; crossOrigin as true or false. No member
 * twice of those we know; others are passed over. ERR_PASSKEY_MALFORMED. */
JN_MUST_USE enum err webauthn_read_client_data(struct webauthn_bytes json,
                                               struct webauthn_client_data *ret);

struct webauthn_attestation {
    char format[16];
    struct webauthn_bytes statement; /* a CBOR map */
    struct webauthn_bytes auth_data;
};
JN_MUST_USE enum err webauthn_read_attestation(struct webauthn_bytes cbor,
                                               struct webauthn_attestation *ret);

struct webauthn_auth_data {
    struct sha256_hash rp_id_hash;
    uint8_t flags;
    uint32_t sign_count;
    uint8_t aaguid[WEBAUTHN_AAGUID_BYTES];
    struct webauthn_bytes credential_id;  /* empty without WEBAUTHN_HAS_CREDENTIAL */
    struct webauthn_bytes credential_key; /* COSE_Key */
};
JN_MUST_USE enum err webauthn_read_auth_data(struct webauthn_bytes bytes,
                                             struct webauthn_auth_data *ret);

/* RFC 4648 section 5 without padding, strict. False if malformed or longer than ret_max. */
JN_MUST_USE bool base64url_decode(const char *text, size_t length, void *ret, size_t ret_max,
                                  size_t *ret_length);
/* ret holds 4 * ((length + 2) / 3) + 1 bytes; returns the length. */
size_t base64url_encode(const void *data, size_t length, char *ret);

#endif

/* authenticator.h — a passkey in software, for tests: real keys and signatures by OpenSSL, and
 * every field that a liar could change.
 *
 * Non-goals: CTAP. The product never links this. */
#ifndef JN_TESTS_AUTHENTICATOR_H
#define JN_TESTS_AUTHENTICATOR_H

#include <openssl/evp.h>

#include "core/buf.h"
#include "identity/webauthn.h"

struct authenticator {
    EVP_PKEY *key;
    enum webauthn_algorithm algorithm;
    uint8_t id[32];
    uint32_t sign_count; /* of the next answer */
    uint8_t flags;       /* of the next answer, without the credential's bit */
};
void authenticator_init(struct authenticator *authenticator, enum webauthn_algorithm algorithm);
void authenticator_done(struct authenticator *authenticator);

/* What is said; the texts go into the client data as they are. */
struct authenticator_ask {
    const char *type; /* NULL: the right one */
    const char *origin, *rp_id;
    const uint8_t *challenge;
    size_t challenge_length;
    bool cross_origin;
    bool self_attestation;
};
/* The caller gives the buffers back (buf_done). */
struct authenticator_answer {
    struct buf client_data;
    struct buf attestation;          /* of a registration */
    struct buf auth_data, signature; /* of an assertion */
};
void authenticator_register(const struct authenticator *authenticator,
                            const struct authenticator_ask *ask, struct authenticator_answer *ret);
void authenticator_assert(const struct authenticator *authenticator,
                          const struct authenticator_ask *ask, struct authenticator_answer *ret);
void authenticator_answer_done(struct authenticator_answer *answer);

struct webauthn_bytes bytes_of(const struct buf *buf);

#endif

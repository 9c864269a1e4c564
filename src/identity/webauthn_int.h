/* webauthn_int.h — CBOR as far as WebAuthn needs it (RFC 8949, the part that CTAP2 allows): items
 * of definite length, at most CBOR_DEPTH_MAX deep. Nothing is built; a reader moves over the bytes.
 *
 * Every count is bounded by the bytes that are left, so that what passed cbor_skip() makes no other
 * decoder allocate more than a small multiple of its input. */
#ifndef JN_IDENTITY_WEBAUTHN_INT_H
#define JN_IDENTITY_WEBAUTHN_INT_H

#include "identity/webauthn.h"

#define CBOR_DEPTH_MAX 8

enum cbor_major {
    CBOR_UINT = 0,
    CBOR_NEGATIVE = 1,
    CBOR_BYTES = 2,
    CBOR_TEXT = 3,
    CBOR_ARRAY = 4,
    CBOR_MAP = 5,
    CBOR_TAG = 6,
    CBOR_SIMPLE = 7,
};

struct cbor_reader {
    const uint8_t *at, *end;
};
struct cbor_head {
    enum cbor_major major;
    uint64_t value; /* a number, a length, a count of items or pairs */
};
/* False at the end, on indefinite lengths, and on a number that is not in its shortest form. */
JN_MUST_USE bool cbor_read_head(struct cbor_reader *reader, struct cbor_head *ret);
/* The contents of a text or byte string. */
JN_MUST_USE bool cbor_read_string(struct cbor_reader *reader, enum cbor_major major,
                                  struct webauthn_bytes *ret);
/* Over one item with everything in it. */
JN_MUST_USE bool cbor_skip(struct cbor_reader *reader);

bool webauthn_bytes_are(struct webauthn_bytes bytes, const char *text);

#endif

/* token.h — 256 random bits as text: the secrets that API keys and sessions are known by.
 *
 * 52 Crockford base32 digits, the last four bits of the last digit zero, so that one secret has one
 * text. So many random bits need no slow hash: SHA-256 of the bytes is what is stored. */
#ifndef JN_CORE_TOKEN_H
#define JN_CORE_TOKEN_H

#include "core/base.h"
#include "core/sha256.h"

#define TOKEN_BYTES  32
#define TOKEN_DIGITS 52

/* Writes the digits and a NUL. */
void token_encode(const uint8_t bytes[TOKEN_BYTES], char ret[TOKEN_DIGITS + 1]);
/* Exactly what token_encode writes; false otherwise. `text` has TOKEN_DIGITS bytes. */
JN_MUST_USE bool token_decode(const char text[TOKEN_DIGITS], uint8_t ret[TOKEN_BYTES]);
/* What is stored of it. */
void token_hash(const uint8_t bytes[TOKEN_BYTES], struct sha256_hash *ret);

#endif

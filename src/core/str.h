/* str.h — parsing and encoding of text, strict and bounded. */
#ifndef JN_CORE_STR_H
#define JN_CORE_STR_H

#include "core/base.h"

/* Whole string, decimal, optional '-', no leading '+' or space; false on anything else. */
JN_MUST_USE bool str_parse_i64(const char *text, size_t length, int64_t *ret);
JN_MUST_USE bool str_parse_u32(const char *text, size_t length, uint32_t *ret);
/* Well-formed UTF-8 by Unicode's Table 3-7 (no surrogates, no overlong forms). NUL is allowed. */
JN_MUST_USE bool str_is_utf8(const void *data, size_t length);
bool str_equal(const char *a, const char *b);
bool str_starts_with(const char *text, const char *prefix);

/* Lower-case hex. ret holds 2 * length + 1 bytes. */
void hex_encode(const void *data, size_t length, char *ret);
/* False unless exactly 2 * bytes hex digits (either case). */
JN_MUST_USE bool hex_decode(const char *text, size_t length, void *ret, size_t bytes);
/* RFC 4648 section 4, with padding. ret holds 4 * ((length + 2) / 3) + 1 bytes; returns length. */
size_t base64_encode(const void *data, size_t length, char *ret);
/* Strict: padding required, no white space, no spare bits. False if malformed or > ret_max. */
JN_MUST_USE bool base64_decode(const char *text, size_t length, void *ret, size_t ret_max,
                               size_t *ret_length);

#endif

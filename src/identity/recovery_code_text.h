/* recovery_code_text.h — recovery codes as text: 16 characters of Crockford base32 (80 random bits)
 * in groups of four, "7k3m-…"; the pure part.
 *
 * So many bits need no slow hash: what is stored is a keyed hash of the canonical text, and nobody
 * who reads the database alone can try codes (recovery_codes.h). */
#ifndef JN_IDENTITY_RECOVERY_CODE_TEXT_H
#define JN_IDENTITY_RECOVERY_CODE_TEXT_H

#include "core/base.h"

#define RECOVERY_CODE_COUNT  10
#define RECOVERY_CODE_DIGITS 16
#define RECOVERY_CODE_SHOWN  20 /* with three hyphens and the NUL */

struct recovery_code {
    char digits[RECOVERY_CODE_DIGITS + 1]; /* canonical: lower case, no hyphens */
};

/* The caller wipes it. */
void recovery_code_draw(struct recovery_code *ret);
void recovery_code_show(const struct recovery_code *code, char ret[RECOVERY_CODE_SHOWN]);
/* As people write it: any case, hyphens and spaces anywhere, o for 0, i and l for 1. False if it
 * cannot be a code. */
JN_MUST_USE bool recovery_code_read(const char *text, size_t length, struct recovery_code *ret);

#endif

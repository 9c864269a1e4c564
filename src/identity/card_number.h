/* card_number.h — bank card numbers: their one written form and the Luhn check (ISO/IEC 7812-1,
 * annex B). Pure. Which bank and network a number belongs to is data (policy/bins.h). */
#ifndef JN_IDENTITY_CARD_NUMBER_H
#define JN_IDENTITY_CARD_NUMBER_H

#include "core/base.h"
#include "core/err.h"

#define CARD_DIGITS_MIN 12
#define CARD_DIGITS_MAX 19

struct card_number {
    char digits[CARD_DIGITS_MAX + 1]; /* wipe after use */
    size_t length;
};
/* Spaces and hyphens are forgiven. ERR_CARD_NUMBER_INVALID: other characters, too few or many
 * digits, or the check digit does not fit. */
JN_MUST_USE enum err card_number_parse(const char *text, size_t length, struct card_number *ret);
/* True if the last digit fits the others. */
JN_MUST_USE bool luhn_is_valid(const char *digits, size_t length);

#endif

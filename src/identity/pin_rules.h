/* pin_rules.h — which six digits may be a payment PIN; pure.
 *
 * Six digits are a million: what keeps them safe is that guesses are few (factor_tries.h). The
 * rules here take away what a thief would try in those few: sequences, repetitions, the best-known
 * patterns, and what can be read off an id card or a phone.
 *
 * Non-goals: passwords (password*.h). */
#ifndef JN_IDENTITY_PIN_RULES_H
#define JN_IDENTITY_PIN_RULES_H

#include "core/base.h"
#include "core/err.h"

#define PIN_DIGITS 6

/* What is known about the person; "" or NULL where nothing is. */
struct pin_known {
    const char *id_number; /* GB 11643: 18 characters, the birthday in digits 7 to 14 */
    const char *phone;     /* any spelling; its digits count */
};

/* `pin` holds PIN_DIGITS ASCII digits (a bug otherwise: the contract checks it).
 * ERR_PIN_TOO_SIMPLE: a constant step from digit to digit modulo ten (111111, 123456, 975319), a
 * repeated half, third or pair (123123, 121212), three doubled digits in order (112233), a mirror
 * (123321), or a pattern of the keypad.
 * ERR_PIN_IS_PERSONAL: a spelling of the birthday, or six digits in a row of id or phone number. */
JN_MUST_USE enum err pin_check_rules(const char *pin, const struct pin_known *known);

#endif

/* totp.h — time-based one-time passwords (RFC 6238: HMAC-SHA-1, 30 s, 6 digits), by liboath.
 *
 * Purpose: the pure part. A code of the step before, of now, and of the step after will do; each
 * step counts once, also for the process that lost the race: the caller stores the step and lets it
 * only grow (totps.h).
 *
 * Non-goals: where secrets are kept, how often one may guess (factor_tries.h). */
#ifndef JN_IDENTITY_TOTP_H
#define JN_IDENTITY_TOTP_H

#include "core/base.h"
#include "core/err.h"

#define TOTP_SECRET_BYTES 20 /* RFC 4226 section 4, R6 recommends 160 bits */
#define TOTP_DIGITS       6
#define TOTP_STEP_S       30
#define TOTP_WINDOW       1 /* steps either side */

struct totp_secret {
    uint8_t bytes[TOTP_SECRET_BYTES];
};
/* The caller wipes it. */
void totp_secret_draw(struct totp_secret *ret);

/* The code of a step (seconds since 1970 / 30). */
void totp_code(const struct totp_secret *secret, int64_t step, char ret[TOTP_DIGITS + 1]);

/* Which step the code is of. `used_step` is the greatest step that counted before, 0 for none.
 * ERR_TOTP_WRONG when the code is of no step in the window; ERR_TOTP_USED when it is of one that is
 * not after used_step. Every step is compared whole, in constant time. */
JN_MUST_USE enum err totp_check(const struct totp_secret *secret, int64_t now_us, int64_t used_step,
                                const char *code, int64_t *ret_step);

/* The secret as people type it: 32 characters of base32 (RFC 4648), without padding. */
#define TOTP_TEXT_MAX 33
void totp_secret_text(const struct totp_secret *secret, char ret[TOTP_TEXT_MAX]);

/* The key URI that authenticator apps read: otpauth://totp/Issuer:account?secret=…&issuer=…
 * Everything but unreserved characters is percent-encoded. False when it does not fit. */
#define TOTP_URI_MAX 512
JN_MUST_USE bool totp_uri(const struct totp_secret *secret, const char *issuer, const char *account,
                          char ret[TOTP_URI_MAX]);

#endif

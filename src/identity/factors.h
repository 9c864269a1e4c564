/* factors.h — what a person can show besides being signed in: which factors there are, which of
 * them somebody has, and how many guesses each takes.
 *
 * Purpose: the numbers and words that PINs, TOTP, passkeys, codes and recovery codes share, and the
 * one counter of guesses. A guess is counted before it is checked, in one statement: any number of
 * parallel guesses, in any number of processes, has at most FACTOR_TRIES checked before the pause
 * begins. Pauses are rows: they outlive a restart.
 *
 * FACTOR_TRIES wrong tries in a row begin a pause of 10 minutes, as many again one of an hour, as
 * many again one of a day, and the twentieth locks the factor until it is set anew, which needs
 * another factor. A right one begins the count anew.
 *
 * Non-goals: which factors count for what (stepup.h), one-time codes' own tries (codes.h).
 * Threads: everything runs inside the caller's transaction. */
#ifndef JN_IDENTITY_FACTORS_H
#define JN_IDENTITY_FACTORS_H

#include "core/base.h"
#include "core/err.h"
#include "core/ids.h"
#include "store/store.h"

/* Numbers are in the database; a set of them has the bit 1 << number. */
enum factor {
    FACTOR_PIN = 1,
    FACTOR_TOTP = 2,
    FACTOR_PASSKEY = 3,
    FACTOR_CODE = 4, /* one-time code to a contact */
    FACTOR_PASSWORD = 5,
    FACTOR_RECOVERY_CODE = 6, /* signs in; confirms nothing */
};
#define FACTOR_MAX           6
#define FACTOR_BIT(f)        (1u << (f))
#define FACTOR_NAME_MAX      64 /* characters of a name that a person gives */
#define FACTOR_NAME_BYTES    256
#define FACTOR_TRIES         5
#define FACTOR_TRIES_TO_LOCK 20

struct factor_counts {
    bool has_pin, has_password, has_contact;
    uint32_t totp_count, passkey_count, recovery_code_count; /* those that count */
};
JN_MUST_USE enum err factors_count(struct store_tx *tx, struct person_id person,
                                   struct factor_counts *ret);
/* FACTOR_BIT of each that the person has. */
uint32_t factors_held(const struct factor_counts *counts);
/* How many second factors for signing in: TOTP and passkeys. */
uint32_t factors_second_count(const struct factor_counts *counts);

/* ---- guesses ---- */

struct factor_pause {
    uint32_t failed;  /* with this one */
    int64_t until_us; /* with ERR_FACTOR_PAUSED: when to come back */
    uint32_t left;    /* tries left before the next pause, if this one is wrong */
};
/* Counts one. ERR_FACTOR_PAUSED or ERR_FACTOR_LOCKED: it must not be checked, nothing was counted.
 * After ERR_OK the transaction has to be committed whatever the check says. */
JN_MUST_USE enum err factor_try_begin(struct store_tx *tx, struct person_id person,
                                      enum factor factor, struct factor_pause *ret);
/* It was right, or the factor was set anew. */
JN_MUST_USE enum err factor_try_clear(struct store_tx *tx, struct person_id person,
                                      enum factor factor);
/* Without counting: *ret->until_us 0 when there is no pause; failed >= FACTOR_TRIES_TO_LOCK:
 * locked.
 */
JN_MUST_USE enum err factor_try_get(struct store_tx *tx, struct person_id person,
                                    enum factor factor, struct factor_pause *ret);

#endif

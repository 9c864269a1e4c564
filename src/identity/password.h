/* password.h — passwords: how good one is, and how it is kept.
 *
 * Kept is argon2id (RFC 9106; 19 MiB, 2 passes, 1 lane: OWASP's floor) over a keyed hash of the
 * password. The key is not in the database: who steals that alone cannot try a single guess. A hash
 * that was made with weaker numbers is made anew at the next sign-in.
 *
 * A password is judged by zxcvbn with the person's own words, never by rules about classes of
 * characters, and is never made to expire. Any byte is allowed; nothing is trimmed or cut.
 *
 * password_hash() and password_matches() take tens of milliseconds: only on the hash pool.
 * Threads: no state; everything may be called from any thread. */
#ifndef JN_IDENTITY_PASSWORD_H
#define JN_IDENTITY_PASSWORD_H

#include "core/base.h"
#include "core/err.h"
#include "core/ids.h"
#include "core/sha256.h"
#include "identity/vault.h"
#include "store/store.h"

#define PASSWORD_BYTES_MIN 8
#define PASSWORD_BYTES_MAX 128
#define PASSWORD_HASH_MAX  128 /* crypto_pwhash_STRBYTES */
#define PASSWORD_WORDS_MAX 8
#define PASSWORD_WORD_MAX  64

/* ---- strength ---- */

/* What makes it weak, the worst first. */
enum password_fault {
    PASSWORD_FINE = 0,
    PASSWORD_TOO_SHORT = 1,
    PASSWORD_TOO_LONG = 2,
    PASSWORD_OWN_WORDS = 3, /* phone, e-mail, name */
    PASSWORD_COMMON = 4,    /* on lists of words and of passwords that were leaked */
    PASSWORD_PATTERN = 5,   /* repeats, sequences, rows of keys, dates */
    PASSWORD_GUESSABLE = 6, /* too few possibilities */
};
struct password_strength {
    enum password_fault fault;
    uint8_t score; /* 0..4; 3 is enough */
    int64_t bits;  /* of a guesser's work, log2 */
};
/* Words of the person that must not be the password; each NUL-terminated, at most
 * PASSWORD_WORD_MAX bytes are looked at. Wipe after use. */
struct password_words {
    char words[PASSWORD_WORDS_MAX][PASSWORD_WORD_MAX + 1];
    size_t count;
};
/* Adds a text and what it is made of (digits of a number, parts of an address). */
void password_words_add(struct password_words *words, const char *text, size_t length);
/* About a millisecond at most. */
void password_judge(const char *password, size_t length, const struct password_words *words,
                    struct password_strength *ret);
/* The error for a fault; ERR_OK for PASSWORD_FINE. */
enum err password_fault_err(enum password_fault fault);

/* ---- hashes ---- */

struct password_hash {
    char text[PASSWORD_HASH_MAX]; /* "$argon2id$…", NUL-terminated */
};
/* The password under the pepper: what is hashed. Quick. */
void password_pepper(const struct vault *vault, struct person_id person, const char *password,
                     size_t length, struct sha256_hash *ret);
/* ERR_HASH_BUSY when there is no memory for it. */
JN_MUST_USE enum err password_hash(const struct sha256_hash *peppered, struct password_hash *ret);
/* Constant time in the hash. False also for a malformed one. */
JN_MUST_USE bool password_matches(const struct password_hash *hash,
                                  const struct sha256_hash *peppered);
bool password_needs_rehash(const struct password_hash *hash);
/* A hash that no password matches, as costly as any: for people who do not exist. */
void password_hash_of_nobody(struct password_hash *ret);

/* ---- in a transaction ---- */

struct password_row {
    struct password_hash hash;
    int64_t changed_at_us;
};
/* *ret_found false: none, *ret untouched. */
JN_MUST_USE enum err password_get(struct store_tx *tx, struct person_id person,
                                  struct password_row *ret, bool *ret_found);
/* Sets or replaces it. */
JN_MUST_USE enum err password_put(struct store_tx *tx, struct person_id person,
                                  const struct password_hash *hash);
/* The same password under stronger numbers; nothing when it was changed since. */
JN_MUST_USE enum err password_rehashed(struct store_tx *tx, struct person_id person,
                                       const struct password_hash *old,
                                       const struct password_hash *hash);

#endif

/* api_keys.h — API keys: who asks, and what the asker may do.
 *
 * A key is shown once as text, "jk_<id>_<secret>": the id in 13 Crockford base32 digits, the secret
 * 256 random bits in 52. Only SHA-256 of the secret is stored; that many random bits need no slow
 * hash. Secrets are compared in constant time and wiped after use.
 *
 * All keys (at most API_KEYS_MAX) are held in memory. What this process changes it sees at once;
 * with PostgreSQL, where other processes change keys too, the copy is never older than 5 s.
 *
 * Non-goals: people, sessions, factors.
 * Threads: everything may be called from any thread. Locks: one read-write lock around the copy,
 * one mutex so that one thread at a time reads it anew. */
#ifndef JN_IDENTITY_API_KEYS_H
#define JN_IDENTITY_API_KEYS_H

#include "core/base.h"
#include "core/clock.h"
#include "core/err.h"
#include "core/ids.h"
#include "store/store.h"

#define API_KEYS_MAX        1000
#define API_KEY_NAME_MAX    64 /* bytes of UTF-8 in characters of the contract: at most 4 each */
#define API_KEY_NAME_BYTES  (4 * API_KEY_NAME_MAX)
#define API_KEY_SECRET_SIZE 32
#define API_KEY_TEXT_MAX    70 /* jk_ + 13 + _ + 52, NUL */

/* The bits are the contract's x-bits of Scope. */
enum api_scope {
    API_SCOPE_LEDGER_READ = 1,
    API_SCOPE_LEDGER_WRITE = 2,
    API_SCOPE_METRICS_READ = 4,
    API_SCOPE_ADMIN = 8, /* includes every other */
};
#define API_SCOPES_ALL 15u

struct api_key {
    struct api_key_id id;
    char name[API_KEY_NAME_BYTES + 1];
    uint32_t scopes;
    uint32_t rate_per_second; /* 0: the server's default */
    int64_t created_at_us;
    int64_t last_used_at_us; /* to the minute; 0: never */
    int64_t revoked_at_us;   /* 0: it works */
};

struct api_keys;

/* After store_open and migration, before or after store_start. The clock and store outlive it. */
JN_MUST_USE enum err api_keys_open(struct store *store, const struct clock *clock,
                                   struct api_keys **ret);
void api_keys_close(struct api_keys *keys); /* NULL is fine */
/* The greatest id stored, 0 if none; for id_source_init. */
JN_MUST_USE enum err api_keys_last_id(struct store *store, int64_t *ret);

/* Who sent this text. ERR_UNAUTHORIZED when it is malformed, unknown, wrong or revoked (which of
 * them is not said); a store error when the copy is too old and cannot be renewed. Name and times
 * of *ret are filled; remembers that the key was used. */
JN_MUST_USE enum err api_keys_authenticate(struct api_keys *keys, const char *text, size_t length,
                                           struct api_key *ret);
/* True if the scopes include one of `wanted` (admin includes all). */
bool api_scopes_allow(uint32_t scopes, uint32_t wanted);

/* A new secret with its key's text. The caller wipes both. */
struct api_key_secret {
    uint8_t bytes[API_KEY_SECRET_SIZE];
    char text[API_KEY_TEXT_MAX];
};
void api_key_secret_draw(struct api_key_id id, struct api_key_secret *ret);

/* In a transaction. id, name, scopes, rate and created_at_us of *key are stored. ERR_API_KEY_LIMIT,
 * ERR_SCOPE_UNKNOWN. After the commit: api_keys_refresh(). */
JN_MUST_USE enum err api_keys_create(struct store_tx *tx, const struct api_key *key,
                                     const struct api_key_secret *secret);
/* In a transaction. Revoking again keeps the first time. ERR_API_KEY_NOT_FOUND,
 * ERR_API_KEY_LAST_ADMIN. *ret is the key as it is then. */
JN_MUST_USE enum err api_keys_revoke(struct store_tx *tx, struct api_key_id id, int64_t now_us,
                                     struct api_key *ret);
/* Newest first; ret holds API_KEYS_MAX. */
JN_MUST_USE enum err api_keys_list(struct store_tx *tx, struct api_key *ret, size_t *ret_count);

/* Reads the copy anew. */
JN_MUST_USE enum err api_keys_refresh(struct api_keys *keys);
/* A worker calls it about once a minute: writes down when keys were last used. */
JN_MUST_USE enum err api_keys_write_used(struct api_keys *keys);

/* Creates the first administrator's key (`jinnang init`) in a transaction of its own;
 * ERR_ALREADY_INITIALISED if there is any key. *ret_secret holds what is shown once. Before or
 * after store_start; needs a started store. */
JN_MUST_USE enum err api_keys_create_first(struct store *store, struct id_source *ids,
                                           const char *name, int64_t now_us,
                                           struct api_key_secret *ret_secret);

#endif

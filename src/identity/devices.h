/* devices.h — what people sign in with: recognised by a token of its own that outlives sessions, so
 * that a sign-in from one that was never seen can be told about.
 *
 * Stored are a hash of the token with the person's id (two people may share a browser) and a short
 * name made from the User-Agent: program and system, nothing that could tell one machine from
 * another. Where it is, is a country by its address, or "local".
 *
 * Non-goals: telling (sign-in does), fingerprinting. */
#ifndef JN_IDENTITY_DEVICES_H
#define JN_IDENTITY_DEVICES_H

#include "core/base.h"
#include "core/err.h"
#include "core/ids.h"
#include "core/token.h"
#include "identity/sessions.h"
#include "store/store.h"

/* "Firefox on Android"; "" when nothing is known. `agent` may be NULL. Pure. */
void device_name(const char *agent, size_t length, char ret[SESSION_DEVICE_NAME_MAX + 1]);

/* Of a device that is seen now. `token` comes from the caller or is drawn anew. */
struct device_seen {
    struct device_id new_id; /* used when it is new */
    struct person_id person;
    bool has_token;             /* the caller sent one */
    uint8_t token[TOKEN_BYTES]; /* with has_token */
    uint8_t fresh[TOKEN_BYTES]; /* drawn by the caller: a new device's */
    const char *name;
};
/* In a write. *ret_is_new: it was not known; `fresh` is its token from now on. */
JN_MUST_USE enum err device_see(struct store_tx *tx, const struct device_seen *seen,
                                struct device_id *ret_id, bool *ret_is_new);
/* True if another device of the person is known: the first one of all is nothing to warn about. */
JN_MUST_USE enum err device_has_others(struct store_tx *tx, struct person_id person,
                                       struct device_id but, bool *ret);
/* None of the person's devices is known any more. */
JN_MUST_USE enum err devices_forget(struct store_tx *tx, struct person_id person);

/* ---- where an address is ---- */

struct places;
/* Reads Debian's geoip-database; without it every public address is unknown. */
struct places *places_open(void);
void places_close(struct places *places); /* NULL is fine */
/* "CN", "local" for a private or loopback address, "" when unknown. Any thread. `places` may be
 * NULL. */
void place_of_address(struct places *places, const char *address, char ret[SESSION_PLACE_MAX + 1]);

#endif

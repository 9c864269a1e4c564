/* access_seal.h — signs the head of the access log by the key that signs the Merkle log.
 *
 * The signed text also names the newest checkpoint's epoch and size: whoever keeps either log's
 * signatures can tell that neither was rewritten behind the other (docs/decisions/0010). */
#ifndef JN_MAIN_ACCESS_SEAL_H
#define JN_MAIN_ACCESS_SEAL_H

#include "core/err.h"

struct sealer;
struct store;

/* Signs when somebody has looked since the last signature; a worker calls it. */
JN_MUST_USE enum err access_seal(struct store *store, struct sealer *sealer, int64_t now_us);

#endif

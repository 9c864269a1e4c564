/* verification_worker.h — puts questions about people to the provider and writes the answers down.
 *
 * Threads: one worker thread runs it; the provider is asked outside every transaction. Several
 * processes may share the work: whoever claims a question asks it. */
#ifndef JN_MAIN_VERIFICATION_WORKER_H
#define JN_MAIN_VERIFICATION_WORKER_H

#include "core/clock.h"
#include "core/ids.h"
#include "identity/vault.h"
#include "policy/pack.h"
#include "store/store.h"

struct verification_worker;

struct verification_worker_config {
    struct store *store;
    struct vault *vault;
    struct id_source *ids;
    const struct clock *clock;
    const struct pack *pack;
    bool is_sandbox;
    const char *verifier_url;      /* NULL: nobody can be asked; people review */
    const char *verifier_key_file; /* with the URL: 64 hex digits, only its owner may read it */
    const char *verifier_ca_file;  /* NULL: the system's */
};
/* Everything outlives the worker. ERR_CONFIG_INVALID: the URL, or one of URL and key alone;
 * ERR_VERIFIER_KEY_INVALID. */
JN_MUST_USE enum err verification_worker_create(const struct verification_worker_config *config,
                                                struct verification_worker **ret);
void verification_worker_free(struct verification_worker *worker); /* NULL is fine */
/* As workers.h wants it. */
enum err verification_worker_run(void *arg, bool *ret_more);

/* Reads 64 hex digits. ERR_VERIFIER_KEY_INVALID also when others may read the file. */
JN_MUST_USE enum err verifier_key_read(const char *path, uint8_t ret[32]);

#endif

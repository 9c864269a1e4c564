/* checkpoint_int.h — what the parts of the sealer share. Private to ledger/. */
#ifndef JN_LEDGER_CHECKPOINT_INT_H
#define JN_LEDGER_CHECKPOINT_INT_H

#include <pthread.h>

#include "ledger/checkpoint.h"

#define SEALER_PATH_MAX  4096
#define SEALER_KEYS_MAX  64
#define SEALER_WITNESSES 16

/* The keys as they stand in the database, with the newest one's secret. */
struct sealer_keys {
    struct document_key keys[SEALER_KEYS_MAX];
    char *rotations[SEALER_KEYS_MAX]; /* owned; keys[i].rotation points here */
    size_t count;
    int64_t newest; /* key_number */
    struct note_signer signer;
};
struct sealer {
    pthread_mutex_t lock;
    struct store *store;
    struct ledger *ledger;
    const struct clock *clock;
    char data_dir[SEALER_PATH_MAX];
    struct sealer_keys keys;
    int64_t epoch;
    int64_t sealed_size; /* of the newest checkpoint of this epoch; -1: none */
    uint32_t seals;
};

void sealer_keys_done(struct sealer_keys *keys);
/* Reads log_keys and the secret. ERR_NOT_INITIALISED when there is no key yet. */
JN_MUST_USE enum err sealer_keys_load(struct store *store, const char *data_dir,
                                      struct sealer_keys *ret);
/* Makes the first key, or the next one with the rotation signed by `before` (NULL: first). */
JN_MUST_USE enum err sealer_keys_add(struct store *store, const char *data_dir, const char *origin,
                                     const struct sealer_keys *before, int64_t now_us);
void sealer_key_path(const char *data_dir, const struct note_key *key, char ret[SEALER_PATH_MAX]);
/* Writes a file as one step: a temporary one beside it, synced if so wished, then renamed. */
JN_MUST_USE enum err sealer_write_file(const char *path, const char *text, size_t length, int mode,
                                       bool sync);
/* At most `bytes_max`; NUL-terminated, the caller frees. ERR_FILE_NOT_FOUND, ERR_IO_FAILED,
 * ERR_TOO_LARGE. */
JN_MUST_USE enum err sealer_read_file(const char *path, size_t bytes_max, char **ret,
                                      size_t *ret_length);

#endif

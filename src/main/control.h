/* control.h — how `jinnang backup` and `jinnang keys rotate` ask a running server, which alone may
 * touch its SQLite file.
 *
 * A socket beside the database, DATABASE.control, readable and writable by its owner only; whoever
 * connects must also be that user or root. One request a connection, in lines of text:
 *   client: backup /absolute/path   or: rotate
 *   server: progress DONE TOTAL   (any number)
 *   server: ok                    or: error CODE
 *
 * Non-goals: remote administration (HTTP has that), PostgreSQL (it has its own tools). */
#ifndef JN_MAIN_CONTROL_H
#define JN_MAIN_CONTROL_H

#include "core/base.h"
#include "core/err.h"
#include "ledger/checkpoint.h"
#include "store/store.h"

struct control;

struct vault; /* identity/vault.h */

/* They must outlive it. */
struct control_parts {
    struct store *store;
    struct sealer *sealer;
    struct vault *vault;
};
/* Listens and starts a thread. A socket left by a server that was
 * killed is replaced: the database's lock already says that no other server runs. ERR_IO_FAILED. */
JN_MUST_USE enum err control_start(const char *database_path, const struct control_parts *parts,
                                   struct control **ret);
/* Lets a request under way finish, then removes the socket. NULL is fine. */
void control_stop(struct control *control);

/* Asks the server of this database to write a backup. ERR_FILE_NOT_FOUND when none runs; otherwise
 * the server's outcome. `progress` may be NULL. */
JN_MUST_USE enum err control_backup(const char *database_path, const char *target,
                                    store_progress_fn progress, void *arg);
/* Has it change the log's signing key. */
JN_MUST_USE enum err control_rotate(const char *database_path);
/* Has it make a new master key for the vault; data keys are wrapped anew in the background. */
JN_MUST_USE enum err control_rotate_vault(const char *database_path);

/* Writes `target` so that it is there complete or not at all. ERR_FILE_EXISTS if it is there. */
JN_MUST_USE enum err backup_write(struct store *store, const char *target,
                                  store_progress_fn progress, void *arg);

#endif

/* checkpoint.h — the log's keys and its signed checkpoints (c2sp.org/tlog-checkpoint).
 *
 * Purpose: a sealer signs the size and root of the log whenever it has grown, keeps the signed note
 * in the database and in a file to mirror, takes witnesses' co-signatures, and changes keys so that
 * old receipts keep verifying.
 *
 * Keys: the public ones, with the note by which each passed on to the next, are rows of log_keys;
 * the secret of the newest is the file log-<id>.key (mode 0600) in the data directory. Witnesses
 * are trusted by the file witnesses.txt there, one verifier key a line.
 *
 * Invariants: one origin and epoch sign one root for a size. Signing is deterministic, so two
 * processes that seal the same size store the same bytes.
 * Locks: one of its own; all functions may be called from any thread but a lane. */
#ifndef JN_LEDGER_CHECKPOINT_H
#define JN_LEDGER_CHECKPOINT_H

#include "core/arena.h"
#include "core/buf.h"
#include "ledger/ledger.h"
#include "verify/document.h"

struct sealer;

struct sealer_config {
    struct store *store; /* migrated and started */
    struct ledger *ledger;
    const struct clock *clock;
    const char *data_dir; /* exists */
    const char *origin;   /* the log's name, used when the first key is made; NULL: one is drawn */
};
/* Makes the first key when there is none. ERR_SIGNING_KEY_MISSING: the newest key's file is not
 * there; ERR_SIGNING_KEY_INVALID: it is another key, or open to others. */
JN_MUST_USE enum err sealer_open(const struct sealer_config *config, struct sealer **ret);
void sealer_close(struct sealer *sealer); /* NULL is fine */
struct ledger *sealer_ledger(struct sealer *sealer);

/* Signs when the log has grown since the newest checkpoint, or when there is none. To be called
 * four times a second. */
JN_MUST_USE enum err sealer_seal(struct sealer *sealer, bool *ret_sealed);
/* A new key; both sign the change. The old secret is deleted once the new one is in place. */
JN_MUST_USE enum err sealer_rotate_key(struct sealer *sealer);

/* Origin, epoch and keys as they are now, copied into the arena. */
void sealer_log(struct sealer *sealer, struct arena *arena, struct document_log *ret);
/* Signs a text as the log; the note goes to *ret. */
void sealer_sign(struct sealer *sealer, const char *text, size_t length, struct buf *ret);

/* The newest checkpoint. ERR_CHECKPOINT_NOT_FOUND. The note, with its witnesses' signatures, is in
 * the arena; ret_note may be NULL. */
JN_MUST_USE enum err sealer_latest(struct store_tx *tx, struct arena *arena, struct checkpoint *ret,
                                   const char **ret_note);
/* A note of ours with a witness's signature: stores the signature, and writes the checkpoint with
 * all its signatures to *ret. ERR_CHECKPOINT_MALFORMED, ERR_CHECKPOINT_NOT_FOUND (not signed by us
 * in these words), ERR_WITNESS_UNKNOWN, ERR_SIGNATURE_INVALID. */
JN_MUST_USE enum err sealer_add_cosignature(struct sealer *sealer, const char *note, size_t length,
                                            struct buf *ret);

/* After a restore: the next epoch, greater than any that this data directory has signed in. The
 * store is started; no sealer is open. */
JN_MUST_USE enum err checkpoint_begin_epoch(struct store *store, const char *data_dir,
                                            int64_t now_us, int64_t *ret_epoch);

#endif

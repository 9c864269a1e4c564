/* ledger_proof.h — what is handed to people and machines who do not trust us: receipts, statements,
 * inclusion and consistency proofs, tiles. All are made from what is stored, inside one transaction
 * (a store_read callback), and can be checked with src/verify, `jinnang verify` or a browser.
 *
 * Invariants: a proof speaks of the newest signed checkpoint and of nothing beyond it; one side of
 * a transfer never learns the other's balances; the same state gives the same bytes.
 * Non-goals: deciding who may ask.
 * Locks: none beyond the sealer's and the cache's; a prover may serve many threads. */
#ifndef JN_LEDGER_LEDGER_PROOF_H
#define JN_LEDGER_LEDGER_PROOF_H

#include "ledger/checkpoint.h"
#include "ledger/ledger.h"
#include "verify/merkle.h"

struct prover;
struct prover *prover_create(struct sealer *sealer); /* outlives it */
void prover_free(struct prover *prover);             /* NULL is fine */

enum ledger_receipt_view {
    LEDGER_VIEW_DEBIT = 1,
    LEDGER_VIEW_CREDIT = 2,
    LEDGER_VIEW_BOTH = 3, /* the operator's */
};
/* A receipt ("jinnang-receipt-v1"). Before the transfer is sealed it is a promise: the same without
 * leaf and checkpoint. must_be_sealed: ERR_RECEIPT_NOT_READY instead. ERR_TRANSFER_NOT_FOUND. */
JN_MUST_USE enum err ledger_write_receipt(struct store_tx *tx, struct prover *prover,
                                          struct transfer_id id, enum ledger_receipt_view view,
                                          bool must_be_sealed, struct buf *ret);

/* Takes the bytes of a statement as they are made; false stops it (ERR_IO_FAILED). */
typedef bool (*ledger_sink_fn)(void *arg, const void *data, size_t length);
/* A statement ("jinnang-statement-v1"), one line an entry: the whole history from the opening
 * (first_seq 1) or from first_seq on, up to last_seq (0: the last one that the newest checkpoint
 * holds). Memory does not grow with it. ERR_ACCOUNT_NOT_FOUND; ERR_RECEIPT_NOT_READY when no
 * checkpoint holds the account's opening and everything up to its end yet;
 * ERR_FIELD_OUT_OF_RANGE when there are no such entries. */
JN_MUST_USE enum err ledger_write_statement(struct store_tx *tx, struct prover *prover,
                                            struct account_id account, int64_t first_seq,
                                            int64_t last_seq, ledger_sink_fn sink, void *arg);

struct ledger_inclusion {
    int64_t index, size;
    struct sha256_hash leaf_hash, root;
    struct merkle_proof proof;
};
/* size 0: the newest checkpoint's. ERR_LOG_INDEX_NOT_SEALED, ERR_LOG_SIZE_INVALID (not 1..the
 * newest checkpoint's size), ERR_CHECKPOINT_NOT_FOUND. */
JN_MUST_USE enum err ledger_prove_inclusion(struct store_tx *tx, struct prover *prover,
                                            int64_t index, int64_t size,
                                            struct ledger_inclusion *ret);
struct ledger_consistency {
    int64_t old_size, size;
    struct sha256_hash old_root, root;
    struct merkle_proof proof;
};
/* 1 <= old_size <= size; size 0: the newest checkpoint's. ERR_LOG_SIZE_INVALID,
 * ERR_CHECKPOINT_NOT_FOUND. */
JN_MUST_USE enum err ledger_prove_consistency(struct store_tx *tx, struct prover *prover,
                                              int64_t old_size, int64_t size,
                                              struct ledger_consistency *ret);
/* The log index and the leaf hash of a transfer, as ledger_prove_inclusion wants it.
 * ERR_TRANSFER_NOT_FOUND, ERR_LOG_INDEX_NOT_SEALED. */
JN_MUST_USE enum err ledger_find_index(struct store_tx *tx, struct prover *prover,
                                       struct transfer_id id, int64_t *ret_index);

/* `path` is what follows "tile/" in C2SP tlog-tiles: "0/x001/234", "1/000.p/17", "entries/000.p/3".
 * Appends the tile's bytes. *ret_immutable: the tile is full and may be cached for ever.
 * ERR_LOG_TILE_NOT_FOUND, also for a path that is not one and for a width beyond the newest
 * checkpoint. */
JN_MUST_USE enum err ledger_read_tile(struct store_tx *tx, struct prover *prover, const char *path,
                                      size_t length, struct buf *ret, bool *ret_immutable);

#endif

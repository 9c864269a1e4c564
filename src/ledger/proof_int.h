/* proof_int.h — what receipts, statements and tiles share. Private to ledger/. */
#ifndef JN_LEDGER_PROOF_INT_H
#define JN_LEDGER_PROOF_INT_H

#include "ledger/ledger_proof.h"
#include "ledger/log_leaf.h"
#include "ledger/log_read.h"
#include "q_proof.h"

#define PROOF_ARENA_BYTES (1U << 22)

struct prover {
    struct sealer *sealer;
    struct log_cache *cache;
};

/* One request: the log as this transaction sees it, cut off at the newest checkpoint. */
struct proving {
    struct store_tx *tx;
    struct prover *prover;
    struct arena *arena;
    struct document_log log;
    struct log_view view;
    struct checkpoint checkpoint; /* size 0 when there is none */
    const char *note;             /* NULL when there is none */
};
/* On success proving_done() must be called. */
JN_MUST_USE enum err proving_start(struct store_tx *tx, struct prover *prover, struct proving *ret);
void proving_done(struct proving *proving);
/* The signed promise for (account, seq, head) at the checkpoint's size; in the arena. */
const char *proving_promise(struct proving *proving, int64_t account_id, int64_t seq,
                            const struct sha256_hash *head);
/* Of a leaf that the checkpoint holds. */
JN_MUST_USE enum err proving_prove(struct proving *proving, int64_t index,
                                   struct merkle_proof *ret);
/* Opening as hashed, and its log index (ERR_LOG_INDEX_NOT_SEALED). */
JN_MUST_USE enum err proving_opening(struct proving *proving, int64_t account_id,
                                     struct record_opening *ret, struct sha256_hash *ret_hash,
                                     int64_t *ret_segment);
/* The head of the account before this entry. */
JN_MUST_USE enum err proving_previous_head(struct proving *proving,
                                           const struct ledger_entry *entry,
                                           struct sha256_hash *ret);

#endif

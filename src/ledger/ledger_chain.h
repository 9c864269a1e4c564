/* ledger_chain.h — the byte formats of docs/formats.md and their hashes. Private to ledger/.
 *
 * Purpose: one place that knows the encoding, so that writer, loader, receipts and tests agree.
 * Invariant: a format is never changed, only joined by a new version.
 * Locks: none; pure functions. */
#ifndef JN_LEDGER_LEDGER_CHAIN_H
#define JN_LEDGER_LEDGER_CHAIN_H

#include "core/base.h"
#include "core/sha256.h"
#include "ledger/ledger.h"

#define CHAIN_VERSION          1
#define CHAIN_TYPE_OPENING     0x0f
#define CHAIN_TYPE_CORE        0x10
#define CHAIN_TYPE_SIDE        0x11
#define CHAIN_TYPE_LEAF        0x12
#define CHAIN_TYPE_LEAF_OPENED 0x13
#define CHAIN_TYPE_FAILURE     0x14

#define CHAIN_OPENING_BYTES     84
#define CHAIN_CORE_BYTES_MAX    109
#define CHAIN_SIDE_BYTES        117
#define CHAIN_LEAF_BYTES        108
#define CHAIN_LEAF_OPENED_BYTES 44
#define CHAIN_CONTENT_BYTES_MAX 89
#define CHAIN_REF_BYTES         9 /* a leaf's type byte and id, in log_segments.leaf_refs */

/* The fields of a core record. */
struct chain_core {
    int64_t id, debit_account, credit_account, amount_minor;
    int64_t pending_id, expires_at_us, reference, created_at_us;
    uint32_t flags;
    uint16_t currency, code;
    const struct sha256_hash *commitment; /* NULL: none */
};
/* The fields of an entry record that are not hashes. */
struct chain_side {
    enum ledger_side side;
    int64_t account, prev_transfer, seq, posted_minor, held_debits_minor, held_credits_minor;
};

/* Each returns the length written. */
size_t chain_encode_opening(const struct ledger_account_spec *spec, int64_t created_at_us,
                            uint8_t ret[CHAIN_OPENING_BYTES]);
size_t chain_encode_core(const struct chain_core *core, uint8_t ret[CHAIN_CORE_BYTES_MAX]);
size_t chain_encode_side(const struct chain_side *side, const struct sha256_hash *previous,
                         const struct sha256_hash *core_hash, uint8_t ret[CHAIN_SIDE_BYTES]);
size_t chain_encode_leaf(int64_t transfer_id, const struct sha256_hash *core_hash,
                         const struct sha256_hash *debit_hash,
                         const struct sha256_hash *credit_hash, uint8_t ret[CHAIN_LEAF_BYTES]);
size_t chain_encode_leaf_opened(int64_t account_id, const struct sha256_hash *opening_hash,
                                uint8_t ret[CHAIN_LEAF_OPENED_BYTES]);
/* What was asked, for transfer_failures.content. */
size_t chain_encode_content(const struct ledger_transfer *transfer,
                            uint8_t ret[CHAIN_CONTENT_BYTES_MAX]);
/* A reference in log_segments.leaf_refs, and back. */
void chain_encode_ref(uint8_t type, int64_t id, uint8_t ret[CHAIN_REF_BYTES]);
void chain_decode_ref(const uint8_t ref[CHAIN_REF_BYTES], uint8_t *ret_type, int64_t *ret_id);

void chain_opening_hash(const struct ledger_account_spec *spec, int64_t created_at_us,
                        struct sha256_hash *ret);
void chain_core_hash(const struct chain_core *core, struct sha256_hash *ret);
void chain_side_hash(const struct chain_side *side, const struct sha256_hash *previous,
                     const struct sha256_hash *core_hash, struct sha256_hash *ret);
void chain_leaf_hash(int64_t transfer_id, const struct sha256_hash *core_hash,
                     const struct sha256_hash *debit_hash, const struct sha256_hash *credit_hash,
                     struct sha256_hash *ret);
void chain_leaf_opened_hash(int64_t account_id, const struct sha256_hash *opening_hash,
                            struct sha256_hash *ret);
/* record_hash of a row of transfer_failures. */
void chain_failure_hash(int64_t transfer_id, enum err code, int64_t created_at_us,
                        const uint8_t *content, size_t content_length, struct sha256_hash *ret);

/* The core of a stored transfer; *core borrows the commitment. */
void chain_core_of_posted(const struct ledger_posted *posted, struct chain_core *ret);

#endif

/* record.h — the bytes that are hashed, as docs/formats.md sets them down, written a second time
 * and apart from the ledger: the verifier must not trust the code it checks.
 *
 * Non-goals: reading records back; nothing needs it. */
#ifndef JN_VERIFY_RECORD_H
#define JN_VERIFY_RECORD_H

#include "core/base.h"
#include "core/sha256.h"

enum record_side { RECORD_DEBIT = 1, RECORD_CREDIT = 2 };

/* The flags of a transfer that say what it does to balances. */
enum record_flag {
    RECORD_FLAG_PENDING = 1 << 1,
    RECORD_FLAG_POST_PENDING = 1 << 2,
    RECORD_FLAG_VOID_PENDING = 1 << 3,
    RECORD_FLAG_EXPIRE_PENDING = 1 << 4,
};

struct record_opening {
    int64_t account_id;
    int64_t owner;
    uint16_t kind;
    uint16_t currency; /* ISO 4217 number */
    uint32_t flags;
    int64_t overdraft_minor, balance_max_minor;
    int64_t created_at_us;
    struct sha256_hash salt;
};
struct record_transfer {
    int64_t id;
    int64_t debit_account_id, credit_account_id;
    int64_t amount_minor;
    uint16_t currency;
    uint16_t code;
    uint32_t flags;
    int64_t pending_id, expires_at_us, reference, created_at_us;
    bool has_commitment;
    struct sha256_hash commitment;
};
/* One side of a transfer, as its account stood after it. */
struct record_entry {
    enum record_side side;
    int64_t account_id;
    struct sha256_hash previous_head;
    int64_t previous_transfer_id;
    int64_t seq;
    int64_t posted_minor; /* credits minus debits */
    int64_t held_debits_minor, held_credits_minor;
};

void record_opening_hash(const struct record_opening *opening, struct sha256_hash *ret);
void record_core_hash(const struct record_transfer *transfer, struct sha256_hash *ret);
void record_side_hash(const struct record_entry *entry, const struct sha256_hash *core,
                      struct sha256_hash *ret);
/* Leaf hashes of the log: RFC 6962's H(0x00 || record). */
void record_transfer_leaf_hash(int64_t transfer_id, const struct sha256_hash *core,
                               const struct sha256_hash *debit_side,
                               const struct sha256_hash *credit_side, struct sha256_hash *ret);
void record_opening_leaf_hash(int64_t account_id, const struct sha256_hash *opening_hash,
                              struct sha256_hash *ret);

#endif

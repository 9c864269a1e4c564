/* ledger_rules.h — the state machine: what may happen to money, in documented precedence. Private
 * to ledger/.
 *
 * Pure: memory in, memory out. Everything that the database knows about the ids of a batch is
 * looked up before (ledger_lookup.c) and handed in as `struct stored`. docs/ledger-results.md
 * explains each verdict. Locks: none; the lane's thread. */
#ifndef JN_LEDGER_LEDGER_RULES_H
#define JN_LEDGER_LEDGER_RULES_H

#include "ledger/ledger_book.h"

/* What the database knew about an id that a batch mentions, as its own or as pending_id. */
enum stored_kind { STORED_TRANSFER = 1, STORED_FAILURE = 2 };
struct stored_item {
    enum stored_kind kind;
    struct ledger_posted posted; /* a transfer */
    struct ledger_hold hold;     /* if it is a hold */
    struct failure failure;
};
struct stored {
    struct i64map map; /* id to index in items */
    struct stored_item *items;
    uint32_t count, capacity;
};
void stored_init(struct stored *stored);
void stored_done(struct stored *stored);
const struct stored_item *stored_find(const struct stored *stored, int64_t id);

struct rules_batch {
    const struct ledger_transfer *transfers;
    size_t count;
    int64_t now_us;
    bool is_engine; /* EXPIRE_PENDING is allowed, and nothing else */
    const struct stored *stored;
};
/* Decides each transfer, queues what is posted and burnt. */
void rules_post(struct book *book, const struct rules_batch *batch, struct ledger_result *ret);

/* A queued row as a stored transfer; the hashes may not be there yet. */
void rules_row_to_posted(const struct q_ledger_transfer_insert_in *row, struct ledger_posted *ret);

/* Decides about one account; ERR_OK: it is in the book, opened at now_us or before. */
JN_MUST_USE enum err rules_open_account(struct book *book, const struct ledger_account_spec *spec,
                                        int64_t now_us);

#endif

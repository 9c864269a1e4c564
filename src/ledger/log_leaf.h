/* log_leaf.h — the leaves of the log, made again from what is stored. Private to ledger/. */
#ifndef JN_LEDGER_LOG_LEAF_H
#define JN_LEDGER_LOG_LEAF_H

#include "core/buf.h"
#include "ledger/ledger.h"
#include "verify/record.h"

/* The leaf hashes [from, until) of leaves that have an index; ret holds until - from. */
JN_MUST_USE enum err log_leaf_hashes(struct store_tx *tx, int64_t from, int64_t until,
                                     struct sha256_hash *ret);
/* The records [from, until), each behind its length as u16 (an entry bundle of C2SP tlog-tiles). */
JN_MUST_USE enum err log_leaf_records(struct store_tx *tx, int64_t from, int64_t until,
                                      struct buf *ret);
/* A stored transfer as the verifier's records have it. */
void log_leaf_transfer(const struct ledger_posted *posted, struct record_transfer *ret);
/* One side of it; the head before is not known to it and left zero. */
void log_leaf_entry(const struct ledger_posted *posted, enum ledger_side side,
                    struct record_entry *ret);

#endif

-- SQLite: writes the state of an account as of its seq (docs/decisions/0006).
-- only: sqlite
-- kind: batch
-- param: account_id i64
-- param: debits_posted i64
-- param: credits_posted i64
-- param: debits_pending i64
-- param: credits_pending i64
-- param: seq i64
-- param: last_transfer_id i64
-- param: closed i64
-- param: head hash

UPDATE accounts
SET debits_posted = $debits_posted, credits_posted = $credits_posted,
    debits_pending = $debits_pending, credits_pending = $credits_pending, seq = $seq,
    last_transfer_id = $last_transfer_id, closed = $closed, head = $head
WHERE account_id = $account_id

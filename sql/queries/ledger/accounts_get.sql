-- Accounts by id, as stored.
-- kind: batch
-- param: account_id i64
-- column: account_id i64
-- column: owner i64
-- column: kind i64
-- column: currency i64
-- column: flags i64
-- column: overdraft_minor i64
-- column: balance_max_minor i64
-- column: created_at_us i64
-- column: debits_posted i64
-- column: credits_posted i64
-- column: debits_pending i64
-- column: credits_pending i64
-- column: seq i64
-- column: last_transfer_id i64
-- column: closed i64
-- column: head hash
-- column: last_at_us i64
-- column: last_segment_id i64

SELECT
    account_id, owner, kind, currency, flags, overdraft_minor, balance_max_minor,
    created_at_us, debits_posted, credits_posted, debits_pending, credits_pending, seq,
    last_transfer_id, closed, head, created_at_us AS last_at_us, segment_id AS last_segment_id
FROM accounts
WHERE account_id = $account_id

-- SQLite at start: every account as it was last written, in the order of their rows.
-- only: sqlite
-- kind: many
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

SELECT
    account_id, owner, kind, currency, flags, overdraft_minor, balance_max_minor,
    created_at_us, debits_posted, credits_posted, debits_pending, credits_pending, seq,
    last_transfer_id, closed, head
FROM accounts
ORDER BY account_id

-- A page of accounts in id order, optionally of one kind or currency (0: any).
-- kind: many
-- param: after i64
-- param: kind i64
-- param: currency i64
-- param: row_max i64
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
WHERE account_id > $after
  AND ($kind = 0 OR kind = $kind)
  AND ($currency = 0 OR currency = $currency)
ORDER BY account_id
LIMIT $row_max

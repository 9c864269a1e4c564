-- SQLite: the first marked entry at or after `seq`, from which to walk back.
-- only: sqlite
-- kind: one
-- param: account_id i64
-- param: seq i64
-- column: seq i64
-- column: transfer_id i64
-- column: created_at_us i64

SELECT seq, transfer_id, created_at_us
FROM account_marks
WHERE account_id = $account_id AND seq >= $seq
ORDER BY seq
LIMIT 1

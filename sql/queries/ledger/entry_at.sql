-- Where an account stood at entry `seq`: for a search by time. (SQLite searches marks.)
-- kind: one
-- param: account_id i64
-- param: seq i64
-- column: transfer_id i64
-- column: created_at_us i64

SELECT transfer_id, created_at_us
FROM account_marks
WHERE account_id = $account_id AND seq = $seq

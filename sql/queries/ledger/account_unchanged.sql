-- PostgreSQL: which of the accounts that were read, and not written, are still as they were read.
-- only: postgres
-- kind: batch
-- param: account_id i64
-- param: seq i64
-- column: account_id i64

SELECT a.account_id
FROM unnest($account_id::bigint[], $seq::bigint[]) AS u(account_id, seq)
JOIN accounts AS a ON a.account_id = u.account_id AND a.seq = u.seq

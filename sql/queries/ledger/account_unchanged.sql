-- PostgreSQL: which of the accounts that were read, and not written, are still as they were read.
-- kind: batch
-- param: account_id i64
-- param: seq i64
-- column: account_id i64

SELECT account_id FROM accounts WHERE account_id = $account_id AND seq = $seq

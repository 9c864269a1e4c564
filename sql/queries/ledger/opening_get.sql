-- The opening hash of an account: the leaf that is its opening.
-- kind: batch
-- param: account_id i64
-- column: account_id i64
-- column: opening_hash hash

SELECT account_id, opening_hash FROM accounts WHERE account_id = $account_id

-- What an account's opening was hashed from.
-- kind: one
-- param: account_id i64
-- column: owner i64
-- column: kind i64
-- column: currency i64
-- column: flags i64
-- column: overdraft_minor i64
-- column: balance_max_minor i64
-- column: created_at_us i64
-- column: salt hash
-- column: opening_hash hash
-- column: segment_id i64
SELECT owner, kind, currency, flags, overdraft_minor, balance_max_minor, created_at_us, salt,
       opening_hash, segment_id
FROM accounts
WHERE account_id = $account_id

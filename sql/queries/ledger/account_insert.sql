-- A new account: no entries, head = opening hash. A conflict is another writer's account.
-- kind: batch
-- param: account_id i64
-- param: owner i64
-- param: kind i64
-- param: currency i64
-- param: flags i64
-- param: overdraft_minor i64
-- param: balance_max_minor i64
-- param: created_at_us i64
-- param: salt hash
-- param: opening_hash hash
-- param: segment_id i64

INSERT INTO accounts (
    account_id, owner, kind, currency, flags, overdraft_minor, balance_max_minor,
    created_at_us, salt, opening_hash, segment_id, debits_posted, credits_posted,
    debits_pending, credits_pending, seq, last_transfer_id, closed, head)
VALUES (
    $account_id, $owner, $kind, $currency, $flags, $overdraft_minor, $balance_max_minor,
    $created_at_us, $salt, $opening_hash, $segment_id, 0, 0, 0, 0, 0, 0, 0, $opening_hash)
ON CONFLICT DO NOTHING

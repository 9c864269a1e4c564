-- The opening is the time before which no entry of the account may lie.
INSERT INTO accounts (
    account_id, owner, kind, currency, flags, overdraft_minor, balance_max_minor,
    created_at_us, salt, opening_hash, segment_id, debits_posted, credits_posted,
    debits_pending, credits_pending, seq, last_transfer_id, closed, head, last_created_at_us)
SELECT
    u.account_id, u.owner, u.kind, u.currency, u.flags, u.overdraft_minor, u.balance_max_minor,
    u.created_at_us, u.salt, u.opening_hash, u.segment_id, 0, 0, 0, 0, 0, 0, 0, u.opening_hash,
    u.created_at_us
FROM unnest(
    $account_id::bigint[], $owner::bigint[], $kind::bigint[], $currency::bigint[],
    $flags::bigint[], $overdraft_minor::bigint[], $balance_max_minor::bigint[],
    $created_at_us::bigint[], $salt::bytea[], $opening_hash::bytea[], $segment_id::bigint[])
    AS u(
        account_id, owner, kind, currency, flags, overdraft_minor, balance_max_minor,
        created_at_us, salt, opening_hash, segment_id)
ON CONFLICT DO NOTHING

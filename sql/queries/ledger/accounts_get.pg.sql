-- See accounts_get.sql.
SELECT
    a.account_id, a.owner, a.kind, a.currency, a.flags, a.overdraft_minor, a.balance_max_minor,
    a.created_at_us, a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending,
    a.seq, a.last_transfer_id, a.closed, a.head, a.last_created_at_us,
    coalesce(t.segment_id, a.segment_id)
FROM unnest($account_id::bigint[]) AS u(id)
JOIN accounts AS a ON a.account_id = u.id
LEFT JOIN transfers AS t ON t.transfer_id = a.last_transfer_id

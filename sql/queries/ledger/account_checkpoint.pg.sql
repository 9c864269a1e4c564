-- Not used: on PostgreSQL account_update writes the state, with its version check.
UPDATE accounts AS a
SET debits_posted = u.debits_posted, credits_posted = u.credits_posted,
    debits_pending = u.debits_pending, credits_pending = u.credits_pending, seq = u.seq,
    last_transfer_id = u.last_transfer_id, closed = u.closed, head = u.head
FROM unnest(
    $account_id::bigint[], $debits_posted::bigint[], $credits_posted::bigint[],
    $debits_pending::bigint[], $credits_pending::bigint[], $seq::bigint[],
    $last_transfer_id::bigint[], $closed::bigint[], $head::bytea[])
    AS u(account_id, debits_posted, credits_posted, debits_pending, credits_pending, seq, last_transfer_id, closed, head)
WHERE a.account_id = u.account_id

-- Rows come sorted by account, so that two writers lock in the same order where the plan allows.
UPDATE accounts AS a
SET debits_posted = u.debits_posted, credits_posted = u.credits_posted,
    debits_pending = u.debits_pending, credits_pending = u.credits_pending, seq = u.seq,
    last_transfer_id = u.last_transfer_id, closed = u.closed, head = u.head,
    last_created_at_us = u.last_created_at_us
FROM unnest(
    $account_id::bigint[], $seq_before::bigint[], $debits_posted::bigint[],
    $credits_posted::bigint[], $debits_pending::bigint[], $credits_pending::bigint[],
    $seq::bigint[], $last_transfer_id::bigint[], $closed::bigint[], $head::bytea[],
    $last_created_at_us::bigint[])
    AS u(account_id, seq_before, debits_posted, credits_posted, debits_pending, credits_pending, seq, last_transfer_id, closed, head, last_created_at_us)
WHERE a.account_id = u.account_id AND a.seq = u.seq_before

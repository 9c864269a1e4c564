-- PostgreSQL: writes the state of an account, provided that nobody else wrote it since it was read.
-- Fewer rows change than were sent: a conflict. (SQLite has one writer and no such column.)
-- only: postgres
-- kind: batch
-- param: account_id i64
-- param: seq_before i64
-- param: debits_posted i64
-- param: credits_posted i64
-- param: debits_pending i64
-- param: credits_pending i64
-- param: seq i64
-- param: last_transfer_id i64
-- param: closed i64
-- param: head hash
-- param: last_created_at_us i64

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

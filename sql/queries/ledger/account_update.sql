-- PostgreSQL: writes the state of an account, provided that nobody else wrote it since it was read.
-- Fewer rows change than were sent: a conflict. (SQLite has one writer and no such column.)
-- Only the hashes are unnested: each array in an unnest() becomes a tuple store of its own, which costs
-- a third of the statement, while an element of a bigint[] without NULLs is found by arithmetic.
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
SET debits_posted = ($debits_posted::bigint[])[u.i],
    credits_posted = ($credits_posted::bigint[])[u.i],
    debits_pending = ($debits_pending::bigint[])[u.i],
    credits_pending = ($credits_pending::bigint[])[u.i],
    seq = ($seq::bigint[])[u.i], last_transfer_id = ($last_transfer_id::bigint[])[u.i],
    closed = ($closed::bigint[])[u.i], head = u.head,
    last_created_at_us = ($last_created_at_us::bigint[])[u.i]
FROM unnest($head::bytea[]) WITH ORDINALITY AS u(head, i)
WHERE a.account_id = ($account_id::bigint[])[u.i] AND a.seq = ($seq_before::bigint[])[u.i]

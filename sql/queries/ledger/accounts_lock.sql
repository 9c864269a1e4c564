-- PostgreSQL: accounts by id with their rows locked until the end of the group; for a group that met
-- a conflict. UPDATE and not SELECT … FOR UPDATE: a sharded table refuses the latter.
-- only: postgres
-- kind: batch
-- param: account_id i64
-- column: account_id i64
-- column: owner i64
-- column: kind i64
-- column: currency i64
-- column: flags i64
-- column: overdraft_minor i64
-- column: balance_max_minor i64
-- column: created_at_us i64
-- column: debits_posted i64
-- column: credits_posted i64
-- column: debits_pending i64
-- column: credits_pending i64
-- column: seq i64
-- column: last_transfer_id i64
-- column: closed i64
-- column: head hash
-- column: last_at_us i64

UPDATE accounts AS a SET seq = a.seq
FROM unnest($account_id::bigint[]) AS u(id)
WHERE a.account_id = u.id
RETURNING
    a.account_id, a.owner, a.kind, a.currency, a.flags, a.overdraft_minor, a.balance_max_minor,
    a.created_at_us, a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending,
    a.seq, a.last_transfer_id, a.closed, a.head, a.last_created_at_us

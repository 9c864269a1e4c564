-- PostgreSQL: locks the rows of accounts until the end of the group; for a group that met a conflict.
-- UPDATE and not SELECT … FOR UPDATE: a sharded table refuses the latter. They are read afterwards, so
-- that what the writer before them committed is seen in all tables.
-- only: postgres
-- kind: batch
-- param: account_id i64

UPDATE accounts SET seq = seq WHERE account_id = ANY($account_id::bigint[])

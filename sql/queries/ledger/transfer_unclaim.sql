-- PostgreSQL: takes out again what was put in to find another writer of the same id.
-- only: postgres
-- kind: batch
-- param: transfer_id i64

DELETE FROM transfers WHERE transfer_id = ANY($transfer_id::bigint[])

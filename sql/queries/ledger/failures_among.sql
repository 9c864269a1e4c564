-- PostgreSQL: which of these ids are burnt; after inserting them as transfers.
-- only: postgres
-- kind: batch
-- param: transfer_id i64
-- column: transfer_id i64

SELECT transfer_id FROM transfer_failures WHERE transfer_id = ANY($transfer_id::bigint[])

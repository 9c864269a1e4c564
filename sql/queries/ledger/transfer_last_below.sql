-- The greatest transfer id up to a bound: ids far in the future are a caller's choice, not ours.
-- kind: one
-- param: bound i64
-- column: transfer_id i64

SELECT coalesce(max(transfer_id), 0) FROM transfers WHERE transfer_id <= $bound

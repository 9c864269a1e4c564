-- The greatest ids stored.
-- kind: one
-- column: account_id i64
-- column: segment_id i64
-- column: transfer_id i64
-- column: failure_id i64

SELECT
    (SELECT coalesce(max(account_id), 0) FROM accounts),
    (SELECT coalesce(max(segment_id), 0) FROM log_segments),
    (SELECT coalesce(max(transfer_id), 0) FROM transfers),
    (SELECT coalesce(max(transfer_id), 0) FROM transfer_failures)

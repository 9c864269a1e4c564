-- The greatest id of this table, so that drawn ids never go back.
-- kind: one
-- column: last_id i64
SELECT coalesce(max(api_key_id), 0) AS last_id FROM api_keys

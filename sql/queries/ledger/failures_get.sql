-- Burnt ids.
-- kind: batch
-- param: transfer_id i64
-- column: transfer_id i64
-- column: code i64
-- column: created_at_us i64
-- column: content blob
-- column: record_hash hash

SELECT transfer_id, code, created_at_us, content, record_hash
FROM transfer_failures
WHERE transfer_id = $transfer_id

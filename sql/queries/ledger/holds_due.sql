-- Open holds that have passed their expiry, the longest due first.
-- kind: many
-- param: now_us i64
-- param: row_max i64
-- column: hold_id i64

SELECT hold_id
FROM holds
WHERE resolved_by IS NULL AND expires_at_us > 0 AND expires_at_us <= $now_us
ORDER BY expires_at_us, hold_id
LIMIT $row_max

-- Counts once, in the transaction of the operation.
-- kind: exec
-- param: confirmation_id i64
-- param: given i64
-- param: now_us i64
UPDATE confirmations SET consumed_at_us = $now_us
WHERE confirmation_id = $confirmation_id AND consumed_at_us = 0 AND expires_at_us > $now_us
  AND given = $given

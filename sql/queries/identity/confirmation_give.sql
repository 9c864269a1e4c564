-- A factor was right.
-- kind: exec
-- param: confirmation_id i64
-- param: factor i64
-- param: now_us i64
UPDATE confirmations SET given = given | $factor
WHERE confirmation_id = $confirmation_id AND consumed_at_us = 0 AND expires_at_us > $now_us
  AND (given & $factor) = 0

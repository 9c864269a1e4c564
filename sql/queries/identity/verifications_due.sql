-- Questions whose time has come, a few at a time.
-- kind: many
-- param: now_us i64
-- column: verification_id i64
SELECT verification_id FROM verifications
WHERE state = 1 AND next_ask_at_us <= $now_us
ORDER BY next_ask_at_us, verification_id
LIMIT 8

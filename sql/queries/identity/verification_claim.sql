-- One asker a question: whoever moves its time on asks it.
-- kind: exec
-- param: verification_id i64
-- param: now_us i64
-- param: until_us i64
UPDATE verifications SET next_ask_at_us = $until_us, attempts = attempts + 1
WHERE verification_id = $verification_id AND state = 1 AND next_ask_at_us <= $now_us

-- Ask again later.
-- kind: exec
-- param: verification_id i64
-- param: next_ask_at_us i64
UPDATE verifications SET next_ask_at_us = $next_ask_at_us
WHERE verification_id = $verification_id AND state = 1

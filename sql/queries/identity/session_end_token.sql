-- Ends the session that a token belongs to.
-- kind: exec
-- param: token_hash hash
-- param: now_us i64
-- param: why i64
UPDATE sessions SET ended_at_us = $now_us, ended_why = $why
WHERE token_hash = $token_hash AND ended_at_us = 0

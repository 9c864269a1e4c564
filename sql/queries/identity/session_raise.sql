-- A change of privilege: a new token in place of the old, which must still be the one.
-- kind: exec
-- param: session_id i64
-- param: old_token_hash hash
-- param: token_hash hash
-- param: level i64
-- param: capabilities i64
-- param: methods i64
-- param: device_id i64
-- param: now_us i64
-- param: minute_us i64
-- param: expires_at_us i64
UPDATE sessions
SET token_hash = $token_hash, level = $level, capabilities = $capabilities,
    methods = methods | $methods,
    device_id = CASE WHEN $device_id = 0 THEN device_id ELSE $device_id END,
    authenticated_at_us = $now_us, last_used_at_us = $minute_us, expires_at_us = $expires_at_us
WHERE session_id = $session_id AND token_hash = $old_token_hash AND ended_at_us = 0
  AND expires_at_us > $now_us

-- A session that begins.
-- kind: exec
-- param: session_id i64
-- param: token_hash hash
-- param: person_id i64
-- param: kind i64
-- param: level i64
-- param: capabilities i64
-- param: methods i64
-- param: device_id i64
-- param: place text
-- param: now_us i64
-- param: minute_us i64
-- param: expires_at_us i64
INSERT INTO sessions (session_id, token_hash, person_id, kind, level, capabilities, methods,
                      device_id, place, created_at_us, authenticated_at_us, last_used_at_us,
                      expires_at_us, ended_at_us, ended_why)
VALUES ($session_id, $token_hash, $person_id, $kind, $level, $capabilities, $methods,
        $device_id, $place, $now_us, $now_us, $minute_us, $expires_at_us, 0, 0)

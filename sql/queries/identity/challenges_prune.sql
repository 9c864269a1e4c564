-- Challenges that nobody answered in time.
-- kind: exec
-- param: now_us i64
DELETE FROM webauthn_challenges WHERE expires_at_us <= $now_us

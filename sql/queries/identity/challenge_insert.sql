-- What a passkey is asked.
-- kind: exec
-- param: challenge hash
-- param: kind i64
-- param: person_id i64
-- param: expires_at_us i64
INSERT INTO webauthn_challenges (challenge, kind, person_id, expires_at_us)
VALUES ($challenge, $kind, $person_id, $expires_at_us)

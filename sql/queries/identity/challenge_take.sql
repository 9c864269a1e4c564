-- Takes a challenge away: it is answered once.
-- kind: exec
-- param: challenge hash
-- param: kind i64
-- param: person_id i64
-- param: now_us i64
DELETE FROM webauthn_challenges
WHERE challenge = $challenge AND kind = $kind AND person_id = $person_id AND expires_at_us > $now_us

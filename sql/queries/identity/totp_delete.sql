-- Removes an authenticator app.
-- kind: exec
-- param: totp_id i64
-- param: person_id i64
DELETE FROM totps WHERE totp_id = $totp_id AND person_id = $person_id

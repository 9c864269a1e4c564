-- A code of a later step counts, once; the first one puts the secret in use.
-- kind: exec
-- param: totp_id i64
-- param: person_id i64
-- param: step i64
-- param: now_us i64
UPDATE totps SET used_step = $step, last_used_at_us = $now_us, state = 2
WHERE totp_id = $totp_id AND person_id = $person_id AND used_step < $step

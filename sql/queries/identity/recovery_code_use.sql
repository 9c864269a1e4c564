-- Uses a recovery code up, once.
-- kind: exec
-- param: person_id i64
-- param: code_hash hash
-- param: now_us i64
UPDATE recovery_codes SET used_at_us = $now_us
WHERE person_id = $person_id AND code_hash = $code_hash AND used_at_us = 0

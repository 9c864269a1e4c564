-- A new code for the same thing ends those before it.
-- kind: exec
-- param: person_id i64
-- param: purpose i64
-- param: subject_id i64
-- param: now_us i64
UPDATE one_time_codes SET used_at_us = $now_us
WHERE person_id = $person_id AND purpose = $purpose AND subject_id = $subject_id AND used_at_us = 0

-- Counts a try of the code that is open: before it is compared, so that no race gets more tries.
-- kind: one
-- param: person_id i64
-- param: purpose i64
-- param: subject_id i64
-- param: now_us i64
-- param: tries_max i64
-- column: code_id i64
-- column: code_hash hash
-- column: tries i64
UPDATE one_time_codes SET tries = tries + 1
WHERE person_id = $person_id AND purpose = $purpose AND subject_id = $subject_id
  AND used_at_us = 0 AND expires_at_us > $now_us AND tries < $tries_max
RETURNING code_id, code_hash, tries

-- Ends every session of a person but one; 0 keeps none.
-- kind: exec
-- param: person_id i64
-- param: keep_id i64
-- param: now_us i64
-- param: why i64
UPDATE sessions SET ended_at_us = $now_us, ended_why = $why
WHERE person_id = $person_id AND session_id <> $keep_id AND ended_at_us = 0

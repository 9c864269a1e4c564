-- Ends one session of a person.
-- kind: exec
-- param: session_id i64
-- param: person_id i64
-- param: now_us i64
-- param: why i64
UPDATE sessions SET ended_at_us = $now_us, ended_why = $why
WHERE session_id = $session_id AND person_id = $person_id AND ended_at_us = 0

-- Erasing a person: the row says so, and nothing else about them.
-- kind: exec
-- param: person_id i64
-- param: now_us i64
UPDATE people SET state = 4, state_at_us = $now_us, language = 0, steps_done = 0, steps_skipped = 0
WHERE person_id = $person_id

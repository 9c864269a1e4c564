-- The person, signed in, says that it was not them.
-- kind: exec
-- param: person_id i64
-- param: now_us i64
UPDATE recoveries SET state = 4, ended_at_us = $now_us
WHERE person_id = $person_id AND ended_at_us = 0 AND state IN (1, 2)

-- Erasing a person: what was used of limits goes.
-- kind: exec
-- param: person_id i64
DELETE FROM limit_counters WHERE person_id = $person_id

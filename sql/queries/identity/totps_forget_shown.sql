-- Secrets that were shown and never came to use.
-- kind: exec
-- param: person_id i64
DELETE FROM totps WHERE person_id = $person_id AND state = 1

-- The data key is gone.
-- kind: exec
-- param: person_id i64
-- param: erased_at_us i64
UPDATE deletions SET erased_at_us = $erased_at_us WHERE person_id = $person_id

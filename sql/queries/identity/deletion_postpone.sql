-- Something still stands against the end: look again later.
-- kind: exec
-- param: person_id i64
-- param: due_at_us i64
UPDATE deletions SET due_at_us = $due_at_us WHERE person_id = $person_id

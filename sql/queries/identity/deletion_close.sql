-- All is gone but what the law keeps; due again when that time is over.
-- kind: exec
-- param: person_id i64
-- param: closed_at_us i64
-- param: keep_until_us i64
UPDATE deletions SET closed_at_us = $closed_at_us, keep_until_us = $keep_until_us,
                     due_at_us = $keep_until_us
WHERE person_id = $person_id AND closed_at_us = 0

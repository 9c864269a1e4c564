-- Writes down that a person's own freeze ended by itself, so that the unique index lets them
-- freeze again.
-- kind: exec
-- param: person_id i64
-- param: now_us i64

UPDATE locks SET lifted_at_us = until_us, lifted_by = 2
WHERE person_id = $person_id AND reason = 1 AND lifted_at_us = 0
  AND until_us <> 0 AND until_us <= $now_us

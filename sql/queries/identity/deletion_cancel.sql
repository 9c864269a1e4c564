-- The person changed their mind in time.
-- kind: exec
-- param: person_id i64
DELETE FROM deletions WHERE person_id = $person_id AND closed_at_us = 0

-- Erasing a person: codes go.
-- kind: exec
-- param: person_id i64
DELETE FROM one_time_codes WHERE person_id = $person_id

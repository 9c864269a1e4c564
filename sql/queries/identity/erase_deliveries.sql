-- Erasing a person: what was sent goes.
-- kind: exec
-- param: person_id i64
DELETE FROM deliveries WHERE person_id = $person_id
